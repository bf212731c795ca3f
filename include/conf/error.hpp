/// What went wrong, as a value.
#pragma once

#include <conf/export.hpp>

#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace conf::inline v0 {

/// An expected failure: a code that a program can compare, and a sentence that a person can act on.
///
/// Every module of libconf has an `enum class …_errc` that converts to an error. The context, where there is
/// one, says which thing was wrong: a file and line, a key, a field, a limit.
///
/// Thread: a value; distinct objects, any thread.
class error {
public:
    template <class Errc>
        requires std::is_error_code_enum_v<Errc>
    error(Errc code)
        : code_(make_error_code(code)) {}  // NOLINT(google-explicit-constructor): `return errc::x;`

    error(std::error_code code) : code_(code) {}  // NOLINT(google-explicit-constructor)

    error(std::error_code code, std::string context) : code_(code), context_(std::move(context)) {}

    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
    [[nodiscard]] const std::string& context() const noexcept { return context_; }

    /// "context: what the code means", or only the latter where there is no context.
    [[nodiscard]] std::string message() const {
        return context_.empty() ? code_.message() : context_ + ": " + code_.message();
    }

    friend bool operator==(const error& a, const std::error_code& b) noexcept { return a.code_ == b; }

private:
    std::error_code code_;
    std::string context_;
};

}  // namespace conf::inline v0

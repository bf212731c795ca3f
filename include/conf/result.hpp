/// A value or an error, for operations that may fail for reasons outside the program.
#pragma once

#include <conf/error.hpp>

#include <system_error>
#include <utility>
#include <variant>

namespace conf::inline v0 {

/// Holds a `T` or an `error`. A caller who handles asks `if (!r) return r.error();`, a caller who prefers
/// exceptions writes `r.value()`.
///
/// Thread: a value; distinct objects, any thread.
template <class T>
class [[nodiscard]] result {
public:
    result(T value)
        : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
    result(conf::error why)
        : state_(std::in_place_index<1>, std::move(why)) {}  // NOLINT(google-explicit-constructor)

    template <class Errc>
        requires std::is_error_code_enum_v<Errc>
    result(Errc code) : state_(std::in_place_index<1>, code) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition: `has_value()`; a bad access is a bug of the caller and throws `std::bad_variant_access`.
    [[nodiscard]] T& operator*() & { return std::get<0>(state_); }
    [[nodiscard]] const T& operator*() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& operator*() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] T* operator->() { return &std::get<0>(state_); }
    [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }

    /// The value, or `std::system_error` with the error's code and context thrown.
    [[nodiscard]] T& value() & {
        raise_if_error();
        return std::get<0>(state_);
    }
    [[nodiscard]] T&& value() && {
        raise_if_error();
        return std::get<0>(std::move(state_));
    }

    /// Precondition: `!has_value()`.
    [[nodiscard]] const conf::error& error() const { return std::get<1>(state_); }

private:
    void raise_if_error() const {
        if (const auto* why = std::get_if<1>(&state_)) throw std::system_error(why->code(), why->context());
    }

    std::variant<T, conf::error> state_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] result<void> {
public:
    result() = default;
    result(conf::error why) : state_(std::move(why)) {}  // NOLINT(google-explicit-constructor)

    template <class Errc>
        requires std::is_error_code_enum_v<Errc>
    result(Errc code) : state_(conf::error(code)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    void value() const {
        if (const auto* why = std::get_if<1>(&state_)) throw std::system_error(why->code(), why->context());
    }

    [[nodiscard]] const conf::error& error() const { return std::get<1>(state_); }

private:
    std::variant<std::monostate, conf::error> state_;
};

}  // namespace conf::inline v0

/// A value or a reason why not, where the reason is more than an error code.
#pragma once

#include <utility>
#include <variant>

namespace conf::sdp {

/// Like `conf::result`, with a `Reason` of the module's own: a line of the text, or an HTTP status.
template <class T, class Reason>
class [[nodiscard]] outcome {
public:
    outcome(T value)  // NOLINT(google-explicit-constructor): `return value;`
        : state_(std::in_place_index<0>, std::move(value)) {}
    outcome(Reason why)  // NOLINT(google-explicit-constructor): `return reason;`
        : state_(std::in_place_index<1>, std::move(why)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition: `has_value()`.
    [[nodiscard]] T& operator*() & { return std::get<0>(state_); }
    [[nodiscard]] const T& operator*() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& operator*() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] T* operator->() { return &std::get<0>(state_); }
    [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }

    /// Precondition: `!has_value()`.
    [[nodiscard]] const Reason& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Reason> state_;
};

}  // namespace conf::sdp

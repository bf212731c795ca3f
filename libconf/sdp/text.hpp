/// Characters and numbers of RFC 8866 §9: what a string may hold, and reading one from left to right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::sdp {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_visible(char c) noexcept {
    return c > 0x20 && c < 0x7F;
}
[[nodiscard]] constexpr bool is_ice_char(char c) noexcept {  // RFC 8839 §5.1
    return is_alphanumeric(c) || c == '+' || c == '/';
}

[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// mid, rid and msid: [A-Za-z0-9._-]{1,64} (SEC-SDP-4).
[[nodiscard]] bool is_identifier(std::string_view text) noexcept;
/// `token` of RFC 8866 §9 with at most `token_chars_max` characters.
[[nodiscard]] bool is_token(std::string_view text) noexcept;
/// A protocol of an m= line: tokens with slashes between.
[[nodiscard]] bool is_protocol(std::string_view text) noexcept;
/// At least one character, no space, no control, nothing beyond ASCII.
[[nodiscard]] bool is_visible(std::string_view text) noexcept;
/// The same with spaces, and it may be empty.
[[nodiscard]] bool is_printable(std::string_view text) noexcept;
[[nodiscard]] bool is_ice_text(std::string_view text, std::size_t chars_min, std::size_t chars_max) noexcept;
/// A host name: letters, digits, dots, hyphens.
[[nodiscard]] bool is_host_name(std::string_view text) noexcept;

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Digits alone, no sign, at least `min` and at most `max` (SEC-SDP-1).
[[nodiscard]] std::optional<std::uint64_t> to_number(std::string_view digits, std::uint64_t min,
                                                     std::uint64_t max) noexcept;
template <class Number>
[[nodiscard]] std::optional<Number> to_number(std::string_view digits, Number min, Number max) noexcept {
    const auto found = to_number(digits, std::uint64_t{min}, std::uint64_t{max});
    return found ? std::optional(static_cast<Number>(*found)) : std::nullopt;
}

/// The first characters of a line of somebody else's, each that cannot be shown as "?", "..." where cut. The
/// value of a=ice-pwd is left out.
[[nodiscard]] std::string excerpt_of(std::string_view line);

/// Takes a value to pieces. Counts what it looks at in `steps`, so that a test can see that it is linear.
class scanner {
public:
    scanner(std::string_view text, std::size_t& steps) noexcept : left_(text), steps_(&steps) {}

    [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }
    [[nodiscard]] std::string_view rest() const noexcept { return left_; }

    /// Everything before `stop`, which is taken too; all that is left where there is none.
    std::string_view until(char stop) noexcept;
    /// Past any spaces, up to the next one.
    std::string_view word() noexcept;
    /// All that is left, without spaces around it.
    std::string_view trimmed_rest() noexcept;
    bool skip(char wanted) noexcept;

private:
    std::string_view left_;
    std::size_t* steps_;
};

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace conf::sdp

#include "libconf/sdp/text.hpp"

#include "libconf/sdp/limits.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace conf::sdp {
namespace {

constexpr bool is_token_char(char c) noexcept {
    return is_visible(c) && std::string_view("\"(),/:;<=>?@[\\]").find(c) == std::string_view::npos;
}

}  // namespace

bool is_identifier(std::string_view text) noexcept {
    return !text.empty() && text.size() <= identifier_chars_max && std::ranges::all_of(text, [](char c) {
        return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
    });
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && text.size() <= token_chars_max && std::ranges::all_of(text, is_token_char);
}

bool is_protocol(std::string_view text) noexcept {
    return !text.empty() && text.size() <= token_chars_max &&
           std::ranges::all_of(text, [](char c) { return is_token_char(c) || c == '/'; });
}

bool is_visible(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return is_visible(c); });
}

bool is_printable(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c == ' ' || is_visible(c); });
}

bool is_ice_text(std::string_view text, std::size_t chars_min, std::size_t chars_max) noexcept {
    return text.size() >= chars_min && text.size() <= chars_max && std::ranges::all_of(text, is_ice_char);
}

bool is_host_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= host_name_chars_max &&
           std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '-'; });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::uint64_t> to_number(std::string_view digits, std::uint64_t min,
                                       std::uint64_t max) noexcept {
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
    std::uint64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc{} || value < min || value > max) return std::nullopt;
    return value;
}

std::string excerpt_of(std::string_view line) {
    constexpr std::string_view secret = "a=ice-pwd:";
    const bool hidden = line.starts_with(secret);
    const auto shown = line.substr(0, hidden ? secret.size() : excerpt_chars_max);
    std::string out;
    for (const char c : shown) out += c == ' ' || is_visible(c) ? c : '?';
    if (shown.size() < line.size()) out += "...";
    return out;
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string_view scanner::until(char stop) noexcept {
    const auto at = std::min(left_.find(stop), left_.size());
    const auto piece = left_.substr(0, at);
    left_.remove_prefix(std::min(at + 1, left_.size()));
    *steps_ += at + 1;
    return piece;
}

std::string_view scanner::word() noexcept {
    const auto spaces = std::min(left_.find_first_not_of(' '), left_.size());
    left_.remove_prefix(spaces);
    *steps_ += spaces;
    return until(' ');
}

std::string_view scanner::trimmed_rest() noexcept {
    *steps_ += left_.size();
    return trimmed(std::exchange(left_, {}));
}

bool scanner::skip(char wanted) noexcept {
    if (!left_.starts_with(wanted)) return false;
    left_.remove_prefix(1);
    ++*steps_;
    return true;
}

}  // namespace conf::sdp

#include "libconf/whiteboard/fractional_index.hpp"

#include <algorithm>
#include <array>

namespace conf::boards {
namespace {

constexpr std::string_view index_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view smallest_integer = "A00000000000000000000000000";
constexpr std::string_view first_key = "a0";

/// The digit's value; nothing for other characters.
std::optional<std::size_t> digit_of(char c) noexcept {
    const auto at = index_digits.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

/// Of the integer part with that head; 0: it is no head.
std::size_t integer_length(char head) noexcept {
    if (head >= 'a' && head <= 'z') return static_cast<std::size_t>(head - 'a') + 2;
    if (head >= 'A' && head <= 'Z') return static_cast<std::size_t>('Z' - head) + 2;
    return 0;
}

std::string_view integer_of(std::string_view key) noexcept {
    return key.substr(0, integer_length(key.front()));
}
std::string_view fraction_of(std::string_view key) noexcept {
    return key.substr(integer_length(key.front()));
}

/// The next integer part; nothing after the largest.
std::optional<std::string> increment(std::string_view integer) {
    std::string next(integer);
    for (auto at = next.size(); at-- > 1;) {
        const auto digit = *digit_of(next[at]) + 1;
        if (digit < index_digits.size()) {
            next[at] = index_digits[digit];
            return next;
        }
        next[at] = index_digits.front();
    }
    if (next.front() == 'Z') return std::string(first_key);
    if (next.front() == 'z') return std::nullopt;
    ++next.front();
    next.resize(integer_length(next.front()), index_digits.front());
    return next;
}

/// The one before; nothing below the smallest.
std::optional<std::string> decrement(std::string_view integer) {
    std::string next(integer);
    for (auto at = next.size(); at-- > 1;) {
        const auto digit = *digit_of(next[at]);
        if (digit > 0) {
            next[at] = index_digits[digit - 1];
            return next;
        }
        next[at] = index_digits.back();
    }
    if (next.front() == 'a') return std::string{'Z', index_digits.back()};
    if (next.front() == 'A') return std::nullopt;
    --next.front();
    next.resize(integer_length(next.front()), index_digits.back());
    return next;
}

/// A fraction between two; `b` nothing: 1. Precondition: a < b, and neither ends with a zero.
std::string middle(std::string_view a, std::optional<std::string_view> b) {
    std::string made;
    if (b) {
        std::size_t same = 0;
        while (same < b->size() && (same < a.size() ? a[same] : index_digits.front()) == (*b)[same]) ++same;
        made = b->substr(0, same);
        a.remove_prefix(std::min(same, a.size()));
        b->remove_prefix(same);
    }
    for (;;) {
        const auto low = a.empty() ? 0 : *digit_of(a.front());
        const auto high = b ? *digit_of(b->front()) : index_digits.size();
        if (high - low > 1) return made + index_digits[(low + high + 1) / 2];
        if (b && b->size() > 1) return made + b->front();
        made += index_digits[low];
        if (!a.empty()) a.remove_prefix(1);
        b.reset();
    }
}

void fill_between(std::optional<std::string_view> a, std::optional<std::string_view> b, std::size_t count,
                  std::vector<std::string>& to) {
    if (count == 0) return;
    const auto key = *index_between(a, b);
    const auto before = count / 2;
    fill_between(a, key, before, to);
    to.push_back(key);
    fill_between(key, b, count - before - 1, to);
}

}  // namespace

bool is_index(std::string_view key) noexcept {
    if (key.empty()) return false;
    const auto length = integer_length(key.front());
    if (length == 0 || key.size() < length || key == smallest_integer) return false;
    if (!std::ranges::all_of(key, [](char c) { return digit_of(c).has_value(); })) return false;
    return key.size() == length || key.back() != index_digits.front();
}

std::optional<std::string> index_between(std::optional<std::string_view> a,
                                         std::optional<std::string_view> b) {
    if ((a && !is_index(*a)) || (b && !is_index(*b)) || (a && b && *a >= *b)) return std::nullopt;
    if (!a && !b) return std::string(first_key);
    if (!a) {
        const auto integer = integer_of(*b);
        const auto fraction = fraction_of(*b);
        if (integer == smallest_integer) return std::string(integer) + middle({}, fraction);
        if (!fraction.empty()) return std::string(integer);
        auto before = decrement(integer);
        // Below the smallest integer there is none, but it is no key itself: a fraction has to follow.
        if (before && *before == smallest_integer) return *before + middle({}, std::nullopt);
        return before;
    }
    const auto integer = integer_of(*a);
    const auto fraction = fraction_of(*a);
    if (b && integer == integer_of(*b)) return std::string(integer) + middle(fraction, fraction_of(*b));
    auto next = increment(integer);
    if (next && (!b || *next < *b)) return next;
    return std::string(integer) + middle(fraction, std::nullopt);
}

std::optional<std::vector<std::string>> indices_between(std::optional<std::string_view> a,
                                                        std::optional<std::string_view> b,
                                                        std::size_t count) {
    std::vector<std::string> made;
    if (count == 0) return made;
    if (!index_between(a, b)) return std::nullopt;
    made.reserve(count);
    if (a && b) {
        fill_between(a, b, count, made);
        return made;
    }
    while (made.size() < count) {
        const auto from = made.empty() ? (b ? b : a) : std::optional<std::string_view>(made.back());
        made.push_back(b ? *index_between(std::nullopt, from) : *index_between(from, std::nullopt));
    }
    if (b) std::ranges::reverse(made);
    return made;
}

}  // namespace conf::boards

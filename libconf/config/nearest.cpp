#include "libconf/config/nearest.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace conf::config {
namespace {

constexpr std::size_t key_bytes = 64;  // of a stranger's key that are compared; ours are shorter

constexpr std::uint64_t bit(std::size_t place) noexcept {
    return std::uint64_t{1} << place;
}

/// As many parts of `key` as `like` has: "turn.user.ada" is a slip in "turn.users", "metric" in
/// "metrics.listen".
std::string_view as_deep_as(std::string_view like, std::string_view key) {
    std::size_t end = 0;
    for (auto dots = std::ranges::count(like, '.') + 1; dots > 0; --dots) {
        end = key.find('.', end);
        if (end == key.npos) return key;
        ++end;
    }
    return key.substr(0, end - 1);
}

/// As `edit_distance`, but an abbreviation ("cert") is as near as a slip of the finger.
std::size_t part_distance(std::string_view typed, std::string_view known) {
    constexpr std::size_t abbreviation_bytes = 3;
    if (typed.size() >= abbreviation_bytes && typed != known && known.starts_with(typed)) return 1;
    return edit_distance(typed, known);
}

std::size_t distance_between(std::string_view key, std::string_view known) {
    const auto whole = edit_distance(key, known);
    const auto last = part_distance(last_part(key), last_part(known));
    const auto by_parts = edit_distance(section_of(key), section_of(known)) + last;
    const auto above = edit_distance(as_deep_as(known, key), known) + 1;
    const auto below = edit_distance(key, as_deep_as(key, known)) + 1;
    // 2: the right name in the wrong section is likelier than two wrong letters, and less likely than one.
    const auto elsewhere = last * 2 + 2;
    return std::min({whole, by_parts, above, below, elsewhere});
}

}  // namespace

std::string_view section_of(std::string_view key) noexcept {
    const auto dot = key.rfind('.');
    return dot == key.npos ? std::string_view() : key.substr(0, dot);
}

std::string_view last_part(std::string_view key) noexcept {
    return key.substr(key.rfind('.') + 1);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    check(a.size() <= key_bytes);
    if (a.empty()) return b.size();
    std::array<std::uint64_t, 256> places{};  // of each character in `a`, one bit a place
    for (std::size_t i = 0; i < a.size(); ++i) places[static_cast<unsigned char>(a[i])] |= bit(i);
    // A column of the table of distances as its differences: bit i tells whether the entry at i is one more,
    // or one less, than the entry above it.
    std::uint64_t one_more = ~std::uint64_t{0};
    std::uint64_t one_less = 0;
    std::uint64_t same_as_diagonal = 0;
    std::uint64_t places_before = 0;
    auto distance = a.size();
    for (const auto c : b) {
        const auto here = places[static_cast<unsigned char>(c)];
        const auto swapped = ((~same_as_diagonal & here) << 1) & places_before;
        same_as_diagonal = (((here & one_more) + one_more) ^ one_more) | here | one_less | swapped;
        auto more_than_left = one_less | ~(same_as_diagonal | one_more);
        auto less_than_left = same_as_diagonal & one_more;
        if (more_than_left & bit(a.size() - 1)) ++distance;
        if (less_than_left & bit(a.size() - 1)) --distance;
        more_than_left = more_than_left << 1 | 1;
        less_than_left <<= 1;
        one_more = less_than_left | ~(same_as_diagonal | more_than_left);
        one_less = more_than_left & same_as_diagonal;
        places_before = here;
    }
    return distance;
}

std::string nearest(std::string_view key, const std::vector<std::string>& known) {
    check(!known.empty());
    const auto compared = key.substr(0, key_bytes);
    return *std::ranges::min_element(
        known, {}, [&](const std::string& candidate) { return distance_between(compared, candidate); });
}

}  // namespace conf::config

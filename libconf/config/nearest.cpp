#include "libconf/config/nearest.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>

namespace conf::config {
namespace {

constexpr std::size_t key_bytes = 128;  // of a stranger's key that are compared; ours are shorter

std::string_view last_part(std::string_view key) {
    const auto dot = key.rfind('.');
    return dot == key.npos ? key : key.substr(dot + 1);
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

std::string_view section_of(std::string_view key) {
    const auto dot = key.rfind('.');
    return dot == key.npos ? std::string_view() : key.substr(0, dot);
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

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = std::min(now[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, now);
    }
    return last[b.size()];
}

std::string nearest(std::string_view key, const std::vector<std::string>& known) {
    check(!known.empty());
    const auto compared = key.substr(0, key_bytes);
    return *std::ranges::min_element(
        known, {}, [&](const std::string& candidate) { return distance_between(compared, candidate); });
}

}  // namespace conf::config

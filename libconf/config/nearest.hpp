/// Parts of dotted keys, and the key that somebody probably meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace conf::config {

/// "turn" of "turn.listen"; nothing of "listen".
[[nodiscard]] std::string_view section_of(std::string_view key) noexcept;
/// "listen" of "turn.listen".
[[nodiscard]] std::string_view last_part(std::string_view key) noexcept;

/// How many characters to insert, delete, replace, or swap with their neighbour make `a` into `b`.
/// Precondition: `a` has at most 64 bytes. (H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and
/// Damerau edit distances", Nordic Journal of Computing 10, 2003.)
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `known` that is nearest to the dotted `key`: in its spelling, or by its last part in another
/// section. Precondition: `known` is not empty.
[[nodiscard]] std::string nearest(std::string_view key, const std::vector<std::string>& known);

}  // namespace conf::config

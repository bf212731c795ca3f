/// Counts calls of malloc, those of libraries too.
#pragma once

#include <cstddef>

namespace bench {

[[nodiscard]] std::size_t mallocs_so_far() noexcept;

}  // namespace bench

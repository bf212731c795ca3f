/// Counts allocations, for tests of what must not allocate.
#pragma once

#include <cstddef>

namespace allocations {

/// How often any `operator new` of this program was called so far, in all threads.
[[nodiscard]] std::size_t so_far() noexcept;

}  // namespace allocations

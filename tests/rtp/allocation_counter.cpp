// Replaces the program's operator new, so that a test can count the calls. The array and nothrow forms and
// those of the standard library come here too.
#include "tests/rtp/allocation_counter.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count{0};

void* counted(void* made) {
    count.fetch_add(1, std::memory_order_relaxed);
    if (made == nullptr) throw std::bad_alloc();
    return made;
}

}  // namespace

std::size_t allocations::so_far() noexcept {
    return count.load(std::memory_order_relaxed);
}

void* operator new(std::size_t size) {
    return counted(std::malloc(std::max<std::size_t>(size, 1)));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto unit = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));  // which wants whole units
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

// The program's own malloc goes before that of the C library, which it hands on to.
#include "tests/bench/srtp/malloc_counter.hpp"

#include <cstdlib>

namespace {
std::size_t count = 0;  // the bench has one thread
}

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) {
    ++count;
    return __libc_malloc(size);
}
void* calloc(std::size_t many, std::size_t size) {
    ++count;
    return __libc_calloc(many, size);
}
void* realloc(void* memory, std::size_t size) {
    ++count;
    return __libc_realloc(memory, size);
}
}

std::size_t bench::mallocs_so_far() noexcept {
    return count;
}

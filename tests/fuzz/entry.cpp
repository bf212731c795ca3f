// What libFuzzer calls; compiled once for each target with its name in CONF_FUZZ_TARGET.
#include "tests/fuzz/target.hpp"

#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::target::CONF_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
    return 0;
}

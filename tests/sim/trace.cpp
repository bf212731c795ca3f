#include "tests/sim/trace.hpp"

#include "libconf/base/hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sim {

void trace::fold(std::uint64_t value) noexcept {
    hash_ = mix(hash_ ^ value, 0x9E3779B97F4A7C15);
}

void trace::note(instant when, const char* what, std::uint64_t a, std::uint64_t b, std::uint64_t c) noexcept {
    ring_[count_++ % kept] = {when, what, {a, b, c}};
    std::uint64_t name = 0;
    for (const auto* letter = what; *letter != '\0'; ++letter)
        name = name * 31 + static_cast<unsigned char>(*letter);
    for (const auto value : {static_cast<std::uint64_t>(when.time_since_epoch().count()), name, a, b, c})
        fold(value);
}

std::string trace::last() const {
    std::string text;
    for (auto i = count_ - std::min<std::uint64_t>(count_, kept); i < count_; ++i) {
        const auto& [when, what, numbers] = ring_[i % kept];
        text += fmt::format("  {:>14.6f}  {:<24} {} {} {}\n",
                            static_cast<double>(when.time_since_epoch().count()) / 1e6, what, numbers[0],
                            numbers[1], numbers[2]);
    }
    return text;
}

}  // namespace conf::sim

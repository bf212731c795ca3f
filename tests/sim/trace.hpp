/// What happened in a run: a hash of everything, and the last events in words.
#pragma once

#include "libconf/base/time.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace conf::sim {

/// An invariant that did not hold.
struct failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Cheap enough to note every packet: the words are made only when somebody asks for them.
class trace {
public:
    static constexpr std::size_t kept = 200;

    /// `what` must be a literal.
    void note(instant when, const char* what, std::uint64_t a = 0, std::uint64_t b = 0,
              std::uint64_t c = 0) noexcept;

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return count_; }
    /// The last events, one a line.
    [[nodiscard]] std::string last() const;

private:
    struct entry {
        instant when{};
        const char* what = "";
        std::array<std::uint64_t, 3> numbers{};
    };

    void fold(std::uint64_t value) noexcept;

    std::array<entry, kept> ring_{};
    std::uint64_t count_ = 0;
    std::uint64_t hash_ = 0xCBF29CE484222325;
};

}  // namespace conf::sim

/// Random numbers that are unpredictable to strangers and repeatable from their key.
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace conf::crypto {

using random_key = std::array<std::byte, 32>;

/// A key from the operating system. Shell only: a core gets its key as an argument.
[[nodiscard]] random_key system_random_key();
/// The same as 64 hexadecimal digits, for secrets that stand in files. Shell only.
[[nodiscard]] std::string system_random_secret();

/// A key for tests: the same for the same number.
[[nodiscard]] random_key key_from_seed(std::uint64_t seed);

/// The blocks SHA-256(key, 0), SHA-256(key, 1), … as a stream. The same key gives the same stream everywhere,
/// so a core that draws ports and tokens from it can be replayed, and nobody without the key can guess the
/// next one.
///
/// Satisfies std::uniform_random_bit_generator. Belongs to its owner.
class keyed_random {
public:
    using result_type = std::uint64_t;

    explicit keyed_random(const random_key& key) : key_(key) {}

    result_type operator()();
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~result_type{0}; }

    void fill(mutable_bytes out);
    /// Uniform in [0, bound). Precondition: bound > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);

private:
    random_key key_;
    std::uint64_t next_block_ = 0;
    std::array<std::byte, 32> block_{};
    std::size_t left_ = 0;  // bytes of block_ not used yet
};

}  // namespace conf::crypto

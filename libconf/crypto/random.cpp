#include "libconf/crypto/random.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"

#include <fmt/format.h>

#include <openssl/rand.h>

#include <algorithm>

namespace conf::crypto {
namespace {

std::array<std::byte, 8> big_endian(std::uint64_t value) noexcept {
    std::array<std::byte, 8> out{};
    store_u32(out, 0, static_cast<std::uint32_t>(value >> 32));
    store_u32(out, 4, static_cast<std::uint32_t>(value));
    return out;
}

}  // namespace

random_key system_random_key() {
    random_key key;
    check(RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) == 1);
    return key;
}

std::string system_random_secret() {
    std::string made;
    for (const auto octet : system_random_key())
        made += fmt::format("{:02x}", std::to_integer<unsigned>(octet));
    return made;
}

random_key key_from_seed(std::uint64_t seed) {
    return sha256({as_bytes("libconf seed"), big_endian(seed)});
}

void keyed_random::fill(mutable_bytes out) {
    while (!out.empty()) {
        if (left_ == 0) {
            block_ = sha256({key_, big_endian(next_block_++)});
            left_ = block_.size();
        }
        const auto taken = std::min(left_, out.size());
        std::ranges::copy(bytes(block_).last(left_).first(taken), out.begin());
        left_ -= taken;
        out = out.subspan(taken);
    }
}

keyed_random::result_type keyed_random::operator()() {
    std::array<std::byte, 8> drawn{};
    fill(drawn);
    return std::uint64_t{load_u32(drawn, 0)} << 32 | load_u32(drawn, 4);
}

std::uint64_t keyed_random::below(std::uint64_t bound) {
    check(bound > 0);
    // Numbers from the incomplete last round would favour small results; they are drawn again.
    const auto limit = max() - max() % bound;
    for (;;) {
        if (const auto drawn = (*this)(); drawn < limit) return drawn % bound;
    }
}

}  // namespace conf::crypto

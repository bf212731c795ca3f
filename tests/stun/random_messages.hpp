/// Seeded random STUN messages, for laws that must hold for all of them.
#pragma once

#include "libconf/stun/builder.hpp"
#include "tests/stun/vectors.hpp"

#include <array>
#include <random>
#include <vector>

namespace vectors {

using generator = std::mt19937_64;

/// In [0, bound); the same on every machine, which the standard's distributions are not.
[[nodiscard]] inline std::size_t below(generator& random, std::size_t bound) {
    return static_cast<std::size_t>(random() % bound);
}

[[nodiscard]] inline bool chance(generator& random, unsigned percent) {
    return below(random, 100) < percent;
}

[[nodiscard]] inline buffer random_bytes(generator& random, std::size_t size) {
    buffer out(size);
    for (auto& b : out) b = static_cast<std::byte>(random() & 0xFF);
    return out;
}

struct random_attribute {
    conf::stun::attribute_type type{};
    buffer value;
};

struct random_message {
    conf::stun::message_class type{};
    conf::stun::method method{};
    conf::stun::transaction_id id{};
    std::vector<random_attribute> attributes;  // none of the three that vouch for others
    bool integrity = false;
    bool integrity_sha256 = false;
    bool fingerprint = false;

    /// Precondition: `memory` is large enough; 2 KiB always is.
    [[nodiscard]] conf::bytes build(conf::mutable_bytes memory, conf::bytes key) const {
        conf::stun::message_builder out(memory, type, method, id);
        for (const auto& attribute : attributes) out.add(attribute.type, attribute.value);
        if (integrity) out.add_integrity(key);
        if (integrity_sha256) out.add_integrity_sha256(key);
        if (fingerprint) out.add_fingerprint();
        return out.finish();
    }
};

inline constexpr std::size_t random_attributes_max = 16;
inline constexpr std::size_t random_value_bytes_max = 48;

[[nodiscard]] inline random_message make_random_message(generator& random) {
    using conf::stun::attribute_type;
    constexpr std::array usual{
        attribute_type::username,         attribute_type::realm,   attribute_type::nonce,
        attribute_type::software,         attribute_type::data,    attribute_type::lifetime,
        attribute_type::xor_peer_address, attribute_type::priority};
    random_message made;
    made.type = static_cast<conf::stun::message_class>(below(random, 4));
    made.method = static_cast<conf::stun::method>(below(random, 0x100));
    std::ranges::copy(random_bytes(random, made.id.size()), made.id.begin());
    const auto count = below(random, random_attributes_max + 1);
    while (made.attributes.size() < count) {
        const auto type = chance(random, 50) ? usual[below(random, usual.size())]
                                             : static_cast<attribute_type>(below(random, 0x10000));
        if (type == attribute_type::message_integrity || type == attribute_type::message_integrity_sha256 ||
            type == attribute_type::fingerprint) {
            continue;
        }
        made.attributes.push_back({type, random_bytes(random, below(random, random_value_bytes_max + 1))});
    }
    made.integrity = chance(random, 50);
    made.integrity_sha256 = chance(random, 30);
    made.fingerprint = chance(random, 50);
    return made;
}

}  // namespace vectors

/// Nonces that the server does not have to remember, RFC 8489 §9.2.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"

#include <array>

namespace conf::turn {

/// A nonce is the nonce cookie with the feature bits (RFC 8489 §9.2: bit 0, password algorithms), the second
/// it was made in, and a MAC over that second and the client's address. So a flood of strangers leaves no
/// state (SEC-TURN-6), a nonce stolen from one address is worth nothing at another, and every shard accepts
/// what any shard gave out.
///
/// Immutable after construction; any thread.
class nonce_maker {
public:
    static constexpr std::size_t text_bytes = 13 + 8 + 16;
    using text = std::array<char, text_bytes>;

    explicit nonce_maker(const crypto::random_key& key) : key_(key) {}

    [[nodiscard]] text make(const ip_address& client, instant now) const;

    /// Made here, for this address, and not older than `nonce_lifetime`.
    [[nodiscard]] bool is_fresh(bytes nonce, const ip_address& client, instant now) const;

private:
    [[nodiscard]] text make_at(const ip_address& client, std::uint32_t second) const;

    crypto::random_key key_;
};

}  // namespace conf::turn

#include "libconf/srtp/hmac_sha1.hpp"

#include "libconf/crypto/digest.hpp"
#include "tests/srtp/packets.hpp"

#include <catch2/catch.hpp>

using namespace conf;

TEST_CASE("HMAC-SHA1 with a prepared key is HMAC-SHA1", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(1));
    for (const auto key_bytes : std::vector<std::size_t>{0, 1, 20, 63, 64}) {
        const auto key = test::random_bytes(random, key_bytes);
        const srtp::hmac_sha1 prepared(key);
        for (std::size_t size = 0; size < 200; ++size) {  // over blocks of 64 bytes
            const auto message = test::random_bytes(random, size);
            INFO(key_bytes << ' ' << size);
            REQUIRE(prepared.of(message) == crypto::hmac_sha1(key, {message}));
        }
    }
}

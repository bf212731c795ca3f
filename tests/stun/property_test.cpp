// Laws for all messages: reading what was written gives what was written; damage never leads outside of the
// message.
#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "tests/stun/random_messages.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::stun;

/// The parsed message written anew, attribute by attribute.
conf::bytes rebuild(const message& in, conf::mutable_bytes memory, conf::bytes key) {
    message_builder out(memory, in.type(), in.method(), in.transaction_id());
    in.for_each([&](const attribute& found) { out.add(found.type, found.value); });
    if (in.integrity_at()) out.add_integrity(key);
    if (in.integrity_sha256_at()) out.add_integrity_sha256(key);
    if (in.fingerprint_at()) out.add_fingerprint();
    return out.finish();
}

}  // namespace

TEST_CASE("10 000 random messages: parse after build is the identity, and build after parse too",
          "[stun][property]") {
    constexpr std::uint64_t seed = 8489;
    vectors::generator random(seed);
    std::array<std::byte, 2048> memory{};
    std::array<std::byte, 2048> again{};
    for (int round = 0; round < 10'000; ++round) {
        INFO("seed " << seed << " round " << round);
        const auto made = vectors::make_random_message(random);
        const auto key = vectors::random_bytes(random, vectors::below(random, 80));
        memory.fill(std::byte{0xA5});
        again.fill(std::byte{0x5A});
        const auto wire = made.build(memory, key);
        const auto read = message::parse(wire);
        REQUIRE(read);
        REQUIRE(read->type() == made.type);
        REQUIRE(read->method() == made.method);
        REQUIRE(read->transaction_id() == made.id);
        std::size_t at = 0;
        bool same = true;
        read->for_each([&](const attribute& found) {
            same = same && at < made.attributes.size() && found.type == made.attributes[at].type &&
                   std::ranges::equal(found.value, made.attributes[at].value);
            ++at;
        });
        REQUIRE(same);
        REQUIRE(at == made.attributes.size());
        REQUIRE(integrity_holds(*read, key) == made.integrity);
        REQUIRE(integrity_sha256_holds(*read, key) == made.integrity_sha256);
        REQUIRE(fingerprint_holds(*read) == made.fingerprint);
        REQUIRE(std::ranges::equal(rebuild(*read, again, key), wire));
    }
}

TEST_CASE("20 000 damaged messages: refused, or read inside their own bytes", "[stun][property]") {
    constexpr std::uint64_t seed = 5769;
    vectors::generator random(seed);
    std::array<std::byte, 2048> memory{};
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        INFO("seed " << seed << " round " << round);
        const auto wire = vectors::make_random_message(random).build(memory, {});
        // On the heap and cut to size, so that a sanitizer sees one byte too far.
        vectors::buffer damaged(wire.begin(), wire.end());
        for (auto hits = vectors::below(random, 4); hits > 0; --hits) {
            damaged[vectors::below(random, damaged.size())] = static_cast<std::byte>(random() & 0xFF);
        }
        if (vectors::chance(random, 20)) damaged.resize(vectors::below(random, damaged.size() + 1));
        damaged.shrink_to_fit();
        const auto read = message::parse(damaged);
        if (!read) continue;
        ++accepted;
        REQUIRE(damaged.size() == header_bytes + conf::load_u16(damaged, 2));
        std::size_t attributes = 0;
        read->for_each([&](const attribute& found) {
            ++attributes;
            const auto start = static_cast<std::size_t>(found.value.data() - damaged.data());
            REQUIRE(start + found.value.size() <= damaged.size());
        });
        REQUIRE(attributes <= attributes_max);
        static_cast<void>(integrity_holds(*read, {}));
        static_cast<void>(integrity_sha256_holds(*read, {}));
        static_cast<void>(fingerprint_holds(*read));
    }
    CHECK(accepted > 5'000);
    CHECK(accepted < 20'000);
}

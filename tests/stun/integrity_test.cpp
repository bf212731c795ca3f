// Keys, truncation, and which part of a message each check covers.
#include "libconf/stun/integrity.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/stun/builder.hpp"
#include "tests/stun/vectors.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace {

using namespace conf::stun;
using conf::as_bytes;
using conf::bytes;
using vectors::buffer;

/// A signed request, then `extra` raw attributes behind the signature, counted in the header.
buffer signed_with_tail(bytes key, std::string_view extra_hex) {
    std::array<std::byte, 256> memory{};
    message_builder out(memory, message_class::request, method::binding, {});
    const auto wire = out.add(attribute_type::username, as_bytes("user")).add_integrity(key).finish();
    buffer whole(wire.begin(), wire.end());
    const auto extra = vectors::from_hex(extra_hex);
    whole.insert(whole.end(), extra.begin(), extra.end());
    conf::store_u16(whole, 2, static_cast<std::uint16_t>(whole.size() - header_bytes));
    return whole;
}

}  // namespace

TEST_CASE("a truncated MESSAGE-INTEGRITY-SHA256 holds in each allowed length and no bit may differ",
          "[stun]") {
    const auto key = as_bytes("short-term password");
    for (std::size_t size = 16; size <= 32; size += 4) {
        INFO(size);
        std::array<std::byte, 128> memory{};
        message_builder first(memory, message_class::request, method::binding, {});
        first.add(attribute_type::username, as_bytes("u"));
        const auto before = first.finish().size();
        // The hash covers a header that counts the attribute as it is sent, so it is made in two steps.
        auto wire = buffer(memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(before));
        conf::store_u16(wire, 2, static_cast<std::uint16_t>(before - header_bytes + 4 + size));
        const auto hash = conf::crypto::hmac_sha256(key, {wire});
        message_builder second(memory, message_class::request, method::binding, {});
        const auto whole = second.add(attribute_type::username, as_bytes("u"))
                               .add(attribute_type::message_integrity_sha256, bytes(hash).first(size))
                               .finish();
        const auto parsed = message::parse(whole);
        REQUIRE(parsed);
        CHECK(integrity_sha256_holds(*parsed, key));
        for (std::size_t i = whole.size() - size; i < whole.size(); ++i) {
            memory[i] ^= std::byte{0x80};
            CHECK_FALSE(integrity_sha256_holds(*message::parse(whole), key));
            memory[i] ^= std::byte{0x80};
        }
    }
}

TEST_CASE("what stands behind MESSAGE-INTEGRITY neither breaks it nor is believed", "[stun]") {
    const auto key = as_bytes("key");
    struct tail_case {
        std::string why;
        std::string extra;
    };
    const auto c = GENERATE(values<tail_case>({
        {"an optional attribute", "8022000461626364"},
        {"a second user name", "0006000461626364"},
        {"a second, wrong integrity", "000800140000000000000000000000000000000000000000"},
    }));
    INFO(c.why);
    const auto wire = signed_with_tail(key, c.extra);
    const auto parsed = message::parse(wire);
    REQUIRE(parsed);
    CHECK(integrity_holds(*parsed, key));
    CHECK(conf::as_text(parsed->find(attribute_type::username).value()) == "user");
    CHECK_FALSE(parsed->find(attribute_type::software));
}

TEST_CASE("an attribute put in before MESSAGE-INTEGRITY breaks it", "[stun]") {
    const auto key = as_bytes("key");
    const auto good = signed_with_tail(key, "");
    auto bad = buffer(good.begin(), good.begin() + header_bytes);
    const auto extra = vectors::from_hex("80220000");
    bad.insert(bad.end(), extra.begin(), extra.end());
    bad.insert(bad.end(), good.begin() + header_bytes, good.end());
    conf::store_u16(bad, 2, static_cast<std::uint16_t>(bad.size() - header_bytes));
    CHECK(integrity_holds(*message::parse(good), key));
    CHECK_FALSE(integrity_holds(*message::parse(bad), key));
}

TEST_CASE("the fingerprint covers all before it", "[stun]") {
    std::array<std::byte, 128> memory{};
    message_builder out(memory, message_class::request, method::binding, {});
    const auto wire = out.add(attribute_type::software, as_bytes("abc")).add_fingerprint().finish();
    REQUIRE(message::parse(wire));
    CHECK(fingerprint_holds(*message::parse(wire)));
    for (std::size_t i = 8; i < wire.size() - 8; ++i) {  // the header's start would no longer parse
        if (i == 22 || i == 23) continue;                // nor would another attribute length
        memory[i] ^= std::byte{1};
        const auto parsed = message::parse(wire);
        INFO(i);
        REQUIRE(parsed);
        CHECK_FALSE(fingerprint_holds(*parsed));
        memory[i] ^= std::byte{1};
    }
    message_builder bare(memory, message_class::request, method::binding, {});
    CHECK_FALSE(fingerprint_holds(*message::parse(bare.finish())));
}

TEST_CASE("long-term keys are what the other implementations hash, RFC 8489 18.5.1", "[stun]") {
    // md5 and sha256 of "user:realm:pass", from coreutils.
    CHECK(vectors::to_hex(long_term_key(password_algorithm::md5, "user", "realm", "pass").raw()) ==
          "8493fbc53ba582fb4c044c456bdc40eb");
    CHECK(vectors::to_hex(long_term_key(password_algorithm::sha256, "user", "realm", "pass").raw()) ==
          "07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b");
    CHECK(long_term_key().raw().empty());
}

TEST_CASE("an empty key is a key like any other", "[stun]") {
    const auto wire = signed_with_tail({}, "");
    CHECK(integrity_holds(*message::parse(wire), {}));
    CHECK_FALSE(integrity_holds(*message::parse(wire), as_bytes("x")));
    // HMAC pads keys with zeros: one zero byte is the same key (RFC 2104).
    CHECK(integrity_holds(*message::parse(wire), vectors::from_hex("00")));
}

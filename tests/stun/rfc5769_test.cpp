// RFC 5769, all four messages, and RFC 8489 appendix B.1: read, verified and written again byte for byte.
#include "libconf/crypto/digest.hpp"
#include "libconf/stun/attributes.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "tests/stun/vectors.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace {

using namespace conf::stun;
using conf::as_bytes;
using conf::as_text;
using conf::bytes;
using vectors::buffer;

struct vector_row {
    std::string name;
    buffer key;
    buffer wire;
    bool has_fingerprint = false;
};

vector_row find_row(std::string_view name) {
    for (const auto& row : vectors::read_table("rfc5769/vectors.tsv")) {
        if (row[0] == name) {
            return {row[0], vectors::from_hex(row[2]), vectors::from_hex(row[3]), row[5] == "ok"};
        }
    }
    FAIL("no such vector");
    return {};
}

/// Three of the four pad with spaces where this library pads with zeros; the hash covers the padding.
void pad_with_spaces(std::array<std::byte, 128>& to, std::size_t end, std::size_t count) {
    std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(end - count), count, std::byte{0x20});
}

}  // namespace

TEST_CASE("4 of 4 vectors of RFC 5769 are genuine, and no other message is", "[stun][vectors]") {
    const auto rows = vectors::read_table("rfc5769/vectors.tsv");
    REQUIRE(rows.size() == 4);
    for (const auto& row : rows) {
        const auto [name, key, wire, has_fingerprint] = find_row(row[0]);
        INFO(name);
        CHECK(wire == vectors::read_file(vectors::path_of("rfc5769/" + name + ".bin")));
        const auto parsed = message::parse(wire);
        REQUIRE(parsed);
        CHECK(integrity_holds(*parsed, key));
        CHECK(parsed->fingerprint_at().has_value() == has_fingerprint);
        CHECK(fingerprint_holds(*parsed) == has_fingerprint);
        CHECK_FALSE(integrity_sha256_holds(*parsed, key));

        auto wrong_key = key;
        wrong_key.back() ^= std::byte{1};
        CHECK_FALSE(integrity_holds(*parsed, wrong_key));

        // Any flipped bit before FINGERPRINT is noticed by one of the two.
        for (std::size_t bit = 0; bit < wire.size() * 8; ++bit) {
            auto changed = wire;
            changed[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
            const auto read = message::parse(changed);
            const bool trusted =
                read && integrity_holds(*read, key) && (!read->fingerprint_at() || fingerprint_holds(*read));
            INFO("bit " << bit);
            // Without FINGERPRINT known as such (its type changed) the message is as genuine as one without
            // it.
            const auto at = bit / 8;
            const bool in_fingerprint_type = has_fingerprint && at >= wire.size() - 8 && at < wire.size() - 6;
            CHECK(trusted == in_fingerprint_type);
        }
    }
}

TEST_CASE("RFC 5769 2.1, the request with short-term credentials", "[stun][vectors]") {
    const auto [name, key, wire, has_fingerprint] = find_row("2.1-request");
    const auto in = *message::parse(wire);
    CHECK(in.method() == method::binding);
    CHECK(in.type() == message_class::request);
    CHECK(as_text(in.find(attribute_type::software).value()) == "STUN test client");
    CHECK(read_u32(in.find(attribute_type::priority).value()) == 0x6E0001FFU);
    CHECK(in.find(attribute_type::ice_controlled)->size() == 8);
    CHECK(as_text(in.find(attribute_type::username).value()) == "evtj:h6vY");

    std::array<std::byte, 128> memory{};
    message_builder out(memory, message_class::request, method::binding, in.transaction_id());
    out.add(attribute_type::software, as_bytes("STUN test client"))
        .add_u32(attribute_type::priority, 0x6E0001FF)
        .add(attribute_type::ice_controlled, vectors::from_hex("932ff9b151263b36"))
        .add(attribute_type::username, as_bytes("evtj:h6vY"));
    pad_with_spaces(memory, out.finish().size(), 3);
    out.add_integrity(key).add_fingerprint();
    CHECK(vectors::to_hex(out.finish()) == vectors::to_hex(wire));
}

TEST_CASE("RFC 5769 2.2 and 2.3, the responses", "[stun][vectors]") {
    struct response_case {
        std::string name;
        std::string mapped;
    };
    const auto c = GENERATE(values<response_case>({
        {"2.2-response-ipv4", "192.0.2.1:32853"},
        {"2.3-response-ipv6", "[2001:db8:1234:5678:11:2233:4455:6677]:32853"},
    }));
    const auto [name, key, wire, has_fingerprint] = find_row(c.name);
    INFO(name);
    const auto in = *message::parse(wire);
    CHECK(in.type() == message_class::success_response);
    CHECK(as_text(in.find(attribute_type::software).value()) == "test vector");
    const auto mapped =
        read_xor_address(in.find(attribute_type::xor_mapped_address).value(), in.transaction_id());
    REQUIRE(mapped);
    CHECK(mapped->to_string() == c.mapped);

    std::array<std::byte, 128> memory{};
    message_builder out(memory, message_class::success_response, method::binding, in.transaction_id());
    out.add(attribute_type::software, as_bytes("test vector"));
    pad_with_spaces(memory, out.finish().size(), 1);
    out.add_xor_address(attribute_type::xor_mapped_address, conf::endpoint::parse(c.mapped).value())
        .add_integrity(key)
        .add_fingerprint();
    CHECK(vectors::to_hex(out.finish()) == vectors::to_hex(wire));
}

TEST_CASE("RFC 5769 2.4, the request with long-term credentials", "[stun][vectors]") {
    const auto [name, key, wire, has_fingerprint] = find_row("2.4-request-long-term");
    const auto in = *message::parse(wire);
    const auto username = as_text(in.find(attribute_type::username).value());
    CHECK(username == "\u30de\u30c8\u30ea\u30c3\u30af\u30b9");
    CHECK(as_text(in.find(attribute_type::nonce).value()) == "f//499k954d6OL34oL9FSTvy64sA");
    CHECK(as_text(in.find(attribute_type::realm).value()) == "example.org");
    const long_term_key made(password_algorithm::md5, username, "example.org", "TheMatrIX");
    CHECK(made.algorithm() == password_algorithm::md5);
    CHECK(vectors::to_hex(made.raw()) == vectors::to_hex(key));

    std::array<std::byte, 128> memory{};
    message_builder out(memory, message_class::request, method::binding, in.transaction_id());
    out.add(attribute_type::username, as_bytes(username))
        .add(attribute_type::nonce, as_bytes("f//499k954d6OL34oL9FSTvy64sA"))
        .add(attribute_type::realm, as_bytes("example.org"))
        .add_integrity(made.raw());
    CHECK(vectors::to_hex(out.finish()) == vectors::to_hex(wire));
}

TEST_CASE("RFC 8489 B.1: USERHASH and MESSAGE-INTEGRITY-SHA256", "[stun][vectors]") {
    constexpr std::string_view username = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9";
    const auto hash = userhash(username, "example.org");
    CHECK(vectors::to_hex(hash) == "4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704");

    const long_term_key key(password_algorithm::sha256, username, "example.org", "TheMatrIX");
    CHECK(key.algorithm() == password_algorithm::sha256);
    CHECK(key.raw().size() == 32);
    transaction_id id{};
    std::ranges::copy(vectors::from_hex("78ad3433c6ad72c029da412e"), id.begin());
    std::array<std::byte, 192> memory{};
    message_builder out(memory, message_class::request, method::binding, id);
    out.add(attribute_type::userhash, hash)
        .add(attribute_type::nonce, as_bytes("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"))
        .add(attribute_type::realm, as_bytes("example.org"));
    const auto before = out.finish().size();

    // The RFC printed a header length that does not fit the message, and computed its hash with that (errata
    // 6268).
    auto printed = buffer(memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(before));
    printed[3] = std::byte{0x9C};
    CHECK(vectors::to_hex(conf::crypto::hmac_sha256(key.raw(), {printed})) ==
          "e4686c8f0edeb59013e07090010a93efccbccc544c0a45d9f830aa6d6f735a01");

    // With the right length, as any HMAC-SHA256 gives it.
    const auto wire = out.add_integrity_sha256(key.raw()).finish();
    CHECK(wire.size() == 20 + 0x88);
    CHECK(vectors::to_hex(wire.last(32)) ==
          "234112fbd4e27f983eb4032836f998216f5b23f8d927753fbc4f882bfbdf0dec");
    const auto in = message::parse(wire);
    REQUIRE(in);
    CHECK(integrity_sha256_holds(*in, key.raw()));
    CHECK_FALSE(integrity_holds(*in, key.raw()));
}

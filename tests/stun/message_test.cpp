// What message::parse accepts and refuses, and what is found in what it accepted.
#include "libconf/stun/message.hpp"
#include "libconf/stun/builder.hpp"
#include "tests/stun/vectors.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <optional>
#include <set>

namespace {

using namespace conf::stun;
using conf::bytes;
using vectors::buffer;

constexpr std::string_view id_hex = "2112a442010101010101010101010101";

/// A Binding request with these attributes and the right length in its header.
buffer with_attributes(std::string_view attributes, std::string_view type = "0001") {
    auto wire = vectors::from_hex(std::string(type) + "0000" + std::string(id_hex) + std::string(attributes));
    conf::store_u16(wire, 2, static_cast<std::uint16_t>(wire.size() - header_bytes));
    return wire;
}

std::string repeated(std::string_view what, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += what;
    return out;
}

struct parse_case {
    std::string why;
    buffer wire;
    std::optional<stun_errc> expected;  // nothing: it is a message
};

const std::string integrity_hex = "00080014" + repeated("11", 20);
const std::string integrity_sha256_hex = "001c0020" + repeated("22", 32);
const std::string fingerprint_hex = "8028000401020304";

}  // namespace

TEST_CASE("SEC-ICE-1: message::parse takes exactly one well-formed message", "[stun]") {
    const auto header = [](std::string_view start) {
        return vectors::from_hex(std::string(start) + std::string(id_hex));
    };
    const std::vector<parse_case> cases{
        {"nothing", {}, stun_errc::truncated},
        {"one byte", vectors::from_hex("00"), stun_errc::truncated},
        {"a byte less than a header", vectors::from_hex("00010000" + std::string(id_hex.substr(2))),
         stun_errc::truncated},
        {"a bare header", header("00010000"), std::nullopt},
        {"top bit set", header("80010000"), stun_errc::not_stun},
        {"second bit set: a channel number", header("40010000"), stun_errc::not_stun},
        {"every method and class bit set", header("3fff0000"), stun_errc::not_stun},
        {"the highest first byte of STUN", header("03ff0000"), std::nullopt},
        {"wrong cookie", vectors::from_hex("000100002112a443010101010101010101010101"), stun_errc::not_stun},
        {"length not a multiple of four", vectors::from_hex("00010003" + std::string(id_hex) + "802200"),
         stun_errc::bad_length},
        {"length too long", header("00010004"), stun_errc::bad_length},
        {"length too short", vectors::from_hex("00010000" + std::string(id_hex) + "80220000"),
         stun_errc::bad_length},
        {"an empty attribute", with_attributes("80220000"), std::nullopt},
        {"padding of any value", with_attributes("8022000161ffffff"), std::nullopt},
        {"an attribute ends with the message", with_attributes("80220004616263648022000461626364"),
         std::nullopt},
        {"value reaches behind the end",
         with_attributes("80220005616263"
                         "64"),
         stun_errc::attribute_overrun},
        {"length ffff", with_attributes("8022ffff61626364"), stun_errc::attribute_overrun},
        {"length fffd, whose padding would wrap in 16 bits", with_attributes("8022fffd61626364"),
         stun_errc::attribute_overrun},
        {"64 attributes", with_attributes(repeated("80220000", attributes_max)), std::nullopt},
        {"65 attributes", with_attributes(repeated("80220000", attributes_max + 1)),
         stun_errc::too_many_attributes},
        {"USERNAME of 508 bytes", with_attributes("000601fc" + repeated("75", username_bytes_max)),
         std::nullopt},
        {"USERNAME of 509 bytes",
         with_attributes("000601fd" + repeated("75", username_bytes_max + 1) + "000000"),
         stun_errc::bad_attribute_length},
        {"an integrity of 20 bytes", with_attributes(integrity_hex), std::nullopt},
        {"an integrity of 4 bytes", with_attributes("0008000411111111"), stun_errc::bad_attribute_length},
        {"an integrity of 24 bytes", with_attributes("00080018" + repeated("11", 24)),
         stun_errc::bad_attribute_length},
        {"a fingerprint of 4 bytes", with_attributes(fingerprint_hex), std::nullopt},
        {"a fingerprint of no bytes", with_attributes("80280000"), stun_errc::bad_attribute_length},
        {"a fingerprint of 8 bytes", with_attributes("802800080102030405060708"),
         stun_errc::bad_attribute_length},
        {"something behind the fingerprint", with_attributes(fingerprint_hex + "80220000"),
         stun_errc::fingerprint_not_last},
        {"two fingerprints", with_attributes(fingerprint_hex + fingerprint_hex),
         stun_errc::fingerprint_not_last},
        {"integrity, SHA-256 integrity and fingerprint",
         with_attributes(integrity_hex + integrity_sha256_hex + fingerprint_hex), std::nullopt},
    };
    for (const auto& c : cases) {
        INFO(c.why);
        const auto parsed = message::parse(c.wire);
        CHECK(parsed.has_value() == !c.expected);
        if (!parsed && c.expected) CHECK(parsed.error() == make_error_code(*c.expected));
    }
}

TEST_CASE("MESSAGE-INTEGRITY-SHA256 may be cut to 16 bytes in steps of four, RFC 8489 14.6", "[stun]") {
    for (std::size_t size = 0; size <= 36; ++size) {
        INFO(size);
        std::array<std::byte, 128> memory{};
        message_builder out(memory, message_class::request, method::binding, {});
        const auto wire = out.add(attribute_type::message_integrity_sha256, buffer(size)).finish();
        CHECK(message::parse(wire).has_value() == (size >= 16 && size <= 32 && size % 4 == 0));
    }
}

TEST_CASE("class and method are taken apart and put together again", "[stun]") {
    for (const auto type : {message_class::request, message_class::indication,
                            message_class::success_response, message_class::error_response}) {
        for (std::uint16_t number = 0; number < 0x100; ++number) {
            // Methods above 0x7F need the bits beside the class, and the first byte of STUN is at most 3: 12
            // bits in all.
            const auto which = static_cast<method>(number);
            std::array<std::byte, header_bytes> memory{};
            message_builder out(memory, type, which, {});
            const auto parsed = message::parse(out.finish());
            REQUIRE(parsed);
            CHECK(parsed->type() == type);
            CHECK(parsed->method() == which);
        }
    }
    CHECK(vectors::to_hex(bytes(with_attributes("")).first(2)) == "0001");
    CHECK(message::parse(with_attributes("", "0113"))->type() == message_class::error_response);
    CHECK(message::parse(with_attributes("", "0016"))->method() == method::send);
}

TEST_CASE("attributes behind MESSAGE-INTEGRITY are not found, RFC 8489 14.5", "[stun]") {
    const std::string realm = "0014000161000000";
    const std::string nonce = "0015000162000000";
    struct find_case {
        std::string why;
        std::string attributes;
        bool realm, nonce, integrity, sha256, fingerprint;
    };
    const auto c = GENERATE_COPY(values<find_case>({
        {"no integrity", realm + nonce, true, true, false, false, false},
        {"behind SHA-1", realm + integrity_hex + nonce, true, false, true, false, false},
        {"behind SHA-256", realm + integrity_sha256_hex + nonce, true, false, false, true, false},
        {"between the two", realm + integrity_hex + nonce + integrity_sha256_hex, true, false, true, true,
         false},
        {"SHA-1 behind SHA-256 does not count", realm + integrity_sha256_hex + integrity_hex, true, false,
         false, true, false},
        {"all behind", integrity_hex + realm + nonce, false, false, true, false, false},
        {"fingerprint behind integrity counts", realm + integrity_hex + fingerprint_hex, true, false, true,
         false, true},
        {"fingerprint alone", realm + nonce + fingerprint_hex, true, true, false, false, true},
    }));
    INFO(c.why);
    const auto wire = with_attributes(c.attributes);
    const auto parsed = message::parse(wire);
    REQUIRE(parsed);
    CHECK(parsed->find(attribute_type::realm).has_value() == c.realm);
    CHECK(parsed->find(attribute_type::nonce).has_value() == c.nonce);
    CHECK(parsed->integrity_at().has_value() == c.integrity);
    CHECK(parsed->integrity_sha256_at().has_value() == c.sha256);
    CHECK(parsed->fingerprint_at().has_value() == c.fingerprint);
    // The walk sees what find sees, and neither the integrity nor the fingerprint itself.
    std::multiset<attribute_type> seen;
    parsed->for_each([&](const attribute& found) { seen.insert(found.type); });
    CHECK(seen.count(attribute_type::realm) == (c.realm ? 1 : 0));
    CHECK(seen.size() == std::size_t{c.realm} + std::size_t{c.nonce});
}

TEST_CASE("of equal attributes the first counts", "[stun]") {
    const auto wire = with_attributes("00140001610000000014000162000000");
    CHECK(conf::as_text(message::parse(wire)->find(attribute_type::realm).value()) == "a");
}

TEST_CASE("every stun_errc has a text of its own", "[stun]") {
    std::set<std::string> texts;
    for (int code = 1; code <= static_cast<int>(stun_errc::fingerprint_not_last); ++code) {
        const std::error_code made = static_cast<stun_errc>(code);
        INFO(code << " " << made.message());
        CHECK(made.message() != "unknown STUN error");
        CHECK(texts.insert(made.message()).second);
    }
    CHECK(std::error_code(static_cast<stun_errc>(0)).message() == "unknown STUN error");
    CHECK(std::error_code(static_cast<stun_errc>(static_cast<int>(stun_errc::fingerprint_not_last) + 1))
              .message() == "unknown STUN error");
    CHECK(std::string(stun_category().name()) == "stun");
}

TEST_CASE("looks_like_stun needs two zero bits and the cookie", "[stun]") {
    CHECK(looks_like_stun(with_attributes("")));
    CHECK_FALSE(looks_like_stun(vectors::from_hex("00")));
    CHECK_FALSE(looks_like_stun(with_attributes("", "1400")));
    auto wrong = with_attributes("");
    wrong[7] = std::byte{0};
    CHECK_FALSE(looks_like_stun(wrong));
}

TEST_CASE("every file of the STUN corpora is read without harm, and what is read is inside it",
          "[stun][vectors]") {
    std::size_t files = 0;
    std::size_t messages = 0;
    for (const auto* folder : {"stun", "stun-turn", "stun-bad", "turn", "rfc5769", "datagrams"}) {
        for (const auto& path : vectors::files_of(folder)) {
            INFO(path);
            const auto wire = vectors::read_file(path);
            ++files;
            const auto parsed = message::parse(wire);
            if (!parsed) continue;
            ++messages;
            parsed->for_each([&](const attribute& found) {
                const auto at = static_cast<std::size_t>(found.value.data() - wire.data());
                CHECK(at + found.value.size() <= wire.size());
            });
        }
    }
    INFO(messages << " of " << files << " files are STUN messages");
    CHECK(files >= 100);
    CHECK(messages >= 20);
}

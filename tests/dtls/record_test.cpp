#include "libconf/dtls/record.hpp"

#include "libconf/crypto/random.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace conf;
using dtls::record;

namespace {

std::vector<std::byte> make_record(int type, std::uint16_t epoch, std::size_t size) {
    std::vector<std::byte> made(record::header_bytes + size);
    made[0] = static_cast<std::byte>(type);
    store_u16(made, 1, 0xFEFD);
    store_u16(made, 3, epoch);
    store_u16(made, 11, static_cast<std::uint16_t>(size));
    return made;
}

}  // namespace

TEST_CASE("records of one datagram", "[dtls]") {
    auto datagram = make_record(22, 0, 30);
    const auto second = make_record(20, 0, 1);
    const auto third = make_record(22, 1, 40);
    datagram.insert(datagram.end(), second.begin(), second.end());
    datagram.insert(datagram.end(), third.begin(), third.end());
    bytes rest(datagram);
    const auto first = record::take(rest);
    REQUIRE(first);
    CHECK(first->type == dtls::content_type::handshake);
    CHECK(first->fragment.size() == 30);
    CHECK(first->whole.size() == 43);
    CHECK(record::take(rest)->type == dtls::content_type::change_cipher_spec);
    CHECK(record::take(rest)->epoch == 1);
    CHECK(rest.empty());
    CHECK_FALSE(record::take(rest));
}

TEST_CASE("records whose length lies", "[dtls]") {
    auto datagram = make_record(22, 0, 30);
    for (std::size_t size = 0; size < datagram.size(); ++size) {
        auto cut = bytes(datagram).first(size);
        CHECK_FALSE(record::take(cut));
    }
    CHECK_FALSE(dtls::looks_like_dtls(bytes(datagram).first(12)));
    CHECK(dtls::looks_like_dtls(datagram));
    datagram[0] = std::byte{64};
    CHECK_FALSE(dtls::looks_like_dtls(datagram));
    datagram[0] = std::byte{19};
    CHECK_FALSE(dtls::looks_like_dtls(datagram));
}

TEST_CASE("fragments whose length lies", "[dtls]") {
    std::vector<std::byte> message(12 + 20);
    const auto set = [&](std::uint32_t whole, std::uint32_t offset, std::uint32_t size) {
        store_u32(message, 0, 1U << 24 | whole);
        store_u16(message, 4, 0);
        store_u16(message, 6, static_cast<std::uint16_t>(offset >> 8));
        store_u32(message, 8, (offset & 0xFF) << 24 | size);
    };
    set(100, 0, 20);
    auto found = dtls::handshake_fragment::parse(message);
    REQUIRE(found);
    CHECK(found->type == 1);
    CHECK(found->message_bytes == 100);
    CHECK(found->body.size() == 20);
    set(100, 80, 20);
    CHECK(dtls::handshake_fragment::parse(message));
    set(100, 81, 20);
    CHECK_FALSE(dtls::handshake_fragment::parse(message));
    set(100, 0, 21);
    CHECK_FALSE(dtls::handshake_fragment::parse(message));
    set(0xFFFFFF, 0xFFFFFF, 20);
    CHECK_FALSE(dtls::handshake_fragment::parse(message));
    for (std::size_t size = 0; size < 12; ++size)
        CHECK_FALSE(dtls::handshake_fragment::parse(bytes(message).first(size)));
}

TEST_CASE("noise is no record that reaches behind its datagram", "[dtls]") {
    crypto::keyed_random random(crypto::key_from_seed(9));
    for (int i = 0; i < 20'000; ++i) {
        std::vector<std::byte> noise(random.below(80));
        random.fill(noise);
        bytes rest(noise);
        std::size_t left = rest.size();
        while (const auto one = record::take(rest)) {
            REQUIRE(rest.size() + one->whole.size() == left);
            left = rest.size();
            (void)dtls::handshake_fragment::parse(one->fragment);
        }
    }
}

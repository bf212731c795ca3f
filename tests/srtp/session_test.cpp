#include "libconf/srtp/session.hpp"

#include "libconf/srtp/libsrtp_context.hpp"
#include "libconf/srtp/rtcp_protector.hpp"
#include "tests/srtp/packets.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;
using srtp::verdict;

namespace {

/// Two ends with each other's keys, and what the first one sends.
struct ends {
    explicit ends(srtp::profile which, std::uint64_t seed = 3)
        : random(crypto::key_from_seed(seed)),
          tag(srtp::sizes_of(which).tag),
          there(test::random_key(which, random)),
          back(test::random_key(which, random)),
          key(protector->make_key(there)) {}

    std::vector<std::byte> packet(std::uint64_t index, std::string_view payload = "speech") {
        const auto header = test::rtp_header(7, static_cast<std::uint16_t>(index), 1, random);
        return test::protect_one(*protector, *key, header, as_bytes(payload), index, tag);
    }

    crypto::keyed_random random;
    std::size_t tag;
    srtp::master_key there;
    srtp::master_key back;
    std::unique_ptr<srtp::protector> protector = srtp::make_evp_protector();
    std::unique_ptr<srtp::sending_key> key;
    srtp::session sender{{back, there}};
    srtp::session receiver{{there, back}};
};

verdict receive(srtp::session& by, std::vector<std::byte>& packet) {
    mutable_bytes view(packet);
    const auto told = by.unprotect_rtp(view);
    packet.resize(view.size());
    return told;
}

verdict receive(srtp::session& by, std::vector<std::byte>&& packet) {
    return receive(by, packet);
}

}  // namespace

TEST_CASE("what was protected comes out again", "[srtp]") {
    for (const auto which : test::profiles) {
        INFO(srtp::name_of(which));
        ends on(which);
        auto packet = on.packet(65'535);
        REQUIRE(receive(on.receiver, packet) == verdict::good);
        CHECK(as_text(bytes(packet).last(6)) == "speech");
        CHECK(receive(on.receiver, on.packet(65'536)) == verdict::good);
        CHECK(receive(on.receiver, on.packet(65'540)) == verdict::good);
        CHECK(receive(on.receiver, on.packet(65'538)) == verdict::good);
    }
}

TEST_CASE("SEC-SRTP-1 SEC-SRTP-2 forged packets change nothing, however many", "[srtp]") {
    for (const auto which : test::profiles) {
        INFO(srtp::name_of(which));
        ends on(which);
        REQUIRE(receive(on.receiver, on.packet(100)) == verdict::good);
        for (std::uint64_t i = 0; i < 2000; ++i) {
            auto packet = on.packet(101 + i * 31);
            packet[on.random.below(packet.size() - 12) + 12] ^= std::byte{1};
            REQUIRE(receive(on.receiver, packet) != verdict::good);
        }
        CHECK(receive(on.receiver, on.packet(101)) == verdict::good);
    }
}

TEST_CASE("SEC-SRTP-3 a packet is taken once, inside a window of 1024", "[srtp]") {
    for (const auto which : test::profiles) {
        INFO(srtp::name_of(which));
        ends on(which);
        for (std::uint64_t i = 64'000; i < 67'000; ++i) {
            if (i % 10 != 3) REQUIRE(receive(on.receiver, on.packet(i)) == verdict::good);
        }
        for (std::uint64_t i = 66'999 - 2000; i < 67'000; ++i) {
            INFO(i);
            const bool missing_and_young = i % 10 == 3 && i + srtp::session::rtp_window > 66'999;
            const auto told = receive(on.receiver, on.packet(i));
            if (missing_and_young) {
                REQUIRE(told == verdict::good);
            } else {
                REQUIRE(told == verdict::replayed);
            }
        }
    }
}

TEST_CASE("SEC-SRTP-4 short packets", "[srtp]") {
    for (const auto which : test::profiles) {
        ends on(which);
        for (std::size_t size = 0; size < 12 + on.tag; ++size) {
            std::vector<std::byte> packet(size, std::byte{0x80});
            CHECK(receive(on.receiver, packet) == verdict::malformed);
        }
        for (std::size_t size = 0; size < 12 + on.tag; ++size) {
            std::vector<std::byte> packet(size, std::byte{0x80});
            mutable_bytes view(packet);
            CHECK(on.receiver.unprotect_rtcp(view) == verdict::malformed);
        }
    }
}

TEST_CASE("RTCP there and back", "[srtp]") {
    for (const auto which : test::profiles) {
        INFO(srtp::name_of(which));
        ends on(which);
        std::array<std::byte, 8> report{std::byte{0x80}, std::byte{201}, std::byte{0}, std::byte{1}};
        store_u32(report, 4, 99);
        std::array<std::byte, 8 + srtp::session::rtcp_overhead_max> buffer{};
        for (int i = 0; i < 3; ++i) {
            std::ranges::copy(report, buffer.begin());
            std::size_t size = report.size();
            REQUIRE(on.sender.protect_rtcp(buffer, size) == verdict::good);
            CHECK(size == report.size() + 4 + on.tag);
            auto copy = buffer;
            auto view = mutable_bytes(buffer).first(size);
            REQUIRE(on.receiver.unprotect_rtcp(view) == verdict::good);
            CHECK(std::ranges::equal(view, report));
            auto again = mutable_bytes(copy).first(size);
            CHECK(on.receiver.unprotect_rtcp(again) == verdict::replayed);
        }
        std::size_t size = 4;
        CHECK(on.sender.protect_rtcp(buffer, size) == verdict::malformed);
    }
}

TEST_CASE("RTCP is protected as libsrtp does it", "[srtp]") {
    for (const auto which : test::profiles) {
        INFO(srtp::name_of(which));
        crypto::keyed_random random(crypto::key_from_seed(8));
        const auto key = test::random_key(which, random);
        srtp::rtcp_protector ours(key);
        const auto theirs = srtp::make_libsrtp_context(key, ssrc_any_outbound, 128);
        for (std::size_t size = 8; size < 1200; size += 4) {
            std::vector<std::byte> mine(size + srtp::session::rtcp_overhead_max);
            random.fill(mutable_bytes(mine).first(size));
            mine[0] = std::byte{0x80};
            mine[1] = std::byte{200};
            store_u32(mine, 4, 77);
            auto expected = mine;
            auto grown = static_cast<int>(size);
            REQUIRE(srtp_protect_rtcp(theirs.get(), expected.data(), &grown) == srtp_err_status_ok);
            auto whole = size;
            REQUIRE(ours.protect(mine, whole));
            REQUIRE(whole == static_cast<std::size_t>(grown));
            REQUIRE(std::ranges::equal(bytes(mine).first(whole), bytes(expected).first(whole)));
        }
    }
}

TEST_CASE("SEC-DTLS-5 no RTCP index comes twice: after 2^31 packets there is an end", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(9));
    srtp::rtcp_protector one(test::random_key(srtp::profile::aead_aes_128_gcm, random));
    one.continue_from(srtp::rtcp_protector::index_end - 3);
    std::array<std::byte, 8 + srtp::session::rtcp_overhead_max> buffer{std::byte{0x80}, std::byte{201}};
    for (int i = 0; i < 2; ++i) {
        std::size_t size = 8;
        CHECK(one.protect(buffer, size));
    }
    std::size_t size = 8;
    CHECK_FALSE(one.protect(buffer, size));
    CHECK(size == 8);
}

TEST_CASE("a stream that was forgotten may begin again", "[srtp]") {
    ends on(srtp::profile::aead_aes_128_gcm);
    REQUIRE(receive(on.receiver, on.packet(5)) == verdict::good);
    REQUIRE(receive(on.receiver, on.packet(5)) == verdict::replayed);
    on.receiver.forget(7);
    CHECK(receive(on.receiver, on.packet(5)) == verdict::good);
    on.receiver.forget(12345);
}

// Two of our own ends: a handshake, then SRTP and SRTCP both ways.
#include "libconf/media/peer_session.hpp"

#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtcp_builder.hpp"

#include <catch2/catch.hpp>

#include <deque>

namespace {

using namespace std::chrono_literals;
using namespace conf;
using media::peer_session;
using kind = media::received_packet::kind;

constexpr instant now{1h};

struct side {
    side(dtls::role as, const dtls::certificate& own, const dtls::certificate& other)
        : context(own),
          session(context, as, {other.fingerprint_with(dtls::hash_function::sha256)}, *protector, now) {}

    dtls::context context;
    std::unique_ptr<srtp::protector> protector = srtp::make_evp_protector();
    peer_session session;
    dtls::outputs out;
};

struct pair {
    dtls::certificate first = dtls::certificate::generate(std::chrono::sys_seconds{1'790'000'000s});
    dtls::certificate second = dtls::certificate::generate(std::chrono::sys_seconds{1'790'000'000s});
    side ann{dtls::role::active, first, second};
    side ben{dtls::role::passive, second, first};

    void shake_hands() {
        ann.session.start(now, ann.out);
        while (!ann.out.data.empty() || !ben.out.data.empty()) {
            carry(ann, ben);
            carry(ben, ann);
        }
    }
    static void carry(side& from, side& to) {
        const auto batch = std::exchange(from.out, {});
        batch.for_each_datagram([&](bytes one) {
            std::vector<std::byte> copy(one.begin(), one.end());
            CHECK(to.session.handle(copy, now, to.out).what == kind::nothing);
        });
    }
};

std::vector<std::byte> packet(std::uint16_t sequence, std::uint32_t ssrc = 7) {
    std::vector<std::byte> made(rtp::header_bytes + 20, static_cast<std::byte>(sequence));
    rtp::header_writer().write(
        made,
        {.timestamp = 5, .ssrc = ssrc, .sequence_number = sequence, .payload_type = 111, .marker = false});
    return made;
}

std::vector<std::byte> protect(side& by, bytes plain) {
    std::vector<std::byte> out(plain.size() + srtp::tag_bytes_max);
    out.resize(by.session.protect_rtp(plain, out).size());
    return out;
}

}  // namespace

TEST_CASE("peer session: RTP and RTCP arrive as they were sent, in both directions") {
    pair two;
    two.shake_hands();
    REQUIRE(two.ann.session.connected());
    REQUIRE(two.ben.session.connected());
    CHECK(two.ann.session.profile() == srtp::profile::aead_aes_128_gcm);
    for (auto [from, to] : {std::pair{&two.ann, &two.ben}, std::pair{&two.ben, &two.ann}}) {
        // Twice around: the rollover counter is the session's business.
        for (std::uint32_t i = 0; i < 140'000; i += 1000) {
            const auto plain = packet(static_cast<std::uint16_t>(i));
            auto sent = protect(*from, plain);
            const auto got = to->session.handle(sent, now, to->out);
            REQUIRE(got.what == kind::rtp);
            CHECK(std::ranges::equal(got.plain, plain));
        }
        std::array<std::byte, 200> buffer;
        rtp::rtcp_builder compound(mutable_bytes(buffer).first(150));
        REQUIRE(compound.add_pli(1, 2));
        const auto plain = compound.finish();
        const std::vector<std::byte> expected(plain.begin(), plain.end());
        const auto sent = from->session.protect_rtcp(buffer, plain.size());
        const auto got = to->session.handle(mutable_bytes(buffer).first(sent.size()), now, to->out);
        REQUIRE(got.what == kind::rtcp);
        CHECK(std::ranges::equal(got.plain, expected));
    }
}

TEST_CASE("peer session: what is not genuine, or too early, is refused") {
    pair two;
    auto early = packet(1);
    CHECK(two.ben.session.handle(early, now, two.ben.out).what == kind::refused);
    two.shake_hands();
    REQUIRE(two.ben.session.connected());
    const auto sent = protect(two.ann, packet(1));
    auto forged = sent;
    forged.back() ^= std::byte{1};
    CHECK(two.ben.session.handle(forged, now, two.ben.out).what == kind::refused);
    auto good = sent;
    CHECK(two.ben.session.handle(good, now, two.ben.out).what == kind::rtp);
    auto again = sent;
    CHECK(two.ben.session.handle(again, now, two.ben.out).what == kind::refused);
    CHECK(two.ben.session.handle({}, now, two.ben.out).what == kind::nothing);
    auto neither = std::vector<std::byte>(30, std::byte{0x40});
    CHECK(two.ben.session.handle(neither, now, two.ben.out).what == kind::nothing);
}

TEST_CASE("peer session: another certificate than the one of the answer fails, and a goodbye closes") {
    pair two;
    SECTION("a stranger") {
        const auto stranger = dtls::certificate::generate(std::chrono::sys_seconds{1'790'000'000s});
        side other(dtls::role::passive, stranger, two.first);
        two.ann.session.start(now, two.ann.out);
        while (!two.ann.out.data.empty() || !other.out.data.empty()) {
            pair::carry(two.ann, other);
            pair::carry(other, two.ann);
        }
        CHECK(two.ann.session.state() == dtls::state::failed);
        CHECK(two.ann.session.failure() == dtls::failure::wrong_fingerprint);
    }
    SECTION("a goodbye") {
        two.shake_hands();
        two.ann.session.close(two.ann.out);
        pair::carry(two.ann, two.ben);
        CHECK(two.ben.session.state() == dtls::state::closed);
    }
}

// Datagrams from where, and of a kind, that nobody asked for.
#include "libconf/sdp/write.hpp"
#include "tests/engine/peer.hpp"

using namespace engine_test;

namespace {

const auto attacker = path_of(666);

/// What arrived, wherever it was counted.
std::uint64_t counted(const engine::counters& in) {
    return in.checks_answered + in.dtls_in + in.rtp_in + in.rtcp_in + in.unknown_protocol + in.too_long +
           in.malformed + in.not_a_check + in.unknown_ufrag + in.forged_check + in.path_taken +
           in.unknown_path + in.not_connected + in.too_many_ssrcs + in.forged + in.replayed;
}

}  // namespace

TEST_CASE("SEC-DTLS-1 a ClientHello from elsewhere never reaches OpenSSL", "[engine]") {
    world on;
    auto& ann = on.join("room", "ann", offer_of(sdp_test::publisher));
    on.peers.push_back(std::make_unique<peer>(attacker, "stranger"));
    auto& stranger = *on.peers.back();
    stranger.take_answer(sdp::write(ann.answer), on.now);
    stranger.keeps_consent = false;
    stranger.begin_handshake(on.now);
    on.carry();  // before any check
    CHECK(on.core.count().unknown_path > 0);
    ann.check();
    on.carry();
    const auto before = on.core.count().unknown_path;
    for (int i = 0; i < 1000; ++i) {
        datagram hello(60, std::byte{1});
        hello[0] = std::byte{22};
        CHECK(on.inject(attacker, hello) == 0);
    }
    CHECK(on.core.count().unknown_path == before + 1000);
    CHECK(on.core.count().dtls_in == 0);
    ann.begin_handshake(on.now);
    on.carry();
    CHECK(ann.connected());
    CHECK_FALSE(stranger.connected());
}

TEST_CASE("SEC-DTLS-1 100 of 100 join while ClientHellos pour in, also with the right address forged",
          "[engine]") {
    world on;
    const auto hello_of = [](std::uint16_t cipher, std::uint32_t number) {
        datagram made(13 + 12 + 2 + 32 + 1 + 1 + 2 + 2 + 2, std::byte{0});
        made[0] = std::byte{22};
        store_u16(made, 1, 0xFEFD);
        store_u32(made, 7, number);  // of the record
        store_u16(made, 11, static_cast<std::uint16_t>(made.size() - 13));
        made[13] = std::byte{1};
        store_u16(made, 15, static_cast<std::uint16_t>(made.size() - 25));
        store_u16(made, 23, static_cast<std::uint16_t>(made.size() - 25));
        store_u16(made, 25, 0xFEFD);
        store_u16(made, 61, 2);
        store_u16(made, 63, cipher);
        made[65] = std::byte{1};
        return made;
    };
    constexpr std::uint16_t no_encryption = 0xC006;  // TLS_ECDHE_ECDSA_WITH_NULL_SHA
    std::uint32_t sent = 0;
    const auto flood = [&](const ice::path& from, int count) {
        for (int i = 0; i < count; ++i, ++sent) {
            const auto number = i % 2 == 0 ? sent : 0xFFFFFFFFU - sent;
            REQUIRE(on.inject(from, hello_of(i % 3 == 0 ? 0 : no_encryption, number)) == 0);
        }
    };
    constexpr int joins = 100;
    for (int i = 0; i < joins; ++i) {
        const auto name = "p" + std::to_string(i);
        auto& one = on.join("room", name, offer_of(sdp_test::publisher));
        flood(attacker, 20);
        flood(one.at(), 20);  // its address before its first check is nobody's, too
        one.check();
        on.carry();
        flood(attacker, 20);
        flood(one.at(), 60);  // more in a second than handshakes may begin anew
        one.begin_handshake(on.now);
        // Between all datagrams of the handshake.
        while (!one.outbox.empty()) {
            auto [from, data] = std::move(one.outbox.front());
            one.outbox.pop_front();
            on.inject(from, std::move(data));
            flood(attacker, 5);
            flood(one.at(), 5);
        }
        INFO(i);
        REQUIRE(one.connected());
        flood(one.at(), 20);
    }
    CHECK(on.core.now_here().connected == joins);
    CHECK(on.core.now_here().paths == joins);  // nothing is kept for strangers
    CHECK(on.core.count().left == decltype(on.core.count().left){});
}

TEST_CASE("SEC-ICE-3 media from elsewhere is not taken, and none goes there", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    // Rightly protected, even: what is missing is a check from that address.
    CHECK(on.inject(attacker, ann.protect(audio_packet(1), 1)) == 0);
    datagram rtcp(40, std::byte{0});
    rtcp[0] = std::byte{0x80};
    rtcp[1] = std::byte{200};
    CHECK(on.inject(attacker, rtcp) == 0);
    CHECK(on.inject(path_of(ann.at().remote.port, 2), ann.protect(audio_packet(2), 2)) == 0);
    CHECK(on.core.count().unknown_path == 3);
    CHECK(on.core.count().rtp_in == 0);
    ann.send_rtp(audio_packet(1), 1);  // no replay: the first was not looked at
    on.wait(5s);
    CHECK(on.core.count().rtp_in == 1);
    CHECK(player.rtp.size() == 1);
    CHECK(on.strays.empty());
}

TEST_CASE("SEC-ICE-2 SEC-ICE-7 what gets no answer", "[engine]") {
    world on;
    auto& ann = on.join("room", "ann", offer_of(sdp_test::publisher));
    const auto server = ice::credentials{ann.answer.media[0].ice.ufrag, ann.answer.media[0].ice.pwd};
    CHECK(on.inject(attacker, ann.make_check(true, "not the password, 32 characters.")) == 0);
    CHECK(on.core.count().forged_check == 1);
    auto cut = ann.make_check();
    cut.pop_back();
    CHECK(on.inject(attacker, cut) == 0);
    CHECK(on.core.count().malformed == 1);
    for (const auto* ufrag : {"FAAAAAAA", "F", "FAAAAAAAA"}) {
        ann.restart({ufrag, server.pwd}, "Yf+0");
        CHECK(on.inject(attacker, ann.make_check()) == 0);
    }
    ann.restart(server, "else");  // another peer's fragment beside ours
    CHECK(on.inject(attacker, ann.make_check()) == 0);
    CHECK(on.core.count().unknown_ufrag == 4);
    std::array<std::byte, 128> buffer{};
    stun::message_builder nameless(buffer, stun::message_class::request, stun::method::binding, {});
    const auto request = nameless.add_integrity(as_bytes(server.pwd)).add_fingerprint().finish();
    CHECK(on.inject(attacker, {request.begin(), request.end()}) == 0);
    CHECK(on.core.count().not_a_check == 1);
    // RFC 7983: ZRTP, TURN channels, QUIC, nothing.
    for (const unsigned first : {4U, 16U, 19U, 64U, 79U, 80U, 127U, 192U, 255U}) {
        CHECK(on.inject(attacker, datagram(30, static_cast<std::byte>(first))) == 0);
    }
    CHECK(on.inject(attacker, {}) == 0);
    CHECK(on.core.count().unknown_protocol == 10);
    CHECK_FALSE(on.core.knows(attacker));
    CHECK(on.core.count().checks_answered == 0);
    ann.restart(server, "Yf+0");
    CHECK(on.inject(ann.at(), ann.make_check()) == 1);
    CHECK(on.core.knows(ann.at()));
}

TEST_CASE("before the handshake is done no media is taken", "[engine]") {
    world on;
    auto& ann = on.join("room", "ann", offer_of(sdp_test::publisher));
    ann.check();
    on.carry();
    CHECK(on.inject(ann.at(), audio_packet(1)) == 0);
    CHECK(on.core.count().not_connected == 1);
}

TEST_CASE("SEC-SRTP-1 SEC-SRTP-2 SEC-SRTP-3 forged and repeated packets cost a counter", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    const auto good = ann.protect(audio_packet(1), 1);
    for (std::size_t i = 12; i < good.size(); ++i) {
        auto bad = good;
        bad[i] ^= std::byte{1};
        CHECK(on.inject(ann.at(), bad) == 0);
    }
    CHECK(on.core.count().forged == good.size() - 12);
    CHECK(on.inject(ann.at(), good) == 1);
    CHECK(on.inject(ann.at(), good) == 0);
    CHECK(on.core.count().replayed == 1);
    CHECK(on.core.media().packets_in == 1);
    for (std::size_t size = 0; size < 28; ++size) {
        CHECK(on.inject(ann.at(), datagram(size, std::byte{0x80})) == 0);
        CHECK(on.inject(ann.at(), datagram(size, std::byte{0xC8})) == 0);
    }
    CHECK(player.rtp.size() == 1);
    CHECK(on.core.now_here().connected == 2);
}

TEST_CASE("SEC-RTP-3 as many SSRCs as the limit says", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    for (std::uint32_t i = 0; i < engine::ssrcs_max; ++i) {
        on.inject(ann.at(), ann.protect(audio_packet(1, 1001 + i), 1));
    }
    CHECK(on.core.count().rtp_in == engine::ssrcs_max);
    on.inject(ann.at(), ann.protect(audio_packet(1, 9999), 1));
    CHECK(on.core.count().too_many_ssrcs == 1);
    CHECK(on.core.count().rtp_in == engine::ssrcs_max);
    on.inject(ann.at(), ann.protect(audio_packet(2), 2));
    CHECK(on.core.count().rtp_in == engine::ssrcs_max + 1);
}

TEST_CASE("SEC-ICE-3 nobody's check takes the path of a session that is connected", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    auto& mallory = on.publish("another", "mallory");
    CHECK(on.inject(player.at(), mallory.make_check()) == 0);  // with the player's address forged
    CHECK(on.core.count().path_taken == 1);
    ann.send_rtp(audio_packet(1), 1);
    mallory.send_rtp(audio_packet(1), 1);
    on.wait(2s);  // her reports do not go there either: the player could not decrypt them
    CHECK(player.rtp.size() == 1);
    CHECK_FALSE(mallory.rtcp.empty());
    mallory.check();  // her own path is nominated again
    on.carry();
    // A path that nobody sends to may go to another session: an address can have a new owner.
    const auto spare = path_of(3333);
    CHECK(on.inject(spare, mallory.make_check(false)) == 1);
    auto& next = on.join("room", std::nullopt, offer_of(player_offer(1)), {}, std::make_unique<peer>(spare));
    on.connect(next);
    CHECK(next.connected());
    CHECK(on.core.now_here().connected == 4);
}

TEST_CASE("a transport has eight paths, and the ninth pushes one out", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    for (std::uint16_t i = 0; i < ice::lite_agent::paths_max; ++i) {
        CHECK(on.core.count().paths_pushed_out == 0);
        CHECK(on.inject(path_of(static_cast<std::uint16_t>(5000 + i)), ann.make_check(false)) == 1);
    }
    CHECK(on.core.count().paths_pushed_out == 1);
    CHECK_FALSE(on.core.knows(path_of(5000)));
    CHECK(on.core.knows(path_of(5007)));
    CHECK(on.core.knows(ann.at()));  // the one in use stays
    CHECK(on.inject(path_of(5000), ann.protect(audio_packet(1), 1)) == 0);
    CHECK(on.core.count().unknown_path == 1);
}

TEST_CASE("whatever arrives, nothing ends but by its own rules", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    auto& waits = on.join("room", std::nullopt, offer_of(player_offer(1)));
    waits.check();
    on.carry();
    crypto::keyed_random random(crypto::key_from_seed(11));
    const auto before = counted(on.core.count());
    const auto check = ann.make_check();
    const auto packet = ann.protect(audio_packet(7), 7);
    constexpr std::uint64_t tries = 20'000;
    for (std::uint64_t i = 0; i < tries; ++i) {
        datagram data;
        switch (random.below(4)) {
            case 0: data = check; break;
            case 1: data = packet; break;
            case 2:
                data.resize(random.below(200));
                random.fill(data);
                break;
            default:  // a record, perhaps of a handshake
                data.resize(13 + random.below(100));
                random.fill(data);
                data[0] = static_cast<std::byte>(20 + random.below(4));
                store_u16(data, 3, static_cast<std::uint16_t>(random.below(2)));
                store_u16(data, 11, static_cast<std::uint16_t>(data.size() - 13));
        }
        for (auto flips = random.below(4); flips > 0 && !data.empty(); --flips) {
            data[random.below(data.size())] ^= static_cast<std::byte>(1U << random.below(8));
        }
        if (random.below(8) == 0) data.resize(random.below(data.size() + 1));
        const auto* const from = std::array{&ann, &player, &waits}.at(random.below(3));
        on.core.handle(random.below(4) == 0 ? attacker : from->at(), data, on.now, on.out);
        on.core.flush(on.out);
        on.out.clear();
    }
    CHECK(counted(on.core.count()) == before + tries);
    CHECK(on.core.now_here().transports == 3);
    // And all of them still work.
    ann.check();
    player.check();
    on.connect(waits);
    CHECK(waits.connected());
    ann.send_rtp(audio_packet(9), 9);
    on.carry();
    CHECK(waits.rtp.size() == 1);
}

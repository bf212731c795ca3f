// What ends by itself.
#include "tests/engine/peer.hpp"

using namespace engine_test;

TEST_CASE("SEC-ICE-4 a session without checks ends after 30 s", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    on.wait(60s);
    CHECK(on.core.now_here().connected == 2);
    player.keeps_consent = false;
    const auto last = player.checks_answered;
    on.wait(26s);
    CHECK(on.core.now_here().connected == 2);
    on.wait(5s);
    CHECK(on.core.now_here().connected == 1);
    CHECK(player.checks_answered == last);
    CHECK(on.left(departure::consent_expired) == 1);
    CHECK(on.core.count().left.at(static_cast<std::size_t>(departure::consent_expired)) == 1);
    ann.keeps_consent = false;
    on.wait(31s);
    CHECK(on.core.now_here().rooms == 0);
    CHECK_FALSE(on.core.deadline());
}

TEST_CASE("SEC-ICE-6 the credentials before a restart are good for 30 s", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    const auto restarted = on.core.patch(
        ann.session_name, "*", "a=ice-ufrag:next\r\na=ice-pwd:anotherPwd0123456789abcd\r\n", on.now, on.out);
    REQUIRE(restarted.status == 200);
    on.wait(29'999ms);
    CHECK(on.inject(ann.at(), ann.make_check()) == 1);
    ann.keeps_consent = false;
    on.wait(1ms);
    CHECK(on.inject(ann.at(), ann.make_check()) == 0);
    CHECK(on.core.count().unknown_ufrag == 1);
    CHECK(on.core.now_here().ufrags == 1);
    on.wait(29s);
    CHECK(on.core.now_here().connected == 1);
    on.wait(1s);
    CHECK(on.left(departure::consent_expired) == 1);
}

TEST_CASE("a handshake has 30 s", "[engine]") {
    world on;
    auto& silent = on.join("room", std::nullopt, offer_of(player_offer(1)));
    silent.keeps_consent = false;
    auto& checks = on.join("room", std::nullopt, offer_of(player_offer(1)));
    CHECK(on.core.deadline() == on.now + engine::handshake_time);
    on.wait(29'999ms);
    CHECK(on.core.now_here().transports == 2);
    CHECK(checks.checks_answered > 10);
    on.wait(1ms);
    CHECK(on.core.now_here().transports == 0);
    CHECK(on.left(departure::handshake_timed_out) == 2);
}

TEST_CASE("SEC-DTLS-3 another certificate than the offer's ends the session", "[engine]") {
    world on;
    auto& impostor = on.join("room", "ann", offer_of(sdp_test::publisher), {},
                             std::make_unique<peer>(path_of(9), "stranger"));
    on.connect(impostor);
    CHECK(on.left(departure::wrong_fingerprint) == 1);
    CHECK(on.events(event_kind::connected) == 0);
    CHECK(on.core.now_here().transports == 0);
    CHECK_FALSE(on.core.has_publisher("room", "ann"));
}

TEST_CASE("SEC-DTLS-5 nothing is protected without keys, nor after 2^48 packets under one", "[engine]") {
    const instant now(1h);
    const dtls::context of_server(certificate_of("server"));
    const auto protector = srtp::make_evp_protector();
    engine::media_transport transport(
        {{"ufrag123", "pwd"},
         "Yf+0",
         {certificate_of("client").fingerprint_with(dtls::hash_function::sha256)}},
        of_server, *protector, now);
    CHECK_FALSE(transport.connected());  // no key yet
    const dtls::context of_client(certificate_of("client"));
    dtls::session client(of_client, dtls::role::active,
                         {certificate_of("server").fingerprint_with(dtls::hash_function::sha256)}, now);
    dtls::outputs there;
    dtls::outputs back;
    client.start(now, there);
    for (int i = 0; i < 5 && !transport.connected(); ++i) {
        there.for_each_datagram([&](bytes one) { (void)transport.handle_dtls(one, now, back); });
        there.clear();
        back.for_each_datagram([&](bytes one) { client.handle(one, now, there); });
        back.clear();
    }
    REQUIRE(transport.connected());
    CHECK(transport.may_protect(0));
    CHECK(transport.may_protect((std::uint64_t{1} << 48) - 1));
    CHECK_FALSE(transport.may_protect(std::uint64_t{1} << 48));
}

TEST_CASE("a peer that says goodbye has left", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    ann.say_goodbye();
    on.carry();
    CHECK(on.left(departure::closed_by_peer) == 1);
    CHECK(on.core.now_here().transports == 0);
    on.publish("room", "ann");  // at once
    CHECK(on.core.has_publisher("room", "ann"));
}

TEST_CASE("a TCP connection that is gone is not sent to", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    const auto other = path_of(4444, 17);
    CHECK(on.inject(other, ann.make_check()) == 1);
    on.strays.clear();
    CHECK(on.core.knows(other));
    on.core.handle_path_closed(other);
    on.core.handle_path_closed(path_of(1));  // whose it never was
    CHECK_FALSE(on.core.knows(other));
    CHECK(on.core.knows(ann.at()));
    ann.send_rtp(audio_packet(1), 1);  // there will be something to report
    on.carry();
    on.core.handle_path_closed(ann.at());
    CHECK_FALSE(on.core.knows(ann.at()));
    on.wait(2s);  // reports go nowhere
    CHECK(on.core.count().not_sent > 0);
    CHECK(on.strays.empty());
    on.wait(10s);  // its next check brings it back
    CHECK(on.core.knows(ann.at()));
    CHECK(on.core.now_here().connected == 1);
}

TEST_CASE("thousands of sessions cost a turn nothing", "[engine]") {
    world on({.participants_per_room = 0});
    const auto offer = offer_of(player_offer(1));
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(on.core.play("room", {}, offer, on.now, on.out));
        on.now += 1ms;
    }
    on.now = instant(1h);
    std::size_t turns = 0;
    while (const auto due = on.core.deadline()) {
        on.now = std::max(on.now, *due);
        on.core.handle_timeout(on.now, on.out);
        on.core.flush(on.out);
        on.out.clear();
        ++turns;
    }
    CHECK(turns <= 1001);
    CHECK(on.core.now_here().transports == 0);
    CHECK(on.core.count().left.at(static_cast<std::size_t>(departure::handshake_timed_out)) == 1000);
}

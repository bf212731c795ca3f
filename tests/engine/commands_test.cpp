// What WHIP and WHEP ask of the engine.
#include "libconf/engine/session_names.hpp"
#include "tests/engine/peer.hpp"

using namespace engine_test;

namespace {

std::string fragment_with(std::string_view ufrag, std::string_view pwd = "anotherPwd0123456789abcd") {
    return std::string("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:")
        .append(ufrag)
        .append("\r\na=ice-pwd:")
        .append(pwd)
        .append("\r\na=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n");
}
constexpr std::string_view candidates_only =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n";

ice::credentials credentials_in(std::string_view body) {
    const auto read = sdp::parse_fragment(body);
    REQUIRE(read);
    const auto found = sdp::credentials_of(*read);
    REQUIRE(found);
    return {found->ufrag, found->pwd};
}

}  // namespace

TEST_CASE("an answer says all that a client needs", "[engine]") {
    world on({}, 63);
    const auto made = on.core.publish("room", "ann", offer_of(sdp_test::publisher), on.now, on.out);
    REQUIRE(made);
    CHECK(engine::shard_of_session(made->session) == 63);
    CHECK(made->etag.size() == engine::etag_chars);
    const auto answer = sdp_test::parsed(made->answer);
    CHECK(answer.ice_lite);
    REQUIRE(answer.media.size() == 2);
    for (const auto& section : answer.media) {
        CHECK(section.direction == sdp::direction::recvonly);
        CHECK(section.setup == sdp::setup_role::passive);
        CHECK(ice::shard_of(section.ice.ufrag) == 63);
        CHECK(section.ice.pwd.size() == ice::pwd_bytes);
        const auto own = certificate_of("server").fingerprint_with(dtls::hash_function::sha256);
        CHECK(std::ranges::equal(section.fingerprints.front().value, own.digest()));
    }
    CHECK(answer.media.front().candidates == sdp_test::server().candidates);
    CHECK(answer.media.front().end_of_candidates);
    REQUIRE(on.out.events.size() == 1);
    CHECK(on.out.events.front().what == event_kind::joined);
    CHECK(on.out.events.front().room == "room");
    CHECK(on.out.events.front().publishes_as == "ann");
    const auto again = on.core.publish("room", "bob", offer_of(sdp_test::publisher), on.now, on.out);
    REQUIRE(again);
    CHECK(again->session != made->session);
    CHECK(sdp_test::parsed(again->answer).media.front().ice != answer.media.front().ice);
    CHECK(sdp_test::parsed(again->answer).origin.session_id != answer.origin.session_id);
}

TEST_CASE("offers that are refused leave nothing behind", "[engine]") {
    struct bad_offer {
        std::string why, text;
        int status;
        std::string expected;
    };
    const auto whole = offer_of(sdp_test::publisher);
    for (const auto& c : std::vector<bad_offer>{
             {"no SDP", "hello", 400, "line 1"},
             {"empty", "", 400, "line 1"},
             {"no bundle", sdp_test::replaced(whole, "a=group:BUNDLE 0 1\r\n", ""), 422, "BUNDLE"},
             {"SDES (SEC-DTLS-4)", whole + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", 400, "line"},
             {"no DTLS (SEC-DTLS-4)",
              sdp_test::replaced(whole, "m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 RTP/AVP"), 422,
              "DTLS-SRTP"},
             {"passive", sdp_test::replaced_everywhere(whole, "actpass", "passive"), 422, "setup"},
             {"a player's", offer_of(player_offer(1)), 422, "sendonly"},
         }) {
        INFO(c.why);
        world on;
        const auto made = on.core.publish("room", "ann", c.text, on.now, on.out);
        REQUIRE_FALSE(made);
        CHECK(made.error().status == c.status);
        CHECK(made.error().message().find(c.expected) != std::string::npos);
        CHECK(on.core.now_here().rooms == 0);
        CHECK(on.core.now_here().transports == 0);
        CHECK_FALSE(on.core.deadline());
        CHECK(on.core.count().refused == 1);
        CHECK(on.out.events.empty());
    }
}

TEST_CASE("names: who publishes, and who does not yet", "[engine]") {
    world on;
    const auto offer = offer_of(sdp_test::publisher);
    const auto player = offer_of(player_offer(1));
    const auto status_of = [](const auto& made) { return made ? 201 : made.error().status; };
    CHECK(status_of(on.core.play("room", {.only = "ann", .except = {}}, player, on.now, on.out)) == 409);
    CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 201);
    CHECK(status_of(on.core.play("room", {.only = "ann", .except = {}}, player, on.now, on.out)) == 409);
    const auto ann = on.core.publish("room", "ann", offer, on.now, on.out);
    REQUIRE(ann);
    CHECK(on.core.has_publisher("room", "ann"));
    CHECK_FALSE(on.core.has_publisher("another", "ann"));
    CHECK(status_of(on.core.publish("room", "ann", offer, on.now, on.out)) == 409);
    CHECK(status_of(on.core.publish("another", "ann", offer, on.now, on.out)) == 201);
    CHECK(status_of(on.core.play("room", {.only = "ann", .except = {}}, player, on.now, on.out)) == 201);
    CHECK(on.core.close(ann->session, on.now, on.out));
    CHECK(status_of(on.core.play("room", {.only = "ann", .except = {}}, player, on.now, on.out)) == 409);
    CHECK(status_of(on.core.publish("room", "ann", offer, on.now, on.out)) == 201);

    const std::string longest(engine::name_bytes_max, 'x');
    CHECK(status_of(on.core.publish(longest, longest, offer, on.now, on.out)) == 201);
    CHECK(status_of(on.core.publish(longest + 'x', "ann", offer, on.now, on.out)) == 400);
    CHECK(status_of(on.core.publish("room", longest + 'x', offer, on.now, on.out)) == 400);
    CHECK(status_of(on.core.publish("", "ann", offer, on.now, on.out)) == 400);
    CHECK(status_of(on.core.publish("room", "", offer, on.now, on.out)) == 400);
}

TEST_CASE("a room takes as many as its limit says, and not one more", "[engine]") {
    const auto offer = offer_of(sdp_test::publisher);
    const auto player = offer_of(player_offer(1));
    const auto status_of = [](const auto& made) { return made ? 201 : made.error().status; };
    {
        world on({.participants_per_room = 2});
        CHECK(status_of(on.core.publish("room", "a", offer, on.now, on.out)) == 201);
        CHECK(status_of(on.core.publish("room", "b", offer, on.now, on.out)) == 201);
        CHECK(status_of(on.core.publish("room", "c", offer, on.now, on.out)) == 503);
        CHECK(status_of(on.core.publish("another", "c", offer, on.now, on.out)) == 201);
        CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 201);
        const auto last = on.core.play("room", {}, player, on.now, on.out);
        REQUIRE(last);
        CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 503);
        CHECK(on.core.close(last->session, on.now, on.out));
        CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 201);
        CHECK(on.core.count().refused == 2);
        CHECK(on.core.count().rooms_full == 2);
    }
    {
        world on({.participants_per_room = 0});  // off
        for (int i = 0; i < 510; ++i)
            REQUIRE(status_of(on.core.play("room", {}, player, on.now, on.out)) == 201);
    }
    {
        world on({.participants_per_room = 0, .transports = 3});
        for (int i = 0; i < 3; ++i) CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 201);
        CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 503);
        CHECK(on.core.count().transports_full == 1);
        CHECK(on.core.close_room("room", on.now, on.out) == 3);
        CHECK(status_of(on.core.play("room", {}, player, on.now, on.out)) == 201);
    }
}

TEST_CASE("RFC 9725 §4.3: what a PATCH gets", "[engine]") {
    struct request {
        std::string why, if_match, body;
        int status;
    };
    const auto renewed = fragment_with("next");
    for (const auto& c : std::vector<request>{
             {"candidates", "ETAG", std::string(candidates_only), 204},
             {"candidates, quoted tag", "\"ETAG\"", std::string(candidates_only), 204},
             {"candidates with the credentials of the offer", "ETAG", fragment_with("Yf+0"), 204},
             {"nothing at all", "ETAG", "", 204},
             {"no precondition", "", std::string(candidates_only), 428},
             {"no precondition on a restart", "", renewed, 428},
             {"another tag", "\"other\"", std::string(candidates_only), 412},
             {"a restart", "*", renewed, 200},
             {"a restart without credentials", "*", std::string(candidates_only), 422},
             {"a restart with the same credentials", "*", fragment_with("Yf+0"), 422},
             {"new credentials without a restart", "ETAG", renewed, 422},
             {"a wrong fragment", "ETAG", "v=0\r\n", 400},
             {"a restart with a short pwd (SEC-ICE-6)", "*", fragment_with("next", "short"), 400},
         }) {
        INFO(c.why);
        world on;
        auto& ann = on.publish("room", "ann");
        auto tag = c.if_match;
        if (const auto at = tag.find("ETAG"); at != tag.npos) tag.replace(at, 4, ann.etag);
        const auto got = on.core.patch(ann.session_name, tag, c.body, on.now, on.out);
        CHECK(got.status == c.status);
        CHECK(got.body.empty() == (c.status != 200));
        CHECK(got.etag.empty() == (c.status != 200));
        CHECK(got.why.empty() == (c.status < 300));
        // Whatever it was, the session goes on.
        ann.check();
        on.carry();
        CHECK(ann.checks_answered == 2);
    }
    world on;
    CHECK(on.core.patch("nobody", "*", renewed, on.now, on.out).status == 404);
}

TEST_CASE("ICE restart: a new path, the same keys", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    const auto old = player.make_check();
    const auto got = on.core.patch(player.session_name, "*", fragment_with("next"), on.now, on.out);
    REQUIRE(got.status == 200);
    CHECK(on.core.now_here().ufrags == 3);
    CHECK(got.etag != player.etag);
    const auto read = sdp::parse_fragment(got.body);
    REQUIRE(read);
    CHECK(read->ice_lite);
    CHECK(read->media.front().candidates == sdp_test::server().candidates);

    // SEC-ICE-6: the old credentials work until the new ones have nominated a path.
    CHECK(on.inject(player.at(), old) == 1);
    player.restart(credentials_in(got.body), "next");
    player.move_to(path_of(5555));
    player.check();
    on.carry();
    CHECK(on.core.now_here().ufrags == 2);
    CHECK(on.inject(player.at(), old) == 0);

    ann.send_rtp(audio_packet(1), 1);
    on.carry();
    CHECK(player.rtp.size() == 1);
    CHECK(on.strays.empty());

    // The ETag of before is stale, the new one holds, and another restart may follow.
    CHECK(on.core.patch(player.session_name, player.etag, candidates_only, on.now, on.out).status == 412);
    CHECK(on.core.patch(player.session_name, got.etag, candidates_only, on.now, on.out).status == 204);
    CHECK(on.core.patch(player.session_name, got.etag, fragment_with("next"), on.now, on.out).status == 204);
    CHECK(on.core.patch(player.session_name, "*", fragment_with("next"), on.now, on.out).status == 422);
    for (const auto* next : {"third", "fourth", "fifth"}) {
        CHECK(on.core.patch(player.session_name, "*", fragment_with(next), on.now, on.out).status == 200);
    }
    CHECK(on.core.count().restarts == 4);
    on.wait(60s);  // the newest credentials have never nominated: the generation of before is over after 30 s
    CHECK(on.left(departure::consent_expired) == 1);
}

TEST_CASE("a session that is closed is gone", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    CHECK_FALSE(on.core.close("nobody", on.now, on.out));
    CHECK(on.core.close(ann.session_name, on.now, on.out));
    CHECK_FALSE(on.core.close(ann.session_name, on.now, on.out));
    on.carry();
    CHECK(ann.session().state() == dtls::state::closed);  // it was told
    CHECK(on.left(departure::closed) == 1);
    ann.check();
    on.carry();
    CHECK(ann.checks_answered == 1);
    CHECK(on.core.count().unknown_ufrag == 1);
    CHECK_FALSE(on.core.knows(ann.at()));
    CHECK(on.core.now_here().rooms == 0);
    CHECK(on.core.now_here().paths == 0);
    CHECK(on.core.now_here().ufrags == 0);
    CHECK(on.core.patch(ann.session_name, "*", fragment_with("next"), on.now, on.out).status == 404);
}

TEST_CASE("everybody in a room", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    on.publish("another", "ann");
    ann.send_rtp(audio_packet(1), 1);
    on.carry();
    CHECK(on.core.close_room("nowhere", on.now, on.out) == 0);
    CHECK(on.core.close_room("room", on.now, on.out) == 2);
    on.carry();
    CHECK(ann.session().state() == dtls::state::closed);
    CHECK(player.session().state() == dtls::state::closed);
    CHECK(on.left(departure::room_closed) == 2);
    CHECK(on.core.media().packets_in == 1);  // counted on behalf of a room that is gone
    CHECK(on.core.now_here().rooms == 1);
    CHECK(on.core.now_here().transports == 1);
    CHECK(on.core.now_here().publishers == 1);
    CHECK(on.core.now_here().connected == 1);
}

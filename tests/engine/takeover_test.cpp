// A publisher whose page was reloaded comes back under its name, and nobody who watches it has to negotiate.
#include "tests/engine/peer.hpp"

using namespace engine_test;
using engine::takeover;

namespace {

struct got {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
};

/// What a player got in one section, by the SSRC that its answer tells.
std::vector<got> packets_of(const peer& player, std::size_t section) {
    const auto ssrc = player.answer.media.at(section).ssrcs.front().ssrc;
    std::vector<got> found;
    for (const auto& one : player.rtp) {
        const auto view = rtp::parse_packet(one);
        REQUIRE(view);
        if (view->ssrc == ssrc) found.push_back({view->sequence_number, view->timestamp});
    }
    return found;
}

/// Its network is gone: not even checks come.
void fall_silent(peer& one) {
    one.keeps_consent = false;
}

int status_of(world& on, std::string_view name, takeover of) {
    const auto made = on.core.publish("room", name, offer_of(sdp_test::publisher), on.now, on.out, of);
    return made ? 201 : made.error().status;
}

}  // namespace

TEST_CASE("a name is given away when its publisher has been silent for 7 s, not before", "[engine]") {
    CHECK(engine::takeover_silence == 7s);
    world on;
    auto& old = on.publish("room", "ann");
    on.wait(60s);
    const auto refused = on.core.publish("room", "ann", offer_of(sdp_test::publisher), on.now, on.out);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == 409);
    CHECK(refused.error().why ==
          "\"ann\" is publishing already; the name is free again when its session ends or has been silent "
          "for 7 s");

    old.check();
    on.carry();
    fall_silent(old);
    on.wait(7s - 1us);
    CHECK(status_of(on, "ann", takeover::of_silent) == 409);
    on.wait(1us);
    CHECK(status_of(on, "ann", takeover::of_silent) == 201);
    on.carry();
    CHECK(on.left(departure::taken_over) == 1);
    CHECK(on.core.count().left[static_cast<std::size_t>(departure::taken_over)] == 1);
    CHECK(on.core.now_here().publishers == 1);
    CHECK(on.core.now_here().transports == 1);
    CHECK_FALSE(on.core.close(old.session_name, on.now, on.out));
    // The new one has not even checked yet, but it is new.
    CHECK(status_of(on, "ann", takeover::of_silent) == 409);
    on.wait(7s);
    CHECK(status_of(on, "ann", takeover::of_silent) == 201);
}

TEST_CASE("media is a sign of life, and so is RTCP; what anybody could send is none", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    fall_silent(ann);
    const auto kind = GENERATE(0, 1, 2, 3, 4);
    INFO(kind);
    on.wait(6s);
    auto forged = ann.protect(audio_packet(1), 1);
    forged.back() ^= std::byte{1};
    switch (kind) {
        case 0: ann.send_rtp(audio_packet(1), 1); break;
        case 1: ann.send_rtcp([](rtp::rtcp_builder& made) { (void)made.add_pli(1, 2); }); break;
        case 2: ann.outbox.emplace_back(ann.at(), forged); break;
        case 3: ann.outbox.emplace_back(ann.at(), ann.make_check(true, "somebodyElsesPwd01234567")); break;
        case 4: ann.outbox.emplace_back(ann.at(), datagram(100, std::byte{22})); break;
        default: break;
    }
    on.carry();
    on.wait(2s);
    CHECK(status_of(on, "ann", takeover::of_silent) == (kind < 2 ? 409 : 201));
}

TEST_CASE("who owns the name comes in at once, and the other session is told goodbye", "[engine]") {
    world on;
    auto& old = on.publish("room", "ann");
    auto& renewed = on.join("room", "ann", offer_of(sdp_test::publisher), {}, nullptr, takeover::at_once);
    on.connect(renewed);
    CHECK(old.session().state() == dtls::state::closed);
    CHECK(renewed.connected());
    CHECK(on.core.now_here().publishers == 1);
    CHECK(on.core.now_here().connected == 1);
    CHECK(on.core.now_here().paths == 1);
    CHECK(on.core.now_here().ufrags == 1);
    CHECK(on.core.has_publisher("room", "ann"));
}

TEST_CASE("an offer that is refused takes nothing over", "[engine]") {
    world on;
    auto& old = on.publish("room", "ann");
    const auto refused = on.core.publish("room", "ann", "v=0\r\n", on.now, on.out, takeover::at_once);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == 400);
    CHECK(on.left(departure::taken_over) == 0);
    CHECK(on.core.close(old.session_name, on.now, on.out));
}

TEST_CASE("a full room has a place for who takes one over", "[engine]") {
    world on({.participants_per_room = 1, .transports = 1});
    on.publish("room", "ann");
    CHECK(status_of(on, "ben", takeover::at_once) == 503);
    CHECK(status_of(on, "ann", takeover::at_once) == 201);
    CHECK(status_of(on, "ben", takeover::at_once) == 503);
}

TEST_CASE("the limit of a room changes while it is used, and nobody has to leave", "[engine]") {
    world on({.participants_per_room = 2});
    on.publish("room", "ann");
    on.publish("room", "ben");
    on.core.limit_participants(1);
    CHECK(status_of(on, "cid", takeover::of_silent) == 503);
    CHECK(on.core.now_here().publishers == 2);
    on.core.limit_participants(3);
    CHECK(status_of(on, "cid", takeover::of_silent) == 201);
    CHECK(status_of(on, "dan", takeover::of_silent) == 503);
    on.core.limit_participants(0);
    CHECK(status_of(on, "dan", takeover::of_silent) == 201);
}

TEST_CASE("who watches a publisher that is taken over sees one stream go on in the same section",
          "[engine]") {
    world on;
    auto& zoe = on.publish("room", "zoe");
    auto& old = on.publish("room", "ann");
    auto& ben = on.publish("room", "ben");
    auto& player = on.play("room", {}, 4);  // zoe, ann, ben, and one section of each kind that is free
    auto& cid = on.publish("room", "cid");
    // A section before hers is free when she comes back: she still gets her own.
    CHECK(on.core.close(zoe.session_name, on.now, on.out));
    for (std::uint16_t i = 0; i < 10; ++i) {
        old.send_rtp(audio_packet(static_cast<std::uint16_t>(1000 + i)), 1000U + i);
        on.carry();
        on.wait(20ms);
    }
    fall_silent(old);
    on.wait(8s);
    auto& renewed = on.join("room", "ann", offer_of(sdp_test::publisher));
    on.connect(renewed);
    REQUIRE(renewed.connected());
    for (std::uint16_t i = 0; i < 10; ++i) {
        renewed.send_rtp(audio_packet(static_cast<std::uint16_t>(3000 + i)), 3000U + i);
        on.carry();
        on.wait(20ms);
    }
    ben.send_rtp(audio_packet(200), 200);
    cid.send_rtp(audio_packet(100), 100);
    on.carry();

    const auto hers = packets_of(player, 2);
    REQUIRE(hers.size() == 20);
    for (std::size_t i = 1; i < hers.size(); ++i) {
        INFO(i);
        CHECK(static_cast<std::uint16_t>(hers[i].sequence - hers[i - 1].sequence) == 1);
        const auto step = hers[i].timestamp - hers[i - 1].timestamp;
        // 8 s and some of a clock of 48 kHz lie between the two of them.
        if (i == 10) {
            CHECK(step > 8U * 48'000);
            CHECK(step < 9U * 48'000);
        } else {
            CHECK(step == 960);
        }
    }
    CHECK(packets_of(player, 4).size() == 1);  // ben and cid are where they were
    CHECK(packets_of(player, 6).size() == 1);
    CHECK(packets_of(player, 0).empty());
}

TEST_CASE("a room with nobody else in it goes on, too", "[engine]") {
    world on;
    on.publish("room", "ann");
    on.news.clear();
    auto& renewed = on.join("room", "ann", offer_of(sdp_test::publisher), {}, nullptr, takeover::at_once);
    on.connect(renewed);
    REQUIRE(on.news.size() == 3);
    CHECK(on.news[0].what == event_kind::left);
    CHECK(on.news[0].why == departure::taken_over);
    CHECK(on.news[1].what == event_kind::joined);
    CHECK(on.news[2].what == event_kind::connected);
    CHECK_FALSE(on.news[0].alone);  // no room ended, and none began
    CHECK_FALSE(on.news[1].alone);
    CHECK(on.core.now_here().rooms == 1);
}

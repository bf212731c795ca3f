// What the program that runs the server asks of the engine: what there is, rules, subscriptions, taps.
#include "libconf/rtp/rtcp_feedback.hpp"
#include "tests/engine/peer.hpp"

#include <set>

using namespace engine_test;
using conf::sfu::forward_rule;
using rule_kind = forward_rule::kind;

namespace {

engine::seat_ref ref_of(world& in, std::string_view room, std::optional<std::string> name) {
    for (const auto& one : in.core.participants(room)) {
        if (one.publishes_as == name) return one.who;
    }
    FAIL("nobody of that name");
    return {};
}

void speak(world& in, peer& who, std::uint16_t sequence) {
    who.send_rtp(audio_packet(sequence), sequence);
    in.carry();
}

/// Keeps what taps are told beyond the turn.
struct tap_log {
    explicit tap_log(world& in) : in_(in) { in.holds_media = true; }
    /// One turn with one packet; what the taps got of it.
    std::vector<engine::tapped_packet> turn(peer& from, std::uint16_t sequence) {
        const auto data = from.protect(audio_packet(sequence), sequence);
        auto copy = data;
        in_.core.handle(from.at(), copy, in_.now, in_.out);
        in_.core.flush(in_.out);
        auto told = in_.out.tapped;
        in_.out.clear();
        return told;
    }

private:
    world& in_;
};

}  // namespace

TEST_CASE("engine: an owner sees rooms, participants and tracks", "[engine]") {
    world here;
    CHECK(here.core.rooms().empty());
    CHECK_FALSE(here.core.find_room("algebra"));
    auto& ann = here.publish("algebra", "ann");
    here.play("algebra");
    speak(here, ann, 0);
    const auto room = here.core.find_room("algebra");
    REQUIRE(room);
    CHECK(room->participants == 2);
    CHECK(room->publishers == 1);
    CHECK(here.core.rooms().size() == 1);
    const auto who = ref_of(here, "algebra", "ann");
    REQUIRE(here.core.find_participant(who));
    CHECK(here.core.find_participant(who)->connected);
    const auto tracks = here.core.tracks(who, here.now);
    REQUIRE(tracks.size() == 2);
    CHECK(tracks[0].started);
    CHECK(tracks[0].facts->publisher == "ann");
    CHECK_FALSE(tracks[1].started);
    CHECK(here.core.tracks(ref_of(here, "algebra", std::nullopt), here.now).empty());
    CHECK(here.core.want_key_frame(who, 0, here.now));
    CHECK(here.core.want_key_frame(who, 1, here.now));
    CHECK_FALSE(here.core.want_key_frame(who, 2, here.now));
}

TEST_CASE("engine: a reference never means somebody else", "[engine]") {
    world here;
    here.publish("algebra", "ann");
    const auto before = ref_of(here, "algebra", "ann");
    REQUIRE(here.core.remove(before, here.now, here.out));
    here.carry();
    CHECK(here.left(departure::removed) == 1);
    here.publish("algebra", "ben");
    auto after = ref_of(here, "algebra", "ben");
    CHECK((after.transport & 0xFFFF) == (before.transport & 0xFFFF));  // the same place
    CHECK_FALSE(here.core.remove(before, here.now, here.out));
    CHECK_FALSE(here.core.restart(before, "", here.now, here.out));
    // Even when the generations have come round.
    after.number = before.number;
    CHECK_FALSE(here.core.find_participant(after));
    CHECK(here.core.find_room("algebra")->participants == 1);
}

TEST_CASE("engine: rooms and tracks tell when they begin and end", "[engine]") {
    world here;
    auto& ann = here.publish("algebra", "ann");
    speak(here, ann, 0);
    here.play("algebra");
    REQUIRE(here.core.remove(ref_of(here, "algebra", std::nullopt), here.now, here.out));
    REQUIRE(here.core.close_room("algebra", here.now, here.out) == 1);
    here.carry();
    std::string story;
    for (const auto& one : here.news) {
        if (one.what == event_kind::joined) story += one.alone ? "open " : "join ";
        if (one.what == event_kind::left) story += one.alone ? "close " : "leave ";
        if (one.track) story += one.media->what == sfu::event_kind::track_ended ? "ended " : "started ";
    }
    CHECK(story == "open started join leave ended close ");
}

TEST_CASE("engine: rules decide who may receive whom, at once", "[engine]") {
    world here;
    here.core.set_rule("algebra", {rule_kind::all_but_named, {"ann"}}, here.now);  // before there is a room
    auto& ann = here.publish("algebra", "ann");
    auto& ben = here.publish("algebra", "ben");
    auto& player = here.play("algebra", {}, 2);
    const auto who = ref_of(here, "algebra", std::nullopt);
    std::uint16_t sequence = 0;
    const auto heard = [&] {
        player.rtp.clear();
        ++sequence;
        speak(here, ann, sequence);
        const bool of_ann = !player.rtp.empty();
        player.rtp.clear();
        speak(here, ben, sequence);
        return std::pair(of_ann, !player.rtp.empty());
    };
    CHECK(heard() == std::pair(false, true));
    here.core.set_rule("algebra", {rule_kind::only_named, {"ann"}}, here.now);
    CHECK(heard() == std::pair(true, false));
    REQUIRE(here.core.set_rule(who, forward_rule{rule_kind::only_named, {"ben", "cleo"}}, here.now));
    CHECK(heard() == std::pair(false, true));
    here.core.set_rule("algebra", {}, here.now);  // not for those with a rule of their own
    CHECK(heard() == std::pair(false, true));
    REQUIRE(here.core.set_rule(who, forward_rule{rule_kind::only_named, {}}, here.now));
    CHECK(heard() == std::pair(false, false));
    REQUIRE(here.core.set_rule(who, std::nullopt, here.now));
    CHECK(heard() == std::pair(true, true));
    CHECK_FALSE(here.core.set_rule(ref_of(here, "algebra", "ann"), forward_rule{}, here.now));
}

TEST_CASE("engine: a room's rule is there again when the room is", "[engine]") {
    world here;
    here.core.set_rule("algebra", {rule_kind::only_named, {}}, here.now);
    for (int i = 0; i < 2; ++i) {
        auto& ann = here.publish("algebra", "ann");
        auto& player = here.play("algebra");
        speak(here, ann, 1);
        CHECK(player.rtp.empty());
        CHECK(here.core.close_room("algebra", here.now, here.out) == 2);
        here.carry();
        here.peers.clear();
    }
}

TEST_CASE("engine: a section that is held is silent, and goes on without a gap", "[engine]") {
    world here;
    auto& ann = here.publish("algebra", "ann");
    auto& player = here.play("algebra");
    const auto who = ref_of(here, "algebra", std::nullopt);
    speak(here, ann, 1);
    REQUIRE(here.core.hold(who, 0, true, here.now));
    speak(here, ann, 2);
    speak(here, ann, 3);
    REQUIRE(player.rtp.size() == 1);
    REQUIRE(here.core.hold(who, 0, false, here.now));
    speak(here, ann, 4);
    REQUIRE(player.rtp.size() == 2);
    const auto first = rtp::parse_packet(player.rtp[0]);
    const auto second = rtp::parse_packet(player.rtp[1]);
    CHECK(static_cast<std::uint16_t>(second->sequence_number - first->sequence_number) == 1);
    CHECK(std::ranges::equal(second->payload(), rtp::parse_packet(audio_packet(4))->payload()));
    CHECK(here.core.want_height(who, 1, 360, here.now));
    CHECK_FALSE(here.core.want_height(who, 2, 360, here.now));
    CHECK_FALSE(here.core.hold(who, 2, true, here.now));
    CHECK_FALSE(here.core.hold(ref_of(here, "algebra", "ann"), 0, true, here.now));
}

TEST_CASE("engine: a tap gets the packets it asked for, once and decrypted", "[engine]") {
    world here;
    const auto all = here.core.add_tap({.room = "algebra", .publisher = {}, .kind = {}}, here.now);
    const auto bens =
        here.core.add_tap({.room = "algebra", .publisher = "ben", .kind = sdp::media_kind::audio}, here.now);
    const auto pictures =
        here.core.add_tap({.room = "algebra", .publisher = {}, .kind = sdp::media_kind::video}, here.now);
    const auto elsewhere = here.core.add_tap({.room = "botany", .publisher = {}, .kind = {}}, here.now);
    CHECK(std::set{all, bens, pictures, elsewhere}.size() == 4);
    auto& ann = here.publish("algebra", "ann");
    auto& ben = here.publish("algebra", "ben");
    tap_log log(here);

    auto told = log.turn(ann, 7);
    REQUIRE(told.size() == 1);
    CHECK(told[0].tap == all);
    CHECK(told[0].of->publisher == "ann");
    CHECK(told[0].of->media.kind == sdp::media_kind::audio);
    CHECK(std::ranges::equal(told[0].what->view.whole, audio_packet(7)));
    CHECK(log.turn(ann, 7).empty());  // SRTP refuses it
    told = log.turn(ben, 8);
    REQUIRE(told.size() == 2);
    CHECK(told[1].tap == bens);

    here.core.remove_tap(all, here.now);
    here.core.remove_tap(all, here.now);
    CHECK(log.turn(ann, 9).empty());
    CHECK(log.turn(ben, 9).size() == 1);
    const auto late = here.core.add_tap({.room = "algebra", .publisher = "ann", .kind = {}}, here.now);
    told = log.turn(ann, 10);
    REQUIRE(told.size() == 1);
    CHECK(told[0].tap == late);
}

TEST_CASE("engine: what only a tap hears is asked for again", "[engine]") {
    world here;
    auto& ann = here.publish("algebra", "ann");
    // The video section has NACK.
    const auto send = [&](std::uint16_t sequence) {
        auto packet = audio_packet(sequence, 2001);
        packet[1] = std::byte{96};
        ann.send_rtp(packet, sequence);
        here.carry();
    };
    const auto nacks = [&] {
        std::size_t seen = 0;
        for (const auto& one : ann.rtcp) {
            const auto parsed = rtp::rtcp_compound::parse(one);
            REQUIRE(parsed);
            parsed->for_each([&](const rtp::rtcp_packet& packet) {
                if (rtp::read_nack(packet)) ++seen;
            });
        }
        return seen;
    };
    send(1);
    send(3);
    here.wait(100ms);
    CHECK(nacks() == 0);
    (void)here.core.add_tap({.room = "algebra", .publisher = {}, .kind = {}}, here.now);
    send(5);
    here.wait(100ms);
    CHECK(nacks() > 0);
}

// Simulcast: which layer a subscriber gets, how it changes, and what lasting loss does.
#include "libconf/rtp/vp8.hpp"
#include "tests/sfu/room.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace sfu_test;

/// A publisher of three layers, and one subscriber.
struct simulcast {
    room meeting;
    camera low{meeting, 1, 100, "q", 180};
    camera mid{meeting, 1, 101, "h", 360};
    camera high{meeting, 1, 102, "f", 720};

    simulcast() {
        meeting.publish(1, "ann", {section("v", {vp8}, {"f", "h", "q"})});  // the offer's order says nothing
        mid.jump(7000, 1'234'567);
        high.jump(30'000, 3'000'000'000);
        meeting.subscribe(10, {section("0", {vp8})});
    }
    /// `time` of video, key frames where they were asked for.
    std::vector<got_packet> play(conf::duration time, bool with_high = true, bool obey = true) {
        std::vector<got_packet> got;
        for (auto left = time / 33ms; left > 0; --left) {
            const auto asked = meeting.take_rtcp_for(1).plis;
            const auto key = [&](std::uint32_t ssrc) {
                return frames == 0 || (obey && std::ranges::find(asked, ssrc) != asked.end());
            };
            low.frame(key(100));
            mid.frame(key(101), 3);
            if (with_high) high.frame(key(102), 4);
            ++frames;
            if (frames % 30 == 1) {
                low.report();
                mid.report();
                if (with_high) high.report();
            }
            meeting.wait(33ms);
            for (auto& one : meeting.take_for(10)) {
                if (one.view.ssrc == room::ssrc_of(10)) got.push_back(std::move(one));
            }
        }
        for (auto& one : got) one.view = *rtp::parse_packet(one.whole);
        return got;
    }
    [[nodiscard]] std::optional<std::uint8_t> current() {
        return meeting.router().find_subscriber(10)->stream(0).current_layer();
    }
    int frames = 0;
};

/// What a decoder needs: no gap, time that goes on evenly, picture ids one after the other.
void check_continuous(const std::vector<got_packet>& got) {
    REQUIRE(got.size() > 10);
    for (std::size_t i = 1; i < got.size(); ++i) {
        INFO("packet " << i);
        REQUIRE(got[i].index == got[i - 1].index + 1);
        const auto before = rtp::vp8::parse(got[i - 1].view.payload());
        const auto here = rtp::vp8::parse(got[i].view.payload());
        REQUIRE(before);
        REQUIRE(here);
        if (got[i - 1].view.marker) {
            const auto step = rtp::distance(got[i - 1].view.timestamp, got[i].view.timestamp);
            REQUIRE(step > 0);
            REQUIRE(step < 3 * 3000);
            REQUIRE(here->picture_id == (before->picture_id + 1) % 32'768);
            REQUIRE(here->tl0_picture_index == static_cast<std::uint8_t>(before->tl0_picture_index + 1));
        } else {
            REQUIRE(here->picture_id == before->picture_id);
            REQUIRE(got[i].view.timestamp == got[i - 1].view.timestamp);
        }
    }
}

constexpr std::uint8_t layer_f = 0, layer_h = 1, layer_q = 2;

}  // namespace

TEST_CASE("sfu layers: a subscriber climbs to the largest picture, and never sees nothing") {
    simulcast sim;
    const auto got = sim.play(5s);
    CHECK(sim.current() == layer_f);
    check_continuous(got);
    CHECK(sim.meeting.count().layer_changes >= 1);
}

TEST_CASE("sfu layers: a wanted size is obeyed, at the layer's next key frame") {
    simulcast sim;
    sim.play(4s);
    REQUIRE(sim.current() == layer_f);
    sim.meeting.router().limit_layer(10, 0, 0);
    const auto waiting = sim.play(3s, true, false);  // the publisher ignores the request
    CHECK(sim.current() == layer_f);
    CHECK(waiting.size() > 300);
    const auto got = sim.play(2s);
    CHECK(sim.current() == layer_q);
    check_continuous(got);
    sim.meeting.router().limit_layer(10, 0, 1);
    check_continuous(sim.play(3s));
    CHECK(sim.current() == layer_h);
}

TEST_CASE("sfu layers: when a layer stops, the next one takes over") {
    simulcast sim;
    sim.play(4s);
    REQUIRE(sim.current() == layer_f);
    const auto got = sim.play(5s, false);
    CHECK(sim.current() == layer_h);
    check_continuous(got);
}

TEST_CASE("sfu layers: a change in the middle of a frame leaves one number out") {
    simulcast sim;
    sim.play(4s);
    REQUIRE(sim.current() == layer_f);
    sim.meeting.router().limit_layer(10, 0, 0);
    sim.meeting.wait(1s);
    sim.meeting.take();
    sim.meeting.send(1, sim.high.next(false, true, false));  // and the rest of the frame never comes
    sim.low.frame(true);
    const auto got = sim.meeting.take_for(10);
    REQUIRE(got.size() == 3);
    CHECK(got[1].index == got[0].index + 2);
}

namespace {

/// A report of what the subscriber received since the last one.
struct reporter {
    std::uint32_t highest = 1000;
    std::int32_t lost = 0;

    void operator()(room& meeting, std::uint32_t expected, std::uint32_t missing, std::size_t at = 0) {
        highest += expected;
        lost += static_cast<std::int32_t>(missing);
        meeting.send_rtcp(10, [&](rtp::rtcp_builder& to) {
            const std::array block{rtp::report_block{
                .ssrc = room::ssrc_of(10, at), .cumulative_lost = lost, .highest_sequence = highest}};
            REQUIRE(to.add_receiver_report(9, block));
        });
    }
};

}  // namespace

TEST_CASE("sfu layers: lasting loss takes one layer after the other, then the video, and gives it back") {
    simulcast sim;
    sim.play(4s);
    REQUIRE(sim.current() == layer_f);
    reporter report;
    const auto lossy = [&](int seconds, std::uint32_t percent) {
        for (int i = 0; i < seconds; ++i) {
            sim.play(1s);
            report(sim.meeting, 100, percent);
        }
        sim.play(500ms);
    };
    lossy(20, 10);
    CHECK(sim.current() == layer_f);  // a tenth is not more than a tenth
    lossy(1, 30);
    lossy(3, 0);
    CHECK(sim.current() == layer_f);  // and one second is not two
    lossy(4, 30);
    CHECK(sim.current() == layer_h);
    lossy(4, 30);
    CHECK(sim.current() == layer_q);
    lossy(4, 30);
    CHECK(sim.current() == std::nullopt);
    CHECK(sim.meeting.events(sfu::event_kind::video_paused) == 1);
    CHECK(sim.meeting.count().pauses == 1);
    CHECK(sim.play(2s).empty());

    sim.play(70s);
    CHECK(sim.current() == layer_q);
    CHECK(sim.meeting.events(sfu::event_kind::video_resumed) == 1);
    lossy(130, 0);
    CHECK(sim.current() == layer_f);
}

TEST_CASE("sfu layers: audio is never taken away") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.subscribe(10, {section("0", {opus})});
    reporter report;
    for (std::uint16_t i = 0; i < 500; ++i) {
        meeting.send(1, {.ssrc = 50,
                         .sequence = i,
                         .timestamp = i * 960U,
                         .payload_type = 111,
                         .payload = {std::byte{1}}});
        meeting.wait(20ms);
        if (i % 50 == 49) report(meeting, 50, 45);
    }
    CHECK(meeting.take().size() == 500);
    CHECK(meeting.count().pauses == 0);
}

TEST_CASE("sfu: a microphone is told what the worst listener loses, a camera is not") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8})});
    for (const sfu::transport_id who : {10U, 11U})
        meeting.subscribe(who, {section("0", {opus}), section("1", {vp8})});
    camera picture(meeting, 1, 60);
    std::uint16_t sent = 0;
    const auto play = [&](int seconds) {
        for (int i = 0; i < seconds * 50; ++i) {
            meeting.send(1, {.ssrc = 50,
                             .sequence = sent,
                             .timestamp = sent * 960U,
                             .payload_type = 111,
                             .payload = {std::byte{1}},
                             .mid = "a"});
            picture.frame(i == 0);
            ++sent;
            meeting.wait(20ms);
        }
        meeting.take();
    };
    const auto hears = [&](sfu::transport_id who, std::uint8_t fraction) {
        meeting.send_rtcp(who, [&](rtp::rtcp_builder& to) {
            std::array<rtp::report_block, 2> blocks;
            for (std::size_t at = 0; at < blocks.size(); ++at)
                blocks[at] = {.ssrc = room::ssrc_of(who, at), .fraction_lost = fraction};
            REQUIRE(to.add_receiver_report(9, blocks));
        });
    };
    const auto told = [&](std::uint32_t ssrc) {
        const auto blocks = meeting.take_rtcp_for(1).blocks;
        const auto last =
            std::find_if(blocks.rbegin(), blocks.rend(), [&](const auto& one) { return one.ssrc == ssrc; });
        REQUIRE(last != blocks.rend());
        return last->fraction_lost;
    };
    play(2);
    CHECK(told(50) == 0);
    hears(10, 26);
    hears(11, 13);
    play(2);
    CHECK(told(50) == 26);
    hears(10, 26);
    play(2);
    CHECK(told(60) == 0);
    meeting.leave(10);
    for (int i = 0; i < 6; ++i) {
        hears(11, 13);
        play(2);
    }
    CHECK(told(50) == 13);
    hears(11, 0);
    play(11);
    CHECK(told(50) == 0);
}

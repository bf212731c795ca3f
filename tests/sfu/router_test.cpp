// Whole rooms of the media core: who gets what, and how it is repaired.
#include "libconf/sfu/router.hpp"

#include "libconf/rtp/rtx.hpp"
#include "libconf/rtp/vp8.hpp"
#include "tests/sfu/room.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace {

using namespace sfu_test;

sent_packet voice(std::uint16_t sequence, std::uint8_t level = 20) {
    return {.ssrc = 50,
            .sequence = sequence,
            .timestamp = sequence * 960U,
            .payload_type = 111,
            .marker = false,
            .payload = std::vector<std::byte>(60, static_cast<std::byte>(sequence)),
            .mid = "a",
            .rid = {},
            .repaired_rid = {},
            .level = level,
            .transport_sequence = {},
            .padding = 0};
}

}  // namespace

TEST_CASE("sfu: a packet reaches every subscriber with the subscriber's own numbers") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.subscribe(2, {section("0", {{{sdp::codec::opus}, 96, {}}})});
    meeting.subscribe(3, {section("7", {opus})});
    for (std::uint16_t i = 0; i < 5; ++i) meeting.send(1, voice(i));
    const auto got = meeting.take();
    REQUIRE(got.size() == 10);
    for (std::size_t i = 0; i < got.size(); ++i) {
        const auto& one = got[i];
        CHECK(one.to == 2 + i % 2);
        CHECK(one.view.ssrc == room::ssrc_of(one.to));
        CHECK(one.view.payload_type == (one.to == 2 ? 96 : 111));
        CHECK(one.payload() == voice(static_cast<std::uint16_t>(i / 2)).payload);
        CHECK(one.view.timestamp == i / 2 * 960);
        CHECK(one.view.sequence_number ==
              static_cast<std::uint16_t>(got[i % 2].view.sequence_number + i / 2));
        const auto level = one.view.find_extension(level_id);
        REQUIRE(level);
        CHECK(rtp::read_audio_level(*level)->level == 20);
        const auto number = one.view.find_extension(sequence_id);
        REQUIRE(number);
        CHECK(*rtp::read_transport_sequence(*number) == i / 2);  // counts all packets of the transport
        CHECK(*rtp::read_stream_id(*one.view.find_extension(mid_id)) == (one.to == 2 ? "0" : "7"));
    }
    CHECK(meeting.events(sfu::event_kind::track_started) == 1);
    CHECK(meeting.events(sfu::event_kind::first_packet_sent) == 2);
}

TEST_CASE("sfu: the mid is not repeated once the subscriber has reported the stream") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.subscribe(2, {section("0", {opus})});
    meeting.send(1, voice(0));
    CHECK(meeting.take().at(0).view.find_extension(mid_id));
    meeting.send_rtcp(2, [](rtp::rtcp_builder& to) {
        const std::array block{rtp::report_block{.ssrc = room::ssrc_of(2)}};
        REQUIRE(to.add_receiver_report(9, block));
    });
    meeting.send(1, voice(1));
    CHECK_FALSE(meeting.take().at(0).view.find_extension(mid_id));
}

TEST_CASE("sfu: subscribers get the sections in the order of publishing, and free ones fill later") {
    room meeting;
    meeting.subscribe(10, {section("0", {opus}), section("1", {vp8}), section("2", {opus})});
    CHECK(meeting.router().has_publisher("ann") == false);
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8})});
    meeting.publish(2, "ben", {section("a", {opus})});
    meeting.publish(3, "cat", {section("a", {opus})});
    const auto sections = [&] {
        std::vector<std::uint32_t> from(3, 0);
        for (std::uint32_t who : {1U, 2U, 3U}) {
            static std::uint16_t sequence = 0;
            meeting.send(who, voice(sequence++));
            for (const auto& one : meeting.take_for(10)) from[(one.view.ssrc - room::ssrc_of(10)) / 2] = who;
        }
        return from;
    };
    CHECK(sections() == std::vector<std::uint32_t>{1, 0, 2});
    meeting.leave(1);
    CHECK(sections() == std::vector<std::uint32_t>{3, 0, 2});
    meeting.leave(10);
    meeting.send(2, voice(100));
    CHECK(meeting.take().empty());
}

TEST_CASE("sfu: a subscriber who wants one publisher, or all but one, gets just that") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.publish(2, "ben", {section("a", {opus})});
    meeting.subscribe(10, {section("0", {opus}), section("1", {opus})}, {.only = "ben", .except = {}});
    meeting.subscribe(11, {section("0", {opus}), section("1", {opus})}, {.only = {}, .except = "ben"});
    meeting.send(1, voice(1));
    meeting.send(2, voice(1));
    const auto got = meeting.take();
    REQUIRE(got.size() == 2);
    CHECK(got[0].to == 11);
    CHECK(got[1].to == 10);
    CHECK(got[1].view.ssrc == room::ssrc_of(10));
}

TEST_CASE("sfu: who changes publishers sees one stream go on") {
    room meeting;
    meeting.subscribe(10, {section("1", {vp8})});
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.publish(2, "ben", {section("v", {vp8})});
    camera first(meeting, 1, 100);
    first.frame(true);
    const auto before = meeting.take();
    REQUIRE(before.size() == 2);
    meeting.leave(1);
    meeting.wait(40ms);
    CHECK(meeting.take_rtcp_for(2).plis.empty());  // its stream has not begun
    camera second(meeting, 2, 200);
    second.jump(20'000, 1'000'000);
    second.frame(false);
    CHECK(meeting.take().empty());
    meeting.wait(1ms);
    CHECK(meeting.take_rtcp_for(2).plis == std::vector<std::uint32_t>{200});
    second.frame(true);
    const auto after = meeting.take();
    REQUIRE(after.size() == 2);
    CHECK(after[0].index == before[1].index + 1);
    CHECK(rtp::distance(before[1].view.timestamp, after[0].view.timestamp) > 0);
    CHECK(rtp::distance(before[1].view.timestamp, after[0].view.timestamp) < 9000);
    CHECK(rtp::vp8::parse(after[0].view.payload())->picture_id ==
          (rtp::vp8::parse(before[0].view.payload())->picture_id + 1) % 32'768);
}

TEST_CASE("sfu: video begins with a key frame, which is asked for at once and again after a second") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true);
    for (int i = 0; i < 10; ++i) lens.frame(false);
    CHECK(meeting.take().empty());
    for (sfu::transport_id who = 10; who < 60; ++who) meeting.subscribe(who, {section("0", {vp8})});
    meeting.wait(0ms);
    CHECK(meeting.take_rtcp_for(1).plis == std::vector<std::uint32_t>{100});  // one for fifty
    lens.frame(false);
    CHECK(meeting.take().empty());
    meeting.wait(999ms);
    CHECK(meeting.take_rtcp_for(1).plis.empty());
    meeting.wait(1ms);
    CHECK(meeting.take_rtcp_for(1).plis.size() == 1);
    lens.frame(true, 3);
    CHECK(meeting.take().size() == 150);
    meeting.wait(3s);
    CHECK(meeting.take_rtcp_for(1).plis.empty());

    SECTION("one subscriber costs at most three requests in ten seconds (SEC-RTP-2)") {
        std::size_t asked = 0;
        for (int i = 0; i < 90; ++i) {
            meeting.send_rtcp(10, [](rtp::rtcp_builder& to) { REQUIRE(to.add_pli(9, room::ssrc_of(10))); });
            meeting.wait(100ms);
            const auto now = meeting.take_rtcp_for(1).plis.size();
            lens.frame(now > 0);
            asked += now;
        }
        CHECK(
            asked ==
            2);  // the second and the third came within half a second of the first: one key frame serves both
        CHECK(meeting.count().key_frame_requests_received == 90);
    }
    SECTION("many subscribers cost two key frames a second at most") {
        std::size_t asked = 0;
        for (sfu::transport_id who = 10; who < 60; ++who) {
            meeting.send_rtcp(who,
                              [&](rtp::rtcp_builder& to) { REQUIRE(to.add_fir(9, room::ssrc_of(who), 1)); });
            meeting.wait(50ms);
            const auto now = meeting.take_rtcp_for(1).plis.size();
            lens.frame(now > 0);
            asked += now;
        }
        CHECK(asked >= 4);
        CHECK(asked <= 6);
    }
}

TEST_CASE("sfu: what a subscriber misses is repeated by RTX, from the one history") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {{{sdp::codec::vp8}, 120, 121}})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 4);
    lens.frame(false, 4);
    const auto got = meeting.take();
    REQUIRE(got.size() == 8);
    const auto nack = [&](std::vector<std::uint16_t> missing) {
        meeting.send_rtcp(10, [&](rtp::rtcp_builder& to) {
            REQUIRE(to.add_nack(9, room::ssrc_of(10), missing) == missing.size());
        });
        return meeting.take();
    };
    const auto& lost = got[5];
    auto repeated = nack({lost.view.sequence_number});
    REQUIRE(repeated.size() == 1);
    const auto inside = rtp::parse_rtx(repeated[0].view.payload());
    REQUIRE(inside);
    CHECK(repeated[0].view.payload_type == 121);
    CHECK(repeated[0].view.ssrc == room::ssrc_of(10) + 1);
    CHECK(repeated[0].view.timestamp == lost.view.timestamp);
    CHECK(repeated[0].view.marker == lost.view.marker);
    CHECK(inside->original_sequence_number == lost.view.sequence_number);
    CHECK(std::vector<std::byte>(inside->original.begin(), inside->original.end()) == lost.payload());

    // So many times at most, and not again before the first can have arrived (SEC-RTP-2).
    CHECK(nack({lost.view.sequence_number}).empty());
    std::size_t more = 0;
    for (unsigned i = 0; i < sfu::outgoing_stream::repetitions_max + 2; ++i) {
        meeting.wait(101ms);
        const auto again = nack({lost.view.sequence_number});
        for (const auto& one : again) CHECK(one.index == repeated[0].index + 1 + more);
        more += again.size();
    }
    CHECK(more == sfu::outgoing_stream::repetitions_max - 1);
    CHECK(meeting.count().rtx_sent == sfu::outgoing_stream::repetitions_max);
    // What was never sent cannot be repeated.
    CHECK(nack({static_cast<std::uint16_t>(got[7].view.sequence_number + 1)}).empty());
    // Nor what is too old.
    meeting.wait(3s);
    CHECK(nack({got[6].view.sequence_number}).empty());
    CHECK(meeting.count().rtx_not_possible > 0);
}

TEST_CASE("sfu: without RTX nothing is repeated, so that no SRTP index is used twice") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {{{sdp::codec::vp8}, 120, {}}})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 4);
    const auto got = meeting.take();
    meeting.send_rtcp(10, [&](rtp::rtcp_builder& to) {
        const std::array missing{got[1].view.sequence_number};
        REQUIRE(to.add_nack(9, room::ssrc_of(10), missing) == 1);
    });
    CHECK(meeting.take().empty());
    CHECK(meeting.count().rtx_not_possible == 1);
}

TEST_CASE("sfu: what the publisher's path loses is asked for, and fills its gap") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 2);
    auto lost = lens.next(false, true, false);
    meeting.send(1, lens.next(false, false, true));
    const auto got = meeting.take();
    REQUIRE(got.size() == 3);
    CHECK(got[2].index == got[1].index + 2);  // the gap stays: it may be filled
    meeting.wait(4ms);
    CHECK(meeting.take_rtcp_for(1).nacks.empty());
    meeting.wait(2ms);
    CHECK(meeting.take_rtcp_for(1).nacks == std::vector<std::uint16_t>{lost.sequence});
    CHECK(meeting.count().nack_sent == 1);

    // The repetition, by RTX: another SSRC, the number in front.
    auto repeated = lost;
    repeated.ssrc = 101;
    repeated.payload_type = 97;
    repeated.sequence = 5;
    repeated.payload.insert(repeated.payload.begin(), 2, std::byte{});
    conf::store_u16(repeated.payload, 0, lost.sequence);
    meeting.send(1, repeated);
    const auto filled = meeting.take();
    REQUIRE(filled.size() == 1);
    CHECK(filled[0].index == got[1].index + 1);
    CHECK(filled[0].view.ssrc == room::ssrc_of(10));
    CHECK(filled[0].payload() == lost.payload);
    CHECK(meeting.count().repaired == 1);
    // The lost one after all, and the repetition again: nobody gets it twice.
    meeting.send(1, lost);
    repeated.sequence = 6;
    meeting.send(1, repeated);
    CHECK(meeting.take().empty());
    CHECK(meeting.count().duplicate == 2);
    meeting.wait(1s);
    CHECK(meeting.take_rtcp_for(1).nacks.empty());
}

TEST_CASE("sfu: the first repetition may come when the publisher has ceased to send its mid") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8})});
    meeting.subscribe(10, {section("0", {opus}), section("1", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 2);
    const auto lost = lens.next(false, true, false);
    meeting.send(1, lens.next(false, false, true));
    meeting.wait(6ms);
    CHECK(meeting.take_rtcp_for(1).nacks == std::vector<std::uint16_t>{lost.sequence});
    meeting.take();
    auto repeated = lost;
    repeated.ssrc = 101;
    repeated.payload_type = 97;  // of the video alone
    repeated.mid.clear();
    repeated.payload.insert(repeated.payload.begin(), 2, std::byte{});
    conf::store_u16(repeated.payload, 0, lost.sequence);
    meeting.send(1, repeated);
    CHECK(meeting.take().size() == 1);
    CHECK(meeting.count().repaired == 1);
    CHECK(meeting.count().unknown_stream == 0);
}

TEST_CASE("sfu: a long burst of losses is asked for in one turn") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 2);
    constexpr std::size_t burst = 3 * sfu::publisher::nacks_at_once + 1;
    for (std::size_t i = 0; i < burst; ++i) (void)lens.next(false, false, false);
    meeting.send(1, lens.next(false, false, true));
    meeting.wait(6ms);  // requires that no deadline stays due
    CHECK(meeting.take_rtcp_for(1).nacks.size() == burst);
    CHECK(meeting.count().nack_sent == burst);
}

TEST_CASE("sfu: who only came late was not repaired") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 2);
    const auto late = lens.next(false, true, false);
    meeting.send(1, lens.next(false, false, true));
    meeting.send(1, late);
    CHECK(meeting.take().size() == 4);
    CHECK(meeting.count().repaired == 0);
}

TEST_CASE("sfu: a loop that stood still for seconds reports once, not for each second") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 2);
    meeting.stand_still(5s);
    CHECK(meeting.router().deadline().value() > meeting.now());
}

TEST_CASE("sfu: probes of padding leave no gap") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    camera lens(meeting, 1, 100);
    lens.frame(true, 2);
    for (int i = 0; i < 20; ++i) {
        auto probe = lens.next(false, false, false);
        probe.payload.clear();
        probe.padding = 100;
        meeting.send(1, probe);
    }
    lens.frame(false, 2);
    const auto got = meeting.take();
    REQUIRE(got.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) CHECK(got[i].index == got[0].index + i);
    CHECK(meeting.count().padding == 20);
}

TEST_CASE("sfu: a publisher that begins anew is followed without a jump") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.subscribe(10, {section("0", {opus})});
    for (std::uint16_t i = 0; i < 5; ++i) meeting.send(1, voice(i));
    auto jumped = voice(30'000);
    meeting.send(1, jumped);
    CHECK(meeting.count().jumped == 1);  // one packet alone proves nothing
    meeting.wait(20ms);
    meeting.send(1, voice(30'001));
    meeting.send(1, voice(30'002));
    const auto got = meeting.take();
    REQUIRE(got.size() == 7);
    CHECK(got[5].index == got[4].index + 1);
    CHECK(got[6].index == got[4].index + 2);
    CHECK(got[6].payload() == voice(30'002).payload);
    CHECK(rtp::distance(got[4].view.timestamp, got[5].view.timestamp) > 0);
    CHECK(rtp::distance(got[4].view.timestamp, got[5].view.timestamp) < 48'000);
}

TEST_CASE("sfu: strangers' streams are dropped, and a publisher's have a bound (SEC-RTP-3)") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8}, {"q", "h", "f"})});
    meeting.subscribe(10, {section("0", {opus})});
    auto one = voice(1);
    one.mid = "x";
    one.payload_type = 112;  // nobody's
    meeting.send(1, one);
    CHECK(meeting.count().unknown_stream == 1);
    one.mid = "a";
    meeting.send(1, one);
    CHECK(meeting.count().unknown_stream == 2);
    meeting.send(1, voice(1));
    CHECK(meeting.take().size() == 1);
    auto second = voice(1);
    second.ssrc = 51;  // a second stream in a section for one
    meeting.send(1, second);
    CHECK(meeting.take().empty());
    CHECK(meeting.count().unknown_stream == 3);
    auto layer = sent_packet{.ssrc = 60, .payload = vp8_payload(true, true, 1, 1), .mid = "v", .rid = "nope"};
    meeting.send(1, layer);
    CHECK(meeting.count().unknown_stream == 4);
    meeting.send(10, voice(1));  // a subscriber publishes nothing
    CHECK(meeting.count().unknown_stream == 5);
    meeting.router().handle_rtp(1, conf::as_bytes("no RTP"), meeting.now(), meeting.out());
    CHECK(meeting.count().malformed == 1);
    meeting.router().handle_rtcp(1, conf::as_bytes("no RTCP"), meeting.now(), meeting.out());
    CHECK(meeting.count().malformed == 2);
}

TEST_CASE("sfu: reports go both ways") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.subscribe(10, {section("0", {opus})});
    for (std::uint16_t i = 0; i < 60; ++i) {
        auto one = voice(i);
        one.transport_sequence = i;
        if (i % 6 != 5) meeting.send(1, one);
        if (i == 30) {
            meeting.send_rtcp(1, [&](rtp::rtcp_builder& to) {
                const auto wall = rtp::ntp_from_unix(1'700'000'000s + meeting.now().time_since_epoch() - 5s);
                REQUIRE(to.add_sender_report({.ssrc = 50, .ntp = wall, .rtp_timestamp = 30 * 960}));
            });
        }
        meeting.wait(20ms);
    }
    const auto to_publisher = meeting.take_rtcp_for(1);
    REQUIRE(to_publisher.blocks.size() == 1);
    CHECK(to_publisher.blocks[0].ssrc == 50);
    CHECK(to_publisher.blocks[0].fraction_lost == Approx(256 / 6).margin(4));
    CHECK(to_publisher.transport_feedback >= 19);  // every 50 ms
    CHECK(to_publisher.transport_feedback <= 26);
    const auto to_subscriber = meeting.take_rtcp_for(10);
    REQUIRE_FALSE(to_subscriber.sender_reports.empty());
    const auto& report = to_subscriber.sender_reports.back();
    CHECK(report.ssrc == room::ssrc_of(10));
    // The server's clock, and the time that the publisher's stream has then: 960 ticks each 20 ms.
    const auto since = report.ntp.value - rtp::ntp_from_unix(1'700'000'010s).value;
    const auto ticks = (since * 48'000) >> 32;
    CHECK(static_cast<double>(report.rtp_timestamp) == Approx(static_cast<double>(ticks)).margin(50));
    CHECK(report.packet_count > 10);
}

TEST_CASE("sfu: who speaks is told") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus})});
    meeting.publish(2, "ben", {section("a", {opus})});
    for (std::uint16_t i = 0; i < 100; ++i) {
        meeting.send(1, voice(i, 110));
        meeting.send(2, voice(i, i % 8 < 6 ? 10 : 100));  // words; what never pauses is noise
        meeting.wait(20ms);
    }
    CHECK(meeting.router().speaker() == 2U);
    CHECK(meeting.events(sfu::event_kind::speaker_changed) == 1);
    meeting.leave(2);
    CHECK(meeting.router().speaker() != 2U);
}

TEST_CASE("sfu: RED goes on where both know it alike, else its newest block does") {
    const wanted_codec red{{sdp::codec::red}, 63, {}};
    room meeting;
    meeting.publish(1, "ann", {section("a", {red, opus})});
    meeting.subscribe(10, {section("0", {opus, red})});
    meeting.subscribe(11, {section("0", {opus})});
    meeting.subscribe(12,
                      {section("0", {{{sdp::codec::opus}, 96, {}}, red})});  // another type for the blocks
    auto one = voice(1);
    one.payload_type = 63;
    const auto octets = [](std::initializer_list<unsigned> list) {
        std::vector<std::byte> out;
        for (const auto value : list) out.push_back(static_cast<std::byte>(value));
        return out;
    };
    // One redundant block of three bytes, 960 ticks old; the primary has two.
    one.payload = octets({0x80 | 111, 960U >> 6U, (960U & 63U) << 2U, 3, 111, 1, 2, 3, 8, 9});
    meeting.send(1, one);
    const auto got = meeting.take();
    REQUIRE(got.size() == 3);
    CHECK(got[0].view.payload_type == 63);
    CHECK(got[0].payload() == one.payload);
    CHECK(got[1].view.payload_type == 111);
    CHECK(got[1].payload() == octets({8, 9}));
    CHECK(got[2].view.payload_type == 96);
    CHECK(got[2].payload() == octets({8, 9}));
}

TEST_CASE("sfu: nothing is sent before the transport is connected, nor of a codec it did not offer") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {{{sdp::codec::av1}, 45, {}}})});
    std::vector<sdp::negotiated_media> media{section("0", {opus}), section("1", {vp8})};
    std::vector<sdp::sent_stream> sent{{5, {}, "c", {"s", "t"}}, {6, {}, "c", {"s", "u"}}};
    meeting.router().add_subscriber(10, {}, media, sent, meeting.now());
    meeting.send(1, voice(1));
    CHECK(meeting.take().empty());
    meeting.router().on_connected(10, meeting.now());
    meeting.send(1, voice(2));
    CHECK(meeting.take().size() == 1);
    CHECK_FALSE(meeting.router().find_subscriber(10)->stream(1).attached());
}

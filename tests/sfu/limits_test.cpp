// What one member can cost the others: each limit at its value and one above it.
#include "tests/sfu/room.hpp"

#include <catch2/catch.hpp>

#include <numeric>

namespace {

using namespace sfu_test;

sent_packet sound(std::uint16_t sequence, std::size_t bytes = 60) {
    return {.ssrc = 50,
            .sequence = sequence,
            .timestamp = sequence * 960U,
            .payload_type = 111,
            .payload = std::vector<std::byte>(bytes, static_cast<std::byte>(sequence)),
            .mid = "a"};
}

sent_packet picture(std::uint16_t sequence, std::size_t bytes) {
    auto made = vp8_payload(sequence == 1, true, sequence, 1);
    made.resize(bytes);
    return {.ssrc = 60, .sequence = sequence, .timestamp = 1, .marker = true, .payload = made, .mid = "v"};
}

std::size_t bits_of(const sent_packet& one) {
    return 8 * one.bytes_of().size();
}

/// The numbers of `count` packets from `first` on.
std::vector<std::uint16_t> numbers(std::uint16_t first, std::size_t count) {
    std::vector<std::uint16_t> made(count);
    std::iota(made.begin(), made.end(), first);
    return made;
}

void ask_for(room& in, sfu::transport_id who, std::vector<std::uint16_t> missing) {
    in.send_rtcp(who, [&](rtp::rtcp_builder& to) {
        REQUIRE(to.add_nack(9, room::ssrc_of(who), missing) == missing.size());
    });
}

}  // namespace

TEST_CASE("sfu: SEC-RTP-5 a publisher sends so many packets a second, and one more is dropped") {
    room meeting;
    meeting.router().set_rates({.video_bps = 0, .audio_bps = 0, .packets_per_second = 10});
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8})});
    meeting.publish(2, "ben", {section("a", {opus})});
    meeting.subscribe(10, {section("0", {opus}), section("1", {vp8}), section("2", {opus})});
    for (std::uint16_t i = 1; i <= 5; ++i) {
        meeting.send(1, sound(i));
        meeting.send(1, picture(i, 100));
    }
    CHECK(meeting.take().size() == 10);
    CHECK(meeting.count().over_packet_rate == 0);
    meeting.send(1, sound(6));
    CHECK(meeting.take().empty());
    CHECK(meeting.count().over_packet_rate == 1);
    // Nobody else has less for it.
    meeting.send(2, sound(1));
    CHECK(meeting.take().size() == 1);
    meeting.wait(100ms);
    meeting.send(1, sound(7));
    meeting.send(1, sound(8));
    CHECK(meeting.take().size() == 1);
    CHECK(meeting.count().over_packet_rate == 2);
    // What changes counts at once, for those who are here.
    meeting.router().set_rates({.video_bps = 0, .audio_bps = 0, .packets_per_second = 0});
    for (std::uint16_t i = 9; i < 109; ++i) meeting.send(1, sound(i));
    CHECK(meeting.take().size() == 100);
}

TEST_CASE("sfu: SEC-RTP-5 a publisher sends so many bits of each kind a second") {
    room meeting;
    const auto audio_bits = bits_of(sound(1));
    const auto video_bits = bits_of(picture(1, 500));
    meeting.router().set_rates(
        {.video_bps = 4 * video_bits, .audio_bps = 3 * audio_bits, .packets_per_second = 0});
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8})});
    meeting.subscribe(10, {section("0", {opus}), section("1", {vp8})});
    for (std::uint16_t i = 1; i <= 3; ++i) meeting.send(1, sound(i));
    for (std::uint16_t i = 1; i <= 4; ++i) meeting.send(1, picture(i, 500));
    CHECK(meeting.take().size() == 7);
    meeting.send(1, sound(4));
    CHECK(meeting.count().over_audio_rate == 1);
    meeting.send(1, picture(5, 500));
    CHECK(meeting.count().over_video_rate == 1);
    CHECK(meeting.take().empty());
    meeting.wait(1s);
    meeting.send(1, sound(5));
    meeting.send(1, picture(6, 500));
    CHECK(meeting.take().size() == 2);
}

TEST_CASE("sfu: SEC-RTP-5 one floods, the others lose nothing") {
    room meeting;
    meeting.publish(1, "ann", {section("a", {opus}), section("v", {vp8})});
    meeting.publish(2, "ben", {section("a", {opus})});
    meeting.subscribe(10, {section("0", {opus}), section("1", {vp8}), section("2", {opus})});
    std::size_t from_ann = 0;
    std::size_t from_ben = 0;
    std::uint16_t flooded = 0;
    for (std::uint16_t i = 1; i <= 100; ++i) {                                    // two seconds
        for (int j = 0; j < 400; ++j) meeting.send(1, picture(++flooded, 1200));  // 200 Mbit/s
        meeting.send(2, sound(i));
        for (const auto& one : meeting.take()) ++(one.view.payload_type == 111 ? from_ben : from_ann);
        meeting.wait(20ms);
    }
    CHECK(from_ben == 100);
    CHECK(from_ann < 2 * (2'000 + 8'000'000 / 8 / 1200));
    CHECK(meeting.count().over_packet_rate + meeting.count().over_video_rate > 30'000);
}

TEST_CASE("sfu: SEC-RTP-2 one message gets so many repetitions, and not one more") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    for (std::uint16_t i = 1; i <= 120; ++i) meeting.send(1, picture(i, 60));
    const auto got = meeting.take();
    REQUIRE(got.size() == 120);
    const auto first = got.front().view.sequence_number;
    constexpr auto most = sfu::subscriber::nack_answers_max;
    ask_for(meeting, 10, numbers(first, most));
    CHECK(meeting.take().size() == most);
    CHECK(meeting.count().over_nack_answers == 0);
    meeting.wait(200ms);
    ask_for(meeting, 10, numbers(first, most + 1));
    CHECK(meeting.take().size() == most);
    CHECK(meeting.count().over_nack_answers == 1);
    ask_for(meeting, 10, {static_cast<std::uint16_t>(first + most)});  // the next message may
    CHECK(meeting.take().size() == 1);
}

TEST_CASE("sfu: SEC-RTP-2 repetitions have a fifth of what the stream sends, beyond what an outage takes") {
    room meeting;
    meeting.router().set_rates({.video_bps = 0, .audio_bps = 0, .packets_per_second = 0});
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    std::uint16_t sent = 0;
    const auto send = [&](int count) {
        for (int i = 0; i < count; ++i) meeting.send(1, picture(++sent, 1000));
        return meeting.take();
    };
    std::size_t repeated = 0;
    const auto ask = [&](std::uint16_t number) {
        ask_for(meeting, 10, {number});
        const auto got = meeting.take().size();
        repeated += got;
        return got == 1;
    };
    const auto first = send(300).front().view.sequence_number;
    const auto whole = picture(1, 1000).bytes_of().size();
    const auto at_once = sfu::outgoing_stream::rtx_bytes_at_once / whole;
    for (std::uint16_t i = 0; i < at_once; ++i) REQUIRE(ask(static_cast<std::uint16_t>(first + i)));
    CHECK_FALSE(ask(static_cast<std::uint16_t>(first + at_once)));
    CHECK(meeting.count().over_rtx_share == 1);
    // Ten seconds of somebody who loses everything.
    repeated = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto next = send(1).front().view.sequence_number;
        meeting.wait(10ms);
        static_cast<void>(ask(next));
    }
    CHECK(repeated <= 1000 / 5 + 2);
    CHECK(repeated >= 1000 / 5 - 20);
}

TEST_CASE("sfu: SEC-RTP-2 one subscriber's requests for key frames beyond the limit are counted") {
    room meeting;
    meeting.publish(1, "ann", {section("v", {vp8})});
    meeting.subscribe(10, {section("0", {vp8})});
    meeting.send(1, picture(1, 100));
    for (std::size_t i = 0; i <= sfu::outgoing_stream::key_frame_requests_max; ++i) {
        CHECK(meeting.count().over_key_frame_requests == 0);
        meeting.send_rtcp(10, [&](rtp::rtcp_builder& to) { REQUIRE(to.add_pli(9, room::ssrc_of(10))); });
        meeting.wait(1s);
    }
    CHECK(meeting.count().over_key_frame_requests == 1);
}

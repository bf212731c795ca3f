// One publishes, the other plays, through a network of the test's own that loses and reorders; time is made
// up.
#include "libconf/media/participant.hpp"

#include "libconf/media/test_card.hpp"
#include "libconf/rtp/rtcp_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>

namespace {

using namespace std::chrono_literals;
using namespace conf;

constexpr instant beginning{1h};

media::outgoing_stream video_stream() {
    return {
        .ssrc = 10, .payload_type = 96, .rtx_ssrc = 11, .rtx_payload_type = 97, .extensions = {}, .mid = "1"};
}

media::outgoing_stream audio_stream() {
    return {.ssrc = 20,
            .payload_type = 111,
            .rtx_ssrc = {},
            .rtx_payload_type = {},
            .extensions = {},
            .mid = "0"};
}

struct call {
    explicit call(media::sending_options options, double loss = 0, double reorder = 0)
        : sender(std::move(options), crypto::key_from_seed(1), 1'790'000'000s, beginning),
          receiver({{111, sdp::codec::opus, {}}, {96, sdp::codec::vp8, 97}}, 30, 440, beginning),
          loss_(loss),
          reorder_(reorder) {}

    void run(duration for_so_long) {
        for (const auto end = now + for_so_long; now < end; now += 1ms) {
            media::packet_list out;
            if (sender.deadline() <= now) sender.handle_timeout(now, out);
            carry(out, to_receiver_);
            media::packet_list back;
            if (receiver.deadline() <= now) receiver.handle_timeout(now, back);
            carry(back, to_sender_);
            arrive(to_receiver_, [this](bytes one) {
                if (rtp::is_rtcp(one))
                    receiver.handle_rtcp(one, now);
                else
                    receiver.handle_rtp(one, now);
            });
            media::packet_list repeated;
            arrive(to_sender_, [&](bytes one) { sender.handle_rtcp(one, repeated); });
            carry(repeated, to_receiver_);
        }
    }

    instant now = beginning;
    media::media_sender sender;
    media::media_receiver receiver;

private:
    using flying = std::multimap<instant, std::vector<std::byte>>;

    bool chance(double of) { return static_cast<double>(random_.below(10'000)) < of * 10'000; }
    void carry(const media::packet_list& from, flying& to) {
        from.for_each_datagram([&](bytes one) {
            if (chance(loss_)) return;
            to.emplace(now + (chance(reorder_) ? 18ms : 10ms), std::vector(one.begin(), one.end()));
        });
    }
    void arrive(flying& from, const std::function<void(bytes)>& take) {
        while (!from.empty() && from.begin()->first <= now) {
            take(from.begin()->second);
            from.erase(from.begin());
        }
    }

    crypto::keyed_random random_{crypto::key_from_seed(2)};
    double loss_;
    double reorder_;
    flying to_receiver_;
    flying to_sender_;
};

}  // namespace

TEST_CASE("participant: on a good path each picture is shown once and the tone is heard") {
    call one({.audio = audio_stream(), .video = video_stream(), .format = {}});
    one.run(4s);
    const auto got = one.receiver.counts();
    CHECK(got.frames >= 98);
    CHECK(got.key_frames == 1);
    CHECK(got.skipped + got.backwards + got.unreadable + got.undecodable + got.malformed == 0);
    CHECK(got.nacked + got.key_frames_asked_for + got.repeated + got.concealed == 0);
    CHECK(got.counter == one.sender.counts().counter);
    CHECK(got.width == 320);
    CHECK(got.height == 180);
    CHECK(got.audio_packets >= 195);
    CHECK(got.level_dbfs == Approx(-9).margin(1.5));
    CHECK(got.tone_share > 0.9);
}

TEST_CASE("participant: loss of 10 % and reordering is repaired by RTX") {
    call one({.audio = audio_stream(), .video = video_stream(), .format = {.bitrate_bps = 800'000}}, 0.1,
             0.1);
    one.run(8s);
    const auto got = one.receiver.counts();
    const auto sent = one.sender.counts();
    CHECK(sent.frames >= 199);
    CHECK(got.frames + 10 >= sent.frames);
    CHECK(got.backwards + got.unreadable + got.malformed == 0);
    CHECK(got.skipped <= 10);
    CHECK(got.repaired > 20);
    CHECK(got.repeated > 20);  // the rest of `repaired` was only late
    CHECK(sent.repeated >= got.repeated);
    CHECK(got.concealed > 10);
    CHECK(got.tone_share > 0.7);
}

TEST_CASE("participant: without RTX a hole is given up, and a key frame goes on") {
    auto video = video_stream();
    video.rtx_ssrc.reset();
    video.rtx_payload_type.reset();
    call one({.audio = {}, .video = video, .format = {.bitrate_bps = 800'000}}, 0.02);
    one.run(20s);
    const auto got = one.receiver.counts();
    CHECK(one.sender.counts().asked_for > 0);
    CHECK(one.sender.counts().repeated == 0);
    CHECK(got.key_frames_asked_for > 0);
    CHECK(got.key_frames > 1);
    CHECK(got.frames > 50);
    CHECK(got.backwards + got.unreadable == 0);
}

TEST_CASE("participant: who wants a key frame gets one, by PLI and by FIR") {
    media::media_sender sender({.audio = {}, .video = video_stream(), .format = {}}, crypto::key_from_seed(1),
                               1'790'000'000s, beginning);
    media::packet_list out;
    sender.handle_timeout(beginning, out);
    CHECK(sender.counts().key_frames == 1);
    std::array<std::byte, 200> buffer;
    rtp::rtcp_builder compound(buffer);
    const bool by_fir = GENERATE(false, true);
    const std::uint32_t whom = GENERATE(10U, 99U);
    REQUIRE((by_fir ? compound.add_fir(1, whom, 1) : compound.add_pli(1, whom)));
    sender.handle_rtcp(compound.finish(), out);
    sender.handle_rtcp(std::vector(7, std::byte{0x81}), out);
    sender.handle_timeout(beginning + 40ms, out);
    CHECK(sender.counts().frames == 2);
    CHECK(sender.counts().key_frames == (whom == 10 ? 2 : 1));
}

TEST_CASE("participant: a file is played over and over, from a key frame when one is wanted") {
    media::video_encoder encoder(media::video_format{});
    media::picture card(320, 180);
    std::vector<std::vector<std::byte>> kept;
    media::ivf_file file{
        .codec = sdp::codec::vp8, .width = 320, .height = 180, .rate = 25, .scale = 1, .frames = {}};
    for (std::uint16_t i = 0; i < 10; ++i) {
        media::draw_test_card(card, i);
        const auto data = encoder.encode(card)->data;
        kept.emplace_back(data.begin(), data.end());
    }
    for (const auto& one : kept) file.frames.push_back(one);
    call one({.audio = {}, .video = video_stream(), .format = {}, .file = &file});
    one.run(2s);
    const auto got = one.receiver.counts();
    CHECK(got.frames >= 48);
    CHECK(got.key_frames == 5);
    CHECK(got.backwards == 4);  // each time it begins anew
    CHECK(got.skipped + got.undecodable == 0);
}

TEST_CASE("participant: packets that are nothing of ours are counted and do no harm") {
    call one({.audio = audio_stream(), .video = video_stream(), .format = {}});
    one.run(1s);
    const auto before = one.receiver.counts();
    auto& receiver = one.receiver;
    receiver.handle_rtp(std::vector(3, std::byte{0x80}), one.now);
    std::vector<std::byte> unknown(30);
    unknown[0] = std::byte{0x80};
    unknown[1] = std::byte{50};
    receiver.handle_rtp(unknown, one.now);
    receiver.handle_rtcp(std::vector(9, std::byte{0x81}), one.now);
    auto short_rtx = unknown;
    short_rtx[1] = std::byte{97};
    short_rtx.resize(13);
    receiver.handle_rtp(short_rtx, one.now);
    CHECK(receiver.counts().malformed == before.malformed + 3);
    one.run(1s);
    CHECK(receiver.counts().frames >= before.frames + 24);
}

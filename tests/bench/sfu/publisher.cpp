#include "tests/bench/sfu/publisher.hpp"

#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "tests/bench/peer/payload.hpp"

#include <algorithm>
#include <vector>

namespace sfu_load {
namespace {

constexpr std::int64_t audio_interval_ns = 20'000'000;
constexpr std::int64_t frame_interval_ns = 33'333'333;
constexpr std::int64_t report_interval_ns = 1'000'000'000;
constexpr std::size_t audio_payload_bytes = 80;    // 32 kbit/s
constexpr std::size_t video_payload_bytes = 1087;  // 115 of them a second are 1 Mbit/s
constexpr std::uint32_t packets_of_key_frame = 12;

}  // namespace

publisher::publisher(common& with) : common_(with), client_(client::role::publisher, with) {
    for (auto& each : streams_) {
        each.ssrc = static_cast<std::uint32_t>(with.random());
        each.sequence = static_cast<std::uint16_t>(with.random.below(0x8000));
    }
    publication_ = {.audio_ssrc = streams_[0].ssrc,
                    .video_ssrc = streams_[1].ssrc,
                    .video_rtx_ssrc = static_cast<std::uint32_t>(with.random()),
                    .rids = {}};
}

void publisher::start(std::int64_t now_ns) noexcept {
    audio_at_ns_ = now_ns;
    frame_at_ns_ = video_at_ns_ = now_ns + audio_interval_ns / 7;  // never in step with the audio
    report_at_ns_ = now_ns;
}

std::int64_t publisher::send_due(std::int64_t now_ns) {
    while (audio_at_ns_ <= now_ns) {
        late_ns_ = std::max(late_ns_, now_ns - audio_at_ns_);
        send_audio();
        audio_at_ns_ += audio_interval_ns;
    }
    while (video_at_ns_ <= now_ns) {
        late_ns_ = std::max(late_ns_, now_ns - video_at_ns_);
        send_video();
    }
    if (report_at_ns_ <= now_ns) {
        send_reports();
        report_at_ns_ = now_ns + report_interval_ns;
    }
    return std::min({audio_at_ns_, video_at_ns_, report_at_ns_});
}

void publisher::send_packet(stream& of, std::uint8_t payload_type, bool marker, mutable_bytes payload) {
    const auto mid = as_bytes(&of == &streams_[0] ? "0" : "1");
    const auto level = rtp::to_bytes(rtp::audio_level{30, true});
    const auto sequence = rtp::to_bytes(++transport_sequence_);
    const auto sent = rtp::to_bytes(rtp::abs_send_time_at(now()));
    std::vector<rtp::extension_element> elements{
        {media::abs_send_time_id, sent}, {media::transport_cc_id, sequence}, {media::mid_id, mid}};
    if (&of == &streams_[0]) elements.push_back({media::audio_level_id, level});
    const rtp::header_writer header(elements);
    std::array<std::byte, 1400> packet;
    const auto size = header.write(packet, {.timestamp = of.timestamp,
                                            .ssrc = of.ssrc,
                                            .sequence_number = of.sequence++,
                                            .payload_type = payload_type,
                                            .marker = marker});
    bench::write_stamp(payload);
    std::ranges::copy(payload, packet.begin() + static_cast<std::ptrdiff_t>(size));
    std::array<std::byte, 1500> out;
    client_.send(client_.peer().protect_rtp(bytes(packet).first(size + payload.size()), out));
    ++of.packets;
    of.octets += static_cast<std::uint32_t>(payload.size());
}

void publisher::send_audio() {
    std::array<std::byte, audio_payload_bytes> payload{};
    payload[0] = bench::opus_toc;
    send_packet(streams_[0], media::opus_payload_type, false, payload);
    streams_[0].timestamp += 960;
}

void publisher::begin_frame() {
    packet_in_frame_ = 0;
    key_frame_ = std::exchange(key_frame_wanted_, false);
    key_frames_ += key_frame_ ? 1 : 0;
    // 23 packets in six frames: 115 a second.
    packets_of_frame_ = key_frame_ ? packets_of_key_frame : frames_ % 6 == 5 ? 3 : 4;
    ++frames_;
    ++picture_;
    streams_[1].timestamp += 3000;
}

void publisher::send_video() {
    if (packet_in_frame_ == 0) begin_frame();
    std::array<std::byte, video_payload_bytes> payload{};
    bench::write_vp8_descriptor(payload, packet_in_frame_ == 0, picture_);
    if (packet_in_frame_ == 0)
        bench::write_vp8_tag(mutable_bytes(payload).subspan(bench::vp8_descriptor_bytes), key_frame_, {});
    const bool last = packet_in_frame_ + 1 == packets_of_frame_;
    send_packet(streams_[1], media::vp8_payload_type, last, payload);
    if (last) {
        packet_in_frame_ = 0;
        frame_at_ns_ += frame_interval_ns;
        video_at_ns_ = frame_at_ns_;
    } else {
        ++packet_in_frame_;
        video_at_ns_ = frame_at_ns_ + frame_interval_ns * packet_in_frame_ / packets_of_frame_;
    }
}

void publisher::send_reports() {
    std::array<std::byte, 256> buffer;
    rtp::rtcp_builder compound(mutable_bytes(buffer).first(200));
    const auto ntp = rtp::ntp_from_unix(std::chrono::microseconds(wall_ns() / 1000));
    for (const auto& each : streams_) {
        if (each.packets == 0) continue;
        if (!compound.add_sender_report({.ssrc = each.ssrc,
                                         .ntp = ntp,
                                         .rtp_timestamp = each.timestamp,
                                         .packet_count = each.packets,
                                         .octet_count = each.octets}))
            return;
    }
    if (!compound.empty()) client_.send(client_.peer().protect_rtcp(buffer, compound.finish().size()));
}

void publisher::take_rtcp(bytes plain) {
    constexpr std::uint8_t pli = 1;
    constexpr std::uint8_t fir = 4;
    const auto compound = rtp::rtcp_compound::parse(plain);
    if (!compound) return;
    compound->for_each([this](const rtp::rtcp_packet& one) {
        if (one.type == rtp::rtcp_type::payload_feedback && (one.count == pli || one.count == fir))
            key_frame_wanted_ = true;
    });
}

}  // namespace sfu_load

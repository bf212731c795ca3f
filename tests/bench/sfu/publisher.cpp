#include "tests/bench/sfu/publisher.hpp"

#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtcp_builder.hpp"

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

void stamp(mutable_bytes payload) {
    const auto at = static_cast<std::uint64_t>(wall_ns());
    store_u32(payload, stamp_at, stamp_mark);
    store_u32(payload, stamp_at + 4, static_cast<std::uint32_t>(at >> 32));
    store_u32(payload, stamp_at + 8, static_cast<std::uint32_t>(at));
}

/// RFC 7741 §4.2: descriptor with a picture id of 15 bits, TL0PICIDX and layer bytes, as browsers write it.
void write_descriptor(mutable_bytes payload, bool first, std::uint16_t picture) {
    payload[0] = static_cast<std::byte>(0x80 | (first ? 0x10 : 0));  // X, S, partition 0
    payload[1] = std::byte{0xE0};                                    // I, L, T
    store_u16(payload, 2, static_cast<std::uint16_t>(0x8000 | (picture & 0x7FFF)));
    payload[4] = static_cast<std::byte>(picture & 0xFF);
    payload[5] = std::byte{0};
}

/// RFC 6386 §9.1: the frame's tag; a key frame has start code and size.
void write_frame_tag(mutable_bytes behind_descriptor, bool key_frame) {
    const std::array<std::uint8_t, 10> tag{
        static_cast<std::uint8_t>(key_frame ? 0x10 : 0x11), 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01};
    for (std::size_t i = 0; i < tag.size(); ++i) behind_descriptor[i] = static_cast<std::byte>(tag[i]);
}

}  // namespace

std::optional<std::int64_t> read_stamp(bytes payload) noexcept {
    if (payload.size() < stamp_at + stamp_bytes || load_u32(payload, stamp_at) != stamp_mark)
        return std::nullopt;
    return static_cast<std::int64_t>(std::uint64_t{load_u32(payload, stamp_at + 4)} << 32 |
                                     load_u32(payload, stamp_at + 8));
}

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
    stamp(payload);
    std::ranges::copy(payload, packet.begin() + static_cast<std::ptrdiff_t>(size));
    std::array<std::byte, 1500> out;
    client_.send(client_.peer().protect_rtp(bytes(packet).first(size + payload.size()), out));
    ++of.packets;
    of.octets += static_cast<std::uint32_t>(payload.size());
}

void publisher::send_audio() {
    std::array<std::byte, audio_payload_bytes> payload{};
    payload[0] = std::byte{0x78};  // RFC 6716 §3.1: CELT, 20 ms, one frame
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
    write_descriptor(payload, packet_in_frame_ == 0, picture_);
    if (packet_in_frame_ == 0) write_frame_tag(mutable_bytes(payload).subspan(6), key_frame_);
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

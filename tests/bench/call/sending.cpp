#include "tests/bench/call/sending.hpp"

#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/bench/peer/clocks.hpp"
#include "tests/bench/peer/payload.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace call_load {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t report_interval_ns = 1000 * millisecond;
constexpr std::int64_t idle_ns = 20 * millisecond;

}  // namespace

const std::array<sending::layer, 4> sending::layers{{
    {.rid = {}, .interval_ns = 20 * millisecond, .ticks = 960, .payload_bytes = 80},
    {.rid = "h",
     .width = 1280,
     .height = 720,
     .interval_ns = 33'333'333,
     .ticks = 3000,
     .payload_bytes = 1120,
     .packets = 4,
     .packets_of_key_frame = 12},
    {.rid = "m",
     .width = 640,
     .height = 360,
     .interval_ns = 33'333'333,
     .ticks = 3000,
     .payload_bytes = 1120,
     .packets_of_key_frame = 4},
    {.rid = "q",
     .width = 320,
     .height = 180,
     .interval_ns = 66'666'666,
     .ticks = 6000,
     .payload_bytes = 900,
     .packets_of_key_frame = 2},
}};

sending::sending(poller& by, bench::datagram_reader& reader, bench::shared& with, bool video)
    : shared_(with),
      link_(by, reader, with, [this](mutable_bytes datagram, std::int64_t) { take(datagram); }) {
    for (const auto& one : layers) {
        if (!one.rid.empty() && !video) continue;
        auto& made = streams_.emplace_back();
        made.as = one;
        made.ssrc = static_cast<std::uint32_t>(with.random());
        made.sequence = static_cast<std::uint16_t>(with.random.below(0x8000));
        if (!one.rid.empty()) publication_.rids.emplace_back(one.rid);
    }
    publication_.audio_ssrc = streams_.front().ssrc;
}

std::string sending::offer() {
    return sdp::write(media::publish_offer(link_.end.open(), publication_));
}

void sending::accept(const std::string& answer) {
    auto read = media::read_description(answer);
    if (!read) throw std::runtime_error("the answer to an offer: " + read.error().message());
    link_.end.connect(*std::move(read));
}

/// Nobody is in step with anybody.
void sending::begin(std::int64_t now_ns) {
    started_ = true;
    for (auto& each : streams_) {
        const auto phase = shared_.random.below(static_cast<std::uint64_t>(each.as.interval_ns));
        each.frame_at_ns = each.due_ns = now_ns + static_cast<std::int64_t>(phase);
    }
    report_at_ns_ = now_ns + static_cast<std::int64_t>(shared_.random.below(report_interval_ns));
}

std::int64_t sending::send_due(std::int64_t now_ns) {
    if (!connected()) return now_ns + idle_ns;
    if (!started_) begin(now_ns);
    auto next = report_at_ns_;
    for (auto& each : streams_) {
        while (each.due_ns <= now_ns) {
            late_ns_ = std::max(late_ns_, now_ns - each.due_ns);
            send_next(each);
        }
        next = std::min(next, each.due_ns);
    }
    if (report_at_ns_ <= now_ns) {
        send_reports();
        report_at_ns_ = now_ns + report_interval_ns;
    }
    return next;
}

void sending::send_next(stream& of) {
    if (of.packet_in_frame == 0) {
        of.key_frame = !of.as.rid.empty() && std::exchange(of.key_frame_wanted, false);
        of.packets_of_frame = of.key_frame ? of.as.packets_of_key_frame : of.as.packets;
        of.timestamp += of.as.ticks;
        ++of.picture;
        key_frames_ += of.key_frame ? 1 : 0;
    }
    std::array<std::byte, 1200> memory{};
    const auto payload = mutable_bytes(memory).first(of.as.payload_bytes);
    const bool last = of.packet_in_frame + 1 == of.packets_of_frame;
    if (of.as.rid.empty()) {
        payload[0] = bench::opus_toc;
    } else {
        bench::write_vp8_descriptor(payload, of.packet_in_frame == 0, of.picture);
        if (of.packet_in_frame == 0)
            bench::write_vp8_tag(payload.subspan(bench::vp8_descriptor_bytes), of.key_frame,
                                 {of.as.width, of.as.height});
    }
    send_packet(of, last && !of.as.rid.empty(), payload);
    if (last) {
        of.packet_in_frame = 0;
        of.frame_at_ns += of.as.interval_ns;
        of.due_ns = of.frame_at_ns;
    } else {
        ++of.packet_in_frame;
        of.due_ns = of.frame_at_ns + of.as.interval_ns * of.packet_in_frame / of.packets_of_frame;
    }
}

void sending::send_packet(stream& of, bool marker, mutable_bytes payload) {
    const bool sound = of.as.rid.empty();
    const auto mid = as_bytes(sound ? "0" : "1");
    const auto level = rtp::to_bytes(rtp::audio_level{30, true});
    const auto number = rtp::to_bytes(++transport_sequence_);
    const auto sent = rtp::to_bytes(rtp::abs_send_time_at(bench::now()));
    const std::array<rtp::extension_element, 4> elements{{
        {media::abs_send_time_id, sent},
        {media::transport_cc_id, number},
        {media::mid_id, mid},
        sound ? rtp::extension_element{media::audio_level_id, level}
              : rtp::extension_element{media::rid_id, as_bytes(of.as.rid)},
    }};
    const rtp::header_writer header(elements);
    std::array<std::byte, 1400> packet;
    const auto size =
        header.write(packet, {.timestamp = of.timestamp,
                              .ssrc = of.ssrc,
                              .sequence_number = of.sequence++,
                              .payload_type = sound ? media::opus_payload_type : media::vp8_payload_type,
                              .marker = marker});
    bench::write_stamp(payload);
    std::ranges::copy(payload, packet.begin() + static_cast<std::ptrdiff_t>(size));
    std::array<std::byte, 1500> out;
    link_.end.send(link_.end.peer().protect_rtp(bytes(packet).first(size + payload.size()), out));
    ++of.packets;
    of.octets += static_cast<std::uint32_t>(payload.size());
    ++packets_;
}

void sending::send_reports() {
    std::array<std::byte, 512> buffer;
    rtp::rtcp_builder compound(mutable_bytes(buffer).first(400));
    const auto ntp = rtp::ntp_from_unix(std::chrono::microseconds(bench::wall_ns() / 1000));
    for (const auto& each : streams_) {
        if (each.packets == 0) continue;
        if (!compound.add_sender_report({.ssrc = each.ssrc,
                                         .ntp = ntp,
                                         .rtp_timestamp = each.timestamp,
                                         .packet_count = each.packets,
                                         .octet_count = each.octets}))
            break;
    }
    if (!compound.empty()) link_.end.send(link_.end.peer().protect_rtcp(buffer, compound.finish().size()));
}

/// Who asks for a key frame gets the next one of that layer.
void sending::take(mutable_bytes datagram) {
    const auto got = link_.end.handle_media(datagram);
    if (got.what != media::received_packet::kind::rtcp) return;
    const auto compound = rtp::rtcp_compound::parse(got.plain);
    if (!compound) return;
    constexpr std::uint8_t pli = 1;
    constexpr std::uint8_t fir = 4;
    compound->for_each([this](const rtp::rtcp_packet& one) {
        if (one.type != rtp::rtcp_type::payload_feedback || one.body.size() < 8) return;
        // RFC 5104 §4.3.1: FIR has its SSRCs behind the header of all feedback.
        const auto at = one.count == fir && one.body.size() >= 12 ? 8U : 4U;
        if (one.count != pli && one.count != fir) return;
        for (auto& each : streams_) {
            if (each.ssrc == load_u32(one.body, at)) each.key_frame_wanted = true;
        }
    });
}

}  // namespace call_load

#include "libconf/media/media_receiver.hpp"

#include "libconf/media/packetize.hpp"
#include "libconf/media/test_card.hpp"
#include "libconf/media/tone.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtx.hpp"

#include <algorithm>
#include <array>

namespace conf::media {
namespace {

constexpr std::size_t rtcp_bytes_max = 1200;
constexpr std::size_t nacks_at_once_max = 256;
constexpr duration round_trip = std::chrono::milliseconds(50);  // assumed between two NACKs of one packet
constexpr std::size_t second_samples = sample_rate_hz;

}  // namespace

media_receiver::media_receiver(std::vector<incoming_format> formats, std::uint32_t own_ssrc, double tone_hz,
                               instant now)
    : formats_(std::move(formats)),
      own_ssrc_(own_ssrc),
      tone_hz_(tone_hz),
      key_frame_at_(now),
      report_at_(now + report_interval) {}

void media_receiver::handle_rtp(bytes packet, instant now) {
    const auto read = rtp::parse_packet(packet);
    if (!read) {
        ++counts_.malformed;
        return;
    }
    for (const auto& one : formats_) {
        if (one.rtx_payload_type == read->payload_type) return handle_repetition(*read, now);
        if (one.payload_type != read->payload_type) continue;
        if (one.codec == sdp::codec::opus) return handle_audio(*read, now);
        if (!video_ || video_->ssrc != read->ssrc || video_->codec != one.codec)
            video_.emplace(read->ssrc, one.codec);
        return handle_video(read->sequence_number, read->timestamp, read->marker, read->payload(), now);
    }
    ++counts_.malformed;
}

void media_receiver::handle_repetition(const rtp::packet_view& packet, instant now) {
    const auto read = rtp::parse_rtx(packet.payload());
    // Padding as a probe is no repetition, and without a stream there is nothing to repair.
    if (!read || read->original.empty() || !video_) return;
    ++counts_.repeated;
    handle_video(read->original_sequence_number, packet.timestamp, packet.marker, read->original, now);
}

void media_receiver::handle_video(std::uint16_t sequence, std::uint32_t rtp_timestamp, bool marker,
                                  bytes payload, instant now) {
    auto& to = *video_;
    const auto accepted = to.gate.accept(sequence);
    if (accepted.what == rtp::sequence_gate::verdict::ignored) return;
    if (accepted.what == rtp::sequence_gate::verdict::restarted) {
        to.missing.reset();
        to.assembler.reset();
        to.stats.restart();
    }
    const auto inserted = to.assembler.insert(accepted.extended, rtp_timestamp, marker, payload);
    if (inserted == frame_assembler::verdict::useless) return;
    if (inserted == frame_assembler::verdict::malformed) ++counts_.malformed;
    if (inserted == frame_assembler::verdict::overfull) want_key_frame();
    const auto read = depacketize(to.codec, payload);
    const bool begins = read && read->starts_key_frame;
    if (to.missing.on_packet(accepted.extended, begins, now)) ++counts_.repaired;
    to.stats.on_packet(accepted.extended, rtp_timestamp, now);
    ++counts_.video_packets;
    decode();
    if (to.assembler.waits_for_key_frame()) want_key_frame();
}

void media_receiver::decode() {
    while (const auto frame = video_->assembler.take()) {
        const auto* shown = video_->decoder.decode(frame->data);
        if (!shown) {
            ++counts_.undecodable;
            video_->assembler.wait_for_key_frame();
            want_key_frame();
            continue;
        }
        ++counts_.frames;
        if (frame->key_frame) {
            ++counts_.key_frames;
            key_frame_wanted_ = false;
        }
        look_at(*shown);
    }
}

void media_receiver::look_at(const picture& shown) {
    counts_.width = shown.width;
    counts_.height = shown.height;
    const auto counter = read_test_card(shown);
    if (!counter) {
        ++counts_.unreadable;
        return;
    }
    if (counts_.counter) {
        const auto step = rtp::distance(*counts_.counter, *counter);
        if (step > 0)
            counts_.skipped += static_cast<std::uint64_t>(step) - 1;
        else
            ++counts_.backwards;
    }
    counts_.counter = counter;
}

void media_receiver::handle_audio(const rtp::packet_view& packet, instant now) {
    if (packet.padding_only()) return;
    if (!audio_ || audio_->ssrc != packet.ssrc) audio_.emplace(packet.ssrc);
    auto& to = *audio_;
    const auto accepted = to.gate.accept(packet.sequence_number);
    if (accepted.what == rtp::sequence_gate::verdict::ignored) return;
    if (accepted.what == rtp::sequence_gate::verdict::restarted) to.stats.restart();
    to.stats.on_packet(accepted.extended, packet.timestamp, now);
    ++counts_.audio_packets;
    if (accepted.extended <= to.played) return;  // its place was concealed
    const auto lost = to.played == 0 ? 0 : accepted.extended - to.played - 1;
    to.played = accepted.extended;
    counts_.concealed += lost;
    for (auto left = std::min(lost, conceal_packets_max); left > 0; --left) listen_to(to.decoder.conceal());
    if (const auto samples = to.decoder.decode(packet.payload()))
        listen_to(*samples);
    else
        ++counts_.malformed;
}

void media_receiver::listen_to(std::span<const std::int16_t> samples) {
    heard_.insert(heard_.end(), samples.begin(), samples.end());
    if (heard_.size() > second_samples)
        heard_.erase(heard_.begin(), heard_.end() - static_cast<std::ptrdiff_t>(second_samples));
}

void media_receiver::handle_rtcp(bytes compound, instant now) {
    const auto read = rtp::rtcp_compound::parse(compound);
    if (!read) {
        ++counts_.malformed;
        return;
    }
    read->for_each([&](const rtp::rtcp_packet& packet) {
        const auto report = rtp::read_sender_report(packet);
        if (!report) return;
        if (video_ && video_->ssrc == report->sender.ssrc)
            video_->stats.on_sender_report(report->sender.ntp, now);
        if (audio_ && audio_->ssrc == report->sender.ssrc)
            audio_->stats.on_sender_report(report->sender.ntp, now);
    });
}

void media_receiver::handle_timeout(instant now, packet_list& out) {
    std::array<std::byte, rtcp_bytes_max> buffer;
    rtp::rtcp_builder compound(buffer);
    std::array<rtp::report_block, 2> blocks;
    std::size_t count = 0;
    if (report_at_ <= now) {
        for (auto* one : {static_cast<stream*>(video_ ? &*video_ : nullptr),
                          static_cast<stream*>(audio_ ? &*audio_ : nullptr)}) {
            if (!one) continue;
            if (const auto block = one->stats.report(now)) blocks[count++] = *block;
        }
        report_at_ = now + report_interval;
        check(compound.add_receiver_report(own_ssrc_, std::span(blocks).first(count)) &&
              compound.add_cname(own_ssrc_, "conf"));
    }
    if (video_) {
        std::array<std::uint16_t, nacks_at_once_max> due;
        const auto found = video_->missing.take_due(now, round_trip, due);
        if (found > 0)
            counts_.nacked += compound.add_nack(own_ssrc_, video_->ssrc, std::span(due).first(found));
        if (video_->missing.take_key_frame_request()) {
            video_->assembler.wait_for_key_frame();
            want_key_frame();
        }
        if (key_frame_wanted_ && key_frame_at_ <= now && compound.add_pli(own_ssrc_, video_->ssrc)) {
            ++counts_.key_frames_asked_for;
            key_frame_at_ = now + key_frame_interval;
        }
    }
    if (!compound.empty()) append(out, compound.finish());
}

instant media_receiver::deadline() const noexcept {
    auto earliest = report_at_;
    if (!video_) return earliest;
    if (const auto due = video_->missing.deadline()) earliest = std::min(earliest, *due);
    if (key_frame_wanted_) earliest = std::min(earliest, key_frame_at_);
    return earliest;
}

receiving_counts media_receiver::counts() const {
    auto made = counts_;
    if (video_) made.video_lost = static_cast<std::uint64_t>(std::max<std::int64_t>(0, video_->stats.lost()));
    made.level_dbfs = level_dbfs(heard_);
    made.tone_share = power_share(heard_, tone_hz_);
    return made;
}

}  // namespace conf::media

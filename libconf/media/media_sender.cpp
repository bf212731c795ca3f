#include "libconf/media/media_sender.hpp"

#include "libconf/media/packetize.hpp"
#include "libconf/media/test_card.hpp"
#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/rtp/rtx.hpp"

#include <algorithm>

namespace conf::media {
namespace {

constexpr std::size_t sender_rtcp_bytes_max = 1200;
// Behind that many frames nobody catches up: the machine was asleep.
constexpr int behind_frames_max = 10;

duration interval_of(const sending_options& from) {
    const std::int64_t second = 1'000'000;
    if (from.file) return duration(std::max<std::int64_t>(1, second * from.file->scale / from.file->rate));
    return duration(second / std::max(1U, from.format.frames_per_second));
}

}  // namespace

media_sender::media_sender(sending_options options, const crypto::random_key& key, duration wall_offset,
                           instant now)
    : options_(std::move(options)),
      wall_offset_(wall_offset),
      random_(key),
      tone_(options_.tone_hz),
      frame_interval_(interval_of(options_)),
      history_(history_packets),
      began_(now),
      audio_at_(now),
      video_at_(now),
      report_at_(now + audio_interval) {
    if (options_.audio) audio_ = make_stream(*options_.audio, 48'000);
    if (!options_.video) return;
    video_ = make_stream(*options_.video, 90'000);
    picture_id_ = static_cast<std::uint16_t>(random_() & 0x7FFF);
    if (options_.file) {
        options_.format.codec = options_.file->codec;
        return;
    }
    encoder_.emplace(options_.format);
    card_ = picture(options_.format.width, options_.format.height);
}

media_sender::stream media_sender::make_stream(const outgoing_stream& as, std::uint32_t clock_rate_hz) {
    stream made{.as = as, .clock_rate_hz = clock_rate_hz};
    // RFC 3550 §5.1: both begin at random. Half the circle is left before the first wrap, as RFC 3711 §3.3.1
    // advises.
    made.sequence = static_cast<std::uint16_t>(random_() & 0x7FFF);
    made.rtx_sequence = static_cast<std::uint16_t>(random_() & 0x7FFF);
    made.first_timestamp = made.timestamp = static_cast<std::uint32_t>(random_());
    return made;
}

std::uint32_t media_sender::timestamp_at(const stream& of, instant now) const noexcept {
    const auto ticks = (now - began_).count() * std::int64_t{of.clock_rate_hz} / 1'000'000;
    return of.first_timestamp + static_cast<std::uint32_t>(ticks);
}

bytes media_sender::write_packet(const stream& of, std::uint32_t ssrc, std::uint8_t payload_type,
                                 std::uint16_t sequence, std::uint32_t timestamp, bool marker, bytes prefix,
                                 bytes payload) {
    std::array<rtp::extension_element, 3> elements;
    std::size_t count = 0;
    const auto transport = rtp::to_bytes(transport_sequence_++);
    const auto level = rtp::to_bytes(rtp::audio_level{.level = 9, .voice_activity = true});
    if (const auto id = of.as.extensions[sdp::extension::transport_cc]; id != 0)
        elements[count++] = {id, transport};
    if (const auto id = of.as.extensions[sdp::extension::mid]; id != 0 && !of.as.mid.empty())
        elements[count++] = {id, as_bytes(of.as.mid)};
    if (const auto id = of.as.extensions[sdp::extension::audio_level]; id != 0 && of.clock_rate_hz == 48'000)
        elements[count++] = {id, level};
    const auto used = std::span(elements).first(count);
    const rtp::header_writer header(used);
    packet_.resize(header.size());
    header.write(packet_, {.timestamp = timestamp,
                           .ssrc = ssrc,
                           .sequence_number = sequence,
                           .payload_type = payload_type,
                           .marker = marker});
    packet_.insert(packet_.end(), prefix.begin(), prefix.end());
    packet_.insert(packet_.end(), payload.begin(), payload.end());
    return packet_;
}

void media_sender::send(stream& by, bool marker, bytes payload, packet_list& out) {
    const auto sequence = by.sequence++;
    const auto packet =
        write_packet(by, by.as.ssrc, by.as.payload_type, sequence, by.timestamp, marker, {}, payload);
    ++by.packets;
    by.octets += static_cast<std::uint32_t>(payload.size());
    ++counts_.packets;
    append(out, packet);
    if (video_ && &by == &*video_) history_[sequence % history_packets].assign(packet.begin(), packet.end());
}

void media_sender::repeat(std::uint16_t sequence, packet_list& out) {
    ++counts_.asked_for;
    auto& of = *video_;
    const auto& kept = history_[sequence % history_packets];
    const auto packet = rtp::parse_packet(kept);
    if (!packet || packet->sequence_number != sequence || !of.as.rtx_ssrc || !of.as.rtx_payload_type) return;
    std::array<std::byte, rtp::rtx_header_bytes> original;
    store_u16(original, 0, sequence);
    append(out, write_packet(of, *of.as.rtx_ssrc, *of.as.rtx_payload_type, of.rtx_sequence++,
                             packet->timestamp, packet->marker, original, packet->payload()));
    ++counts_.repeated;
}

void media_sender::handle_rtcp(bytes compound, packet_list& out) {
    const auto read = rtp::rtcp_compound::parse(compound);
    if (!read || !video_) return;
    const auto own = video_->as.ssrc;
    read->for_each([&](const rtp::rtcp_packet& packet) {
        if (const auto nack = rtp::read_nack(packet); nack && nack->media_ssrc == own) {
            nack->for_each([&](std::uint16_t sequence) { repeat(sequence, out); });
        } else if (const auto pli = rtp::read_pli(packet); pli && pli->media_ssrc == own) {
            key_frame_wanted_ = true;
            ++counts_.key_frames_asked_for;
        } else if (const auto fir = rtp::read_fir(packet)) {
            for (std::size_t i = 0; i < fir->size(); ++i) {
                if ((*fir)[i].ssrc != own) continue;
                key_frame_wanted_ = true;
                ++counts_.key_frames_asked_for;
            }
        }
    });
}

void media_sender::send_audio(packet_list& out) {
    std::array<std::int16_t, opus_frame_samples> samples;
    tone_.fill(samples);
    const bool first = audio_->packets == 0;
    send(*audio_, first, opus_.encode(samples), out);  // RFC 7587 §4.2: the marker begins a talkspurt
    audio_->timestamp += static_cast<std::uint32_t>(opus_frame_samples);
}

std::optional<encoded_frame> media_sender::next_frame() {
    if (options_.file) {
        const auto& frames = options_.file->frames;
        const auto codec = options_.file->codec;
        // Who asks for a key frame gets the next one that the file has.
        if (key_frame_wanted_) {
            for (std::size_t step = 0; step < frames.size(); ++step) {
                const auto at = (next_of_file_ + step) % frames.size();
                if (!is_key_frame(codec, frames[at])) continue;
                next_of_file_ = at;
                break;
            }
        }
        const auto frame = frames[next_of_file_];
        next_of_file_ = (next_of_file_ + 1) % frames.size();
        return encoded_frame{frame, is_key_frame(codec, frame)};
    }
    counts_.counter = next_counter_++;
    draw_test_card(card_, counts_.counter);
    return encoder_->encode(card_, key_frame_wanted_ ? frame_kind::key : frame_kind::any);
}

void media_sender::send_frame(instant now, packet_list& out) {
    const auto frame = next_frame();
    if (!frame) return;
    if (frame->key_frame) {
        key_frame_wanted_ = false;
        ++counts_.key_frames;
    }
    ++counts_.frames;
    video_->timestamp = timestamp_at(*video_, now);
    const auto pieces = packetize(options_.format.codec, frame->data, frame->key_frame, picture_id_++);
    for (const auto& piece : pieces) send(*video_, &piece == &pieces.back(), piece, out);
}

void media_sender::send_reports(instant now, packet_list& out) {
    std::array<std::byte, sender_rtcp_bytes_max> buffer;
    for (auto* one : {audio_ ? &*audio_ : nullptr, video_ ? &*video_ : nullptr}) {
        if (!one || one->packets == 0) continue;
        rtp::rtcp_builder compound(buffer);
        const rtp::sender_info info{.ssrc = one->as.ssrc,
                                    .ntp = rtp::ntp_from_unix(now.time_since_epoch() + wall_offset_),
                                    .rtp_timestamp = timestamp_at(*one, now),
                                    .packet_count = one->packets,
                                    .octet_count = one->octets};
        if (compound.add_sender_report(info) && compound.add_cname(one->as.ssrc, "conf"))
            append(out, compound.finish());
    }
}

void media_sender::handle_timeout(instant now, packet_list& out) {
    if (now - video_at_ > behind_frames_max * frame_interval_) video_at_ = now;
    if (now - audio_at_ > behind_frames_max * audio_interval) {
        if (audio_) audio_->timestamp = timestamp_at(*audio_, now);
        audio_at_ = now;
    }
    for (; audio_ && audio_at_ <= now; audio_at_ += audio_interval) send_audio(out);
    for (; video_ && video_at_ <= now; video_at_ += frame_interval_) send_frame(video_at_, out);
    if (report_at_ <= now) {
        send_reports(now, out);
        report_at_ = now + report_interval;
    }
}

instant media_sender::deadline() const noexcept {
    auto earliest = report_at_;
    if (audio_) earliest = std::min(earliest, audio_at_);
    if (video_) earliest = std::min(earliest, video_at_);
    return earliest;
}

void media_sender::say_goodbye(packet_list& out) {
    std::vector<std::uint32_t> ssrcs;
    if (audio_) ssrcs.push_back(audio_->as.ssrc);
    if (video_) ssrcs.push_back(video_->as.ssrc);
    if (ssrcs.empty()) return;
    std::array<std::byte, sender_rtcp_bytes_max> buffer;
    rtp::rtcp_builder compound(buffer);
    if (compound.add_receiver_report(ssrcs.front()) && compound.add_goodbye(ssrcs))
        append(out, compound.finish());
}

}  // namespace conf::media

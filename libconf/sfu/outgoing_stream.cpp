#include "libconf/sfu/outgoing_stream.hpp"

#include "libconf/rtp/dependency_descriptor.hpp"
#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtx.hpp"
#include "libconf/rtp/sequence.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>

namespace conf::sfu {

namespace {

/// `difference` of NTP times in ticks of a clock; nothing for more than an hour, which is no relation at all.
std::optional<std::int64_t> to_ticks(std::int64_t difference, std::uint32_t clock_rate_hz) noexcept {
    constexpr std::int64_t hour = std::int64_t{3600} << 32;
    if (difference > hour || difference < -hour) return std::nullopt;
    // 2^44 * 2^17 fits.
    return difference * static_cast<std::int64_t>(clock_rate_hz) / (std::int64_t{1} << 32);
}

std::uint32_t ticks_of(duration time, std::uint32_t clock_rate_hz) noexcept {
    return static_cast<std::uint32_t>(time.count() * static_cast<std::int64_t>(clock_rate_hz) / 1'000'000);
}

std::uint32_t milliseconds_of(instant when) noexcept {
    return static_cast<std::uint32_t>(when.time_since_epoch() / std::chrono::milliseconds(1));
}

}  // namespace

outgoing_stream::outgoing_stream(subscriber_link& link, std::uint16_t section,
                                 const sdp::negotiated_media& media, const sdp::sent_stream& sent,
                                 std::uint16_t first_sequence, std::uint16_t first_rtx)
    : link_(link),
      ssrc_(sent.ssrc),
      section_(section),
      allow_mixed_(media.extmap_allow_mixed),
      extensions_(media.extensions),
      sequence_(first_sequence & 0x7FFF),
      media_(media),
      sent_(sent),
      rtx_sequence_(first_rtx & 0x7FFF) {
    payload_types_.fill(no_payload_type);
    rtx_payload_types_.fill(no_payload_type);
    for (const auto& codec : media_.codecs) {
        if (codec.rtx_payload_type && sent_.rtx_ssrc)
            rtx_payload_types_[codec.payload_type] = *codec.rtx_payload_type;
    }
}

bool outgoing_stream::takes(const track& offered) const noexcept {
    if (offered.media().kind != media_.kind) return false;
    return std::ranges::any_of(offered.media().codecs, [&](const sdp::negotiated_codec& theirs) {
        return std::ranges::find(media_.codecs, theirs.format, &sdp::negotiated_codec::format) !=
               media_.codecs.end();
    });
}

void outgoing_stream::attach(track& from, instant now) {
    track_ = &from;
    last_type_ = no_payload_type;
    payload_types_.fill(no_payload_type);
    for (const auto& theirs : from.media().codecs) {
        const auto mine = std::ranges::find(media_.codecs, theirs.format, &sdp::negotiated_codec::format);
        if (mine != media_.codecs.end()) payload_types_[theirs.payload_type] = mine->payload_type;
    }
    current_.reset();
    choose_target(now);
}

void outgoing_stream::detach() noexcept {
    track_ = nullptr;
    current_.reset();
    target_.reset();
    frame_open_ = false;
    for (auto& one : sent_packets_) one.used = false;
}

void outgoing_stream::on_connected(instant now) {
    if (track_ != nullptr) choose_target(now);
}

void outgoing_stream::forward(const packet& one, bool restarted, outputs& out, counters& count) {
    if (!link_.connected || paused_ || held_) return;
    if (restarted && current_ == one.layer) current_.reset();
    if (!current_ || *current_ != one.layer) {
        if (!target_) choose_target(one.arrival);
        if (target_ != one.layer) return;
        if (!one.payload.starts_key_frame || one.view.padding_only()) {
            // The layer that is sent goes on until the wanted one has its key frame: never to nothing.
            if (track_->is_video()) track_->want_key_frame(one.layer, one.arrival);
            return;
        }
        const bool change = current_.has_value();
        switch_to(one);
        if (change) {
            ++count.layer_changes;
            out.events.push_back({event_kind::layer_changed, link_.id, section_, one.layer});
        }
    }
    if (one.view.padding_only()) {
        sequence_.drop(one.extended);
        ++count.padding;
        return;
    }
    const auto number = sequence_.map(one.extended);
    if (!number) {
        ++count.too_late;
        return;
    }
    const auto as = rewrite(one);
    write(one, *number, as, std::nullopt, out, count);
    if (*number + 1 != sequence_.next()) return;  // a late one changes nothing of what comes next
    last_timestamp_ = as.timestamp;
    last_sent_ = one.arrival;
    frame_open_ = track_->is_video() && !one.payload.ends_frame;
    if (one.payload.has_picture_id()) {
        last_picture_ = static_cast<std::uint16_t>(one.payload.picture_id() + picture_offset_) & 0x7FFF;
        last_tl0_ = static_cast<std::uint8_t>(one.payload.tl0_picture_index() + tl0_offset_);
    }
    if (one.dependency_descriptor.empty()) return;
    if (const auto descriptor = rtp::parse_mandatory_descriptor(one.dependency_descriptor)) {
        last_frame_ = static_cast<std::uint16_t>(descriptor->frame_number + frame_offset_);
    }
}

void outgoing_stream::switch_to(const packet& first) {
    if (sequence_.started()) {
        timestamp_offset_ = timestamp_behind(first) - first.view.timestamp;
        picture_offset_ = static_cast<std::uint16_t>(last_picture_ + 1 - first.payload.picture_id()) & 0x7FFF;
        tl0_offset_ = static_cast<std::uint8_t>(last_tl0_ + 1 - first.payload.tl0_picture_index());
        if (const auto descriptor = rtp::parse_mandatory_descriptor(first.dependency_descriptor)) {
            frame_offset_ = static_cast<std::uint16_t>(last_frame_ + 1 - descriptor->frame_number);
        }
    }
    sequence_.rebase(first.extended, frame_open_ ? 1 : 0);
    current_ = first.layer;
}

std::uint32_t outgoing_stream::timestamp_behind(const packet& first) const noexcept {
    const auto clock = sdp::clock_rate_hz_of(media_.codecs.front().format.codec);
    const auto by_arrival =
        last_timestamp_ + std::max(ticks_of(first.arrival - last_sent_, clock), std::uint32_t{1});
    const auto* const before = current_ ? track_->stream(*current_) : nullptr;
    const auto* const behind = track_->stream(first.layer);
    if (before == nullptr || behind == nullptr || before == behind) return by_arrival;
    if (!before->last_report() || !behind->last_report()) return by_arrival;
    // Both layers are the same moment at the publisher; its sender reports say how their timestamps relate.
    const auto& a = *before->last_report();
    const auto& b = *behind->last_report();
    const auto ticks = to_ticks(static_cast<std::int64_t>(b.ntp.value - a.ntp.value), clock);
    if (!ticks) return by_arrival;
    const auto mapped = a.rtp_timestamp + timestamp_offset_ + static_cast<std::uint32_t>(*ticks) +
                        (first.view.timestamp - b.rtp_timestamp);
    // Reports that contradict the arrivals by a second are worth nothing.
    if (static_cast<std::uint32_t>(std::abs(rtp::distance(by_arrival, mapped))) > clock) return by_arrival;
    if (rtp::newer(mapped, last_timestamp_)) return mapped;
    return last_timestamp_ + clock / 30;  // time never stands still: one frame on
}

outgoing_stream::rewritten outgoing_stream::rewrite(const packet& one) const noexcept {
    rewritten as{.timestamp = one.view.timestamp + timestamp_offset_, .patch = {}};
    if ((picture_offset_ != 0 || tl0_offset_ != 0) && one.payload.has_picture_id()) {
        as.patch =
            rewrite_ids(one.payload, one.view.payload(),
                        static_cast<std::uint16_t>(one.payload.picture_id() + picture_offset_) & 0x7FFF,
                        static_cast<std::uint8_t>(one.payload.tl0_picture_index() + tl0_offset_));
    }
    return as;
}

outgoing_stream::payload_types outgoing_stream::types_of(std::uint8_t publishers) noexcept {
    if (last_type_ != publishers) {
        last_type_ = publishers;
        const auto mine = payload_types_[publishers];
        last_types_ = {mine, mine == no_payload_type ? no_payload_type : rtx_payload_types_[mine]};
    }
    return last_types_;
}

void outgoing_stream::write(const packet& one, std::uint64_t number, const rewritten& as,
                            std::optional<std::uint16_t> repeats, outputs& out, counters& count) {
    auto types = types_of(one.view.payload_type);
    std::size_t skipped = as.patch.replaced;
    if (one.payload.primary_at != 0) {
        // RED goes on as it is where its blocks mean the same to the subscriber; else the newest block alone
        // does.
        const bool same = one.payload.red_of_one_type && types.media != no_payload_type &&
                          payload_types_[one.payload.primary_type] == one.payload.primary_type;
        if (!same) {
            types = types_of(one.payload.primary_type);
            skipped = one.payload.primary_at;
        }
    }
    if (types.media == no_payload_type) return;  // a codec that this subscriber did not offer

    const auto transport_sequence = rtp::to_bytes(link_.transport_sequence);
    std::array<std::byte, rtp::descriptor_bytes_max> descriptor;
    std::array<rtp::extension_element, 5> elements;
    std::size_t used = 0;
    const auto add = [&](sdp::extension which, bytes value) {
        if (const auto id = extensions_[which]; id != 0 && !value.empty()) elements[used++] = {id, value};
    };
    // What has the same size in every packet comes first.
    add(sdp::extension::transport_cc, transport_sequence);
    if (!mid_known_) add(sdp::extension::mid, conf::as_bytes(media_.mid));
    add(sdp::extension::audio_level, one.audio_level);
    add(sdp::extension::video_orientation, one.video_orientation);
    if (frame_offset_ != 0 && one.dependency_descriptor.size() >= rtp::mandatory_descriptor_bytes &&
        one.dependency_descriptor.size() <= descriptor.size()) {
        std::ranges::copy(one.dependency_descriptor, descriptor.begin());
        const auto copy = mutable_bytes(descriptor).first(one.dependency_descriptor.size());
        if (const auto read = rtp::parse_mandatory_descriptor(copy)) {
            rtp::rewrite_frame_number(copy, static_cast<std::uint16_t>(read->frame_number + frame_offset_));
        }
        add(sdp::extension::dependency_descriptor, copy);
    } else if (allow_mixed_ || one.dependency_descriptor.size() <= rtp::one_byte_value_bytes_max) {
        add(sdp::extension::dependency_descriptor, one.dependency_descriptor);
    }
    const rtp::header_writer header(std::span<const rtp::extension_element>(elements).first(used));
    const auto head = header.size() + (repeats ? rtp::rtx_header_bytes : 0) + as.patch.size;
    const auto at = out.memory.size();
    out.memory.resize(at + head);
    const auto to = mutable_bytes(out.memory).subspan(at);
    auto behind = header.write(to, {.timestamp = as.timestamp,
                                    .ssrc = repeats ? *sent_.rtx_ssrc : ssrc_,
                                    .sequence_number = static_cast<std::uint16_t>(number),
                                    .payload_type = repeats ? types.rtx : types.media,
                                    .marker = one.view.marker});
    if (repeats) {
        store_u16(to, behind, *repeats);
        behind += rtp::rtx_header_bytes;
    }
    std::ranges::copy(as.patch.data(), to.begin() + static_cast<std::ptrdiff_t>(behind));

    const auto left = one.view.payload_size - std::min<std::size_t>(skipped, one.view.payload_size);
    out.packets.push_back({.to = link_.id,
                           .head_at = static_cast<std::uint32_t>(at),
                           .head = static_cast<std::uint16_t>(head),
                           .clear = static_cast<std::uint16_t>(header.size()),
                           .shared = &one,
                           .from = static_cast<std::uint16_t>(one.view.payload_offset + skipped),
                           .size = static_cast<std::uint16_t>(left),
                           .index = number});
    ++link_.transport_sequence;
    ++count.packets_out;
    count.bytes_out += head + left;
    if (repeats) return;
    ++packets_;
    octets_ += static_cast<std::uint32_t>(left + as.patch.size);
    rtx_credit_ =
        std::min(rtx_credit_ + static_cast<std::uint32_t>(head + left) / rtx_share, rtx_bytes_at_once);
    if (!link_.media_sent) {
        link_.media_sent = true;
        out.events.push_back({event_kind::first_packet_sent, link_.id, section_, one.layer});
    }
    if (types.rtx == no_payload_type) return;
    if (sent_packets_.empty()) sent_packets_.resize(sent_remembered);
    sent_packets_[number % sent_remembered] = {.out = static_cast<std::uint32_t>(number),
                                               .source = static_cast<std::uint32_t>(one.extended),
                                               .timestamp = as.timestamp,
                                               .at_ms = milliseconds_of(one.arrival),
                                               .patch = as.patch,
                                               .layer = one.layer,
                                               .repetitions = 0,
                                               .used = true};
}

void outgoing_stream::on_nack(std::uint16_t sequence_number, instant now, outputs& out, counters& count) {
    ++count.nack_received;
    auto* const slot = sent_packets_.empty() ? nullptr : &sent_packets_[sequence_number % sent_remembered];
    const auto known = slot != nullptr && slot->used && track_ != nullptr && link_.connected &&
                       static_cast<std::uint16_t>(slot->out) == sequence_number;
    if (!known || slot->repetitions >= repetitions_max) {
        ++count.rtx_not_possible;
        return;
    }
    const auto wait = std::clamp(2 * link_.round_trip, repetition_interval_min, repetition_interval_max);
    if (duration(std::chrono::milliseconds(milliseconds_of(now) - slot->at_ms)) < wait &&
        slot->repetitions > 0)
        return;
    const auto* const stream = track_->stream(slot->layer);
    const auto* const one = stream == nullptr ? nullptr : stream->history().find_low(slot->source);
    if (one == nullptr) {
        ++count.rtx_not_possible;
        return;
    }
    const auto cost = static_cast<std::uint32_t>(one->view.whole.size());
    if (cost > rtx_credit_) {
        ++count.over_rtx_share;
        return;
    }
    rtx_credit_ -= cost;
    ++slot->repetitions;
    slot->at_ms = milliseconds_of(now);
    ++count.rtx_sent;
    out.pinned.emplace_back(const_cast<packet*>(one));  // NOLINT: a count of uses, not the packet
    write(*one, rtx_sequence_++, {slot->timestamp, slot->patch}, sequence_number, out, count);
}

void outgoing_stream::on_key_frame_request(instant now, counters& count) {
    ++count.key_frame_requests_received;
    if (track_ == nullptr || !target_ || held_) return;
    const auto oldest = std::ranges::min_element(key_frames_asked_);  // an empty one is the least
    if (*oldest && now - **oldest < key_frame_requests_window) {
        ++count.over_key_frame_requests;
        return;
    }
    *oldest = now;
    track_->want_key_frame(current_.value_or(*target_), now);
}

void outgoing_stream::on_report(const rtp::report_block& block, instant now, outputs& out, counters& count) {
    mid_known_ = true;
    if (track_ != nullptr && !track_->is_video()) track_->listeners_loss.on_report(block.fraction_lost, now);
    if (reported_highest_ && track_ != nullptr && track_->is_video()) {
        const auto expected = rtp::distance(*reported_highest_, block.highest_sequence);
        const auto lost = block.cumulative_lost - reported_lost_;
        if (expected > 0) {
            const auto advice =
                loss_.on_report(static_cast<std::uint64_t>(expected),
                                static_cast<std::uint64_t>(std::clamp(lost, 0, expected)), now);
            if (advice == loss_cap::advice::down) step_down(now, out, count);
            if (advice == loss_cap::advice::up) step_up(now, out);
        }
    }
    reported_highest_ = block.highest_sequence;
    reported_lost_ = block.cumulative_lost;
}

void outgoing_stream::handle_timeout(instant now, outputs& out) {
    // A pause ends also when its publisher has gone meanwhile: it is the subscriber's path that was bad.
    if (paused_ && loss_.handle_timeout(now) == loss_cap::advice::up) step_up(now, out);
    if (!paused_ && track_ != nullptr) choose_target(now);
}

void outgoing_stream::choose_target(instant now) {
    if (track_->layers_max() == 1) {
        target_ = std::uint8_t{0};
    } else {
        const auto order = track_->active_layers(now);
        if (order.size == 0) return;
        auto rank = std::min({rank_limit_, cap_, order.size - 1});
        if (wanted_height_ != 0) {
            const auto in_use = std::span(order.layers).first(rank);
            const auto enough = std::ranges::find_if(
                in_use, [&](auto layer) { return track_->stream(layer)->height() >= wanted_height_; });
            rank = static_cast<std::size_t>(enough - in_use.begin());
        }
        target_ = order.layers[rank];
    }
    if (track_->is_video() && link_.connected && !paused_ && !held_ && target_ != current_)
        track_->want_key_frame(*target_, now);
}

void outgoing_stream::want_height(std::uint16_t height, instant now) {
    wanted_height_ = height;
    if (track_ != nullptr) choose_target(now);
}

void outgoing_stream::hold(bool held, instant now) {
    if (held_ == held) return;
    held_ = held;
    if (held) {
        current_.reset();
    } else if (track_ != nullptr) {
        choose_target(now);
    }
}

void outgoing_stream::restart(instant now) {
    current_.reset();
    if (track_ != nullptr) choose_target(now);
}

void outgoing_stream::step_down(instant now, outputs& out, counters& count) {
    const auto order = track_->active_layers(now);
    const auto in_use = std::span(order.layers).first(order.size);
    const auto rank =
        current_ ? static_cast<std::size_t>(std::ranges::find(in_use, *current_) - in_use.begin()) : 0;
    if (rank > 0 && rank < order.size) {
        cap_ = rank - 1;
        choose_target(now);
        return;
    }
    ++count.pauses;
    paused_ = true;
    current_.reset();
    out.events.push_back({event_kind::video_paused, link_.id, section_, 0});
}

void outgoing_stream::step_up(instant now, outputs& out) {
    if (paused_) {
        paused_ = false;
        cap_ = 0;
        out.events.push_back({event_kind::video_resumed, link_.id, section_, 0});
    } else if (cap_ != no_cap) {
        ++cap_;
    }
    if (track_ == nullptr || cap_ + 1 >= track_->active_layers(now).size) {
        cap_ = no_cap;
        loss_.at_the_top();
    }
    if (track_ != nullptr) choose_target(now);
}

std::optional<rtp::sender_info> outgoing_stream::report(rtp::ntp_time wall, std::optional<std::int64_t> shift,
                                                        instant now) const noexcept {
    if (!sequence_.started() || track_ == nullptr || !current_) return std::nullopt;
    const auto clock = sdp::clock_rate_hz_of(media_.codecs.front().format.codec);
    rtp::sender_info info{.ssrc = sent_.ssrc,
                          .ntp = wall,
                          .rtp_timestamp = last_timestamp_ + ticks_of(now - last_sent_, clock),
                          .packet_count = packets_,
                          .octet_count = octets_};
    const auto* const stream = track_->stream(*current_);
    if (stream != nullptr && stream->last_report() && shift) {
        // By the publisher's own clock, so that its sound and picture stay together.
        const auto& at = *stream->last_report();
        const auto difference =
            static_cast<std::int64_t>(wall.value) - *shift - static_cast<std::int64_t>(at.ntp.value);
        if (const auto ticks = to_ticks(difference, clock)) {
            info.rtp_timestamp = at.rtp_timestamp + static_cast<std::uint32_t>(*ticks) + timestamp_offset_;
        }
    }
    return info;
}

}  // namespace conf::sfu

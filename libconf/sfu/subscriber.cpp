#include "libconf/sfu/subscriber.hpp"

#include "libconf/base/hash.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/sfu/publisher.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace conf::sfu {

subscriber::subscriber(transport_id id, publisher_filter wants, std::vector<sdp::negotiated_media> media,
                       std::vector<sdp::sent_stream> sent, std::uint64_t seed)
    : wants_(std::move(wants)),
      media_(std::make_move_iterator(media.begin()), std::make_move_iterator(media.end())),
      sent_(std::make_move_iterator(sent.begin()), std::make_move_iterator(sent.end())) {
    link_.id = id;
    add_streams(seed);
}

/// For the sections that have none yet.
void subscriber::add_streams(std::uint64_t seed) {
    streams_.reserve(media_.size());
    for (auto i = streams_.size(); i < media_.size(); ++i) {
        const auto random = mix(seed + i, 0x9E3779B97F4A7C15U);
        streams_.push_back({std::make_unique<outgoing_stream>(link_, static_cast<std::uint16_t>(i), media_[i],
                                                              sent_[i], static_cast<std::uint16_t>(random),
                                                              static_cast<std::uint16_t>(random >> 16)),
                            nullptr});
    }
}

void subscriber::add_sections(std::vector<sdp::negotiated_media> media, std::vector<sdp::sent_stream> sent,
                              std::uint64_t seed, instant now) {
    const auto before = streams_.size();
    std::ranges::move(media, std::back_inserter(media_));
    std::ranges::move(sent, std::back_inserter(sent_));
    add_streams(seed);
    if (!link_.connected) return;
    for (auto i = before; i < streams_.size(); ++i) streams_[i].stream->on_connected(now);
}

bool subscriber::assign(std::size_t section, publisher& from, track& which, instant now) {
    unassign(section);
    auto& to = streams_[section];
    if (!to.stream->takes(which)) return false;
    attach(to, from, which, now);
    return true;
}

void subscriber::unassign(std::size_t section) noexcept {
    auto& at = streams_[section];
    if (at.from == nullptr) return;
    for (auto& one : at.from->tracks()) std::erase(one->receivers, at.stream.get());
    at.stream->detach();
    at.from = nullptr;
}

void subscriber::attach(place& to, publisher& from, track& which, instant now) {
    to.from = &from;
    to.stream->attach(which, now);
    which.receivers.push_back(to.stream.get());
}

void subscriber::bind(publisher& from, instant now) {
    if (!takes(from.name())) return;
    for (auto& one : from.tracks()) {
        if (receives(*one)) continue;
        const auto free = std::ranges::find_if(
            streams_, [&](const place& at) { return !at.stream->attached() && at.stream->takes(*one); });
        if (free != streams_.end()) attach(*free, from, *one, now);
    }
}

void subscriber::unbind(const publisher& from) noexcept {
    for (auto& one : streams_) {
        if (one.from != &from) continue;
        one.stream->detach();
        one.from = nullptr;
    }
}

void subscriber::on_connected(instant now) {
    link_.connected = true;
    for (auto& one : streams_) one.stream->on_connected(now);
}

void subscriber::replace(const publisher& gone, publisher& by, instant now) {
    for (auto& at : streams_) {
        if (at.from != &gone) continue;
        at.stream->detach();
        at.from = nullptr;
        const auto next = std::ranges::find_if(
            by.tracks(), [&](const auto& one) { return !receives(*one) && at.stream->takes(*one); });
        if (next != by.tracks().end()) attach(at, by, **next, now);
    }
}

outgoing_stream* subscriber::find(std::uint32_t ssrc) noexcept {
    for (auto& one : streams_) {
        if (one.stream->ssrc() == ssrc) return one.stream.get();
    }
    return nullptr;
}

void subscriber::handle_rtcp(const rtp::rtcp_compound& compound, rtp::ntp_time wall, instant now,
                             outputs& out, counters& count) {
    auto answers_left = nack_answers_max;
    compound.for_each([&](const rtp::rtcp_packet& packet) {
        if (const auto report = rtp::read_receiver_report(packet))
            read_blocks(report->blocks, wall, now, out, count);
        if (const auto report = rtp::read_sender_report(packet))
            read_blocks(report->blocks, wall, now, out, count);
        if (const auto lost = rtp::read_nack(packet)) {
            if (auto* const stream = find(lost->media_ssrc)) {
                lost->for_each([&](std::uint16_t number) {
                    if (answers_left == 0) {
                        ++count.over_nack_answers;
                        return;
                    }
                    --answers_left;
                    stream->on_nack(number, now, out, count);
                });
            }
        }
        if (const auto asked = rtp::read_pli(packet)) {
            if (auto* const stream = find(asked->media_ssrc)) stream->on_key_frame_request(now, count);
        }
        if (const auto asked = rtp::read_fir(packet)) {
            for (std::size_t i = 0; i < asked->size(); ++i) {
                if (auto* const stream = find((*asked)[i].ssrc)) stream->on_key_frame_request(now, count);
            }
        }
        if (const auto reference = rtp::read_receiver_reference_time(packet)) {
            reference_ = reference;
            reference_at_ = now;
        }
        // Transport-wide feedback and REMB are for the estimator, which does not exist yet.
    });
}

void subscriber::read_blocks(const rtp::report_blocks& blocks, rtp::ntp_time wall, instant now, outputs& out,
                             counters& count) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto block = blocks[i];
        auto* const stream = find(block.ssrc);
        if (stream == nullptr) continue;
        if (const auto trip = rtp::round_trip_time(wall, block.last_sr, block.delay_since_last_sr)) {
            link_.round_trip = link_.round_trip_known ? (7 * link_.round_trip + *trip) / 8 : *trip;
            link_.round_trip_known = true;
        }
        stream->on_report(block, now, out, count);
    }
}

void subscriber::report(rtp::ntp_time wall, instant now, outputs& out) {
    std::array<std::byte, rtcp_bytes_max> buffer;
    rtp::rtcp_builder builder(buffer);
    for (auto& one : streams_) {
        one.stream->handle_timeout(now, out);
        const auto shift = one.from == nullptr ? std::nullopt : one.from->clock_shift();
        const auto report = one.stream->report(wall, shift, now);
        if (!report) continue;
        if (builder.add_sender_report(*report) && builder.add_cname(report->ssrc, one.stream->sent().cname))
            continue;
        out.send(link_.id, builder);
        if (builder.add_sender_report(*report))
            (void)builder.add_cname(report->ssrc, one.stream->sent().cname);
    }
    if (reference_ && !sent_.empty()) {
        const std::array answer{
            rtp::dlrr_item{.ssrc = reference_->ssrc,
                           .last_rr = reference_->ntp.middle(),
                           .delay_since_last_rr = rtp::to_short_ntp(now - reference_at_)}};
        (void)builder.add_dlrr(sent_.front().ssrc, answer);
        reference_.reset();
    }
    out.send(link_.id, builder);
}

}  // namespace conf::sfu

#include "libconf/sfu/publisher.hpp"

#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/rtx.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace conf::sfu {

publisher::publisher(transport_id id, std::string name, std::vector<sdp::negotiated_media> media,
                     std::uint32_t own_ssrc, instant now)
    : id_(id),
      name_(std::move(name)),
      media_(std::move(media)),
      own_ssrc_(own_ssrc),
      next_report_(now + report_interval) {
    tracks_.reserve(media_.size());
    for (const auto& one : media_) {
        tracks_.push_back(std::make_unique<track>(one));
        // One id for all sections: BUNDLE demands it (RFC 8843 §9.1).
        if (const auto id_here = one.extensions[sdp::extension::transport_cc])
            transport_sequence_id_ = id_here;
    }
}

/// Packets first: most of what one costs does not depend on its length.
bool publisher::within(const publisher_rates& rates, std::size_t packet_bytes, bool is_video, instant now,
                       counters& count) noexcept {
    if (!packets_.take(1, rates.packets_per_second, now)) {
        ++count.over_packet_rate;
        return false;
    }
    const auto taken = is_video ? video_bits_.take(8 * packet_bytes, rates.video_bps, now)
                                : audio_bits_.take(8 * packet_bytes, rates.audio_bps, now);
    if (!taken) ++(is_video ? count.over_video_rate : count.over_audio_rate);
    return taken;
}

publisher::arrival publisher::handle_rtp(packet_pool& pool, bytes data, const publisher_rates& rates,
                                         instant now, counters& count) {
    auto view = rtp::parse_packet(data);
    if (!view) {
        ++count.malformed;
        return {};
    }
    if (transport_sequence_id_ != 0) {
        if (const auto value = view->find_extension(transport_sequence_id_)) {
            if (const auto number = rtp::read_transport_sequence(*value)) {
                arrivals_.record(*number, now);
                last_ssrc_ = view->ssrc;
            }
        }
    }
    const auto* const to = find_route(*view);
    if (to == nullptr) {
        ++count.unknown_stream;
        return {};
    }
    const auto* const codec = codec_of(*to->to, view->payload_type, to->repeats);
    if (codec == nullptr) {
        ++count.unknown_stream;
        return {};
    }
    if (!within(rates, data.size(), to->to->is_video(), now, count)) return {};
    auto* stream = to->to->stream(to->layer);
    if (to->repeats) {
        const auto original = restore(*to, *view);
        if (!original) {
            ++count.padding;  // RTX without anything in it is a probe
            return {};
        }
        view = original;
    }
    arrival told;
    told.of = to->to;
    told.section = to->section;
    if (stream == nullptr) {
        stream = &to->to->add_stream(view->ssrc, to->layer);
        told.first = true;
    }
    auto taken = stream->take(pool, *view, *codec, to->to->media().extensions, now, count);
    told.restarted = taken.restarted;
    if (taken.what) taken.what->section = told.section;
    if (taken.what && !to->to->is_video()) {
        if (const auto level = rtp::read_audio_level(taken.what->audio_level))
            told.audio_level = level->level;
    }
    told.what = std::move(taken.what);
    return told;
}

const publisher::route* publisher::find_route(const rtp::packet_view& view) {
    if (const auto known = routes_.find(view.ssrc); known != routes_.end()) return &known->second;
    if (routes_.size() >= ssrcs_max) return nullptr;
    const auto found = discover(view);
    if (!found) return nullptr;
    auto* const stream = found->to->stream(found->layer);
    if (!found->repeats && stream != nullptr)
        return nullptr;  // the layer has its SSRC; another one is a stranger
    if (found->repeats && stream == nullptr) return nullptr;  // nothing to repeat yet
    return &routes_.emplace(view.ssrc, *found).first->second;
}

std::optional<publisher::route> publisher::discover(const rtp::packet_view& view) const {
    if (const auto declared = by_declaration(view.ssrc)) return declared;
    for (std::size_t section = 0; section < media_.size(); ++section) {
        const auto id = media_[section].extensions[sdp::extension::mid];
        const auto value = id == 0 ? std::nullopt : view.find_extension(id);
        const auto mid = value ? rtp::read_stream_id(*value) : std::nullopt;
        if (mid && *mid == media_[section].mid) return in_section(section, view);
    }
    // Without a MID: a payload type that only one section has.
    std::optional<std::size_t> only;
    for (std::size_t section = 0; section < media_.size(); ++section) {
        const auto& here = *tracks_[section];
        if (codec_of(here, view.payload_type, false) == nullptr &&
            codec_of(here, view.payload_type, true) == nullptr)
            continue;
        if (only) return std::nullopt;
        only = section;
    }
    if (!only) return std::nullopt;
    return in_section(*only, view);
}

std::optional<publisher::route> publisher::by_declaration(std::uint32_t ssrc) const {
    for (std::size_t section = 0; section < media_.size(); ++section) {
        const auto& media = media_[section];
        if (!media.rids.empty()) continue;
        const auto number = static_cast<std::uint16_t>(section);
        for (const auto& group : media.ssrc_groups) {
            if (group.semantics != sdp::ssrc_group_semantics::flow_id || group.ssrcs.size() != 2) continue;
            if (group.ssrcs[1] == ssrc) return route{tracks_[section].get(), number, 0, true};
        }
        if (std::ranges::find(media.ssrcs, ssrc, &sdp::ssrc_source::ssrc) != media.ssrcs.end()) {
            return route{tracks_[section].get(), number, 0, false};
        }
    }
    return std::nullopt;
}

std::optional<publisher::route> publisher::in_section(std::size_t section,
                                                      const rtp::packet_view& view) const {
    const auto& media = media_[section];
    auto* const to = tracks_[section].get();
    route found{to, static_cast<std::uint16_t>(section), 0,
                codec_of(*to, view.payload_type, true) != nullptr};
    if (media.rids.empty()) return found;
    const auto id = media.extensions[found.repeats ? sdp::extension::repaired_rtp_stream_id
                                                   : sdp::extension::rtp_stream_id];
    const auto value = id == 0 ? std::nullopt : view.find_extension(id);
    const auto rid = value ? rtp::read_stream_id(*value) : std::nullopt;
    if (!rid) return std::nullopt;
    const auto layer = std::ranges::find(media.rids, *rid);
    if (layer == media.rids.end()) return std::nullopt;
    found.layer = static_cast<std::uint8_t>(layer - media.rids.begin());
    return found;
}

const sdp::negotiated_codec* publisher::codec_of(const track& of, std::uint8_t payload_type,
                                                 bool repeats) const noexcept {
    for (const auto& one : of.media().codecs) {
        if (repeats ? one.rtx_payload_type == payload_type : one.payload_type == payload_type) return &one;
    }
    return nullptr;
}

std::optional<rtp::packet_view> publisher::restore(const route& from, const rtp::packet_view& repetition) {
    const auto inside = rtp::parse_rtx(repetition.payload());
    const auto* const codec = codec_of(*from.to, repetition.payload_type, true);
    const auto* const stream = from.to->stream(from.layer);
    if (!inside || inside->original.empty() || codec == nullptr || stream == nullptr) return std::nullopt;
    const auto header = repetition.header();
    restored_.assign(header.begin(), header.end());
    restored_.insert(restored_.end(), inside->original.begin(), inside->original.end());
    restored_[0] &= std::byte{0xDF};  // the padding was the repetition's
    restored_[1] = static_cast<std::byte>((repetition.marker ? 0x80U : 0U) | codec->payload_type);
    store_u16(restored_, 2, inside->original_sequence_number);
    store_u32(restored_, 8, stream->ssrc());
    return rtp::parse_packet(restored_);
}

void publisher::handle_rtcp(const rtp::rtcp_compound& compound, rtp::ntp_time wall, instant now) {
    compound.for_each([&](const rtp::rtcp_packet& packet) {
        const auto report = rtp::read_sender_report(packet);
        if (!report) return;
        const auto known = routes_.find(report->sender.ssrc);
        if (known == routes_.end() || known->second.repeats) return;
        auto* const stream = known->second.to->stream(known->second.layer);
        if (stream == nullptr) return;
        stream->on_sender_report(report->sender.ntp, report->sender.rtp_timestamp, now);
        // The report that was fastest on its way knows best; a clock that drifts is followed slowly.
        const auto shift = static_cast<std::int64_t>(wall.value - report->sender.ntp.value);
        constexpr std::int64_t drift = std::int64_t{1} << 22;  // a millisecond for each report
        clock_shift_ = clock_shift_ ? std::min(shift, *clock_shift_ + drift) : shift;
    });
}

void publisher::handle_timeout(instant now, outputs& out, counters& count) {
    if (!connected_) return;
    std::array<std::byte, rtcp_bytes_max> buffer;
    rtp::rtcp_builder builder(buffer);
    add_reports(builder, now, out);
    ask_again(builder, now, out, count);
    while (arrivals_.deadline() && *arrivals_.deadline() <= now) {
        if (arrivals_.report(builder, own_ssrc_, last_ssrc_)) continue;
        if (builder.empty()) break;
        out.send(id_, builder);
    }
    out.send(id_, builder);
}

void publisher::add_reports(rtp::rtcp_builder& to, instant now, outputs& out) {
    if (now < next_report_) return;
    next_report_ += report_interval;
    if (next_report_ <= now) next_report_ = now + report_interval;  // the loop was late
    std::array<rtp::report_block, rtp::report_blocks_max> blocks;
    std::size_t used = 0;
    for (const auto& one : tracks_) {
        one->for_each_stream([&](incoming_stream& stream) {
            stream.handle_timeout(now);
            if (used == blocks.size()) return;
            auto block = stream.stats().report(now);
            if (!block) return;
            if (!one->is_video())
                block->fraction_lost = std::max(block->fraction_lost, one->listeners_loss.fraction(now));
            blocks[used++] = *block;
        });
    }
    if (used == 0) return;
    if (to.add_receiver_report(own_ssrc_, std::span(blocks).first(used))) return;
    out.send(id_, to);
    (void)to.add_receiver_report(own_ssrc_, std::span(blocks).first(used));
}

void publisher::ask_again(rtp::rtcp_builder& to, instant now, outputs& out, counters& count) {
    for (const auto& one : tracks_) {
        if (!one->heard()) continue;  // nobody misses anything
        const auto& feedback = one->media().codecs.front().feedback;
        one->for_each_stream([&](incoming_stream& stream) {
            if (auto* const nacks = stream.nacks()) {
                std::array<std::uint16_t, nacks_at_once> due;
                std::size_t size = 0;
                do {
                    size = nacks->take_due(now, std::chrono::milliseconds(50), due);
                    auto missing = std::span<const std::uint16_t>(due).first(size);
                    while (!missing.empty()) {
                        const auto taken = to.add_nack(own_ssrc_, stream.ssrc(), missing);
                        count.nack_sent += taken;
                        missing = missing.subspan(taken);
                        if (!missing.empty()) out.send(id_, to);
                    }
                } while (size == due.size());  // there may be more, as many as the list holds
                if (nacks->take_key_frame_request() && one->is_video()) stream.want_key_frame(now);
            }
            if (!one->is_video() || !stream.requests().take_due(now)) return;
            const auto add = [&] {
                return feedback.nack_pli || !feedback.ccm_fir
                           ? to.add_pli(own_ssrc_, stream.ssrc())
                           : to.add_fir(own_ssrc_, stream.ssrc(), fir_command_);
            };
            if (!add()) {
                out.send(id_, to);
                (void)add();
            }
            ++fir_command_;
            ++count.key_frame_requests_sent;
        });
    }
}

std::optional<instant> publisher::deadline() const noexcept {
    if (!connected_) return std::nullopt;
    auto next = next_report_;
    const auto sooner = [&](std::optional<instant> when) {
        if (when) next = std::min(next, *when);
    };
    sooner(arrivals_.deadline());
    for (const auto& one : tracks_) {
        if (!one->heard()) continue;
        one->for_each_stream([&](incoming_stream& stream) {
            if (const auto* const nacks = stream.nacks()) sooner(nacks->deadline());
            if (one->is_video()) sooner(stream.requests().deadline());
        });
    }
    return next;
}

}  // namespace conf::sfu

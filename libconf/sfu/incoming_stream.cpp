#include "libconf/sfu/incoming_stream.hpp"

#include <utility>

namespace conf::sfu {

incoming_stream::incoming_stream(std::uint32_t ssrc, sdp::media_kind kind, bool nack, std::uint8_t layer)
    : ssrc_(ssrc),
      clock_rate_hz_(kind == sdp::media_kind::audio ? 48'000 : 90'000),
      layer_(layer),
      nack_(nack),
      stats_(ssrc, clock_rate_hz_),
      history_(kind == sdp::media_kind::audio ? audio_history : video_history) {}

incoming_stream::taken incoming_stream::take(packet_pool& pool, const rtp::packet_view& arrived,
                                             const sdp::negotiated_codec& as,
                                             const sdp::extension_ids& extensions, instant now,
                                             counters& count) {
    const auto verdict = gate_.accept(arrived.sequence_number);
    if (verdict.what == rtp::sequence_gate::verdict::ignored) {
        ++count.jumped;
        return {};
    }
    const bool restarted = verdict.what == rtp::sequence_gate::verdict::restarted;
    if (restarted) {
        history_.clear();
        nacks_.reset();
        stats_.restart();
        last_report_.reset();
    }
    if (history_.find(verdict.extended) != nullptr) {
        ++count.duplicate;  // a repetition of what came after all
        return {};
    }
    stats_.on_packet(verdict.extended, arrived.timestamp, now);
    last_arrival_ = now;
    bits_ += 8 * arrived.whole.size();

    auto one = pool.take(arrived.whole);
    if (!one) {
        ++count.pool_full;
        return {.what = {}, .restarted = restarted};
    }
    one->view = arrived;
    one->view.whole = bytes(one->data).first(arrived.whole.size());
    one->extended = verdict.extended;
    one->arrival = now;
    one->layer = layer_;
    one->payload = inspect(as.format, one->view.payload(), one->view.marker);
    one->view.for_each_extension([&](const rtp::extension_element& element) {
        if (element.id == extensions[sdp::extension::audio_level]) one->audio_level = element.value;
        if (element.id == extensions[sdp::extension::video_orientation])
            one->video_orientation = element.value;
        if (element.id == extensions[sdp::extension::dependency_descriptor])
            one->dependency_descriptor = element.value;
    });
    if (one->payload.height != 0) height_ = one->payload.height;
    if (one->payload.starts_key_frame) requests_.on_key_frame();
    if (nack_ && nacks_.on_packet(verdict.extended, one->payload.starts_key_frame, now)) ++count.repaired;
    history_.insert(one);
    return {.what = std::move(one), .restarted = restarted};
}

void incoming_stream::on_sender_report(rtp::ntp_time ntp, std::uint32_t rtp_timestamp, instant now) noexcept {
    last_report_ = clock_reading{ntp, rtp_timestamp, now};
    stats_.on_sender_report(ntp, now);
}

void incoming_stream::handle_timeout(instant now) noexcept {
    history_.drop_older_than(now - packet_history::kept);
    const auto span = now - rate_since_;
    if (span < std::chrono::seconds(1)) return;
    rate_bps_ = bits_ * 1'000'000 / static_cast<std::uint64_t>(span.count());
    bits_ = 0;
    rate_since_ = now;
}

}  // namespace conf::sfu

#include "tests/sim/media/publisher.hpp"

#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/sequence.hpp"
#include "libconf/sfu/key_frame_requests.hpp"
#include "tests/sim/media/node.hpp"

#include <algorithm>

namespace conf::sim::media {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr duration audio_pause = milliseconds{40};
constexpr std::uint32_t audio_clock_hz = 48'000;
constexpr std::uint32_t video_clock_hz = 90'000;
constexpr duration repeat_pause = milliseconds{20};
constexpr duration key_frame_pause = milliseconds{200};  // an encoder makes no more of them

std::uint32_t ticks(duration time, std::uint32_t clock_hz) {
    return static_cast<std::uint32_t>(time.count() * clock_hz / 1'000'000);
}

}  // namespace

publisher::publisher(world& in, actor_id id, std::string room, std::string name)
    : client(in, id, std::move(room)),
      name_(std::move(name)),
      declares_(chance_.chance(0.5)),
      layers_(chance_.chance(0.7) ? in.how.layers : 1) {}

rtp::ntp_time publisher::wall() const {
    // Its clock is its own.
    return rtp::ntp_from_unix(seconds{1'700'000'000 + id_ * 1000} + world_.now().time_since_epoch());
}

bool publisher::well_since(instant then) const {
    return connected() && reported_at_ >= then;
}

bool publisher::well_for(duration time) const {
    return connected() && world_.now() - connected_at_ >= time;
}

bool publisher::is_starving() const {
    return world_.now() - reported_at_ > seconds{5};  // reports come every second
}

bool publisher::has_sent(const content& what) const {
    const auto stream_of = [&](const auto& counts) {
        return what.stream < counts.size() && what.number < counts[what.stream];
    };
    if (what.origin == tag()) {
        return what.stream < streams_.size() && what.number < streams_[what.stream].packets;
    }
    const auto found = sent_before_.find(what.origin);
    return found != sent_before_.end() && stream_of(found->second);
}

void publisher::reload() {
    world_.faults.count(fault::takeover);
    asks_to_take_over_ = chance_.chance(0.5);
    hang_up();
    join();
}

// --- a session

void publisher::make_streams() {
    streams_.clear();
    std::set<std::uint32_t> used{0};
    const auto fresh_ssrc = [&] {
        for (;;) {
            const auto drawn = static_cast<std::uint32_t>(chance_.next());
            if (used.insert(drawn).second) return drawn;
        }
    };
    for (unsigned i = 0; i <= layers_; ++i) {
        stream made;
        made.number = static_cast<std::uint8_t>(i);
        made.ssrc = fresh_ssrc();
        made.rtx_ssrc = fresh_ssrc();
        made.height = static_cast<std::uint16_t>(i == 0 ? 0 : 90U << i);
        // As browsers do it: the first numbers may be lost, and nobody may miss the roll-over.
        made.index = chance_.below(0x7000);
        made.rtx_index = chance_.below(0x7000);
        made.first_timestamp = made.timestamp = static_cast<std::uint32_t>(chance_.next());
        made.picture = static_cast<std::uint16_t>(chance_.below(0x8000));
        made.tl0 = static_cast<std::uint8_t>(chance_.next());
        streams_.push_back(std::move(made));
    }
}

std::string publisher::offer(const ice::credentials& own) {
    make_streams();
    const published_ssrcs declared{streams_[0].ssrc, streams_[1].ssrc, streams_[1].rtx_ssrc};
    return publisher_offer(own, fingerprint(), declares_ && layers_ == 1 ? &declared : nullptr, layers_);
}

reply publisher::request(const std::string& offer, std::uint32_t as) {
    return world_.server().publish(
        room(), name_, offer, asks_to_take_over_ ? engine::takeover::at_once : engine::takeover::of_silent,
        as);
}

void publisher::on_connected() {
    asks_to_take_over_ = false;
    connected_at_ = reported_at_ = world_.now();
    speak();
    film();
    report();
}

void publisher::on_end() {
    auto& counts = sent_before_[tag()];
    for (const auto& one : streams_) counts.push_back(one.packets);
}

void publisher::on_rtp(bytes) {
    world_.fail("a publisher got media");
}

// --- sending

void publisher::speak() {
    if (!connected()) return;
    auto& voice = streams_[0];
    voice.timestamp += ticks(audio_pause, audio_clock_hz);
    std::vector<std::byte> payload;
    append_content(payload, {tag(), 0, false, voice.packets, voice.timestamp},
                   content_bytes_min + chance_.below(60));
    send_packet(voice, false, std::move(payload));
    world_.queue.after(audio_pause, [this, mine = generation_] {
        if (mine == generation_) speak();
    });
}

void publisher::film() {
    if (!connected()) return;
    const auto pause = duration(1'000'000 / world_.how.frames_per_second);
    for (std::size_t i = 1; i < streams_.size(); ++i) {
        auto& by = streams_[i];
        const bool key = by.key_frame_wanted && world_.now() - by.key_frame_at >= key_frame_pause;
        if (key) {
            by.key_frame_wanted = false;
            by.key_frame_at = world_.now();
        }
        by.timestamp += ticks(pause, video_clock_hz);
        by.picture = static_cast<std::uint16_t>((by.picture + 1) & 0x7FFF);
        ++by.tl0;
        const auto packets = key ? chance_.between(2, 4) : chance_.between(1, 2);
        for (std::uint64_t p = 0; p < packets; ++p) {
            const bool last = p + 1 == packets;
            std::vector<std::byte> payload;
            append_vp8_head(payload, {key && p == 0, p == 0, by.picture, by.tl0, by.height});
            append_content(payload, {tag(), by.number, last, by.packets, by.timestamp},
                           content_bytes_min + chance_.below(chance_.chance(0.05) ? 1000 : 100));
            send_packet(by, last, std::move(payload));
        }
    }
    world_.queue.after(pause, [this, mine = generation_] {
        if (mine == generation_) film();
    });
}

void publisher::report() {
    if (!connected()) return;
    for (const auto& one : streams_) {
        if (one.packets == 0) continue;
        send_rtcp([&](rtp::rtcp_builder& to) {
            const bool fits = to.add_sender_report({.ssrc = one.ssrc,
                                                    .ntp = wall(),
                                                    .rtp_timestamp = one.timestamp,
                                                    .packet_count = one.packets,
                                                    .octet_count = one.octets}) &&
                              to.add_cname(one.ssrc, name_);
            world_.require(fits, "a sender report does not fit");
        });
    }
    world_.queue.after(seconds{1}, [this, mine = generation_] {
        if (mine == generation_) report();
    });
}

void publisher::send_packet(stream& by, bool marker, std::vector<std::byte> payload) {
    const auto index = by.index++;
    write_and_send(by, false, index, by.timestamp, marker, payload);
    ++by.packets;
    by.octets += static_cast<std::uint32_t>(payload.size());
    if (by.height == 0) return;
    by.history.push_back(
        {static_cast<std::uint16_t>(index), by.timestamp, marker, instant{}, std::move(payload)});
    if (by.history.size() > history_max) by.history.pop_front();
}

void publisher::write_and_send(stream& by, bool repeats, std::uint64_t index, std::uint32_t timestamp,
                               bool marker, bytes payload) {
    const bool video = by.height != 0;
    const auto mid = video ? video_mid : audio_mid;
    const auto rid = video ? rid_of(by.number - 1U) : std::string_view();
    const auto number = rtp::to_bytes(transport_sequence_++);
    const auto level =
        rtp::to_bytes(rtp::audio_level{static_cast<std::uint8_t>(chance_.between(20, 90)), true});
    std::vector<rtp::extension_element> elements;
    elements.push_back({sequence_id, number});
    if (!video) elements.push_back({level_id, level});
    // Until its receiver has reported the stream (RFC 8843 §15.2). No report ever names the repetitions;
    // those of one layer must be known without.
    if (!by.reported || (repeats && layers_ > 1)) {
        elements.push_back({mid_id, as_bytes(mid)});
        if (layers_ > 1 && video) elements.push_back({repeats ? repaired_rid_id : rid_id, as_bytes(rid)});
    }
    const rtp::header_writer header(elements);
    std::vector<std::byte> out(header.size());
    header.write(out, {.timestamp = timestamp,
                       .ssrc = repeats ? by.rtx_ssrc : by.ssrc,
                       .sequence_number = static_cast<std::uint16_t>(index),
                       .payload_type = repeats ? rtx_type : (video ? vp8_type : opus_type),
                       .marker = marker});
    out.insert(out.end(), payload.begin(), payload.end());
    send_rtp(out, index);
}

// --- what the server says

publisher::stream* publisher::find(std::uint32_t ssrc) {
    const auto found = std::ranges::find(streams_, ssrc, &stream::ssrc);
    return found == streams_.end() ? nullptr : &*found;
}

void publisher::on_rtcp(bytes compound) {
    const auto parsed = rtp::rtcp_compound::parse(compound);
    world_.require(parsed.has_value(), "the server's RTCP does not parse");
    parsed->for_each([&](const rtp::rtcp_packet& one) {
        if (const auto asked = rtp::read_nack(one)) take_nack(*asked);
        if (const auto asked = rtp::read_pli(one)) take_key_frame_request(asked->media_ssrc);
        if (const auto asked = rtp::read_fir(one)) {
            for (std::size_t i = 0; i < asked->size(); ++i) take_key_frame_request((*asked)[i].ssrc);
        }
        if (const auto told = rtp::read_receiver_report(one)) take_report(*told);
    });
}

void publisher::take_nack(const rtp::nack& asked) {
    auto* const by = find(asked.media_ssrc);
    world_.require(by != nullptr && by->height != 0, "a NACK for a stream that nobody sends");
    asked.for_each([&](std::uint16_t number) {
        world_.require(rtp::newer(static_cast<std::uint16_t>(by->index), number),
                       "a packet was asked for that was never sent");
        const auto kept = std::ranges::find(by->history, number, &stream::kept::sequence);
        if (kept == by->history.end() || world_.now() - kept->repeated < repeat_pause) return;
        kept->repeated = world_.now();
        std::vector<std::byte> payload(2);
        store_u16(payload, 0, number);
        payload.insert(payload.end(), kept->payload.begin(), kept->payload.end());
        write_and_send(*by, true, by->rtx_index++, kept->timestamp, kept->marker, payload);
    });
}

void publisher::take_key_frame_request(std::uint32_t ssrc) {
    auto* const by = find(ssrc);
    world_.require(by != nullptr && by->height != 0,
                   "a key frame was asked for of a stream that nobody sends");
    by->key_frame_wanted = true;
    // SEC-RTP-2: however many want one; those of a window may have been sent in a window longer by the way.
    by->asked.push_back(world_.now());
    constexpr duration window = seconds{5};
    std::erase_if(by->asked, [&](instant at) { return world_.now() - at > window; });
    const auto most = (window + world_.way_max()) / sfu::key_frame_requests::interval_min + 1;
    world_.require(std::ssize(by->asked) <= most, "key frames are asked for too often");
}

void publisher::take_report(const rtp::receiver_report& told) {
    reported_at_ = world_.now();
    for (std::size_t i = 0; i < told.blocks.size(); ++i) {
        const auto block = told.blocks[i];
        auto* const by = find(block.ssrc);
        world_.require(by != nullptr, "a report on a stream that nobody sends");
        by->reported = true;
        world_.require(rtp::newer(static_cast<std::uint16_t>(by->index),
                                  static_cast<std::uint16_t>(block.highest_sequence)) &&
                           block.cumulative_lost <= static_cast<std::int32_t>(by->packets),
                       "a report that cannot be true");
    }
}

}  // namespace conf::sim::media

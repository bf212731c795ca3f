/// A router with publishers and subscribers around it that send and understand plain packets.
#pragma once

#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/sfu/router.hpp"
#include "tests/sfu/sections.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sfu_test {

using namespace std::chrono_literals;
using conf::bytes;
using conf::instant;
using conf::mutable_bytes;
namespace rtp = conf::rtp;
namespace sfu = conf::sfu;

/// What a publisher sends.
struct sent_packet {
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint8_t payload_type = 96;
    bool marker = false;
    std::vector<std::byte> payload{};
    std::string mid{};
    std::string rid{};
    std::string repaired_rid{};
    std::optional<std::uint8_t> level{};
    std::optional<std::uint16_t> transport_sequence{};
    std::uint8_t padding = 0;

    [[nodiscard]] std::vector<std::byte> bytes_of() const {
        std::vector<rtp::extension_element> elements;
        if (!mid.empty()) elements.push_back({mid_id, conf::as_bytes(mid)});
        if (!rid.empty()) elements.push_back({rid_id, conf::as_bytes(rid)});
        if (!repaired_rid.empty()) elements.push_back({repaired_id, conf::as_bytes(repaired_rid)});
        const auto loudness = rtp::to_bytes(rtp::audio_level{level.value_or(0), true});
        if (level) elements.push_back({level_id, loudness});
        const auto number = rtp::to_bytes(transport_sequence.value_or(0));
        if (transport_sequence) elements.push_back({sequence_id, number});
        const rtp::header_writer header(elements);
        std::vector<std::byte> out(header.size());
        header.write(out, {.timestamp = timestamp,
                           .ssrc = ssrc,
                           .sequence_number = sequence,
                           .payload_type = payload_type,
                           .marker = marker,
                           .padding = padding > 0});
        out.insert(out.end(), payload.begin(), payload.end());
        out.resize(out.size() + padding);
        if (padding > 0) out.back() = static_cast<std::byte>(padding);
        return out;
    }
};

/// A VP8 payload with ids of 15 and 8 bits.
inline std::vector<std::byte> vp8_payload(bool key, bool start, std::uint16_t picture, std::uint8_t tl0,
                                          std::uint16_t height = 180) {
    const auto octet = [](unsigned value) { return static_cast<std::byte>(value); };
    std::vector<std::byte> out{octet(0x80U | (start ? 0x10U : 0U)), octet(0xC0), octet(0x80U | picture >> 8U),
                               octet(picture & 0xFFU), octet(tl0)};
    out.push_back(octet(key ? 0x10 : 0x11));
    if (key && start) {
        for (const unsigned value : {0U, 0U, 0x9DU, 0x01U, 0x2AU, 64U, 1U, height % 256U, height / 256U}) {
            out.push_back(octet(value));
        }
    }
    for (unsigned i = 0; i < 40; ++i) out.push_back(octet(picture + i));
    return out;
}

/// What a subscriber gets.
struct got_packet {
    sfu::transport_id to = 0;
    std::vector<std::byte> whole;
    rtp::packet_view view;
    std::uint64_t index = 0;

    [[nodiscard]] std::vector<std::byte> payload() const {
        const auto data = view.payload();
        return {data.begin(), data.end()};
    }
};

class room {
public:
    explicit room(std::uint64_t seed = 7) : router_(pool_, {.seed = seed, .wall_at_zero = 1'700'000'000s}) {}

    void publish(sfu::transport_id who, std::string name, std::vector<sdp::negotiated_media> media) {
        router_.add_publisher(who, std::move(name), std::move(media), now_);
        router_.on_connected(who, now_);
    }
    void subscribe(sfu::transport_id who, std::vector<sdp::negotiated_media> media,
                   sfu::publisher_filter wants = {}) {
        std::vector<sdp::sent_stream> sent;
        for (std::size_t i = 0; i < media.size(); ++i) {
            const auto ssrc = static_cast<std::uint32_t>(who * 1000 + i * 2);
            sent.push_back({ssrc, ssrc + 1, "cname", {"conf-0", "t"}});
        }
        router_.add_subscriber(who, std::move(wants), std::move(media), std::move(sent), now_);
        router_.on_connected(who, now_);
    }
    static std::uint32_t ssrc_of(sfu::transport_id who, std::size_t section = 0) {
        return static_cast<std::uint32_t>(who * 1000 + section * 2);
    }
    void leave(sfu::transport_id who) { router_.remove(who, now_); }

    void send(sfu::transport_id from, const sent_packet& one) {
        router_.handle_rtp(from, one.bytes_of(), now_, out_);
    }
    void send_rtcp(sfu::transport_id from, const std::function<void(rtp::rtcp_builder&)>& fill) {
        std::array<std::byte, 1400> buffer;
        rtp::rtcp_builder builder(buffer);
        fill(builder);
        router_.handle_rtcp(from, builder.finish(), now_, out_);
    }
    /// Time passes; every deadline on the way is kept.
    void wait(conf::duration time) {
        const auto end = now_ + time;
        for (auto next = router_.deadline(); next && *next <= end; next = router_.deadline()) {
            now_ = std::max(now_, *next);
            router_.handle_timeout(now_, out_);
            REQUIRE((!router_.deadline() || *router_.deadline() > now_));  // or time would stand still
        }
        now_ = end;
    }
    /// One turn, so much later: the loop was busy with something else.
    void stand_still(conf::duration time) {
        now_ += time;
        router_.handle_timeout(now_, out_);
    }
    /// Everything that was sent to anybody since the last call.
    std::vector<got_packet> take() {
        std::vector<got_packet> got;
        for (const auto& one : out_.packets) {
            got_packet packet{.to = one.to, .whole = {}, .view = {}, .index = one.index};
            const auto head = out_.head_of(one);
            packet.whole.assign(head.begin(), head.end());
            const auto rest = bytes(one.shared->data).subspan(one.from, one.size);
            packet.whole.insert(packet.whole.end(), rest.begin(), rest.end());
            got.push_back(std::move(packet));
            auto& made = got.back();
            const auto view = rtp::parse_packet(made.whole);
            REQUIRE(view);
            made.view = *view;
            CHECK(view->header().size() == one.clear);
            CHECK((made.index & 0xFFFF) == view->sequence_number);
        }
        // A view points into its own packet, which does not move any more.
        for (auto& one : got) one.view = *rtp::parse_packet(one.whole);
        take_rtcp();
        events_.insert(events_.end(), out_.events.begin(), out_.events.end());
        out_.clear();
        return got;
    }
    std::vector<got_packet> take_for(sfu::transport_id who) {
        auto got = take();
        std::erase_if(got, [&](const got_packet& one) { return one.to != who; });
        for (auto& one : got) one.view = *rtp::parse_packet(one.whole);
        return got;
    }

    struct asked {
        std::vector<std::uint16_t> nacks;
        std::vector<std::uint32_t> plis;
        std::vector<rtp::sender_info> sender_reports;
        std::vector<rtp::report_block> blocks;
        std::size_t transport_feedback = 0;
    };
    /// The RTCP to one transport since the last call.
    asked take_rtcp_for(sfu::transport_id who) {
        take_rtcp();
        return std::exchange(rtcp_[who], {});
    }
    [[nodiscard]] std::size_t events(sfu::event_kind what) {
        take_rtcp();
        events_.insert(events_.end(), out_.events.begin(), out_.events.end());
        out_.events.clear();
        return static_cast<std::size_t>(std::count_if(
            events_.begin(), events_.end(), [&](const sfu::event& one) { return one.what == what; }));
    }

    [[nodiscard]] sfu::router& router() { return router_; }
    [[nodiscard]] sfu::packet_pool& pool() { return pool_; }
    [[nodiscard]] const sfu::counters& count() const { return router_.count(); }
    [[nodiscard]] instant now() const { return now_; }
    [[nodiscard]] sfu::outputs& out() { return out_; }

private:
    void take_rtcp() {
        for (const auto& one : out_.rtcp) {
            const auto parsed = rtp::rtcp_compound::parse(out_.data_of(one));
            REQUIRE(parsed);
            auto& to = rtcp_[one.to];
            parsed->for_each([&](const rtp::rtcp_packet& packet) {
                if (const auto read = rtp::read_nack(packet)) {
                    read->for_each([&](std::uint16_t number) { to.nacks.push_back(number); });
                }
                if (const auto read = rtp::read_pli(packet)) to.plis.push_back(read->media_ssrc);
                if (const auto read = rtp::read_sender_report(packet))
                    to.sender_reports.push_back(read->sender);
                if (const auto read = rtp::read_receiver_report(packet)) {
                    for (std::size_t i = 0; i < read->blocks.size(); ++i)
                        to.blocks.push_back(read->blocks[i]);
                }
                if (packet.type == rtp::rtcp_type::transport_feedback && packet.count == 15)
                    ++to.transport_feedback;
            });
        }
        out_.rtcp.clear();
    }

    sfu::packet_pool pool_;
    sfu::router router_;
    sfu::outputs out_;
    instant now_{10s};
    std::map<sfu::transport_id, asked> rtcp_;
    std::vector<sfu::event> events_;
};

/// A camera: one frame of `packets` packets each call, at 30 frames a second.
class camera {
public:
    camera(room& in, sfu::transport_id who, std::uint32_t ssrc, std::string rid = {},
           std::uint16_t height = 180)
        : room_(in), who_(who), rid_(std::move(rid)), ssrc_(ssrc), height_(height) {}

    /// `lose`: which of the frame's packets the network swallows.
    void frame(bool key, std::size_t packets = 2, std::function<bool(std::size_t)> lose = {}) {
        for (std::size_t i = 0; i < packets; ++i) {
            auto one = next(key, i == 0, i + 1 == packets);
            if (!lose || !lose(i)) room_.send(who_, one);
            last_ = one;
        }
        timestamp_ += 3000;
        ++picture_;
        ++tl0_;
    }
    [[nodiscard]] sent_packet next(bool key, bool start, bool end) {
        return {.ssrc = ssrc_,
                .sequence = sequence_++,
                .timestamp = timestamp_,
                .payload_type = 96,
                .marker = end,
                .payload = vp8_payload(key, start, picture_, tl0_, height_),
                .mid = "v",
                .rid = rid_,
                .repaired_rid = {},
                .level = {},
                .transport_sequence = {},
                .padding = 0};
    }
    [[nodiscard]] const sent_packet& last() const { return last_; }
    void report(conf::duration clock_error = {}) {
        const auto wall = rtp::ntp_from_unix(1'700'000'000s + room_.now().time_since_epoch() + clock_error);
        room_.send_rtcp(who_, [&](rtp::rtcp_builder& to) {
            REQUIRE(to.add_sender_report({.ssrc = ssrc_,
                                          .ntp = wall,
                                          .rtp_timestamp = timestamp_,
                                          .packet_count = 1,
                                          .octet_count = 1}));
        });
    }
    void jump(std::uint16_t sequences, std::uint32_t ticks) {
        sequence_ = static_cast<std::uint16_t>(sequence_ + sequences);
        timestamp_ += ticks;
    }

private:
    room& room_;
    sfu::transport_id who_;
    std::string rid_;
    std::uint32_t ssrc_;
    std::uint16_t height_;
    std::uint16_t sequence_ = 65'530;  // wraps soon
    std::uint32_t timestamp_ = 4'294'960'000;
    std::uint16_t picture_ = 32'760;
    std::uint8_t tl0_ = 250;
    sent_packet last_;
};

}  // namespace sfu_test

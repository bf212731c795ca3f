/// What a router made in one turn: packets to protect and send, RTCP, and news.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/sfu/packet_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace conf::sfu {

/// The engine's number for one transport: one publisher or one subscriber of one room.
using transport_id = std::uint32_t;

/// One RTP packet to one subscriber: `head` bytes of `outputs::memory`, of which the first `clear` are the
/// RTP header, the rest is payload that differs from the publisher's; then `size` bytes of the shared packet
/// from `from` on. All behind the RTP header is to be encrypted.
struct outgoing_packet {
    transport_id to = 0;
    std::uint32_t head_at = 0;
    std::uint16_t head = 0;
    std::uint16_t clear = 0;
    const packet* shared = nullptr;  ///< null: nothing behind the head
    std::uint16_t from = 0;
    std::uint16_t size = 0;
    std::uint64_t index = 0;  ///< ROC * 65536 + SEQ, as srtp::job wants it
};

/// One compound RTCP packet, not yet protected.
struct outgoing_rtcp {
    transport_id to = 0;
    std::uint32_t at = 0;
    std::uint32_t size = 0;
};

enum class event_kind : std::uint8_t {
    track_started,      ///< the first packet of a publisher's section arrived
    first_packet_sent,  ///< a subscriber got its first media
    layer_changed,      ///< a subscriber's video comes from another simulcast layer now
    video_paused,       ///< the loss cap took the last layer from a subscriber
    video_resumed,
    track_ended,      ///< a publisher's section that had started is gone; told by the engine
    speaker_changed,  ///< `transport` is the publisher who speaks
};

struct event {
    event_kind what{};
    transport_id transport = 0;
    std::uint16_t section = 0;
    std::uint16_t value = 0;  ///< the layer
};

/// Reused from turn to turn; a router only appends, the engine empties it. The shared packets live until
/// `clear`.
struct outputs {
    std::vector<std::byte> memory;
    std::vector<outgoing_packet> packets;
    std::vector<outgoing_rtcp> rtcp;
    std::vector<packet_ref> pinned;
    std::vector<event> events;

    [[nodiscard]] bytes head_of(const outgoing_packet& one) const noexcept {
        return bytes(memory).subspan(one.head_at, one.head);
    }
    [[nodiscard]] bytes data_of(const outgoing_rtcp& one) const noexcept {
        return bytes(memory).subspan(one.at, one.size);
    }
    /// Takes what was built, if anything was, and empties the builder.
    void send(transport_id to, rtp::rtcp_builder& from) {
        if (from.empty()) return;
        const auto data = from.finish();
        rtcp.push_back(
            {to, static_cast<std::uint32_t>(memory.size()), static_cast<std::uint32_t>(data.size())});
        memory.insert(memory.end(), data.begin(), data.end());
        from.clear();
    }
    void clear() noexcept {
        memory.clear();
        packets.clear();
        rtcp.clear();
        pinned.clear();
        events.clear();
    }
};

}  // namespace conf::sfu

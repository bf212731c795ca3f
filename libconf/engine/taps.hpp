/// Packets for listeners in our own program: decrypted, each one once, whether subscribers get it or not.
#pragma once

#include "libconf/sdp/negotiate.hpp"
#include "libconf/sfu/packet_pool.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::engine {

/// What a tap hears: it waits for rooms and publishers that do not exist yet.
struct tap_filter {
    std::string room;
    std::optional<std::string> publisher;   ///< nothing: everybody in the room
    std::optional<sdp::media_kind> kind{};  ///< nothing: both
};

/// What does not change in a publisher's section while it lasts.
struct track_facts {
    std::string room;
    std::string publisher;
    std::uint32_t transport = 0;
    std::uint64_t participant = 0;  ///< never used twice
    std::uint16_t section = 0;
    std::string label;  ///< what its publisher calls it; empty for a publisher of WHIP
    sdp::negotiated_media media;
};

struct tapped_packet {
    std::uint32_t tap = 0;
    sfu::packet_ref what;
    std::shared_ptr<const track_facts> of;  ///< with its seat, and with those who hear it just now
};

}  // namespace conf::engine

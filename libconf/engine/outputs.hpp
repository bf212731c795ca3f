/// What the engine made in one turn: datagrams to send, and news.
#pragma once

#include "libconf/base/arena.hpp"
#include "libconf/engine/departure.hpp"
#include "libconf/engine/receiving.hpp"
#include "libconf/engine/taps.hpp"
#include "libconf/ice/lite_agent.hpp"
#include "libconf/sfu/outputs.hpp"
#include "libconf/srtp/keys.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace conf::engine {

struct transmit {
    ice::path to;
    bytes data;  ///< in `outputs::memory`
};

enum class event_kind : std::uint8_t { joined, connected, left, media };

/// For logs and for whoever watches a room.
struct event {
    event_kind what{};
    sfu::transport_id transport = 0;
    std::string room;
    std::optional<std::string> publishes_as;  ///< nothing: a player
    departure why = departure::none;          ///< of `left`
    srtp::profile profile{};                  ///< of `connected`
    std::optional<sfu::event> media{};        ///< of `media`
    std::shared_ptr<const track_facts>
        track{};               ///< of `media`: the track that started or ended; once for all its layers
    std::uint64_t number = 0;  ///< the session's, never used twice
    bool alone = false;        ///< of `joined` and `left`: nobody else is in the room
};

/// Reused from turn to turn; the engine only appends, the shell sends and clears. Belongs to its shard.
struct outputs {
    std::vector<transmit> transmits;
    std::vector<event> events;
    std::vector<tapped_packet> tapped;
    std::vector<receiver_news> receivers;
    arena memory;

    /// Precondition: at most `arena::chunk_bytes`.
    void send(const ice::path& to, bytes data) {
        const auto copy = memory.take(data.size());
        std::ranges::copy(data, copy.begin());
        transmits.push_back({to, copy});
    }
    /// Ends the life of every transmit's data.
    void clear() noexcept {
        transmits.clear();
        events.clear();
        tapped.clear();
        receivers.clear();
        memory.reset();
    }
};

}  // namespace conf::engine

/// The messages of y-websocket: what stands in one binary WebSocket message, both ways.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/crdt/wire.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace conf::pads {

enum class channel : std::uint8_t { sync = 0, awareness = 1, auth = 2, query_awareness = 3 };
enum class sync_step : std::uint8_t { state_vector = 0, missing = 1, update = 2 };
/// What the channel `auth` says: `denied` is y-protocols' own, the others are ours and left out by stock
/// clients.
enum class auth_kind : std::uint8_t {
    denied = 0,   ///< from now on: you may read
    granted = 1,  ///< from now on: you may write
    refused = 2,  ///< one message was; its reason begins with a word for programs and a colon
};

/// One message of a client, with views into the frame.
struct client_message {
    channel on{};
    sync_step step{};  ///< of `sync`
    bytes payload;     ///< of `sync` and `awareness`
};

enum class frame_fault : std::uint8_t { none, truncated, unknown_channel, unknown_step };

/// Reads one message after the other. Stock clients put one into a frame; a server that looked at the first
/// alone would let an update pass behind a query.
class frame_reader {
public:
    explicit frame_reader(bytes frame) noexcept : from_(frame) {}

    /// Nothing at the end and at a fault: ask `fault()`.
    [[nodiscard]] std::optional<client_message> next() noexcept;
    [[nodiscard]] frame_fault fault() const noexcept { return fault_; }

private:
    crdt::wire_reader from_;
    frame_fault fault_ = frame_fault::none;
};

using message = std::vector<std::byte>;

[[nodiscard]] message sync_message(sync_step step, bytes payload);
[[nodiscard]] message awareness_message(bytes update);
[[nodiscard]] message auth_message(auth_kind kind, std::string_view reason);

}  // namespace conf::pads

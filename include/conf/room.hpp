/// A room: the people who receive each other. It begins with the first of them and ends with the last.
#pragma once

#include <conf/export.hpp>
#include <conf/participant.hpp>
#include <conf/result.hpp>
#include <conf/track.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace conf::inline v0 {

/// A moment's picture of a room.
struct room_info {
    std::string name;
    std::size_t participants = 0;        ///< publishers and players
    std::size_t publishers = 0;          ///< of them
    std::optional<std::string> speaker;  ///< the publisher who speaks, or spoke last (RFC 6464 levels)
};

/// Names a room; a cheap copy, which may outlive the room and the server. A room of the same name that begins
/// later is the same room.
///
/// Thread-safe. Calls go to the media thread that has the room and wait for it; `media_errc::stopped` and
/// `media_errc::wrong_thread` are errors of all of them.
class CONF_EXPORT room {
public:
    struct impl;
    explicit room(std::shared_ptr<const impl> state) noexcept;

    [[nodiscard]] const std::string& name() const noexcept;
    /// @return `no_room` while nobody is there.
    [[nodiscard]] result<room_info> info() const;
    /// In the order of joining; empty while nobody is there.
    [[nodiscard]] result<std::vector<participant>> participants() const;
    /// Ends all its sessions. @return how many; 0 while nobody is there.
    result<std::size_t> close() const;

    /// For all its players that have none of their own, those who come later too; at once. It stays until it
    /// is `everybody` again, even when the room ends in between.
    result<void> set_rule(forward_rule rule) const;

private:
    std::shared_ptr<const impl> impl_;
};

enum class room_event_kind : std::uint8_t {
    room_opened,
    participant_joined,     ///< has its answer; media may follow
    participant_connected,  ///< its DTLS handshake is done
    track_added,            ///< its first packet arrived
    track_removed,
    speaker_changed,  ///< `who` speaks now
    participant_left,
    room_closed,
};

/// Something happened in a room. For one room, events come in the order in which things happened.
struct room_event {
    room_event_kind what{};
    room where;
    std::optional<participant> who{};  ///< of all kinds but room_opened and room_closed
    std::optional<track> of{};         ///< of track_added and track_removed
    std::string why{};                 ///< of participant_left: "closed", "consent_expired", … as in the log
    /// Events before this one that the handler was too slow for: they are gone, and `rooms` tells the truth.
    std::uint64_t lost = 0;
};

/// Called on the thread that serves HTTP, one call at a time, with nothing locked: every call of this library
/// is legal in it but `server::wait` and destroying the server. While it runs, HTTP waits; media does not.
using room_event_handler = std::function<void(const room_event&)>;

/// Events that wait for the handler; more are dropped and counted.
inline constexpr std::size_t room_events_max = 4096;

}  // namespace conf::inline v0

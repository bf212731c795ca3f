/// One room: who is in it, what they may do, and what they are told.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/room/outputs.hpp"
#include "libconf/room/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace conf::rooms {

/// The rules of the protocol without sockets, JSON, clock or store. Any request at any time gets exactly one
/// answer (media requests get theirs from the shell); one that is refused changes nothing. The work of a turn
/// is bounded by the number of people, save where the people lock changes what all of them see. Belongs to
/// its owner.
class meeting {
public:
    /// `key` makes ids and resume tokens; a new one each time, after a restart too.
    meeting(settings with, const crypto::random_key& key);
    ~meeting();
    meeting(meeting&&) noexcept;
    meeting& operator=(meeting&&) noexcept;

    /// What was kept, in any order, into a new meeting: everybody who was in has a place for 60 s more and is
    /// not here. Records that can not be read are left out; the number of them is the answer.
    std::size_t restore(std::span<const record> kept, moment at);
    /// Of limits and functions at once; title, lobby and locks for the next meeting in this room.
    void change(settings with);
    /// While the store does not work, what would have to be kept gets `not_saved`.
    void set_saving(bool works) noexcept;

    /// First of all for each connection. Requests of connections that are unknown or being closed are
    /// ignored.
    void handle_opened(connection_id who, moment at, outputs& out);
    /// `with`: what is known about the sender, for `hello` and `resume`; null: an unknown guest.
    void handle(connection_id from, const request& asked, const entry* with, moment at, outputs& out);
    /// A message that could not be decoded, or a request that the shell itself refused.
    void handle_bad(connection_id from, moment at, outputs& out);
    void handle_closed(connection_id who, moment at, outputs& out);
    void handle_timeout(moment at, outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const;

    // From the media part; about somebody who is gone they do nothing.
    void handle_speaker(const participant_id& who, outputs& out);
    enum class transport : std::uint8_t { publish, receive };
    void handle_media_ended(const participant_id& who, transport which, std::string why, outputs& out);

    // What the program may do, moderator or not. False: nobody of that id is in or waiting.
    bool remove(const participant_id& who, bool ban, moment at, outputs& out);
    bool give_role(const participant_id& who, role acts_as, moment at, outputs& out);
    /// Out of the waiting room, or away from it; the limit of people does not count. False: nobody of that id
    /// waits.
    bool let_in(const participant_id& who, moment at, outputs& out);
    bool turn_away(const participant_id& who, moment at, outputs& out);
    /// A public message from `program_id` under that name. False: nothing of the text can be seen, or it is
    /// too long.
    bool say(std::string name, std::string text, moment at, outputs& out);
    void end(moment at, outputs& out);
    /// Says `restarting` to everybody; the shell closes with 1001.
    void announce_restart(outputs& out) const;

    /// Nobody is in, nobody waits, no place is kept: the shell may put it away and restore it later.
    [[nodiscard]] bool empty() const noexcept;
    /// Besides, there is nothing left to restore.
    [[nodiscard]] bool forgotten() const noexcept;
    [[nodiscard]] std::size_t connections() const noexcept;
    /// Who is in by that connection. Nothing: outside, waiting, unknown.
    [[nodiscard]] std::optional<participant_id> participant_of(connection_id which) const;
    /// Nothing for somebody who is not in or whose place is kept without a connection.
    [[nodiscard]] std::optional<connection_id> connection_of(const participant_id& who) const;
    /// In, with a connection or without.
    [[nodiscard]] bool is_in(const participant_id& who) const;
    /// Of somebody who is in.
    [[nodiscard]] std::optional<person_info> find_person(const participant_id& who) const;
    /// Everybody who is in.
    [[nodiscard]] std::vector<person_info> people() const;
    /// Everybody who waits.
    [[nodiscard]] std::vector<guest_info> guests() const;
    [[nodiscard]] const room_info& room() const noexcept;
    /// False where the people lock hides `other` from `viewer`, and for strangers.
    [[nodiscard]] bool sees(const participant_id& viewer, const participant_id& other) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace conf::rooms

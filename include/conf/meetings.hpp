/// Meetings: the people on the pages of rooms, their chat, their waiting room, and how they are invited.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

enum class meeting_role : std::uint8_t { viewer, presenter, moderator };

/// A token for a link: `https://host/r/ROOM#token=TOKEN`, or `token` of `hello` in the signalling protocol.
struct invitation {
    std::string room{};  ///< 1 to 64 letters, digits, "-", "_", "."
    meeting_role role = meeting_role::viewer;
    std::string name{};  ///< as people see it, at most 255 bytes; empty: who enters says it
    std::string user{};  ///< of an account, at most 255 bytes: a ban binds it. Empty: a guest
    /// How many may enter with it; 0: any number. Somebody who comes back does not enter again.
    std::uint32_t uses = 0;
    std::chrono::seconds life{std::chrono::hours{7 * 24}};  ///< at most 366 days
};

/// Somebody in a meeting, or in its waiting room.
struct meeting_person {
    std::string id{};  ///< of this meeting; only to be compared
    std::string name{};
    meeting_role role = meeting_role::viewer;
    bool waiting = false;
    bool guest = true;  ///< came without a token that names a person
    bool here = true;   ///< false: the connection is lost, the place is kept for a minute
    bool microphone = false;
    bool camera = false;
    bool screen = false;
    bool hand = false;
    bool away = false;
};

enum class meeting_event_kind : std::uint8_t {
    came_in,
    left,       ///< `text`: "left", "removed", "banned" or "lost"
    lost,       ///< the connection; the place is kept
    came_back,  ///< within that time
    waits,      ///< asks to be let in
    renamed,
    role_changed,
    hand,     ///< `on`
    source,   ///< `text`: "microphone", "camera", "screen" or "screen_audio"; `on`
    message,  ///< public, by a person: `text`
    ended,    ///< everybody is out, chat and bans are forgotten
};

struct meeting_event {
    meeting_event_kind what{};
    std::string room{};
    std::string who{};   ///< a person's id
    std::string name{};  ///< of that person
    std::string text{};
    bool on = false;
    meeting_role role = meeting_role::viewer;
};

/// Called when what it tells is kept, on the thread that serves HTTP, one call at a time: every call of this
/// library is legal in it but `server::wait` and destroying the server. While it runs, HTTP waits.
using meeting_event_handler = std::function<void(const meeting_event&)>;

/// What a program may do with the meetings of a server; a cheap copy, which may outlive it.
///
/// Thread-safe. What acts on a meeting is done soon, in the order of the calls; where there is nobody of that
/// id, nothing happens. After the server's end nothing happens at all.
class CONF_EXPORT meetings {
public:
    struct impl;
    explicit meetings(std::shared_ptr<impl> state) noexcept;

    /// Signed with the first of `rooms.secrets`, or with a secret that ends with the server.
    /// @return the token, `std::errc::argument_out_of_domain` for `life`, `media_errc::stopped`, or what is
    /// wrong with room, name or user.
    [[nodiscard]] result<std::string> invite(const invitation& what) const;
    /// It opens nothing any more, neither the room nor its boards, documents and pads; who came in with it
    /// stays. @return why it is no token of this server.
    result<void> revoke(std::string_view token) const;

    /// Who is in, in the order of coming, then who waits. Empty while nobody is there, and after the
    /// server's end.
    [[nodiscard]] std::vector<meeting_person> people(std::string_view room) const;
    /// Rooms with people on their pages, in no order.
    [[nodiscard]] std::vector<std::string> rooms() const;

    void admit(std::string_view room, std::string_view person) const;
    void refuse(std::string_view room, std::string_view person) const;
    void set_role(std::string_view room, std::string_view person, meeting_role role) const;
    void remove(std::string_view room, std::string_view person, bool ban = false) const;
    /// A public message under that name, of at most 5000 characters; another one is not sent.
    void say(std::string_view room, std::string_view name, std::string_view text) const;
    void end(std::string_view room) const;

    /// One handler: the last one counts. Empty: none.
    void on_event(meeting_event_handler handler) const;

private:
    std::shared_ptr<impl> impl_;
};

}  // namespace conf::inline v0

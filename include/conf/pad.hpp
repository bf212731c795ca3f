/// Shared texts of rooms: pads that people write together, and that a program reads and writes, too.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// Each holds the ones before it. Who manages also makes, names, locks and removes pads.
enum class pad_right : std::uint8_t { read = 1, write, manage };

/// How a text goes in and out. `update` is the whole document as one update of Yjs 13, format v1.
enum class pad_format : std::uint8_t { text, markdown, html, update };

/// A token for clients of y-websocket: `ws://host/pad/ROOM/PAD?token=TOKEN`; good again and again until it
/// ends.
struct pad_access {
    std::string room{};  ///< 1 to 64 letters, digits, "-", "_", "."; so is `pad`
    std::string pad{};   ///< empty: every pad of the room
    pad_right right = pad_right::write;
    std::string person{};  ///< whose the text is that comes with it, at most 255 bytes; empty: a guest
    std::string name{};    ///< as people see it, at most 255 bytes; empty: he says it himself
    std::chrono::seconds life{std::chrono::hours{1}};  ///< at most 366 days
};

/// UTC.
using pad_time = std::chrono::sys_time<std::chrono::milliseconds>;

struct pad_info {
    std::string name{};
    std::string title{};
    pad_time created{};
    pad_time changed{};      ///< the epoch: never
    std::size_t people = 0;  ///< who have it open
    bool locked = false;     ///< only who manages writes
};

struct pad_author {
    std::string person{};  ///< empty: guests
    std::string name{};
    std::vector<std::uint64_t> clients{};  ///< ids of Yjs documents: who wrote which characters
};

struct pad_version {
    std::uint64_t number = 0;
    pad_time at{};                       ///< of its last edit
    std::vector<std::string> authors{};  ///< persons who wrote since the version before
};

/// As whom a program writes.
struct pad_writer {
    std::string person = "program";
    std::string name = "Program";
};

/// Somebody wrote; told when it is kept, on the thread that serves HTTP: calls of `room_pads` that wait are
/// refused in it with `media_errc::wrong_thread`.
struct pad_event {
    std::string room{};
    std::string pad{};
    std::string person{};
};
using pad_event_handler = std::function<void(const pad_event&)>;

/// What a program may do with the pads of a server; a cheap copy, which may outlive it.
///
/// Thread-safe. Calls wait until what they do is kept. `media_errc::stopped` and `wrong_thread` are errors of
/// all of them; others have a sentence that says what was wrong.
class CONF_EXPORT room_pads {
public:
    struct impl;
    explicit room_pads(std::shared_ptr<impl> state) noexcept;

    /// Signed with the first of `rooms.secrets`, or with a secret that ends with the server.
    /// @return the token, `std::errc::argument_out_of_domain` for `life`, or what is wrong with a name.
    [[nodiscard]] result<std::string> token(const pad_access& what) const;

    /// The oldest first. A room that has none shows "notes", which is made when it is opened.
    [[nodiscard]] result<std::vector<pad_info>> list(std::string_view room) const;
    result<void> create(std::string_view room, std::string_view pad, std::string_view title) const;
    result<void> lock(std::string_view room, std::string_view pad, bool on) const;
    result<void> remove(std::string_view room, std::string_view pad) const;

    [[nodiscard]] result<std::string> read(std::string_view room, std::string_view pad,
                                           pad_format as = pad_format::markdown) const;
    /// In the place of what is there; an update is merged with it. Makes the pad where there is none.
    result<void> write(std::string_view room, std::string_view pad, std::string_view text,
                       pad_format as = pad_format::markdown, const pad_writer& by = {}) const;
    /// Behind what is there.
    result<void> append(std::string_view room, std::string_view pad, std::string_view text,
                        pad_format as = pad_format::markdown, const pad_writer& by = {}) const;

    [[nodiscard]] result<std::vector<pad_author>> authors(std::string_view room, std::string_view pad) const;
    /// The newest first. A version ends a minute after its last edit, or where somebody else begins.
    [[nodiscard]] result<std::vector<pad_version>> history(std::string_view room, std::string_view pad) const;
    [[nodiscard]] result<std::string> read_version(std::string_view room, std::string_view pad,
                                                   std::uint64_t number,
                                                   pad_format as = pad_format::markdown) const;
    /// The text of then in the place of the present one, as an edit.
    result<void> restore(std::string_view room, std::string_view pad, std::uint64_t number,
                         const pad_writer& by = {}) const;

    /// One handler: the last one counts. Empty: none.
    void on_write(pad_event_handler handler) const;

private:
    std::shared_ptr<impl> impl_;
};

}  // namespace conf::inline v0

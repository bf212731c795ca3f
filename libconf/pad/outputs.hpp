/// What a pad made in one turn: messages, what is to be kept, news.
#pragma once

#include "libconf/pad/awareness.hpp"
#include "libconf/pad/wire.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace conf::pads {

/// One message to many; encoded once.
struct outgoing {
    std::vector<connection_id> to;
    std::shared_ptr<const message> what;
};

/// The connection ends behind all messages of this turn. The pad has forgotten it already.
struct closing {
    connection_id connection = 0;
    std::uint16_t code = 0;
    std::string reason;
};

/// WebSocket codes of ours; y-websocket does not come back by itself after 4400 to 4499.
namespace close_code {
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t try_later = 1013;
inline constexpr std::uint16_t bad_token = 4401;
inline constexpr std::uint16_t forbidden = 4403;
inline constexpr std::uint16_t unknown = 4404;
inline constexpr std::uint16_t refused = 4413;
}  // namespace close_code

enum class record_kind : std::uint8_t {
    state = 64,  ///< all that was written, as one update; key ""
    update,      ///< one update behind it; the key is its number, 16 hexadecimal digits
    author,      ///< the key is the first of his client ids
    version,     ///< the key is its number
};

/// Replaces what is kept under (kind, key); an empty value takes it away. The shell commits the records of a
/// turn together, before it sends the messages of that turn and of later ones: nobody is passed what the
/// server can lose.
struct record {
    record_kind kind{};
    std::string key;
    std::string value;

    friend bool operator==(const record&, const record&) = default;
};

enum class refusal : std::uint8_t {
    unreadable,      ///< the frame or the update
    foreign_client,  ///< structs of a client id that is somebody else's
    read_only,       ///< who wrote has no right to, now
    too_large,       ///< over a limit of size
    full,            ///< over a limit of the pad
    awareness,       ///< a state that is no object, too large, or somebody else's
};
inline constexpr std::size_t refusal_count = 6;
[[nodiscard]] std::string_view to_string(refusal why) noexcept;

struct outputs {
    std::vector<outgoing> messages;
    std::vector<closing> closings;
    std::vector<record> records;
    std::vector<std::string> wrote;  ///< persons, of this turn's updates
    std::vector<refusal> refusals;   ///< to be counted

    [[nodiscard]] bool empty() const noexcept {
        return messages.empty() && closings.empty() && records.empty() && wrote.empty() && refusals.empty();
    }
    void clear() noexcept {
        messages.clear();
        closings.clear();
        records.clear();
        wrote.clear();
        refusals.clear();
    }
};

}  // namespace conf::pads

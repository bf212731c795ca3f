/// Who has a pad open and where their carets are: y-protocols' awareness, with names that the server checked.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/pad/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace conf::pads {

using connection_id = std::uint64_t;

/// Whose connection it is, and what the server puts into its states in the place of what they say themselves.
struct stamp {
    std::string person;               ///< only compared
    std::string name;                 ///< empty: the client's own stays
    std::optional<std::uint8_t> hue;  ///< 0 to 11; nothing: the client's own stays
};

/// The colours of hues 0 to 11, for stock clients: equal lightness, readable as text on white.
[[nodiscard]] std::string_view colour_of(std::uint8_t hue) noexcept;
inline constexpr std::uint8_t hue_count = 12;

/// The states of all clients of one pad. A client belongs to the person who brought it first, and to the
/// connection that renewed it last: it goes with that, or when it was not renewed for `awareness_life`.
///
/// Belongs to its pad. Nothing of it is kept.
class awareness {
public:
    explicit awareness(const limits& within) : limits_(within) {}

    enum class outcome : std::uint8_t {
        taken,
        malformed,  ///< not readable, or a state that is no JSON object
        foreign,    ///< a client of another person
        limit,      ///< more clients, or a larger state, than allowed
    };
    /// All of the update or nothing of it. Entries that are not newer than what is known are left out.
    outcome apply(connection_id from, bytes update, const stamp& with, instant now);

    void remove(connection_id from);
    void expire(instant now);
    [[nodiscard]] std::optional<instant> deadline() const;

    /// What changed since the last call, as an update for everybody; empty where nothing did.
    [[nodiscard]] std::vector<std::byte> take_changes();
    [[nodiscard]] bool has_changes() const noexcept { return !changed_.empty(); }

    /// All states that there are, for who comes in; empty: none.
    [[nodiscard]] std::vector<std::byte> everything() const;

    [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }

private:
    struct client {
        connection_id owner = 0;
        std::string person;
        std::uint64_t clock = 0;
        std::string state;  ///< JSON
        instant renewed{};
    };
    struct entry {
        std::uint64_t client = 0;
        std::uint64_t clock = 0;
        std::string state;  ///< empty: gone
    };

    [[nodiscard]] std::optional<std::vector<entry>> read(bytes update, const stamp& with, outcome& why) const;
    [[nodiscard]] std::vector<std::byte> encode(const std::set<std::uint64_t>& which) const;
    void erase(std::map<std::uint64_t, client>::iterator which);

    const limits& limits_;
    std::map<std::uint64_t, client> clients_;
    std::map<std::uint64_t, std::uint64_t> gone_;  ///< clocks of those that left, until they are told
    std::set<std::uint64_t> changed_;
};

}  // namespace conf::pads

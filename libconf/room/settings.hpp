/// What a meeting is told when it begins, and what the shell found out about somebody at the door.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/room/messages.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace conf::rooms {

/// Both clocks, read at the same time.
struct moment {
    instant now;
    wall_time wall{};
};

struct settings {
    std::string name{};   ///< of the room, as it stands in addresses
    std::string title{};  ///< empty: the name
    bool lobby = false;
    locks locked{};

    /// Who enters it empty moderates, and who is there longest when no moderator is left.
    bool open = false;
    bool media = true;
    std::size_t participants_max = 500;
    std::size_t waiting_max = 500;
    std::size_t chat_messages_max = 10'000;
    /// SEC limits: connections of one external id that are in at once; the oldest one goes.
    std::size_t sessions_per_user_max = 3;
    std::uint32_t retry_after_seconds = 30;
    /// So long after the last place is gone the meeting is over, and its chat, bans and hands are forgotten.
    std::chrono::minutes empty_time{60};

    /// Empty: no ICE servers. Called during a turn; must not call the meeting.
    std::function<ice_credentials(const participant_id&)> ice{};
    /// Empty: this server has no pads. As above.
    std::function<pads_given(const person_info&)> pads{};
    /// Which transports of that person the media part has now. Empty: none. As above.
    std::function<welcome::transports(const participant_id&)> transports{};
};

/// The token that somebody holds up at the door.
struct ticket {
    std::string id{};            ///< at most 64 characters
    std::uint32_t uses_max = 0;  ///< 0: any number
    wall_time expires{};
};

/// With `hello` and `resume`: what the shell knows about whoever says it.
struct entry {
    std::optional<error_code> refused{};  ///< `unknown_room`, `bad_token`, `expired_token`, `server_full`, …
    std::string refused_text{};
    std::optional<std::uint32_t> retry_after_seconds{};
    std::optional<std::string> name{};  ///< the token names the person
    std::optional<role> acts_as{};      ///< the token says the role
    std::optional<ticket> with{};
    std::string external_id{};            ///< of the account; empty: none
    std::vector<std::string> ban_keys{};  ///< token lineage, device, address: a ban binds them (SEC-ROOM-4)
};

}  // namespace conf::rooms

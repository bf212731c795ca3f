#include "libconf/net/turn_events.hpp"

#include <string>

namespace conf::net {
namespace {

struct wording {
    const char* name;
    const char* message;
};

wording words_for(turn::turn_event::kind what) {
    switch (what) {
        case turn::turn_event::kind::allocated:
            return {"turn.allocation_created", "a relayed address was allocated"};
        case turn::turn_event::kind::refused: return {"turn.allocation_refused", "an allocation was refused"};
        case turn::turn_event::kind::deleted:
            return {"turn.allocation_deleted", "a client gave its relayed address back"};
        case turn::turn_event::kind::expired:
            return {"turn.allocation_expired", "a client no longer refreshed its relayed address"};
    }
    return {"turn.unknown", ""};
}

}  // namespace

log_level level_of(const turn::turn_event& event) noexcept {
    return event.what == turn::turn_event::kind::refused ? log_level::warning : log_level::debug;
}

log_event to_log_event(const turn::turn_event& event, bool with_client_address) {
    const auto words = words_for(event.what);
    log_event made{.level = level_of(event), .name = words.name, .message = words.message, .fields = {}};
    made.fields.push_back({"user", event.user});
    if (event.what == turn::turn_event::kind::refused) {
        made.fields.push_back({"error", std::to_string(static_cast<int>(event.why))});
    }
    if (event.relayed.port != 0) made.fields.push_back({"relayed_port", std::to_string(event.relayed.port)});
    if (with_client_address) made.fields.push_back({"client", event.client.to_string()});
    return made;
}

}  // namespace conf::net

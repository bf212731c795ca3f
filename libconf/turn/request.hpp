/// A request that is being answered; shared by the source files of the server and by nobody else.
#pragma once

#include "libconf/stun/message.hpp"
#include "libconf/turn/credentials.hpp"
#include "libconf/turn/outputs.hpp"
#include "libconf/turn/reply.hpp"
#include "libconf/turn/server.hpp"

#include <optional>

namespace conf::turn {

struct server::request {
    const client_datagram& in;
    const stun::message& message;
    instant now;
    outputs& out;
    five_tuple client;
    answer_form form;
    std::optional<authenticated_user> user;  ///< once the signature was found right

    [[nodiscard]] reply begin(stun::message_class type) const {
        return {out, client, form, type, message.method(), user ? &user->key : nullptr};
    }
};

/// What an Allocate request asks for, RFC 8656 §7.1.
struct wanted_allocation {
    bool v4 = false;
    bool v6 = false;
    bool v6_is_additional = false;
    port_parity parity = port_parity::any;
    std::optional<reservation_token> token;
    seconds lifetime = allocation_lifetime_default;
};

}  // namespace conf::turn

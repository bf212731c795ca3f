/// A valid request of each kind.
#pragma once

#include "libconf/room/messages.hpp"

#include <vector>

namespace signalling_test {

/// With every optional field there, in the order of the protocol.
inline std::vector<conf::rooms::request_body> all_requests() {
    using namespace conf::rooms;
    return {
        hello{{1, 2}, "token", "client 1", "device 1"},
        join{"Ada", true, false, "fr"},
        resume{{1}, "0123456789abcdef", true, true},
        leave{},
        set_media{source::screen_audio, true},
        set_name{"Ada"},
        set_hand{true},
        lower_hands{"h3k"},
        react{"\xF0\x9F\x91\x8D"},
        set_away{true},
        mute{"h3k", source::camera},
        ask_unmute{"h3k"},
        set_role{"h3k", role::presenter},
        remove_person{"h3k", true},
        end_meeting{},
        set_locks{{true, false, true, false, true, false}},
        set_room{"Tuesday", true},
        admit{"h3k"},
        refuse{"h3k"},
        set_lobby_message{"We begin in five minutes"},
        fresh_ice{},
        ask_pads{},
        chat_send{"hi \"all\"\n\\", "key", "h3k", "m1"},
        chat_edit{"m1", "better"},
        chat_delete{"m1"},
        chat_react{"m1", "+", true},
        chat_typing{true, "h3k"},
        chat_history{"m1", 50},
        publish{"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n", {{"0", source::microphone}, {"1", source::camera}}},
        view{{{"h3k", source::camera, 360}, {"j4m", source::screen, 0}}},
        receive_answer{3, "v=0\r\n"},
        receive_restart{},
        receive_reset{},
    };
}

}  // namespace signalling_test

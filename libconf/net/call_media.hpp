/// What the rooms of calls ask of the media threads.
#pragma once

#include "libconf/engine/receiving.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace conf::net {

/// People stand under the name that the engine knows them by: see `call_name`. `done` is called on the HTTP
/// loop, with an empty `why` where it was done. What concerns one room happens in the order of the calls.
class call_media {
public:
    struct reply {
        std::string sdp;  ///< of `send`
        std::string why;  ///< of a refusal, for who asked
    };
    using callback = std::function<void(reply)>;

    call_media() = default;
    call_media(const call_media&) = delete;
    call_media& operator=(const call_media&) = delete;
    virtual ~call_media() = default;

    /// `labels`: what each mid is for; `open`: of them, those that are forwarded from the start.
    virtual void send(std::string room, std::string name, std::string offer,
                      std::vector<std::pair<std::string, std::string>> labels, std::vector<std::string> open,
                      callback done) = 0;
    virtual void open_track(std::string room, std::string name, std::string label, bool open) = 0;
    virtual void stop_sending(std::string room, std::string name) = 0;

    virtual void add_receiver(std::string room, std::string name) = 0;
    virtual void remove_receiver(std::string room, std::string name) = 0;
    virtual void set_wishes(std::string room, std::string name, std::vector<engine::wish> wishes) = 0;
    virtual void take_answer(std::string room, std::string name, std::uint64_t number, std::string answer,
                             callback done) = 0;
    virtual void restart_receiver(std::string room, std::string name) = 0;
    virtual void reset_receiver(std::string room, std::string name) = 0;
    /// Tells the open offer or the assignment once more, and which transports are there.
    virtual void look(std::string room, std::string name,
                      std::function<void(bool sends, bool receives)> done) = 0;
};

/// The engine's name of somebody in a call: no publisher of WHIP can be called so.
[[nodiscard]] inline std::string call_name(const std::string& participant) {
    return "~" + participant;
}
/// Empty for somebody who is not in a call.
[[nodiscard]] inline std::string participant_of(const std::string& name) {
    return name.starts_with('~') ? name.substr(1) : std::string();
}

}  // namespace conf::net

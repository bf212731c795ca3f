/// What HTTP asks of the media threads: sessions of WHIP and WHEP.
#pragma once

#include "libconf/engine/takeover.hpp"

#include <functional>
#include <optional>
#include <string>

namespace conf::net {

struct media_reply {
    int status = 200;     ///< HTTP's: 201 for a new session
    std::string body;     ///< SDP, or application/trickle-ice-sdpfrag of an ICE restart
    std::string etag;     ///< without quotes
    std::string session;  ///< of a 201: its name, which nobody can guess
    std::string why;      ///< of a refusal, for its sender
};

/// `done` is called on the HTTP loop, maybe before the call returns.
class media_control {
public:
    using callback = std::function<void(media_reply)>;

    media_control() = default;
    media_control(const media_control&) = delete;
    media_control& operator=(const media_control&) = delete;
    virtual ~media_control() = default;

    /// `of`: what it takes to replace a publisher of that name.
    virtual void publish(std::string room, std::string name, std::string offer, engine::takeover of,
                         callback done) = 0;
    /// `only`: this publisher's tracks; `except`: everybody's but this one's.
    virtual void play(std::string room, std::optional<std::string> only, std::optional<std::string> except,
                      std::string offer, callback done) = 0;
    /// `if_match`: the header's value, empty without one.
    virtual void patch(std::string session, std::string if_match, std::string fragment, callback done) = 0;
    virtual void close(std::string session, callback done) = 0;
};

}  // namespace conf::net

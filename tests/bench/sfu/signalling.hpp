/// How a publisher or a receiver gets its session: WHIP and WHEP, or the video room of Janus.
#pragma once

#include "libconf/media/offer.hpp"

#include <memory>
#include <string>

namespace sfu_load {

class signalling {
public:
    signalling() = default;
    signalling(const signalling&) = delete;
    signalling& operator=(const signalling&) = delete;
    virtual ~signalling() = default;

    /// Both answer what the server says of itself, and throw std::runtime_error with what failed.
    [[nodiscard]] virtual conf::media::remote_description publish(const conf::media::local_transport& local,
                                                                  const conf::media::publication& what) = 0;
    [[nodiscard]] virtual conf::media::remote_description play(const conf::media::local_transport& local) = 0;
};

/// `base`: "http://127.0.0.1:8080".
[[nodiscard]] std::unique_ptr<signalling> make_whip(const std::string& base, const std::string& room);
/// `path`: of the Unix socket of Janus' transport, SOCK_SEQPACKET. Makes the room.
[[nodiscard]] std::unique_ptr<signalling> make_janus(const std::string& path);

}  // namespace sfu_load

/// A path to an ICE-lite server found by libnice: datagrams in and out.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/ice/credentials.hpp"
#include "libconf/media/offer.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace native {

/// A TURN server through which alone the path may lead.
struct relay {
    std::string host;  ///< a literal address
    std::uint16_t port = 0;
    enum class transport : std::uint8_t { udp, tcp } over = transport::udp;
    std::string user;
    std::string password;
};

/// Runs on GLib's default main context, and calls back from there. Belongs to that thread.
class nice_path {
public:
    struct callbacks {
        std::function<void()> gathered;  ///< `connect` may be called
        std::function<void()> ready;
        std::function<void()> failed;
        std::function<void(conf::mutable_bytes)> received;  ///< no STUN, that is libnice's
    };

    /// @param local  the address to send from where no relay is forced.
    nice_path(callbacks to, const std::string& local, const std::optional<relay>& forced);
    /// Gives its allocation back first; runs the main context until that is done.
    ~nice_path();
    nice_path(const nice_path&) = delete;
    nice_path& operator=(const nice_path&) = delete;

    [[nodiscard]] conf::ice::credentials credentials() const;
    void connect(const conf::media::remote_description& to);
    void send(conf::bytes datagram);
    /// The candidate that is in use: "host", "server reflexive", "peer reflexive" or "relayed"; empty: none.
    [[nodiscard]] std::string local_type() const;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace native

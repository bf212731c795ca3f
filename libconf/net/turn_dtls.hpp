/// TURN clients over DTLS 1.2.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/net/receive_ring.hpp"
#include "libconf/net/turn_client_link.hpp"
#include "libconf/net/udp_socket.hpp"

#include <conf/result.hpp>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include <map>
#include <memory>

namespace conf::net {

class dtls_session;
class tls_context;
class turn_shard;

/// One socket, a session for each client that proved its address.
///
/// A ClientHello without a right cookie is answered with a HelloVerifyRequest and leaves no state
/// (SEC-TURN-10). It must fit one datagram, as every TURN client's does: OpenSSL cannot judge a cookie before
/// all fragments are there, and keeping fragments would be state. Belongs to its shard.
class dtls_listener final : public link_listener, public std::enable_shared_from_this<dtls_listener> {
public:
    dtls_listener(turn_shard& shard, std::shared_ptr<tls_context> tls);
    ~dtls_listener() override;

    result<endpoint> open(const endpoint& at, bool shared);
    void close() override;

    // For the sessions.
    void send(const endpoint& to, bytes datagram);
    [[nodiscard]] turn_shard& shard() noexcept { return shard_; }
    [[nodiscard]] const crypto::random_key& cookie_key() const noexcept { return cookie_key_; }

private:
    void wait();
    void read();
    void handle(const received& run);
    void greet(const endpoint& remote, bytes datagram);
    void sweep();
    void push_out_half_open();
    void forget(std::map<endpoint, std::shared_ptr<dtls_session>>::iterator session);

    turn_shard& shard_;
    std::shared_ptr<tls_context> tls_;
    crypto::random_key cookie_key_;
    udp_socket socket_;
    asio::posix::stream_descriptor descriptor_;
    asio::steady_timer sweep_timer_;
    receive_ring ring_;
    std::map<endpoint, std::shared_ptr<dtls_session>> sessions_;
    std::shared_ptr<dtls_session> greeter_;  // judges cookies; becomes the session of whoever has a right one
};

}  // namespace conf::net

/// TURN clients over TCP and TLS.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/net/turn_client_link.hpp"

#include <conf/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <memory>

namespace conf::net {

class tls_context;
class turn_shard;

/// Accepts connections and gives each a coroutine that reads its messages. Belongs to its shard.
class stream_listener final : public link_listener, public std::enable_shared_from_this<stream_listener> {
public:
    /// `tls` null: plain TCP.
    stream_listener(turn_shard& shard, std::shared_ptr<tls_context> tls);

    result<endpoint> open(const endpoint& at, bool shared);
    void close() override;

private:
    static asio::awaitable<void> accept_all(std::shared_ptr<stream_listener> self);
    void welcome(asio::ip::tcp::socket socket);

    turn_shard& shard_;
    std::shared_ptr<tls_context> tls_;
    asio::ip::tcp::acceptor acceptor_;
};

}  // namespace conf::net

/// Accepts TCP connections for a shard.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/net/turn_client_link.hpp"

#include <conf/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace conf::net {

class shard_loop;

/// Belongs to its shard.
class stream_acceptor final : public link_listener, public std::enable_shared_from_this<stream_acceptor> {
public:
    using handler = std::function<void(asio::ip::tcp::socket, const endpoint& remote)>;

    stream_acceptor(shard_loop& shard, handler on_connection);

    struct options {
        bool shared = false;             ///< other shards listen there too
        bool this_machine_only = false;  ///< see keep_to_this_machine
    };

    /// `scheme`: "tcp" or "tls", for the error's text.
    result<endpoint> open(std::string_view scheme, const endpoint& at, const options& with);
    void close() override;

private:
    static asio::awaitable<void> accept_all(std::shared_ptr<stream_acceptor> self);
    void welcome(asio::ip::tcp::socket socket);

    shard_loop& shard_;
    handler on_connection_;
    asio::ip::tcp::acceptor acceptor_;
};

[[nodiscard]] endpoint endpoint_of(const asio::ip::tcp::endpoint& from);

}  // namespace conf::net

#include "libconf/net/stream_acceptor.hpp"

#include "libconf/net/awaited.hpp"
#include "libconf/net/interfaces.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/shard_loop.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/steady_timer.hpp>

#include <cerrno>
#include <chrono>
#include <span>
#include <string>
#include <utility>

namespace conf::net {
namespace {

using asio::ip::tcp;

}  // namespace

endpoint endpoint_of(const tcp::endpoint& from) {
    const auto address = from.address();
    if (address.is_v4()) return {ip_address::v4(address.to_v4().to_uint()), from.port()};
    const auto raw = address.to_v6().to_bytes();
    return {ip_address::from_bytes(std::as_bytes(std::span(raw))), from.port()};
}

stream_acceptor::stream_acceptor(shard_loop& shard, handler on_connection)
    : shard_(shard), on_connection_(std::move(on_connection)), acceptor_(shard.context()) {}

result<endpoint> stream_acceptor::open(std::string_view scheme, const endpoint& at, const options& with) {
    const auto where = std::string(scheme) + "://" + at.to_string();
    asio::error_code error;
    const auto address = asio::ip::make_address(at.ip.to_string(), error);
    const tcp::endpoint target(address, at.port);
    const auto step = [&](auto&& act) {
        if (!error) act();
    };
    step([&] { acceptor_.open(target.protocol(), error); });
    step([&] { acceptor_.set_option(tcp::acceptor::reuse_address(true), error); });
    if (at.ip.is_v6()) step([&] { acceptor_.set_option(asio::ip::v6_only(true), error); });
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    if (with.shared) step([&] { acceptor_.set_option(reuse_port(true), error); });
    if (with.this_machine_only) {
        step([&] {
            if (!keep_to_this_machine(acceptor_.native_handle())) error = {errno, asio::system_category()};
        });
    }
    step([&] { acceptor_.bind(target, error); });
    step([&] { acceptor_.listen(1024, error); });
    if (error) return listen_failure(where, error);
    const auto bound = endpoint_of(acceptor_.local_endpoint(error));
    shard_.watch(acceptor_.native_handle());
    asio::co_spawn(shard_.context(), accept_all(shared_from_this()), asio::detached);
    return bound;
}

void stream_acceptor::close() {
    asio::error_code ignored;
    acceptor_.close(ignored);
}

asio::awaitable<void> stream_acceptor::accept_all(std::shared_ptr<stream_acceptor> self) {
    auto& context = self->shard_.context();
    asio::steady_timer pause(context);
    for (;;) {
        auto [error, socket] = co_await self->acceptor_.async_accept(as_result);
        if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) co_return;
        if (error) {
            pause.expires_after(accept_pause);
            co_await pause.async_wait(as_result);
            continue;
        }
        self->welcome(std::move(socket));
    }
}

void stream_acceptor::welcome(tcp::socket socket) {
    asio::error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const auto peer = socket.remote_endpoint(error);
    if (!error) on_connection_(std::move(socket), endpoint_of(peer));  // else it is gone again
}

}  // namespace conf::net

#include "libconf/net/http_server.hpp"

#include "libconf/net/awaited.hpp"
#include "libconf/net/http_connection.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <ctime>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace conf::net {
namespace {

using asio::ip::tcp;

asio::ip::address to_asio(const ip_address& ip) {
    if (ip.is_v4()) return asio::ip::address_v4(ip.to_v4());
    asio::ip::address_v6::bytes_type raw{};
    for (std::size_t at = 0; at < raw.size(); ++at) raw[at] = load_u8(ip.storage(), at);
    return asio::ip::address_v6(raw);
}

endpoint from_asio(const tcp::endpoint& at) {
    if (at.address().is_v4()) return {ip_address::v4(at.address().to_v4().to_uint()), at.port()};
    const auto raw = at.address().to_v6().to_bytes();
    return {ip_address::from_bytes(std::as_bytes(std::span(raw))), at.port()};
}

// Asio's codes are of a category of its own that does not compare with std::errc.
conf::error failure(std::error_code from_system_call) {
    return std::error_code(from_system_call.value(), std::system_category());
}

// One customer of an IPv6 provider has at least a /64, so addresses within it are one client.
ip_address client_of(const endpoint& remote) {
    if (remote.ip.is_v4()) return remote.ip;
    auto raw = remote.ip.storage();
    std::fill(raw.begin() + 8, raw.end(), std::byte{0});
    return ip_address::from_bytes(raw);
}

struct listener {
    tcp::acceptor acceptor;
    std::shared_ptr<const http_router> routes;
    std::shared_ptr<tls_context> tls;  // null: plain
};

void serve(tcp::socket socket, const listener& from, const std::shared_ptr<http_host>& host,
           const endpoint& remote) {
    std::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!from.tls) return serve_plain(std::move(socket), host, from.routes, remote);
    auto* tls = ::SSL_new(from.tls->current().get());
    if (!tls) {
        host->stats.handshakes_failed.add();
        return;
    }
    serve_tls(std::move(socket), tls, host, from.routes, remote);
}

}  // namespace

struct http_server::impl final : http_host {
    explicit impl(asio::io_context& io) : context(io) {}

    void opened(http_connection& connection) override {
        open.insert(&connection);
        ++per_client[client_of(connection.remote())];
        stats.connections_total.add();
        stats.connections.set(static_cast<std::int64_t>(open.size()));
    }

    void closed(http_connection& connection) noexcept override {
        open.erase(&connection);
        const auto client = per_client.find(client_of(connection.remote()));
        if (--client->second == 0) per_client.erase(client);
        stats.connections.set(static_cast<std::int64_t>(open.size()));
        finish_drain();
    }

    std::string_view date() override {
        const auto now = std::time(nullptr);
        if (now != date_time || date_text.empty()) {
            date_time = now;
            date_text = format_http_date(now);
        }
        return date_text;
    }

    [[nodiscard]] bool admits(const endpoint& remote) {
        if (open.size() >= limits.connections) {
            stats.hit(http_limit::connections);
            return false;
        }
        const auto client = per_client.find(client_of(remote));
        if (client != per_client.end() && client->second >= limits.connections_per_address) {
            stats.hit(http_limit::connections_per_address);
            return false;
        }
        return true;
    }

    void finish_drain() {
        if (!drained || !open.empty()) return;
        asio::post(context, std::exchange(drained, {}));
    }

    void stop_listening() {
        for (const auto& one : listeners) {
            std::error_code ignored;
            one->acceptor.close(ignored);
        }
        listeners.clear();
    }

    // Static, with parameters by value: a coroutine keeps alive what it was given.
    static asio::awaitable<void> accept_loop(std::shared_ptr<impl> self, std::shared_ptr<listener> from) {
        for (;;) {
            auto [error, socket] = co_await from->acceptor.async_accept(as_result);
            if (!from->acceptor.is_open()) co_return;
            if (error && error != asio::error::connection_aborted) {
                self->stats.accepts_failed.add();
                asio::steady_timer pause(self->context, accept_pause);
                co_await pause.async_wait(as_result);
                if (!from->acceptor.is_open()) co_return;
            }
            std::error_code gone = error;
            const auto remote = gone ? tcp::endpoint() : socket.remote_endpoint(gone);
            if (gone) continue;
            const auto client = from_asio(remote);
            if (self->admits(client)) serve(std::move(socket), *from, self, client);
        }
    }

    asio::io_context& context;
    std::vector<std::shared_ptr<listener>> listeners;  // shared with their accept loops
    std::set<http_connection*> open;
    std::map<ip_address, std::uint32_t> per_client;  // open connections of each
    std::function<void()> drained;
    std::time_t date_time = 0;
    std::string date_text;
};

http_server::http_server(event_loop& loop, const http_limits& limits)
    : impl_(std::make_shared<impl>(loop.context())) {
    impl_->limits = limits;
}

http_server::~http_server() {
    impl_->drained = nullptr;
    close();
}

result<endpoint> http_server::listen(const endpoint& where, std::shared_ptr<const http_router> routes,
                                     std::shared_ptr<tls_context> tls) {
    const tcp::endpoint at(to_asio(where.ip), where.port);
    auto made = std::make_shared<listener>(
        listener{tcp::acceptor(impl_->context), std::move(routes), std::move(tls)});
    auto& acceptor = made->acceptor;
    std::error_code error;
    acceptor.open(at.protocol(), error);
    if (error) return failure(error);
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    // "[::]:80" is IPv6 alone: what listens on IPv4 too says so, with "0.0.0.0:80".
    if (!error && where.ip.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind(at, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return failure(error);
    const auto bound = acceptor.local_endpoint(error);
    if (error) return failure(error);

    impl_->listeners.push_back(made);
    asio::co_spawn(impl_->context, impl::accept_loop(impl_, made), asio::detached);
    return from_asio(bound);
}

void http_server::limit_connections(std::uint32_t per_address, std::uint32_t all) {
    impl_->limits.connections_per_address = per_address;
    impl_->limits.connections = all;
}

void http_server::count(http_limit hit) {
    impl_->stats.hit(hit);
}

void http_server::drain(std::function<void()> done) {
    impl_->stop_listening();
    impl_->drained = std::move(done);
    // A copy: a connection may end, and leave the set, while it is asked to.
    const auto all = impl_->open;
    for (auto* one : all) one->drain();
    impl_->finish_drain();
}

void http_server::close() {
    impl_->stop_listening();
    const auto all = impl_->open;
    for (auto* one : all) one->close();
}

const http_stats& http_server::stats() const noexcept {
    return impl_->stats;
}

}  // namespace conf::net

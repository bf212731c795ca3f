/// A real HTTP server on loopback with limits of the test's choice.
#pragma once

#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_server.hpp"

#include <conf/result.hpp>

#include <functional>
#include <future>
#include <memory>
#include <utility>

namespace conf::test {

class http_test_server {
public:
    explicit http_test_server(const net::http_limits& limits = {},
                              std::shared_ptr<net::tls_context> tls = nullptr,
                              const std::function<void(net::http_router&)>& add_routes = {})
        : server_(loop_, limits) {
        auto routes = std::make_shared<net::http_router>();
        routes->add("GET", "/", [](const net::http_request&) {
            return net::http_response{200, "text/plain", "hello\n", {}};
        });
        routes->add(
            "POST", "/echo",
            [](const net::http_request& request) {
                return net::http_response{200, "application/octet-stream", request.body, {}};
            },
            1000);
        if (add_routes) add_routes(*routes);
        at_ = server_.listen({ip_address::v4(0x7F000001), 0}, routes, std::move(tls)).value();
        loop_.start();
    }
    ~http_test_server() { loop_.stop(); }

    [[nodiscard]] const endpoint& at() const { return at_; }
    [[nodiscard]] const net::http_stats& stats() const { return server_.stats(); }

    /// Runs `task` on the server's loop and waits for it.
    void call(const std::function<void()>& task) const { loop_.call(task); }
    /// Ends all connections now.
    void close() {
        loop_.call([&] { server_.close(); });
    }

    /// Starts to drain; the future is ready when the server is empty.
    std::future<void> drain() {
        auto done = std::make_shared<std::promise<void>>();
        loop_.call([&] { server_.drain([done] { done->set_value(); }); });
        return done->get_future();
    }

private:
    mutable net::event_loop loop_;  // thread-safe
    net::http_server server_;
    endpoint at_;
};

}  // namespace conf::test

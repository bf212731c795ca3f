/// A relay on loopback for tests, and what one asks it.
#pragma once

#include "libconf/metrics/text_check.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_certificate.hpp"
#include "tests/net/turn_client.hpp"

#include <conf/turn.hpp>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::test {

/// One UDP listener on 127.0.0.1, the user "alice" with the password "wonderland", every peer on loopback
/// allowed, no limits.
inline turn_options relay_options() {
    turn_options options;
    options.listen = {"udp://127.0.0.1:0"};
    options.realm = "example.org";
    options.users = {{"alice", "wonderland"}};
    options.relay_address = {"127.0.0.1"};
    options.peer_policy = turn_peer_policy::deny_list;
    options.allow_peers = {"127.0.0.0/8"};
    options.limits = {.allocations_per_credential = 0, .allocation_bps = 0};
    return options;
}

/// Keeps the events of a relay.
class event_book {
public:
    [[nodiscard]] log_sink sink() {
        return [this](const log_event& event) {
            const std::scoped_lock lock(mutex_);
            events_.push_back(event);
        };
    }
    [[nodiscard]] std::size_t count(std::string_view name) const {
        const std::scoped_lock lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count(events_, name, &log_event::name));
    }
    [[nodiscard]] std::vector<log_event> all() const {
        const std::scoped_lock lock(mutex_);
        return events_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<log_event> events_;
};

/// A running relay.
struct turn_relay {
    explicit turn_relay(turn_options with = relay_options())
        : options(std::move(with)), server(std::move(turn_server::create(options).value())) {}

    /// Where it listens for "udp", "tcp", "tls" or "dtls".
    [[nodiscard]] std::string url(const std::string& scheme = "udp") const {
        for (const auto& one : server.status().listening) {
            if (one.starts_with(scheme + "://")) return one;
        }
        throw std::runtime_error("the relay does not listen for " + scheme);
    }

    [[nodiscard]] double metric(const std::string& sample) const {
        std::string text;
        server.write_metrics(text);
        if (const auto value = metrics::find_sample(text, sample)) return *value;
        throw std::runtime_error("the relay has no metric " + sample);
    }

    turn_options options;
    turn_server server;
};

/// A certificate and its key in files.
inline void write_certificate(const temp_folder& folder, const std::string& name) {
    const auto made = make_certificate(name);
    folder.write("cert.pem", made.certificate_pem());
    folder.write("key.pem", made.key_pem());
}

}  // namespace conf::test

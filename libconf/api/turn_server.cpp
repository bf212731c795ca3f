#include <conf/turn.hpp>

#include "libconf/net/turn_host.hpp"
#include "libconf/net/turn_metrics.hpp"

#include <string>
#include <utility>

namespace conf::inline v0 {
namespace {

class turn_error_category final : public std::error_category {
public:
    const char* name() const noexcept override { return "turn"; }
    std::string message(int value) const override {
        switch (static_cast<turn_errc>(value)) {
            case turn_errc::bad_listen:
                return "expected udp://ADDRESS:PORT, or tcp, tls or dtls in place of udp";
            case turn_errc::bad_realm: return "expected 1 to 64 printable characters without quotes";
            case turn_errc::no_credentials:
                return "a relay needs at least one secret or user, or nobody can use it";
            case turn_errc::bad_secret:
                return "expected a secret that is not empty; make one with: openssl rand -hex 32";
            case turn_errc::bad_user:
                return "expected a name without a colon, and a password that is not empty";
            case turn_errc::bad_relay_address:
                return "expected at most one IPv4 and one IPv6 address of this host";
            case turn_errc::bad_external_address:
                return "expected PUBLIC or PUBLIC/PRIVATE, two addresses of one family";
            case turn_errc::bad_relay_ports:
                return "expected FIRST-LAST within 1024-65535, with a port for each relay thread";
            case turn_errc::bad_prefix: return "expected an address or a prefix such as 192.0.2.0/24";
            case turn_errc::bad_sfu_address: return "expected ADDRESS or ADDRESS:PORT";
            case turn_errc::bad_alternate_server: return "expected ADDRESS:PORT";
            case turn_errc::bad_own_service: return "expected ADDRESS:PORT";
            case turn_errc::bad_threads: return "expected 1 to 64";
            case turn_errc::certificate_missing:
                return "tls:// and dtls:// listeners need tls.certificate and tls.key";
            case turn_errc::bad_certificate:
                return "the files do not hold a certificate and the key that fits it";
        }
        return "unknown TURN error";
    }
};

}  // namespace

const std::error_category& turn_category() noexcept {
    static const turn_error_category instance;
    return instance;
}

struct turn_server::impl {
    std::unique_ptr<net::turn_host> host;
};

turn_server::turn_server(std::unique_ptr<impl> state) : impl_(std::move(state)) {}
turn_server::turn_server(turn_server&&) noexcept = default;
turn_server& turn_server::operator=(turn_server&&) noexcept = default;
turn_server::~turn_server() = default;

result<turn_server> turn_server::create(turn_options options) {
    auto host = net::turn_host::create(options);
    if (!host) return host.error();
    return turn_server(std::make_unique<impl>(impl{std::move(*host)}));
}

result<std::vector<std::string>> turn_server::apply(turn_options options) {
    return impl_->host->apply(options);
}

void turn_server::drain() {
    impl_->host->drain();
}

void turn_server::wait_drained() {
    impl_->host->wait_drained();
}

void turn_server::stop() {
    impl_->host->stop();
}

turn_status turn_server::status() const {
    const auto sum = impl_->host->totals();
    return {.allocations = sum.core.allocations,
            .packets_relayed = sum.core.to_peers.packets + sum.core.to_clients.packets,
            .packets_dropped = net::dropped_packets(sum),
            .draining = sum.draining,
            .listening = impl_->host->listening()};
}

void turn_server::write_metrics(std::string& text) const {
    net::write_turn_metrics(impl_->host->totals(), text);
}

}  // namespace conf::inline v0

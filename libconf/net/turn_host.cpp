#include "libconf/net/turn_host.hpp"

#include "libconf/net/clock.hpp"
#include "libconf/net/udp_socket.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <future>
#include <utility>

namespace conf::net {
namespace {

constexpr std::uint32_t deliveries_on_the_way_max = 4096;

void add(turn::counters& to, const turn::counters& more) {
    to.allocations += more.allocations;
    to.allocations_created += more.allocations_created;
    to.binding_requests += more.binding_requests;
    to.binding_responses += more.binding_responses;
    to.binding_errors += more.binding_errors;
    to.requests += more.requests;
    to.success_responses += more.success_responses;
    to.error_responses += more.error_responses;
    to.unauthenticated_requests += more.unauthenticated_requests;
    to.unauthenticated_responses += more.unauthenticated_responses;
    to.stale_nonce_responses += more.stale_nonce_responses;
    to.answers_suppressed += more.answers_suppressed;
    to.turn::flows::add(more);
    to.of_the_ended.add(more.of_the_ended);
    to.dropped_unknown_protocol += more.dropped_unknown_protocol;
    to.dropped_malformed += more.dropped_malformed;
    to.dropped_no_allocation += more.dropped_no_allocation;
    to.dropped_no_channel += more.dropped_no_channel;
    to.dropped_no_permission += more.dropped_no_permission;
    to.dropped_peer_denied += more.dropped_peer_denied;
    to.dropped_family += more.dropped_family;
    to.dropped_bandwidth += more.dropped_bandwidth;
    to.quota_refusals += more.quota_refusals;
    to.capacity_refusals += more.capacity_refusals;
    to.peer_refusals += more.peer_refusals;
    to.icmp_errors_forwarded += more.icmp_errors_forwarded;
}
static_assert(sizeof(turn::counters) == 40 * sizeof(std::uint64_t), "a new counter must be added up here");

void add(turn_shard_counters& to, const turn_shard_counters& more) {
    to.wake_ups += more.wake_ups;
    to.receive_calls += more.receive_calls;
    to.datagrams_received += more.datagrams_received;
    to.received_in_runs += more.received_in_runs;
    to.handed_over += more.handed_over;
    to.hand_over_dropped += more.hand_over_dropped;
    to.stream_connections += more.stream_connections;
    to.stream_refused += more.stream_refused;
    to.stream_dropped += more.stream_dropped;
    to.dtls_sessions += more.dtls_sessions;
    to.dtls_refused += more.dtls_refused;
    to.sent.system_calls += more.sent.system_calls;
    to.sent.datagrams += more.sent.datagrams;
    to.sent.segmented += more.sent.segmented;
    to.sent.dropped += more.sent.dropped;
}
static_assert(sizeof(turn_shard_counters) == 15 * sizeof(std::uint64_t),
              "a new counter must be added up here");

bool needs_certificate(turn_listener::kind kind) noexcept {
    return kind == turn_listener::kind::tls || kind == turn_listener::kind::dtls;
}

}  // namespace

result<std::unique_ptr<turn_host>> turn_host::create(const turn_options& options) {
    auto setup = parse_turn_options(options);
    if (!setup) return setup.error();
    std::unique_ptr<turn_host> made(new turn_host(options, std::move(*setup)));
    if (auto loaded = made->load_certificates(options); !loaded) return loaded.error();
    made->make_shards();
    if (auto listens = made->listen(); !listens) return listens.error();
    made->push_settings();
    made->report_policy();
    for (auto& shard : made->shards_) shard->start();
    return made;
}

turn_host::turn_host(const turn_options& options, turn_setup setup)
    : options_(options), setup_(std::move(setup)), ports_(setup_.port_first, setup_.port_last) {}

turn_host::~turn_host() {
    stop();
}

result<void> turn_host::load_certificates(const turn_options& options) {
    const auto uses = [&](turn_listener::kind kind) {
        return std::ranges::find(setup_.listeners, kind, &turn_listener::is) != setup_.listeners.end();
    };
    if (!std::ranges::any_of(setup_.listeners, needs_certificate, &turn_listener::is)) return {};
    if (options.tls_certificate.empty() || options.tls_key.empty()) {
        return conf::error(make_error_code(turn_errc::certificate_missing), "turn.listen");
    }
    const tls_files files{options.tls_certificate, options.tls_key};
    if (uses(turn_listener::kind::tls)) {
        // RFC 7443. A browser that offers HTTP only is told so by the handshake.
        auto loaded = tls_context::load({.files = files,
                                         .transport = tls_transport::stream,
                                         .alpn = {"stun.turn", "stun.nat-discovery"},
                                         .configure = {}});
        if (!loaded) return loaded.error();
        stream_tls_ = std::move(*loaded);
    }
    if (uses(turn_listener::kind::dtls)) {
        auto loaded = tls_context::load(
            {.files = files, .transport = tls_transport::datagram, .alpn = {}, .configure = {}});
        if (!loaded) return loaded.error();
        datagram_tls_ = std::move(*loaded);
    }
    return {};
}

void turn_host::make_shards() {
    const auto nonce_key = crypto::system_random_key();
    for (std::uint32_t i = 0; i < options_.threads; ++i) {
        on_the_way_.push_back(std::make_unique<std::atomic<std::uint32_t>>(0));
        turn::identity fixed{.v4 = setup_.v4,
                             .v6 = setup_.v6,
                             .shard = static_cast<std::uint8_t>(i),
                             .nonce_key = nonce_key,
                             .random_key = crypto::system_random_key()};
        turn_shard::environment around{
            .ports = ports_,
            .quotas = quotas_,
            .deliver = [this](std::uint8_t shard,
                              const turn::delivery& what) { return deliver(shard, what); },
            .on_drained =
                [this] {
                    const std::scoped_lock lock(drain_mutex_);
                    ++drained_shards_;
                    changed_.notify_all();
                },
            .log = {},
            .log_least = options_.log_least,
            .log_client_addresses = options_.log_client_addresses,
        };
        shards_.push_back(std::make_unique<turn_shard>(std::move(fixed), setup_.settings, std::move(around)));
    }
}

result<endpoint> turn_host::listen_on(turn_shard& shard, const turn_listener& listener, bool shared) {
    switch (listener.is) {
        case turn_listener::kind::udp: return shard.listen_udp(listener.at, shared);
        case turn_listener::kind::tcp: return shard.listen_stream(listener.at, shared, nullptr);
        case turn_listener::kind::tls: return shard.listen_stream(listener.at, shared, stream_tls_);
        case turn_listener::kind::dtls: return shard.listen_dtls(listener.at, shared, datagram_tls_);
    }
    return turn_errc::bad_listen;
}

result<void> turn_host::listen() {
    const bool shared = shards_.size() > 1;
    for (auto listener : setup_.listeners) {
        if (shared && listener.at.port != 0 &&
            (listener.is == turn_listener::kind::udp || listener.is == turn_listener::kind::dtls)) {
            // A shared port can be shared with a stranger's program too, which would then get half of our
            // clients.
            udp_socket probe;
            if (const auto failed = udp_socket::open(listener.at, {}, probe)) {
                return listen_failure(std::string(to_string(listener.is)) + "://" + listener.at.to_string(),
                                      failed);
            }
        }
        for (auto& shard : shards_) {
            const auto bound = listen_on(*shard, listener, shared);
            if (!bound) return bound.error();
            listener.at.port = bound->port;  // port 0: the others join the first
        }
        bound_.push_back(listener.at);
        listening_.push_back(std::string(to_string(listener.is)) + "://" + listener.at.to_string());
    }
    return {};
}

bool turn_host::deliver(std::uint8_t shard, const turn::delivery& what) {
    auto& waiting = *on_the_way_.at(shard);
    if (waiting.fetch_add(1, std::memory_order_relaxed) >= deliveries_on_the_way_max) {
        waiting.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    std::vector<std::byte> copy(what.payload.begin(), what.payload.end());
    shards_[shard]->post([this, shard, from = what.from, to = what.to, copy = std::move(copy)] {
        on_the_way_[shard]->fetch_sub(1, std::memory_order_relaxed);
        shards_[shard]->handle_delivery({.shard = shard, .from = from, .to = to, .payload = copy});
    });
    return true;
}

/// Gives every shard the settings and the log, with what is only known since the listeners are bound.
void turn_host::push_settings() {
    auto settings = setup_.settings;
    settings.policy.own_services.insert(settings.policy.own_services.end(), bound_.begin(), bound_.end());
    log_sink one_at_a_time;
    if (options_.log) {
        one_at_a_time = [mutex = log_mutex_, sink = options_.log](const log_event& event) {
            const std::scoped_lock lock(*mutex);
            sink(event);
        };
    }
    for (auto& shard : shards_) {
        shard->call([&] {
            shard->reconfigure(settings, one_at_a_time, options_.log_least, options_.log_client_addresses);
        });
    }
}

void turn_host::report(log_level level, std::string name, std::string message,
                       std::vector<log_event::field> fields) const {
    if (!options_.log || level < options_.log_least) return;
    const std::scoped_lock lock(*log_mutex_);
    options_.log({level, std::move(name), std::move(message), std::move(fields)});
}

void turn_host::report_policy() const {
    for (const auto& prefix : options_.allow_peers) {
        report(log_level::warning, "turn.peers_opened",
               "turn.allow_peers lets clients send to this prefix through the relay", {{"prefix", prefix}});
    }
}

result<std::vector<std::string>> turn_host::apply(const turn_options& options) {
    const std::scoped_lock lock(mutex_);
    auto next = options;
    std::vector<std::string> need_restart;
    const auto keep = [&](auto member, const char* name) {
        if (next.*member != options_.*member) need_restart.emplace_back(name);
        next.*member = options_.*member;
    };
    keep(&turn_options::listen, "turn.listen");
    keep(&turn_options::relay_address, "turn.relay_address");
    keep(&turn_options::external_addresses, "turn.external_addresses");
    keep(&turn_options::relay_ports, "turn.relay_ports");
    keep(&turn_options::threads, "turn.threads");

    auto setup = parse_turn_options(next);
    if (!setup) return setup.error();
    const tls_files files{next.tls_certificate, next.tls_key};
    std::vector<std::pair<tls_context*, tls_context::material>> fresh;
    for (auto* context : {stream_tls_.get(), datagram_tls_.get()}) {
        if (!context) continue;
        auto prepared = context->prepare(files);
        if (!prepared) return prepared.error();
        fresh.emplace_back(context, std::move(*prepared));
    }
    // Nothing can fail from here on.
    for (auto& [context, material] : fresh) context->install(std::move(material));
    // What the relay addresses are was decided at the start; the host's interfaces may have changed since.
    setup->v4 = setup_.v4;
    setup->v6 = setup_.v6;
    const bool opened = next.allow_peers != options_.allow_peers;
    options_ = std::move(next);
    setup_ = std::move(*setup);
    push_settings();
    if (opened) report_policy();
    return need_restart;
}

void turn_host::drain() {
    {
        const std::scoped_lock lock(drain_mutex_);
        if (std::exchange(draining_, true)) return;
    }
    for (auto& shard : shards_) shard->post([&shard = *shard] { shard.drain(); });
}

void turn_host::wait_drained() {
    const auto limit = [this] {
        const std::scoped_lock lock(mutex_);
        return options_.drain_limit;
    }();
    std::unique_lock lock(drain_mutex_);
    changed_.wait_for(lock, limit, [this] { return stopped_ || drained_shards_ == shards_.size(); });
}

void turn_host::stop() {
    {
        const std::scoped_lock lock(drain_mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    const std::scoped_lock lock(stop_mutex_);
    for (auto& shard : shards_) shard->stop();
}

turn_totals turn_host::totals() const {
    turn_totals sum;
    for (const auto& shard : shards_) {
        shard->call([&] {
            add(sum.core, shard->core_count());
            add(sum.shell, shard->shell_count());
        });
    }
    sum.ports = ports_.size();
    sum.ports_in_use = ports_.in_use();
    {
        const std::scoped_lock lock(drain_mutex_);
        sum.draining = draining_;
    }
    if (const auto* tls = stream_tls_ ? stream_tls_.get() : datagram_tls_.get())
        sum.certificate_not_after = tls->not_after();
    return sum;
}

}  // namespace conf::net

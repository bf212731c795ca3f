#include "libconf/net/turn_shard.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/turn_dtls.hpp"
#include "libconf/net/turn_events.hpp"
#include "libconf/net/turn_stream.hpp"

#include <algorithm>
#include <utility>

namespace conf::net {
namespace {

/// Holds 150 000 small packets a second for 20 ms (a packet costs the kernel about 800 bytes of it, however
/// small).
constexpr int listener_buffer_bytes = 8 * 1024 * 1024;
/// A burst to one allocation waits here while others are served. Only what is waiting costs memory.
constexpr int relay_buffer_bytes = 4 * 1024 * 1024;
/// Rounds of reading before other sockets get their turn.
constexpr int rounds_max = 8;
// What an event of the readiness set is about: the upper half says what, the lower half which.
constexpr std::uint64_t relay_tag = 0;
constexpr std::uint64_t listener_tag = 1;

constexpr std::uint64_t tag_of(std::uint64_t what, std::uint32_t which) noexcept {
    return what << 32 | which;
}

/// Transmits are sent when so many are waiting, to bound the memory and the delay of the first.
constexpr std::size_t transmits_max = 512;

}  // namespace

struct turn_shard::udp_listener {
    udp_socket socket;
    turn::client_socket number = 0;
    bool has_more = false;  ///< it was not read until it was empty, so no event will come
};

turn_shard::turn_shard(turn::identity fixed, turn::settings initial, environment around)
    : around_(std::move(around)),
      core_(fixed, std::move(initial), around_.ports, around_.quotas),
      shard_(fixed.shard) {
    core_.set_clock(wall_now(), now());
}

turn_shard::~turn_shard() {
    stop();
    links_.clear();  // DTLS sessions use their listener, which is destroyed before them
}

result<endpoint> turn_shard::listen_udp(const endpoint& at, bool shared) {
    udp_socket socket;
    const bool every_address = at.ip.is_unspecified();
    if (const auto failed = udp_socket::open(at,
                                             {.receive_buffer_bytes = listener_buffer_bytes,
                                              .send_buffer_bytes = listener_buffer_bytes,
                                              .reuse_port = shared,
                                              .report_local = every_address,
                                              .fragments_late = true},
                                             socket)) {
        return listen_failure("udp://" + at.to_string(), failed);
    }
    const auto bound = socket.local();
    check(readiness().add(socket.native_handle(),
                          tag_of(listener_tag, static_cast<std::uint32_t>(listeners_.size()))));
    const auto number = locals_.add(socket.native_handle());
    listeners_.push_back(
        std::make_unique<udp_listener>(udp_listener{.socket = std::move(socket), .number = number}));
    return bound;
}

result<endpoint> turn_shard::listen_stream(const endpoint& at, bool shared,
                                           std::shared_ptr<tls_context> tls) {
    const auto* const scheme = tls ? "tls" : "tcp";
    auto listener = make_stream_listener(*this, std::move(tls));
    auto bound = listener->open(scheme, at, {.shared = shared});
    if (bound) link_listeners_.push_back(std::move(listener));
    return bound;
}

result<endpoint> turn_shard::listen_dtls(const endpoint& at, bool shared, std::shared_ptr<tls_context> tls) {
    auto listener = std::make_shared<dtls_listener>(*this, std::move(tls));
    auto bound = listener->open(at, shared);
    if (bound) link_listeners_.push_back(std::move(listener));
    return bound;
}

void turn_shard::serve(std::uint64_t which, std::uint32_t events) {
    const auto number = static_cast<std::uint32_t>(which);
    if (which >> 32 == relay_tag) return read_relay(number, (events & EPOLLERR) != 0);
    read_listener(*listeners_[number]);
}

void turn_shard::serve_rest() {
    for (auto& listener : listeners_) {
        if (listener->has_more) read_listener(*listener);
    }
}

bool turn_shard::has_rest() const {
    return std::ranges::any_of(listeners_, [](const auto& listener) { return listener->has_more; });
}

void turn_shard::tie_clock() {
    core_.set_clock(wall_now(), now());
}

void turn_shard::handle_deadline() {
    core_.handle_timeout(now(), out_);
    finish_turn();
}

void turn_shard::close_everything() {
    for (auto& listener : link_listeners_) listener->close();
    const auto links = links_;
    for (const auto& [socket, link] : links) link->close();
}

void turn_shard::reconfigure(turn::settings changed, log_sink log, log_level least,
                             bool log_client_addresses) {
    core_.reconfigure(std::move(changed));
    around_.log = std::move(log);
    around_.log_least = least;
    around_.log_client_addresses = log_client_addresses;
}

void turn_shard::drain() {
    core_.drain();
    finish_turn();
}

turn_shard_counters turn_shard::shell_count() const {
    auto copy = count_;
    copy.wake_ups = wake_ups();
    copy.sent = batch_.count();
    return copy;
}

void turn_shard::read_listener(udp_listener& listener) {
    listener.has_more = true;
    for (int round = 0; round < rounds_max && listener.has_more; ++round) {
        if (ring_.full()) finish_turn();
        bool drained = false;
        ++count_.receive_calls;
        for (const auto& run : ring_.receive(listener.socket.native_handle(), drained)) {
            const auto socket = locals_.number_for(listener.number, run.local);
            run.for_each_datagram([&](bytes datagram) {
                ++count_.datagrams_received;
                if (run.segment_bytes < run.data.size()) ++count_.received_in_runs;
                handle_message({.socket = socket,
                                .protocol = turn::client_protocol::udp,
                                .remote = run.remote,
                                .payload = datagram});
            });
        }
        listener.has_more = !drained;
    }
}

turn_shard::relay_socket* turn_shard::find_relay(turn::relay_id relay) noexcept {
    return relay < relays_.size() && relays_[relay].socket.is_open() ? &relays_[relay] : nullptr;
}

void turn_shard::read_relay(turn::relay_id relay, bool has_error) {
    auto* from = find_relay(relay);
    if (!from) return;
    if (has_error) {
        while (const auto report = from->socket.next_icmp()) {
            core_.handle_icmp(relay, {report->destination, report->type, report->code, report->data}, now(),
                              out_);
        }
    }
    // Usually one datagram waits, and asking whether there is a second costs a third of reading the first. So
    // one is read, and the level-triggered set reports the socket again if there is more; then it is emptied
    // at once.
    const bool reported_again = from->last_turn + 1 == turn();
    from->last_turn = turn();
    const bool empty_it = from->in_bursts || reported_again;
    std::size_t datagrams = 0;
    bool drained = false;
    for (int round = 0; round < rounds_max && !drained; ++round) {
        if (ring_.full()) finish_turn();
        ++count_.receive_calls;
        for (const auto& run :
             ring_.receive(from->socket.native_handle(), drained, empty_it ? receive_ring::slots : 1)) {
            run.for_each_datagram([&](bytes datagram) {
                ++datagrams;
                if (run.segment_bytes < run.data.size()) ++count_.received_in_runs;
                core_.handle_peer(relay, run.remote, datagram, now(), out_);
            });
        }
        if (out_.transmits.size() >= transmits_max) queue_transmits();
        if (!empty_it) break;
    }
    count_.datagrams_received += datagrams;
    from->in_bursts = datagrams > 1;
}

void turn_shard::handle_message(const turn::client_datagram& in) {
    core_.handle(in, now(), out_);
    if (!out_.commands.empty() || !out_.deliveries.empty()) carry_out();
}

void turn_shard::handle_delivery(const turn::delivery& what) {
    refresh();
    core_.handle_delivery(what, now(), out_);
    finish_turn();
}

/// Carries out what the core asked for while it handled one input; each answer may bring more.
void turn_shard::carry_out() {
    for (std::size_t i = 0; i < out_.commands.size(); ++i) {
        const auto command = out_.commands[i];
        if (command.what == turn::relay_command::action::open) {
            open_relay(command);
        } else {
            close_relay(command.relay);
        }
    }
    out_.commands.clear();
    for (std::size_t i = 0; i < out_.deliveries.size(); ++i) {
        const auto what = out_.deliveries[i];
        if (what.shard == shard_) {
            core_.handle_delivery(what, now(), out_);
        } else if (around_.deliver(what.shard, what)) {
            ++count_.handed_over;
        } else {
            ++count_.hand_over_dropped;
        }
    }
    out_.deliveries.clear();
}

void turn_shard::open_relay(const turn::relay_command& command) {
    if (relays_.size() <= command.relay) relays_.resize(command.relay + 1);
    auto& relay = relays_[command.relay];
    check(!relay.socket.is_open());
    relay.dont_fragment = false;
    const auto failed = udp_socket::open(
        command.bound,
        {.receive_buffer_bytes = relay_buffer_bytes, .report_icmp = true, .may_fragment = true},
        relay.socket);
    const bool bound = !failed && readiness().add(relay.socket.native_handle(),
                                                  tag_of(relay_tag, command.relay), EPOLLIN | EPOLLERR);
    if (!bound) relay.socket = {};
    core_.handle_relay_opened(command.relay, bound, now(), out_);
}

void turn_shard::close_relay(turn::relay_id relay) {
    // What was relayed before still leaves.
    queue_transmits();
    batch_.flush();
    if (auto* closing = find_relay(relay)) closing->socket = {};
}

void turn_shard::queue_transmits() {
    for (const auto& what : out_.transmits) {
        if (what.via == turn::transmit::door::client) {
            send_to_client(what);
        } else {
            send_to_peer(what);
        }
    }
    out_.transmits.clear();
    if (batch_.size() >= transmits_max) batch_.flush();
}

void turn_shard::send_to_client(const turn::transmit& what) {
    if (what.socket >= first_link) {
        if (const auto link = links_.find(what.socket); link != links_.end()) {
            link->second->send(what.head, what.body, what.padding);
        }
        return;
    }
    const auto& local = locals_[what.socket];
    batch_.add({.fd = local.fd,
                .destination = what.destination,
                .source = local.ip ? &*local.ip : nullptr,
                .head = what.head,
                .body = what.body,
                .padding = what.padding,
                .fragments_late = true});
}

void turn_shard::send_to_peer(const turn::transmit& what) {
    auto* through = find_relay(what.socket);
    if (!through) return;
    if (through->dont_fragment != what.dont_fragment) {
        batch_.flush();
        through->dont_fragment = what.dont_fragment;
        through->socket.set_dont_fragment(what.dont_fragment, what.destination.ip.family());
    }
    batch_.add({.fd = through->socket.native_handle(),
                .destination = what.destination,
                .head = {},
                .body = what.body});
}

void turn_shard::finish_turn() {
    carry_out();
    queue_transmits();
    batch_.flush();
    report_events();
    out_.clear();
    ring_.reset();
    if (core_.draining() && core_.empty() && !drained_told_) {
        drained_told_ = true;
        around_.on_drained();
    }
}

void turn_shard::report_events() {
    if (!around_.log) return;
    for (const auto& event : out_.events) {
        if (level_of(event) >= around_.log_least)
            around_.log(to_log_event(event, around_.log_client_addresses));
    }
}

turn::client_socket turn_shard::add_link(std::shared_ptr<client_link> link) {
    // Numbers come round after four billion connections; one that is still alive is passed over.
    while (next_link_ < first_link || links_.contains(next_link_)) ++next_link_;
    const auto socket = next_link_++;
    links_.emplace(socket, std::move(link));
    return socket;
}

void turn_shard::remove_link(turn::client_socket socket, const endpoint& remote) {
    links_.erase(socket);
    refresh();
    core_.handle_client_gone(socket, remote, now(), out_);
    finish_turn();
}

bool turn_shard::has_allocation(turn::client_socket socket, const endpoint& remote) {
    return core_.has_allocation(socket, remote);
}

}  // namespace conf::net

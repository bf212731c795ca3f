#include "libconf/net/turn_shard.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/turn_dtls.hpp"
#include "libconf/net/turn_events.hpp"
#include "libconf/net/turn_stream.hpp"

#include <asio/post.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <future>

namespace conf::net {
namespace {

/// Holds 150 000 small packets a second for 20 ms (a packet costs the kernel about 800 bytes of it, however small).
constexpr int listener_buffer_bytes = 8 * 1024 * 1024;
/// A burst to one allocation waits here while others are served. Only what is waiting costs memory.
constexpr int relay_buffer_bytes = 1024 * 1024;
/// The clock is tied to the calendar this often: operators do set clocks.
constexpr std::chrono::seconds clock_interval{1};
/// Rounds of reading before other sockets get their turn.
constexpr int rounds_max = 8;
/// Transmits are sent when so many are waiting, to bound the memory and the delay of the first.
constexpr std::size_t transmits_max = 512;

}  // namespace

struct turn_shard::udp_listener {
    udp_listener(asio::io_context& context, udp_socket made)
        : socket(std::move(made)), descriptor(context), family(socket.local().ip.family()) {
        // Asio closes what it watches; it gets a duplicate.
        descriptor.assign(::dup(socket.native_handle()));
    }

    udp_socket socket;
    asio::posix::stream_descriptor descriptor;
    ip_family family;
    bool reports_local = false;
    turn::client_socket first_local = 0;
};

turn_shard::turn_shard(turn::identity fixed, turn::settings initial, environment around)
    : keep_running_(context_.get_executor()), around_(std::move(around)),
      core_(fixed, std::move(initial), around_.ports, around_.quotas), shard_(fixed.shard), relay_readiness_(context_),
      timer_(context_) {
    now_ = clock_now();
    core_.set_clock(wall_now(), now_);
}

turn_shard::~turn_shard() {
    stop();
}

result<endpoint> turn_shard::listen_udp(const endpoint& at, bool shared) {
    udp_socket socket;
    const bool every_address = at.ip.is_unspecified();
    if (const auto failed = udp_socket::open(at,
                                             {.receive_buffer_bytes = listener_buffer_bytes,
                                              .send_buffer_bytes = listener_buffer_bytes,
                                              .reuse_port = shared,
                                              .report_local = every_address},
                                             socket)) {
        return listen_failure("udp://" + at.to_string(), failed);
    }
    auto listener = std::make_unique<udp_listener>(context_, std::move(socket));
    listener->reports_local = every_address;
    listener->first_local = static_cast<turn::client_socket>(locals_.size());
    locals_.push_back({listener.get(), std::nullopt});
    const auto bound = listener->socket.local();
    wait_for(*listener);
    listeners_.push_back(std::move(listener));
    return bound;
}

result<endpoint> turn_shard::listen_stream(const endpoint& at, bool shared, std::shared_ptr<tls_context> tls) {
    auto listener = std::make_shared<stream_listener>(*this, std::move(tls));
    auto bound = listener->open(at, shared);
    if (bound) link_listeners_.push_back(std::move(listener));
    return bound;
}

result<endpoint> turn_shard::listen_dtls(const endpoint& at, bool shared, std::shared_ptr<tls_context> tls) {
    auto listener = std::make_shared<dtls_listener>(*this, std::move(tls));
    auto bound = listener->open(at, shared);
    if (bound) link_listeners_.push_back(std::move(listener));
    return bound;
}

void turn_shard::start() {
    wait_for_relays();
    thread_ = std::thread([this] { context_.run(); });
}

void turn_shard::stop() {
    if (thread_.joinable()) {
        post([this] { close_everything(); });
        thread_.join();
    } else if (!context_.stopped()) {
        close_everything();
        context_.run();
    }
}

/// Leaves the context without work, so that its `run` returns after the last handler has seen its cancellation.
void turn_shard::close_everything() {
    asio::error_code ignored;
    for (auto& listener : listeners_) listener->descriptor.close(ignored);
    for (auto& listener : link_listeners_) listener->close();
    const auto links = links_;
    for (const auto& [socket, link] : links) link->close();
    relay_readiness_.close();
    timer_.cancel();
    keep_running_.reset();
}

void turn_shard::post(std::function<void()> task) {
    asio::post(context_, std::move(task));
}

void turn_shard::call(const std::function<void()>& task) const {
    if (!thread_.joinable() || thread_.get_id() == std::this_thread::get_id()) return task();
    std::promise<void> done;
    asio::post(const_cast<asio::io_context&>(context_), [&] {
        task();
        done.set_value();
    });
    done.get_future().wait();
}

void turn_shard::reconfigure(turn::settings changed, log_sink log, log_level least, bool log_client_addresses) {
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
    copy.sent = batch_.count();
    return copy;
}

void turn_shard::wait_for(udp_listener& listener) {
    listener.descriptor.async_wait(asio::posix::descriptor_base::wait_read, [this, &listener](asio::error_code error) {
        if (error) return;
        ++count_.wake_ups;
        read_listener(listener);
        wait_for(listener);
    });
}

turn::client_socket turn_shard::socket_of(udp_listener& listener, const received& in) {
    if (!listener.reports_local || !in.local) return listener.first_local;
    for (turn::client_socket i = 0; i < locals_.size(); ++i) {
        if (locals_[i].listener == &listener && locals_[i].ip == in.local) return i;
    }
    // A host has few addresses; a flood cannot make more of them.
    locals_.push_back({&listener, in.local});
    return static_cast<turn::client_socket>(locals_.size() - 1);
}

void turn_shard::read_listener(udp_listener& listener) {
    now_ = clock_now();
    for (int round = 0; round < rounds_max; ++round) {
        bool drained = false;
        ++count_.receive_calls;
        for (const auto& run : ring_.receive(listener.socket.native_handle(), drained)) {
            const auto socket = socket_of(listener, run);
            run.for_each_datagram([&](bytes datagram) {
                ++count_.datagrams_received;
                if (run.segment_bytes < run.data.size()) ++count_.received_in_runs;
                handle_message({.socket = socket,
                                .protocol = turn::client_protocol::udp,
                                .remote = run.remote,
                                .payload = datagram});
            });
        }
        finish_turn();
        if (drained) return;
    }
}

void turn_shard::wait_for_relays() {
    relay_readiness_.async_wait([this] {
        ++count_.wake_ups;
        read_relays();
        wait_for_relays();
    });
}

void turn_shard::read_relays() {
    now_ = clock_now();
    for (int round = 0; round < rounds_max; ++round) {
        const auto ready = relay_readiness_.ready();
        if (ready.empty()) break;
        for (const auto& event : ready) {
            read_relay(static_cast<turn::relay_id>(event.data.u64), (event.events & EPOLLERR) != 0);
        }
    }
    finish_turn();
}

turn_shard::relay_socket* turn_shard::find_relay(turn::relay_id relay) noexcept {
    return relay < relays_.size() && relays_[relay].socket.is_open() ? &relays_[relay] : nullptr;
}

void turn_shard::read_relay(turn::relay_id relay, bool has_error) {
    auto* from = find_relay(relay);
    if (!from) return;
    if (has_error) {
        while (const auto report = from->socket.next_icmp()) {
            core_.handle_icmp(relay, {report->destination, report->type, report->code, report->data}, now_, out_);
        }
    }
    // Edge-triggered: it is not reported again before it was empty.
    for (bool drained = false; !drained;) {
        if (ring_.full()) finish_turn();
        ++count_.receive_calls;
        for (const auto& run : ring_.receive(from->socket.native_handle(), drained)) {
            run.for_each_datagram([&](bytes datagram) {
                ++count_.datagrams_received;
                if (run.segment_bytes < run.data.size()) ++count_.received_in_runs;
                core_.handle_peer(relay, run.remote, datagram, now_, out_);
            });
        }
        if (out_.transmits.size() >= transmits_max) queue_transmits();
    }
}

void turn_shard::handle_message(const turn::client_datagram& in) {
    core_.handle(in, now_, out_);
    if (!out_.commands.empty() || !out_.deliveries.empty()) carry_out();
}

void turn_shard::handle_delivery(const turn::delivery& what) {
    now_ = clock_now();
    core_.handle_delivery(what, now_, out_);
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
            core_.handle_delivery(what, now_, out_);
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
        command.bound, {.receive_buffer_bytes = relay_buffer_bytes, .report_icmp = true, .may_fragment = true},
        relay.socket);
    const bool bound = !failed && relay_readiness_.add(relay.socket.native_handle(), command.relay);
    if (!bound) relay.socket = {};
    core_.handle_relay_opened(command.relay, bound, now_, out_);
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
    batch_.add({.fd = local.listener->socket.native_handle(),
                .destination = what.destination,
                .source = local.ip ? &*local.ip : nullptr,
                .head = what.head,
                .body = what.body,
                .padding = what.padding});
}

void turn_shard::send_to_peer(const turn::transmit& what) {
    auto* through = find_relay(what.socket);
    if (!through) return;
    if (through->dont_fragment != what.dont_fragment) {
        batch_.flush();
        through->dont_fragment = what.dont_fragment;
        through->socket.set_dont_fragment(what.dont_fragment, what.destination.ip.family());
    }
    batch_.add({.fd = through->socket.native_handle(), .destination = what.destination, .head = {}, .body = what.body});
}

void turn_shard::finish_turn() {
    carry_out();
    queue_transmits();
    batch_.flush();
    report_events();
    out_.clear();
    ring_.reset();
    arm_timer();
    if (core_.draining() && core_.empty() && !drained_told_) {
        drained_told_ = true;
        around_.on_drained();
    }
}

void turn_shard::report_events() {
    if (!around_.log) return;
    for (const auto& event : out_.events) {
        if (level_of(event) >= around_.log_least) around_.log(to_log_event(event, around_.log_client_addresses));
    }
}

void turn_shard::arm_timer() {
    if (now_ - clock_set_ >= clock_interval) {
        clock_set_ = now_;
        core_.set_clock(wall_now(), now_);
    }
    const auto next = core_.deadline();
    if (!next || (timer_at_ && *timer_at_ <= *next)) return;
    timer_at_ = next;
    timer_.expires_after(std::max(*next - clock_now(), duration::zero()));
    timer_.async_wait([this](asio::error_code error) {
        if (error) return;
        timer_at_.reset();
        now_ = clock_now();
        core_.handle_timeout(now_, out_);
        finish_turn();
    });
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
    now_ = clock_now();
    core_.handle_client_gone(socket, remote, now_, out_);
    finish_turn();
}

bool turn_shard::has_allocation(turn::client_socket socket, const endpoint& remote) {
    return core_.has_allocation(socket, remote);
}

}  // namespace conf::net

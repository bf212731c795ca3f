#include "libconf/net/turn_shard.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/turn_dtls.hpp"
#include "libconf/net/turn_events.hpp"
#include "libconf/net/turn_stream.hpp"

#include <asio/post.hpp>

#include <sys/prctl.h>

#include <algorithm>
#include <future>
#include <utility>

namespace conf::net {
namespace {

/// Holds 150 000 small packets a second for 20 ms (a packet costs the kernel about 800 bytes of it, however
/// small).
constexpr int listener_buffer_bytes = 8 * 1024 * 1024;
/// A burst to one allocation waits here while others are served. Only what is waiting costs memory.
constexpr int relay_buffer_bytes = 4 * 1024 * 1024;
/// The clock is tied to the calendar this often: operators do set clocks.
constexpr std::chrono::seconds clock_interval{1};
/// Rounds of reading before other sockets get their turn.
constexpr int rounds_max = 8;
/// Asio's timers, all of them seconds long, are looked at this often.
constexpr std::chrono::milliseconds asio_interval{100};

// Between 35 000 packets a second and saturation each packet finds the thread asleep, and waking up costs
// more than relaying. Then the thread lets packets gather for a moment before it reads them, as network cards
// do with interrupts. Measured at 50 000 packets/s to 1000 allocations (part of coturn's CPU a packet; median
// latency): never 0.87; 12 us, 25 us 0.79; 33 us, 40 us 0.69; 53 us, 60 us 0.62; 75 us, 100 us 0.57; 134 us.
constexpr std::chrono::microseconds gather_time{60};
/// A wait this short found something ready: the thread did not sleep.
constexpr std::chrono::microseconds no_wait{5};
constexpr std::uint64_t gather_packets_a_second = 35'000;
/// A thread with less than a fifth of its time to spare has no time to give away; it finds batches anyway.
constexpr int gather_idle_share = 5;
constexpr std::chrono::milliseconds rate_window{2};

// What an event of the readiness set is about: the upper half says what, the lower half which.
constexpr std::uint64_t relay_tag = 0;
constexpr std::uint64_t listener_tag = 1;
constexpr std::uint64_t asio_tag = 2;

constexpr std::uint64_t tag_of(std::uint64_t what, std::uint32_t which) noexcept {
    return what << 32 | which;
}

/// Listeners, and addresses of this host that clients came to. A host has few, but whole prefixes can be
/// routed to it, as 127.0.0.0/8 is.
constexpr std::size_t locals_max = 1024;

/// Handlers of Asio that run before other sockets get their turn; one reads 4 KiB, as a rule.
constexpr std::size_t handlers_max = 32;

/// Transmits are sent when so many are waiting, to bound the memory and the delay of the first.
constexpr std::size_t transmits_max = 512;

}  // namespace

struct turn_shard::udp_listener {
    udp_socket socket;
    bool reports_local = false;
    turn::client_socket first_local = 0;
    bool has_more = false;  ///< it was not read until it was empty, so no event will come
};

turn_shard::turn_shard(turn::identity fixed, turn::settings initial, environment around)
    : around_(std::move(around)),
      core_(fixed, std::move(initial), around_.ports, around_.quotas),
      shard_(fixed.shard) {
    now_ = clock_now();
    core_.set_clock(wall_now(), now_);
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
                                              .report_local = every_address},
                                             socket)) {
        return listen_failure("udp://" + at.to_string(), failed);
    }
    const auto bound = socket.local();
    check(readiness_.add(socket.native_handle(),
                         tag_of(listener_tag, static_cast<std::uint32_t>(listeners_.size()))));
    listeners_.push_back(std::make_unique<udp_listener>(udp_listener{
        .socket = std::move(socket),
        .reports_local = every_address,
        .first_local = static_cast<turn::client_socket>(locals_.size()),
    }));
    locals_.push_back({listeners_.back().get(), std::nullopt});
    return bound;
}

result<endpoint> turn_shard::listen_stream(const endpoint& at, bool shared,
                                           std::shared_ptr<tls_context> tls) {
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

void turn_shard::watch(int fd) {
    check(readiness_.add(fd, tag_of(asio_tag, 0), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET));
    poll_asio_ = true;
}

void turn_shard::start() {
    running_ = true;
    thread_ = std::thread([this] { run(); });
}

void turn_shard::run() {
    runner_ = std::this_thread::get_id();
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // nanoseconds; the default of 50 us is longer than what is waited
    context_.poll();
    while (!ending_.load(std::memory_order_relaxed)) {
        const auto idle_since = clock_now();
        const auto ready = wait();
        ++count_.wake_ups;
        ++turn_;
        now_ = clock_now();
        idle_ += now_ - idle_since;
        for (const auto& event : ready) serve(event);
        for (auto& listener : listeners_) {
            if (listener->has_more) read_listener(*listener);
        }
        finish_turn();
        measure_load();
        keep_time();
        if (std::exchange(poll_asio_, false)) poll_asio();
    }
    close_everything();
    context_.restart();
    context_.run();
    const std::scoped_lock lock(running_mutex_);
    running_ = false;
    // Who called before still gets an answer.
    context_.restart();
    context_.poll();
}

/// Packets that come steadily gather while the thread sleeps, and wake nothing. A burst wakes it, and gathers
/// after that.
std::span<const epoll_event> turn_shard::wait() {
    if (gathers_ && steady_) {
        std::this_thread::sleep_for(gather_time);
        if (const auto ready = readiness_.wait(duration::zero()); !ready.empty()) return ready;
    }
    const auto before = clock_now();
    const auto ready = readiness_.wait(time_to_wait());
    const auto waited = clock_now() - before;
    steady_ = waited < gather_time;
    if (gathers_ && waited > no_wait) std::this_thread::sleep_for(gather_time);
    return ready;
}

/// A stream that always has more to read would keep Asio busy for ever, and everybody else waiting.
void turn_shard::poll_asio() {
    context_.restart();
    std::size_t handled = 0;
    while (handled < handlers_max && context_.poll_one() > 0) ++handled;
    poll_asio_ = poll_asio_ || handled == handlers_max;
}

void turn_shard::measure_load() {
    const auto elapsed = now_ - window_start_;
    if (elapsed < rate_window) return;
    const auto packets =
        count_.datagrams_received - std::exchange(packets_before_, count_.datagrams_received);
    const auto idle = std::exchange(idle_, duration::zero());
    window_start_ = now_;
    gathers_ = packets * 1'000'000 >= gather_packets_a_second * static_cast<std::uint64_t>(elapsed.count()) &&
               idle * gather_idle_share >= elapsed;
}

void turn_shard::serve(const epoll_event& event) {
    const auto which = static_cast<std::uint32_t>(event.data.u64);
    switch (event.data.u64 >> 32) {
        case relay_tag: return read_relay(which, (event.events & EPOLLERR) != 0);
        case listener_tag: return read_listener(*listeners_[which]);
        default: poll_asio_ = true;
    }
}

/// Timers of the core and of Asio. With many clients there is always a deadline; without any there may be
/// none.
std::optional<duration> turn_shard::time_to_wait() const {
    const bool reading_on = std::ranges::any_of(listeners_, [](const auto& l) { return l->has_more; });
    if (reading_on || poll_asio_) return duration::zero();
    const bool asio_has_timers = !link_listeners_.empty();
    const auto next = core_.deadline();
    if (!next && !asio_has_timers) return std::nullopt;
    const auto core_wait = next ? std::max(*next - clock_now(), duration::zero()) : duration::max();
    return asio_has_timers ? std::min<duration>(core_wait, asio_interval) : core_wait;
}

void turn_shard::keep_time() {
    if (now_ - clock_set_ >= clock_interval) {
        clock_set_ = now_;
        core_.set_clock(wall_now(), now_);
    }
    if (!link_listeners_.empty() && now_ - asio_polled_ >= asio_interval) {
        asio_polled_ = now_;
        poll_asio_ = true;
    }
    if (const auto due = core_.deadline(); due && *due <= now_) {
        core_.handle_timeout(now_, out_);
        finish_turn();
    }
}

void turn_shard::stop() {
    if (thread_.joinable()) {
        ending_ = true;
        readiness_.wake();
        thread_.join();
    } else if (!ending_.exchange(true)) {
        close_everything();
        context_.run();
    }
}

/// Leaves the context without work, so that its `run` returns after the last handler has seen its
/// cancellation.
void turn_shard::close_everything() {
    for (auto& listener : link_listeners_) listener->close();
    const auto links = links_;
    for (const auto& [socket, link] : links) link->close();
}

void turn_shard::post(std::function<void()> task) {
    asio::post(context_, std::move(task));
    readiness_.wake();
}

void turn_shard::call(const std::function<void()>& task) const {
    if (runner_ == std::this_thread::get_id()) return task();
    std::promise<void> done;
    {
        const std::scoped_lock lock(running_mutex_);
        if (!running_) return task();
        const_cast<turn_shard*>(this)->post([&] {
            task();
            done.set_value();
        });
    }
    done.get_future().wait();
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
    copy.sent = batch_.count();
    return copy;
}

turn::client_socket turn_shard::socket_of(udp_listener& listener, const received& in) {
    if (!listener.reports_local || !in.local) return listener.first_local;
    for (turn::client_socket i = 0; i < locals_.size(); ++i) {
        if (locals_[i].listener == &listener && locals_[i].ip == in.local) return i;
    }
    // Whoever comes to one more is answered from the address that the kernel picks.
    if (locals_.size() >= locals_max) return listener.first_local;
    locals_.push_back({&listener, in.local});
    return static_cast<turn::client_socket>(locals_.size() - 1);
}

void turn_shard::read_listener(udp_listener& listener) {
    listener.has_more = true;
    for (int round = 0; round < rounds_max && listener.has_more; ++round) {
        if (ring_.full()) finish_turn();
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
            core_.handle_icmp(relay, {report->destination, report->type, report->code, report->data}, now_,
                              out_);
        }
    }
    // Usually one datagram waits, and asking whether there is a second costs a third of reading the first. So
    // one is read, and the level-triggered set reports the socket again if there is more; then it is emptied
    // at once.
    const bool reported_again = from->last_turn + 1 == turn_;
    from->last_turn = turn_;
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
                core_.handle_peer(relay, run.remote, datagram, now_, out_);
            });
        }
        if (out_.transmits.size() >= transmits_max) queue_transmits();
        if (!empty_it) break;
    }
    count_.datagrams_received += datagrams;
    from->in_bursts = datagrams > 1;
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
        command.bound,
        {.receive_buffer_bytes = relay_buffer_bytes, .report_icmp = true, .may_fragment = true},
        relay.socket);
    const bool bound = !failed && readiness_.add(relay.socket.native_handle(),
                                                 tag_of(relay_tag, command.relay), EPOLLIN | EPOLLERR);
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
    now_ = clock_now();
    core_.handle_client_gone(socket, remote, now_, out_);
    finish_turn();
}

bool turn_shard::has_allocation(turn::client_socket socket, const endpoint& remote) {
    return core_.has_allocation(socket, remote);
}

}  // namespace conf::net

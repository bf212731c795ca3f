#include "traffic.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace turn_load {
namespace {

constexpr std::int64_t silence_ns = 100'000'000;
constexpr std::int64_t stall_ns = 20'000'000;
constexpr std::size_t units_a_turn = 32;  // single packets sent before we look for arrivals again

void enable(int socket, int level, int option) {
    const int on = 1;
    if (setsockopt(socket, level, option, &on, sizeof on) != 0) {
        throw std::system_error(errno, std::generic_category(), "setsockopt");
    }
}

sending way_to_send(const traffic_options& options) {
    if (options.gso) return sending::segmented;
    return options.latency ? sending::single : sending::batched;
}

data_template up_form(const client_pool& pool, const traffic_options& options) {
    return options.kind == carriage::channel ? channel_data(options.payload_bytes)
                                             : send_indication(pool.peer(), options.payload_bytes);
}

}  // namespace

double phase_report::cpu_us_a_packet() const {
    return static_cast<double>(end.server_cpu_ns - begin.server_cpu_ns) / 1e3 /
           static_cast<double>(std::max<std::uint64_t>(delivered(), 1));
}

double phase_report::server_busy() const {
    return static_cast<double>(end.server_cpu_ns - begin.server_cpu_ns) /
           static_cast<double>(end.at_ns - begin.at_ns);
}

traffic::traffic(client_pool& pool, int peer_socket, const server_probe& server, traffic_options options)
    : pool_(pool),
      peer_socket_(peer_socket),
      server_(server),
      options_(options),
      up_sender_(up_form(pool, options), way_to_send(options)),
      down_sender_({std::vector<std::uint8_t>(options.payload_bytes), 0}, way_to_send(options)),
      peer_receiver_({options.gro ? std::size_t{16} : std::size_t{64}, options.gro, options.latency}),
      client_receiver_({options.gro          ? std::size_t{4}
                        : options.burst == 1 ? std::size_t{1}
                                             : std::size_t{32},
                        options.gro, options.latency}),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      flows_(pool.clients().size() * 2) {
    std::vector<int> sockets{peer_socket};
    for (std::size_t i = 0; i < pool_.clients().size(); ++i) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        sockets.push_back(pool_.clients()[i].socket);
        epoll_ctl(poll_, EPOLL_CTL_ADD, sockets.back(), &event);
    }
    for (const int socket : sockets) {
        if (options.gro) enable(socket, SOL_UDP, UDP_GRO);
        if (options.latency) enable(socket, SOL_SOCKET, SO_TIMESTAMPNS);
    }
}

traffic::~traffic() {
    close(poll_);
}

// Round robin over the allocations; the two directions are half a circle apart so that they meet different
// ones.
traffic::unit traffic::next_unit() const {
    const auto clients = pool_.clients().size();
    if (options_.way != direction::both) return {next_unit_ % clients, options_.way == direction::up};
    const auto turn = next_unit_ / 2;
    if (next_unit_ % 2 == 0) return {turn % clients, true};
    return {(turn + clients / 2) % clients, false};
}

bool traffic::window_open(unit which) {
    const auto& each = flow_of(which);
    return under_way_ + options_.burst <= options_.window &&
           each.sent - each.horizon + options_.burst <= options_.flow_window;
}

void traffic::send_unit(unit which) {
    auto& target = flow_of(which);
    auto& client = pool_.clients()[which.client];
    const auto number = static_cast<std::uint32_t>(which.client * 2 + (which.up ? 0 : 1));
    if (which.up) {
        up_sender_.send_run(client.socket, number, target.sent, options_.burst);
    } else {
        down_sender_.queue_run(peer_socket_, client.relayed, number, target.sent, options_.burst);
    }
    target.sent += options_.burst;
    sent_ += options_.burst;
    under_way_ += options_.burst;
    ++next_unit_;
}

void traffic::take(byte_view payload, std::int64_t arrived_wall_ns, bool up) {
    stamp value;
    if (payload.size() != options_.payload_bytes) {
        ++malformed_;
        return;
    }
    std::memcpy(&value, payload.data(), sizeof value);
    if (value.magic != stamp{}.magic || value.flow >= flows_.size() || (value.flow % 2 == 0) != up) {
        ++malformed_;
        return;
    }
    auto& each = flows_[value.flow];
    if (value.sequence >= each.horizon) {
        under_way_ -= value.sequence + 1 - each.horizon;
        each.horizon = value.sequence + 1;
    } else {
        ++reordered_;
    }
    ++(up ? up_ : down_);
    if (options_.latency) latencies_ns_.push_back(arrived_wall_ns - value.sent_wall_ns);
}

void traffic::drain() {
    if (options_.way != direction::down) {
        const auto from_server = [this](byte_view data, std::int64_t time) { take(data, time, true); };
        for (int i = 0; i < 4 && peer_receiver_.receive(peer_socket_, from_server); ++i) {}
    }
    if (options_.way == direction::up) return;
    std::array<epoll_event, 64> events;
    const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < ready; ++i) {
        const auto& from = pool_.clients()[events[static_cast<std::size_t>(i)].data.u64];
        client_receiver_.receive(from.socket, [this](byte_view data, std::int64_t time) {
            take(relayed_payload(data), time, false);
        });
    }
}

// What is still under way is lost, as far as the window is concerned.
void traffic::write_off() {
    for (auto& each : flows_) each.horizon = each.sent;
    under_way_ = 0;
}

counts traffic::snapshot() const {
    return {monotonic_ns(), server_.cpu_ns(), sent_, up_, down_};
}

phase_report traffic::run_paced(double rate, double seconds) {
    phase_report report;
    const double interval_ns = static_cast<double>(options_.burst) * 1e9 / rate;
    const std::size_t turn_max = std::max<std::size_t>(1, units_a_turn / options_.burst);
    report.begin = snapshot();
    const auto start = monotonic_ns();
    const auto length = static_cast<std::int64_t>(seconds * 1e9);
    const auto units = static_cast<std::uint64_t>(static_cast<double>(length) / interval_ns);
    std::uint64_t done = 0;
    while (done < units) {
        const auto passed = monotonic_ns() - start;
        const auto due =
            std::min(units, static_cast<std::uint64_t>(static_cast<double>(passed) / interval_ns) + 1);
        if (due > done) {
            const auto schedule = static_cast<std::int64_t>(static_cast<double>(done) * interval_ns);
            report.lag_max_ns = std::max(report.lag_max_ns, passed - schedule);
            for (std::size_t i = 0; i < turn_max && done < due; ++i, ++done) send_unit(next_unit());
            down_sender_.flush(peer_socket_);
        }
        // A load that is hopelessly behind must not go on for minutes.
        if (passed > length * 3 / 2) break;
        drain();
    }
    while (monotonic_ns() - start < length) drain();
    report.end = snapshot();
    return report;
}

phase_report traffic::run_closed_loop(double seconds) {
    phase_report report;
    const std::size_t turn_max = std::max<std::size_t>(2, units_a_turn / options_.burst);
    report.begin = snapshot();
    const auto end = monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
    auto progress_at = monotonic_ns();
    auto progress = received();
    for (auto now = progress_at; now < end; now = monotonic_ns()) {
        for (std::size_t i = 0; i < turn_max; ++i) {
            const auto next = next_unit();
            if (!window_open(next)) break;
            send_unit(next);
        }
        down_sender_.flush(peer_socket_);
        drain();
        if (received() != progress) {
            progress = received();
            progress_at = now;
        } else if (now - progress_at > stall_ns) {
            write_off();
            ++report.stalls;
            progress_at = now;
        }
    }
    report.end = snapshot();
    return report;
}

void traffic::settle() {
    auto progress = received();
    for (auto quiet_since = monotonic_ns(); lost() != 0 && monotonic_ns() - quiet_since < silence_ns;) {
        drain();
        if (received() == progress) continue;
        progress = received();
        quiet_since = monotonic_ns();
    }
    write_off();
}

std::uint64_t traffic::own_drops() const {
    auto sum = drops_at(peer_socket_);
    for (const auto& each : pool_.clients()) sum += drops_at(each.socket);
    return sum;
}

}  // namespace turn_load

#include "clients.hpp"

#include "probe.hpp"

#include <linux/sock_diag.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace turn_load {
namespace {

constexpr std::int64_t retransmit_ns = 500'000'000;
constexpr std::int64_t give_up_ns = 20'000'000'000;
constexpr std::size_t clients_per_address = 20'000;  // the kernel's default range has 28 000 ports
constexpr std::uint32_t udp_transport = 17U << 24;

// 127.1.x.y, another one for each run: a server that still holds the allocations of the last run must not see
// its addresses again.
std::uint32_t client_address(std::size_t block) {
    return 0x7f010000U + (static_cast<std::uint32_t>(block) << 16) +
           (static_cast<std::uint32_t>(getpid()) & 0xffff);
}

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

sockaddr_in to_sockaddr(endpoint value) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_addr.s_addr = htonl(value.address);
    result.sin_port = htons(value.port);
    return result;
}

int open_udp_socket(endpoint local, int buffer_bytes) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    for (const auto& [force, plain] :
         {std::pair{SO_RCVBUFFORCE, SO_RCVBUF}, std::pair{SO_SNDBUFFORCE, SO_SNDBUF}}) {
        if (setsockopt(fd, SOL_SOCKET, force, &buffer_bytes, sizeof buffer_bytes) != 0) {
            setsockopt(fd, SOL_SOCKET, plain, &buffer_bytes, sizeof buffer_bytes);
        }
    }
    const auto address = to_sockaddr(local);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
    return fd;
}

std::uint64_t drops_at(int socket) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return 0;
    return info[SK_MEMINFO_DROPS];
}

client_pool::client_pool(account who, endpoint peer, std::size_t count, int buffer_bytes)
    : who_(std::move(who)), peer_(peer), clients_(count) {
    const auto server = to_sockaddr(who_.server);
    for (std::size_t i = 0; i < count; ++i) {
        clients_[i].socket = open_udp_socket({client_address(i / clients_per_address), 0}, buffer_bytes);
        if (connect(clients_[i].socket, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
            fail("connect");
        }
    }
}

client_pool::~client_pool() {
    for (const auto& each : clients_) close(each.socket);
}

const std::vector<std::uint8_t>& client_pool::key_for(const std::string& realm) {
    if (key_.empty() || realm != key_realm_) {
        key_realm_ = realm;
        key_ = long_term_key(who_.user, realm, who_.password);
    }
    return key_;
}

void client_pool::send_next(client& which, goal target, setup_report& report, request kind) {
    const auto name = which.state != client::state::allocated ? method::allocate
                      : target == goal::channel               ? method::channel_bind
                      : target == goal::permission            ? method::create_permission
                                                              : method::refresh;
    if (kind == request::first) which.last_id = next_id_++;  // else the server must see the same transaction
    message_builder message(name, message_class::request, which.last_id);
    if (name == method::allocate) message.add_word(attribute::requested_transport, udp_transport);
    if (name == method::refresh) message.add_word(attribute::lifetime, 0);
    if (name == method::channel_bind) {
        message.add_word(attribute::channel_number, static_cast<std::uint32_t>(first_channel) << 16);
    }
    if (name == method::channel_bind || name == method::create_permission) {
        message.add(attribute::xor_peer_address, peer_);
    }
    if (which.state != client::state::fresh) {
        message.add(attribute::username, who_.user);
        message.add(attribute::realm, which.realm);
        message.add(attribute::nonce, which.nonce);
        message.add_integrity(key_for(which.realm));
    }
    which.sent_at_ns = monotonic_ns();
    ++report.requests;
    // A full queue or a refused datagram is repaired by the retransmission.
    [[maybe_unused]] const auto sent = send(which.socket, message.bytes().data(), message.bytes().size(), 0);
}

void client_pool::receive(client& which, goal target, setup_report& report) {
    std::array<std::uint8_t, 2048> buffer;
    const auto size = recv(which.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) return;
    const auto message = message_view::parse(byte_view(buffer).first(static_cast<std::size_t>(size)));
    if (!message || message->id() != which.last_id) return;

    const int error = message->error();
    if (error == 438 || (error == 401 && which.state == client::state::fresh)) {
        which.realm = message->text(attribute::realm).empty() ? which.realm : message->text(attribute::realm);
        which.nonce = message->text(attribute::nonce);
        if (which.state == client::state::fresh) which.state = client::state::challenged;
    } else if (error != 0) {
        ++report.refused;
        report.last_error = error;
        which.done = true;
    } else if (which.state == client::state::allocated) {
        which.done = true;
    } else if (const auto relayed = message->address(attribute::xor_relayed_address)) {
        which.relayed = to_sockaddr(*relayed);
        which.state = client::state::allocated;
    }
    if (!which.done) send_next(which, target, report, request::first);
}

setup_report client_pool::bring_to(goal target, std::size_t first, std::size_t last, std::size_t parallel) {
    setup_report report;
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0) fail("epoll_create1");
    const auto started = monotonic_ns();
    auto last_check = started;
    std::vector<std::size_t> under_way;
    std::size_t next = first;
    std::size_t finished = 0;
    const std::size_t wanted = last - first;
    std::array<epoll_event, 256> events;

    while (finished < wanted) {
        while (next < last && next - first - finished < parallel) {
            clients_[next].done = false;
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = next;
            epoll_ctl(poll, EPOLL_CTL_ADD, clients_[next].socket, &event);
            under_way.push_back(next);
            send_next(clients_[next++], target, report, request::first);
        }
        const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 50);
        for (int i = 0; i < ready; ++i) {
            auto& which = clients_[events[static_cast<std::size_t>(i)].data.u64];
            receive(which, target, report);
            if (!which.done) continue;
            epoll_ctl(poll, EPOLL_CTL_DEL, which.socket, nullptr);
            ++finished;
        }
        const auto now = monotonic_ns();
        if (now - last_check < 50'000'000) continue;
        last_check = now;
        std::erase_if(under_way, [&](std::size_t index) { return clients_[index].done; });
        for (const auto index : under_way) {
            if (now - clients_[index].sent_at_ns < retransmit_ns) continue;
            ++report.retransmissions;
            send_next(clients_[index], target, report, request::again);
        }
        if (now - started > give_up_ns + static_cast<std::int64_t>(wanted) * 2'000'000) break;
    }
    report.elapsed_ns = monotonic_ns() - started;
    close(poll);
    if (finished < wanted) throw std::runtime_error("the server does not answer: setup gave up");
    return report;
}

}  // namespace turn_load

/// What the kernel alone costs: a relay without TURN. It believes everybody, checks nothing, keeps no time,
/// and for each packet it waits, receives and sends once. A relay that wakes up for each packet cannot be
/// cheaper by much.
///
///     tests/bench/turn/run.py --conf-turn build/release/bin/turn_floor --only 'cpu/channel*/50k'
#include "clients.hpp"
#include "wire.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <deque>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace turn_load {
namespace {

constexpr std::uint32_t loopback = 0x7f000001;
constexpr std::size_t transaction_at = 8;
constexpr std::size_t transaction_bytes = 12;
constexpr int buffer_bytes = 4 * 1024 * 1024;

struct flow {
    int socket = -1;  ///< its relayed address
    sockaddr_in client{};
    sockaddr_in peer{};
};

std::uint64_t key_of(const sockaddr_in& from) {
    return static_cast<std::uint64_t>(from.sin_addr.s_addr) << 16 | from.sin_port;
}

endpoint local_address(int socket) {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
    return {ntohl(bound.sin_addr.s_addr), ntohs(bound.sin_port)};
}

class bare_relay {
public:
    explicit bare_relay(std::uint16_t port)
        : poll_(epoll_create1(EPOLL_CLOEXEC)), listener_(open_udp_socket({loopback, port}, buffer_bytes)) {
        watch(listener_, nullptr);
    }

    [[noreturn]] void run() {
        for (;;) {
            std::array<epoll_event, 64> events;
            const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i)
                serve(static_cast<flow*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
    }

private:
    void watch(int socket, flow* owner) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = owner;
        epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
    }

    void serve(flow* of) {
        sockaddr_in from{};
        socklen_t from_size = sizeof from;
        const auto size = recvfrom(of ? of->socket : listener_, buffer_.data() + channel_header_bytes,
                                   buffer_.size() - channel_header_bytes, MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &from_size);
        if (size <= 0) return;
        const byte_view datagram(buffer_.data() + channel_header_bytes, static_cast<std::size_t>(size));
        if (of) {
            send_to_client(*of, datagram.size());
        } else if (datagram[0] >= first_channel >> 8) {
            if (const auto found = flows_.find(key_of(from)); found != flows_.end())
                send(found->second->socket, datagram.subspan(channel_header_bytes), found->second->peer);
        } else {
            answer(datagram, from);
        }
    }

    void send_to_client(const flow& to, std::size_t size) {
        buffer_[0] = first_channel >> 8;
        buffer_[1] = first_channel & 0xff;
        buffer_[2] = static_cast<std::uint8_t>(size >> 8);
        buffer_[3] = static_cast<std::uint8_t>(size);
        send(listener_, byte_view(buffer_).first(size + channel_header_bytes), to.client);
    }

    static void send(int socket, byte_view data, const sockaddr_in& to) {
        sendto(socket, data.data(), data.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to),
               sizeof to);
    }

    void answer(byte_view datagram, const sockaddr_in& from) {
        const auto request = message_view::parse(datagram);
        if (!request) return;
        for (const auto name : {method::binding, method::allocate, method::refresh, method::channel_bind}) {
            if (!request->is(name, message_class::request)) continue;
            message_builder reply(name, message_class::success, request->id());
            if (name == method::allocate)
                reply.add(attribute::xor_relayed_address, local_address(flow_of(from).socket));
            if (name == method::channel_bind) {
                if (const auto peer = request->address(attribute::xor_peer_address))
                    flow_of(from).peer = to_sockaddr(*peer);
            }
            auto bytes = reply.bytes();
            std::ranges::copy(datagram.subspan(transaction_at, transaction_bytes),
                              bytes.begin() + transaction_at);
            send(listener_, bytes, from);
        }
    }

    flow& flow_of(const sockaddr_in& client) {
        auto& known = flows_[key_of(client)];
        if (!known) {
            known = &all_.emplace_back(flow{open_udp_socket({loopback, 0}, buffer_bytes), client, {}});
            watch(known->socket, known);
        }
        return *known;
    }

    int poll_;
    int listener_;
    std::deque<flow> all_;
    std::unordered_map<std::uint64_t, flow*> flows_;
    std::array<std::uint8_t, 65536> buffer_{};
};

/// The port in the listen address of conf-turn's command line; every other word is ignored.
std::uint16_t port_in(std::span<char* const> words) {
    for (const std::string_view word : words) {
        if (!word.starts_with("turn.listen=")) continue;
        const auto digits = word.substr(word.rfind(':') + 1);
        std::uint16_t port = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec == std::errc{})
            return port;
    }
    throw std::runtime_error("turn_floor: wants --set 'turn.listen=[\"udp://127.0.0.1:PORT\"]'");
}

}  // namespace
}  // namespace turn_load

int main(int count, char** words) {
    if (count == 2 && std::string_view(words[1]) == "--version") {
        std::puts("turn_floor: a bare relay, not libconf");
        return 0;
    }
    try {
        turn_load::bare_relay(turn_load::port_in(std::span(words, static_cast<std::size_t>(count)))).run();
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 1;
    }
}

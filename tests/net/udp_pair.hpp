/// Plain sockets of the kernel on loopback, to see what really arrives.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/net/socket_address.hpp"
#include "libconf/net/udp_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace conf::test {

inline endpoint at(std::string_view text) {
    return endpoint::parse(text).value();
}

/// A socket of ours, or an exception.
inline net::udp_socket open_socket(const endpoint& where, const net::udp_socket::options& with = {}) {
    net::udp_socket made;
    if (const auto failed = net::udp_socket::open(where, with, made)) {
        throw std::runtime_error("cannot open " + where.to_string() + ": " + failed.message());
    }
    return made;
}

inline bool wait_for(int fd, short events, int milliseconds = 10'000) {
    pollfd one{fd, events, 0};
    return ::poll(&one, 1, milliseconds) > 0;
}

/// Receives datagrams one by one, without UDP_GRO.
class plain_receiver {
public:
    explicit plain_receiver(const endpoint& where) {
        net::socket_address address{};
        auto size = net::to_kernel(where, address);
        fd_ = ::socket(address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int room = 4 << 20;
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        if (::bind(fd_, &address.any, size) != 0)
            throw std::runtime_error("cannot bind " + where.to_string());
        size = sizeof address;
        ::getsockname(fd_, &address.any, &size);
        local_ = net::from_kernel(address);
    }
    plain_receiver(const plain_receiver&) = delete;
    plain_receiver& operator=(const plain_receiver&) = delete;
    ~plain_receiver() { ::close(fd_); }

    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] const endpoint& local() const noexcept { return local_; }
    /// Where the last datagram came from.
    [[nodiscard]] const endpoint& from() const noexcept { return from_; }

    /// The next datagram; nothing when none comes within ten seconds.
    std::optional<std::string> receive(int milliseconds = 10'000) {
        if (!wait_for(fd_, POLLIN, milliseconds)) return std::nullopt;
        std::string room(65536, '\0');
        net::socket_address from{};
        socklen_t size = sizeof from;
        const auto count = ::recvfrom(fd_, room.data(), room.size(), MSG_DONTWAIT, &from.any, &size);
        if (count < 0) return std::nullopt;
        from_ = net::from_kernel(from);
        room.resize(static_cast<std::size_t>(count));
        return room;
    }

    void send(const endpoint& to, std::string_view text) {
        net::socket_address address{};
        const auto size = net::to_kernel(to, address);
        if (::sendto(fd_, text.data(), text.size(), 0, &address.any, size) < 0) {
            throw std::runtime_error("cannot send to " + to.to_string());
        }
    }

private:
    int fd_ = -1;
    endpoint local_;
    endpoint from_;
};

}  // namespace conf::test

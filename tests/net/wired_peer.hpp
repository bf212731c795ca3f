/// A client of the SFU over a real socket of loopback.
#pragma once

#include "libconf/net/clock.hpp"
#include "libconf/net/socket_address.hpp"
#include "tests/engine/peer.hpp"
#include "tests/net/udp_pair.hpp"

#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace conf::test {

using namespace std::chrono_literals;

/// A peer with a real socket: UDP, or TCP with RFC 4571's frames.
class wired_peer {
public:
    wired_peer(const endpoint& server, bool tcp, std::string_view answer)
        : tcp_(tcp), fd_(::socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0)) {
        net::socket_address address{};
        const auto size = net::to_kernel(server, address);
        REQUIRE(::connect(fd_, &address.any, size) == 0);
        self.take_answer(answer, net::clock_now());
        self.check();
        REQUIRE(turn_until([&] { return self.checks_answered > 0; }));
        self.begin_handshake(net::clock_now());
        REQUIRE(turn_until([&] { return self.connected(); }));
    }
    ~wired_peer() { ::close(fd_); }
    wired_peer(const wired_peer&) = delete;
    wired_peer& operator=(const wired_peer&) = delete;

    /// Sends what waits and takes what comes, until that.
    bool turn_until(const std::function<bool()>& done) {
        const auto end = net::clock_now() + 10s;
        for (;;) {
            for (; !self.outbox.empty(); self.outbox.pop_front()) send(self.outbox.front().second);
            if (done()) return true;
            if (net::clock_now() > end) return false;
            if (wait_for(fd_, POLLIN, 250)) {
                receive();
            } else {
                self.repeat(net::clock_now());  // a busy machine may have dropped it
            }
        }
    }

    engine_test::peer self{engine_test::path_of(1)};

private:
    void send(const engine_test::datagram& one) {
        std::vector<std::byte> out;
        if (tcp_) {
            out.resize(2);
            store_u16(out, 0, static_cast<std::uint16_t>(one.size()));
        }
        out.insert(out.end(), one.begin(), one.end());
        REQUIRE(::send(fd_, out.data(), out.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out.size()));
    }
    void receive() {
        std::array<std::byte, 4096> data;
        const auto size = ::recv(fd_, data.data(), data.size(), 0);
        REQUIRE(size > 0);
        if (!tcp_) return self.receive(bytes(data).first(static_cast<std::size_t>(size)), net::clock_now());
        buffer_.insert(buffer_.end(), data.begin(), data.begin() + size);
        while (buffer_.size() >= 2 && buffer_.size() >= 2U + load_u16(buffer_, 0)) {
            const std::size_t frame = load_u16(buffer_, 0);
            self.receive(bytes(buffer_).subspan(2, frame), net::clock_now());
            buffer_.erase(buffer_.begin(), buffer_.begin() + 2 + static_cast<std::ptrdiff_t>(frame));
        }
    }

    bool tcp_;
    int fd_;
    std::vector<std::byte> buffer_;
};

}  // namespace conf::test

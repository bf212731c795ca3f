/// What the kernel alone costs: a forwarder without ICE, DTLS, SRTP and RTP. It waits, receives a datagram,
/// and sends it to every receiver with as few calls as `sendmmsg` needs. The datagrams have the sizes and the
/// times of the load that run.py gives to servers, and receivers have a socket each. An SFU that sends
/// each packet to each receiver can hardly be cheaper.
///
///     build/release/bin/sfu_floor SECONDS RECEIVERS...
///
/// Prints for each number of receivers the forwarder's CPU time for each datagram that arrived at one.
#include "tests/bench/peer/arguments.hpp"
#include "tests/bench/peer/clocks.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

constexpr int load_core = 0;
constexpr int forwarder_core = 1;
constexpr int buffer_bytes = 1 << 20;
constexpr std::size_t batch = 64;

// With SRTP's tag and the extensions that the load has; README.md has the rates.
constexpr std::size_t audio_bytes = 126;
constexpr std::size_t video_bytes = 1139;
constexpr std::int64_t audio_interval_ns = 20'000'000;
constexpr std::int64_t video_interval_ns = 1'000'000'000 / 115;
constexpr std::int64_t drain_ns = 100'000'000;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::system_category(), what);
}

class udp_socket {
public:
    udp_socket() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        if (fd_ < 0 || ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes) != 0 ||
            ::bind(fd_, reinterpret_cast<const sockaddr*>(&address_), size) != 0 ||
            ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size) != 0) {
            fail("a socket");
        }
    }
    udp_socket(udp_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), address_(other.address_) {}
    udp_socket& operator=(udp_socket&&) = delete;
    ~udp_socket() {
        if (fd_ >= 0) ::close(fd_);
    }

    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] const sockaddr_in& address() const noexcept { return address_; }

private:
    int fd_;
    sockaddr_in address_{};
};

/// The forwarder, in a process of its own until it is killed.
[[noreturn]] void forward(const udp_socket& in, const std::vector<udp_socket>& receivers) {
    std::array<std::byte, 2048> memory;
    iovec piece{memory.data(), 0};
    std::vector<mmsghdr> out(receivers.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto& header = out[i].msg_hdr;
        header.msg_name = const_cast<sockaddr_in*>(&receivers[i].address());
        header.msg_namelen = sizeof(sockaddr_in);
        header.msg_iov = &piece;
        header.msg_iovlen = 1;
    }
    for (;;) {
        const auto size = ::recv(in.fd(), memory.data(), memory.size(), 0);
        if (size <= 0) continue;
        piece.iov_len = static_cast<std::size_t>(size);
        for (std::size_t sent = 0; sent < out.size();) {
            const auto count = std::min(batch, out.size() - sent);
            const int done = ::sendmmsg(in.fd(), out.data() + sent, static_cast<unsigned>(count), 0);
            if (done <= 0) fail("sendmmsg");
            sent += static_cast<std::size_t>(done);
        }
    }
}

/// All receivers in one wait, as sfu_load has them: that somebody is woken is a part of what a send costs.
class crowd {
public:
    explicit crowd(const std::vector<udp_socket>& members) : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        for (const auto& one : members) {
            epoll_event wanted{.events = EPOLLIN, .data = {.fd = one.fd()}};
            if (::epoll_ctl(poll_, EPOLL_CTL_ADD, one.fd(), &wanted) != 0) fail("epoll_ctl");
        }
    }
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;
    ~crowd() { ::close(poll_); }

    /// Reads what is there after at most so many nanoseconds; how many datagrams.
    [[nodiscard]] std::uint64_t read(std::int64_t patience_ns) const {
        std::array<epoll_event, 64> ready;
        const timespec patience{0, std::max<std::int64_t>(patience_ns, 0)};
        std::uint64_t count = 0;
        int found = ::epoll_pwait2(poll_, ready.data(), ready.size(), &patience, nullptr);
        while (found > 0) {
            for (const auto& one : std::span(ready).first(static_cast<std::size_t>(found))) {
                std::array<std::byte, 2048> memory;
                while (::recv(one.data.fd, memory.data(), memory.size(), MSG_DONTWAIT) >= 0) ++count;
            }
            found = ::epoll_wait(poll_, ready.data(), ready.size(), 0);
        }
        return count;
    }

private:
    int poll_;
};

struct child {
    pid_t pid;
    ~child() {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
};

/// What the forwarder costs for a datagram at a receiver, in microseconds.
struct figures {
    double cpu_us = 0;
    std::uint64_t sent = 0;
    std::uint64_t arrived = 0;
};

figures measure(std::size_t count, std::int64_t seconds) {
    const udp_socket in;
    const udp_socket publisher;
    std::vector<udp_socket> receivers(count);
    const crowd waiting(receivers);
    const child forwarder{::fork()};
    if (forwarder.pid < 0) fail("fork");
    if (forwarder.pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        bench::settle_in(forwarder_core);
        forward(in, receivers);
    }
    bench::settle_in(load_core);

    figures made;
    std::array<std::byte, 2048> memory{};
    const auto send = [&](std::size_t bytes) {
        ::sendto(publisher.fd(), memory.data(), bytes, 0, reinterpret_cast<const sockaddr*>(&in.address()),
                 sizeof(sockaddr_in));
        ++made.sent;
    };
    const auto began = bench::now_ns();
    const auto cpu_before = bench::cpu_seconds_of(forwarder.pid);
    auto audio_at = began;
    auto video_at = began + audio_interval_ns / 7;
    for (auto now = began; now - began < seconds * 1'000'000'000; now = bench::now_ns()) {
        if (audio_at <= now) {
            send(audio_bytes);
            audio_at += audio_interval_ns;
        }
        if (video_at <= now) {
            send(video_bytes);
            video_at += video_interval_ns;
        }
        made.arrived += waiting.read(std::min(audio_at, video_at) - bench::now_ns());
    }
    made.cpu_us = (bench::cpu_seconds_of(forwarder.pid) - cpu_before) * 1e6;
    made.arrived += waiting.read(drain_ns);
    made.cpu_us /= static_cast<double>(made.arrived);
    return made;
}

}  // namespace

int main(int count, char** words) {
    try {
        const std::vector<std::string_view> given(words + 1, words + count);
        if (given.size() < 2) throw std::runtime_error("usage: sfu_floor SECONDS RECEIVERS...");
        const auto seconds = bench::number_of<std::int64_t>(given[0]);
        for (const auto word : std::span(given).subspan(1)) {
            const auto receivers = bench::number_of<std::size_t>(word);
            const auto made = measure(receivers, seconds);
            std::printf("floor, %4zu receivers: %5.2f us of CPU a forwarded packet; %zu in, %zu of %zu out\n",
                        receivers, made.cpu_us, made.sent, made.arrived, made.sent * receivers);
            std::fflush(stdout);
        }
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "sfu_floor: %s\n", failed.what());
        return 1;
    }
}

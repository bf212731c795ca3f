// What a server's work is compared with: the same bytes into as many sockets, and nothing else.
#include "libconf/net/socket_address.hpp"
#include "tests/bench/board/hand.hpp"
#include "tests/bench/board/runs.hpp"
#include "tests/bench/call/poller.hpp"
#include "tests/bench/peer/clocks.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace board_load {
namespace {

void sleep_until(std::int64_t at_ns) {
    const timespec at{at_ns / 1'000'000'000, at_ns % 1'000'000'000};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) != 0) {}
}

/// Counts what comes on a connection.
class reader final : public call_load::pollable {
public:
    explicit reader(std::uint64_t& all) : all_(all) {}
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;
    ~reader() { ::close(socket); }

    void on_ready(std::uint32_t /*events*/) override {
        std::array<char, 4096> buffer;
        const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (got <= 0) throw std::runtime_error("the bare writer has gone");
        all_ += static_cast<std::uint64_t>(got);
    }

    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

private:
    std::uint64_t& all_;
};

}  // namespace

int run_bare_writer(const settings& asked) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    conf::net::socket_address at{};
    auto size = conf::net::to_kernel({conf::ip_address::v4(0x7F000001), 0}, at);
    if (::bind(listener, &at.any, size) != 0 || ::listen(listener, 1024) != 0)
        throw std::runtime_error("cannot listen");
    ::getsockname(listener, &at.any, &size);
    std::printf("port %u\n", conf::net::from_kernel(at).port);
    std::fflush(stdout);
    std::vector<int> readers;
    while (readers.size() < asked.viewers) {
        const int one = ::accept(listener, nullptr, nullptr);
        const int on = 1;
        ::setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        readers.push_back(one);
    }
    const std::string message(asked.bytes, 'b');
    constexpr std::int64_t pause_ns = 1'000'000'000 / hand::messages_per_second;
    for (auto next = bench::now_ns();; next += pause_ns) {
        sleep_until(next);
        for (const auto one : readers) {
            if (::send(one, message.data(), message.size(), MSG_NOSIGNAL) < 0) return 0;  // they have left
        }
    }
}

nlohmann::json run_bare_readers(const settings& asked) {
    conf::net::socket_address at{};
    const auto size = conf::net::to_kernel({conf::ip_address::v4(0x7F000001), asked.port}, at);
    // Waited for as the viewers wait: whoever sends pays for waking who reads.
    call_load::poller sockets;
    std::uint64_t bytes = 0;
    std::vector<std::unique_ptr<reader>> readers;
    for (std::size_t i = 0; i < asked.viewers; ++i) {
        readers.push_back(std::make_unique<reader>(bytes));
        const int one = readers.back()->socket;
        if (::connect(one, &at.any, size) != 0) throw std::runtime_error("cannot connect to the bare writer");
        sockets.add(one, *readers.back(), EPOLLIN);
    }
    const auto read_until = [&](std::int64_t end) {
        for (auto now = bench::now_ns(); now < end; now = bench::now_ns()) sockets.wait(end - now);
    };
    read_until(bench::now_ns() + 500'000'000);
    bytes = 0;
    const auto cpu = bench::cpu_seconds_of(asked.pid);
    read_until(bench::now_ns() + static_cast<std::int64_t>(asked.seconds * 1e9));
    const auto used = bench::cpu_seconds_of(asked.pid) - cpu;
    return {{"seconds", asked.seconds},
            {"cpu_s", used},
            {"writes", bytes / asked.bytes},
            {"cpu_us_a_write", used * 1e6 * static_cast<double>(asked.bytes) / static_cast<double>(bytes)}};
}

}  // namespace board_load

/// Thousands of sockets behind one wait, and Asio as a guest of it.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace conf::net {

/// An epoll of our own, and an eventfd that ends its wait.
///
/// Asio could watch the same sockets, but it needs two more system calls for each wake-up and several hundred
/// bytes for each socket; a relay wakes up for nearly every packet and has thousands of sockets (measured in
/// tests/bench/turn).
///
/// Edge-triggered: a socket is reported once and must then be read until it is empty. `wake` may be called by
/// any thread, everything else belongs to the shard.
class readiness_set {
public:
    readiness_set();
    ~readiness_set();
    readiness_set(const readiness_set&) = delete;
    readiness_set& operator=(const readiness_set&) = delete;

    /// `tag` comes back with each event. A descriptor leaves by being closed.
    bool add(int fd, std::uint64_t tag, std::uint32_t events = EPOLLIN | EPOLLERR | EPOLLET);

    /// Waits until a descriptor is ready, `wake` is called, or the time is over; nothing: no limit.
    [[nodiscard]] std::span<const epoll_event> wait(std::optional<std::chrono::microseconds> at_most);

    void wake() noexcept;

    /// The tag of the event that `wake` makes.
    static constexpr std::uint64_t wake_tag = ~std::uint64_t{0};

private:
    static constexpr std::size_t batch = 256;

    int epoll_ = -1;
    int wake_ = -1;
    std::array<epoll_event, batch> events_{};
};

}  // namespace conf::net

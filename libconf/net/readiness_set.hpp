/// Thousands of sockets behind one descriptor that Asio watches.
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <functional>
#include <span>

namespace conf::net {

/// An epoll of its own, watched by Asio as one descriptor.
///
/// Relay sockets are not given to Asio one by one: its state for a descriptor and its work for each wake-up cost more
/// than the rest of a relayed packet, and one epoll_wait here tells of all sockets that became readable. Edge-triggered:
/// a socket is reported once and must then be read until it is empty. Belongs to its shard.
class readiness_set {
public:
    explicit readiness_set(asio::io_context& context);
    ~readiness_set();
    readiness_set(const readiness_set&) = delete;
    readiness_set& operator=(const readiness_set&) = delete;

    /// `tag` comes back with each event.
    bool add(int fd, std::uint64_t tag);
    void remove(int fd);

    /// Which sockets have something now; EPOLLIN and EPOLLERR in `events`. Never waits.
    [[nodiscard]] std::span<const epoll_event> ready();

    /// Calls `handler` once when a socket becomes ready.
    void async_wait(std::function<void()> handler);

    void close();

private:
    static constexpr std::size_t batch = 256;

    asio::posix::stream_descriptor watched_;
    std::array<epoll_event, batch> events_{};
};

}  // namespace conf::net

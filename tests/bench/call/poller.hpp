/// Who is told when a socket is ready.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>

namespace call_load {

class pollable {
public:
    pollable() = default;
    pollable(const pollable&) = delete;
    pollable& operator=(const pollable&) = delete;

    virtual void on_ready(std::uint32_t events) = 0;

protected:
    ~pollable() = default;
};

/// Level triggered. Nothing that is polled may go while `wait` runs. Belongs to the one thread that there is.
class poller {
public:
    poller();
    ~poller();
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;

    void add(int fd, pollable& who, std::uint32_t events);
    void change(int fd, pollable& who, std::uint32_t events);
    void remove(int fd) noexcept;
    /// Tells all that are ready; waits at most so long for the first.
    void wait(std::int64_t at_most_ns);

private:
    int epoll_;
    std::array<epoll_event, 256> events_{};
};

}  // namespace call_load

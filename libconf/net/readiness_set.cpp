#include "libconf/net/readiness_set.hpp"

#include "libconf/base/check.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace conf::net {

readiness_set::readiness_set()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    check(epoll_ >= 0 && wake_ >= 0);
    check(add(wake_, wake_tag));
}

readiness_set::~readiness_set() {
    ::close(wake_);
    ::close(epoll_);
}

bool readiness_set::add(int fd, std::uint64_t tag, std::uint32_t events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.u64 = tag;
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted) == 0;
}

std::span<const epoll_event> readiness_set::wait(std::optional<std::chrono::microseconds> at_most) {
    // Milliseconds, rounded up: a timer must not be asked for before it is due.
    const auto limit =
        at_most ? static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*at_most).count()) : -1;
    const auto count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(batch), limit);
    return std::span(events_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

void readiness_set::wake() noexcept {
    // Edge-triggered too: each write is an event, and the counter is never read.
    ::eventfd_write(wake_, 1);
}

}  // namespace conf::net

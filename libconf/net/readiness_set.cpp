#include "libconf/net/readiness_set.hpp"

#include "libconf/base/check.hpp"

namespace conf::net {

readiness_set::readiness_set(asio::io_context& context) : watched_(context) {
    const auto fd = ::epoll_create1(EPOLL_CLOEXEC);
    check(fd >= 0);
    watched_.assign(fd);
}

readiness_set::~readiness_set() = default;

bool readiness_set::add(int fd, std::uint64_t tag) {
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLERR | EPOLLET;
    wanted.data.u64 = tag;
    return ::epoll_ctl(watched_.native_handle(), EPOLL_CTL_ADD, fd, &wanted) == 0;
}

void readiness_set::remove(int fd) {
    ::epoll_ctl(watched_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<const epoll_event> readiness_set::ready() {
    const auto count = ::epoll_wait(watched_.native_handle(), events_.data(), static_cast<int>(batch), 0);
    return std::span(events_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

void readiness_set::async_wait(std::function<void()> handler) {
    watched_.async_wait(asio::posix::descriptor_base::wait_read, [handler = std::move(handler)](asio::error_code error) {
        if (!error) handler();
    });
}

void readiness_set::close() {
    asio::error_code ignored;
    watched_.close(ignored);
}

}  // namespace conf::net

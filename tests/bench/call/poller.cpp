#include "tests/bench/call/poller.hpp"

#include <unistd.h>

#include <ctime>
#include <stdexcept>

namespace call_load {
namespace {

void control(int epoll, int what, int fd, pollable& who, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &who;
    if (::epoll_ctl(epoll, what, fd, &event) != 0) throw std::runtime_error("epoll_ctl");
}

}  // namespace

poller::poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

poller::~poller() {
    ::close(epoll_);
}

void poller::add(int fd, pollable& who, std::uint32_t events) {
    control(epoll_, EPOLL_CTL_ADD, fd, who, events);
}

void poller::change(int fd, pollable& who, std::uint32_t events) {
    control(epoll_, EPOLL_CTL_MOD, fd, who, events);
}

void poller::remove(int fd) noexcept {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void poller::wait(std::int64_t at_most_ns) {
    const timespec time{at_most_ns / 1'000'000'000, at_most_ns % 1'000'000'000};
    const auto count =
        ::epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &time, nullptr);
    for (int i = 0; i < count; ++i) {
        const auto& one = events_[static_cast<std::size_t>(i)];
        static_cast<pollable*>(one.data.ptr)->on_ready(one.events);
    }
}

}  // namespace call_load

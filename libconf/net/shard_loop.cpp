#include "libconf/net/shard_loop.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/gather_rule.hpp"

#include <asio/post.hpp>

#include <sys/prctl.h>

#include <algorithm>
#include <future>
#include <utility>

namespace conf::net {
namespace {

/// The clock is tied to the calendar this often: operators do set clocks.
constexpr std::chrono::seconds clock_interval{1};
/// Asio's timers, all of them seconds long, are looked at this often.
constexpr std::chrono::milliseconds asio_interval{100};
/// Handlers of Asio that run before other sockets get their turn; one reads 4 KiB, as a rule.
constexpr std::size_t handlers_max = 32;

/// A wait this short found something ready: the thread did not sleep.
constexpr std::chrono::microseconds no_wait{5};
constexpr std::chrono::milliseconds rate_window{2};

constexpr std::uint64_t asio_tag = ~std::uint64_t{0} - 1;

}  // namespace

shard_loop::shard_loop() {
    refresh();
}

shard_loop::~shard_loop() {
    check(!thread_.joinable());
}

void shard_loop::refresh() noexcept {
    now_ = clock_now();
}

void shard_loop::watch(int fd) {
    check(readiness_.add(fd, asio_tag, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET));
    poll_asio_ = true;
}

void shard_loop::start() {
    running_ = true;
    thread_ = std::thread([this] { run(); });
}

void shard_loop::run() {
    runner_ = std::this_thread::get_id();
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // nanoseconds; the default of 50 us is longer than what is waited
    context_.poll();
    while (!ending_.load(std::memory_order_relaxed)) {
        const auto ready = wait();
        ++wake_ups_;
        ++turn_;
        for (const auto& event : ready) {
            if (event.data.u64 < tags_end) {
                serve(event.data.u64, event.events);
            } else {
                poll_asio_ = true;  // one of its descriptors, or a wake-up
            }
        }
        serve_rest();
        finish();
        measure_load();
        keep_time();
        if (std::exchange(poll_asio_, false)) poll_asio();
    }
    close_everything();
    context_.restart();
    context_.run();
    const std::scoped_lock lock(running_mutex_);
    running_ = false;
    // Who called before still gets an answer.
    context_.restart();
    context_.poll();
    runner_ = std::thread::id();  // the next thread may get the same one
}

/// Packets that come steadily gather while the thread sleeps, and wake nothing. What comes after a silence
/// wakes it, and gathers after that.
std::span<const epoll_event> shard_loop::wait() {
    const auto idle_since = clock_now();
    const auto ready = wait_or_gather(idle_since);
    refresh();
    idle_ += now_ - idle_since;
    return ready;
}

std::span<const epoll_event> shard_loop::wait_or_gather(instant since) {
    const auto gathers = gather_time_ > duration::zero();
    if (gathers && steady_) {
        std::this_thread::sleep_for(gather_time_);
        if (const auto ready = readiness_.wait(duration::zero()); !ready.empty()) return ready;
        since = clock_now();
    }
    const auto ready = readiness_.wait(time_to_wait(since));
    if (!gathers) return ready;
    const auto waited = clock_now() - since;
    steady_ = waited < gather_time_;
    if (waited > no_wait) std::this_thread::sleep_for(gather_time_);
    return ready;
}

/// A stream that always has more to read would keep Asio busy for ever, and everybody else waiting.
void shard_loop::poll_asio() {
    context_.restart();
    std::size_t handled = 0;
    while (handled < handlers_max && context_.poll_one() > 0) ++handled;
    poll_asio_ = poll_asio_ || handled == handlers_max;
}

void shard_loop::measure_load() {
    const auto elapsed = now_ - window_start_;
    if (elapsed < rate_window) return;
    window_start_ = now_;
    gather_time_ = time_to_gather(
        {.elapsed = elapsed,
         .idle = std::exchange(idle_, duration::zero()),
         .packets = static_cast<int>(datagrams() - std::exchange(packets_before_, datagrams())),
         .wake_ups = static_cast<int>(wake_ups_ - std::exchange(wake_ups_before_, wake_ups_))});
}

/// Timers of the shard and of Asio.
std::optional<duration> shard_loop::time_to_wait(instant since) {
    if (has_rest() || poll_asio_) return duration::zero();
    const auto next = next_deadline();
    if (!next && !uses_asio()) return std::nullopt;
    const auto wait = next ? std::max(*next - since, duration::zero()) : duration::max();
    return uses_asio() ? std::min<duration>(wait, asio_interval) : wait;
}

void shard_loop::keep_time() {
    if (now_ - clock_tied_ >= clock_interval) {
        clock_tied_ = now_;
        tie_clock();
    }
    if (uses_asio() && now_ - asio_polled_ >= asio_interval) {
        asio_polled_ = now_;
        poll_asio_ = true;
    }
    if (const auto due = next_deadline(); due && *due <= now_) handle_deadline();
}

void shard_loop::stop() {
    if (thread_.joinable()) {
        ending_ = true;
        readiness_.wake();
        thread_.join();
    } else if (!ending_.exchange(true)) {
        close_everything();
        context_.run();
    }
}

void shard_loop::post(std::function<void()> task) {
    asio::post(context_, std::move(task));
    readiness_.wake();
}

void shard_loop::call(const std::function<void()>& task) const {
    if (runner_ == std::this_thread::get_id()) return task();
    std::promise<void> done;
    {
        const std::scoped_lock lock(running_mutex_);
        if (!running_) return task();
        const_cast<shard_loop*>(this)->post([&] {
            task();
            done.set_value();
        });
    }
    done.get_future().wait();
}

}  // namespace conf::net

/// The thread under a shard: one wait for all its sockets, Asio as a guest, deadlines, and work from other
/// threads.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/net/readiness_set.hpp"

#include <asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

namespace conf::net {

/// Turns: wait, serve what is ready, send what came of it, keep the deadlines. What it asks of the shard it
/// asks through the virtual functions, a few calls a turn.
///
/// Streams (TCP, TLS) and DTLS listeners are served by Asio, which is polled when one of its sockets, listed
/// with `watch`, is ready, when something was posted, and ten times a second for its timers.
///
/// Everything but `post`, `call`, `start` and `stop` runs on the shard's thread, or before `start` on the
/// caller's. A derived class calls `stop` in its destructor.
class shard_loop {
public:
    shard_loop();
    virtual ~shard_loop();
    shard_loop(const shard_loop&) = delete;
    shard_loop& operator=(const shard_loop&) = delete;

    void start();
    /// Ends the thread and drops everything; idempotent. Not from the shard's own thread.
    void stop();

    /// Runs `task` on the shard's thread.
    void post(std::function<void()> task);
    /// Runs `task` there and waits; on the caller's thread when the shard does not run.
    void call(const std::function<void()>& task) const;

    /// Whether this is the shard's thread.
    [[nodiscard]] bool runs_here() const noexcept { return runner_ == std::this_thread::get_id(); }

    [[nodiscard]] asio::io_context& context() noexcept { return context_; }
    /// Polls Asio when this descriptor becomes readable or writable. It leaves by being closed.
    void watch(int fd);

protected:
    /// A descriptor that was added to `readiness()` is ready; `which` is the tag it was added with.
    virtual void serve(std::uint64_t which, std::uint32_t events) = 0;
    /// Sockets that were not read until they were empty, so that no event will come for them.
    virtual void serve_rest() = 0;
    [[nodiscard]] virtual bool has_rest() const = 0;
    /// Sends what the turn made.
    virtual void finish() = 0;
    [[nodiscard]] virtual std::optional<instant> next_deadline() = 0;
    virtual void handle_deadline() = 0;
    /// About once a second, also when nothing happens.
    virtual void tie_clock() {}
    /// Whether Asio has something whose timers matter.
    [[nodiscard]] virtual bool uses_asio() const = 0;
    /// Datagrams so far, from which the loop sees how busy it is.
    [[nodiscard]] virtual std::uint64_t datagrams() const = 0;
    /// Leaves the context without work, so that its `run` returns after the last handler has seen its
    /// cancellation.
    virtual void close_everything() = 0;

    [[nodiscard]] readiness_set& readiness() noexcept { return readiness_; }
    /// Of this turn; `refresh` for what comes from elsewhere.
    [[nodiscard]] instant now() const noexcept { return now_; }
    void refresh() noexcept;
    [[nodiscard]] std::uint32_t turn() const noexcept { return turn_; }
    [[nodiscard]] std::uint64_t wake_ups() const noexcept { return wake_ups_; }

    /// Tags of `readiness()` below this are the shard's own.
    static constexpr std::uint64_t tags_end = std::uint64_t{1} << 63;

private:
    void run();
    [[nodiscard]] std::span<const epoll_event> wait();
    [[nodiscard]] std::span<const epoll_event> wait_or_gather(instant since);
    [[nodiscard]] std::optional<duration> time_to_wait(instant since);
    void poll_asio();
    void measure_load();
    void keep_time();

    readiness_set readiness_;
    asio::io_context context_{1};
    bool poll_asio_ = false;
    std::atomic<bool> ending_{false};
    instant now_{};
    instant clock_tied_{};
    instant asio_polled_{};
    std::uint32_t turn_ = 0;
    std::uint64_t wake_ups_ = 0;

    // How busy the thread is; measure_load decides from it how long packets gather.
    instant window_start_{};
    std::uint64_t packets_before_ = 0;
    std::uint64_t wake_ups_before_ = 0;
    duration idle_{};
    duration gather_time_{};
    bool steady_ = false;  ///< the last wait was shorter than a gathering

    std::thread thread_;
    std::atomic<std::thread::id> runner_{};
    mutable std::mutex running_mutex_;
    bool running_ = false;  // guarded by running_mutex_: what is posted now will be run
};

}  // namespace conf::net

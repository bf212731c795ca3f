/// One thread that runs everything which is not media: HTTP, metrics, the control socket.
#pragma once

#include <functional>
#include <memory>

namespace asio {
class io_context;
}

namespace conf::net {

/// Owns an io_context and, after `start`, the thread that runs it. What is not said to be thread-safe in the
/// classes built on it belongs to that thread.
///
/// Thread-safe.
class event_loop {
public:
    event_loop();
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;
    ~event_loop();

    [[nodiscard]] asio::io_context& context() noexcept;

    /// Begins to run. Call once.
    void start();

    /// Runs `task` soon, on the loop's thread.
    void post(std::function<void()> task);

    /// Runs `task` on the loop's thread and waits for it; before `start` and after `stop`, on the caller's.
    /// Not while another thread calls one of those two.
    void call(const std::function<void()>& task);

    /// Whether the caller runs on the loop's thread, and so must not wait for it.
    [[nodiscard]] bool is_here() const noexcept;

    /// Ends the thread and waits for that; not from the loop itself. What was waiting in the loop never runs.
    void stop();

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace conf::net

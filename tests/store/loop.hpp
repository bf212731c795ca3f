/// What stands for the event loop: tasks wait until the test runs them.
#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace store_test {

/// Thread-safe to post to; the tasks run on the test's thread.
class loop {
public:
    void post(std::function<void()> task) {
        {
            const std::scoped_lock lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        posted_.notify_one();
    }
    /// Runs what comes until `done`; a minute is a failure.
    void run_until(const std::function<bool()>& done) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (!done()) {
            std::unique_lock lock(mutex_);
            REQUIRE(posted_.wait_until(lock, end, [this] { return !tasks_.empty(); }));
            const auto task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable posted_;
    std::deque<std::function<void()>> tasks_;
};

}  // namespace store_test

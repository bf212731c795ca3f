/// A thread for what waits for a disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace conf::host {

/// Does its tasks one after the other. Thread-safe.
class disk_worker {
public:
    disk_worker();
    /// Does what was given to it before.
    ~disk_worker();
    disk_worker(const disk_worker&) = delete;
    disk_worker& operator=(const disk_worker&) = delete;

    void run(std::function<void()> task);

private:
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    bool ends_ = false;
    std::thread thread_;  // last: it uses all of these
};

}  // namespace conf::host

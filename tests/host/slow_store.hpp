/// A store in memory whose pace and failures the test decides.
#pragma once

#include "libconf/net/event_loop.hpp"
#include "libconf/store/room_store.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace conf::test {

/// Answers at once, or keeps what is saved until the test says how it went. Belongs to the loop, but for
/// `wait_for_save`.
class slow_store final : public store::room_store {
public:
    explicit slow_store(net::event_loop& on) : loop_(on) {}

    void load(std::string room, loaded done) override {
        ++loads;
        std::vector<rooms::record> found;
        for (const auto& [at, value] : kept_[room]) found.push_back({at.first, at.second, value});
        loop_.post([done = std::move(done), found = std::move(found)] { done(found); });
    }
    void save(std::string room, std::vector<rooms::record> records, saved done) override {
        if (!held) {
            keep(room, records);
            return loop_.post([done = std::move(done)] { done({}); });
        }
        const std::lock_guard lock(mutex_);
        waiting_.push_back({std::move(room), std::move(records), std::move(done)});
        came_.notify_one();
    }
    void list(listed done) override {
        loop_.post([done = std::move(done)] { done(std::vector<std::string>{}); });
    }

    void wait_for_save() {
        std::unique_lock lock(mutex_);
        REQUIRE(came_.wait_for(lock, std::chrono::seconds(20), [this] { return !waiting_.empty(); }));
    }
    void answer(const result<void>& how) {
        held = false;
        for (const auto& one : std::exchange(waiting_, {})) {
            if (how) keep(one.room, one.records);
            one.done(how);
        }
    }

    bool held = false;
    unsigned loads = 0;

private:
    struct save_job {
        std::string room;
        std::vector<rooms::record> records;
        saved done;
    };

    void keep(const std::string& room, const std::vector<rooms::record>& records) {
        for (const auto& one : records) {
            if (one.value.empty()) {
                kept_[room].erase({one.kind, one.key});
            } else {
                kept_[room][{one.kind, one.key}] = one.value;
            }
        }
    }

    net::event_loop& loop_;
    std::map<std::string, std::map<std::pair<rooms::record_kind, std::string>, std::string>> kept_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<save_job> waiting_;
};

}  // namespace conf::test

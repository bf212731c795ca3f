/// Where the records of rooms are kept.
#pragma once

#include "libconf/room/outputs.hpp"

#include <conf/result.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace conf::store {

/// Calls never wait for a disk; what is asked is done in the order of asking, and `done` is called on the
/// loop of the one who made the store, never from within the call. Used from that loop alone.
class room_store {
public:
    using loaded = std::function<void(result<std::vector<rooms::record>>)>;
    using saved = std::function<void(result<void>)>;
    using listed = std::function<void(result<std::vector<std::string>>)>;

    room_store() = default;
    room_store(const room_store&) = delete;
    room_store& operator=(const room_store&) = delete;
    virtual ~room_store() = default;

    /// Nothing for a room that has none.
    virtual void load(std::string room, loaded done) = 0;
    /// All of them or none; after a success a crash of the machine does not take them away. What could not be
    /// saved is tried again until it can, or until something newer takes its place.
    virtual void save(std::string room, std::vector<rooms::record> records, saved done) = 0;
    /// The rooms that have records.
    virtual void list(listed done) = 0;
};

/// Keeps everything until it is destroyed: for tests and for servers that shall forget.
class memory_store final : public room_store {
public:
    using poster = std::function<void(std::function<void()>)>;
    explicit memory_store(poster post_back) : post_back_(std::move(post_back)) {}

    void load(std::string room, loaded done) override;
    void save(std::string room, std::vector<rooms::record> records, saved done) override;
    void list(listed done) override;

private:
    using item = std::pair<rooms::record_kind, std::string>;

    poster post_back_;
    std::map<std::string, std::map<item, std::string>> rooms_;
};

}  // namespace conf::store

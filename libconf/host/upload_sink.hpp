/// The bytes of an upload on their way to a file: never more than a megabyte of them is in memory.
#pragma once

#include "libconf/net/http_router.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace conf::host {

class disk_worker;

/// Writes to a new file, which is removed where the upload does not come to its end.
class upload_sink final : public net::http_body_sink {
public:
    struct rules {
        std::string path;  ///< of the file; it is not there yet
        std::uint64_t bytes_max = 0;
    };
    enum class outcome : std::uint8_t { complete, too_large, disk_full };
    /// On the loop, once, unless the upload was given up. `complete`: the file is whole and closed, and now
    /// its taker's; else it is gone.
    using taker = std::function<void(outcome, std::uint64_t bytes)>;

    upload_sink(disk_worker& disk, std::function<void(std::function<void()>)> post_back, rules with,
                taker done);
    ~upload_sink() override;

    void take(std::string_view piece) override;
    void finish() override;
    [[nodiscard]] bool has_room() const override;
    void on_room(std::function<void()> wake) override;

    /// So much is written at once, and four times that may wait for the disk.
    static constexpr std::size_t piece_bytes = 256 * 1024;
    static constexpr std::size_t waiting_bytes_max = 4 * piece_bytes;

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with what the disk still does
};

}  // namespace conf::host

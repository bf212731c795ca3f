/// Who must not come back: by account, token lineage and device (SEC-ROOM-4).
#pragma once

#include "libconf/room/outputs.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace conf::rooms {

/// Keeps the newest `bans_max`. Belongs to its meeting.
class ban_list {
public:
    /// Does nothing for somebody who has nothing that could be bound.
    void add(std::string_view external_id, std::span<const std::string> keys, std::vector<record>& out);
    [[nodiscard]] bool holds(std::string_view external_id, std::span<const std::string> keys) const;
    void clear(std::vector<record>& out);
    [[nodiscard]] bool empty() const noexcept { return bans_.empty(); }

    /// False where the record is no ban.
    bool restore(std::string_view key, std::string_view value);

private:
    struct ban {
        std::string external_id;
        std::vector<std::string> keys;
    };

    std::map<std::uint64_t, ban> bans_;
    std::uint64_t next_ = 1;
};

}  // namespace conf::rooms

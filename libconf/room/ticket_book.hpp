/// How often each invitation has been used (SEC-ROOM-2).
#pragma once

#include "libconf/room/outputs.hpp"
#include "libconf/room/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace conf::rooms {

/// Outlives the meeting: a link that was used up yesterday stays used up. Nothing is kept of a ticket that
/// any number of people may use, and nothing of one that has expired. Belongs to its meeting.
class ticket_book {
public:
    /// Whether one more may come in with it. When the book is full of tickets that are still good, the answer
    /// is no for every new one.
    [[nodiscard]] bool admits(const ticket& with, wall_time now) const;
    /// Precondition: `admits`.
    void use(const ticket& with, wall_time now, std::vector<record>& out);
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

    /// False where the record is no ticket.
    bool restore(std::string_view key, std::string_view value);

private:
    struct written {
        std::uint64_t used = 0;
        wall_time expires{};
    };

    void forget_expired(wall_time now, std::vector<record>& out);
    static record record_of(const std::string& id, const written& what);

    std::map<std::string, written, std::less<>> entries_;
};

}  // namespace conf::rooms

/// Somebody in the room who has its board open: comes in, looks at the page, hears what is drawn.
#pragma once

#include "libconf/whiteboard/frames.hpp"
#include "tests/bench/call/latencies.hpp"
#include "tests/bench/call/websocket_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace board_load {

using nlohmann::json;

/// When each message of each pen was sent, by the pen's name. What goes through the store has an order of its
/// own.
struct timetable {
    struct column {
        std::vector<std::int64_t> live_ns;
        std::vector<std::int64_t> changes_ns;
    };
    std::map<std::string, column> pens;
    bool measuring = false;
    call_load::latencies live;
    call_load::latencies changes;
    std::uint64_t messages = 0;  ///< WebSocket messages while measuring, at all who watch
    std::uint64_t bytes = 0;     ///< of them with framing
    std::uint64_t largest_live = 0;
    std::uint64_t live_messages = 0;  ///< those of one pen's points alone
    std::uint64_t live_bytes = 0;
    std::uint64_t unreadable = 0;
};

class member {
public:
    member(call_load::poller& by, const conf::endpoint& server, const std::string& room, std::string name,
           timetable& times);

    enum class state { coming, in, open, looking, gone };
    [[nodiscard]] state where() const noexcept { return link_.ended() ? state::gone : state_; }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }
    /// Opens the board; then looks at that page.
    void open() { ask("board.open", {}); }
    void look(const conf::boards::place& at) {
        ask("board.look", {{"document", at.document}, {"page", at.page}});
    }
    void ask(const std::string& type, json fields);
    /// Of the last request that was answered; a request at a time.
    [[nodiscard]] const std::optional<json>& answer() const noexcept { return answer_; }
    void send(std::string_view frame) { link_.send_binary(frame); }
    /// Messages of pens that came, live ones and changes.
    [[nodiscard]] std::uint64_t came() const noexcept;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::uint64_t discarded() const noexcept { return discarded_; }

private:
    struct heard {
        std::size_t live = 0;
        std::size_t changes = 0;
    };

    void take(std::string_view text);
    void take_frame(std::string_view frame);
    void note(conf::boards::author_number by, bool is_change);

    std::string name_;
    timetable& times_;
    call_load::websocket_client link_;
    state state_ = state::coming;
    std::uint64_t next_ = 1;
    std::string asked_;
    std::optional<json> answer_;
    std::string why_;
    std::map<conf::boards::author_number, std::string> authors_;
    std::map<std::string, heard> heard_;
    std::uint64_t discarded_ = 0;
};

}  // namespace board_load

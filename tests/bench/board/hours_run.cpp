// Hours of drawing in a moment: the board's core with a clock of its own. What it costs and keeps may not
// grow.
#include "libconf/whiteboard/page.hpp"
#include "libconf/whiteboard/whiteboard.hpp"
#include "tests/bench/board/hand.hpp"
#include "tests/bench/board/runs.hpp"
#include "tests/bench/peer/clocks.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace board_load {
namespace {

using namespace conf::boards;
using std::chrono::minutes;

constexpr minutes period{10};
constexpr conf::duration pause = conf::duration(std::chrono::seconds(1)) / hand::messages_per_second;

/// A room of people on one page, without sockets or store.
class meeting {
public:
    meeting(std::size_t pens, std::size_t viewers) : board_({.mode = draw_mode::everybody}) {
        board_.add_document(document_kind::blank, "Board", {}, at_, out_);
        for (std::size_t i = 0; i < pens + viewers; ++i) {
            const auto name = "p" + std::to_string(i);
            people_.push_back(
                {name, name, i == 0 ? conf::rooms::role::moderator : conf::rooms::role::viewer});
            ask(i, board_open{});
            ask(i, board_look{where, {}});
        }
        for (std::size_t i = 0; i < pens; ++i) hands_.emplace_back(where, static_cast<unsigned>(i + 1));
        out_.clear();
    }

    /// Everybody draws for so long. What each message took, in microseconds.
    std::vector<double> draw(conf::duration how_long) {
        std::vector<double> took;
        for (const auto end = at_.now + how_long; at_.now < end; pass(pause)) {
            for (std::size_t i = 0; i < hands_.size(); ++i) {
                const auto what = hands_[i].next();
                const auto began = std::chrono::steady_clock::now();
                const bool good =
                    board_.handle_frame(i + 1, people_[i], conf::as_bytes(what.frame), at_, out_);
                const std::chrono::duration<double, std::micro> spent =
                    std::chrono::steady_clock::now() - began;
                if (!good) throw std::runtime_error("a message was refused");
                took.push_back(spent.count());
                out_.clear();
            }
        }
        return took;
    }
    [[nodiscard]] std::size_t shapes() const { return board_.find_page(where)->size(); }
    void clear() { ask(0, board_clear{where, clear_what::all, {}}); }

private:
    static constexpr place where{1, 1};

    void ask(std::size_t who, request_body what) {
        board_.handle(who + 1, people_[who], {++asked_, std::move(what)}, at_, out_);
        out_.clear();
    }
    void pass(conf::duration time) {
        const auto until = at_.now + time;
        for (auto due = board_.deadline(); due && *due <= until; due = board_.deadline()) {
            at_.now = std::max(at_.now, *due);
            board_.handle_timeout(at_, out_);
            out_.clear();
        }
        at_.wall += std::chrono::duration_cast<wall_time>(time);
        at_.now = until;
    }

    moment at_{conf::instant{std::chrono::hours(1)}, wall_time{1'700'000'000'000}};
    outputs out_;
    whiteboard board_;
    std::vector<person> people_;
    std::vector<hand> hands_;
    std::uint64_t asked_ = 0;
};

}  // namespace

/// Every ten minutes the page is cleared, and a line written.
nlohmann::json run_hours(const settings& asked) {
    meeting room(asked.pens, asked.viewers);
    auto periods = nlohmann::json::array();
    for (minutes passed{0}; passed < minutes(120); passed += period) {
        const auto before = bench::own_cpu_seconds();
        auto took = room.draw(period);
        const auto used = bench::own_cpu_seconds() - before;
        const auto drawn = room.shapes();
        room.clear();
        std::ranges::sort(took);
        malloc_trim(0);
        periods.push_back(nlohmann::json{{"minute", passed.count()},
                                         {"messages", took.size()},
                                         {"shapes", drawn},
                                         {"us_a_message", used * 1e6 / static_cast<double>(took.size())},
                                         {"p50_us", took[took.size() / 2]},
                                         {"p99_us", took[took.size() * 99 / 100]},
                                         {"heap_bytes", mallinfo2().uordblks}});
    }
    return {{"pens", asked.pens}, {"viewers", asked.viewers}, {"periods", periods}};
}

}  // namespace board_load

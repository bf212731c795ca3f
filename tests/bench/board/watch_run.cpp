// Pens draw on one page and everybody watches: how long it takes, how many bytes it is, what the server does
// for it.
#include "tests/bench/board/hand.hpp"
#include "tests/bench/board/member.hpp"
#include "tests/bench/board/runs.hpp"
#include "tests/bench/peer/clocks.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace board_load {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr double patience_s = 60;
constexpr double warm_up_s = 2;

/// Everybody in one thread.
struct audience {
    explicit audience(const settings& asked) : server{conf::ip_address::v4(0x7F000001), asked.port} {}

    member& add(const std::string& name) {
        all.push_back(std::make_unique<member>(sockets, server, "load", name, times));
        return *all.back();
    }
    void run_until(const std::function<bool()>& done, const std::string& what) {
        const auto end = bench::now_ns() + static_cast<std::int64_t>(patience_s * 1e9);
        while (!done()) {
            if (bench::now_ns() > end) throw std::runtime_error(what + " did not happen");
            sockets.wait(10'000'000);
            check_all();
        }
    }
    void wait_for_answer(member& of, const std::string& what) {
        run_until([&] { return of.answer().has_value(); }, what);
    }
    void check_all() const {
        for (const auto& one : all) {
            if (one->where() == member::state::gone)
                throw std::runtime_error(one->name() + " lost its connection");
            if (!one->why().empty()) throw std::runtime_error(one->name() + " was refused: " + one->why());
        }
    }
    void all_reach(member::state where, const std::string& what) {
        run_until(
            [&] { return std::ranges::all_of(all, [&](const auto& one) { return one->where() >= where; }); },
            what);
    }

    conf::endpoint server;
    call_load::poller sockets;
    timetable times;
    std::vector<std::unique_ptr<member>> all;
};

/// The pens are the first ones, and the very first moderates.
conf::boards::place set_up(audience& room, const settings& asked) {
    auto& first = room.add("pen 0");
    room.all_reach(member::state::in, "coming in");
    for (std::size_t i = 1; i < asked.pens; ++i) room.add("pen " + std::to_string(i));
    for (std::size_t i = 0; i < asked.viewers; ++i) room.add("viewer " + std::to_string(i));
    room.all_reach(member::state::in, "coming in");
    for (const auto& one : room.all) one->open();
    room.all_reach(member::state::open, "opening the board");
    first.ask("board.rules", {{"mode", "everybody"}});
    room.wait_for_answer(first, "board.rules");
    first.ask("document.add", {{"kind", "blank"}});
    room.wait_for_answer(first, "document.add");
    const conf::boards::place where{(*first.answer())["document"], 1};
    for (const auto& one : room.all) one->look(where);
    room.all_reach(member::state::looking, "looking at the page");
    return where;
}

}  // namespace

nlohmann::json run_watch(const settings& asked) {
    audience room(asked);
    const auto where = set_up(room, asked);
    std::vector<hand> hands;
    for (std::size_t i = 0; i < asked.pens; ++i) {
        hands.emplace_back(where, static_cast<unsigned>(i + 1));
        room.times.pens["pen " + std::to_string(i)];
    }
    // Hands are not in step with each other.
    constexpr std::int64_t pause = second_ns / hand::messages_per_second;
    std::vector<std::int64_t> next;
    for (std::size_t i = 0; i < asked.pens; ++i) {
        next.push_back(bench::now_ns() +
                       pause * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(asked.pens));
    }
    std::uint64_t sent = 0;
    std::int64_t latest = 0;
    const auto draw_until = [&](std::int64_t end) {
        for (auto now = bench::now_ns(); now < end; now = bench::now_ns()) {
            auto due = end;
            for (std::size_t i = 0; i < asked.pens; ++i) {
                if (next[i] <= now) {
                    latest = std::max(latest, now - next[i]);
                    auto what = hands[i].next();
                    auto& column = room.times.pens[room.all[i]->name()];
                    (what.is_change ? column.changes_ns : column.live_ns).push_back(bench::now_ns());
                    room.all[i]->send(what.frame);
                    ++sent;
                    next[i] += pause;
                }
                due = std::min(due, next[i]);
            }
            room.sockets.wait(std::max<std::int64_t>(due - bench::now_ns(), 0));
        }
        room.check_all();
    };
    draw_until(bench::now_ns() + static_cast<std::int64_t>(warm_up_s * 1e9));
    room.times.measuring = true;
    latest = 0;
    const auto cpu = bench::cpu_seconds_of(asked.pid);
    const auto own = bench::own_cpu_seconds();
    const auto sent_before = sent;
    draw_until(bench::now_ns() + static_cast<std::int64_t>(asked.seconds * 1e9));
    const auto used = bench::cpu_seconds_of(asked.pid) - cpu;
    const auto own_used = bench::own_cpu_seconds() - own;
    room.times.measuring = false;
    const auto in_measurement = sent - sent_before;

    // Everything that was sent has to come to everybody but its author.
    const auto expected = [&](std::size_t who) {
        const auto& mine = room.times.pens.find(room.all[who]->name());
        const auto own_messages = mine == room.times.pens.end()
                                      ? std::size_t{0}
                                      : mine->second.live_ns.size() + mine->second.changes_ns.size();
        return sent - own_messages;
    };
    room.run_until(
        [&] {
            for (std::size_t i = 0; i < room.all.size(); ++i) {
                if (room.all[i]->came() < expected(i)) return false;
            }
            return true;
        },
        "the arrival of all that was drawn");
    std::uint64_t points = 0;
    std::uint64_t point_bytes = 0;
    std::uint64_t discarded = 0;
    for (const auto& one : hands) {
        points += one.points();
        point_bytes += one.point_bytes();
    }
    for (const auto& one : room.all) discarded += one->discarded();
    const auto quantiles = [](const call_load::latencies& of) {
        return nlohmann::json{{"count", of.size()},
                              {"p50", of.quantile(0.5)},
                              {"p99", of.quantile(0.99)},
                              {"p999", of.quantile(0.999)},
                              {"max", of.longest()}};
    };
    const auto mean = [](std::uint64_t sum, std::uint64_t count) {
        return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
    };
    auto& times = room.times;
    return {{"viewers", asked.viewers},
            {"pens", asked.pens},
            {"seconds", asked.seconds},
            {"sent", in_measurement},
            {"received", times.messages},
            {"live_ms", quantiles(times.live)},
            {"changes_ms", quantiles(times.changes)},
            {"bytes_a_message", mean(times.bytes, times.messages)},
            {"live_bytes", mean(times.live_bytes, times.live_messages)},
            {"live_bytes_max", times.largest_live},
            {"bytes_a_stored_point", mean(point_bytes, points)},
            {"discarded", discarded},
            {"unreadable", times.unreadable},
            {"server_cpu_s", used},
            {"server_busy", used / asked.seconds},
            {"server_us_a_message", used * 1e6 / static_cast<double>(times.messages)},
            {"load_busy", own_used / asked.seconds},
            {"load_late_ms", static_cast<double>(latest) / 1e6}};
}

}  // namespace board_load

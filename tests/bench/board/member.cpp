#include "tests/bench/board/member.hpp"

#include "tests/bench/peer/clocks.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace board_load {

using namespace conf::boards;

namespace {

/// RFC 6455 §5.2: what a server's frame has besides its payload.
std::uint64_t framed(std::size_t payload) {
    return payload + (payload < 126 ? 2 : payload < 65536 ? 4 : 10);
}

}  // namespace

member::member(call_load::poller& by, const conf::endpoint& server, const std::string& room, std::string name,
               timetable& times)
    : name_(std::move(name)),
      times_(times),
      link_(by, server, "/signal/" + room,
            {.opened = [this] { ask("hello", {{"versions", {1}}}); },
             .text = [this](std::string_view text) { take(text); },
             .binary = [this](std::string_view frame) { take_frame(frame); }}) {}

void member::ask(const std::string& type, json fields) {
    if (!fields.is_object()) fields = json::object();
    fields["type"] = asked_ = type;
    fields["id"] = next_++;
    answer_.reset();
    link_.send(fields.dump());
}

void member::take(std::string_view text) {
    const auto message = json::parse(text);
    const auto type = message.value("type", "");
    if (type == "board.author") authors_[message["number"]] = message["name"];
    if (!message.contains("id") || message["id"] != next_ - 1) return;
    if (type == "error") {
        why_ = asked_ + ": " + message.value("code", "");
    } else if (asked_ == "hello") {
        return ask("join", {{"name", name_}});
    } else if (asked_ == "join") {
        state_ = state::in;
    } else if (asked_ == "board.open") {
        for (const auto& one : message["authors"]) authors_[one["number"]] = one["name"];
        state_ = state::open;
    } else if (asked_ == "board.look") {
        state_ = state::looking;
    }
    answer_ = message;
}

void member::take_frame(std::string_view frame) {
    const auto all = decode_server_frames(conf::as_bytes(frame));
    if (!all) {
        ++times_.unreadable;
        return;
    }
    if (times_.measuring) {
        ++times_.messages;
        times_.bytes += framed(frame.size());
        const bool is_points = all->size() == 1 && std::holds_alternative<live_went_on>(all->front());
        if (is_points) {
            ++times_.live_messages;
            times_.live_bytes += framed(frame.size());
            times_.largest_live = std::max(times_.largest_live, framed(frame.size()));
        }
    }
    for (const auto& one : *all) {
        std::visit(
            [&](const auto& what) {
                using kind = std::decay_t<decltype(what)>;
                if constexpr (std::is_same_v<kind, change_made>) {
                    note(what.author, true);
                } else if constexpr (std::is_same_v<kind, live_begun> || std::is_same_v<kind, live_went_on>) {
                    note(what.author, false);
                } else if constexpr (std::is_same_v<kind, change_verdict>) {
                    discarded_ += what.how == outcome::discard ? 1 : 0;
                }
            },
            one);
    }
}

void member::note(author_number by, bool is_change) {
    const auto pen = authors_.find(by);
    if (pen == authors_.end() || pen->second == name_) return;  // in a batch is one's own, too
    const auto column = times_.pens.find(pen->second);
    if (column == times_.pens.end()) return;
    auto& so_far = heard_[pen->second];
    const auto& sent = is_change ? column->second.changes_ns : column->second.live_ns;
    auto& count = is_change ? so_far.changes : so_far.live;
    if (times_.measuring && count < sent.size()) {
        (is_change ? times_.changes : times_.live).note(bench::now_ns() - sent[count]);
    }
    ++count;
}

std::uint64_t member::came() const noexcept {
    std::uint64_t all = 0;
    for (const auto& [name, one] : heard_) all += one.live + one.changes;
    return all;
}

}  // namespace board_load

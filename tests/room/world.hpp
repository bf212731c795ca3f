/// A room with people in it, and everything that they were told.
#pragma once

#include "libconf/room/meeting.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace room_test {

using namespace conf::rooms;
using conf::duration;
using conf::instant;
using namespace std::chrono_literals;

/// The answers and events are kept until they are read; the store is what a shell would have.
class world {
public:
    explicit world(settings with = {}, std::uint64_t seed = 1)
        : room(prepared(std::move(with)), conf::crypto::key_from_seed(seed)) {}

    connection_id open() {
        room.handle_opened(++last_, at, out);
        take();
        return last_;
    }

    /// Exactly one answer has to come, unless the connection ends without one or media have to answer.
    message ask(connection_id from, request_body what, const entry* with = nullptr) {
        const auto id = ++last_request_;
        answer_.reset();
        room.handle(from, {id, std::move(what)}, with, at, out);
        take(from, id);
        return answer_.value_or(message{});
    }
    template <class Answer>
    Answer want(connection_id from, request_body what, const entry* with = nullptr) {
        const auto got = ask(from, std::move(what), with);
        const auto* const answer = std::get_if<Answer>(&got.what);
        if (const auto* const why = std::get_if<failure>(&got.what)) UNSCOPED_INFO("refused: " << why->text);
        REQUIRE(answer != nullptr);
        return *answer;
    }
    error_code refused(connection_id from, request_body what, const entry* with = nullptr) {
        const auto records = kept;
        const auto code = want<failure>(from, std::move(what), with).code;
        CHECK(kept == records);  // nothing changes on an error
        return code;
    }

    connection_id at_door(const entry& with = {}) {
        const auto made = open();
        want<door_opened>(made, hello{{1}, {}, {}}, &with);
        return made;
    }

    struct member {
        connection_id link = 0;
        participant_id id;
        std::string token;
    };
    member enter(std::string name, role as = role::viewer, entry with = {}) {
        if (!with.acts_as) with.acts_as = as;
        return enter_as(std::move(name), with);
    }
    /// As whoever the entry says, without a role of ours.
    member enter_as(std::string name, const entry& with = {}) {
        const auto made = at_door(with);
        const auto welcomed = want<welcome>(made, join{std::move(name), false, false, {}});
        return {made, welcomed.you, welcomed.resume};
    }
    member wait(std::string name, const entry& with = {}) {
        const auto made = at_door(with);
        const auto answer = want<waiting>(made, join{std::move(name), false, false, {}});
        return {made, {}, answer.resume};
    }

    void close(connection_id which) {
        room.handle_closed(which, at, out);
        take();
    }
    welcome come_back(member& who, const entry* with = nullptr) {
        who.link = open();
        auto made = want<welcome>(who.link, resume{{1}, who.token, false, false}, with);
        who.token = made.resume;
        return made;
    }

    /// Time goes on, from deadline to deadline.
    void pass(duration time) {
        const auto end = at.now + time;
        while (const auto due = room.deadline()) {
            if (*due > end) break;
            step(std::max(*due, at.now));
            room.handle_timeout(at, out);
            take();
        }
        step(end);
    }

    /// Takes the events of that kind which that connection got.
    template <class Event>
    std::vector<Event> heard(connection_id who) {
        std::vector<Event> found;
        auto& all = inbox[who];
        std::erase_if(all, [&](const message& one) {
            const auto* const event = std::get_if<Event>(&one.what);
            if (event == nullptr) return false;
            found.push_back(*event);
            return true;
        });
        return found;
    }
    void forget_events() { inbox.clear(); }

    [[nodiscard]] std::vector<record> records() const {
        std::vector<record> all;
        for (const auto& [place, value] : kept) all.push_back({place.first, place.second, value});
        return all;
    }
    [[nodiscard]] std::optional<closing> closed(connection_id which) const {
        const auto found = std::ranges::find(closings, which, &closing::connection);
        return found == closings.end() ? std::nullopt : std::optional(*found);
    }
    [[nodiscard]] int code_of(connection_id which) const {
        const auto end = closed(which);
        return end ? end->code : 0;
    }

    /// Takes what the last call made.
    void take(connection_id asked_by = 0, std::uint64_t request = 0) {
        messages_made = out.messages.size();
        for (auto& one : out.messages) {
            REQUIRE(!one.to.empty());
            for (const auto to : one.to) {
                if (one.what.id && to == asked_by && one.what.id == request) {
                    REQUIRE(!answer_);
                    answer_ = one.what;
                } else {
                    REQUIRE(!one.what.id);
                    inbox[to].push_back(one.what);
                }
            }
        }
        for (const auto& one : out.records) {
            if (one.value.empty()) {
                kept.erase({one.kind, one.key});
            } else {
                kept[{one.kind, one.key}] = one.value;
            }
        }
        const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
        append(closings, out.closings);
        append(media, out.media);
        append(forwards, out.forwards);
        append(ends, out.ends);
        append(events, out.events);
        out.clear();
    }

    static settings prepared(settings with) {
        if (with.name.empty()) with.name = "tuesday";
        with.pads = [](const person_info& who) { return pads_given{"token of " + who.name, wall_time(1)}; };
        return with;
    }

    moment at{instant(1s), 1763900000000ms};
    meeting room;
    outputs out;
    std::map<connection_id, std::vector<message>> inbox;
    std::map<std::pair<record_kind, std::string>, std::string> kept;
    std::vector<closing> closings;
    std::vector<media_request> media;
    std::vector<forwarding> forwards;
    std::vector<transport_end> ends;
    std::vector<event> events;
    std::size_t messages_made = 0;  ///< by the last call, to however many

private:
    void step(instant to) {
        at.wall += std::chrono::floor<wall_time>(to.time_since_epoch()) -
                   std::chrono::floor<wall_time>(at.now.time_since_epoch());
        at.now = to;
    }

    connection_id last_ = 0;
    std::uint64_t last_request_ = 0;
    std::optional<message> answer_;
};

inline std::vector<std::string> names_of(const std::vector<person_info>& people) {
    std::vector<std::string> names;
    for (const auto& one : people) names.push_back(one.name);
    return names;
}

}  // namespace room_test

#include "tests/room/script.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

namespace {

/// What holds in every meeting at every time.
void check_invariants(const world& w) {
    const auto people = w.room.people();
    for (const auto& one : people) {
        const auto link = w.room.connection_of(one.id);
        CHECK(link.has_value() == one.here);
        if (link) CHECK(w.room.participant_of(*link) == one.id);
        const auto& locked = w.room.room().locked;
        if (one.acts_as != role::viewer) continue;
        CHECK_FALSE((one.microphone && locked.microphone));
        CHECK_FALSE((one.camera && locked.camera));
        CHECK_FALSE((one.screen && locked.screen));
        CHECK_FALSE((one.screen_audio && locked.screen));
    }
    CHECK(people.size() <= 8);
}

/// Follows `forwards` as the media part does: at the end it has to know what the people say.
std::map<std::pair<participant_id, source>, bool> forwarded(const world& w) {
    std::map<std::pair<participant_id, source>, bool> made;
    for (const auto& one : w.forwards) made[{one.participant, one.what}] = one.on;
    return made;
}

}  // namespace

TEST_CASE("whatever people do, the rules hold and everything comes to an end", "[room]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        world w({.open = seed % 2 == 0, .participants_max = 8, .waiting_max = 3, .chat_messages_max = 20},
                seed);
        script acts(w, seed);
        for (int i = 0; i < 300; ++i) {
            acts.step();
            check_invariants(w);
        }
        const auto on = forwarded(w);
        for (const auto& one : w.room.people()) {
            const auto is_on = [&](source what) {
                const auto found = on.find({one.id, what});
                return found != on.end() && found->second;
            };
            CHECK(is_on(source::microphone) == one.microphone);
            CHECK(is_on(source::camera) == one.camera);
            CHECK(is_on(source::screen) == one.screen);
            CHECK(is_on(source::screen_audio) == one.screen_audio);
        }
        // Everybody's computer dies; a day and a meeting's silence later nothing is left.
        for (const auto& one : w.room.people()) {
            if (const auto link = w.room.connection_of(one.id)) w.close(*link);
        }
        for (connection_id link = 1; link < 2000; ++link) w.close(link);
        CHECK(w.room.connections() == 0);
        w.pass(resume_time + 2h);
        CHECK(w.room.empty());
        CHECK(w.room.forgotten());
        CHECK_FALSE(w.room.deadline());
        std::erase_if(w.kept, [](const auto& one) { return one.first.first == record_kind::room; });
        CHECK(w.kept.empty());
    }
}

TEST_CASE("the same seed makes the same meeting", "[room]") {
    const auto run = [](std::uint64_t seed) {
        world w({.open = true}, seed);
        script acts(w, seed);
        for (int i = 0; i < 200; ++i) acts.step();
        return w.kept;
    };
    CHECK(run(7) == run(7));
    CHECK(run(7) != run(8));
}

TEST_CASE("five hundred people in one room", "[room]") {  // REL-LOAD-4
    world w({.open = true});
    std::vector<connection_id> doors;
    for (int i = 0; i < 501; ++i) doors.push_back(w.at_door());
    for (std::size_t i = 0; i < 500; ++i) {
        w.want<welcome>(doors[i], join{"P", false, false, {}});
        // One message to all who are in, one answer: nobody gets a copy of his own.
        CHECK(w.messages_made == (i == 0 ? 1U : 2U));
        w.forget_events();
    }
    CHECK(w.refused(doors[500], join{"P", false, false, {}}) == error_code::room_full);
}

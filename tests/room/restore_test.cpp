#include "tests/room/script.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

namespace {

settings busy_room(bool open) {
    return {
        .name = "busy", .open = open, .participants_max = 12, .chat_messages_max = 30, .empty_time = 5min};
}

/// What a moderator with that token finds, without what is new each time.
welcome found_by(meeting& room, const std::string& token, moment at) {
    outputs out;
    room.handle_opened(1'000'000, at, out);
    room.handle(1'000'000, {1, resume{{1}, token, false, false}}, nullptr, at, out);
    for (const auto& one : out.messages) {
        if (const auto* const got = std::get_if<welcome>(&one.what.what)) {
            auto made = *got;
            made.resume.clear();
            made.speaker.reset();
            for (auto& person : made.people) person.here = true;
            return made;
        }
    }
    FAIL("the moderator is not let back");
    return {};
}

/// Two moderators, of whom one never does anything, so that there is one to ask at any time.
struct watched_room : world {
    explicit watched_room(bool open, std::uint64_t seed) : world(busy_room(open), seed), acts(*this, seed) {}

    /// Puts the watcher back where the end of a meeting, a ban or a role took him away.
    void watch() {
        const auto known = room.find_person(watcher.id);
        if (known && known->acts_as == role::moderator) return;
        if (known) room.remove(watcher.id, false, at, out);
        take();
        const auto door = at_door({.acts_as = role::moderator});
        const auto answer = ask(door, join{"Watcher", false, false, {}});
        const auto* const got = std::get_if<welcome>(&answer.what);
        if (got == nullptr) return close(door);
        watcher = {door, got->you, got->resume};
    }
    [[nodiscard]] bool watching() const {
        const auto known = room.find_person(watcher.id);
        return known && known->acts_as == role::moderator;
    }

    script acts;
    member watcher;
};

}  // namespace

TEST_CASE("a restart at any point loses nothing that was kept", "[room][records]") {  // REL-CRASH-1
    std::size_t compared = 0;
    std::size_t messages = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        INFO("seed " << seed);
        watched_room w(seed % 3 == 0, seed);
        for (int i = 0; i < 250; ++i) {
            w.watch();
            w.acts.step();
            if (i % 7 != 0 || !w.watching()) continue;
            meeting restored(busy_room(seed % 3 == 0), conf::crypto::key_from_seed(seed + 1000));
            REQUIRE(restored.restore(w.records(), w.at) == 0);
            auto copy = w.records();
            std::ranges::reverse(copy);  // in any order
            meeting again(busy_room(seed % 3 == 0), conf::crypto::key_from_seed(seed + 2000));
            REQUIRE(again.restore(copy, w.at) == 0);

            const auto after = found_by(restored, w.watcher.token, w.at);
            CHECK(found_by(again, w.watcher.token, w.at) == after);
            w.come_back(w.watcher);  // the same question to the one that ran on
            const auto now = w.room.find_person(w.watcher.id);
            REQUIRE(now);
            auto before = w.come_back(w.watcher);
            before.resume.clear();
            before.speaker.reset();
            for (auto& person : before.people) person.here = true;
            CHECK(after == before);
            ++compared;
            messages += after.messages.size();
        }
    }
    CHECK(compared > 300);
    CHECK(messages > 1000);
}

TEST_CASE("after a restart everybody has a place for a minute and comes back", "[room][records]") {
    world w({.lobby = true});
    auto host = w.enter("Host", role::moderator);
    auto pat = w.enter("Pat", role::presenter);
    auto guest = w.wait("Guest");
    w.want<done>(pat.link, set_hand{true});
    w.want<done>(host.link, set_lobby_message{"soon"});
    const auto sent = w.want<chat_sent>(pat.link, chat_send{"hi", "key", {}, {}});
    const auto kept = w.records();

    world after({.lobby = true}, 2);
    after.at = w.at;
    CHECK(after.room.restore(kept, after.at) == 0);
    CHECK(after.room.people().size() == 2);
    CHECK_FALSE(after.room.people()[0].here);
    after.pass(place_time - 1s);
    const auto got = after.come_back(host);
    CHECK(got.waiting->size() == 1);
    CHECK(got.people[1].hand);
    guest.link = after.open();
    CHECK(after.want<waiting>(guest.link, resume{{1}, guest.token, false, false}).text == "soon");
    after.come_back(pat);
    CHECK(after.want<chat_sent>(pat.link, chat_send{"hi", "key", {}, {}}) == sent);  // not sent twice
    CHECK(after.room.people().size() == 2);

    world late({.lobby = true}, 3);
    late.at = w.at;
    CHECK(late.room.restore(kept, late.at) == 0);
    late.pass(place_time);
    CHECK(late.room.empty());
}

TEST_CASE("bans, refusals and lost places outlive a restart", "[room][records]") {
    world w;
    const auto host = w.enter("Host", role::moderator);
    const auto vi = w.enter("Vi", role::viewer, {.external_id = "u1"});
    const auto wu = w.enter("Wu");
    auto xi = w.enter("Xi", role::presenter);
    w.want<done>(host.link, remove_person{vi.id, true});
    w.want<done>(host.link, remove_person{wu.id, false});
    w.close(xi.link);
    w.pass(place_time);

    world after({}, 2);
    after.at = w.at;
    CHECK(after.room.restore(w.records(), after.at) == 0);
    const entry banned{.external_id = "u1"};
    CHECK(after.refused(after.open(), hello{{1}, {}, {}}, &banned) == error_code::banned);
    CHECK(after.refused(after.open(), resume{{1}, wu.token, false, false}) == error_code::refused);
    CHECK(after.come_back(xi).people.back().acts_as == role::presenter);
    after.pass(resume_time);
    CHECK(after.refused(after.open(), resume{{1}, wu.token, false, false}) == error_code::gone);
}

TEST_CASE("an empty meeting ends in its time, restart or not", "[room][records]") {
    world w({.empty_time = 10min});
    const auto ada = w.enter("Ada");
    w.want<chat_sent>(ada.link, chat_send{"hi", "k", {}, {}});
    w.want<done>(ada.link, leave{});
    w.pass(6min);
    world after({.empty_time = 10min}, 2);
    after.at = w.at;
    CHECK(after.room.restore(w.records(), after.at) == 0);
    after.kept = w.kept;
    after.pass(4min - 1s);
    CHECK_FALSE(after.room.forgotten());
    after.pass(1s);
    CHECK(after.room.forgotten());
    CHECK(after.kept.empty());
}

TEST_CASE("records that cannot be read are left out, whatever they hold", "[room][records]") {
    world w;
    const auto ada = w.enter("Ada", role::moderator);
    for (int i = 0; i < 5; ++i) {
        const auto sent = w.want<chat_sent>(ada.link, chat_send{"hi", "k" + std::to_string(i), {}, {}});
        w.want<done>(ada.link, chat_react{sent.message, "+", true});
    }
    const auto good = w.records();
    conf::crypto::keyed_random random(conf::crypto::key_from_seed(4));
    for (int i = 0; i < 2000; ++i) {
        auto bad = good;
        for (std::uint64_t n = 0; n <= random.below(4); ++n) {
            auto& one = bad[random.below(bad.size())];
            auto& text = random.below(5) == 0 ? one.key : one.value;
            if (text.empty() || random.below(4) == 0) {
                text.resize(random.below(text.size() + 1));
            } else {
                text[random.below(text.size())] = static_cast<char>(random.below(256));
            }
        }
        meeting room(world::prepared({}), conf::crypto::key_from_seed(5));
        CHECK(room.restore(bad, w.at) <= good.size());
        outputs out;
        room.handle_opened(1, w.at, out);
        room.handle(1, {1, resume{{1}, ada.token, false, false}}, nullptr, w.at, out);
        CHECK_FALSE(out.messages.empty());
        room.handle_timeout({w.at.now + 48h, w.at.wall + 48h}, out);
    }
}

#include "libconf/room/permissions.hpp"

#include "tests/room/world.hpp"

#include <iostream>

using namespace room_test;

namespace {

/// What a test does about one request: with ids of this room, and with ids of another room where it names
/// any.
struct trial {
    request_body here;
    std::optional<request_body> elsewhere{};
};

/// A room with one of each role, something to be done to, and another room whose ids are tried here.
struct two_rooms {
    explicit two_rooms(role acts_as, locks locked = {.screen = false})
        : w({.lobby = true, .locked = locked}), other({.name = "other"}, 2) {
        host = w.enter("Host", role::moderator);
        me = w.enter("Me", role::presenter);
        victim = w.enter("Victim", role::presenter);
        theirs = w.want<chat_sent>(victim.link, chat_send{"theirs", "k1", {}, {}}).message;
        mine = w.want<chat_sent>(me.link, chat_send{"mine", "k2", {}, {}}).message;
        if (acts_as != role::presenter) w.want<done>(host.link, set_role{me.id, acts_as});
        w.wait("Guest");
        guest = w.heard<waiting_joined>(host.link)[0].guest.id;
        stranger = other.enter("Stranger");
        foreign = other.want<chat_sent>(stranger.link, chat_send{"foreign", "k", {}, {}}).message;
    }

    /// By the name of the request; one that is missing here fails the matrix.
    [[nodiscard]] std::map<std::string_view, trial> trials() const {
        return {
            {"leave", {leave{}}},
            {"media", {set_media{source::microphone, true}}},
            {"name", {set_name{"Another"}}},
            {"hand", {set_hand{true}}},
            {"hand.lower", {lower_hands{victim.id}, lower_hands{stranger.id}}},
            {"react", {react{"!"}}},
            {"away", {set_away{true}}},
            {"mute", {mute{victim.id}, mute{stranger.id}}},
            {"unmute.ask", {ask_unmute{victim.id}, ask_unmute{stranger.id}}},
            {"role", {set_role{victim.id, role::viewer}, set_role{stranger.id, role::viewer}}},
            {"remove", {remove_person{victim.id}, remove_person{stranger.id}}},
            {"end", {end_meeting{}}},
            {"lock", {set_locks{{.camera = true}}}},
            {"room", {set_room{.title = "New"}}},
            {"admit", {admit{guest}, admit{stranger.id}}},
            {"refuse", {refuse{guest}, refuse{stranger.id}}},
            {"lobby.message", {set_lobby_message{"soon"}}},
            {"ice", {fresh_ice{}}},
            {"pads", {ask_pads{}}},
            {"chat.send", {chat_send{"hi", "k", {}, {}}, chat_send{"hi", "k", stranger.id, {}}}},
            {"chat.edit", {chat_edit{mine, "better"}, chat_edit{foreign, "mine now"}}},
            {"chat.delete", {chat_delete{mine}, chat_delete{foreign}}},
            {"chat.react", {chat_react{theirs, "+", true}, chat_react{foreign, "+", true}}},
            {"chat.typing", {chat_typing{true}, chat_typing{true, stranger.id}}},
            {"chat.history", {chat_history{mine, 10}, chat_history{foreign, 10}}},
            {"publish", {publish{"v=0", {{"0", source::camera}}}}},
            {"view", {view{{{victim.id, source::camera, 0}}}}},
            {"receive.answer", {receive_answer{1, "v=0"}}},
            {"receive.restart", {receive_restart{}}},
            {"receive.reset", {receive_reset{}}},
        };
    }

    /// Nothing: done, or given to the media part.
    std::optional<error_code> ask(const request_body& what) {
        const auto before = w.media.size();
        const auto answer = w.ask(me.link, what);
        if (w.media.size() > before) return std::nullopt;
        const auto* const why = std::get_if<failure>(&answer.what);
        REQUIRE(answer.id);
        return why == nullptr ? std::nullopt : std::optional(why->code);
    }

    world w;
    world other;
    world::member host, me, victim, stranger;
    message_id mine, theirs, foreign;
    participant_id guest;
};

std::string_view name_of_rule(rule which) {
    constexpr std::string_view names[] = {"no", "own", "own, unless locked", "unless locked", "yes"};
    return names[static_cast<std::size_t>(which)];
}

bool is_for_people_inside(const permission& row) {
    return (row.places & place::inside) != 0;
}

}  // namespace

TEST_CASE("every request, every role, this room and another", "[room][matrix]") {  // SEC-WS-6
    for (const auto acts_as : {role::viewer, role::presenter, role::moderator}) {
        for (const auto& row : permissions()) {
            if (!is_for_people_inside(row)) continue;
            INFO(row.type << " as " << name_of(acts_as));
            const auto allowed = row.by_role[static_cast<std::size_t>(acts_as)] != rule::never;
            two_rooms rooms(acts_as);
            const auto tried = rooms.trials();
            REQUIRE(tried.contains(row.type));
            const auto& trial = tried.at(row.type);
            REQUIRE(permission_of(trial.here).type == row.type);
            if (trial.elsewhere) {
                const auto why = rooms.ask(*trial.elsewhere);
                const auto about_message =
                    row.type.starts_with("chat.") && row.type != "chat.send" && row.type != "chat.typing";
                const auto unknown =
                    about_message ? error_code::unknown_message : error_code::unknown_participant;
                CHECK(why == (allowed ? unknown : error_code::forbidden));
            }
            const auto before = rooms.w.kept;
            const auto why = rooms.ask(trial.here);
            CHECK(why == (allowed ? std::nullopt : std::optional(error_code::forbidden)));
            if (!allowed) CHECK(rooms.w.kept == before);
            CHECK(rooms.other.room.is_in(rooms.stranger.id));
        }
    }
}

TEST_CASE("other people's messages are theirs", "[room][matrix]") {
    for (const auto acts_as : {role::viewer, role::presenter, role::moderator}) {
        two_rooms rooms(acts_as);
        CHECK(rooms.ask(chat_edit{rooms.theirs, "x"}) == error_code::forbidden);
        const auto moderates = acts_as == role::moderator;
        CHECK(rooms.ask(chat_delete{rooms.theirs}) ==
              (moderates ? std::nullopt : std::optional(error_code::forbidden)));
    }
}

TEST_CASE("locks bind viewers and nobody else", "[room][matrix]") {
    for (const auto acts_as : {role::viewer, role::presenter, role::moderator}) {
        for (const auto& row : permissions()) {
            const auto here = row.by_role[static_cast<std::size_t>(acts_as)];
            if (!is_for_people_inside(row) || here == rule::never) continue;
            INFO(row.type << " as " << name_of(acts_as));
            two_rooms rooms(acts_as);
            rooms.w.want<done>(rooms.host.link, set_locks{{true, true, true, true, true, std::nullopt}});
            const auto locked = here == rule::unless_locked || here == rule::own_unless_locked;
            const auto why = rooms.ask(rooms.trials().at(row.type).here);
            CHECK(why == (locked ? std::optional(error_code::forbidden) : std::nullopt));
        }
    }
}

TEST_CASE("before joining, every request says that it is out of order", "[room][matrix]") {
    for (const auto& [type, trial] : two_rooms(role::viewer).trials()) {
        INFO(type);
        world w({.lobby = true});
        w.enter("Host", role::moderator);
        const auto fresh = w.open();
        CHECK(w.refused(fresh, trial.here) == error_code::not_joined);
        if (type == "leave") continue;
        CHECK(w.refused(w.at_door(), trial.here) == error_code::not_joined);
        CHECK(w.refused(w.wait("Guest").link, trial.here) == error_code::not_joined);
        CHECK(w.media.empty());
    }
}

TEST_CASE("print the matrix of permissions", "[.][print]") {
    const auto word = [](const std::optional<error_code>& why) { return why ? name_of(*why) : "done"; };
    std::cout << "each cell: what the rule says: an id of this room / of another room\n| request";
    for (const auto acts_as : {role::viewer, role::presenter, role::moderator})
        std::cout << " | " << name_of(acts_as);
    std::cout << " |\n| --- | --- | --- | --- |\n";
    for (const auto& row : permissions()) {
        std::cout << "| " << row.type;
        for (const auto acts_as : {role::viewer, role::presenter, role::moderator}) {
            std::cout << " | " << name_of_rule(row.by_role[static_cast<std::size_t>(acts_as)]);
            if (!is_for_people_inside(row)) continue;
            two_rooms rooms(acts_as);
            const auto trial = rooms.trials().at(row.type);
            const auto elsewhere = trial.elsewhere ? word(rooms.ask(*trial.elsewhere)) : "names nobody";
            std::cout << ": " << word(rooms.ask(trial.here)) << " / " << elsewhere;
        }
        std::cout << " |\n";
    }
    SUCCEED();
}

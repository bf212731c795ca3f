// What a program does with meetings, while people are in them by the protocol.
#include <conf/meetings.hpp>
#include <conf/server.hpp>

#include "tests/host/caller.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::test;
using namespace std::chrono_literals;

namespace {

/// What the handler was told, for the test's thread.
class told {
public:
    void add(const meeting_event& what) {
        const std::lock_guard lock(mutex_);
        all_.push_back(what);
        came_.notify_all();
    }
    /// The first of that kind, and everything up to it is forgotten.
    meeting_event next(meeting_event_kind kind) {
        std::unique_lock lock(mutex_);
        const auto is = [&](const meeting_event& one) { return one.what == kind; };
        REQUIRE(came_.wait_for(lock, 20s, [&] { return std::ranges::any_of(all_, is); }));
        const auto at = std::ranges::find_if(all_, is);
        auto found = *at;
        all_.erase(all_.begin(), at + 1);
        return found;
    }

private:
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<meeting_event> all_;
};

struct fixture {
    explicit fixture(bool open = true) {
        server_options options;
        options.http.listen = {"127.0.0.1:0"};
        options.rooms.open = open;
        made.emplace(server::create(std::move(options)).value());
        at = *endpoint::parse(made->listening().front().substr(7));
        made->meetings().on_event([this](const meeting_event& what) { events.add(what); });
    }

    told events;
    std::optional<server> made;
    endpoint at;
};

}  // namespace

TEST_CASE("an invitation lets in with its role and name", "[api]") {  // SEC-ROOM-2
    fixture on(false);
    const auto meetings = on.made->meetings();
    CHECK(caller(on.at, "board").hello()["code"] == "unknown_room");

    invitation wanted{.room = "board", .role = meeting_role::moderator, .name = "Zoé", .uses = 1};
    const auto token = meetings.invite(wanted).value();
    caller zoe(on.at, "board");
    CHECK(zoe.hello(token)["you"]["name"] == "Zoé");
    zoe.send({{"type", "join"}, {"id", 2}, {"name", "Somebody else"}});
    const auto welcome = zoe.answer(2);
    CHECK(welcome["people"][0]["name"] == "Zoé");
    CHECK(welcome["people"][0]["role"] == "moderator");
    CHECK_FALSE(welcome["people"][0]["guest"].get<bool>());
    CHECK(on.events.next(meeting_event_kind::came_in).role == meeting_role::moderator);

    CHECK(caller(on.at, "board").hello(token)["code"] == "expired_token");  // it was for one
    CHECK(caller(on.at, "other").hello(token)["code"] == "bad_token");
    CHECK(caller(on.at, "board").hello(token + "x")["code"] == "bad_token");

    wanted = {.room = "board", .uses = 0};
    const auto link = meetings.invite(wanted).value();
    CHECK(caller(on.at, "board").enter("Ann", link)["people"].size() == 2);
    REQUIRE(meetings.revoke(link));
    CHECK(caller(on.at, "board").hello(link)["code"] == "expired_token");
    CHECK_FALSE(meetings.revoke("nonsense"));
}

TEST_CASE("what cannot be an invitation is none", "[api]") {
    fixture on;
    const auto meetings = on.made->meetings();
    CHECK_FALSE(meetings.invite({.room = "no room"}));
    CHECK_FALSE(meetings.invite({.room = "a", .name = std::string(256, 'n')}));
    CHECK_FALSE(meetings.invite({.room = "a", .life = 0s}));
    CHECK_FALSE(meetings.invite({.room = "a", .life = 367 * 24h}));
    CHECK(meetings.invite({.room = "a", .life = 366 * 24h}));
}

TEST_CASE("an address that guesses tokens learns nothing more", "[api]") {  // SEC-ROOM-1
    fixture on(false);
    const auto good = on.made->meetings().invite({.room = "board"}).value();
    for (int i = 0; i < 20; ++i) CHECK(caller(on.at, "board").hello("rt1.x.y")["code"] == "bad_token");
    CHECK(caller(on.at, "board").hello(good)["code"] == "rate");
}

TEST_CASE("a program sees the people and acts on them", "[api]") {
    fixture on;
    const auto meetings = on.made->meetings();
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    const auto came = on.events.next(meeting_event_kind::came_in);
    CHECK(came.room == "tuesday");
    CHECK(came.name == "Ann");
    CHECK(meetings.rooms() == std::vector<std::string>{"tuesday"});
    CHECK(meetings.people("nowhere").empty());

    ann.send({{"type", "room"}, {"id", 3}, {"lobby", true}});
    CHECK(ann.answer(3)["type"] == "ok");
    caller bob(on.at, "tuesday");
    CHECK(bob.enter("Bob")["type"] == "waiting");
    const auto waits = on.events.next(meeting_event_kind::waits);
    const auto people = meetings.people("tuesday");
    REQUIRE(people.size() == 2);
    CHECK_FALSE(people[0].waiting);
    CHECK(people[1].waiting);
    CHECK(people[1].id == waits.who);

    meetings.admit("tuesday", waits.who);
    CHECK(bob.event("welcome")["people"].size() == 2);
    meetings.set_role("tuesday", waits.who, meeting_role::presenter);
    CHECK(on.events.next(meeting_event_kind::role_changed).role == meeting_role::presenter);
    meetings.say("tuesday", "Timer", "Five minutes left");
    CHECK(bob.event("chat.message")["message"]["name"] == "Timer");
    // The program's own words are no news to it: a handler that answers would answer itself.
    bob.send(chat(5, "Already?"));
    CHECK(on.events.next(meeting_event_kind::message).text == "Already?");
    bob.send({{"type", "hand"}, {"id", 4}, {"up", true}});
    CHECK(on.events.next(meeting_event_kind::hand).on);
    meetings.remove("tuesday", waits.who);
    CHECK(bob.event("none") == 4001);
    CHECK(on.events.next(meeting_event_kind::left).text == "removed");

    caller cleo(on.at, "tuesday");
    CHECK(cleo.enter("Cleo")["type"] == "waiting");
    meetings.refuse("tuesday", on.events.next(meeting_event_kind::waits).who);
    CHECK(cleo.event("none") == 4005);
    meetings.end("tuesday");
    CHECK(ann.event("none") == 4003);
    CHECK(on.events.next(meeting_event_kind::ended).room == "tuesday");
}

TEST_CASE("metrics count people and rooms", "[api]") {
    fixture on;
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    test_client asks(on.at);
    asks.send("GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n");
    const auto text = asks.read_answer().body;
    for (const auto* const line : {"\nconf_call_rooms 1\n", "\nconf_call_people 1\n",
                                   "\nconf_call_connections 1\n", "\nconf_call_requests_total 2\n"}) {
        INFO(line);
        CHECK(text.find(line) != std::string::npos);
    }
}

TEST_CASE("a handle outlives its server", "[api]") {
    std::optional<meetings> kept;
    {
        fixture on;
        kept = on.made->meetings();
    }
    CHECK(kept->people("tuesday").empty());
    CHECK_FALSE(kept->invite({.room = "tuesday"}));
    kept->end("tuesday");
    CHECK(kept->rooms().empty());
}

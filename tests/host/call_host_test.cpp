// The rooms of calls over real WebSockets, with a store whose pace and failures the test decides.
#include "libconf/host/call_host.hpp"

#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_server.hpp"
#include "tests/host/caller.hpp"
#include "tests/host/slow_store.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::test;

namespace {

/// A server whose rooms are open unless the test says otherwise.
struct fixture {
    fixture()
        : host(host::call_host::environment{.loop = loop,
                                            .store = store,
                                            .key = crypto::key_from_seed(1),
                                            .admit = [this](const host::visitor&) { return entry; },
                                            .rooms_open = [] { return true; },
                                            .participants_max = [] { return std::size_t{3}; },
                                            .ice = [](const auto&) { return rooms::ice_credentials{}; }}) {
        auto routes = std::make_shared<net::http_router>();
        host.add_routes(*routes, {});
        at = server.listen({ip_address::v4(0x7F000001), 0}, routes, nullptr).value();
        loop.start();
    }
    ~fixture() {
        loop.call([this] { server.close(); });
        loop.stop();
    }

    net::event_loop loop;
    slow_store store{loop};
    rooms::entry entry;
    host::call_host host;
    net::http_server server{loop, {}};
    endpoint at;
};

}  // namespace

TEST_CASE("two people meet and talk", "[host]") {
    fixture on;
    caller ann(on.at, "tuesday");
    REQUIRE(ann.status == 101);
    const auto welcome = ann.enter("Ann");
    CHECK(welcome["type"] == "welcome");
    CHECK(welcome["people"].size() == 1);
    CHECK(welcome["people"][0]["role"] == "moderator");
    CHECK_FALSE(welcome["media"].get<bool>());

    caller bob(on.at, "tuesday");
    CHECK(bob.enter("Bob")["people"].size() == 2);
    CHECK(ann.event("person.joined")["person"]["name"] == "Bob");
    bob.send(chat(3, "bonjour"));
    CHECK(bob.answer(3)["type"] == "ok");
    CHECK(ann.event("chat.message")["message"]["text"] == "bonjour");
}

TEST_CASE("rooms do not hear each other", "[host]") {
    fixture on;
    caller ann(on.at, "a");
    caller bob(on.at, "b");
    (void)ann.enter("Ann");
    (void)bob.enter("Bob");
    bob.send(chat(3, "here"));
    CHECK(bob.answer(3)["type"] == "ok");
    ann.send(chat(3, "there"));
    const auto first = ann.event("chat.message");
    CHECK(first["message"]["text"] == "there");
}

TEST_CASE("nobody is told of what is not kept", "[host]") {
    fixture on;
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    on.loop.call([&] { on.store.held = true; });
    ann.send(chat(3, "kept?"));
    on.store.wait_for_save();
    // A question that needs no keeping waits its turn: everybody sees one order.
    ann.send({{"type", "ice"}, {"id", 4}});
    const auto answer_of_store = GENERATE(true, false);
    on.loop.call([&] {
        on.store.answer(answer_of_store ? result<void>{}
                                        : conf::error(std::make_error_code(std::errc::io_error)));
    });
    const auto first = ann.answer(3);
    CHECK(first.value("code", "kept") == (answer_of_store ? "kept" : "not_saved"));
    CHECK(ann.answer(4)["type"] == "ok");
}

TEST_CASE("while nothing can be kept, nothing is promised", "[host]") {
    fixture on;
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    on.loop.call([&] { on.host.set_saving(false); });
    ann.send(chat(3, "lost?"));
    CHECK(ann.answer(3)["code"] == "not_saved");
    on.loop.call([&] { on.host.set_saving(true); });
    ann.send(chat(4, "kept"));
    CHECK(ann.answer(4)["type"] == "ok");
}

TEST_CASE("who is not admitted sees nothing", "[host]") {  // SEC-ROOM-3
    fixture on;
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    on.loop.call([&] {
        on.entry.refused = rooms::error_code::unknown_room;
        on.entry.refused_text = "there is no such room, or it is not for you";
    });
    caller eve(on.at, "tuesday");
    eve.send({{"type", "hello"}, {"id", 1}, {"versions", {1}}});
    const auto refused = eve.answer(1);
    CHECK(refused["code"] == "unknown_room");
    CHECK(refused.dump().find("Ann") == std::string::npos);
    eve.send({{"type", "join"}, {"id", 2}, {"name", "Eve"}});
    CHECK(eve.answer(2)["type"] == "error");
}

TEST_CASE("nonsense is answered, and too much of it ends that connection alone", "[host]") {  // SEC-WS-5
    fixture on;
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    caller eve(on.at, "tuesday");
    (void)eve.enter("Eve");
    eve.send_text("{]");
    CHECK(eve.event("error")["code"] == "bad_message");
    eve.send({{"type", "dance"}, {"id", 9}});
    CHECK(eve.answer(9)["code"] == "unknown_type");
    json last;
    for (int i = 0; i < 120; ++i) eve.send_text("{]");
    while (!last.is_number()) last = eve.read();
    CHECK(last == 1008);
    ann.send(chat(3, "still here"));
    CHECK(ann.answer(3)["type"] == "ok");
}

TEST_CASE("a full room says so", "[host]") {
    fixture on;
    std::vector<caller> inside;
    for (const auto* const name : {"Ann", "Bob", "Cleo"}) {
        inside.emplace_back(on.at, "tuesday");
        CHECK(inside.back().enter(name)["type"] == "welcome");
    }
    caller late(on.at, "tuesday");
    CHECK(late.enter("Dan")["code"] == "room_full");
}

TEST_CASE("a restart is announced", "[host]") {
    fixture on;
    caller ann(on.at, "tuesday");
    (void)ann.enter("Ann");
    on.loop.call([&] { on.host.announce_restart(); });
    CHECK(ann.event("restarting")["type"] == "restarting");
}

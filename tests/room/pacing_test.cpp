#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

namespace {

/// How many of `tried` were done at once.
template <class Make>
std::size_t done_of(world& w, connection_id link, std::size_t tried, Make make) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tried; ++i) {
        const auto answer = w.ask(link, make(i));
        if (!answer.id) break;  // the connection is over
        const auto* const why = std::get_if<failure>(&answer.what);
        if (why == nullptr) {
            ++count;
        } else {
            CHECK(why->code == error_code::rate);
        }
    }
    return count;
}

request_body say(std::size_t i) {
    return chat_send{"hi", "k" + std::to_string(i), {}, {}};
}
request_body ask_ice(std::size_t) {
    return fresh_ice{};
}
request_body wave(std::size_t) {
    return react{"!"};
}

}  // namespace

TEST_CASE("a connection may burst and then goes at its pace", "[room][limits]") {  // SEC-WS-4
    world w;
    auto ada = w.enter("Ada");
    w.pass(1h);
    CHECK(done_of(w, ada.link, chats_burst + 10, say) == chats_burst);
    w.pass(1s);
    CHECK(done_of(w, ada.link, chats_per_second + 10, [](std::size_t i) { return say(i + 100); }) ==
          chats_per_second);
    w.pass(1h);
    CHECK(done_of(w, ada.link, gestures_per_second + 10, wave) == gestures_per_second);
    w.pass(1h);
    CHECK(done_of(w, ada.link, requests_burst + 50, ask_ice) == requests_burst);
    w.pass(1s);
    CHECK(done_of(w, ada.link, requests_per_second + 40, ask_ice) == requests_per_second);
    const auto bo = w.enter("Bo");
    CHECK(done_of(w, bo.link, 5, say) == 5);  // others do not pay
}

TEST_CASE("too many bad requests end the connection", "[room][limits]") {
    world w;
    auto ada = w.enter("Ada");
    const auto bo = w.enter("Bo");
    w.pass(1h);
    for (std::size_t i = 0; i + 1 < bad_requests_max; ++i) w.refused(ada.link, lower_hands{});
    w.pass(bad_requests_time);
    for (std::size_t i = 0; i + 2 < bad_requests_max; ++i) w.refused(ada.link, lower_hands{});
    w.room.handle_bad(ada.link, w.at, w.out);
    w.take();
    CHECK(w.code_of(ada.link) == 0);
    w.heard<person_changed>(bo.link);
    w.room.handle_bad(ada.link, w.at, w.out);
    w.take();
    CHECK(w.code_of(ada.link) == 1008);
    // The place is kept like that of any lost connection.
    CHECK(w.heard<person_changed>(bo.link) == std::vector{person_changed{.id = ada.id, .here = false}});
    w.come_back(ada);
}

TEST_CASE("a flood ends by itself and costs nobody else anything", "[room][limits]") {
    world w;
    const auto bo = w.enter("Bo");
    const auto flooder = w.at_door();
    std::size_t answered = 0;
    for (int i = 0; i < 10000; ++i) answered += w.ask(flooder, set_hand{true}).id ? 1 : 0;
    CHECK(answered == bad_requests_max);
    CHECK(w.code_of(flooder) == 1008);
    CHECK(w.inbox[bo.link].empty());
}

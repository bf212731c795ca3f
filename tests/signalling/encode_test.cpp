#include "libconf/signalling/codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <utility>

using namespace conf::rooms;
using conf::signalling::encode;
using nlohmann::json;

namespace {

/// As the protocol's page shows it.
struct shown {
    message what;
    std::string text;
};

const person_info ada{
    .id = "h3k", .name = "Ada", .acts_as = role::moderator, .joined = wall_time(1763890000000)};
const char* const ada_text = R"({"id": "h3k", "name": "Ada", "role": "moderator", "joined": 1763890000000,
    "here": true, "guest": true, "microphone": false, "camera": false, "screen": false,
    "screen_audio": false, "away": false})";
const char* const locks_text = R"({"microphone": false, "camera": false, "screen": true, "chat": false,
    "private_chat": false, "people": false})";

}  // namespace

TEST_CASE("messages are written as the protocol says", "[signalling]") {
    const chat_message plain{.id = "m1", .from = "h3k", .name = "Ada", .text = "hi", .at = wall_time(5)};
    const std::string plain_text = R"({"id": "m1", "from": "h3k", "name": "Ada", "text": "hi", "at": 5})";
    const chat_message full{.id = "m2",
                            .from = "h3k",
                            .name = "Ada",
                            .text = "",
                            .at = wall_time(5),
                            .to = "j4m",
                            .reply_to = "m1",
                            .edited = wall_time(6),
                            .deleted = true,
                            .reactions = {{"+", {"h3k", "j4m"}}},
                            .key = "k"};
    const std::string full_text =
        R"({"id": "m2", "from": "h3k", "name": "Ada", "text": "", "at": 5, "to": "j4m",
        "reply_to": "m1", "edited": 6, "deleted": true, "reactions": {"+": ["h3k", "j4m"]}, "key": "k"})";
    const ice_credentials ice{{{{"turn:turn.test"}, "u", "c"}, {{"stun:stun.test"}, "", ""}}, wall_time(9)};
    const std::string ice_text =
        R"("ice_servers": [{"urls": ["turn:turn.test"], "username": "u", "credential": "c"},
        {"urls": ["stun:stun.test"]}], "ice_expires": 9)";
    const std::vector<track_info> tracks{{"0", "h3k", source::microphone}};
    const std::string tracks_text =
        R"("tracks": [{"mid": "0", "participant": "h3k", "source": "microphone"}])";
    welcome whole;
    whole.you = "h3k";
    whole.resume = "secret";
    whole.room = {
        .name = "tuesday", .title = "Tuesday", .started = wall_time(4), .lobby = true, .locked = {}};
    whole.people = {ada};
    whole.waiting = std::vector{guest_info{"g1", "Bo", wall_time(8)}};
    whole.messages = {plain};
    whole.more_messages = true;
    whole.media = true;
    whole.ice = ice;
    whole.speaker = "h3k";
    whole.now = wall_time(7);
    const std::string whole_text = R"("you": "h3k", "resume": "secret", "room": {"name": "tuesday",
        "title": "Tuesday", "started": 4, "lobby": true, "locks": )" +
                                   std::string(locks_text) + R"(}, "people": [)" + ada_text +
                                   R"(], "waiting": [{"id": "g1", "name": "Bo", "since": 8}],
        "chat": {"messages": [)" + plain_text +
                                   R"(], "more": true}, "media": true, )" + ice_text +
                                   R"(, "speaker": "h3k", "now": 7, )";
    auto resumed = whole;
    resumed.resumed = welcome::transports{true, false};

    const shown all[] = {
        {{7, done{}}, R"({"type": "ok", "id": 7})"},
        {{7, failure{error_code::bad_message, "why", "text"}},
         R"({"type": "error", "id": 7, "code": "bad_message", "message": "why", "field": "text"})"},
        {{{}, failure{error_code::version, "why", "", {1}, 30}},
         R"({"type": "error", "code": "version", "message": "why", "versions": [1], "retry_after": 30})"},
        {{1, door_opened{1, "tuesday", "Tuesday", false, 3, {{"Ana", "Bo"}}, door_opened::known{"Ada", {}}}},
         R"({"type": "ok", "id": 1, "version": 1, "room":
             {"name": "tuesday", "title": "Tuesday", "lobby": false},
             "people": 3, "names": ["Ana", "Bo"], "you": {"name": "Ada", "role": "viewer"},
             "limits": {"chat_characters": 5000, "name_bytes": 256}})"},
        {{1, door_opened{1, "t", "T", true, 0, {}, {}}},
         R"({"type": "ok", "id": 1, "version": 1, "room": {"name": "t", "title": "T", "lobby": true},
             "people": 0, "limits": {"chat_characters": 5000, "name_bytes": 256}})"},
        {{2, whole}, R"({"type": "welcome", "id": 2, )" + whole_text + R"("resumed": false})"},
        {{{}, whole}, R"({"type": "welcome", )" + whole_text + R"("resumed": false})"},
        {{2, resumed},
         R"({"type": "welcome", "id": 2, )" + whole_text +
             R"("resumed": true, "publish": true, "receive": false})"},
        {{2, waiting{"soon", "secret"}},
         R"({"type": "waiting", "id": 2, "message": "soon", "resume": "secret"})"},
        {{2, waiting{{}, "secret"}}, R"({"type": "waiting", "id": 2, "resume": "secret"})"},
        {{3, chat_sent{"m1", wall_time(5)}}, R"({"type": "ok", "id": 3, "message": "m1", "at": 5})"},
        {{3, chat_page{{plain, full}, false}},
         R"({"type": "ok", "id": 3, "messages": [)" + plain_text + "," + full_text + R"(], "more": false})"},
        {{3, ice_given{ice}}, R"({"type": "ok", "id": 3, )" + ice_text + "}"},
        {{3, ice_given{}}, R"({"type": "ok", "id": 3, "ice_servers": []})"},
        {{3, pads_given{"pt1.x", wall_time(1700000000000)}},
         R"({"type": "ok", "id": 3, "token": "pt1.x", "expires": 1700000000000})"},
        {{3, published{"v=0\r\n"}}, R"({"type": "ok", "id": 3, "sdp": "v=0\r\n"})"},
        {{{}, door{4, {{"Ana"}}}}, R"({"type": "door", "people": 4, "names": ["Ana"]})"},
        {{{}, waiting_message{"soon"}}, R"({"type": "waiting.message", "text": "soon"})"},
        {{{}, person_joined{ada}}, R"({"type": "person.joined", "person": )" + std::string(ada_text) + "}"},
        {{{}, person_changed{.id = "h3k", .hand = person_changed::raised{}}},
         R"({"type": "person.changed", "id": "h3k", "hand": null})"},
        {{{},
          person_changed{"h3k", "Ada", role::viewer, true, true, false, true, false,
                         person_changed::raised{wall_time(5)}, true}},
         R"({"type": "person.changed", "id": "h3k", "name": "Ada", "role": "viewer", "here": true,
             "microphone": true, "camera": false, "screen": true, "screen_audio": false, "hand": 5,
             "away": true})"},
        {{{}, person_left{"h3k", departure::banned}},
         R"({"type": "person.left", "id": "h3k", "why": "banned"})"},
        {{{}, room_changed{"T", true, locks{}}},
         R"({"type": "room.changed", "title": "T", "lobby": true, "locks": )" + std::string(locks_text) +
             "}"},
        {{{}, waiting_joined{{"g1", "Bo", wall_time(8)}}},
         R"({"type": "waiting.joined", "guest": {"id": "g1", "name": "Bo", "since": 8}})"},
        {{{}, waiting_left{"g1"}}, R"({"type": "waiting.left", "id": "g1"})"},
        {{{}, muted{source::screen, "h3k"}}, R"({"type": "muted", "source": "screen", "by": "h3k"})"},
        {{{}, muted{source::microphone, {}}}, R"({"type": "muted", "source": "microphone"})"},
        {{{}, unmute_asked{"h3k"}}, R"({"type": "unmute.asked", "by": "h3k"})"},
        {{{}, speaker{"h3k"}}, R"({"type": "speaker", "id": "h3k"})"},
        {{{}, reaction{"h3k", "+"}}, R"({"type": "reaction", "id": "h3k", "emoji": "+"})"},
        {{{}, chat_came{plain}}, R"({"type": "chat.message", "message": )" + plain_text + "}"},
        {{{}, chat_changed{full}}, R"({"type": "chat.changed", "message": )" + full_text + "}"},
        {{{}, typing{"h3k", true, {}}}, R"({"type": "chat.typing", "id": "h3k", "on": true})"},
        {{{}, typing{"h3k", false, "j4m"}},
         R"({"type": "chat.typing", "id": "h3k", "on": false, "to": "j4m"})"},
        {{{}, ice_renewed{ice}}, R"({"type": "ice", )" + ice_text + "}"},
        {{{}, receive_offer{1, "v=0", tracks}},
         R"({"type": "receive.offer", "number": 1, "sdp": "v=0", )" + tracks_text + "}"},
        {{{}, receive_tracks{tracks}}, R"({"type": "receive.tracks", )" + tracks_text + "}"},
        {{{}, publish_ended{"lost"}}, R"({"type": "publish.ended", "why": "lost"})"},
        {{{}, receive_ended{"lost"}}, R"({"type": "receive.ended", "why": "lost"})"},
        {{{}, restarting{}}, R"({"type": "restarting"})"},
    };
    std::set<std::size_t> kinds;
    for (const auto& one : all) {
        kinds.insert(one.what.what.index());
        CHECK(json::parse(encode(one.what)) == json::parse(one.text));
    }
    CHECK(kinds.size() == message_count);
}

TEST_CASE("all error codes and the type come as the protocol names them", "[signalling]") {
    const std::string names[] = {"bad_message",     "unknown_type",
                                 "version",         "not_joined",
                                 "already_joined",  "unknown_room",
                                 "bad_token",       "expired_token",
                                 "forbidden",       "unknown_participant",
                                 "unknown_message", "room_full",
                                 "server_full",     "banned",
                                 "refused",         "rate",
                                 "bad_sdp",         "no_media",
                                 "not_saved",       "gone",
                                 "not_open",        "unknown_document",
                                 "unknown_page",    "limit",
                                 "bad_file",        "not_ready",
                                 "not_made"};
    REQUIRE(std::size(names) == error_code_count);
    for (std::size_t i = 0; i < error_code_count; ++i) CHECK(name_of(static_cast<error_code>(i)) == names[i]);
    CHECK(encode(message{7, done{}}).starts_with(R"({"type":"ok","id":7)"));
}

TEST_CASE("what is written is JSON whatever it holds", "[signalling]") {
    std::string bytes;
    for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
    const auto read = json::parse(encode(message{{}, waiting_message{bytes}}), nullptr, false);
    REQUIRE_FALSE(read.is_discarded());
    const auto text = read["text"].get<std::string>();
    CHECK(text.substr(0, 128) == bytes.substr(0, 128));
    CHECK(text.substr(128, 3) == "\xEF\xBF\xBD");
}

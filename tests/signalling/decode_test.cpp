#include "libconf/room/limits.hpp"
#include "libconf/signalling/codec.hpp"
#include "tests/signalling/samples.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>

using namespace conf::rooms;
using conf::signalling::decode;
using conf::signalling::encode;
using conf::signalling::undecodable;

namespace {

/// Empty: it was decoded. Else "code field".
std::string fault_of(const std::string& text) {
    const auto got = decode(text);
    const auto* const bad = std::get_if<undecodable>(&got);
    if (bad == nullptr) return {};
    CHECK_FALSE(bad->why.text.empty());
    return std::string(name_of(bad->why.code)) + (bad->why.field.empty() ? "" : " " + bad->why.field);
}

std::string times(std::size_t count, const std::string& text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

/// The fields of a request behind its type and id.
std::string with(const std::string& type, const std::string& fields) {
    return R"({"type": ")" + type + R"(", "id": 7)" + (fields.empty() ? "" : ", " + fields) + "}";
}

}  // namespace

TEST_CASE("every request is read as it was written", "[signalling]") {
    const auto all = signalling_test::all_requests();
    REQUIRE(all.size() == request_count);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const request what{i + 1, all[i]};
        const auto text = encode(what);
        INFO(text);
        REQUIRE(what.what.index() == i);
        const auto got = decode(text);
        REQUIRE(std::holds_alternative<request>(got));
        CHECK(std::get<request>(got) == what);
    }
}

TEST_CASE("what may be absent may be absent", "[signalling]") {
    struct absent_case {
        std::string text;
        request_body what;
    };
    const auto c = GENERATE(values<absent_case>({
        {with("hello", R"("versions": [1])"), hello{{1}, {}, {}}},
        {with("join", R"("name": "Ada")"), join{"Ada", false, false, {}}},
        {with("resume", R"("versions": [1], "resume": "x")"), resume{{1}, "x", false, false}},
        {with("hand.lower", ""), lower_hands{}},
        {with("mute", ""), mute{{}, source::microphone}},
        {with("remove", R"("participant": "x")"), remove_person{"x", false}},
        {with("lock", R"("locks": {"chat": true})"), set_locks{{.chat = true}}},
        {with("lock", R"("locks": {"unknown": 7})"), set_locks{}},
        {with("room", ""), set_room{}},
        {with("admit", ""), admit{}},
        {with("lobby.message", R"("text": "")"), set_lobby_message{}},
        {with("chat.send", R"("text": "hi", "key": "k")"), chat_send{"hi", "k", {}, {}}},
        {with("chat.typing", R"("on": false)"), chat_typing{false, {}}},
        {with("chat.history", R"("before": "m")"), chat_history{"m", 100}},
        {with("view", R"("videos": [])"), view{}},
        {with("leave", R"("unknown": {"fields": ["are", "ignored"]})"), leave{}},
    }));
    INFO(c.text);
    const auto got = decode(c.text);
    REQUIRE(std::holds_alternative<request>(got));
    CHECK(std::get<request>(got) == request{7, c.what});
}

TEST_CASE("what is not JSON is no message", "[signalling]") {
    const auto text = GENERATE(values<std::string>({
        "",
        " ",
        "{",
        "nonsense",
        "[]",
        "7",
        "null",
        R"("text")",
        R"({"type": "leave", "id": 1} x)",
        R"({"type": "leave", "id": 1,})",
        R"({'type': 'leave', 'id': 1})",
        R"({"type": "leave", "id": 1e999})",
        R"({"type": "leave", "id": NaN})",
        R"({"type": "leave", "id": 1, "id": 1})",  // CVE class: two readers disagree
        R"({"type": "leave", "id": 1, "x": {"a": 1, "a": 2}})",
        R"({"type": "leave", "id": 1, "\u0069d": 2})",  // the same key in another spelling
        "{\"type\": \"leave\", \"id\": 1, \"x\": \"\xFF\"}",
        "{\"type\": \"leave\", \"id\": 1, \"x\": \"\xED\xA0\x80\"}",
        R"({"type": "leave", "id": 1, "x": "\ud800"})",
        "{\"type\": \"leave\", \"id\": 1, \"x\": \"a\nb\"}",
        "/* comment */ {\"type\": \"leave\", \"id\": 1}",
    }));
    INFO(text);
    const auto got = decode(text);
    REQUIRE(std::holds_alternative<undecodable>(got));
    CHECK(std::get<undecodable>(got).why.code == error_code::bad_message);
    CHECK_FALSE(std::get<undecodable>(got).id);
}

TEST_CASE("type and id are what every request has", "[signalling]") {
    CHECK(fault_of(R"({"type": "leave"})") == "bad_message id");
    CHECK(fault_of(R"({"type": "leave", "id": 0})") == "bad_message id");
    CHECK(fault_of(R"({"type": "leave", "id": -1})") == "bad_message id");
    CHECK(fault_of(R"({"type": "leave", "id": 1.5})") == "bad_message id");
    CHECK(fault_of(R"({"type": "leave", "id": "1"})") == "bad_message id");
    CHECK(fault_of(R"({"type": "leave", "id": 9007199254740991})").empty());
    CHECK(fault_of(R"({"type": "leave", "id": 9007199254740992})") == "bad_message id");
    CHECK(fault_of(R"({"id": 1})") == "bad_message type");
    CHECK(fault_of(R"({"type": 1, "id": 1})") == "bad_message type");
    CHECK(fault_of(R"({"type": "Leave", "id": 1})") == "unknown_type type");
    CHECK(fault_of(R"({"type": "welcome", "id": 1})") == "unknown_type type");
    const auto got = decode(R"({"type": "fly", "id": 5})");
    CHECK(std::get<undecodable>(got).id == 5U);
}

TEST_CASE("a field that is wrong is named", "[signalling]") {
    struct wrong_case {
        std::string text;
        std::string field;
    };
    const auto c = GENERATE(values<wrong_case>({
        {with("hello", ""), "versions"},
        {with("hello", R"("versions": [])"), "versions"},
        {with("hello", R"("versions": 1)"), "versions"},
        {with("hello", R"("versions": [-1])"), "versions"},
        {with("hello", R"("versions": [4294967296])"), "versions"},
        {with("hello", R"("versions": [1], "token": null)"), "token"},
        {with("hello", R"("versions": [1], "token": "")"), "token"},
        {with("hello", R"("versions": [1], "device": "")"), "device"},
        {with("join", ""), "name"},
        {with("join", R"("name": 7)"), "name"},
        {with("join", R"("name": "")"), "name"},
        {with("join", R"("name": "a\nb")"), "name"},
        {with("join", R"("name": "a\u0000b")"), "name"},
        {with("join", R"("name": "a\u007f")"), "name"},
        {with("join", R"("name": "Ada", "microphone": 1)"), "microphone"},
        {with("media", R"("source": "radio", "on": true)"), "source"},
        {with("media", R"("source": "camera")"), "on"},
        {with("hand", R"("up": "true")"), "up"},
        {with("hand.lower", R"("participant": "")"), "participant"},
        {with("role", R"("participant": "x", "role": "owner")"), "role"},
        {with("role", R"("participant": ["x"], "role": "viewer")"), "participant"},
        {with("remove", R"("participant": "x", "ban": "yes")"), "ban"},
        {with("lock", ""), "locks"},
        {with("lock", R"("locks": [])"), "locks"},
        {with("lock", R"("locks": {"chat": 1})"), "locks.chat"},
        {with("room", R"("title": "")"), "title"},
        {with("room", R"("lobby": 0)"), "lobby"},
        {with("chat.send", R"("text": "", "key": "k")"), "text"},
        {with("chat.send", R"("text": "a\tb", "key": "k")"), "text"},
        {with("chat.send", R"("text": "hi")"), "key"},
        {with("chat.send", R"("text": "hi", "key": "k", "to": 7)"), "to"},
        {with("chat.history", R"("before": "m", "limit": 0)"), "limit"},
        {with("chat.history", R"("before": "m", "limit": 201)"), "limit"},
        {with("publish", R"("sdp": "v=0", "sources": {})"), "sources"},
        {with("publish", R"("sdp": "v=0", "sources": {"0": "radio"})"), "sources"},
        {with("publish", R"("sdp": "v=0", "sources": {"0": "camera", "1": "camera"})"), "sources"},
        {with("publish", R"("sdp": "v=0", "sources": {"": "camera"})"), "sources"},
        {with("publish", R"("sdp": "v=0", "sources": {"0": 7})"), "sources"},
        {with("view", R"("videos": [{"participant": "x", "source": "camera", "height": -1}])"),
         "videos.0.height"},
        {with("view", R"("videos": [{"participant": "x", "source": "microphone", "height": 1}])"),
         "videos.0.source"},
        {with("view", R"("videos": [7])"), "videos.0"},
        {with("view", R"("videos": {})"), "videos"},
        {with("receive.answer", R"("number": 0, "sdp": "v=0")"), "number"},
    }));
    INFO(c.text);
    CHECK(fault_of(c.text) == "bad_message " + c.field);
}

TEST_CASE("texts are read up to their limits and no further", "[signalling][limits]") {
    struct limit_case {
        std::string type;
        std::string before;  // of the text
        std::string after;
        std::string field;
        std::size_t most;
        bool in_bytes;
    };
    const auto c = GENERATE(values<limit_case>({
        {"join", R"("name": ")", R"(")", "name", name_bytes_max, true},
        {"name", R"("name": ")", R"(")", "name", name_bytes_max, true},
        {"room", R"("title": ")", R"(")", "title", name_bytes_max, true},
        {"join", R"("name": "x", "locale": ")", R"(")", "locale", locale_characters_max, false},
        {"hello", R"("versions": [1], "client": ")", R"(")", "client", client_characters_max, false},
        {"hello", R"("versions": [1], "token": ")", R"(")", "token", token_characters_max, false},
        {"hello", R"("versions": [1], "device": ")", R"(")", "device", device_characters_max, false},
        {"chat.send", R"("key": "k", "text": ")", R"(")", "text", chat_characters_max, false},
        {"chat.edit", R"("message": "m", "text": ")", R"(")", "text", chat_characters_max, false},
        {"chat.send", R"("text": "x", "key": ")", R"(")", "key", key_characters_max, false},
        {"chat.delete", R"("message": ")", R"(")", "message", id_characters_max, false},
        {"lobby.message", R"("text": ")", R"(")", "text", lobby_message_characters_max, false},
        {"react", R"("emoji": ")", R"(")", "emoji", emoji_bytes_max, true},
        {"receive.answer", R"("number": 1, "sdp": ")", R"(")", "sdp", sdp_bytes_max, true},
    }));
    INFO(c.type << " " << c.field);
    const auto text = [&](std::size_t count) {
        // Characters of two bytes, so that bytes and characters are not the same.
        const auto value =
            c.in_bytes ? times(count / 2, "\xC3\xA9") + times(count % 2, "x") : times(count, "\xC3\xA9");
        return with(c.type, c.before + value + c.after);
    };
    CHECK(fault_of(text(c.most)).empty());
    CHECK(fault_of(text(c.most + 1)) == "bad_message " + c.field);
}

TEST_CASE("lists are read up to their limits and no further", "[signalling][limits]") {
    const std::string wish = R"({"participant": "x", "source": "camera", "height": 1},)";
    const auto views = [&](std::size_t count) {
        auto all = times(count, wish);
        all.pop_back();
        return with("view", R"("videos": [)" + all + "]");
    };
    CHECK(fault_of(views(views_max)).empty());
    CHECK(fault_of(views(views_max + 1)) == "bad_message videos");
    const auto hellos = [&](std::size_t count) {
        auto all = times(count, "1,");
        all.pop_back();
        return with("hello", R"("versions": [)" + all + "]");
    };
    CHECK(fault_of(hellos(versions_max)).empty());
    CHECK(fault_of(hellos(versions_max + 1)) == "bad_message versions");
    CHECK(fault_of(with("publish", R"("sdp": "v=0", "sources":
        {"0": "camera", "1": "screen", "2": "microphone", "3": "screen_audio", "4": "camera"})")) ==
          "bad_message sources");
}

TEST_CASE("depth and number of values are bounded", "[signalling][limits]") {  // SEC-WS-3
    const auto nested = [](std::size_t depth) {
        return R"({"type": "leave", "id": 1, "x": )" + times(depth - 1, "[") + times(depth - 1, "]") + "}";
    };
    CHECK(fault_of(nested(conf::signalling::depth_max)).empty());
    CHECK(fault_of(nested(conf::signalling::depth_max + 1)) == "bad_message");
    CHECK(fault_of(nested(400'000)) == "bad_message");
    const auto wide = [](std::size_t values) {
        return R"({"type": "leave", "id": 1, "x": [0)" + times(values - 5, ",0") + "]}";
    };
    CHECK(fault_of(wide(conf::signalling::values_max)).empty());
    CHECK(fault_of(wide(conf::signalling::values_max + 1)) == "bad_message");
    CHECK(fault_of(wide(400'000)) == "bad_message");
}

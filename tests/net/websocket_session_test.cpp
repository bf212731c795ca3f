#include "libconf/net/websocket_session.hpp"

#include "libconf/net/websocket_handshake.hpp"
#include "tests/net/websocket_frames.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using namespace conf::test;
using net::websocket_kind;
using net::websocket_limit;

namespace {

constexpr auto kilobyte = std::size_t{1024};

net::websocket_limits unhurried() {
    net::websocket_limits made;
    made.frames_per_second = 0;
    return made;
}

struct fixture {
    explicit fixture(const net::websocket_limits& limits = unhurried()) : session(limits, stats, now) {}

    /// All at once, or a byte at a time.
    void receive(std::string_view data, std::size_t piece = std::string_view::npos) {
        while (!data.empty()) {
            const auto part = data.substr(0, piece);
            session.receive(as_bytes(part), now, messages);
            data.remove_prefix(part.size());
        }
    }
    bool say(websocket_kind kind, std::string_view text, std::size_t done = 0) {
        return session.send(net::websocket_frame(kind, as_bytes(text)), done, now);
    }
    std::string output() {
        auto made = session.take_output(1 << 30);
        session.sent();
        return made;
    }
    std::vector<taken_frame> frames() {
        auto data = output();
        std::vector<taken_frame> made;
        while (auto one = take_frame(data)) made.push_back(*one);
        CHECK(data.empty());
        return made;
    }
    void pass(duration time) {
        now += time;
        session.handle_timeout(now);
    }

    instant now{1h};
    net::websocket_stats stats;
    std::vector<net::websocket_message> messages;
    net::websocket_session session;
};

std::string joined(const std::vector<net::websocket_message>& messages) {
    std::string made;
    for (const auto& one : messages) {
        made += (one.kind == websocket_kind::text ? "t:" : "b:") + one.data + ";";
    }
    return made;
}

}  // namespace

TEST_CASE("SEC-WS-2: frames get what RFC 6455 says", "[net][websocket]") {
    struct frame_case {
        std::string why;
        std::string sent;
        std::string messages;
        unsigned code;  // of the Close frame that we answer; 0: none
    };
    const auto ping = [](std::string_view body) { return frame(fin | op_ping, body); };
    const std::string bad_utf8 = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80";
    const auto c = GENERATE_COPY(values<frame_case>({
        // Whole messages, each length encoding.
        {"an empty text", text_frame(""), "t:;", 0},
        {"a text", text_frame("hello"), "t:hello;", 0},
        {"125 bytes", text_frame(std::string(125, 'a')), "t:" + std::string(125, 'a') + ";", 0},
        {"126 bytes", text_frame(std::string(126, 'a')), "t:" + std::string(126, 'a') + ";", 0},
        {"16384 bytes, the limit", text_frame(std::string(16384, 'a')), "t:" + std::string(16384, 'a') + ";",
         0},
        {"a binary message", frame(fin | op_binary, "\xff\xfe"), "b:\xff\xfe;", 0},
        {"two in a row", text_frame("a") + text_frame("b"), "t:a;t:b;", 0},
        // Control frames.
        {"a pong that nobody asked for", frame(fin | op_pong, "x") + text_frame("a"), "t:a;", 0},
        {"a ping of 126 bytes", ping(std::string(126, 'p')), "", 1002},
        {"a ping in fragments", frame(op_ping, "p"), "", 1002},
        // Reserved bits and opcodes, masks.
        {"RSV1", frame(fin | 0x40 | op_text, "a"), "", 1002},
        {"RSV2", frame(fin | 0x20 | op_text, "a"), "", 1002},
        {"RSV3 on a ping", frame(fin | 0x10 | op_ping, "a"), "", 1002},
        {"opcode 3", frame(fin | 3, "a"), "", 1002},
        {"opcode 7", frame(fin | 7, "a"), "", 1002},
        {"opcode 11", frame(fin | 11, ""), "", 1002},
        {"opcode 15", frame(fin | 15, ""), "", 1002},
        {"no mask", frame(fin | op_text, "hello", masked::no), "", 1002},
        {"no mask on a ping", frame(fin | op_ping, "", masked::no), "", 1002},
        {"a good one before it counts", text_frame("a") + frame(fin | 3, "") + text_frame("b"), "t:a;", 1002},
        // Lengths.
        {"5 in the form for 64 bits", std::string("\x82\xff\0\0\0\0\0\0\0\x05....abcde", 19), "", 1002},
        {"5 in the form for 16 bits", std::string("\x82\xfe\0\x05....abcde", 13), "", 1002},
        {"a length above 2^63", std::string("\x82\xff\x80\0\0\0\0\0\0\0....", 14), "", 1002},
        {"one byte too long, before the rest comes", frame(fin | op_text, "a", masked::yes, 16385), "", 1009},
        {"a terabyte", frame(fin | op_binary, "a", masked::yes, std::uint64_t{1} << 40), "", 1009},
        // Fragments.
        {"two fragments", frame(op_text, "he") + frame(fin | op_continuation, "llo"), "t:hello;", 0},
        {"empty fragments",
         frame(op_text, "") + frame(op_continuation, "") + frame(fin | op_continuation, ""), "t:;", 0},
        {"a ping between fragments", frame(op_text, "he") + ping("") + frame(fin | op_continuation, "llo"),
         "t:hello;", 0},
        {"a character cut in two", frame(op_text, "\xc3") + frame(fin | op_continuation, "\xa9"),
         "t:\xc3\xa9;", 0},
        {"a continuation of nothing", frame(fin | op_continuation, "a"), "", 1002},
        {"a continuation of nothing, not the last", frame(op_continuation, "a"), "", 1002},
        {"a new message within one", frame(op_text, "a") + frame(fin | op_text, "b"), "", 1002},
        {"too long in sum", frame(op_binary, std::string(16384, 'a')) + frame(fin | op_continuation, "a"), "",
         1009},
        // UTF-8.
        {"bad UTF-8", text_frame("\xff"), "", 1007},
        {"a surrogate behind good text", text_frame(bad_utf8 + "edited"), "", 1007},
        {"an overlong form", text_frame("\xc0\xaf"), "", 1007},
        {"above U+10FFFF", text_frame("\xf4\x90\x80\x80"), "", 1007},
        {"a character that never ends", text_frame("a\xf0\x9f\x98"), "", 1007},
        {"bad UTF-8 in the second fragment", frame(op_text, "a") + frame(fin | op_continuation, "\x80"), "",
         1007},
        {"any bytes in a binary message", frame(fin | op_binary, "\xff"), "b:\xff;", 0},
        {"U+10FFFF", text_frame("\xf4\x8f\xbf\xbf"), "t:\xf4\x8f\xbf\xbf;", 0},
        {"U+0000", text_frame(std::string(1, '\0')), std::string("t:\0;", 4), 0},
        // Close.
        {"Close with 1000", frame(fin | op_close, close_body(1000, "bye")), "", 1000},
        {"Close with 1011", frame(fin | op_close, close_body(1011)), "", 1011},
        {"Close with 3000", frame(fin | op_close, close_body(3000)), "", 3000},
        {"Close with 4999", frame(fin | op_close, close_body(4999)), "", 4999},
        {"Close with 999", frame(fin | op_close, close_body(999)), "", 1002},
        {"Close with 1004", frame(fin | op_close, close_body(1004)), "", 1002},
        {"Close with 1005", frame(fin | op_close, close_body(1005)), "", 1002},
        {"Close with 1006", frame(fin | op_close, close_body(1006)), "", 1002},
        {"Close with 1015", frame(fin | op_close, close_body(1015)), "", 1002},
        {"Close with 5000", frame(fin | op_close, close_body(5000)), "", 1002},
        {"Close with one byte", frame(fin | op_close, "x"), "", 1002},
        {"Close with a bad reason", frame(fin | op_close, close_body(1000, "\xff")), "", 1007},
        {"Close with 126 bytes", frame(fin | op_close, close_body(1000, std::string(124, 'a'))), "", 1002},
        {"a message behind Close", frame(fin | op_close, close_body(1000)) + text_frame("late"), "", 1000},
        {"Close within a message", frame(op_text, "half") + frame(fin | op_close, close_body(1001)), "",
         1001},
    }));
    const auto piece = GENERATE(as<std::size_t>{}, std::string::npos, 1, 3);
    INFO(c.why << ", in pieces of " << piece);
    fixture f;
    f.receive(c.sent, piece);
    CHECK(joined(f.messages) == c.messages);
    unsigned code = 0;
    for (const auto& one : f.frames()) {
        CHECK((one.head == (fin | op_close) || one.head == (fin | op_pong)));
        if (one.head == (fin | op_close)) code = one.code();
    }
    CHECK(code == c.code);
    CHECK(f.session.finished() == (c.code != 0));
    CHECK(f.session.open() == (c.code == 0));
    if (c.code != 0) CHECK(f.session.end().code == c.code);
}

TEST_CASE("a ping is answered with its own words", "[net][websocket]") {
    fixture f;
    const std::string body(125, 'p');
    f.receive(frame(fin | op_ping, body) + frame(fin | op_ping, ""));
    const auto answers = f.frames();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].head == (fin | op_pong));
    CHECK(answers[0].payload == body);
    CHECK(answers[1].payload.empty());
}

TEST_CASE("an empty Close is answered with an empty one", "[net][websocket]") {
    fixture f;
    f.receive(frame(fin | op_close, ""));
    const auto answers = f.frames();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].head == (fin | op_close));
    CHECK(answers[0].payload.empty());
    CHECK(f.session.end().code == 1005);
}

TEST_CASE("what the peer says at its end is told", "[net][websocket]") {
    fixture f;
    f.receive(frame(fin | op_close, close_body(4007, "gone fishing")));
    CHECK(f.session.end().code == 4007);
    CHECK(f.session.end().reason == "gone fishing");
    CHECK_FALSE(f.say(websocket_kind::text, "late"));
}

TEST_CASE("messages are sent whole, in each length encoding", "[net][websocket]") {
    const auto size = GENERATE(0, 1, 125, 126, 65535, 65536, 1 << 20);
    fixture f;
    const std::string data(static_cast<std::size_t>(size), 'x');
    CHECK(f.say(websocket_kind::binary, data));
    CHECK(f.say(websocket_kind::text, "t"));
    const auto sent = f.frames();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].head == (fin | op_binary));
    CHECK(sent[0].payload == data);
    CHECK(sent[1].head == (fin | op_text));
    CHECK(f.stats.messages_sent.value() == 2);
}

TEST_CASE("a frame that was begun elsewhere is finished before anything else", "[net][websocket]") {
    auto limits = unhurried();
    limits.send_queue_bytes = 20;
    fixture f(limits);
    CHECK(f.session.idle());
    CHECK(f.say(websocket_kind::text, "0123456789", 5));
    CHECK_FALSE(f.session.idle());
    CHECK(f.session.queued_bytes() == 7);
    SECTION("then the next one") {
        CHECK(f.say(websocket_kind::text, "next"));
        CHECK(f.output() == "3456789" + std::string("\x81\x04next"));
        CHECK(f.session.idle());
    }
    SECTION("then the good-bye to who does not read") {
        CHECK(f.say(websocket_kind::text, "a"));
        CHECK_FALSE(f.say(websocket_kind::text, "more than the queue"));
        const auto sent = f.output();
        CHECK(sent.substr(0, 8) == "3456789\x88");
        CHECK_FALSE(f.session.idle());
    }
}

TEST_CASE("a closing handshake of ours", "[net][websocket]") {
    fixture f;
    CHECK(f.say(websocket_kind::text, "last"));
    f.session.close(4000, "enough", f.now);
    f.session.close(4001, "twice", f.now);
    const auto sent = f.frames();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].payload == "last");
    CHECK(sent[1].payload == close_body(4000, "enough"));
    CHECK_FALSE(f.session.open());
    CHECK_FALSE(f.session.finished());
    CHECK_FALSE(f.say(websocket_kind::text, "late"));
    SECTION("the peer answers, after a message that nobody wants") {
        f.receive(text_frame("crossing") + frame(fin | op_close, close_body(4000)));
        CHECK(f.messages.empty());
        CHECK(f.session.finished());
        CHECK_FALSE(f.session.dead());
        CHECK(f.session.end().code == 4000);
        CHECK(f.output().empty());
    }
    SECTION("the peer does not") {
        CHECK(f.session.deadline() == f.now + 5s);
        f.pass(4999ms);
        CHECK_FALSE(f.session.dead());
        f.pass(1ms);
        CHECK(f.session.dead());
        CHECK(f.session.end().code == 1006);
        CHECK(f.stats.hits(websocket_limit::close_time) == 1);
    }
}

TEST_CASE("a reason is cut to what a Close frame holds, between characters", "[net][websocket]") {
    fixture exact;
    exact.session.close(4000, std::string(123, 'r'), exact.now);
    CHECK(exact.frames().at(0).payload == close_body(4000, std::string(123, 'r')));
    fixture longer;
    longer.session.close(4000, std::string(122, 'r') + "\xc3\xa9", longer.now);
    CHECK(longer.frames().at(0).payload == close_body(4000, std::string(122, 'r')));
}

TEST_CASE("SEC-WS-3: the limit of a message holds and can be raised", "[net][websocket]") {
    fixture f;
    f.session.set_message_limit(1024 * kilobyte);
    f.receive(text_frame(std::string(1024 * kilobyte, 'a')));
    CHECK(f.messages.size() == 1);
    f.receive(frame(fin | op_text, "a", masked::yes, 1024 * kilobyte + 1));
    CHECK(f.session.end().code == 1009);
    CHECK(f.stats.hits(websocket_limit::message_bytes) == 1);
}

TEST_CASE("SEC-WS-3: a message has so many fragments and no more", "[net][websocket]") {
    const auto fragments = [](int count) {
        auto made = frame(op_text, "");
        for (int i = 0; i < count - 2; ++i) made += frame(op_continuation, "");
        return made + frame(fin | op_continuation, "");
    };
    fixture f;
    const auto piece = GENERATE(as<std::size_t>{}, std::string::npos, 1000);
    f.receive(fragments(1024), piece);
    CHECK(joined(f.messages) == "t:;");
    CHECK(f.session.open());
    f.receive(fragments(1025), piece);
    CHECK(f.messages.size() == 1);
    CHECK(f.frames().at(0).code() == 1008);
    CHECK(f.session.finished());
    CHECK(f.stats.hits(websocket_limit::fragments) == 1);
}

TEST_CASE("SEC-WS-4: who sends too many frames is read more slowly", "[net][websocket]") {
    fixture f{net::websocket_limits{}};
    for (int i = 0; i < 200; ++i) f.receive(text_frame("a"));
    CHECK(f.session.wants_read(f.now));
    CHECK(f.stats.hits(websocket_limit::frame_rate) == 0);
    f.receive(frame(fin | op_pong, ""));  // a frame of any kind
    CHECK_FALSE(f.session.wants_read(f.now));
    CHECK(f.session.reads_at() == f.now + 20ms);
    CHECK(f.stats.hits(websocket_limit::frame_rate) == 1);
    CHECK(f.session.wants_read(f.now + 20ms));
    CHECK(f.messages.size() == 200);  // nothing is dropped

    // Fifty a second for a minute is fine.
    f.now += 4s;
    for (int i = 0; i < 3000; ++i) {
        f.now += 20ms;
        f.receive(text_frame("a"));
        REQUIRE(f.session.wants_read(f.now));
    }
    CHECK(f.stats.hits(websocket_limit::frame_rate) == 1);
}

TEST_CASE("the queue has a limit in bytes", "[net][websocket]") {
    auto limits = unhurried();
    limits.send_queue_bytes = 1000;
    fixture f(limits);
    CHECK(f.say(websocket_kind::text, std::string(100, 'a')));
    const auto begun = f.session.take_output(1);
    CHECK(begun.size() == 102);
    CHECK(f.say(websocket_kind::text, std::string(700, 'b')));
    CHECK(f.session.queued_bytes() == 102 + 704);
    CHECK(f.say(websocket_kind::text, std::string(190, 'c')));
    CHECK(f.session.open());
    CHECK_FALSE(f.session.wants_read(f.now));  // it would only make us say more
    CHECK_FALSE(f.say(websocket_kind::text, "d"));
    CHECK(f.stats.hits(websocket_limit::send_queue_bytes) == 1);
    // What is being sent is finished; of the rest only the Close frame is left.
    f.session.sent();
    const auto sent = f.frames();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].code() == 1013);
    CHECK_FALSE(f.session.finished());
    f.pass(5s);
    CHECK(f.session.dead());
    CHECK(f.session.end().code == 1013);
}

TEST_CASE("the queue has a limit in time", "[net][websocket]") {
    fixture f;
    CHECK(f.say(websocket_kind::text, "a"));
    const auto in_flight = GENERATE(false, true);
    if (in_flight) CHECK_FALSE(f.session.take_output(1).empty());
    CHECK(f.session.deadline() == f.now + 5s);
    f.pass(4999ms);
    CHECK(f.session.open());
    f.pass(1ms);
    CHECK_FALSE(f.session.open());
    CHECK(f.stats.hits(websocket_limit::send_queue_time) == 1);
}

TEST_CASE("pings that nobody reads the answers of are read no more", "[net][websocket]") {
    auto limits = unhurried();
    limits.send_queue_bytes = 1000;
    fixture f(limits);
    const auto ping = frame(fin | op_ping, std::string(125, 'p'));
    int count = 0;
    for (; f.session.wants_read(f.now) && count < 100; ++count) f.receive(ping);
    CHECK(count == 4);  // 4 * 127 > 500
    CHECK(f.session.open());
}

TEST_CASE("a quiet peer is pinged, a silent one ended", "[net][websocket]") {
    fixture f;
    CHECK(f.session.deadline() == f.now + 15s);
    f.pass(14'999ms);
    CHECK(f.output().empty());
    f.pass(1ms);
    auto sent = f.frames();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].head == (fin | op_ping));
    SECTION("it answers") {
        f.receive(frame(fin | op_pong, ""));
        for (int i = 0; i < 20; ++i) {
            f.pass(15s);
            CHECK(f.frames().size() == 1);
            f.receive(frame(fin | op_pong, ""));
        }
        CHECK(f.session.open());
    }
    SECTION("it does not") {
        f.pass(15s);
        CHECK(f.frames().size() == 1);
        f.pass(14'999ms);
        CHECK(f.session.open());
        f.pass(1ms);
        CHECK(f.session.dead());
        CHECK(f.session.end().code == 1006);
        CHECK(f.stats.hits(websocket_limit::silence) == 1);
    }
}

TEST_CASE("the accept value is the RFC's", "[net][websocket]") {
    CHECK(net::websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("SEC-WS-1: an origin counts letter by letter", "[net][websocket]") {
    net::websocket_rules rules;
    CHECK_FALSE(net::is_origin_allowed(rules, "https://conf.example"));
    rules.origins = {"https://conf.example", "https://lms.example:8443", "null"};
    struct origin_case {
        std::string origin;
        bool expected;
    };
    const auto c = GENERATE(values<origin_case>({
        {"https://conf.example", true},
        {"https://lms.example:8443", true},
        {"http://conf.example", false},
        {"https://conf.example:443", false},
        {"https://lms.example", false},
        {"https://evil.conf.example", false},
        {"https://conf.example.evil.example", false},
        {"https://CONF.example", false},
        {"https://conf.example/", false},
        {"null", false},
        {"", false},
    }));
    INFO(c.origin);
    CHECK(net::is_origin_allowed(rules, c.origin) == c.expected);
}

TEST_CASE("what WebSockets count is written", "[net][websocket]") {
    net::websocket_stats stats;
    stats.hit(websocket_limit::silence);
    stats.ended(1001);
    stats.ended(4999);
    stats.ended(1016);
    std::string text;
    metrics::text_writer writer(text);
    stats.write(writer);
    for (const auto* line :
         {"conf_websocket_connections 0\n", "conf_websocket_messages_total{direction=\"in\"} 0\n",
          "conf_websocket_ended_total{code=\"1000\"} 0\n", "conf_websocket_ended_total{code=\"1001\"} 1\n",
          "conf_websocket_ended_total{code=\"other\"} 2\n",
          "conf_websocket_limit_hits_total{limit=\"silence\"} 1\n"}) {
        INFO(line);
        CHECK_THAT(text, Catch::Contains(line));
    }
}

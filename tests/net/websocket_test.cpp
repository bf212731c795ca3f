#include "libconf/net/websocket.hpp"

#include "tests/net/http_test_server.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_certificate.hpp"
#include "tests/net/test_client.hpp"
#include "tests/net/websocket_frames.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using namespace conf::test;
using net::http_request;
using net::websocket;

namespace {

const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";

std::string origin(const std::string& page) {
    return "Origin: " + page + "\r\n";
}

std::string handshake(const std::string& path, const std::string& fields = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n" + fields + "\r\n";
}

/// What the handlers saw, on the loop's thread, for the test's.
class journal {
public:
    void note(const std::string& what) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(what);
        changed_.notify_all();
    }
    /// Waits until that was noted.
    [[nodiscard]] bool has(const std::string& what) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(
            lock, 20s, [&] { return std::find(lines_.begin(), lines_.end(), what) != lines_.end(); });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

/// Server whose /ws/{room} says everything back and notes how it ends.
struct fixture {
    explicit fixture(net::websocket_rules rules = {}, std::shared_ptr<net::tls_context> tls = nullptr)
        : server({}, std::move(tls), [this, rules = std::move(rules)](net::http_router& routes) {
              routes.websocket(
                  "/ws/{room}",
                  [this](const http_request& request, const websocket& socket) {
                      log.note("open " + std::string(request.path_parameter("room")));
                      latest = socket;
                      return net::websocket_callbacks{
                          [this, socket](const net::websocket_message& message) { take(socket, message); },
                          [this](const net::websocket_end& end) {
                              log.note("end " + std::to_string(end.code) + " " + end.reason);
                          }};
                  },
                  rules);
          }) {}

    void take(const websocket& socket, const net::websocket_message& message) {
        if (message.data == "throw") throw std::runtime_error("a handler's");
        if (message.data == "close") return socket.close(4002, "asked");
        if (message.data == "more") socket.set_message_limit(100'000);
        if (message.kind == net::websocket_kind::text) {
            socket.send_text(message.data);
        } else {
            socket.send_binary(as_bytes(message.data));
        }
    }

    journal log;       // before the server, whose loop writes into it
    websocket latest;  // the loop's
    http_test_server server;
};

/// A client behind its handshake.
struct talker {
    explicit talker(const http_test_server& server, const std::string& fields = {}, int receive_bytes = 0)
        : client(server.at(), receive_bytes) {
        client.send(handshake("/ws/blue", fields));
        answer = client.read_answer();
    }

    taken_frame read() {
        for (;;) {
            if (auto one = take_frame(buffer)) return *one;
            const auto more = client.read_some();
            if (more.empty()) return {};
            buffer += more;
        }
    }

    test_client client;
    test_client::answer answer;
    std::string buffer;
};

}  // namespace

TEST_CASE("an HTTP connection becomes a WebSocket", "[net][websocket]") {
    fixture f;
    talker t(f.server);
    CHECK(t.answer.status == 101);
    CHECK(t.answer.field("Upgrade") == "websocket");
    CHECK(t.answer.field("Connection") == "Upgrade");
    CHECK(t.answer.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(t.answer.field("Sec-WebSocket-Extensions").empty());
    CHECK(t.answer.field("Sec-WebSocket-Protocol").empty());
    CHECK(f.log.has("open blue"));
    t.client.send(text_frame("hello"));
    CHECK(t.read().payload == "hello");
    t.client.send(frame(fin | op_binary, std::string(5000, '\xff')));
    CHECK(t.read().payload == std::string(5000, '\xff'));
    CHECK(f.server.stats().websockets.connections.value() == 1);
    t.client.send(frame(fin | op_close, close_body(1000, "bye")));
    CHECK(t.read().payload == close_body(1000, "bye"));
    CHECK(t.client.read_all().empty());  // the server closes the connection
    CHECK(f.log.has("end 1000 bye"));
    CHECK(f.server.stats().websockets.ends(1000) == 1);
}

TEST_CASE("frames may come with the handshake, and a request before it", "[net][websocket]") {
    fixture f;
    test_client client(f.server.at());
    client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n" + handshake("/ws/a") + text_frame("one") +
                text_frame("two"));
    CHECK(client.read_answer().body == "hello\n");
    CHECK(client.read_answer().status == 101);
    std::string data;
    while (data.size() < 10) data += client.read_some();
    CHECK(take_frame(data)->payload == "one");
    CHECK(take_frame(data)->payload == "two");
}

TEST_CASE("a WebSocket over TLS", "[net][websocket][tls]") {
    const temp_folder folder;
    const auto own = make_certificate("own.test");
    const auto tls = net::tls_context::load({{folder.write("own.pem", own.certificate_pem()),
                                              folder.write("own.key", own.key_pem())},
                                             net::tls_transport::stream,
                                             {"http/1.1"},
                                             {}})
                         .value();
    fixture f({}, tls);
    test_client client(f.server.at());
    REQUIRE(client.start_tls().done);
    client.send(handshake("/ws/blue"));
    CHECK(client.read_answer().status == 101);
    const std::string big(15'000, 'b');
    // Both directions at once.
    std::string data;
    for (int i = 0; i < 50; ++i) client.send(text_frame(big));
    for (int i = 0; i < 50; ++i) {
        std::optional<taken_frame> one;
        while (!(one = take_frame(data))) data += client.read_some();
        REQUIRE(one->payload == big);
    }
    client.send(frame(fin | op_close, ""));
    while (data.size() < 2) data += client.read_some();
    CHECK(take_frame(data)->head == (fin | op_close));
    CHECK(f.log.has("end 1005 "));
}

TEST_CASE("SEC-WS-1: a handshake that is not in order is refused", "[net][websocket]") {
    net::websocket_rules rules;
    rules.origins = {"https://conf.example"};
    rules.admit = [](const http_request& request) -> std::optional<net::http_response> {
        if (request.parameter("token") != "bad") return std::nullopt;
        return net::http_response::plain(401, "the token is not valid.");
    };
    const fixture f(rules);
    struct refusal_case {
        std::string why;
        std::string request;
        int status;
    };
    const auto without = [](std::string field) {
        auto text = handshake("/ws/a");
        const auto at = text.find(field);
        return text.erase(at, text.find("\r\n", at) + 2 - at);
    };
    const auto c = GENERATE_COPY(values<refusal_case>({
        {"in order", handshake("/ws/a"), 101},
        {"in order, from our page", handshake("/ws/a", origin("https://conf.example")), 101},
        {"another page", handshake("/ws/a", origin("https://evil.example")), 403},
        {"a page without an origin", handshake("/ws/a", origin("null")), 403},
        {"two origins", handshake("/ws/a", origin("https://conf.example") + origin("https://evil.example")),
         400},
        {"an admission that fails", handshake("/ws/a?token=bad"), 401},
        {"not there", handshake("/ws"), 404},
        {"there, but for HTTP", handshake("/"), 404},
        {"no key", without("Sec-WebSocket-Key"), 400},
        {"no version", without("Sec-WebSocket-Version"), 426},
        {"no Connection", without("Connection"), 400},
        {"no Upgrade", without("Upgrade"), 426},
        {"with a body", handshake("/ws/a", "Content-Length: 5\r\n") + "12345", 400},
        {"by HTTP/1.0", "GET /ws/a HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 400},
    }));
    INFO(c.why);
    test_client client(f.server.at());
    client.send(c.request);
    const auto answer = client.read_answer();
    CHECK(answer.status == c.status);
    if (c.status == 426) {
        CHECK(answer.field("Sec-WebSocket-Version") == "13");
        CHECK(answer.field("Upgrade") == "websocket");
    }
}

TEST_CASE("a subprotocol is chosen in our order", "[net][websocket]") {
    net::websocket_rules rules;
    rules.subprotocols = {"v2.example", "v1.example"};
    const fixture f(rules);
    const auto chosen = [&](const std::string& fields) {
        const talker t(f.server, fields);
        CHECK(t.answer.status == 101);
        return t.answer.field("Sec-WebSocket-Protocol");
    };
    CHECK(chosen("").empty());
    CHECK(chosen("Sec-WebSocket-Protocol: v1.example\r\n") == "v1.example");
    CHECK(chosen("Sec-WebSocket-Protocol: v1.example, v2.example\r\n") == "v2.example");
    CHECK(chosen("Sec-WebSocket-Protocol: v1.example\r\nSec-WebSocket-Protocol: v2.example\r\n") ==
          "v2.example");
    CHECK(chosen("Sec-WebSocket-Protocol: v3.example\r\n").empty());
    CHECK(chosen("Sec-WebSocket-Extensions: permessage-deflate\r\n").empty());
}

TEST_CASE("SEC-WS-2: a frame that is not in order ends its own connection only", "[net][websocket]") {
    fixture f;
    talker other(f.server);
    struct hostile_case {
        std::string frame;
        unsigned code;
    };
    const auto c = GENERATE(values<hostile_case>({
        {frame(fin | op_text, "a", masked::no), 1002},
        {frame(fin | 0x40 | op_text, "a"), 1002},
        {frame(fin | op_ping, std::string(126, 'p')), 1002},
        {text_frame("\xff"), 1007},
        {frame(fin | op_text, "a", masked::yes, 16385), 1009},
    }));
    talker t(f.server);
    t.client.send(c.frame);
    CHECK(t.read().code() == c.code);
    CHECK(t.client.read_all().empty());
    CHECK(f.log.has("end " + std::to_string(c.code) + " "));
    other.client.send(text_frame("still here"));
    CHECK(other.read().payload == "still here");
}

TEST_CASE("a connection that breaks is told as 1006", "[net][websocket]") {
    fixture f;
    {
        talker t(f.server);
        t.client.send(frame(op_text, "half").substr(0, 7));
    }
    CHECK(f.log.has("end 1006 "));
}

TEST_CASE("a handler closes, raises its limit, and fails alone", "[net][websocket]") {
    fixture f;
    SECTION("it closes; what came behind is not delivered") {
        talker t(f.server);
        t.client.send(text_frame("close") + text_frame("late"));
        CHECK(t.read().payload == close_body(4002, "asked"));
        t.client.send(frame(fin | op_close, close_body(4002)));
        CHECK(t.client.read_all().empty());
        CHECK(f.log.has("end 4002 "));
    }
    SECTION("it raises the limit") {
        talker t(f.server);
        t.client.send(text_frame("more"));
        CHECK(t.read().payload == "more");
        t.client.send(text_frame(std::string(100'000, 'a')));
        CHECK(t.read().payload.size() == 100'000);
    }
    SECTION("it throws") {
        talker t(f.server);
        t.client.send(text_frame("throw"));
        CHECK(t.read().code() == 1011);
        CHECK(f.server.stats().websockets.handler_exceptions.value() == 1);
    }
}

TEST_CASE("SEC-WS-4: one that floods waits, the others do not", "[net][websocket]") {
    net::websocket_rules rules;
    rules.limits.frames_per_second = 10;
    rules.limits.frames_burst = 10;
    fixture f(rules);
    talker flood(f.server);
    std::string many;
    for (int i = 0; i < 40; ++i) many += text_frame("x");
    flood.client.send(many);
    for (int i = 0; i < 40; ++i) REQUIRE(flood.read().payload == "x");  // read at once, nothing is dropped
    const auto began = std::chrono::steady_clock::now();
    flood.client.send(text_frame("later"));
    talker other(f.server);
    other.client.send(text_frame("now"));
    CHECK(other.read().payload == "now");
    CHECK(flood.read().payload == "later");
    CHECK(std::chrono::steady_clock::now() - began > 1s);  // 30 frames too many
    CHECK(f.server.stats().websockets.hits(net::websocket_limit::frame_rate) == 1);
}

TEST_CASE("who does not read is closed", "[net][websocket]") {
    net::websocket_rules rules;
    rules.limits.send_queue_bytes = 100'000;
    rules.limits.close_time = 100ms;
    fixture f(rules);
    const talker t(f.server, {}, 4096);
    CHECK(f.log.has("open blue"));
    const std::string big(50'000, 'b');
    bool taken = true;
    for (int i = 0; i < 1000 && taken; ++i) f.server.call([&] { taken = f.latest.send_text(big); });
    CHECK_FALSE(taken);
    CHECK(f.server.stats().websockets.hits(net::websocket_limit::send_queue_bytes) == 1);
    CHECK(f.log.has("end 1013 "));
    CHECK(f.server.stats().websockets.hits(net::websocket_limit::close_time) == 1);
    f.server.call([&] {
        CHECK_FALSE(f.latest.open());
        CHECK_FALSE(f.latest.send_text("late"));
        f.latest.close();
    });
}

TEST_CASE("what the kernel does not take at once comes later, whole and in order", "[net][websocket]") {
    fixture f;
    talker t(f.server, {}, 4096);
    CHECK(f.log.has("open blue"));
    // Made once, sent often: as much as no buffer of the kernel holds, the first one much larger than that.
    std::vector<std::string> sent{std::string(3'000'000, 'a')};
    for (int i = 0; i < 300; ++i) sent.push_back(std::string(100, static_cast<char>('b' + i % 20)));
    f.server.call([&] {
        for (const auto& one : sent) {
            const net::websocket_frame message(net::websocket_kind::binary, as_bytes(one));
            CHECK(f.latest.send(message));
        }
        CHECK(f.latest.queued_bytes() > 0);
    });
    for (const auto& one : sent) REQUIRE(t.read().payload == one);
    f.server.call([&] { CHECK(f.latest.send_text("last")); });
    CHECK(t.read().payload == "last");
}

TEST_CASE("a server that drains says goodbye, one that closes does not", "[net][websocket]") {
    fixture f;
    talker t(f.server);
    CHECK(f.log.has("open blue"));
    SECTION("drain") {
        auto drained = f.server.drain();
        CHECK(t.read().code() == 1001);
        t.client.send(frame(fin | op_close, close_body(1001)));
        CHECK(t.client.read_all().empty());
        CHECK(drained.wait_for(20s) == std::future_status::ready);
    }
    SECTION("close") {
        f.server.close();
        CHECK(t.client.read_all().empty());
        CHECK(f.log.has("end 1006 "));
    }
}

TEST_CASE("an address for WebSockets says so to others", "[net][websocket]") {
    const fixture f;
    test_client client(f.server.at());
    client.send("GET /ws/a HTTP/1.1\r\nHost: t\r\n\r\nPOST /ws/a HTTP/1.1\r\nHost: t\r\n\r\n");
    CHECK(client.read_answer().status == 426);
    CHECK(client.read_answer().status == 405);
}

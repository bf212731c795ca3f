/// A client that speaks the signalling protocol by hand, over a real WebSocket.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "tests/net/test_client.hpp"
#include "tests/net/websocket_frames.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace conf::test {

using nlohmann::json;

/// Every wait ends after 20 seconds with an exception.
class caller {
public:
    caller(const endpoint& at, const std::string& room) : wire_(at) {
        wire_.send("GET /signal/" + room +
                   " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        status = wire_.read_answer().status;
    }

    void send(const json& what) { wire_.send(text_frame(what.dump())); }
    void send_text(const std::string& what) { wire_.send(text_frame(what)); }
    /// The next message, or the close code as a number.
    json read() {
        while (true) {
            if (auto got = take_frame(buffer_)) {
                if (got->head == (fin | op_text)) return json::parse(got->payload);
                if (got->head == (fin | op_close)) return got->code();
                if (got->head == (fin | op_binary)) frames_.push_back(got->payload);
                continue;
            }
            const auto more = wire_.read_some();
            if (more.empty()) return 0;
            buffer_ += more;
        }
    }
    /// The answer to that request; events before it are left out.
    json answer(std::uint64_t id) {
        while (true) {
            auto got = read();
            // Events about people have an id, too: a text.
            if (got.is_number() || (got.contains("id") && got["id"] == id)) return got;
        }
    }
    json event(const std::string& type) {
        while (true) {
            auto got = read();
            if (got.is_number() || got.value("type", "") == type) return got;
        }
    }
    void send_binary(std::string_view what) { wire_.send(frame(fin | op_binary, what)); }
    /// The next binary message; JSON before it is left out. Empty: the connection ended.
    std::string read_binary() {
        while (frames_.empty()) {
            auto got = take_frame(buffer_);
            if (!got) {
                const auto more = wire_.read_some();
                if (more.empty()) return {};
                buffer_ += more;
            } else if (got->head == (fin | op_binary)) {
                frames_.push_back(got->payload);
            }
        }
        auto first = std::move(frames_.front());
        frames_.pop_front();
        return first;
    }
    json hello(const std::optional<std::string>& token = {}) {
        json said{{"type", "hello"}, {"id", 1}, {"versions", {1}}};
        if (token) said["token"] = *token;
        send(said);
        return answer(1);
    }
    json enter(const std::string& name, const std::optional<std::string>& token = {}) {
        (void)hello(token);
        send({{"type", "join"}, {"id", 2}, {"name", name}});
        return answer(2);
    }

    int status = 0;

private:
    test_client wire_;
    std::string buffer_;
    std::deque<std::string> frames_;  // that came while JSON was waited for
};

inline json chat(std::uint64_t id, const std::string& text) {
    return {{"type", "chat.send"}, {"id", id}, {"text", text}, {"key", text}};
}

}  // namespace conf::test

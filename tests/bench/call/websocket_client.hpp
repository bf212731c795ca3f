/// A client's end of a WebSocket over TCP, without blocking.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "tests/bench/call/poller.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace call_load {

/// Answers pings by itself. Belongs to the one thread that there is.
class websocket_client final : public pollable {
public:
    struct handlers {
        std::function<void()> opened;
        std::function<void(std::string_view)> text;
        std::function<void(std::string_view)> binary{};  ///< none: such a message is an error
    };
    /// Connects at once; how it ends, `ended` says.
    websocket_client(poller& by, const conf::endpoint& server, const std::string& path, handlers what);
    ~websocket_client();

    void send(std::string_view text);
    void send_binary(std::string_view data);
    [[nodiscard]] bool is_open() const noexcept { return state_ == state::open; }
    [[nodiscard]] bool ended() const noexcept { return state_ == state::ended; }
    /// Of the server's Close frame; 0: there was none.
    [[nodiscard]] unsigned close_code() const noexcept { return close_code_; }
    /// What was wrong, for people; empty for a connection that broke.
    [[nodiscard]] const std::string& why() const noexcept { return why_; }

    void on_ready(std::uint32_t events) override;

private:
    enum class state { connecting, upgrading, open, ended };

    void request();
    void flush();
    void read();
    void take_answer();
    void take_frames();
    void end(std::string why = {});

    poller& poller_;
    std::string host_;
    std::string path_;
    handlers handlers_;
    int fd_;
    state state_ = state::connecting;
    std::string input_;
    std::string output_;
    bool wants_to_write_ = true;
    unsigned close_code_ = 0;
    std::string why_;
};

}  // namespace call_load

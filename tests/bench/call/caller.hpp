/// One person in a call: follows PROTOCOL.md over a WebSocket, sends made-up media, counts what he gets.
#pragma once

#include "libconf/room/requests.hpp"
#include "tests/bench/call/receiving.hpp"
#include "tests/bench/call/sending.hpp"
#include "tests/bench/call/websocket_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace call_load {

using nlohmann::json;

/// What all callers of a program share. Belongs to the one thread that there is.
struct surroundings {
    explicit surroundings(endpoint at);

    endpoint server;
    poller sockets;
    bench::datagram_reader reader;
    bench::shared keys;
    arrivals count;
    /// Told what happens: one object each, with "event" and "name".
    std::function<void(const json&)> tell;
    /// What ended while sockets were served; to be cleared between two times.
    std::vector<std::shared_ptr<void>> ended;
};

struct caller_options {
    std::string room;
    std::string name;
    bool sound = true;
    bool picture = true;
    bool watches = true;        // asks for the pictures of all others
    bool hand = false;          // raised when he came in first
    std::uint16_t large = 720;  // height of the one picture that is large
};

class caller {
public:
    enum class state : std::uint8_t {
        away,      // not connected; waits before the next attempt, if there is one
        entering,  // connected; not told that he is in
        in,
        out,  // for good: `why` says it
    };

    caller(caller_options options, surroundings& around);

    void connect();
    /// What is due; call it some hundred times a second.
    void handle_timeout();
    /// Media that are due. @return when to come again.
    std::int64_t send_due(std::int64_t now_ns);

    /// One more chat message; it is sent again, under its key, until it is acknowledged.
    void say();
    /// He looks at that one; the others are small. Nobody: at the one who follows him in the list.
    void look_at(std::optional<std::string> id);

    [[nodiscard]] state where() const noexcept { return state_; }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }
    [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::string& looks_at() const noexcept { return large_; }
    [[nodiscard]] std::size_t others() const noexcept { return people_.size() - (people_.contains(id_)); }
    [[nodiscard]] sending* sends() noexcept { return sending_.get(); }
    [[nodiscard]] receiving* receives() noexcept { return receiving_.get(); }
    /// Everything that he wanted to send goes, and he hears everybody else in the room that sends sound.
    [[nodiscard]] bool talks_and_hears() const;
    /// The names of those in the room who send sound and were not heard yet.
    [[nodiscard]] std::vector<std::string> unheard() const;
    [[nodiscard]] std::size_t unacknowledged() const noexcept { return unacknowledged_.size(); }
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
    [[nodiscard]] std::uint64_t connections_lost() const noexcept { return connections_lost_; }
    /// The newest messages of the room, by id: how often each was told as new.
    [[nodiscard]] const std::map<std::string, unsigned>& read() const noexcept { return read_; }

private:
    using reply = void (caller::*)(const json& answer);

    void ask(rooms::request_body what, reply then);
    void enter();
    void take(std::string_view text);
    void take_event(const std::string& type, const json& event);
    void take_hello(const json& answer);
    void take_welcome(const json& answer);
    void take_published(const json& answer);
    void take_offer(const json& event);
    void take_done(const json& answer);
    void read_page(const json& page, bool is_enough);
    void take_history(const json& answer);
    void take_tracks(const json& event);
    void publish();
    void wish();
    void send_chat(const std::string& key);
    void take_chat(std::uint64_t request, const json& answer);
    void lose();
    void give_up(std::string why);
    void drop_sending();
    void drop_receiving();
    void tell(const char* event, json more = json::object()) const;
    void keep_media_up();

    caller_options options_;
    surroundings& around_;
    state state_ = state::away;
    std::string why_;
    std::unique_ptr<websocket_client> socket_;
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, reply> waiting_;
    std::string id_, resume_;
    std::map<std::string, json> people_;
    std::unique_ptr<sending> sending_;
    std::unique_ptr<receiving> receiving_;
    std::optional<std::string> chosen_;
    std::string large_;
    bool wishes_changed_ = false;
    bool told_hearing_ = false;
    std::int64_t wish_at_ns_ = 0;
    std::int64_t report_at_ns_ = 0;
    std::optional<std::int64_t> again_at_ns_;  // the next attempt
    unsigned attempts_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t connections_lost_ = 0;

    std::uint64_t said_ = 0;
    std::map<std::string, std::string> unacknowledged_;   // text by key
    std::map<std::uint64_t, std::string> chats_;          // key by request
    std::map<std::string, std::int64_t> chats_again_at_;  // by key: refused for their rate
    std::map<std::string, unsigned> read_;
};

}  // namespace call_load

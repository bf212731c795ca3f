/// The rooms of calls: their people's connections, their rules, what is kept of them, and their media.
#pragma once

#include "libconf/engine/outputs.hpp"
#include "libconf/host/room_deadlines.hpp"
#include "libconf/net/call_media.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/room/meeting.hpp"
#include "libconf/store/room_store.hpp"
#include "libconf/whiteboard/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace conf::net {
class event_loop;
}

namespace conf::metrics {
class text_writer;
}

namespace conf::host {

class board_host;

/// Who stands at the door of which room.
struct visitor {
    std::string_view room;
    const std::string* token = nullptr;  ///< of hello; null: none
    std::string address;                 ///< without a port
    /// Who resumes has his own token, which the meeting judges.
    bool resumes = false;
};

struct call_counters {
    std::uint64_t connections = 0;  ///< now
    std::uint64_t rooms = 0;        ///< now
    std::uint64_t people = 0;       ///< now, in rooms
    std::uint64_t requests = 0;
    std::uint64_t undecodable = 0;
    std::uint64_t messages_sent = 0;
    std::uint64_t turns_kept = 0;  ///< that waited for the store
};

/// A thin shell around `rooms::meeting`: it decodes, lets the store keep a turn's records before anybody sees
/// the turn, and carries requests about media to the media threads. Everything runs on one loop.
class call_host {
public:
    struct environment {
        net::event_loop& loop;
        store::room_store& store;
        net::call_media* media = nullptr;  ///< null: no media
        crypto::random_key key{};          ///< of the meetings' keys
        std::function<rooms::entry(const visitor&)> admit;
        std::function<bool()> rooms_open;
        std::function<std::size_t()> participants_max;
        std::function<rooms::ice_credentials(const rooms::participant_id&)> ice;
        /// What opens the pads of a room for that person; none: there are no pads.
        std::function<rooms::pads_given(const std::string& room, const rooms::person_info&)> pads{};
        /// Behind the turn, when what it tells is kept. None: nobody wants to know.
        std::function<void(const std::string& room, const rooms::event&)> on_event{};
        board_host* boards = nullptr;  ///< null: no boards
    };
    explicit call_host(environment around);
    ~call_host();
    call_host(const call_host&) = delete;
    call_host& operator=(const call_host&) = delete;

    /// `/signal/{room}`. `origins`: see `websocket_rules`. The host has to outlive every server that uses
    /// `routes`.
    void add_routes(net::http_router& routes, std::vector<std::string> origins);

    // News of the media threads.
    void handle_receivers(const std::vector<engine::receiver_news>& news);
    void handle_media(const engine::event& news);
    /// Whether `handle_media` would do anything: asked on media threads.
    [[nodiscard]] static bool wants(const engine::event& news) noexcept {
        return news.what == engine::event_kind::left ||
               (news.media && news.media->what == sfu::event_kind::speaker_changed);
    }

    /// From the store: whether it can write.
    void set_saving(bool works);
    /// After the configuration has changed.
    void refresh();
    /// Says good-bye to everybody, who will come back.
    void announce_restart();

    [[nodiscard]] call_counters count() const;
    void write_metrics(metrics::text_writer& to) const;

    /// Runs `what` with that room's meeting, loaded where it was not; then the turn is finished.
    void with_meeting(const std::string& room,
                      std::function<void(rooms::meeting&, const rooms::moment&, rooms::outputs&)> what);

    /// Whether anybody is in that room, or looks at it.
    [[nodiscard]] bool has(const std::string& room) noexcept { return find(room) != nullptr; }
    /// Of those rooms the ones that somebody is in.
    [[nodiscard]] std::vector<std::string> busy_rooms() const;
    /// Nothing for a room that is not there, or not loaded yet.
    void look_at(const std::string& room, const std::function<void(const rooms::meeting&)>& look);
    /// Null: the connection is gone. Good for a look, not to be kept.
    [[nodiscard]] const net::websocket* socket_of(rooms::connection_id which) const noexcept;

private:
    struct connection;
    struct place;

    void open(const net::http_request& request, net::websocket socket, net::websocket_callbacks& made);
    void take(rooms::connection_id from, std::string_view text);
    void take_frame(rooms::connection_id from, bytes frame);
    void take_board_request(rooms::connection_id from, boards::request asked);
    void tell_boards(place& in);
    void closed(rooms::connection_id which);
    [[nodiscard]] place& enter(const std::string& room);
    void loaded(const std::string& room, const result<std::vector<rooms::record>>& records);
    void when_loaded(place& in, std::function<void(place&)> what);
    void finish_turn(place& in);
    void act_on_media(place& in);
    void ask_media(place& in, const rooms::media_request& asked);
    void tell(const std::vector<rooms::connection_id>& to, const rooms::message& what);
    void tell_in_order(place& in, rooms::connection_id to, rooms::message what);
    void answer(place& in, rooms::connection_id to, std::uint64_t request, rooms::message_body what);
    void release(place& in);
    void ring(const std::string& room);
    void put_away(const std::string& room);
    [[nodiscard]] rooms::settings settings_of(const std::string& room);
    [[nodiscard]] place* find(const std::string& room) noexcept;

    environment around_;
    crypto::keyed_random random_;
    room_deadlines deadlines_;
    std::map<std::string, std::unique_ptr<place>, std::less<>> places_;
    std::unordered_map<rooms::connection_id, std::unique_ptr<connection>> connections_;
    rooms::connection_id next_connection_ = 1;
    bool saving_ = true;  ///< for rooms that are entered later
    rooms::outputs out_;
    call_counters count_;
    /// What posted callbacks look at: this object may be gone when they run.
    std::shared_ptr<call_host*> self_ = std::make_shared<call_host*>(this);
};

}  // namespace conf::host

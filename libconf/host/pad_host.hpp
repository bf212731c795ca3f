/// The pads of all rooms: their connections, what is kept of them, and who may do what.
#pragma once

#include "libconf/auth/pad_token.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/host/pad_entry.hpp"
#include "libconf/host/room_deadlines.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/store/room_store.hpp"

#include <array>
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

struct pad_counters {
    std::uint64_t connections = 0;  ///< now
    std::uint64_t loaded = 0;       ///< pads in memory, now
    std::uint64_t rooms = 0;        ///< whose lists are in memory, now
    std::uint64_t frames = 0;
    std::uint64_t messages_sent = 0;
    std::uint64_t updates_kept = 0;
    std::uint64_t turned_away = 0;
    std::array<std::uint64_t, pads::refusal_count> refusals{};
};

/// A thin shell around `pads::pad`: it judges tokens, lets the store keep a turn's records before anybody
/// sees the turn or a later one, loads a pad when somebody comes and puts it away when everybody has gone.
/// Everything runs on one loop.
///
/// In the store a room's list is under "ROOM/", a pad under "ROOM/PAD": names have no "/".
class pad_host {
public:
    struct environment {
        net::event_loop& loop;
        store::room_store& store;
        crypto::random_key key{};
        std::function<bool()> rooms_open;
        /// Tokens that this server signed, with the time and the secrets of now.
        std::function<result<auth::pad_token>(std::string_view)> verify;
        /// What somebody of a meeting that goes on may do there now; nothing: his token says it.
        std::function<std::optional<pads::right>(std::string_view room, std::string_view person)> live_right =
            {};
        /// Whether that address may try tokens, and that one of its tokens was not good (SEC-ROOM-1).
        std::function<bool(const ip_address&)> may_try = {};
        std::function<void(const ip_address&)> tried = {};
        /// When it is kept: who wrote in which pad. None: nobody wants to know.
        std::function<void(const std::string& room, const std::string& pad, const std::string& person)>
            on_write = {};
        pads::limits limits = {};
    };
    explicit pad_host(environment around);
    ~pad_host();
    pad_host(const pad_host&) = delete;
    pad_host& operator=(const pad_host&) = delete;

    /// `/pad/{room}/{name}`: y-websocket's address. The host has to outlive every server that uses `routes`.
    void add_routes(net::http_router& routes, std::vector<std::string> origins);

    // What a request may do: `verdict` is nothing, or why not.
    struct caller {
        pads::visitor who;
        bool by_token = false;
        bool names_pad = false;  ///< the token is for that pad alone
    };
    enum class refusal : std::uint8_t { none, bad_token, forbidden, unknown, rate };
    struct entry {
        refusal why = refusal::none;
        std::string text;
        caller is;
    };
    /// An empty `pad`: the room's list.
    [[nodiscard]] entry admit(std::string_view room, std::string_view pad,
                              const std::optional<std::string>& token, pads::right wanted,
                              const ip_address& from);

    // Pads and lists. `then` runs when it is loaded, perhaps at once.

    using list = std::map<std::string, pad_entry>;
    /// A room that has none shows one that is made when it is opened.
    void with_list(const std::string& room, std::function<void(const list&)> then);
    /// Of a pad that is there, or is to be made; null: there is none, or the room has as many as it may.
    void with_pad(const std::string& room, const std::string& name, bool make,
                  std::function<void(pads::pad*, const pad_entry&)> then);
    using changed = std::function<void(const result<void>&)>;
    /// Runs `edit` on a pad, and `then` when what it did is kept.
    void edit(const std::string& room, const std::string& name, bool make,
              std::function<result<void>(pads::pad&, const pads::moment&, pads::outputs&)> edit,
              changed then);
    /// `pad_errc::exists`, `full`, `bad_title`.
    void create(const std::string& room, const std::string& name, std::string title, changed then);
    /// What `change` leaves in the entry; `unknown_pad`, `bad_title`.
    void change(const std::string& room, const std::string& name, std::function<void(pad_entry&)> change,
                changed then);
    void remove(const std::string& room, const std::string& name, changed then);
    [[nodiscard]] std::size_t people_in(const std::string& room, const std::string& name) const;

    // From the room's meeting.
    /// He was sent away: his connections end.
    void dismiss(const std::string& room, std::string_view person);
    void change_right(const std::string& room, std::string_view person, pads::right may);

    void set_saving(bool works) noexcept { saving_ = works; }
    void announce_restart();

    [[nodiscard]] pad_counters count() const;
    void write_metrics(metrics::text_writer& to) const;

    [[nodiscard]] static pads::moment moment_now();
    /// The pad of a room that has none yet.
    static constexpr std::string_view first_pad = "notes";

private:
    [[nodiscard]] static std::string list_of(const std::string& room) { return room + '/'; }
    [[nodiscard]] static std::string stored_as(std::string_view room, std::string_view pad) {
        return std::string(room).append(1, '/').append(pad);
    }
    struct connection;
    struct directory;
    struct place;

    void open(const net::http_request& request, net::websocket socket, net::websocket_callbacks& made);
    void take(pads::connection_id from, bytes frame);
    void closed(pads::connection_id which);

    [[nodiscard]] directory& enter(const std::string& room);
    void forget_soon(const std::string& room);
    void when_listed(const std::string& room, std::function<void(directory&)> what);
    void save_entry(const std::string& room, const std::string& name, const pad_entry* now, changed then);
    [[nodiscard]] place& enter(const std::string& room, const std::string& name, const pads::rules& rules);
    void when_loaded(place& in, std::function<void(place&)> what);
    void loaded(const std::string& where, const result<std::vector<rooms::record>>& records);
    void for_pads_of(const std::string& room, const std::function<void(place&)>& what);
    void finish_turn(place& in);
    void release(const std::string& where);
    void tell(const std::vector<pads::outgoing>& messages, const std::vector<pads::closing>& closings);
    void put_away(place& in);
    void give_up(const std::string& where);
    void end_place(const std::string& where, std::uint16_t code, std::string_view reason);
    [[nodiscard]] static pad_entry new_entry(std::string title);
    void note_changed(place& in);
    void ring(const std::string& where);
    [[nodiscard]] place* find(const std::string& where) noexcept;

    environment around_;
    crypto::keyed_random random_;
    room_deadlines deadlines_;  // by place
    std::map<std::string, std::unique_ptr<directory>, std::less<>> directories_;
    std::map<std::string, std::unique_ptr<place>, std::less<>> places_;  // as they are stored
    std::unordered_map<pads::connection_id, std::unique_ptr<connection>> connections_;
    pads::connection_id next_connection_ = 1;
    bool saving_ = true;
    pads::outputs out_;
    std::vector<changed> thens_;  ///< of who waits for the turn that `out_` is of
    pad_counters count_;
    /// What posted callbacks look at: this object may be gone when they run.
    std::shared_ptr<pad_host*> self_ = std::make_shared<pad_host*>(this);
};

}  // namespace conf::host

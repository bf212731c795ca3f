#include "libconf/host/pad_host.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/host/moment_now.hpp"
#include "libconf/host/pad_host_parts.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/websocket_handshake.hpp"
#include "libconf/pad/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace conf::host {
namespace {

using pads::connection_id;
using pads::pad_errc;

rooms::record to_stored(pads::record from) {
    return {static_cast<rooms::record_kind>(from.kind), std::move(from.key), std::move(from.value)};
}

pads::record from_stored(const rooms::record& from) {
    return {static_cast<pads::record_kind>(from.kind), from.key, from.value};
}

/// Of a client whose pad is still read from the store, each at most as large as a message.
constexpr std::size_t early_frames_max = 16;

pads::right right_of(auth::pad_right from) noexcept {
    return static_cast<pads::right>(from);
}

}  // namespace

pad_host::pad_host(environment around)
    : around_(std::move(around)),
      random_(around_.key),
      deadlines_(around_.loop, [this](const std::string& where) { ring(where); }) {}

pad_host::~pad_host() {
    *self_ = nullptr;
}

pads::moment pad_host::moment_now() {
    const auto at = host::moment_now();
    return {at.now, at.wall};
}

// Who may.

pad_host::entry pad_host::admit(std::string_view room, std::string_view pad,
                                const std::optional<std::string>& token, pads::right wanted,
                                const ip_address& from) {
    entry made;
    if (!token || token->empty()) {
        if (!around_.rooms_open()) {
            made.why = refusal::bad_token;
            made.text = "a token is needed here: \"Authorization: Bearer TOKEN\" or \"?token=TOKEN\"";
            return made;
        }
        made.is.who.may = pads::right::write;
        if (wanted <= pads::right::write) return made;
        made.why = refusal::forbidden;
        made.text = "this takes a token with the right to manage pads, also where rooms are open";
        return made;
    }
    if (around_.may_try && !around_.may_try(from)) {
        made.why = refusal::rate;
        made.text = "too many tokens from this address were not good; wait a minute";
        return made;
    }
    const auto read = around_.verify(*token);
    if (!read) {
        const bool later = read.error().code() == auth::token_errc::not_yet_known;
        if (!later && around_.tried) around_.tried(from);
        made.why = later ? refusal::rate : refusal::bad_token;
        made.text = read.error().message();
        return made;
    }
    if (const auto good = auth::admits(*read, room, pad, static_cast<auth::pad_right>(wanted)); !good) {
        made.why = refusal::forbidden;
        made.text = good.error().message();
        return made;
    }
    made.is = {{read->person, read->name, right_of(read->right)}, true, !read->pad.empty()};
    // A role that was taken away counts at once, whatever the token says.
    if (const auto live = around_.live_right ? around_.live_right(room, read->person) : std::nullopt)
        made.is.who.may = *live;
    if (made.is.who.may < wanted) {
        made.why = refusal::forbidden;
        made.text = "your role in the meeting does not allow it now";
    }
    return made;
}

// Connections.

void pad_host::add_routes(net::http_router& routes, std::vector<std::string> origins) {
    net::websocket_rules rules;
    rules.origins = std::move(origins);
    rules.is_own = net::is_own_page;
    rules.admit = [](const net::http_request& request) -> std::optional<net::http_response> {
        if (auth::is_name(request.path_parameter("room")) && auth::is_name(request.path_parameter("name")))
            return std::nullopt;
        return net::http_response::plain(
            404, R"(names of rooms and pads have 1 to 64 letters (A to Z), digits, "-", "_" or ".".)");
    };
    // An update with its envelope.
    rules.limits.message_bytes = around_.limits.update_bytes_max + 16;
    rules.limits.frames_per_second = 60;
    rules.limits.frames_burst = 240;
    // What a new client is sent first may be a large document.
    rules.limits.send_queue_bytes = around_.limits.archive_bytes_max + std::size_t{4} * 1024 * 1024;
    rules.limits.send_queue_time = std::chrono::seconds(30);
    routes.websocket(
        "/pad/{room}/{name}",
        [this](const net::http_request& request, net::websocket socket) {
            net::websocket_callbacks made;
            open(request, std::move(socket), made);
            return made;
        },
        std::move(rules));
}

void pad_host::open(const net::http_request& request, net::websocket socket, net::websocket_callbacks& made) {
    const std::string room(request.path_parameter("room"));
    const std::string name(request.path_parameter("name"));
    std::optional<std::string> token;
    if (const auto given = request.parameter("token")) token = *given;
    auto judged = admit(room, name, token, pads::right::read, request.remote.ip);
    if (judged.why != refusal::none) {
        ++count_.turned_away;
        // The handshake is over: a browser tells its page this code, and not why a handshake failed.
        std::uint16_t code = pads::close_code::forbidden;
        if (judged.why == refusal::bad_token) code = pads::close_code::bad_token;
        if (judged.why == refusal::rate) code = pads::close_code::try_later;
        return socket.close(code, judged.text.substr(0, pads::reason_bytes_max / 2));
    }
    const auto id = next_connection_++;
    connections_.emplace(id, std::make_unique<connection>(
                                 connection{.where = stored_as(room, name), .socket = std::move(socket)}));
    made.message = [this, id](const net::websocket_message& message) {
        if (message.kind == net::websocket_kind::binary) take(id, as_bytes(message.data));
    };
    made.closed = [this, id](const net::websocket_end&) { closed(id); };

    // Whoever may write makes a pad by opening it where rooms are open, where his token names it, or manages.
    const auto& is = judged.is;
    const bool makes = is.who.may == pads::right::manage ||
                       (is.who.may == pads::right::write &&
                        (!is.by_token || is.names_pad || name == first_pad || around_.rooms_open()));
    with_pad(room, name, makes, [this, id, who = is.who](pads::pad* pad, const pad_entry&) {
        const auto known = connections_.find(id);
        if (known == connections_.end()) return;
        const auto turn_away = [&](std::uint16_t code, std::string_view reason) {
            ++count_.turned_away;
            const auto away = known->second->socket;
            connections_.erase(known);
            away.close(code, reason);
        };
        if (pad == nullptr)
            return turn_away(pads::close_code::unknown, "there is no such pad, or it is not for you");
        if (pad->is_full()) return turn_away(pads::close_code::try_later, "as many have it open as may");
        pad->handle_opened(id, who, moment_now(), out_);
        known->second->is_open = true;
        for (const auto& frame : std::exchange(known->second->early, {}))
            pad->handle(id, frame, moment_now(), out_);
    });
}

void pad_host::take(connection_id from, bytes frame) {
    const auto known = connections_.find(from);
    if (known == connections_.end()) return;
    ++count_.frames;
    auto& one = *known->second;
    if (!one.is_open) {
        if (one.early.size() < early_frames_max) {
            one.early.emplace_back(frame.begin(), frame.end());
            return;
        }
        return one.socket.close(pads::close_code::try_later, "the pad is being read");
    }
    auto* const in = find(one.where);
    if (in == nullptr) return;
    in->pad.handle(from, frame, moment_now(), out_);
    finish_turn(*in);
}

void pad_host::closed(connection_id which) {
    const auto known = connections_.find(which);
    if (known == connections_.end()) return;
    const auto where = known->second->where;
    connections_.erase(known);
    if (auto* const in = find(where))
        when_loaded(*in, [this, which](place& at) { at.pad.handle_closed(which, moment_now(), out_); });
}

// Pads.

std::size_t pad_host::people_in(const std::string& room, const std::string& name) const {
    const auto known = places_.find(stored_as(room, name));
    return known == places_.end() ? 0 : known->second->pad.connections();
}

pad_host::place* pad_host::find(const std::string& where) noexcept {
    const auto found = places_.find(where);
    return found == places_.end() ? nullptr : found->second.get();
}

pad_host::place& pad_host::enter(const std::string& room, const std::string& name, const pads::rules& rules) {
    const auto where = stored_as(room, name);
    if (auto* const known = find(where)) return *known;
    crypto::random_key key;
    random_.fill(key);
    auto& made =
        *places_.emplace(where, std::make_unique<place>(room, name, around_.limits, key)).first->second;
    made.pad.change_rules(rules, out_);
    around_.store.load(where, [self = self_, where](const result<std::vector<rooms::record>>& records) {
        if (*self != nullptr) (*self)->loaded(where, records);
    });
    return made;
}

void pad_host::loaded(const std::string& where, const result<std::vector<rooms::record>>& records) {
    auto* const in = find(where);
    if (in == nullptr || in->is_loaded) return;
    if (!records) {
        // An empty pad would be merged with what is there as if it were new: better none.
        const auto waiting = std::exchange(in->until_loaded, {});
        return give_up(where);
    }
    in->is_loaded = true;
    std::vector<pads::record> kept;
    kept.reserve(records->size());
    std::ranges::transform(*records, std::back_inserter(kept), from_stored);
    (void)in->pad.restore(kept);
    for (const auto& what : std::exchange(in->until_loaded, {})) what(*in);
    finish_turn(*in);
}

/// Each turn is finished where it began.
void pad_host::when_loaded(place& in, std::function<void(place&)> what) {
    if (!in.is_loaded) {
        in.until_loaded.push_back(std::move(what));
        return;
    }
    what(in);
    finish_turn(in);
}

void pad_host::with_pad(const std::string& room, const std::string& name, bool make,
                        std::function<void(pads::pad*, const pad_entry&)> then) {
    when_listed(room, [this, room, name, make, then = std::move(then)](directory& in) {
        auto known = in.pads.find(name);
        if (known == in.pads.end()) {
            const bool is_first = name == first_pad && in.pads.empty();
            if ((!make && !is_first) || in.pads.size() >= pads::pads_per_room_max) return then(nullptr, {});
            known = in.pads.emplace(name, new_entry(is_first ? "Notes" : name)).first;
            save_entry(room, name, &known->second, {});
        }
        auto& at = enter(room, name, known->second.rules);
        when_loaded(at, [then, entry = known->second](place& one) { then(&one.pad, entry); });
    });
}

void pad_host::edit(const std::string& room, const std::string& name, bool make,
                    std::function<result<void>(pads::pad&, const pads::moment&, pads::outputs&)> edit,
                    changed then) {
    with_pad(room, name, make,
             [this, edit = std::move(edit), then = std::move(then)](pads::pad* pad, const pad_entry&) {
                 if (pad == nullptr) return then(pad_errc::unknown_pad);
                 if (!saving_) return then(pad_errc::not_saved);
                 const auto done = edit(*pad, moment_now(), out_);
                 if (!done) return then(done);
                 thens_.push_back(then);  // of the turn that this is a part of
             });
}

void pad_host::dismiss(const std::string& room, std::string_view person) {
    for_pads_of(room, [this, who = std::string(person)](place& in) { in.pad.dismiss(who, out_); });
}

void pad_host::change_right(const std::string& room, std::string_view person, pads::right may) {
    for_pads_of(room,
                [this, who = std::string(person), may](place& in) { in.pad.change_right(who, may, out_); });
}

/// Of those in memory: nobody has the others open.
void pad_host::for_pads_of(const std::string& room, const std::function<void(place&)>& what) {
    std::vector<std::string> all;
    const auto begin = list_of(room);
    for (auto at = places_.lower_bound(begin); at != places_.end() && at->first.starts_with(begin); ++at)
        all.push_back(at->first);
    for (const auto& one : all) {
        if (auto* const at = find(one)) when_loaded(*at, what);
    }
}

void pad_host::announce_restart() {
    // Sockets end with the server; what gathered is kept first.
    std::vector<std::string> all;
    for (const auto& [where, at] : places_) all.push_back(where);
    for (const auto& one : all) {
        if (auto* const at = find(one)) {
            when_loaded(*at, [this](place& in) {
                in.pad.flush_now(moment_now(), out_);
                in.pad.dismiss_all(pads::close_code::going_away, "restarting", out_);
            });
        }
    }
}

// Turns.

void pad_host::finish_turn(place& in) {
    for (const auto why : out_.refusals) ++count_.refusals[static_cast<std::size_t>(why)];
    place::saying made{.messages = std::exchange(out_.messages, {}),
                       .closings = std::exchange(out_.closings, {}),
                       .wrote = std::exchange(out_.wrote, {}),
                       .thens = std::exchange(thens_, {})};
    auto records = std::exchange(out_.records, {});
    out_.clear();
    if (!made.wrote.empty()) in.is_changed = true;
    if (!records.empty()) {
        ++count_.updates_kept;
        const auto number = in.turns.add_unkept(std::move(made));
        std::vector<rooms::record> stored;
        stored.reserve(records.size());
        std::ranges::transform(records, std::back_inserter(stored),
                               [](auto& one) { return to_stored(std::move(one)); });
        around_.store.save(in.where, std::move(stored),
                           [self = self_, where = in.where, number](const result<void>& how) {
                               auto* const host = *self;
                               auto* const at = host == nullptr ? nullptr : host->find(where);
                               if (at == nullptr) return;
                               if (!how) return host->give_up(where);
                               at->turns.settle(number, true);
                               host->release(where);
                           });
    } else if (!made.messages.empty() || !made.closings.empty() || !made.thens.empty()) {
        in.turns.add(std::move(made));
    }
    const auto where = in.where;
    release(where);
}

/// Tells what is kept, in the order in which it happened.
void pad_host::release(const std::string& where) {
    auto* in = find(where);
    while (in != nullptr) {
        const auto one = in->turns.take();
        if (!one) break;
        const auto room = in->room;
        const auto name = in->name;
        tell(one->what.messages, one->what.closings);
        if (around_.on_write) {
            for (const auto& person : one->what.wrote) around_.on_write(room, name, person);
        }
        for (const auto& then : one->what.thens) then({});
        in = find(where);  // what was called may have done anything
    }
    if (in == nullptr) return;
    deadlines_.set(where, in->is_loaded ? in->pad.deadline() : std::nullopt);
    put_away(*in);
}

void pad_host::tell(const std::vector<pads::outgoing>& messages, const std::vector<pads::closing>& closings) {
    for (const auto& each : messages) {
        const net::websocket_frame frame(net::websocket_kind::binary, *each.what);
        for (const auto to : each.to) {
            const auto known = connections_.find(to);
            if (known == connections_.end()) continue;
            known->second->socket.send(frame);
            ++count_.messages_sent;
        }
    }
    for (const auto& each : closings) {
        const auto known = connections_.find(each.connection);
        if (known == connections_.end()) continue;
        const auto socket = known->second->socket;
        connections_.erase(known);
        socket.close(each.code, each.reason);
    }
}

/// The store did not take what was written: whoever has the pad open still has it all, comes back and says it
/// again; this pad, which nobody was told of, is read anew then.
void pad_host::give_up(const std::string& where) {
    end_place(where, pads::close_code::try_later, "the server can not write to its store now");
}

void pad_host::end_place(const std::string& where, std::uint16_t code, std::string_view reason) {
    auto* const in = find(where);
    if (in == nullptr) return;
    const auto untold = in->turns.take_all();
    std::vector<net::websocket> sockets;
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto one = at++;
        if (one->second->where != where) continue;
        sockets.push_back(one->second->socket);
        connections_.erase(one);
    }
    deadlines_.set(where, std::nullopt);
    places_.erase(where);
    for (const auto& one : sockets) one.close(code, reason);
    for (const auto& one : untold) {
        for (const auto& then : one.thens) then(pad_errc::not_saved);
    }
}

void pad_host::note_changed(place& in) {
    if (!std::exchange(in.is_changed, false)) return;
    const auto listed = directories_.find(in.room);
    if (listed == directories_.end()) return;
    const auto known = listed->second->pads.find(in.name);
    if (known == listed->second->pads.end()) return;
    known->second.changed = in.pad.history().changed();
    save_entry(in.room, in.name, &known->second, {});
}

void pad_host::put_away(place& in) {
    if (!in.is_loaded || !in.turns.empty() || !in.until_loaded.empty()) return;
    if (in.pad.connections() != 0 || !in.pad.is_quiet()) return;
    if (std::ranges::any_of(connections_, [&](const auto& one) { return one.second->where == in.where; }))
        return;
    note_changed(in);
    const auto where = in.where;
    deadlines_.set(where, std::nullopt);
    places_.erase(where);
}

void pad_host::ring(const std::string& where) {
    auto* const in = find(where);
    if (in == nullptr) return;
    in->pad.handle_timeout(moment_now(), out_);
    finish_turn(*in);
}

// Figures.

pad_counters pad_host::count() const {
    auto made = count_;
    made.connections = connections_.size();
    made.loaded = places_.size();
    made.rooms = directories_.size();
    return made;
}

void pad_host::write_metrics(metrics::text_writer& to) const {
    using enum metrics::kind;
    const auto now = count();
    to.family("conf_pad_connections", gauge, "WebSockets of people who have a pad open.");
    to.sample(now.connections);
    to.family("conf_pads_loaded", gauge, "Pads in memory.");
    to.sample(now.loaded);
    to.family("conf_pad_frames_total", counter, "WebSocket messages from clients of pads.");
    to.sample(now.frames);
    to.family("conf_pad_messages_sent_total", counter, "Messages to clients of pads.");
    to.sample(now.messages_sent);
    to.family("conf_pad_updates_kept_total", counter, "Times that edits of a pad went to the store.");
    to.sample(now.updates_kept);
    to.family("conf_pad_turned_away_total", counter, "Clients whose token, pad or number was not good.");
    to.sample(now.turned_away);
    to.family("conf_pad_refusals_total", counter, "Messages of clients that were refused whole.");
    for (std::size_t at = 0; at < pads::refusal_count; ++at)
        to.sample(now.refusals[at], {{"why", pads::to_string(static_cast<pads::refusal>(at))}});
}

}  // namespace conf::host

#include "libconf/host/pad_host.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/crdt/utf8.hpp"
#include "libconf/crdt/wire.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/websocket_handshake.hpp"
#include "libconf/pad/error.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace conf::host {
namespace {

using pads::connection_id;
using pads::pad_errc;

/// What the store knows of pads, behind the kinds of `rooms::record_kind`: it does not look into either.
constexpr auto entry_kind = static_cast<rooms::record_kind>(80);

rooms::record to_stored(pads::record from) {
    return {static_cast<rooms::record_kind>(from.kind), std::move(from.key), std::move(from.value)};
}

pads::record from_stored(const rooms::record& from) {
    return {static_cast<pads::record_kind>(from.kind), from.key, from.value};
}

std::string list_place(const std::string& room) {
    return room + '/';
}

std::string encode_entry(const pad_entry& from) {
    crdt::wire_writer made;
    made.var_uint(1);  // of this format
    made.var_string(from.title);
    made.var_uint(static_cast<std::uint64_t>(from.created.count()));
    made.var_uint(static_cast<std::uint64_t>(from.changed.count()));
    made.u8(from.rules.locked ? 1 : 0);
    made.var_uint(from.rules.barred.size());
    for (const auto& one : from.rules.barred) made.var_string(one);
    return std::string(as_text(made.written()));
}

std::optional<pad_entry> decode_entry(std::string_view kept) {
    crdt::wire_reader from(as_bytes(kept));
    if (from.var_uint() != 1) return std::nullopt;
    pad_entry made;
    made.title = from.var_text();
    made.created = pads::wall_time(static_cast<std::int64_t>(from.var_uint()));
    made.changed = pads::wall_time(static_cast<std::int64_t>(from.var_uint()));
    made.rules.locked = from.u8() != 0;
    const auto barred = from.var_uint();
    for (std::uint64_t at = 0; at < barred && from.ok(); ++at) made.rules.barred.emplace(from.var_text());
    if (!from.ok() || from.left() != 0) return std::nullopt;
    return made;
}

/// Of a client whose pad is still read from the store, each at most as large as a message.
constexpr std::size_t early_frames_max = 16;

pads::right right_of(auth::pad_right from) noexcept {
    return static_cast<pads::right>(from);
}

}  // namespace

struct pad_host::connection {
    address where;
    net::websocket socket;
    bool is_open = false;  // the pad knows of it
    /// What came before that: stock clients speak first.
    std::vector<std::vector<std::byte>> early = {};
};

struct pad_host::directory {
    bool is_loaded = false;
    std::vector<std::function<void(directory&)>> until_loaded;
    list pads;
};

/// One pad in memory.
struct pad_host::place {
    place(address at, const pads::limits& within, const crypto::random_key& key)
        : where(std::move(at)), pad(within, key) {}

    /// What a turn says, until what it and those before changed is kept.
    struct turn {
        std::uint64_t number = 0;
        bool kept = true;
        std::vector<pads::outgoing> messages;
        std::vector<pads::closing> closings;
        std::vector<std::string> wrote;
        std::vector<changed> thens;
    };

    address where;
    pads::pad pad;
    bool is_loaded = false;
    bool is_changed = false;  // since its entry was kept
    std::vector<std::function<void(place&)>> until_loaded;
    std::deque<turn> turns;
    std::uint64_t next_turn = 1;
    std::optional<instant> due;  // as in `due_`
};

pad_host::pad_host(environment around)
    : around_(std::move(around)), random_(around_.key), timer_(around_.loop, [this] { ring(); }) {}

pad_host::~pad_host() {
    *self_ = nullptr;
}

pads::moment pad_host::moment_now() {
    const auto now = net::clock_now();
    const auto wall = net::wall_at_zero() + now.time_since_epoch();
    return {now, std::chrono::duration_cast<pads::wall_time>(wall)};
}

bool pad_host::is_title(std::string_view text) {
    return !text.empty() && text.size() <= pads::title_bytes_max && crdt::utf16_length(text).has_value() &&
           std::ranges::none_of(
               text, [](char one) { return static_cast<unsigned char>(one) < 0x20 || one == 0x7F; });
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
        if (around_.tried) around_.tried(from);
        made.why = refusal::bad_token;
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
    const address where{request.path_parameter("room"), request.path_parameter("name")};
    std::optional<std::string> token;
    if (const auto given = request.parameter("token")) token = *given;
    auto judged = admit(where.first, where.second, token, pads::right::read, request.remote.ip);
    if (judged.why != refusal::none) {
        ++count_.turned_away;
        // The handshake is over: a browser tells its page this code, and not why a handshake failed.
        std::uint16_t code = pads::close_code::forbidden;
        if (judged.why == refusal::bad_token) code = pads::close_code::bad_token;
        if (judged.why == refusal::rate) code = pads::close_code::try_later;
        return socket.close(code, judged.text.substr(0, pads::reason_bytes_max / 2));
    }
    const auto id = next_connection_++;
    connections_.emplace(
        id, std::make_unique<connection>(connection{.where = where, .socket = std::move(socket)}));
    made.message = [this, id](const net::websocket_message& message) {
        if (message.kind == net::websocket_kind::binary) take(id, as_bytes(message.data));
    };
    made.closed = [this, id](const net::websocket_end&) { closed(id); };

    // Whoever may write makes a pad by opening it where rooms are open, where his token names it, or manages.
    const auto& is = judged.is;
    const bool makes = is.who.may == pads::right::manage ||
                       (is.who.may == pads::right::write &&
                        (!is.by_token || is.names_pad || where.second == first_pad || around_.rooms_open()));
    with_pad(
        where.first, where.second, makes, [this, id, where, who = is.who](pads::pad* pad, const pad_entry&) {
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

// Lists.

pad_host::directory& pad_host::enter(const std::string& room) {
    const auto known = directories_.find(room);
    if (known != directories_.end()) return *known->second;
    auto& made = *directories_.emplace(room, std::make_unique<directory>()).first->second;
    around_.store.load(list_place(room),
                       [self = self_, room](const result<std::vector<rooms::record>>& records) {
                           auto* const host = *self;
                           if (host == nullptr) return;
                           const auto at = host->directories_.find(room);
                           if (at == host->directories_.end()) return;
                           auto& in = *at->second;
                           in.is_loaded = true;
                           if (records) {
                               for (const auto& one : *records) {
                                   if (one.kind != entry_kind) continue;
                                   if (auto read = decode_entry(one.value))
                                       in.pads.emplace(one.key, *std::move(read));
                               }
                           }
                           for (const auto& what : std::exchange(in.until_loaded, {})) what(in);
                       });
    return made;
}

void pad_host::when_listed(const std::string& room, std::function<void(directory&)> what) {
    auto& in = enter(room);
    if (in.is_loaded) return what(in);
    in.until_loaded.push_back(std::move(what));
}

void pad_host::with_list(const std::string& room, std::function<void(const list&)> then) {
    when_listed(room, [then = std::move(then)](directory& in) {
        if (!in.pads.empty()) return then(in.pads);
        list shown;
        shown[std::string(first_pad)].title = "Notes";
        then(shown);
    });
}

void pad_host::save_entry(const std::string& room, const std::string& name, const pad_entry* now,
                          changed then) {
    std::vector<rooms::record> records{
        {entry_kind, name, now == nullptr ? std::string() : encode_entry(*now)}};
    around_.store.save(list_place(room), std::move(records),
                       [self = self_, then = std::move(then)](const result<void>& how) {
                           if (*self != nullptr && then) then(how ? result<void>() : pad_errc::not_saved);
                       });
}

void pad_host::create(const std::string& room, const std::string& name, std::string title, changed then) {
    when_listed(room, [this, room, name, title = std::move(title), then = std::move(then)](directory& in) {
        if (!is_title(title)) return then(pad_errc::bad_title);
        if (in.pads.contains(name)) return then(pad_errc::exists);
        if (in.pads.size() >= pads::pads_per_room_max) return then(pad_errc::full);
        const auto& made = in.pads.emplace(name, new_entry(title)).first->second;
        save_entry(room, name, &made, then);
    });
}

void pad_host::change(const std::string& room, const std::string& name,
                      std::function<void(pad_entry&)> change, changed then) {
    when_listed(room, [this, room, name, change = std::move(change), then = std::move(then)](directory& in) {
        auto known = in.pads.find(name);
        if (known == in.pads.end()) {
            if (name != first_pad || !in.pads.empty()) return then(pad_errc::unknown_pad);
            known = in.pads.emplace(name, new_entry("Notes")).first;
        }
        auto wanted = known->second;
        change(wanted);
        if (!is_title(wanted.title)) return then(pad_errc::bad_title);
        if (wanted.rules.barred.size() > pads::barred_max) return then(pad_errc::full);
        const bool new_rules = wanted.rules != known->second.rules;
        known->second = wanted;
        save_entry(room, name, &wanted, [this, room, name, then, new_rules, wanted](const result<void>& how) {
            // A lock holds once it is kept.
            auto* const at = find({room, name});
            if (how && new_rules && at != nullptr) {
                when_loaded(*at,
                            [this, rules = wanted.rules](place& one) { one.pad.change_rules(rules, out_); });
            }
            then(how);
        });
    });
}

void pad_host::remove(const std::string& room, const std::string& name, changed then) {
    when_listed(room, [this, room, name, then = std::move(then)](directory& in) {
        if (in.pads.erase(name) == 0) return then(pad_errc::unknown_pad);
        end_place({room, name}, pads::close_code::unknown, "the pad was removed");
        // All of it, in the order in which it was written, then its name.
        around_.store.load(room + '/' + name, [self = self_, room, name,
                                               then](const result<std::vector<rooms::record>>& found) {
            auto* const host = *self;
            if (host == nullptr) return;
            if (found) {
                auto records = *found;
                for (auto& one : records) one.value.clear();
                host->around_.store.save(room + '/' + name, std::move(records), [](const result<void>&) {});
            }
            host->save_entry(room, name, nullptr, then);
        });
    });
}

std::size_t pad_host::people_in(const std::string& room, const std::string& name) const {
    const auto known = places_.find({room, name});
    return known == places_.end() ? 0 : known->second->pad.connections();
}

// Pads.

pad_host::place* pad_host::find(const address& where) noexcept {
    const auto found = places_.find(where);
    return found == places_.end() ? nullptr : found->second.get();
}

pad_host::place& pad_host::enter(const address& where, const pads::rules& rules) {
    if (auto* const known = find(where)) return *known;
    crypto::random_key key;
    random_.fill(key);
    auto& made = *places_.emplace(where, std::make_unique<place>(where, around_.limits, key)).first->second;
    made.pad.change_rules(rules, out_);
    around_.store.load(where.first + '/' + where.second,
                       [self = self_, where](const result<std::vector<rooms::record>>& records) {
                           if (*self != nullptr) (*self)->loaded(where, records);
                       });
    return made;
}

void pad_host::loaded(const address& where, const result<std::vector<rooms::record>>& records) {
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

pad_entry pad_host::new_entry(std::string title) {
    pad_entry made;
    made.title = std::move(title);
    made.created = moment_now().wall;
    return made;
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
        auto& at = enter({room, name}, known->second.rules);
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
    std::vector<address> all;
    for (auto at = places_.lower_bound({room, {}}); at != places_.end() && at->first.first == room; ++at)
        all.push_back(at->first);
    for (const auto& one : all) {
        if (auto* const at = find(one)) when_loaded(*at, what);
    }
}

void pad_host::announce_restart() {
    // Sockets end with the server; what gathered is kept first.
    std::vector<address> all;
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
    out_.refusals.clear();
    if (out_.empty() && thens_.empty()) {
        arm(in);
        return put_away(in.where);
    }
    auto& made = in.turns.emplace_back();
    made.number = in.next_turn++;
    made.messages = std::exchange(out_.messages, {});
    made.closings = std::exchange(out_.closings, {});
    made.wrote = std::exchange(out_.wrote, {});
    made.thens = std::exchange(thens_, {});
    if (!made.wrote.empty()) in.is_changed = true;
    if (auto records = std::exchange(out_.records, {}); !records.empty()) {
        made.kept = false;
        ++count_.updates_kept;
        std::vector<rooms::record> stored;
        stored.reserve(records.size());
        for (auto& one : records) stored.push_back(to_stored(std::move(one)));
        around_.store.save(in.where.first + '/' + in.where.second, std::move(stored),
                           [self = self_, where = in.where, number = made.number](const result<void>& how) {
                               auto* const host = *self;
                               auto* const at = host == nullptr ? nullptr : host->find(where);
                               if (at == nullptr) return;
                               if (!how) return host->give_up(where);
                               for (auto& one : at->turns) {
                                   if (one.number == number) one.kept = true;
                               }
                               host->release(where);
                           });
    }
    out_.clear();
    const auto where = in.where;
    release(where);
}

/// Tells what is kept, in the order in which it happened.
void pad_host::release(const address& where) {
    for (auto* in = find(where); in != nullptr && !in->turns.empty() && in->turns.front().kept;
         in = find(where)) {
        auto one = std::move(in->turns.front());
        in->turns.pop_front();
        for (const auto& each : one.messages) {
            const net::websocket_frame frame(net::websocket_kind::binary, *each.what);
            for (const auto to : each.to) {
                const auto known = connections_.find(to);
                if (known == connections_.end()) continue;
                known->second->socket.send(frame);
                ++count_.messages_sent;
            }
        }
        for (const auto& each : one.closings) {
            const auto known = connections_.find(each.connection);
            if (known == connections_.end()) continue;
            const auto socket = known->second->socket;
            connections_.erase(known);
            socket.close(each.code, each.reason);
        }
        if (around_.on_write) {
            for (const auto& person : one.wrote) around_.on_write(where.first, where.second, person);
        }
        for (const auto& then : one.thens) then({});
    }
    if (auto* const in = find(where)) arm(*in);
    put_away(where);
}

/// The store did not take what was written: whoever has the pad open still has it all, comes back and says it
/// again; this pad, which nobody was told of, is read anew then.
void pad_host::give_up(const address& where) {
    end_place(where, pads::close_code::try_later, "the server can not write to its store now");
}

void pad_host::end_place(const address& where, std::uint16_t code, std::string_view reason) {
    auto* const in = find(where);
    if (in == nullptr) return;
    for (auto& one : std::exchange(in->turns, {})) {
        for (const auto& then : one.thens) then(pad_errc::not_saved);
    }
    std::vector<net::websocket> sockets;
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto one = at++;
        if (one->second->where != where) continue;
        sockets.push_back(one->second->socket);
        connections_.erase(one);
    }
    set_due(*in, std::nullopt);
    places_.erase(where);
    for (const auto& one : sockets) one.close(code, reason);
}

void pad_host::note_changed(place& in) {
    if (!std::exchange(in.is_changed, false)) return;
    const auto listed = directories_.find(in.where.first);
    if (listed == directories_.end()) return;
    const auto known = listed->second->pads.find(in.where.second);
    if (known == listed->second->pads.end()) return;
    known->second.changed = in.pad.history().changed();
    save_entry(in.where.first, in.where.second, &known->second, {});
}

void pad_host::put_away(const address& where) {
    auto* const in = find(where);
    if (in == nullptr || !in->is_loaded || !in->turns.empty() || !in->until_loaded.empty()) return;
    if (in->pad.connections() != 0 || !in->pad.is_quiet()) return;
    if (std::ranges::any_of(connections_, [&](const auto& one) { return one.second->where == where; }))
        return;
    note_changed(*in);
    set_due(*in, std::nullopt);
    places_.erase(where);
}

void pad_host::ring() {
    const auto at = moment_now();
    std::vector<address> now;
    for (auto one = due_.begin(); one != due_.end() && one->first <= at.now; ++one)
        now.push_back(one->second);
    for (const auto& where : now) {
        auto* const in = find(where);
        if (in == nullptr) continue;
        in->pad.handle_timeout(at, out_);
        finish_turn(*in);
    }
    timer_.set(due_.empty() ? std::nullopt : std::optional(due_.begin()->first));
}

void pad_host::arm(place& in) {
    set_due(in, in.is_loaded ? in.pad.deadline() : std::nullopt);
    timer_.set(due_.empty() ? std::nullopt : std::optional(due_.begin()->first));
}

void pad_host::set_due(place& in, std::optional<instant> when) {
    if (when == in.due) return;
    if (in.due) due_.erase({*in.due, in.where});
    if (when) due_.emplace(*when, in.where);
    in.due = when;
}

// Figures.

pad_counters pad_host::count() const {
    auto made = count_;
    made.connections = connections_.size();
    made.loaded = places_.size();
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

#include "libconf/host/call_host.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/host/board_host.hpp"
#include "libconf/host/call_host_parts.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/websocket_handshake.hpp"
#include "libconf/signalling/codec.hpp"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

namespace conf::host {
namespace {

using rooms::connection_id;
using rooms::participant_id;
using rooms::source;

/// After `welcome`: an SDP for a large room fits.
constexpr std::size_t message_bytes_inside = 1024 * 1024;
/// After `welcome`: what an honest hand may send at once by the limits of rooms and boards, each of which has
/// its own answer to more: requests, changes, live strokes, pointers and views.
constexpr std::uint32_t frames_per_second_inside = 250;
constexpr std::uint32_t frames_burst_inside = 1000;

std::string label_of(source which) {
    return std::string(rooms::name_of(which));
}

}  // namespace

call_host::call_host(environment around)
    : around_(std::move(around)),
      random_(around_.key),
      deadlines_(around_.loop, [this](const std::string& room) { ring(room); }) {}

call_host::~call_host() {
    *self_ = nullptr;
}

void call_host::add_routes(net::http_router& routes, std::vector<std::string> origins) {
    net::websocket_rules rules;
    rules.origins = std::move(origins);
    rules.is_own = net::is_own_page;
    rules.subprotocols = {"conf.1"};
    rules.admit = [](const net::http_request& request) -> std::optional<net::http_response> {
        if (auth::is_name(request.path_parameter("room"))) return std::nullopt;
        return net::http_response::plain(
            404, R"(a room's name has 1 to 64 letters (A to Z), digits, "-", "_" or ".".)");
    };
    routes.websocket(
        "/signal/{room}",
        [this](const net::http_request& request, net::websocket socket) {
            net::websocket_callbacks made;
            open(request, std::move(socket), made);
            return made;
        },
        std::move(rules));
}

// Connections.

void call_host::open(const net::http_request& request, net::websocket socket,
                     net::websocket_callbacks& made) {
    const auto id = next_connection_++;
    auto one = std::make_unique<connection>();
    one->room = request.path_parameter("room");
    one->address = request.remote.ip.to_string();
    one->socket = std::move(socket);
    auto& in = enter(one->room);
    connections_.emplace(id, std::move(one));
    made.message = [this, id](const net::websocket_message& message) {
        if (message.kind == net::websocket_kind::binary && around_.boards != nullptr) {
            take_frame(id, as_bytes(message.data));
        } else {
            take(id, message.data);
        }
    };
    made.closed = [this, id](const net::websocket_end&) { closed(id); };
    when_loaded(in, [this, id](place& at) {
        if (connections_.contains(id)) at.meeting.handle_opened(id, moment_now(), out_);
    });
}

void call_host::take(connection_id from, std::string_view text) {
    const auto known = connections_.find(from);
    if (known == connections_.end()) return;
    auto* const in = find(known->second->room);
    if (in == nullptr) return;
    ++count_.requests;
    auto read = signalling::decode(text);
    if (auto* const board = std::get_if<boards::request>(&read)) {
        if (around_.boards != nullptr) return take_board_request(from, std::move(*board));
        read = signalling::undecodable{
            board->id,
            {.code = rooms::error_code::unknown_type, .text = "this server has no boards", .field = "type"}};
    }
    if (auto* const wrong = std::get_if<signalling::undecodable>(&read)) {
        ++count_.undecodable;
        when_loaded(*in, [this, from, why = std::move(*wrong)](place& at) {
            tell_in_order(at, from, {why.id, why.why});
            at.meeting.handle_bad(from, moment_now(), out_);
        });
        return;
    }
    when_loaded(*in, [this, from, asked = std::get<rooms::request>(std::move(read))](place& at) {
        const auto sender = connections_.find(from);
        if (sender == connections_.end()) return;
        std::optional<rooms::entry> with;
        if (const auto* const hello = std::get_if<rooms::hello>(&asked.what)) {
            with = around_.admit({.room = at.name,
                                  .token = hello->token ? &*hello->token : nullptr,
                                  .address = sender->second->address});
        } else if (std::holds_alternative<rooms::resume>(asked.what)) {
            with = around_.admit(
                {.room = at.name, .token = nullptr, .address = sender->second->address, .resumes = true});
        }
        at.meeting.handle(from, asked, with ? &*with : nullptr, moment_now(), out_);
    });
}

void call_host::closed(connection_id which) {
    const auto known = connections_.find(which);
    if (known == connections_.end()) return;
    const auto room = known->second->room;
    connections_.erase(known);
    if (around_.boards != nullptr) around_.boards->closed(room, which);
    if (auto* const in = find(room)) {
        when_loaded(*in, [this, which](place& at) { at.meeting.handle_closed(which, moment_now(), out_); });
    }
}

// Rooms.

call_host::place* call_host::find(const std::string& room) noexcept {
    const auto found = places_.find(room);
    return found == places_.end() ? nullptr : found->second.get();
}

rooms::settings call_host::settings_of(const std::string& room) {
    rooms::settings made;
    made.name = room;
    made.open = around_.rooms_open();
    made.media = around_.media != nullptr;
    // "0: off" of the options.
    const auto most = around_.participants_max();
    made.participants_max = most == 0 ? std::size_t{1} << 20 : most;
    made.ice = around_.ice;
    if (around_.pads)
        made.pads = [this, room](const rooms::person_info& to) { return around_.pads(room, to); };
    made.transports = [this, room](const participant_id& who) -> rooms::welcome::transports {
        auto* const at = find(room);
        if (at == nullptr) return {};
        const auto known = at->media.find(who);
        if (known == at->media.end()) return {};
        return {known->second.publish, known->second.receive};
    };
    return made;
}

call_host::place& call_host::enter(const std::string& room) {
    if (auto* const known = find(room)) return *known;
    crypto::random_key key;
    random_.fill(key);
    auto& made = *places_.emplace(room, std::make_unique<place>(room, settings_of(room), key)).first->second;
    made.meeting.set_saving(saving_);
    around_.store.load(room, [self = self_, room](const result<std::vector<rooms::record>>& records) {
        if (*self != nullptr) (*self)->loaded(room, records);
    });
    return made;
}

void call_host::loaded(const std::string& room, const result<std::vector<rooms::record>>& records) {
    auto* const in = find(room);
    if (in == nullptr || in->is_loaded) return;
    in->is_loaded = true;
    // What cannot be read stays in the store as it is; the room begins empty, and says that it keeps nothing.
    if (records) {
        (void)in->meeting.restore(*records, moment_now());
    } else {
        in->meeting.set_saving(false);
    }
    for (const auto& what : std::exchange(in->until_loaded, {})) what(*in);
    finish_turn(*in);
}

/// Each turn is finished where it began.
void call_host::when_loaded(place& in, std::function<void(place&)> what) {
    if (!in.is_loaded) {
        in.until_loaded.push_back(std::move(what));
        return;
    }
    what(in);
    finish_turn(in);
}

void call_host::with_meeting(
    const std::string& room,
    std::function<void(rooms::meeting&, const rooms::moment&, rooms::outputs&)> what) {
    when_loaded(enter(room),
                [this, what = std::move(what)](place& at) { what(at.meeting, moment_now(), out_); });
}

// Turns.

void call_host::finish_turn(place& in) {
    act_on_media(in);
    tell_boards(in);
    if (out_.messages.empty() && out_.closings.empty() && out_.records.empty() && out_.events.empty()) {
        out_.clear();
        release(in);
        return;
    }
    place::saying made{.messages = std::exchange(out_.messages, {}),
                       .closings = std::exchange(out_.closings, {}),
                       .events = std::exchange(out_.events, {})};
    if (auto records = std::exchange(out_.records, {}); records.empty()) {
        in.turns.add(std::move(made));
    } else {
        ++count_.turns_kept;
        const auto number = in.turns.add_unkept(std::move(made));
        around_.store.save(in.name, std::move(records),
                           [self = self_, room = in.name, number](const result<void>& how) {
                               auto* const host = *self;
                               auto* const at = host == nullptr ? nullptr : host->find(room);
                               if (at == nullptr) return;
                               at->turns.settle(number, how.has_value());
                               host->release(*at);
                           });
    }
    out_.clear();
    release(in);
}

/// Tells what is kept, in the order in which it happened.
void call_host::release(place& in) {
    const auto room = in.name;
    while (auto one = in.turns.take()) {
        for (auto& each : one->what.messages) {
            const bool promises = std::holds_alternative<rooms::done>(each.what.what) ||
                                  std::holds_alternative<rooms::chat_sent>(each.what.what);
            if (one->failed && promises && each.what.id) {
                each.what.what = rooms::failure{.code = rooms::error_code::not_saved,
                                                .text = "the server can not write to its store now",
                                                .field = {}};
            }
            tell(each.to, each.what);
        }
        for (const auto& each : one->what.closings) {
            const auto known = connections_.find(each.connection);
            if (known == connections_.end()) continue;
            // The meeting has forgotten it, so what follows on that socket is nobody's.
            const auto socket = known->second->socket;
            connections_.erase(known);
            socket.close(each.code, each.reason);
        }
        if (around_.on_event) {
            for (const auto& each : one->what.events) around_.on_event(room, each);
        }
    }
    put_away(room);
    if (auto* const kept = find(room))
        deadlines_.set(room, kept->is_loaded ? kept->meeting.deadline() : std::nullopt);
}

void call_host::put_away(const std::string& room) {
    auto* const in = find(room);
    if (in == nullptr || !in->is_loaded || !in->turns.empty() || !in->until_loaded.empty()) return;
    if (!in->meeting.empty() || in->meeting.connections() != 0 || in->meeting.deadline()) return;
    if (std::ranges::any_of(connections_, [&](const auto& one) { return one.second->room == room; })) return;
    deadlines_.set(room, std::nullopt);
    places_.erase(room);
}

void call_host::tell(const std::vector<connection_id>& to, const rooms::message& what) {
    if (to.empty()) return;
    const net::websocket_frame text(net::websocket_kind::text, as_bytes(signalling::encode(what)));
    const bool enters = std::holds_alternative<rooms::welcome>(what.what);
    for (const auto one : to) {
        const auto known = connections_.find(one);
        if (known == connections_.end()) continue;
        if (enters) {
            known->second->socket.set_message_limit(message_bytes_inside);
            known->second->socket.set_frame_limit(frames_per_second_inside, frames_burst_inside);
        }
        known->second->socket.send(text);
        ++count_.messages_sent;
    }
}

/// Behind what is still being kept: whoever comes in is told so first.
void call_host::tell_in_order(place& in, connection_id to, rooms::message what) {
    place::saying made;
    made.messages.push_back({{to}, std::move(what)});
    in.turns.add(std::move(made));
    release(in);
}

void call_host::answer(place& in, connection_id to, std::uint64_t request, rooms::message_body what) {
    if (request != 0) tell_in_order(in, to, {request, std::move(what)});
}

void call_host::ring(const std::string& room) {
    auto* const in = find(room);
    if (in == nullptr) return;
    in->meeting.handle_timeout(moment_now(), out_);
    finish_turn(*in);
}

// Media.

void call_host::act_on_media(place& in) {
    if (around_.media == nullptr) return;
    auto& media = *around_.media;
    for (const auto& one : out_.forwards) {
        auto& known = in.media[one.participant];
        if (one.on) {
            known.on.insert(one.what);
        } else {
            known.on.erase(one.what);
        }
        media.open_track(in.name, net::call_name(one.participant), label_of(one.what), one.on);
    }
    for (const auto& one : out_.ends) {
        const auto name = net::call_name(one.participant);
        auto& known = in.media[one.participant];
        if (one.publish) {
            known.publish = false;
            media.stop_sending(in.name, name);
        }
        if (one.receive) {
            known.receive = false;
            media.remove_receiver(in.name, name);
        }
        if (!in.meeting.is_in(one.participant)) in.media.erase(one.participant);
    }
    for (const auto& one : out_.messages) {
        const auto* const inside = std::get_if<rooms::welcome>(&one.what.what);
        if (inside == nullptr) continue;
        const auto name = net::call_name(inside->you);
        if (inside->resumed && inside->resumed->receive) {
            // The open offer, or what is carried: whoever comes back may have missed it.
            media.look(in.name, name, [](bool, bool) {});
        } else {
            if (inside->resumed) media.remove_receiver(in.name, name);
            media.add_receiver(in.name, name);
        }
    }
    for (const auto& one : out_.media) ask_media(in, one);
}

void call_host::ask_media(place& in, const rooms::media_request& asked) {
    auto& media = *around_.media;
    const auto name = net::call_name(asked.participant);
    const auto room = in.name;
    const auto who = asked.participant;
    // The way back: the person may have gone meanwhile, and so may this host.
    const auto reply = [self = self_, room, who, to = asked.connection,
                        request = asked.request](const auto& done) {
        return [self, room, who, to, request, done](const net::call_media::reply& how) {
            auto* const host = *self;
            auto* const at = host == nullptr ? nullptr : host->find(room);
            if (at == nullptr || !at->meeting.is_in(who)) return;
            if (how.why.empty()) {
                done(*host, *at, at->media[who], to, request, how);
            } else {
                host->answer(
                    *at, to, request,
                    rooms::failure{.code = rooms::error_code::bad_sdp, .text = how.why, .field = {}});
            }
        };
    };
    std::visit(
        [&](const auto& what) {
            using kind = std::decay_t<decltype(what)>;
            if constexpr (std::is_same_v<kind, rooms::publish>) {
                std::vector<std::pair<std::string, std::string>> labels;
                for (const auto& [mid, which] : what.sources) labels.emplace_back(mid, label_of(which));
                std::vector<std::string> open;
                for (const auto which : in.media[who].on) open.push_back(label_of(which));
                media.send(
                    room, name, what.sdp, std::move(labels), std::move(open),
                    reply([name](call_host& host, place& at, place::transports& known, connection_id to,
                                 std::uint64_t request, const net::call_media::reply& how) {
                        known.publish = true;
                        // What was switched while the threads were busy.
                        for (const auto which :
                             {source::microphone, source::camera, source::screen, source::screen_audio}) {
                            host.around_.media->open_track(at.name, name, label_of(which),
                                                           known.on.contains(which));
                        }
                        host.answer(at, to, request, rooms::published{how.sdp});
                    }));
            } else if constexpr (std::is_same_v<kind, rooms::view>) {
                std::vector<engine::wish> wishes;
                for (const auto& one : what.videos) {
                    wishes.push_back({net::call_name(one.participant), label_of(one.what),
                                      static_cast<std::uint16_t>(one.height)});
                }
                media.set_wishes(room, name, std::move(wishes));
                answer(in, asked.connection, asked.request, rooms::done{});
            } else if constexpr (std::is_same_v<kind, rooms::receive_answer>) {
                media.take_answer(
                    room, name, what.number, what.sdp,
                    reply([](call_host& host, place& at, place::transports& known, connection_id to,
                             std::uint64_t request, const net::call_media::reply&) {
                        known.receive = true;
                        host.answer(at, to, request, rooms::done{});
                    }));
            } else if constexpr (std::is_same_v<kind, rooms::receive_restart>) {
                media.restart_receiver(room, name);
                answer(in, asked.connection, asked.request, rooms::done{});
            } else {
                static_assert(std::is_same_v<kind, rooms::receive_reset>);
                media.reset_receiver(room, name);
                in.media[who].receive = false;
                answer(in, asked.connection, asked.request, rooms::done{});
            }
        },
        asked.what);
}

void call_host::handle_receivers(const std::vector<engine::receiver_news>& news) {
    for (const auto& one : news) {
        auto* const in = find(one.room);
        if (in == nullptr) continue;
        const auto who = net::participant_of(one.receiver);
        if (one.what == engine::receiver_news::kind::ended) {
            if (const auto known = in->media.find(who); known != in->media.end())
                known->second.receive = false;
            when_loaded(*in, [this, who, why = std::string(engine::to_string(one.why))](place& at) {
                at.meeting.handle_media_ended(who, rooms::meeting::transport::receive, why, out_);
            });
            continue;
        }
        const auto to = in->meeting.connection_of(who);
        if (!to) continue;  // he is told when he comes back
        std::vector<rooms::track_info> tracks;
        for (const auto& each : one.tracks) {
            const auto which = rooms::source_named(each.label);
            if (which) tracks.push_back({each.mid, net::participant_of(each.publisher), *which});
        }
        if (one.what == engine::receiver_news::kind::offer) {
            tell_in_order(
                *in, *to,
                {{},
                 rooms::receive_offer{static_cast<std::uint32_t>(one.number), one.sdp, std::move(tracks)}});
        } else {
            tell_in_order(*in, *to, {{}, rooms::receive_tracks{std::move(tracks)}});
        }
    }
}

void call_host::handle_media(const engine::event& news) {
    if (!news.publishes_as) return;
    const auto who = net::participant_of(*news.publishes_as);
    auto* const in = find(news.room);
    if (who.empty() || in == nullptr) return;
    if (news.what == engine::event_kind::left) {
        if (const auto known = in->media.find(who); known != in->media.end()) known->second.publish = false;
        when_loaded(*in, [this, who, why = std::string(engine::to_string(news.why))](place& at) {
            at.meeting.handle_media_ended(who, rooms::meeting::transport::publish, why, out_);
        });
    } else if (news.media && news.media->what == sfu::event_kind::speaker_changed) {
        when_loaded(*in, [this, who](place& at) { at.meeting.handle_speaker(who, out_); });
    }
}

// The server.

void call_host::set_saving(bool works) {
    saving_ = works;
    for (const auto& [name, in] : places_) in->meeting.set_saving(works);
}

void call_host::refresh() {
    for (const auto& [name, in] : places_) in->meeting.change(settings_of(name));
}

void call_host::announce_restart() {
    for (const auto& [name, in] : places_) {
        in->meeting.announce_restart(out_);
        for (const auto& one : out_.messages) tell(one.to, one.what);
        out_.clear();
    }
}

std::vector<std::string> call_host::busy_rooms() const {
    std::vector<std::string> all;
    for (const auto& [name, in] : places_) {
        if (!in->meeting.empty()) all.push_back(name);
    }
    return all;
}

void call_host::look_at(const std::string& room, const std::function<void(const rooms::meeting&)>& look) {
    const auto* const in = find(room);
    if (in != nullptr && in->is_loaded) look(in->meeting);
}

const net::websocket* call_host::socket_of(connection_id which) const noexcept {
    const auto known = connections_.find(which);
    return known == connections_.end() ? nullptr : &known->second->socket;
}

call_counters call_host::count() const {
    auto made = count_;
    made.connections = connections_.size();
    made.rooms = places_.size();
    for (const auto& [name, in] : places_) made.people += in->meeting.people().size();
    return made;
}

void call_host::write_metrics(metrics::text_writer& to) const {
    using enum metrics::kind;
    const auto now = count();
    to.family("conf_call_rooms", gauge, "Rooms that somebody is in or looks at.");
    to.sample(now.rooms);
    to.family("conf_call_people", gauge, "People in rooms.");
    to.sample(now.people);
    to.family("conf_call_connections", gauge, "Open signalling connections.");
    to.sample(now.connections);
    to.family("conf_call_requests_total", counter, "Messages of clients.");
    to.sample(now.requests);
    to.family("conf_call_undecodable_total", counter, "Messages of clients that are none of the protocol.");
    to.sample(now.undecodable);
    to.family("conf_call_messages_sent_total", counter, "Messages to clients.");
    to.sample(now.messages_sent);
    to.family("conf_call_turns_kept_total", counter, "Changes of rooms that were given to the store.");
    to.sample(now.turns_kept);
}

}  // namespace conf::host

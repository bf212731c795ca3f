#include "libconf/host/board_host.hpp"

#include "libconf/host/moment_now.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/signalling/codec.hpp"
#include "libconf/whiteboard/wire.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace conf::host {
namespace {

using boards::connection_id;

bool is_frame_of(const boards::outgoing& what, boards::frame_kind kind) {
    const auto* const frame = std::get_if<boards::shared_frame>(&what.what);
    return frame != nullptr && !(*frame)->empty() && (*frame)->front() == static_cast<char>(kind);
}

/// As metrics name them.
constexpr std::array<std::string_view, discard_reason_count> reasons{
    "none", "unreadable", "no_right", "locked", "limit", "rate", "no_page", "not_saved", "nothing"};

}  // namespace

/// The boards of one room.
struct board_host::place {
    place(std::string named, boards::settings with) : name(std::move(named)), board(std::move(with)) {}

    /// What a turn says, behind what it changed.
    struct saying {
        std::vector<boards::outgoing> messages;
        std::vector<boards::wish> wishes;
        kept then;
    };

    std::string name;
    boards::whiteboard board;
    bool is_loaded = false;
    std::vector<std::function<void(place&)>> until_loaded;
    /// The sockets of a list of people, which stays the same for nearly all that is drawn on a page: they lie
    /// behind each other, where looking each one up would wait for memory.
    struct ears {
        boards::audience of;
        std::vector<std::pair<connection_id, net::websocket>> sockets;
    };
    const ears& ears_of(const boards::audience& of, const decltype(environment::socket_of)& socket_of) {
        const auto known = std::ranges::find(heard_by, of, &ears::of);
        if (known != heard_by.end()) return *known;
        // A list that only we hold is nobody's any more, and would keep the memory of connections that are
        // gone.
        for (auto& one : heard_by) {
            if (one.of.use_count() == 1) one = {};
        }
        auto& made = heard_by[next_heard_by++ % heard_by.size()];
        made = {of, {}};
        for (const auto id : *of) {
            if (const auto* const socket = socket_of(id)) made.sockets.emplace_back(id, *socket);
        }
        return made;
    }

    turn_line<saying> turns;
    std::set<connection_id> connections;  ///< that have asked for something
    std::array<ears, 4> heard_by;         ///< pages that people look at, a list each
    std::size_t next_heard_by = 0;
};

board_host::board_host(environment around)
    : around_(std::move(around)), deadlines_(around_.loop, [this](const std::string& room) { ring(room); }) {}

board_host::~board_host() {
    *self_ = nullptr;
}

// From people's connections.

void board_host::take(const std::string& room, connection_id from, const boards::person& who,
                      const boards::request& asked) {
    ++count_.requests;
    auto& in = enter(room);
    in.connections.insert(from);
    when_loaded(in, [this, from, who, asked](place& at) {
        // The first person who asks, of boards that no program has drawn on.
        if (files_ != nullptr && at.board.untouched()) files_->welcome(at.board, moment_now(), out_);
        at.board.handle(from, who, asked, moment_now(), out_);
    });
}

bool board_host::take_frame(const std::string& room, connection_id from, const boards::person& who,
                            bytes message) {
    ++count_.frames;
    auto* const in = find(room);
    // Boards that nobody has asked for are not there to be drawn on.
    bool good = in != nullptr && in->connections.contains(from);
    if (good && !in->is_loaded) {
        in->until_loaded.emplace_back([this, from, who, text = std::string(as_text(message))](place& at) {
            if (!at.board.handle_frame(from, who, as_bytes(text), moment_now(), out_)) ++count_.undecodable;
        });
        return true;
    }
    if (good) {
        good = in->board.handle_frame(from, who, message, moment_now(), out_);
        finish_turn(*in);
    }
    if (!good) ++count_.undecodable;
    return good;
}

void board_host::closed(const std::string& room, connection_id which) {
    auto* const in = find(room);
    if (in == nullptr || in->connections.erase(which) == 0) return;
    when_loaded(*in, [this, which](place& at) { at.board.handle_closed(which, moment_now(), out_); });
}

void board_host::changed(const std::string& room, const boards::person& who) {
    if (auto* const in = find(room)) {
        when_loaded(*in, [this, who](place& at) { at.board.handle_person(who, moment_now(), out_); });
    }
}

void board_host::forget(const std::string& room) {
    with_board(room, [](boards::whiteboard& board, const rooms::moment& at, boards::outputs& out) {
        if (!board.untouched()) board.forget(at, out);
    });
    if (files_ != nullptr) files_->forgotten(room);
}

void board_host::with_board(const std::string& room, work what, kept then) {
    auto& in = enter(room);
    const auto run = [this, what = std::move(what), then = std::move(then)](place& at) {
        what(at.board, moment_now(), out_);
        finish_turn(at, then);
    };
    if (!in.is_loaded) {
        in.until_loaded.emplace_back(run);
        return;
    }
    run(in);
    put_away(room);
}

void board_host::fetch_pictures(const std::string& room, const boards::place& of,
                                std::function<void(const files::pictures&)> then) {
    with_board(
        room, [](const auto&, const auto&, auto&) {},
        [this, room, of, then = std::move(then)](bool) {
            if (files_ == nullptr) return then({});
            files_->fetch_pictures(room, of, then);
        });
}

void board_host::export_drawn(const std::string& room, const boards::document_export& what,
                              files::drawn done) {
    with_board(
        room, [](const auto&, const auto&, auto&) {},
        [this, room, what, done = std::move(done)](bool) {
            if (files_ != nullptr) return files_->export_drawn(room, what, {}, done);
            done(rooms::failure{.code = rooms::error_code::forbidden,
                                .text = "this server has no converter: documents.enabled is off",
                                .field = "format"});
        });
}

void board_host::look_at(const std::string& room,
                         const std::function<void(const boards::whiteboard&)>& look) {
    const auto* const in = find(room);
    if (in != nullptr && in->is_loaded) look(in->board);
}

void board_host::answer(const std::string& room, connection_id to, std::uint64_t request,
                        boards::message_body what) {
    auto* const in = find(room);
    if (in == nullptr || request == 0) return;
    place::saying made;
    made.messages.push_back({std::make_shared<const std::vector<connection_id>>(1, to), 0, boards::lane::kept,
                             boards::message{request, std::move(what)}});
    in->turns.add(std::move(made));
    release(room);
}

// Rooms.

board_host::place* board_host::find(const std::string& room) noexcept {
    const auto found = places_.find(room);
    return found == places_.end() ? nullptr : found->second.get();
}

board_host::place& board_host::enter(const std::string& room) {
    if (auto* const known = find(room)) return *known;
    boards::settings with;
    if (around_.token) {
        with.token = [this, room](const boards::participant_id& who) { return around_.token(room, who); };
    }
    with.has_asset = [this, room](const std::string& asset) {
        return files_ != nullptr && files_->has_asset(room, asset);
    };
    auto& made = *places_.emplace(room, std::make_unique<place>(room, std::move(with))).first->second;
    made.board.set_saving(saving_);
    around_.store.load(stored_as(room),
                       [self = self_, room](const result<std::vector<rooms::record>>& records) {
                           if (*self != nullptr) (*self)->loaded(room, records);
                       });
    return made;
}

void board_host::loaded(const std::string& room, const result<std::vector<rooms::record>>& records) {
    auto* const in = find(room);
    if (in == nullptr || in->is_loaded) return;
    in->is_loaded = true;
    // What cannot be read stays in the store as it is; the boards begin empty, and say that they keep
    // nothing.
    if (records) {
        (void)in->board.restore(*records);
    } else {
        in->board.set_saving(false);
    }
    if (files_ != nullptr) files_->loaded(room);
    // Not put away meanwhile, whatever they do: so there is one left in the list until the last has run.
    while (!in->until_loaded.empty()) {
        const auto what = in->until_loaded.front();
        what(*in);
        finish_turn(*in);
        in->until_loaded.erase(in->until_loaded.begin());
    }
    put_away(room);
}

/// Each turn is finished where it began.
void board_host::when_loaded(place& in, std::function<void(place&)> what) {
    if (!in.is_loaded) {
        in.until_loaded.push_back(std::move(what));
        return;
    }
    const auto room = in.name;
    what(in);
    finish_turn(in);
    put_away(room);
}

// Turns.

void board_host::finish_turn(place& in, kept then) {
    place::saying made;
    for (auto& one : out_.messages) {
        if (one.by == boards::lane::kept) {
            made.messages.push_back(std::move(one));
        } else {
            tell(in, one);
        }
    }
    made.wishes = std::exchange(out_.wishes, {});
    made.then = std::move(then);
    auto records = std::exchange(out_.records, {});
    out_.clear();
    if (!records.empty()) {
        ++count_.turns_kept;
        const auto number = in.turns.add_unkept(std::move(made));
        around_.store.save(stored_as(in.name), std::move(records),
                           [self = self_, room = in.name, number](const result<void>& how) {
                               auto* const host = *self;
                               auto* const at = host == nullptr ? nullptr : host->find(room);
                               if (at == nullptr) return;
                               at->turns.settle(number, how.has_value());
                               host->release(room);
                               host->put_away(room);
                           });
    } else if (!made.messages.empty() || !made.wishes.empty() || made.then) {
        in.turns.add(std::move(made));
    }
    const auto room = in.name;
    release(room);
}

/// Tells what is kept, in the order in which it happened.
void board_host::release(const std::string& room) {
    auto* in = find(room);
    while (in != nullptr) {
        auto one = in->turns.take();
        if (!one) break;
        for (auto& each : one->what.messages) {
            if (one->failed) tell_failed(each);
            tell(*in, each);
        }
        for (const auto& each : one->what.wishes) act(room, each);
        if (one->what.then) one->what.then(!one->failed);
        in = find(room);  // what was called may have done anything
    }
    if (in != nullptr) deadlines_.set(room, in->is_loaded ? in->board.deadline() : std::nullopt);
}

void board_host::put_away(const std::string& room) {
    auto* const in = find(room);
    if (in == nullptr || !in->is_loaded || !in->turns.empty() || !in->until_loaded.empty()) return;
    if (!in->connections.empty() || in->board.deadline()) return;
    deadlines_.set(room, std::nullopt);
    places_.erase(room);
}

void board_host::ring(const std::string& room) {
    auto* const in = find(room);
    if (in == nullptr) return;
    in->board.handle_timeout(moment_now(), out_);
    finish_turn(*in);
    put_away(room);
}

// Sending.

void board_host::tell(place& in, const boards::outgoing& what) {
    const auto* const shared = std::get_if<boards::shared_frame>(&what.what);
    if (shared != nullptr) count_verdict(**shared);
    const auto frame =
        shared != nullptr
            ? net::websocket_frame(net::websocket_kind::binary, as_bytes(**shared))
            : net::websocket_frame(net::websocket_kind::text,
                                   as_bytes(signalling::encode(std::get<boards::message>(what.what))));
    const auto say = [&](const net::websocket& socket) {
        if (what.by == boards::lane::loose && socket.queued_bytes() > loose_bytes_max) {
            ++count_.left_out;
            return;
        }
        socket.send(frame);
        ++count_.frames_sent;
        count_.bytes_sent += shared != nullptr ? (*shared)->size() : 0;
    };
    if (what.to->size() == 1) {
        if (const auto* const socket = around_.socket_of(what.to->front())) say(*socket);
        return;
    }
    const auto& sockets = in.ears_of(what.to, around_.socket_of).sockets;
    constexpr std::size_t ahead = 4;
    for (std::size_t at = 0; at < sockets.size(); ++at) {
        if (at + ahead < sockets.size()) sockets[at + ahead].second.expect_send();
        if (sockets[at].first != what.but) say(sockets[at].second);
    }
}

/// Of a turn that could not be saved nothing may be called kept. What was drawn is on the board all the same,
/// and is saved as soon as that works: so its author, too, is told of it as of somebody else's.
void board_host::tell_failed(boards::outgoing& what) {
    if (is_frame_of(what, boards::frame_kind::change)) {
        what.but = 0;
    } else if (is_frame_of(what, boards::frame_kind::verdict)) {
        boards::wire_reader from(std::string_view(*std::get<boards::shared_frame>(what.what)).substr(1));
        const auto number = from.number();
        const boards::change_verdict failed{
            .number = number, .how = boards::outcome::discard, .why = boards::discard_reason::not_saved};
        what.what = std::make_shared<const std::string>(boards::encode(boards::server_frame(failed)));
    } else if (auto* const said = std::get_if<boards::message>(&what.what); said != nullptr && said->id) {
        const bool promises = !std::holds_alternative<rooms::failure>(said->what) &&
                              !std::holds_alternative<boards::opened>(said->what) &&
                              !std::holds_alternative<boards::looked>(said->what);
        if (promises) {
            said->what = rooms::failure{.code = rooms::error_code::not_saved,
                                        .text = "the server can not write to its store now",
                                        .field = {}};
        }
    }
}

void board_host::count_verdict(std::string_view frame) {
    if (frame.empty() || frame.front() != static_cast<char>(boards::frame_kind::verdict)) return;
    boards::wire_reader from(frame.substr(1));
    (void)from.number();
    const auto how = from.number();
    (void)from.number();
    if (how == static_cast<std::uint64_t>(boards::outcome::commit)) {
        ++count_.committed;
    } else if (how == static_cast<std::uint64_t>(boards::outcome::rebase)) {
        ++count_.rebased;
    } else {
        ++count_.discarded[std::min<std::size_t>(from.number(), discard_reason_count - 1)];
    }
}

void board_host::act(const std::string& room, const boards::wish& what) {
    const auto refuse = [&](connection_id to, std::uint64_t request) {
        answer(room, to, request,
               rooms::failure{
                   .code = rooms::error_code::forbidden, .text = "this server has no files", .field = {}});
    };
    std::visit(
        [&](const auto& one) {
            using kind = std::decay_t<decltype(one)>;
            if constexpr (std::is_same_v<kind, boards::document_end>) {
                if (files_ != nullptr) files_->end(room, one.document);
            } else if constexpr (std::is_same_v<kind, boards::upload_wish>) {
                if (files_ != nullptr) return files_->upload(room, one);
                with_board(room, [which = one.document](auto& board, const auto& at, auto& out) {
                    board.remove_document(which, at, out);
                });
                refuse(one.connection, one.request);
            } else if (files_ != nullptr) {
                files_->make_export(room, one);
            } else {
                refuse(one.connection, one.request);
            }
        },
        what);
}

// The server.

void board_host::set_saving(bool works) {
    saving_ = works;
    for (const auto& [name, in] : places_) in->board.set_saving(works);
}

board_counters board_host::count() const {
    auto made = count_;
    made.rooms = places_.size();
    for (const auto& [name, in] : places_) made.connections += in->connections.size();
    return made;
}

void board_host::write_metrics(metrics::text_writer& to) const {
    using enum metrics::kind;
    const auto now = count();
    to.family("conf_board_rooms", gauge, "Rooms whose boards are in memory.");
    to.sample(now.rooms);
    to.family("conf_board_connections", gauge, "Connections that have asked for boards.");
    to.sample(now.connections);
    to.family("conf_board_requests_total", counter, "Requests about boards and documents.");
    to.sample(now.requests);
    to.family("conf_board_frames_received_total", counter, "Binary messages of clients.");
    to.sample(now.frames);
    to.family("conf_board_frames_undecodable_total", counter,
              "Binary messages of clients that could not be read, or were not theirs to send.");
    to.sample(now.undecodable);
    to.family("conf_board_messages_sent_total", counter, "Messages to clients.");
    to.sample(now.frames_sent);
    to.family("conf_board_bytes_sent_total", counter,
              "Bytes of binary messages to clients, without framing.");
    to.sample(now.bytes_sent);
    to.family("conf_board_messages_left_out_total", counter,
              "Pointers and views that were not sent to clients that read slowly.");
    to.sample(now.left_out);
    to.family("conf_board_turns_kept_total", counter, "Changes of boards that were given to the store.");
    to.sample(now.turns_kept);
    to.family("conf_board_changes_total", counter, "Changes by people, by what became of them.");
    to.sample(now.committed, {{"outcome", "commit"}});
    to.sample(now.rebased, {{"outcome", "rebase"}});
    std::uint64_t discarded = 0;
    for (const auto one : now.discarded) discarded += one;
    to.sample(discarded, {{"outcome", "discard"}});
    to.family("conf_board_changes_discarded_total", counter, "Changes that were discarded, by reason.");
    for (std::size_t at = 1; at < reasons.size(); ++at) {
        to.sample(now.discarded[at], {{"reason", reasons[at]}});
    }
}

}  // namespace conf::host

#include "tests/sim/turn/participant.hpp"

#include "libconf/turn/channel_data.hpp"
#include "tests/sim/turn/node.hpp"
#include "tests/sim/turn/payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace conf::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;
using kind = turn::client_event::kind;

namespace {

/// Nothing from a peer for so long, and an application begins anew.
constexpr duration patience_with_peer = seconds{8};

}  // namespace

participant::participant(world& in, actor_id id)
    : world_(in),
      id_(id),
      chance_(in.fork()),
      host_(in.net.add_host(in.weather(chance_), in.weather(chance_))),
      ip_(ip_address::v4(0x06000000 + id * 256)),
      node_(static_cast<unsigned>(chance_.below(in.nodes().size()))),
      fixed_user_(chance_.chance(0.2)),
      timer_(in.queue, [this] {
          if (!core_) return;
          core_->handle_timeout(world_.now(), out_);
          pump({id_, false});
      }) {
    in.net.add_address(host_, ip_);
}

void participant::add_echo(actor_id who, const endpoint& where) {
    if (std::ranges::find(peers_, who, &peer::who) != peers_.end()) return;
    auto& made = peers_.emplace_back();
    made.who = who;
    made.where = where;
}

void participant::add_friend(participant& other) {
    auto& made = peers_.emplace_back();
    made.who = other.id();
    made.partner = &other;
}

bool participant::wants_v6() const noexcept {
    return std::ranges::any_of(peers_, [](const peer& p) { return p.where && p.where->ip.is_v6(); });
}

bool participant::is_stream() const noexcept {
    return protocol_ == turn::client_protocol::tcp || protocol_ == turn::client_protocol::tls;
}

std::optional<endpoint> participant::relayed() const {
    return core_ && up_ ? core_->relayed(ip_family::v4) : std::nullopt;
}

bool participant::well_since(instant then) const {
    return up_ && std::ranges::all_of(peers_, [&](const peer& p) { return p.last_echo > then; });
}

std::string participant::state() const {
    auto text = fmt::format("participant {} {} {} generation {} via {}:", id_, up_ ? "up" : "down",
                            is_stream() ? "stream" : "udp", generation_, server_.to_string());
    for (const auto& p : peers_) {
        text += fmt::format(" [{} at {} {} {} last {:.3f}]", p.who, p.where ? p.where->to_string() : "?",
                            p.asked ? "asked" : "", p.ready ? "ready" : "",
                            static_cast<double>(p.last_echo.time_since_epoch().count()) / 1e6);
    }
    return text;
}

// --- coming and going

void participant::drop_transport() {
    if (socket_) world_.net.close(*socket_);
    if (stream_) world_.net.close_stream(*stream_, this);
    socket_.reset();
    stream_.reset();
    stream_ready_ = false;
    buffer_.clear();
    buffer_tainted_ = false;
    before_open_.clear();
}

void participant::join() {
    drop_transport();
    ++generation_;
    timer_.cancel();
    up_ = gone_ = false;
    up_since_ = world_.now();
    next_channel_ = 0x4000;
    for (auto& p : peers_) {
        p.asked = p.ready = false;
        if (p.partner) p.where.reset();
    }
    auto& node = *world_.nodes()[node_];
    const auto shard = static_cast<unsigned>(chance_.below(node.shards()));
    const bool stream = world_.how.streams && chance_.chance(0.3);
    protocol_ = !stream ? turn::client_protocol::udp : turn::client_protocol::tcp;
    server_ = stream ? node.tcp(shard) : node.udp(shard);

    turn::client_options options;
    options.protocol = protocol_;
    const auto credential = fixed_user_ ? world::credential{"fixed", "a fixed user's password"}
                                        : world_.new_credential(fmt::format("p{}", id_));
    options.username = credential.username;
    options.password = credential.password;
    options.strongest =
        chance_.chance(0.5) ? stun::password_algorithm::sha256 : stun::password_algorithm::md5;
    options.fingerprint = chance_.chance(0.5);
    core_.emplace(options, crypto::key_from_seed(chance_.next()));
    out_.clear();

    const endpoint local{ip_, next_port_++};
    world_.client_uses(local, id_);
    world_.log.note(world_.now(), "joins", id_, generation_, local.port);
    if (stream) {
        stream_ = world_.net.connect(host_, local, server_, *this);
    } else {
        socket_ = world_.net.open(host_, local, *this).value();
    }
    core_->allocate(choose_wish(), world_.now(), out_);
    pump({id_, false});
    world_.queue.after(chance_.between(milliseconds{200}, milliseconds{700}), [this, mine = generation_] {
        if (mine == generation_) tick();
    });
}

turn::allocate_wish participant::choose_wish() {
    turn::allocate_wish wish;
    if (chance_.chance(0.3)) wish.lifetime = seconds{chance_.between(1, 1200)};
    wish.dont_fragment = chance_.chance(0.1);
    if (wants_v6()) {
        wish.also_v6 = true;
        if (chance_.chance(0.2)) wish.parity = turn::port_parity::even;
        return wish;
    }
    switch (chance_.below(6)) {
        case 0: wish.family = ip_family::v4; break;
        case 1: wish.parity = turn::port_parity::even; break;
        case 2: wish.parity = turn::port_parity::even_and_reserve_next; break;
        case 3:
            if (world_.tokens.empty()) break;
            wish.token = world_.tokens.back();
            world_.tokens.pop_back();
            break;
        default: break;
    }
    return wish;
}

void participant::join_later(duration pause) {
    const auto mine = ++generation_;
    up_ = false;
    world_.queue.after(pause, [this, mine] {
        if (mine == generation_ && !gone_) join();
    });
}

void participant::leave() {
    gone_ = true;
    ++generation_;
    if (!core_) return;
    core_->refresh(seconds{0}, std::nullopt, world_.now(), out_);
    pump({id_, false});
}

void participant::hang_up() {
    timer_.cancel();
    core_.reset();
    up_ = false;
    drop_transport();
}

void participant::rebind() {
    if (!socket_) return;
    world_.faults.count(fault::rebind);
    endpoint fresh{ip_, next_port_++};
    if (chance_.chance(0.5)) {
        ip_ = ip_address::v4(ip_.to_v4() + 1);
        fresh.ip = ip_;
    }
    world_.client_uses(fresh, id_);
    world_.net.rebind(*socket_, fresh);
    world_.log.note(world_.now(), "rebound", id_, fresh.port);
}

void participant::reset_stream() {
    if (!stream_) return;
    world_.faults.count(fault::stream_reset);
    world_.net.close_stream(*stream_, nullptr);
}

// --- bytes in and out

void participant::receive(socket_id, const packet& in) {
    hear(in.data, in.about);
}

void participant::stream_opened(stream_id) {
    stream_ready_ = true;
    for (auto& waiting : std::exchange(before_open_, {}))
        world_.net.write(*stream_, *this, std::move(waiting), {id_, false});
}

void participant::stream_bytes(stream_id, bytes data, const label& about) {
    buffer_.insert(buffer_.end(), data.begin(), data.end());
    buffer_tainted_ = buffer_tainted_ || about.tainted;
    const auto mine = generation_;
    for (;;) {
        const auto next = turn::next_frame(buffer_);
        world_.require(next.is != turn::frame::state::invalid,
                       "a client lost its place in the server's stream");
        if (next.is == turn::frame::state::incomplete) break;
        const std::vector<std::byte> message(buffer_.begin(),
                                             buffer_.begin() + static_cast<std::ptrdiff_t>(next.bytes));
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(next.bytes));
        hear(message, {about.origin, buffer_tainted_});
        if (mine != generation_) return;
    }
    if (buffer_.empty()) buffer_tainted_ = false;
}

void participant::stream_closed(stream_id on) {
    if (stream_ != on) return;
    stream_.reset();
    stream_ready_ = false;
    if (!gone_) join_later(chance_.between(milliseconds{100}, seconds{1}));
}

void participant::hear(bytes message, const label& about) {
    if (!core_) return;
    core_->handle(message, world_.now(), out_);
    pump(about);
}

void participant::pump(const label& about) {
    std::size_t sent = 0;
    std::size_t told = 0;
    while (sent < out_.transmits.size() || told < out_.events.size()) {
        while (sent < out_.transmits.size()) transmit(out_.transmits[sent++]);
        if (told == out_.events.size()) continue;
        const auto event = out_.events[told++];
        on_event(event, about);
    }
    out_.clear();
    if (core_) timer_.set(core_->deadline());
}

void participant::transmit(const turn::client_transmit& out) {
    std::vector<std::byte> joined(out.head.begin(), out.head.end());
    joined.insert(joined.end(), out.body.begin(), out.body.end());
    joined.insert(joined.end(), out.padding, std::byte{0});
    if (socket_) {
        if (chance_.chance(0.1)) world_.capture(world_.net.address_of(*socket_), server_, joined);
        world_.net.send(*socket_, server_, std::move(joined), {id_, false});
    } else if (stream_ && stream_ready_) {
        world_.net.write(*stream_, *this, std::move(joined), {id_, false});
    } else if (stream_) {
        before_open_.push_back(std::move(joined));
    }
}

// --- what the client core says

void participant::on_event(const turn::client_event& event, const label& about) {
    if (event.what == kind::data) return on_data(event, about);
    if (gone_) return;
    if (event.what == kind::failed) return on_failed(event, about);
    if (event.what != kind::done) return;
    world_.log.note(world_.now(), "agreed", id_, static_cast<std::uint64_t>(event.method));
    if (event.method == stun::method::allocate) return on_allocated();
    for (auto& p : peers_) {
        const bool several = event.method == stun::method::create_permission;
        if (p.where && (several ? p.where->ip == event.address.ip : p.where == event.address))
            p.ready = p.asked;
    }
}

void participant::on_allocated() {
    up_ = true;
    up_since_ = world_.now();
    if (const auto& token = core_->reservation(); token && world_.tokens.size() < 8)
        world_.tokens.push_back(*token);
    if (wants_v6() && !core_->relayed(ip_family::v6)) return join_later(seconds{1});
    if (!core_->relayed(ip_family::v4)) return join_later(seconds{1});
    for (auto& p : peers_) approach(p);
}

void participant::approach(peer& to) {
    if (to.asked || !to.where || !core_) return;
    to.asked = true;
    // A channel number is bound to its peer for good; so each try takes the next.
    to.by_channel = chance_.chance(0.6) && next_channel_ <= turn::channel_last;
    if (to.by_channel && !core_->channel_to(*to.where)) {
        core_->bind_channel(next_channel_++, *to.where, world_.now(), out_);
    } else {
        core_->create_permission({*to.where}, world_.now(), out_);
    }
}

void participant::on_failed(const turn::client_event& event, const label& about) {
    world_.log.note(world_.now(), "refused", id_, static_cast<std::uint64_t>(event.method), event.error);
    if (event.method == stun::method::allocate) {
        if (event.error == 300) {
            for (const auto& node : world_.nodes()) {
                if (node->udp(0).ip == event.address.ip) node_ = node->number();
            }
        } else {
            node_ = static_cast<unsigned>(chance_.below(world_.nodes().size()));
        }
        return join_later(chance_.between(milliseconds{300}, seconds{3}));
    }
    if (event.method == stun::method::refresh)
        return join_later(chance_.between(milliseconds{100}, seconds{1}));
    for (auto& p : peers_) {
        if (!p.where || p.where->ip != event.address.ip) continue;
        if (event.error == 403 && !p.partner && !about.tainted)
            world_.fail("an honest client's peer was denied");
        p.asked = p.ready = false;
    }
    if (event.error == 401 || event.error == 437 || event.error == 441) {
        return join_later(chance_.between(milliseconds{100}, seconds{1}));
    }
    ask_again_later();
}

void participant::ask_again_later() {
    world_.queue.after(chance_.between(milliseconds{500}, seconds{2}), [this, mine = generation_] {
        if (mine != generation_ || !up_) return;
        for (auto& p : peers_) approach(p);
        pump({id_, false});
    });
}

void participant::on_data(const turn::client_event& event, const label& about) {
    const auto said = read_payload(event.payload);
    if (about.tainted) return;
    const bool from_relay = world_.is_server_address(event.address.ip);
    if (!said || world_.is_attacker(about.origin)) {
        // Permissions are for addresses: who lets a friend's relayed address in lets all that relay there in.
        return world_.require(from_relay, "data of a stranger came through");
    }
    world_.require(said->from == about.origin, "somebody spoke as another");
    if (from_relay) {
        world_.require(world_.owned(event.address, said->from),
                       "a relayed address that the sender never had");
    } else {
        world_.require(world_.peer_at(event.address) == said->from, "a peer's address is another's");
    }
    if (said->to != id_) {
        // For whoever had this relayed address before; possible only between relayed addresses.
        return world_.require(from_relay, "an echo's data came to another client");
    }
    world_.log.note(world_.now(), "hears", id_, said->from, said->sequence);
    if (said->what == payload::kind::ping) {
        const auto answer =
            write_payload({payload::kind::echo, id_, said->from, said->sequence}, payload_bytes_min);
        core_->send(event.address, answer, out_);
        // The bytes must live until they are sent, so they are sent here.
        transmit(out_.transmits.back());
        out_.transmits.pop_back();
        return;
    }
    for (auto& p : peers_) {
        if (p.who == said->from) p.last_echo = world_.now();
    }
}

// --- what a person does

void participant::tick() {
    if (gone_) return;
    for (auto& p : peers_) {
        if (!p.partner || !up_) continue;
        const auto there = p.partner->relayed();
        if (!there || p.where == there) continue;
        p.where = there;
        p.asked = p.ready = false;
        approach(p);
    }
    pump({id_, false});
    const auto mine = generation_;
    for (auto& p : peers_) {
        if (p.ready) talk(p);
        if (mine != generation_) return;
        const bool silent =
            up_ && !p.partner && world_.now() - std::max(p.last_echo, up_since_) > patience_with_peer;
        if (!silent) continue;
        if (chance_.chance(world_.healing ? 0 : world_.how.abandons)) {
            world_.faults.count(fault::abandon);
        } else {
            core_->refresh(seconds{0}, std::nullopt, world_.now(), out_);
            pump({id_, false});
            if (mine != generation_) return;
        }
        return join();
    }
    world_.queue.after(chance_.between(world_.how.ping_pause_min, world_.how.ping_pause_max), [this, mine] {
        if (mine == generation_) tick();
    });
}

void participant::talk(peer& to) {
    const auto size = chance_.chance(0.2) ? chance_.between(payload_bytes_min, 1200)
                                          : payload_bytes_min + chance_.below(64);
    const auto said = write_payload({payload::kind::ping, id_, to.who, ++to.sequence}, size);
    if (to.by_channel || chance_.chance(0.5)) {
        core_->send(*to.where, said, out_);
    } else {
        core_->send_indication(*to.where, said, chance_.chance(0.1), out_);
    }
    pump({id_, false});
}

}  // namespace conf::sim

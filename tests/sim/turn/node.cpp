#include "tests/sim/turn/node.hpp"

#include "libconf/turn/channel_data.hpp"
#include "tests/sim/turn/payload.hpp"

#include <algorithm>
#include <utility>

namespace conf::sim {
namespace {

constexpr std::uint16_t listening_port = 3478;
constexpr std::uint16_t first_relay_port = 50000;
/// Streams are numbered behind the one datagram socket.
constexpr turn::client_socket first_stream_socket = 1000;

constexpr turn::client_socket socket_of(stream_id on) noexcept {
    return first_stream_socket + on;
}

}  // namespace

turn_node::shard::shard(world& in, turn_node& owner, unsigned at)
    : index(at), timer(in.queue, [&owner, this] { owner.ring(*this); }) {}

turn_node::turn_node(world& in, unsigned number)
    : world_(in),
      number_(number),
      v4_(ip_address::v4(0x05050500 + 1 + number)),
      v6_(ip_address::parse("2a00:5::" + std::to_string(number + 1)).value()),
      host_(in.net.add_host({}, {})),
      chance_(in.fork()) {
    in.net.add_address(host_, v4_);
    in.net.add_address(host_, v6_);
    for (unsigned i = 0; i < in.how.shards; ++i) shards_.push_back(std::make_unique<shard>(in, *this, i));
}

endpoint turn_node::udp(unsigned at) const {
    return {v4_, static_cast<std::uint16_t>(listening_port + at)};
}

endpoint turn_node::tcp(unsigned at) const {
    return udp(at);
}

void turn_node::start() {
    ++incarnation_;
    draining_ = false;
    ports_ = std::make_unique<turn::port_table>(
        first_relay_port, static_cast<std::uint16_t>(first_relay_port + world_.how.ports - 1));
    quotas_ = std::make_unique<turn::plain_quota_book>();
    turn::identity fixed;
    fixed.v4 = turn::relay_interface{v4_, v4_};
    fixed.v6 = turn::relay_interface{v6_, v6_};
    fixed.nonce_key = crypto::key_from_seed(chance_.next());
    for (auto& one : shards_) {
        fixed.shard = static_cast<std::uint8_t>(one->index);
        fixed.random_key = crypto::key_from_seed(chance_.next());
        one->core = std::make_unique<turn::server>(fixed, world_.settings(v4_, v6_), *ports_, *quotas_);
        one->listening = world_.net.open(host_, udp(one->index), *this).value();
        one->icmp_without_permission = 0;
        world_.net.listen(tcp(one->index), *this);
    }
    set_clock();
}

void turn_node::stop() {
    for (auto& one : shards_) {
        world_.net.close(one->listening);
        world_.net.stop_listening(tcp(one->index));
        for (const auto& [relay, open] : one->relays) world_.net.close(open.socket);
        one->relays.clear();
        one->timer.cancel();
        one->core.reset();
    }
    relay_at_.clear();
    for (const auto& [on, connected] : std::exchange(connections_, {})) world_.net.close_stream(on, this);
    ports_.reset();
    quotas_.reset();
}

void turn_node::drain() {
    draining_ = true;
    for (auto& one : shards_) one->core->drain();
}

void turn_node::reconfigure() {
    for (auto& one : shards_) one->core->reconfigure(world_.settings(v4_, v6_));
}

void turn_node::set_clock() {
    for (auto& one : shards_) one->core->set_clock(world_.wall(), world_.now());
}

std::vector<endpoint> turn_node::open_relays() const {
    std::vector<endpoint> all;
    for (const auto& [socket, relay] : relay_at_) all.push_back(world_.net.address_of(socket));
    return all;
}

std::uint64_t turn_node::allocations() const {
    std::uint64_t sum = 0;
    for (const auto& one : shards_) sum += one->core->count().allocations;
    return sum;
}

// --- inputs

void turn_node::receive(socket_id at, const packet& in) {
    if (const auto relay = relay_at_.find(at); relay != relay_at_.end()) {
        auto& owner = *shards_[relay->second.first];
        const auto id = relay->second.second;
        step(owner, {.client = {}, .relay = id, .payload = in.data, .about = in.about},
             [&] { owner.core->handle_peer(id, in.from, in.data, world_.now(), owner.out); });
        return;
    }
    const auto owner = std::ranges::find_if(shards_, [&](const auto& one) { return one->listening == at; });
    world_.require(owner != shards_.end(), "a datagram came to a socket that nobody has");
    from_client(**owner, 0, turn::client_protocol::udp, in.from, in.data, in.about);
}

void turn_node::from_client(shard& at, turn::client_socket socket, turn::client_protocol protocol,
                            const endpoint& remote, bytes data, const label& about) {
    const input in{.client = turn::five_tuple{socket, remote}, .relay = {}, .payload = data, .about = about};
    const auto before = at.core->count();
    step(at, in, [&] {
        at.core->handle({.socket = socket, .protocol = protocol, .remote = remote, .payload = data},
                        world_.now(), at.out);
        check_one_outcome(before, at.core->count(), in);
    });
}

void turn_node::unreachable(socket_id at, const endpoint& destination) {
    const auto relay = relay_at_.find(at);
    if (relay == relay_at_.end()) return;
    auto& owner = *shards_[relay->second.first];
    const auto id = relay->second.second;
    const auto before = owner.core->count().dropped_no_permission;
    step(owner, {.client = {}, .relay = id, .payload = {}, .about = {}}, [&] {
        const auto type = destination.ip.is_v4() ? std::uint8_t{3} : std::uint8_t{1};
        owner.core->handle_icmp(id, {destination, type, 3, 0}, world_.now(), owner.out);
        // Counted like a packet, but none came.
        owner.icmp_without_permission += owner.core->count().dropped_no_permission - before;
    });
}

stream_receiver* turn_node::accept(stream_id on, const endpoint& from) {
    if (shards_.front()->core == nullptr) return nullptr;
    connections_[on] = {.shard = on % shards(), .remote = from, .buffer = {}};
    return this;
}

void turn_node::stream_bytes(stream_id on, bytes data, const label& about) {
    const auto found = connections_.find(on);
    if (found == connections_.end()) return;
    auto& from = found->second;
    from.buffer.insert(from.buffer.end(), data.begin(), data.end());
    from.tainted = from.tainted || about.tainted;
    const auto protocol = on % 2 == 0 ? turn::client_protocol::tcp : turn::client_protocol::tls;
    std::size_t at = 0;
    for (;;) {
        const auto rest = bytes(from.buffer).subspan(at);
        const auto next = turn::next_frame(rest);
        if (next.is == turn::frame::state::invalid) {
            world_.net.close_stream(on, this);
            return stream_closed(on);
        }
        if (next.is == turn::frame::state::incomplete) break;
        from_client(*shards_[from.shard], socket_of(on), protocol, from.remote, rest.first(next.bytes),
                    {about.origin, from.tainted});
        at += next.bytes;
    }
    from.buffer.erase(from.buffer.begin(), from.buffer.begin() + static_cast<std::ptrdiff_t>(at));
    if (from.buffer.empty()) from.tainted = false;
}

void turn_node::stream_closed(stream_id on) {
    const auto found = connections_.find(on);
    if (found == connections_.end()) return;
    auto& owner = *shards_[found->second.shard];
    const auto remote = found->second.remote;
    connections_.erase(found);
    step(owner, {}, [&] { owner.core->handle_client_gone(socket_of(on), remote, world_.now(), owner.out); });
}

void turn_node::ring(shard& at) {
    if (!at.core) return;
    step(at, {}, [&] { at.core->handle_timeout(world_.now(), at.out); });
    const auto next = at.core->deadline();
    world_.require(!next || *next > world_.now(), "a deadline that has just been served is still there");
}

// --- one turn of the loop

void turn_node::step(shard& at, const input& in, const std::function<void()>& call) {
    call();
    // One input causes at most one datagram or delivery.
    const bool from_somebody = in.client || in.relay;
    world_.require(at.out.transmits.size() + at.out.deliveries.size() <= (from_somebody ? 1 : 0),
                   "one input, several outputs");
    std::size_t next = 0;
    send_from(at, in, next);
    for (std::size_t i = 0; i < at.out.commands.size(); ++i) {
        const auto command = at.out.commands[i];
        carry_out(at, in, command);
    }
    send_from(at, in, next);
    world_.require(next <= (from_somebody ? 1 : 0), "one input, several answers");
    for (const auto& event : at.out.events) {
        world_.log.note(world_.now(), "turn event", static_cast<std::uint64_t>(event.what),
                        event.relayed.port, static_cast<std::uint64_t>(event.why));
        if (event.what == turn::turn_event::kind::allocated) {
            ++world_.allocations_made;
            const auto owner = world_.client_at(event.client);
            for (const auto& [relay, open] : at.relays) {
                if (open.client.remote == event.client)
                    world_.relay_belongs(world_.net.address_of(open.socket), owner);
            }
        }
    }
    const auto deliveries = at.out.deliveries;
    at.out.clear();
    check_laws(at);
    const auto late = chance_.chance(world_.healing ? 0 : world_.how.late_timers)
                          ? chance_.between(duration{1}, std::chrono::milliseconds{80})
                          : duration{};
    if (late.count() > 0) world_.faults.count(fault::late_timer);
    at.timer.set(at.core->deadline(), late);
    for (const auto& one : deliveries) {
        world_.require(one.shard < shards_.size(), "a delivery to a shard that does not exist");
        world_.require(world_.is_server_address(one.from.ip), "a delivery from nowhere");
        auto& target = *shards_[one.shard];
        std::optional<turn::relay_id> relay;
        for (const auto& [id, open] : target.relays) {
            if (world_.net.address_of(open.socket) == one.to) relay = id;
        }
        // Its payload points into the input, which still lives.
        step(target, {.client = {}, .relay = relay, .payload = one.payload, .about = in.about},
             [&] { target.core->handle_delivery(one, world_.now(), target.out); });
    }
}

void turn_node::send_from(shard& at, const input& in, std::size_t& next) {
    for (; next < at.out.transmits.size(); ++next) {
        const auto& out = at.out.transmits[next];
        if (out.via == turn::transmit::door::client) {
            send_to_client(at, in, out);
        } else {
            send_to_peer(at, in, out);
        }
    }
}

void turn_node::send_to_client(const shard& at, const input& in, const turn::transmit& out) {
    std::vector<std::byte> joined(out.head.begin(), out.head.end());
    joined.insert(joined.end(), out.body.begin(), out.body.end());
    joined.insert(joined.end(), out.padding, std::byte{0});
    const turn::five_tuple to{out.socket, out.destination};
    if (in.client) {
        world_.require(to == *in.client, "an answer went to somebody else");
    } else {
        world_.require(in.relay && at.relays.contains(*in.relay) && at.relays.at(*in.relay).client == to,
                       "a peer's data went to a client whose relay it did not come to");
    }
    if (turn::looks_like_channel_data(joined)) {
        const auto data = turn::channel_data::parse(joined);
        world_.require(data && std::ranges::equal(data->payload, in.payload),
                       "ChannelData that is not what came");
    } else {
        const auto message = stun::message::parse(joined);
        world_.require(message.has_value(), "the server sent a malformed message");
        const bool signed_answer = message->integrity_at() || message->integrity_sha256_at();
        const bool is_answer = message->type() != stun::message_class::indication;
        world_.require(!is_answer || signed_answer || joined.size() <= turn::unauthenticated_answer_bytes_max,
                       "an answer to a stranger is too long");
    }
    world_.log.note(world_.now(), "to client", number_ * 16 + at.index, out.destination.port, joined.size());
    // What a client is told because of a forged request is nobody's word.
    if (out.socket >= first_stream_socket) {
        world_.net.write(out.socket - first_stream_socket, *this, std::move(joined), in.about);
    } else {
        world_.net.send(at.listening, out.destination, std::move(joined), in.about);
    }
    if (!in.client) ++world_.packets_relayed;
}

void turn_node::send_to_peer(shard& at, const input& in, const turn::transmit& out) {
    const auto relay = at.relays.find(out.socket);
    world_.require(relay != at.relays.end(), "data left through a relay that is not open");
    world_.require(in.client && relay->second.client == *in.client,
                   "data left through somebody else's relay");
    const bool own = out.destination.ip == v4_ || out.destination.ip == v6_;
    world_.require(!own && world_.may_reach(out.destination), "data went to a denied peer");
    world_.require(out.head.empty() && out.padding == 0, "data for a peer has a head or padding");
    std::vector<std::byte> data(out.body.begin(), out.body.end());
    if (!in.about.tainted && !world_.is_attacker(in.about.origin)) {
        const auto said = read_payload(data);
        world_.require(said.has_value(), "an honest client's data was changed");
        const auto there = world_.peer_at(out.destination);
        world_.require(said->from == in.about.origin, "data of one client left as another's");
        world_.require(!there || *there == said->to, "data went to another peer than it was for");
    }
    world_.log.note(world_.now(), "to peer", number_ * 16 + at.index, out.destination.port, data.size());
    ++world_.packets_relayed;
    world_.net.send(relay->second.socket, out.destination, std::move(data), in.about);
}

void turn_node::carry_out(shard& at, const input& in, const turn::relay_command& command) {
    if (command.what == turn::relay_command::action::close) {
        const auto found = at.relays.find(command.relay);
        world_.require(found != at.relays.end(), "a relay was closed that is not open");
        relay_at_.erase(found->second.socket);
        world_.net.close(found->second.socket);
        at.relays.erase(found);
        return;
    }
    world_.require(in.client.has_value(), "a relay was opened for nobody");
    world_.require(!at.relays.contains(command.relay), "a relay was opened twice");
    if (!world_.healing && chance_.chance(world_.how.bind_failures)) {
        world_.faults.count(fault::bind_failure);
        return at.core->handle_relay_opened(command.relay, false, world_.now(), at.out);
    }
    const auto socket = world_.net.open(host_, command.bound, *this);
    world_.require(socket.has_value(), "a port was given out twice");
    at.relays[command.relay] = {*socket, *in.client};
    relay_at_[*socket] = {at.index, command.relay};
    at.core->handle_relay_opened(command.relay, true, world_.now(), at.out);
}

// --- laws

void turn_node::check_one_outcome(const turn::counters& before, const turn::counters& after,
                                  const input& in) const {
    const auto sum = [](const turn::counters& c) {
        return c.binding_requests + c.requests + c.from_clients.packets + c.dropped_unknown_protocol +
               c.dropped_malformed + c.dropped_no_allocation + c.dropped_no_channel;
    };
    const auto outcomes = sum(after) - sum(before);
    const bool binding_indication = in.payload.size() >= 2 && load_u16(in.payload, 0) == 0x0011;
    world_.require(outcomes == 1 || (outcomes == 0 && binding_indication),
                   "a datagram was not counted exactly once");
}

void turn_node::check_laws(const shard& at) const {
    const auto& c = at.core->count();
    world_.require(c.binding_requests + c.requests == c.success_responses + c.error_responses +
                                                          c.unauthenticated_responses +
                                                          c.stale_nonce_responses + c.answers_suppressed,
                   "requests and answers do not add up");
    world_.require(c.binding_responses + c.binding_errors <= c.binding_requests &&
                       c.unauthenticated_responses <= c.unauthenticated_requests &&
                       c.of_the_ended.to_peers.packets <= c.to_peers.packets &&
                       c.of_the_ended.to_clients.bytes <= c.to_clients.bytes,
                   "a part is more than the whole");
    world_.require(c.from_clients.packets + c.from_peers.packets + at.icmp_without_permission ==
                       c.to_peers.packets + c.to_clients.packets + c.dropped_no_permission +
                           c.dropped_peer_denied + c.dropped_family + c.dropped_bandwidth,
                   "packets in and out do not add up");
    world_.require(at.relays.size() >= c.allocations && at.relays.size() <= 2 * c.allocations,
                   "relays and allocations do not add up");
    std::size_t relays = 0;
    std::uint64_t all = 0;
    for (const auto& one : shards_) {
        relays += one->relays.size();
        all += one->core->count().allocations;
    }
    world_.require(ports_->in_use() == relays, "ports and relays do not add up");
    world_.require(quotas_->total() == all, "the quota book does not count what lives");
    const auto& limits = world_.how.limits;
    world_.require(limits.allocations_total == 0 || all <= limits.allocations_total, "too many allocations");
}

void turn_node::check_empty(instant later) {
    for (auto& one : shards_) {
        one->core->handle_timeout(later, one->out);
        world_.require(one->out.commands.empty() && one->out.events.empty(),
                       "an allocation outlived its lifetime");
        one->out.clear();
        world_.require(one->core->empty(), "allocations are left");
        world_.require(!one->core->deadline(), "timers are left");
        world_.require(one->relays.empty(), "relays are left");
    }
    world_.require(ports_->in_use() == 0, "ports are left");
    world_.require(quotas_->total() == 0 && quotas_->users() == 0, "quotas are left");
    crypto::keyed_random random(crypto::key_from_seed(1));
    for (const auto family : {ip_family::v4, ip_family::v6}) {
        for (std::size_t i = 0; i < ports_->size(); ++i) {
            world_.require(ports_->take(family, turn::port_parity::any, 0, random).has_value(),
                           "a port is not free");
        }
    }
}

}  // namespace conf::sim

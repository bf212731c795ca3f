#include "tests/sim/turn/world.hpp"

#include "libconf/turn/credentials.hpp"
#include "tests/sim/turn/citizens.hpp"
#include "tests/sim/turn/node.hpp"
#include "tests/sim/turn/participant.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sim {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr instant beginning{hours{1}};
constexpr unix_time wall_at_zero{seconds{1'800'000'000}};
constexpr std::size_t captures_max = 64;

}  // namespace

world::world(const profile& made_as, std::uint64_t seed)
    : net(queue, log, faults, dice(seed ^ 0x6E6574)), how(made_as), chance_(seed) {
    queue.run_next(beginning);
    net.icmp_chance = how.icmp;
    net.short_reads = how.short_reads;
}

world::~world() = default;

void world::fail(const std::string& what) const {
    throw failure(fmt::format("{} (at {:.6f} s, event {})", what,
                              static_cast<double>(now().time_since_epoch().count()) / 1e6, log.events()));
}

path world::weather(dice& chance) const {
    const auto part = [&] { return static_cast<double>(chance.below(101)) / 100; };
    auto drawn = how.worst;
    drawn.delay = chance.between(milliseconds{1}, milliseconds{60});
    drawn.jitter = duration(static_cast<duration::rep>(static_cast<double>(drawn.jitter.count()) * part()));
    for (auto* rate : {&drawn.loss, &drawn.burst_begin, &drawn.duplicate, &drawn.corrupt, &drawn.reorder})
        *rate *= part();
    return drawn;
}

unix_time world::wall() const {
    return wall_at_zero + std::chrono::floor<seconds>(now().time_since_epoch() + wall_offset_);
}

world::credential world::new_credential(std::string_view user) const {
    auto name = fmt::format("{}:{}", (wall() + seconds{600}).time_since_epoch().count(), user);
    auto password = turn::rest_password(portal_secret_, name);
    return {std::move(name), std::move(password)};
}

turn::settings world::settings(const ip_address& v4, const ip_address& v6) const {
    turn::settings made;
    made.realm = "sim.example";
    made.secrets = server_secrets_;
    made.users = {{"fixed", "a fixed user's password"}};
    made.policy.mode = how.policy;
    made.policy.own = {v4, v6};
    for (const auto& echo : echoes_) made.policy.sfu.push_back({echo->where().ip, echo->where().port});
    if (how.policy == turn_peer_policy::deny_list) made.policy.sfu.clear();
    made.limits = how.limits;
    if (nodes_.size() > 1) {
        const bool first = v4 == nodes_.front()->v4();
        made.alternate_server = nodes_[first ? 1 : 0]->udp(0);
    }
    return made;
}

actor_id world::client_at(const endpoint& at) const {
    const auto found = client_at_.find(at);
    return found == client_at_.end() ? 0 : found->second;
}

bool world::owned(const endpoint& relayed, actor_id who) const {
    const auto found = relay_owners_.find(relayed);
    return found != relay_owners_.end() && found->second.contains(who);
}

std::optional<actor_id> world::peer_at(const endpoint& at) const {
    const auto found = echo_at_.find(at);
    if (found == echo_at_.end()) return std::nullopt;
    return found->second;
}

bool world::may_reach(const endpoint& peer) const {
    if (peer.port == 0) return false;
    if (how.policy == turn_peer_policy::sfu_only) return echo_at_.contains(peer);
    const auto raw = peer.ip.raw();
    const auto first = load_u16(raw, 0);
    if (peer.ip.is_v6()) {
        const bool global = first >> 13 == 1 && first != 0x2002 && first >> 4 != 0x3FF;
        return global && !(first == 0x2001 && (load_u16(raw, 2) < 0x200 || load_u16(raw, 2) == 0xDB8));
    }
    const auto a = first >> 8;
    const auto b = first & 0xFF;
    const bool inside = a == 0 || a == 10 || a == 127 || (a == 172 && b / 16 == 1) ||
                        (a == 192 && b == 168) || (a == 169 && b == 254) || (a == 100 && b / 64 == 1) ||
                        (a == 198 && b / 2 == 9);
    return !inside && a < 224;
}

void world::capture(const endpoint& from, const endpoint& to, const std::vector<std::byte>& data) {
    if (captures_.size() < captures_max) {
        captures_.push_back({from, to, data});
    } else {
        captures_[next_capture_++ % captures_max] = {from, to, data};
    }
}

// --- the run

outcome world::run() {
    settle_in();
    schedule_trouble();
    run_until(now() + how.faults_last);
    heal();
    run_until(now() + how.patience);
    await_health();
    farewell();
    return {log.hash(), log.events(), faults, recovery_, packets_relayed, allocations_made};
}

void world::run_until(instant until) {
    while (queue.run_next(until)) {}
}

void world::settle_in() {
    for (unsigned i = 0; i < how.nodes; ++i) {
        nodes_.push_back(std::make_unique<turn_node>(*this, i));
        server_addresses_.insert(nodes_.back()->v4());
        server_addresses_.insert(nodes_.back()->v6());
    }
    for (unsigned i = 0; i < how.echoes; ++i) {
        const auto id = first_echo + i;
        const auto port = static_cast<std::uint16_t>(4000 + i);
        // Every third speaks IPv6; two share an address.
        const auto at = i % 3 == 2 ? endpoint{ip_address::parse(fmt::format("2620:fe::{}", i)).value(), port}
                                   : endpoint{ip_address::v4(0x09090900 + i / 2), port};
        echoes_.push_back(std::make_unique<echo_peer>(*this, id, at));
        echo_at_[at] = id;
    }
    for (auto& node : nodes_) node->start();
    for (unsigned i = 0; i < how.participants; ++i) {
        auto made = std::make_unique<participant>(*this, first_participant + i);
        const auto peers = chance_.between(1, 3);
        for (std::uint64_t p = 0; p < peers; ++p) {
            const auto& echo = echoes_[chance_.below(echoes_.size())];
            made->add_echo(echo->id(), echo->where());
        }
        participants_.push_back(std::move(made));
    }
    if (how.pairs && how.policy == turn_peer_policy::deny_list) {
        for (std::size_t i = 0; i + 1 < participants_.size(); i += 2) {
            participants_[i]->add_friend(*participants_[i + 1]);
            participants_[i + 1]->add_friend(*participants_[i]);
        }
    }
    for (auto& one : participants_) {
        queue.after(chance_.between(duration{}, seconds{2}), [joining = one.get()] { joining->join(); });
    }
    for (unsigned i = 0; i < how.attackers; ++i) {
        attackers_.push_back(std::make_unique<attacker>(*this, first_attacker + i));
        attackers_.back()->start();
    }
    for (const auto& one : participants_) all_hosts_.push_back(one->host());
    for (const auto& one : echoes_) all_hosts_.push_back(one->host());
}

void world::schedule_trouble() {
    queue.after(chance_.between(milliseconds{300}, how.ping_pause_max * 10), [this] {
        if (healing) return;
        make_trouble();
        schedule_trouble();
    });
}

void world::make_trouble() {
    auto& somebody = *participants_[chance_.below(participants_.size())];
    auto& node = *nodes_[chance_.below(nodes_.size())];
    switch (chance_.below(9)) {
        case 0:
        case 1:
            if (how.partitions) partition(all_hosts_[chance_.below(all_hosts_.size())]);
            break;
        case 2:
            if (how.rebinds) somebody.rebind();
            break;
        case 3:
            if (how.stream_resets) somebody.reset_stream();
            break;
        case 4:
            if (how.rotations) rotate_secret();
            break;
        case 5:
            if (how.clock_steps) step_clock();
            break;
        case 6:
            if (!how.restarts || !chance_.chance(0.5)) break;
            faults.count(fault::restart);
            log.note(now(), "restart", node.number());
            node.stop();
            node.start();
            break;
        case 7:
            if (!how.drains || node.draining()) break;
            faults.count(fault::drain);
            log.note(now(), "drain", node.number());
            node.drain();
            break;
        default: break;
    }
}

void world::partition(host_id host) {
    const auto which = chance_.below(3);
    faults.count(which == 0   ? fault::partition_up
                 : which == 1 ? fault::partition_down
                              : fault::partition_both);
    log.note(now(), "partition", host, which);
    if (which != 1) net.up(host).blocked = true;
    if (which != 0) net.down(host).blocked = true;
    queue.after(chance_.between(milliseconds{200}, seconds{12}), [this, host] {
        net.up(host).blocked = net.down(host).blocked = false;
        net.flush_streams();
    });
}

void world::rotate_secret() {
    if (rotating_) return;
    rotating_ = true;
    faults.count(fault::secret_rotation);
    const auto fresh = fmt::format("secret {}", ++rotations_);
    log.note(now(), "rotates", rotations_);
    // First every server knows the new one, then it is used, then the old one goes.
    server_secrets_.push_back(fresh);
    for (auto& node : nodes_) node->reconfigure();
    queue.after(seconds{1}, [this, fresh] { portal_secret_ = fresh; });
    queue.after(chance_.between(seconds{2}, seconds{10}), [this, fresh] {
        server_secrets_ = {fresh};
        for (auto& node : nodes_) node->reconfigure();
        rotating_ = false;
    });
}

void world::step_clock() {
    static constexpr std::array<duration, 6> steps{seconds{1}, -seconds{1}, hours{1},
                                                   -hours{1},  hours{24},   -hours{24}};
    faults.count(fault::clock_step);
    wall_offset_ += steps[chance_.below(steps.size())];
    log.note(now(), "clock steps", static_cast<std::uint64_t>(wall_offset_.count()));
    for (auto& node : nodes_) node->set_clock();
}

void world::heal() {
    healing = true;
    log.note(now(), "heals");
    for (auto& one : attackers_) one->stop();
    for (const auto host : all_hosts_) {
        for (auto* way : {&net.up(host), &net.down(host)}) {
            path clean;
            clean.delay = way->delay;
            *way = clean;
        }
    }
    net.icmp_chance = 0;
    net.short_reads = 0;
    net.flush_streams();
    // An operator who drains a server starts another one in its place in the end.
    for (auto& node : nodes_) {
        if (!node->draining()) continue;
        node->stop();
        node->start();
    }
}

void world::await_health() {
    const auto from = now();
    const auto limit = from + liveness_limit;
    const auto well = [&] {
        return std::ranges::all_of(participants_, [&](const auto& p) { return p->well_since(from); });
    };
    auto next_look = from;
    while (now() < limit) {
        next_look += milliseconds{250};
        run_until(next_look);
        if (!well()) continue;
        recovery_ = now() - from;
        return;
    }
    std::string states;
    for (const auto& one : participants_) {
        if (!one->well_since(from)) states += "\n  " + one->state();
    }
    fail("somebody is not well 30 s after the last fault:" + states);
}

void world::farewell() {
    for (auto& one : participants_) one->leave();
    run_until(now() + seconds{5});
    for (auto& one : participants_) one->hang_up();
    // Whoever left without a word is forgotten when the longest lifetime is over.
    run_until(now() + turn::allocation_lifetime_max + seconds{1});
    for (auto& node : nodes_) {
        log.note(now(), "empty", node->number(), node->allocations());
        node->check_empty(now());
    }
}

}  // namespace conf::sim

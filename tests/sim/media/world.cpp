#include "tests/sim/media/world.hpp"

#include "tests/sim/certain_openssl.hpp"
#include "tests/sim/media/attacker.hpp"
#include "tests/sim/media/node.hpp"
#include "tests/sim/media/player.hpp"
#include "tests/sim/media/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sim::media {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr instant beginning{std::chrono::hours{1}};
constexpr std::size_t captures_max = 64;
constexpr duration http_patience = seconds{10};
constexpr std::chrono::sys_seconds calendar{seconds{1'800'000'000}};

/// The same in every process, whatever seeds it runs.
dtls::certificate certificate_from(std::uint64_t seed) {
    seed_openssl(seed);
    return dtls::certificate::generate(calendar);
}

}  // namespace

const dtls::context& server_dtls() {
    static const dtls::context made(certificate_from(0x736572766572));
    return made;
}

const dtls::context& client_dtls(srtp::profile only) {
    static const auto own = certificate_from(0x636C69656E74);
    static const std::map<srtp::profile, dtls::context> all = [] {
        std::map<srtp::profile, dtls::context> made;
        for (const auto which : dtls::context::default_profiles())
            made.emplace(which, dtls::context(own, std::vector{which}));
        return made;
    }();
    return all.at(only);
}

world::world(const profile& made_as, std::uint64_t seed)
    : net(queue, log, faults, dice(seed ^ 0x6E6574)), how(made_as), chance_(seed) {
    static_cast<void>(server_dtls());
    static_cast<void>(client_dtls(srtp::profile::aead_aes_128_gcm));
    seed_openssl(seed ^ 0x73736C);
    queue.run_next(beginning);
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

bool world::loses_nothing() const {
    const auto& worst = how.worst;
    return worst.loss + worst.burst_begin + worst.corrupt + worst.reorder <= 0 &&
           worst.jitter == duration{} && !how.partitions && !how.rebinds && !how.restarts && !how.returns &&
           !how.takeovers && !pool_too_small();
}

duration world::way_max() const {
    return milliseconds{60 + 1 + 10 + 60} + how.worst.jitter + milliseconds{100};
}

void world::capture(const endpoint& from, const std::vector<std::byte>& data) {
    if (captures_.size() < captures_max) {
        captures_.push_back({from, data});
    } else {
        captures_[next_capture_++ % captures_max] = {from, data};
    }
}

publisher* world::publisher_of(std::uint32_t origin) const {
    const auto id = origin >> 16;
    if (id < first_publisher || id - first_publisher >= publishers_.size()) return nullptr;
    return publishers_[id - first_publisher].get();
}

/// TCP: what is lost comes later, and where nothing passes for long it is given up. The answer may be lost
/// when the request was served already.
void world::ask(host_id from, std::function<reply()> serve, std::function<void(const reply&)> done) {
    const auto until = now() + http_patience;
    struct trip {
        world& in;
        host_id host;
        instant until;
        std::function<reply()> serve;
        std::function<void(const reply&)> done;
        std::optional<reply> got;

        static void go(const std::shared_ptr<trip>& one) {
            auto& in = one->in;
            if (in.now() >= one->until) return one->done(reply{});
            const bool blocked = one->got ? in.net.down(one->host).blocked : in.net.up(one->host).blocked;
            if (blocked) return in.queue.after(milliseconds{400}, [one] { go(one); });
            const auto delay = (one->got ? in.net.down(one->host) : in.net.up(one->host)).delay;
            in.queue.after(delay + in.chance_.between(milliseconds{1}, milliseconds{30}), [one] {
                if (one->got) return one->done(*one->got);
                one->got = one->serve();
                go(one);
            });
        }
    };
    trip::go(std::make_shared<trip>(trip{*this, from, until, std::move(serve), std::move(done), {}}));
}

// --- the run

outcome world::run() {
    settle_in();
    schedule_trouble();
    run_until(now() + how.faults_last);
    heal();
    await_health();
    stay_quiet();
    farewell();
    return {.hash = log.hash(),
            .events = log.events(),
            .faults = faults,
            .recovery = recovery_,
            .packets_played = packets_played,
            .sessions = server_->sessions(),
            .measured_packets = measured_packets,
            .measured_missing = measured_missing};
}

void world::run_until(instant until) {
    while (queue.run_next(until)) {}
}

void world::settle_in() {
    server_ = std::make_unique<node>(*this);
    server_->start();
    for (unsigned r = 0; r < how.rooms; ++r) {
        const auto room = fmt::format("room {}", r);
        for (unsigned i = 0; i < how.publishers; ++i) {
            const auto id = first_publisher + static_cast<actor_id>(publishers_.size());
            // The same names in both rooms: they must not meet.
            publishers_.push_back(
                std::make_unique<publisher>(*this, id, room, fmt::format("publisher {}", i)));
        }
        for (unsigned i = 0; i < how.players; ++i) {
            const auto id = first_player + static_cast<actor_id>(players_.size());
            sfu::publisher_filter wants;
            const auto one = fmt::format("publisher {}", chance_.below(how.publishers));
            if (chance_.chance(0.15)) wants.except = one;
            const bool lies = how.hostile_insider && i == 0;
            players_.push_back(
                std::make_unique<player>(*this, id, room, how.publishers, std::move(wants), lies));
        }
    }
    const auto join_soon = [&](client& who) {
        queue.after(chance_.between(duration{}, seconds{2}), [&who] { who.join(); });
    };
    for (auto& one : publishers_) join_soon(*one);
    for (auto& one : players_) join_soon(*one);
    for (unsigned i = 0; i < how.attackers; ++i) {
        attackers_.push_back(std::make_unique<attacker>(*this, first_attacker + i));
        attackers_.back()->start();
    }
}

client& world::somebody() {
    const auto drawn = chance_.below(publishers_.size() + players_.size());
    if (drawn < publishers_.size()) return *publishers_[drawn];
    return *players_[drawn - publishers_.size()];
}

player& world::some_player() {
    return *players_[chance_.below(players_.size())];
}

void world::schedule_trouble() {
    queue.after(chance_.between(milliseconds{200}, milliseconds{1500}), [this] {
        if (healing) return;
        make_trouble();
        schedule_trouble();
    });
}

void world::make_trouble() {
    auto& one = somebody();
    switch (chance_.below(9)) {
        case 0:
            if (how.partitions) partition(one.host());
            break;
        case 1:
            if (how.rebinds) one.rebind();
            break;
        case 2:
            if (how.restarts_of_ice) one.restart_ice();
            break;
        case 3:
            if (how.returns) come_back(one);
            break;
        case 4:
            if (how.takeovers) publishers_[chance_.below(publishers_.size())]->reload();
            break;
        case 5:
            if (!how.storms || !chance_.chance(0.5)) break;
            faults.count(fault::key_frame_storm);
            log.note(now(), "storm");
            for (auto& each : players_) each->join();
            break;
        case 6:
        case 7:
            if (how.owner_acts) act_as_owner();
            break;
        default:
            if (!how.restarts || !chance_.chance(0.3)) break;
            faults.count(fault::restart);
            log.note(now(), "restart");
            server_->stop();
            server_->start();
    }
}

void world::come_back(client& who) {
    if (who.gone()) return;
    faults.count(fault::comes_back);
    log.note(now(), "goes", who.id());
    if (chance_.chance(how.abandons)) {
        faults.count(fault::abandon);
        who.hang_up();
    } else {
        who.leave();
    }
    queue.after(chance_.between(milliseconds{50}, seconds{4}), [&who] {
        if (who.gone()) who.join();
    });
}

void world::act_as_owner() {
    faults.count(fault::owner_act);
    const auto& one = some_player();
    const auto room = fmt::format("room {}", chance_.below(how.rooms));
    const auto name = fmt::format("publisher {}", chance_.below(how.publishers));
    const auto what = chance_.below(8);
    log.note(now(), "owner", what, one.id());
    using rule = sfu::forward_rule;
    const rule drawn{chance_.chance(0.5) ? rule::kind::only_named : rule::kind::all_but_named, {name}};
    switch (what) {
        case 0: return server_->set_rule(room, chance_.chance(0.5) ? drawn : rule{});
        case 1:
            return server_->set_rule(one.tag(), chance_.chance(0.5) ? std::optional(drawn) : std::nullopt);
        case 2:
        case 3: return server_->hold(one.tag(), chance_.below(2 * how.publishers), chance_.chance(0.4));
        case 4:
        case 5:
            return server_->want_height(one.tag(), chance_.below(2 * how.publishers),
                                        static_cast<std::uint16_t>(chance_.below(800)));
        case 6: return server_->remove(somebody().tag());
        default:
            if (chance_.chance(0.3)) server_->close_room(room);
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
    queue.after(chance_.between(milliseconds{200}, seconds{9}),
                [this, host] { net.up(host).blocked = net.down(host).blocked = false; });
}

void world::heal() {
    healing = true;
    log.note(now(), "heals");
    for (auto& one : attackers_) one->stop();
    const auto clean = [&](host_id host) {
        for (auto* way : {&net.up(host), &net.down(host)}) {
            path made;
            made.delay = way->delay;
            *way = made;
        }
    };
    for (auto& one : publishers_) clean(one->host());
    for (auto& one : players_) clean(one->host());
    server_->forgive();
}

void world::await_health() {
    // Packets that left before may still arrive.
    const auto from = now() + way_max();
    const auto worse = [&](instant since) {
        return !std::ranges::all_of(players_, [&](const auto& one) { return one->well_since(since); }) ||
               !std::ranges::all_of(publishers_, [&](const auto& one) { return one->well_since(since); });
    };
    const auto some_paused = [&] {
        return !pool_too_small() &&
               std::ranges::any_of(players_, [&](const auto& one) { return server_->is_paused(one->tag()); });
    };
    for (auto next_look = from;; next_look += milliseconds{250}) {
        run_until(next_look);
        const bool bad = worse(from);
        if (!bad && recovery_ == duration{}) recovery_ = std::max(now() - from, duration{1});
        if (!bad && !some_paused()) return;
        if (now() - from < (bad ? liveness_limit : paused_limit)) continue;
        if (!bad) fail("a video is still paused long after the last loss");
        std::string states;
        for (const auto& one : publishers_) {
            if (!one->well_since(from)) states += "\n  " + one->state();
        }
        for (const auto& one : players_) {
            if (!one->well_since(from)) states += "\n  " + one->state();
        }
        fail("somebody is not well 30 s after the last fault:" + states);
    }
}

/// Nothing is lost any more, so nothing may be missing.
void world::stay_quiet() {
    run_until(now() + seconds{1});
    if (pool_too_small()) return;
    for (auto& one : players_) one->begin_quiet();
    run_until(now() + milliseconds{1500});
    for (auto& one : players_) one->end_quiet();
}

void world::farewell() {
    for (auto& one : players_) one->count_repairs();
    const auto go = [&](client& who) {
        if (chance_.chance(0.6)) return who.leave();
        who.hang_up();
    };
    for (auto& one : publishers_) go(*one);
    for (auto& one : players_) go(*one);
    // Whoever left without a word is forgotten when consent has expired, or the time for a handshake.
    run_until(now() + seconds{45});
    server_->check_empty();
}

}  // namespace conf::sim::media

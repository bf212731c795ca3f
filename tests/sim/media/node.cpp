#include "tests/sim/media/node.hpp"

#include "libconf/ice/lite_agent.hpp"
#include "libconf/rtp/packet.hpp"
#include "tests/sim/certain_openssl.hpp"
#include "tests/sim/media/content.hpp"
#include "tests/sim/media/publisher.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace conf::sim::media {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t datagram_bytes_max = 1500;

}  // namespace

bool node::kept_rule::permits(const std::string& name, instant at, duration grace) const {
    const auto allowed = [&](const std::optional<sfu::forward_rule>& rule) {
        return !rule || rule->permits(name);
    };
    return allowed(now) || (at - changed < grace && allowed(before));
}

void node::kept_rule::change(std::optional<sfu::forward_rule> to, instant at) {
    before = std::exchange(now, std::move(to));
    changed = at;
}

node::node(world& in)
    : world_(in),
      chance_(in.fork()),
      host_(in.net.add_host({.delay = milliseconds{1}}, {.delay = milliseconds{1}})),
      at_{1, {ip_address::v4(0xCB007107), 40'000}},
      gather_(chance_.chance(0.5) ? microseconds{0} : chance_.between(microseconds{1}, milliseconds{2})),
      protector_(srtp::make_evp_protector()),
      timer_(in.queue, [this] { ring(); }) {
    in.net.add_address(host_, at_.remote.ip);
}

void node::start() {
    const sdp::candidate here{.foundation = "1",
                              .component = 1,
                              .transport = sdp::candidate_transport::udp,
                              .priority = 2130706431,
                              .ip = at_.remote.ip,
                              .name = {},
                              .port = at_.remote.port,
                              .type = sdp::candidate_type::host,
                              .tcp = {}};
    core_ = std::make_unique<engine::media_engine>(
        engine::setup{.shard = static_cast<std::uint8_t>(chance_.below(64)),
                      .dtls = server_dtls(),
                      .protector = *protector_,
                      .candidates = {here},
                      .capabilities = {},
                      .limits = {},
                      .key = crypto::key_from_seed(chance_.next()),
                      .wall_at_zero = seconds{1'800'000'000},
                      .packet_slots = world_.how.packet_slots});
    socket_ = world_.net.open(host_, at_.remote, *this).value();
    datagrams_ = answers_ = media_out_ = 0;
    if (chance_.chance(0.3))
        static_cast<void>(core_->add_tap({.room = "room 0", .publisher = {}}, world_.now()));
    for (auto& [room, rule] : rules_) {
        if (rule.now) core_->set_rule(room, *rule.now, world_.now());
    }
}

void node::stop() {
    world_.net.close(*socket_);
    socket_.reset();
    timer_.cancel();
    sessions_ += core_->count().opened;
    out_.clear();
    core_.reset();
    live_.clear();
    by_number_.clear();
    verified_.clear();
    paused_.clear();
}

// --- HTTP

reply node::opened(sdp::outcome<engine::opened, sdp::refusal> made, const std::string& room,
                   std::uint32_t as) {
    if (!made) {
        settle(nullptr);
        return {.status = made.error().status, .session = {}, .etag = {}, .body = made.error().message()};
    }
    live_[as] = {.who = made->who, .room = room, .held = {}, .rule = {}};
    by_number_[made->who.number] = as;
    settle(nullptr);
    return {.status = 201, .session = made->session, .etag = made->etag, .body = made->answer};
}

reply node::publish(const std::string& room, const std::string& name, const std::string& offer,
                    engine::takeover how, std::uint32_t as) {
    set_openssl_clock(world_.now());
    return opened(core_->publish(room, name, offer, world_.now(), out_, how), room, as);
}

reply node::play(const std::string& room, const sfu::publisher_filter& wants, const std::string& offer,
                 std::uint32_t as) {
    set_openssl_clock(world_.now());
    return opened(core_->play(room, wants, offer, world_.now(), out_), room, as);
}

reply node::patch(const std::string& session, const std::string& text) {
    auto made = core_->patch(session, "*", text, world_.now(), out_);
    settle(nullptr);
    return {.status = made.status, .session = session, .etag = made.etag, .body = made.body};
}

reply node::close(const std::string& session) {
    set_openssl_clock(world_.now());
    const bool was = core_->close(session, world_.now(), out_);
    settle(nullptr);
    return {.status = was ? 200 : 404, .session = {}, .etag = {}, .body = {}};
}

// --- the owner

void node::set_rule(const std::string& room, const sfu::forward_rule& rule) {
    rules_[room].change(rule, world_.now());
    core_->set_rule(room, rule, world_.now());
    settle(nullptr);
}

void node::set_rule(std::uint32_t player, const std::optional<sfu::forward_rule>& rule) {
    const auto found = live_.find(player);
    if (found == live_.end()) return;
    found->second.rule.change(rule, world_.now());
    world_.require(core_->set_rule(found->second.who, rule, world_.now()), "a player's rule was refused");
    settle(nullptr);
}

void node::hold(std::uint32_t player, std::size_t section, bool held) {
    const auto found = live_.find(player);
    if (found == live_.end()) return;
    if (!core_->hold(found->second.who, section, held, world_.now())) return;
    if (held) {
        found->second.held.insert(section);
    } else {
        found->second.held.erase(section);
    }
    settle(nullptr);
}

void node::want_height(std::uint32_t player, std::size_t section, std::uint16_t height) {
    const auto found = live_.find(player);
    if (found == live_.end()) return;
    static_cast<void>(core_->want_height(found->second.who, section, height, world_.now()));
    settle(nullptr);
}

void node::remove(std::uint32_t who) {
    const auto found = live_.find(who);
    if (found == live_.end()) return;
    set_openssl_clock(world_.now());
    world_.require(core_->remove(found->second.who, world_.now(), out_),
                   "somebody who is here was not removed");
    settle(nullptr);
    world_.require(!live_.contains(who), "somebody was removed and is still here");
}

void node::close_room(const std::string& room) {
    set_openssl_clock(world_.now());
    static_cast<void>(core_->close_room(room, world_.now(), out_));
    settle(nullptr);
    world_.require(std::ranges::none_of(live_, [&](const auto& one) { return one.second.room == room; }),
                   "a room was closed and somebody is still in it");
}

void node::forgive() {
    for (auto& [room, rule] : rules_) {
        if (rule.now) set_rule(room, sfu::forward_rule{});
    }
    for (auto& [tag, one] : live_) {
        if (one.rule.now) set_rule(tag, std::nullopt);
        for (const auto section : std::set(one.held)) hold(tag, section, false);
        static_cast<void>(core_->want_height(one.who, 1, 0, world_.now()));
    }
    settle(nullptr);
}

bool node::permits(std::uint32_t player, const std::string& room, const std::string& publisher) const {
    const auto grace = world_.way_max();
    const auto found = live_.find(player);
    if (found == live_.end()) return true;  // it has just gone
    const auto& own = found->second.rule;
    const bool by_own = own.permits(publisher, world_.now(), grace);
    const auto of_room = rules_.find(room);
    const bool by_room = of_room == rules_.end() || of_room->second.permits(publisher, world_.now(), grace);
    // An own rule stands instead of the room's.
    const bool fresh = world_.now() - own.changed < grace;
    if (fresh) return by_own || by_room;
    return own.now ? by_own : by_room;
}

// --- datagrams and time

void node::receive(socket_id, const packet& in) {
    ++datagrams_;
    set_openssl_clock(world_.now());
    if (!in.about.tainted && !in.data.empty() && load_u8(in.data, 0) <= 3 && live_.contains(in.about.origin))
        verified_[in.from] = in.about.origin;
    const auto path = verified_.find(in.from);
    const bool known = path != verified_.end() && live_.contains(path->second);
    const auto before = core_->count();
    auto copy = in.data;
    core_->handle({at_.socket, in.from}, copy, world_.now(), out_);
    if (!known && !in.data.empty() && load_u8(in.data, 0) > 3) check_not_taken(before);
    settle(&in);
}

/// SEC-ICE-3, SEC-DTLS-1: from where no check came, nothing is even decrypted.
void node::check_not_taken(const engine::counters& before) const {
    const auto tried = [](const engine::counters& count) {
        return count.dtls_in + count.rtp_in + count.rtcp_in + count.not_connected + count.too_many_ssrcs +
               count.forged + count.replayed;
    };
    world_.require(tried(core_->count()) == tried(before), "a datagram from where no check came was taken");
}

void node::ring() {
    if (!core_) return;
    set_openssl_clock(world_.now());
    core_->handle_timeout(world_.now(), out_);
    const auto next = core_->deadline();
    world_.require(!next || *next > world_.now(), "time stands still: a deadline stays due");
    settle(nullptr);
}

void node::settle(const packet* asked) {
    send_all(asked);
    take_events();
    out_.clear();
    check_laws();
    flush_later();
    duration late{};
    if (!world_.healing && chance_.chance(world_.how.late_timers)) {
        world_.faults.count(fault::late_timer);
        late = chance_.between(milliseconds{1}, milliseconds{40});
    }
    timer_.set(core_->deadline(), late);
}

void node::flush_later() {
    if (flushing_) return;
    flushing_ = true;
    world_.queue.after(gather_, [this] {
        flushing_ = false;
        if (!core_) return;
        core_->flush(out_);
        world_.require(core_->pending() == 0, "packets wait behind a flush");
        send_all(nullptr);
        take_events();
        take_taps();
        out_.clear();
        check_laws();
    });
}

void node::send_all(const packet* asked) {
    std::size_t answers = 0;
    for (const auto& one : out_.transmits) {
        const auto& to = one.to.remote;
        world_.require(!one.data.empty() && one.data.size() <= datagram_bytes_max, "a datagram of no use");
        const auto first = load_u8(one.data, 0);
        if (first <= 3) {
            world_.require(asked != nullptr && asked->from == to && ++answers == 1 &&
                               one.data.size() <= ice::lite_agent::answer_bytes_max,
                           "a STUN message that nobody asked for");
            ++answers_;
        } else {
            const auto path = verified_.find(to);
            world_.require(path != verified_.end(), "something was sent to where no check came from");
            world_.require(live_.contains(path->second), "a packet of a session that has ended");
            if (first >= 128) ++media_out_;
        }
        world_.net.send(*socket_, to, {one.data.begin(), one.data.end()}, {origin, false});
    }
    out_.transmits.clear();
}

void node::take_events() {
    for (const auto& one : out_.events) {
        const auto found = by_number_.find(one.number);
        const auto tag = found == by_number_.end() ? 0 : found->second;
        world_.log.note(
            world_.now(), "event", static_cast<std::uint64_t>(one.what), tag,
            one.media ? static_cast<std::uint64_t>(one.media->what) : static_cast<std::uint64_t>(one.why));
        if (one.what == engine::event_kind::left) {
            world_.require(tag != 0, "somebody left who was never here");
            live_.erase(tag);
            std::erase_if(paused_, [&](const auto& each) { return each.first == tag; });
            by_number_.erase(found);
        } else if (one.media && one.media->what == sfu::event_kind::video_paused) {
            paused_.emplace(tag, one.media->section);
        } else if (one.media && one.media->what == sfu::event_kind::video_resumed) {
            paused_.erase({tag, one.media->section});
        }
    }
    out_.events.clear();
}

void node::take_taps() {
    for (const auto& one : out_.tapped) {
        const bool audio = one.of->media.kind == sdp::media_kind::audio;
        const auto payload = one.what->view.payload();
        const auto said = read_content(payload.subspan(std::min(payload.size(), audio ? 0 : vp8_head_bytes)));
        world_.require(said.has_value(), "a tap hears what nobody said");
        const auto* const by = world_.publisher_of(said->origin);
        world_.require(by != nullptr && by->name() == one.of->publisher && by->room() == one.of->room,
                       "a tap hears somebody under another name");
        const auto name =
            std::uint64_t{said->origin} << 32 | std::uint64_t{said->stream} << 24 | said->number;
        world_.require(tapped_.insert(name).second, "a tap hears a packet twice");
    }
    out_.tapped.clear();
}

void node::check_laws() const {
    const auto& count = core_->count();
    const auto taken = count.checks_answered + count.dtls_in + count.rtp_in + count.rtcp_in;
    const auto dropped = count.unknown_protocol + count.malformed + count.not_a_check + count.unknown_ufrag +
                         count.forged_check + count.path_taken + count.unknown_path + count.not_connected +
                         count.too_many_ssrcs + count.forged + count.replayed;
    world_.require(taken + dropped == datagrams_, "a datagram ended in no counter, or in two");
    world_.require(count.checks_answered == answers_, "answers and their counter differ");
    world_.require(count.packets_out == media_out_, "packets sent and their counter differ");
    const auto left = std::accumulate(count.left.begin(), count.left.end(), std::uint64_t{0});
    const auto here = core_->now_here();
    world_.require(count.opened - left == here.transports && here.transports == live_.size(),
                   "sessions and their counters differ");
    world_.require(here.connected <= here.transports && here.publishers <= here.transports,
                   "there is more than there can be");
    world_.require(
        here.paths <= ice::lite_agent::paths_max * here.transports && here.ufrags <= 2 * here.transports,
        "paths or fragments are left over");
    world_.require(core_->packets_kept() <= world_.how.packet_slots, "the pool holds more than its slots");
}

void node::check_empty() {
    const auto here = core_->now_here();
    world_.require(here.rooms == 0 && here.transports == 0 && here.connected == 0 && here.publishers == 0,
                   "somebody is still here after everybody left");
    world_.require(here.paths == 0 && here.ufrags == 0, "a path or a fragment outlived its session");
    world_.require(core_->packets_kept() == 0, "a packet outlived its room");
    const auto media = core_->media();
    const auto& count = core_->count();
    world_.require(
        media.packets_in <= count.rtp_in && media.packets_in + media.unknown_stream >= count.rtp_in,
        "packets were lost between engine and rooms");
    world_.require(media.packets_out <= count.packets_out + count.not_sent,
                   "packets were lost between rooms and sockets");
    world_.require(media.repaired <= media.nack_sent, "more was repaired than was asked for");
    sessions_ += count.opened;
}

}  // namespace conf::sim::media

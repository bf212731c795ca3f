#include "libconf/engine/media_engine.hpp"

#include "libconf/base/check.hpp"
#include "libconf/base/hash.hpp"
#include "libconf/engine/room.hpp"
#include "libconf/rtp/packet.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace conf::engine {
namespace {

/// A fragment of our length as one number; never 0, since no ice-char is.
std::uint64_t number_of(std::string_view ufrag) noexcept {
    static_assert(ice::ufrag_bytes == sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, ufrag.data(), sizeof number);
    return number;
}

sfu::counters sum(const sfu::counters& a, const sfu::counters& b) noexcept {
    static_assert(std::is_trivially_copyable_v<sfu::counters> && sizeof a % sizeof(std::uint64_t) == 0);
    using numbers = std::array<std::uint64_t, sizeof a / sizeof(std::uint64_t)>;
    auto total = std::bit_cast<numbers>(a);
    const auto more = std::bit_cast<numbers>(b);
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];
    return std::bit_cast<sfu::counters>(total);
}

sdp::fingerprint to_sdp(const dtls::fingerprint& from) {
    return {sdp::hash_function::sha256, {from.digest().begin(), from.digest().end()}};
}

// RFC 7983 §7.
constexpr bool is_stun(std::uint8_t first) noexcept {
    return first <= 3;
}
constexpr bool is_dtls(std::uint8_t first) noexcept {
    return first >= 20 && first <= 63;
}
constexpr bool is_media(std::uint8_t first) noexcept {
    return first >= 128 && first <= 191;
}

}  // namespace

media_engine::media_engine(setup with)
    : with_(std::move(with)),
      random_(with_.key),
      certificate_(to_sdp(with_.dtls.own().fingerprint_with(dtls::hash_function::sha256))),
      hash_seed_(random_()),
      pool_(with_.packet_slots) {
    with_.limits.transports = std::min(with_.limits.transports, transports_max);
}

media_engine::~media_engine() = default;

// Tables.

media_engine::seat* media_engine::find(transport_id id) const noexcept {
    const auto place = id & 0xFFFF;
    if (place >= slots_.size() || slots_[place].generation != id >> 16) return nullptr;
    return slots_[place].taken.get();
}

media_engine::seat* media_engine::find_session(std::string_view name) const {
    const auto found = sessions_.find(name);
    return found == sessions_.end() ? nullptr : find(found->second);
}

media_engine::seat* media_engine::find_ufrag(std::string_view ufrag) noexcept {
    if (ufrag.size() != ice::ufrag_bytes) return nullptr;
    const auto number = number_of(ufrag);
    const auto* const found = by_ufrag_.find(mix(number, hash_seed_), number);
    return found == nullptr ? nullptr : find(*found);
}

std::uint64_t media_engine::hash(const ice::path& at) const noexcept {
    return hash_of(at.remote, hash_seed_ + at.socket);
}

media_engine::seat* media_engine::find_path(const ice::path& at) noexcept {
    const auto* const found = by_path_.find(hash(at), at);
    return found == nullptr ? nullptr : find(*found);
}

/// Makes the table say what the agent says: one fragment, or two during a restart.
void media_engine::list_ufrags(seat& of) {
    decltype(of.ufrags) wanted{};
    std::size_t used = 0;
    of.transport.agent().for_each_ufrag([&](std::string_view one) { wanted.at(used++) = number_of(one); });
    if (wanted == of.ufrags) return;
    for (const auto old : of.ufrags) {
        if (old != 0 && std::ranges::find(wanted, old) == wanted.end()) {
            by_ufrag_.erase(mix(old, hash_seed_), old);
        }
    }
    for (const auto now : wanted) {
        if (now != 0 && std::ranges::find(of.ufrags, now) == of.ufrags.end()) {
            by_ufrag_.insert(mix(now, hash_seed_), now, of.id);
        }
    }
    of.ufrags = wanted;
}

/// SEC-ICE-3: who is connected over a path keeps it, whatever comes from there with the address of a packet
/// forged: another transport's checks take only what nobody sends to.
bool media_engine::claim(const ice::path& wanted, seat& by) {
    if (auto* const holder = find_path(wanted)) {
        if (holder == &by) return true;
        if (holder->transport.connected() && holder->transport.agent().selected() == wanted) return false;
        holder->transport.agent().remove(wanted);
        list_egress(*holder);
        by_path_.erase(hash(wanted), wanted);
    }
    by_path_.insert(hash(wanted), wanted, by.id);
    return true;
}

// Datagrams.

void media_engine::handle(const ice::path& from, mutable_bytes datagram, instant now, outputs& out) {
    now_ = now;
    if (datagram.size() > datagram_bytes_max) {
        ++count_.too_long;
        return;
    }
    const auto first = datagram.empty() ? std::uint8_t{255} : load_u8(datagram, 0);
    if (is_media(first)) return handle_media(from, datagram, now, out);
    if (is_stun(first)) return handle_check(from, datagram, now, out);
    if (is_dtls(first)) return handle_dtls(from, datagram, now, out);
    ++count_.unknown_protocol;
}

void media_engine::handle_check(const ice::path& from, bytes datagram, instant now, outputs& out) {
    using verdict = ice::lite_agent::verdict;
    const auto check = stun::message::parse(datagram);
    if (!check) {
        ++count_.malformed;
        return;
    }
    const auto ufrag = ice::local_ufrag_of(*check);
    if (!ufrag) {
        ++count_.not_a_check;
        return;
    }
    auto* const to = find_ufrag(*ufrag);
    if (to == nullptr) {
        ++count_.unknown_ufrag;  // SEC-ICE-7: this is all that a flood costs
        return;
    }
    auto& agent = to->transport.agent();
    const auto room = out.memory.take(ice::lite_agent::answer_bytes_max);
    const auto told = agent.handle(*check, from, now, room);
    out.memory.shrink_last(room.size() - told.answer.size());
    switch (told.verdict) {
        case verdict::not_a_check: ++count_.not_a_check; return;
        case verdict::not_ours: ++count_.unknown_ufrag; return;
        case verdict::forged: ++count_.forged_check; return;
        case verdict::answered:
        case verdict::unknown_attributes: break;
    }
    if (told.dropped) {
        ++count_.paths_pushed_out;
        by_path_.erase(hash(*told.dropped), *told.dropped);
    }
    if (told.new_path && !claim(from, *to)) {
        agent.remove(from);
        list_egress(*to);
        out.memory.shrink_last(told.answer.size());
        ++count_.path_taken;
        return;
    }
    ++count_.checks_answered;
    list_egress(*to);
    to->transport.heard(now);
    out.transmits.push_back({from, told.answer});
    list_ufrags(*to);
    arm(*to);
}

void media_engine::handle_dtls(const ice::path& from, bytes datagram, instant now, outputs& out) {
    auto* const to = find_path(from);
    if (to == nullptr) {
        ++count_.unknown_path;
        return;
    }
    ++count_.dtls_in;
    if (!to->transport.has_begun() && handshakes_ >= with_.limits.handshakes) {
        ++count_.handshakes_put_off;
        return;
    }
    take_step(*to, to->transport.handle_dtls(datagram, now, dtls_out_), now, out);
}

/// Sends what the step made, and follows it.
void media_engine::take_step(seat& of, const media_transport::step& step, instant now, outputs& out) {
    send_dtls(of, out);
    count_handshake(of);
    if (step.why != departure::none) return leave(of, step.why, now, out);
    if (step.connected) {
        ++count_.connected;
        ++connected_;
        list_egress(of);
        out.events.push_back(event_of(of, event_kind::connected));
        out.events.back().profile = of.transport.profile();
        of.in->router.on_connected(of.id, now);
        touch(*of.in);
    }
    arm(of);
}

/// Call it when its path or its keys may have changed.
void media_engine::list_egress(const seat& of) noexcept {
    auto& one = egress_[of.id & 0xFFFF];
    const auto* const path = of.transport.path();
    if (path == nullptr || !of.transport.connected()) {
        one = {.id = of.id};
        return;
    }
    one = {.id = of.id,
           .tag_bytes = static_cast<std::uint32_t>(of.transport.tag_bytes()),
           .key = &of.transport.key(),
           .to = *path};
}

void media_engine::count_handshake(seat& of) noexcept {
    count_.handshake_records_refused += of.transport.take_refused_records();
    const bool now = of.transport.has_begun() && !of.transport.connected();
    if (std::exchange(of.shakes_hands, now) == now) return;
    now ? ++handshakes_ : --handshakes_;
}

void media_engine::send_dtls(const seat& from, outputs& out) {
    if (const auto* const path = from.transport.path()) {
        dtls_out_.for_each_datagram([&](bytes one) { out.send(*path, one); });
    }
    dtls_out_.clear();
}

void media_engine::handle_media(const ice::path& from, mutable_bytes datagram, instant now, outputs& out) {
    auto* const sender = find_path(from);
    if (sender == nullptr) {
        ++count_.unknown_path;
        return;
    }
    if (!sender->transport.connected()) {
        ++count_.not_connected;
        return;
    }
    using verdict = media_transport::verdict;
    const bool is_rtcp = rtp::is_rtcp(datagram);
    switch (is_rtcp ? sender->transport.unprotect_rtcp(datagram)
                    : sender->transport.unprotect_rtp(datagram)) {
        case verdict::good: break;
        case verdict::malformed: ++count_.malformed; return;
        case verdict::forged: ++count_.forged; return;
        case verdict::replayed: ++count_.replayed; return;
        case verdict::too_many_ssrcs: ++count_.too_many_ssrcs; return;
    }
    sender->transport.heard(now);
    auto& in = *sender->in;
    if (is_rtcp) {
        ++count_.rtcp_in;
        in.router.handle_rtcp(sender->id, datagram, now, pending_);
    } else {
        ++count_.rtp_in;
        const auto before = pending_.pinned.size();
        in.router.handle_rtp(sender->id, datagram, now, pending_);
        if (!sender->taps.empty()) tell_taps(*sender, before, out);
    }
    touch(in);
}

void media_engine::handle_path_closed(const ice::path& gone) {
    auto* const of = find_path(gone);
    if (of == nullptr) return;
    of->transport.agent().remove(gone);
    list_egress(*of);
    by_path_.erase(hash(gone), gone);
}

// Time.

void media_engine::arm(seat& one) {
    timers_.arm(one.timer, one.transport.deadline(), {one.id, false});
}

void media_engine::touch(room_entry& one) {
    if (std::exchange(one.touched, true)) return;
    touched_rooms_.push_back(one.number);
}

/// A router's deadline is looked up once a turn, not with each packet.
void media_engine::settle() {
    for (const auto number : touched_rooms_) {
        const auto found = rooms_by_number_.find(number);
        if (found == rooms_by_number_.end()) continue;
        auto& one = *found->second;
        one.touched = false;
        timers_.arm(one.timer, one.router.deadline(), {number, true});
    }
    touched_rooms_.clear();
}

std::optional<instant> media_engine::deadline() {
    settle();
    return timers_.next();
}

void media_engine::handle_timeout(instant now, outputs& out) {
    now_ = now;
    settle();
    due_.clear();
    timers_.take_due(now, due_);
    for (const auto& [at, owner] : due_) {
        if (owner.is_room) {
            const auto found = rooms_by_number_.find(owner.id);
            if (found == rooms_by_number_.end() || !timer_heap<timer_owner>::fires(found->second->timer, at))
                continue;
            auto& router = found->second->router;
            if (const auto due = router.deadline(); due && *due <= now) router.handle_timeout(now, pending_);
            touch(*found->second);
        } else {
            auto* const one = find(owner.id);
            if (one == nullptr || !timer_heap<timer_owner>::fires(one->timer, at)) continue;
            if (one->transport.deadline() > now) {
                arm(*one);
                continue;
            }
            const auto step = one->transport.handle_timeout(now, dtls_out_);
            list_ufrags(*one);
            list_egress(*one);
            take_step(*one, step, now, out);
        }
    }
}

// Sessions' ends.

void media_engine::leave(seat& one, departure why, instant now, outputs& out) {
    flush_events(out);  // what it did before
    if (auto* const gone = one.in->router.find_publisher(one.id)) {
        for (std::size_t section = 0; section < gone->tracks().size(); ++section) {
            if (!gone->tracks()[section]->started()) continue;
            out.events.push_back(event_of(one, event_kind::media));
            out.events.back().media =
                sfu::event{sfu::event_kind::track_ended, one.id, static_cast<std::uint16_t>(section), 0};
            out.events.back().track = one.tracks[section];
        }
    }
    out.events.push_back(event_of(one, event_kind::left));
    out.events.back().why = why;
    out.events.back().alone = one.in->members.size() == 1;
    ++count_.left.at(static_cast<std::size_t>(why));
    auto& in = *one.in;
    // Who takes over gets its subscribers, too.
    if (why != departure::taken_over) in.router.remove(one.id, now);
    std::erase(in.members, one.id);
    if (one.publishes_as) {
        --in.publishers;
        --publishers_;
    }
    if (one.transport.connected()) --connected_;
    if (one.shakes_hands) --handshakes_;
    if (one.receives != nullptr) receiver_lost(*one.receives, why, out);
    if (one.publishes_as) plan_later(in);
    touch(in);
    for (const auto& path : one.transport.agent().paths()) by_path_.erase(hash(path), path);
    for (const auto ufrag : one.ufrags) {
        if (ufrag != 0) by_ufrag_.erase(mix(ufrag, hash_seed_), ufrag);
    }
    sessions_.erase(one.session);
    const auto place = static_cast<std::uint16_t>(one.id & 0xFFFF);
    auto& freed = slots_[place];
    freed.taken.reset();
    egress_[place] = {};
    if (++freed.generation == 0) freed.generation = 1;  // no transport's number is 0
    free_slots_.push_back(place);
    leave_empty_room(in);
}

void media_engine::leave_empty_room(room_entry& in) {
    if (!in.members.empty() || !in.receivers.empty()) return;
    of_rooms_gone_ = sum(of_rooms_gone_, in.router.count());
    rooms_by_number_.erase(in.number);
    rooms_.erase(rooms_.find(in.name));
}

/// Precondition: whoever takes over is a member of the room already, and will be a publisher of its router.
void media_engine::hand_over(seat& from, instant now, outputs& out) {
    from.transport.close(dtls_out_);  // if it is still there after all
    send_dtls(from, out);
    leave(from, departure::taken_over, now, out);
}

bool media_engine::close(std::string_view session, instant now, outputs& out) {
    auto* const one = find_session(session);
    if (one == nullptr) return false;
    one->transport.close(dtls_out_);
    send_dtls(*one, out);
    leave(*one, departure::closed, now, out);
    return true;
}

std::size_t media_engine::close_room(std::string_view name, instant now, outputs& out) {
    const auto found = rooms_.find(name);
    if (found == rooms_.end()) return 0;
    const auto members = found->second->members;
    for (const auto id : members) {
        auto& one = *find(id);
        one.transport.close(dtls_out_);
        send_dtls(one, out);
        leave(one, departure::room_closed, now, out);
    }
    return members.size();
}

void media_engine::limit_rates(const sfu::publisher_rates& rates) noexcept {
    with_.limits.rates = rates;
    for (const auto& [name, one] : rooms_) one->router.set_rates(rates);
}

// What goes out.

void media_engine::flush(outputs& out) {
    plan_rooms(out);
    flush_rtp(out);
    flush_rtcp(out);
    flush_events(out);
    plan_rooms(out);  // of tracks that have just started
    pending_.clear();
}

void media_engine::flush_rtp(outputs& out) {
    jobs_.clear();
    for (const auto& one : pending_.packets) {
        const auto& to = egress_[one.to & 0xFFFF];
        const auto payload =
            one.shared == nullptr ? bytes() : bytes(one.shared->data).subspan(one.from, one.size);
        const auto size = std::size_t{one.head} + payload.size() + to.tag_bytes;
        if (to.id != one.to || to.key == nullptr || !media_transport::may_protect(one.index) ||
            size > arena::chunk_bytes) {
            ++count_.not_sent;
            continue;
        }
        const auto room = out.memory.take(size);
        const auto head = pending_.head_of(one);
        jobs_.push_back(
            {to.key, head.first(one.clear), head.subspan(one.clear), payload, one.index, room.data()});
        out.transmits.push_back({to.to, room});
    }
    count_.packets_out += jobs_.size();
    with_.protector.protect(jobs_);
}

void media_engine::flush_rtcp(outputs& out) {
    for (const auto& one : pending_.rtcp) {
        auto* const to = find(one.to);
        const auto* const path = to == nullptr ? nullptr : to->transport.path();
        const auto room_bytes = std::size_t{one.size} + srtp::session::rtcp_overhead_max;
        if (path == nullptr || !to->transport.connected() || room_bytes > arena::chunk_bytes) {
            ++count_.not_sent;
            continue;
        }
        const auto room = out.memory.take(room_bytes);
        std::ranges::copy(pending_.data_of(one), room.begin());
        std::size_t size = one.size;
        if (!to->transport.protect_rtcp(room, size)) {
            out.memory.shrink_last(room.size());
            ++count_.not_sent;
            continue;
        }
        out.memory.shrink_last(room.size() - size);
        ++count_.packets_out;
        out.transmits.push_back({*path, room.first(size)});
    }
}

void media_engine::flush_events(outputs& out) {
    for (const auto& one : pending_.events) {
        auto* const of = find(one.transport);
        if (of == nullptr) continue;
        out.events.push_back(event_of(*of, event_kind::media));
        out.events.back().media = one;
        // Each layer of simulcast starts; the track does so once.
        if (one.what == sfu::event_kind::track_started && !of->started.at(one.section)) {
            of->started[one.section] = true;
            out.events.back().track = of->tracks[one.section];
            plan_later(*of->in);
        }
    }
    pending_.events.clear();
}

event media_engine::event_of(const seat& of, event_kind what) const {
    return {.what = what,
            .transport = of.id,
            .room = of.in->name,
            .publishes_as = of.publishes_as,
            .number = of.number};
}

// What there is.

census media_engine::now_here() const noexcept {
    return {.rooms = rooms_.size(),
            .transports = sessions_.size(),
            .publishers = publishers_,
            .connected = connected_,
            .paths = by_path_.size(),
            .ufrags = by_ufrag_.size()};
}

sfu::counters media_engine::media() const noexcept {
    auto total = of_rooms_gone_;
    for (const auto& [name, one] : rooms_) total = sum(total, one->router.count());
    return total;
}

bool media_engine::has_publisher(std::string_view room, std::string_view name) const {
    const auto found = rooms_.find(room);
    return found != rooms_.end() && found->second->router.has_publisher(name);
}

}  // namespace conf::engine

// What the program that runs the server asks of the engine: what there is, rules, taps.
#include "libconf/engine/room.hpp"
#include "libconf/sfu/publisher.hpp"

#include <algorithm>
#include <utility>

namespace conf::engine {

// Names.

media_engine::seat* media_engine::find(seat_ref who) const noexcept {
    auto* const found = find(who.transport);
    return found != nullptr && found->number == who.number ? found : nullptr;
}

media_engine::seat* media_engine::find_player(seat_ref who) const noexcept {
    auto* const found = find(who);
    return found != nullptr && !found->publishes_as ? found : nullptr;
}

// What there is.

seat_view media_engine::view_of(const seat& one) const {
    return {.who = {one.id, one.number},
            .room = one.in->name,
            .publishes_as = one.publishes_as,
            .connected = one.transport.connected()};
}

std::optional<room_view> media_engine::find_room(std::string_view name) const {
    const auto found = rooms_.find(name);
    if (found == rooms_.end()) return std::nullopt;
    const auto& one = *found->second;
    room_view view{.name = one.name,
                   .participants = one.members.size(),
                   .publishers = one.publishers,
                   .speaker = std::nullopt};
    if (const auto who = one.router.speaker()) {
        if (const auto* const speaks = find(*who)) view.speaker = speaks->publishes_as;
    }
    return view;
}

std::vector<room_view> media_engine::rooms() const {
    std::vector<room_view> all;
    all.reserve(rooms_.size());
    for (const auto& [name, one] : rooms_) all.push_back(*find_room(name));
    return all;
}

std::vector<seat_view> media_engine::participants(std::string_view room) const {
    std::vector<seat_view> all;
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return all;
    for (const auto id : found->second->members) all.push_back(view_of(*find(id)));
    return all;
}

std::optional<seat_view> media_engine::find_participant(seat_ref who) const {
    const auto* const found = find(who);
    return found == nullptr ? std::nullopt : std::optional(view_of(*found));
}

std::vector<track_view> media_engine::tracks(seat_ref who, instant now) const {
    std::vector<track_view> all;
    const auto* const of = find(who);
    auto* const media = of == nullptr ? nullptr : of->in->router.find_publisher(of->id);
    if (media == nullptr) return all;
    for (const auto& facts : of->tracks) {
        const auto& track = *media->tracks()[facts->section];
        track_view made{.facts = facts, .started = track.started(), .layers = {}};
        track.for_each_stream([&](const sfu::incoming_stream& stream) {
            const auto& rids = facts->media.rids;
            made.layers.push_back({.rid = stream.layer() < rids.size() ? rids[stream.layer()] : "",
                                   .height = stream.height(),
                                   .bits_per_second = stream.bits_per_second(),
                                   .active = stream.is_active(now)});
        });
        all.push_back(std::move(made));
    }
    return all;
}

// What is to change.

std::optional<patched> media_engine::restart(seat_ref who, std::string_view fragment, instant now,
                                             outputs& out) {
    const auto* const of = find(who);
    if (of == nullptr) return std::nullopt;
    return patch(of->session, "*", fragment, now, out);
}

bool media_engine::remove(seat_ref who, instant now, outputs& out) {
    auto* const one = find(who);
    if (one == nullptr) return false;
    one->transport.close(dtls_out_);
    send_dtls(*one, out);
    leave(*one, departure::removed, now, out);
    return true;
}

bool media_engine::want_key_frame(seat_ref publisher, std::size_t section, instant now) {
    const auto* const of = find(publisher);
    auto* const media = of == nullptr ? nullptr : of->in->router.find_publisher(of->id);
    if (media == nullptr || section >= media->tracks().size()) return false;
    auto& track = *media->tracks()[section];
    if (!track.is_video()) return true;  // every packet of sound is one
    for (std::size_t layer = 0; layer < track.layers_max(); ++layer) track.want_key_frame(layer, now);
    touch(*of->in);
    return true;
}

bool media_engine::want_height(seat_ref player, std::size_t section, std::uint16_t height, instant now) {
    const auto* const of = find_player(player);
    if (of == nullptr || section >= of->in->router.find_subscriber(of->id)->sections()) return false;
    of->in->router.want_height(of->id, section, height, now);
    touch(*of->in);
    return true;
}

bool media_engine::hold(seat_ref player, std::size_t section, bool held, instant now) {
    const auto* const of = find_player(player);
    if (of == nullptr || section >= of->in->router.find_subscriber(of->id)->sections()) return false;
    of->in->router.hold(of->id, section, held, now);
    touch(*of->in);
    return true;
}

bool media_engine::set_rule(seat_ref player, std::optional<sfu::forward_rule> rule, instant now) {
    const auto* const of = find_player(player);
    if (of == nullptr) return false;
    of->in->router.set_rule(of->id, std::move(rule), now);
    touch(*of->in);
    return true;
}

void media_engine::set_rule(std::string_view room, sfu::forward_rule rule, instant now) {
    if (rule.which == sfu::forward_rule::kind::everybody) {
        if (const auto kept = rules_.find(room); kept != rules_.end()) rules_.erase(kept);
    } else {
        rules_[std::string(room)] = rule;
    }
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    found->second->router.set_rule(std::move(rule), now);
    touch(*found->second);
}

// Taps.

std::uint32_t media_engine::add_tap(tap_filter filter, instant now) {
    while (next_tap_ == 0 || std::ranges::find(taps_, next_tap_, &tap::id) != taps_.end()) ++next_tap_;
    const auto& made = taps_.emplace_back(tap{next_tap_++, std::move(filter)});
    if (const auto found = rooms_.find(made.filter.room); found != rooms_.end()) {
        for (const auto id : found->second->members) connect_taps(*find(id), now);
    }
    return made.id;
}

void media_engine::remove_tap(std::uint32_t id, instant now) {
    const auto gone = std::ranges::find(taps_, id, &tap::id);
    if (gone == taps_.end()) return;
    const auto room = gone->filter.room;
    taps_.erase(gone);
    if (const auto found = rooms_.find(room); found != rooms_.end()) {
        for (const auto member : found->second->members) connect_taps(*find(member), now);
    }
}

/// Lists the taps that hear this publisher; tracks that somebody hears are repaired like others.
void media_engine::connect_taps(seat& of, instant now) {
    auto* const media = of.in->router.find_publisher(of.id);
    if (media == nullptr) return;
    const auto before = of.taps.size();
    of.taps.clear();
    for (const auto& one : taps_) {
        const auto& wanted = one.filter;
        if (wanted.room != of.in->name || (wanted.publisher && *wanted.publisher != *of.publishes_as))
            continue;
        of.taps.push_back({one.id, wanted.kind});
    }
    for (const auto& facts : of.tracks) {
        auto& track = *media->tracks()[facts->section];
        track.tapped = std::ranges::any_of(
            of.taps, [&](const auto& one) { return !one.kind || *one.kind == facts->media.kind; });
        if (track.tapped && of.taps.size() > before)
            (void)want_key_frame({of.id, of.number}, facts->section, now);
    }
}

/// All that the router took of one datagram: one packet, or none.
void media_engine::tell_taps(const seat& from, std::size_t first, outputs& out) const {
    for (auto i = first; i < pending_.pinned.size(); ++i) {
        const auto& what = pending_.pinned[i];
        const auto& facts = from.tracks[what->section];
        for (const auto& one : from.taps) {
            if (!one.kind || *one.kind == facts->media.kind) out.tapped.push_back({one.id, what, facts});
        }
    }
}

}  // namespace conf::engine

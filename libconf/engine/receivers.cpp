// Calls: one transport on which somebody sends in several sections, and one on which he receives what the
// engine offers him.
#include "libconf/base/check.hpp"
#include "libconf/engine/room.hpp"
#include "libconf/engine/session_names.hpp"
#include "libconf/sdp/names.hpp"
#include "libconf/sdp/offer.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/write.hpp"
#include "libconf/sfu/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace conf::engine {
namespace {

constexpr std::string_view no_fingerprint = "a=fingerprint that can be checked is required";

}  // namespace

// Sending.

media_engine::seat* media_engine::find_sender(std::string_view room, std::string_view name) const {
    const auto found = rooms_.find(room);
    auto* const one = found == rooms_.end() ? nullptr : find_publisher(*found->second, name);
    return one != nullptr && one->calls ? one : nullptr;
}

bool media_engine::sends(std::string_view room, std::string_view name) const {
    return find_sender(room, name) != nullptr;
}

sdp::outcome<std::string, sdp::refusal> media_engine::send(
    std::string_view room, std::string_view name, std::string_view offer,
    const std::vector<std::pair<std::string, std::string>>& labels, const std::vector<std::string>& open,
    instant now, outputs& out) {
    now_ = now;
    const auto refused = [&](sdp::refusal why) {
        ++count_.refused;
        return why;
    };
    const auto parsed = sdp::parse(offer);
    if (!parsed) return refused(sdp::to_refusal(parsed.error()));
    const auto server = make_server_parameters();
    auto both = sdp::answer_sender(*parsed, with_.capabilities, server, sender_sections_max);
    if (!both) return refused(both.error());
    auto expected = to_dtls(both->remote.fingerprints);
    if (expected.empty()) return refused(refusal_of(422, std::string(no_fingerprint)));

    auto* const before = find_sender(room, name);
    if (before != nullptr && before->fingerprints == both->remote.fingerprints) {
        std::string answer;
        if (auto why = send_again(*before, *parsed, now, answer)) return refused(*std::move(why));
        return answer;
    }
    request asked{.room = room, .publishes_as = std::string(name), .wants = {}, .offer = offer};
    asked.how = takeover::at_once;
    if (auto why = refuse(asked, now)) return refused(*std::move(why));
    auto& in = enter_room(room);
    auto media = both->media;
    auto& made = make_seat(in, server, *std::move(both), std::move(expected), std::string(name), now);
    made.calls = true;
    for (auto& facts : made.tracks) {
        const auto label =
            std::ranges::find(labels, facts->media.mid, &std::pair<std::string, std::string>::first);
        if (label == labels.end()) continue;
        auto named = *facts;
        named.label = label->second;
        facts = std::make_shared<const track_facts>(std::move(named));
    }
    // Not handed over: his sections are others than those of the transport before, and each has its label.
    if (asked.replaces != nullptr) {
        asked.replaces->transport.close(dtls_out_);
        send_dtls(*asked.replaces, out);
        leave(*asked.replaces, departure::removed, now, out);
    }
    in.router.add_publisher(made.id, *made.publishes_as, std::move(media), now);
    for (const auto& facts : made.tracks) {
        const bool on = std::ranges::find(open, facts->label) != open.end();
        in.router.open_track(made.id, facts->section, on, now);
    }
    connect_taps(made, now);
    plan_later(in);
    touch(in);
    ++count_.opened;
    out.events.push_back(event_of(made, event_kind::joined));
    out.events.back().alone = in.members.size() == 1;
    return sdp::write(made.agreed.answer);
}

/// RFC 8829 §5.3.1: the same transport; what its sections carry stays as it was agreed.
std::optional<sdp::refusal> media_engine::send_again(seat& of, const sdp::session& offer, instant now,
                                                     std::string& answer) {
    auto server = of.server;
    ++server.session_version;
    auto both = sdp::answer_sender(offer, with_.capabilities, server, sender_sections_max);
    if (!both) return both.error();
    if (auto changed = sdp::changed_meaning(of.agreed, *both)) return changed;
    const auto same = [](const sdp::negotiated_media& a, const sdp::negotiated_media& b) {
        return a.mid == b.mid && a.kind == b.kind && a.rids == b.rids;
    };
    if (!std::ranges::equal(of.agreed.media, both->media, same)) {
        return refusal_of(422, "the sections are not those of the offer before; make a new transport");
    }
    if (both->remote.ice.ufrag != of.remote_ufrag) {
        ++count_.restarts;
        const auto ours = make_credentials();
        server.ufrag = ours.ufrag;
        server.pwd = ours.pwd;
        both = sdp::answer_sender(offer, with_.capabilities, server, sender_sections_max);
        if (!both) return both.error();
        of.transport.agent().restart(ours, both->remote.ice.ufrag, now);
        of.remote_ufrag = both->remote.ice.ufrag;
        list_ufrags(of);
        arm(of);
    }
    of.server = std::move(server);
    answer = sdp::write(both->answer);
    return std::nullopt;
}

bool media_engine::open_track(std::string_view room, std::string_view name, std::string_view label, bool open,
                              instant now) {
    now_ = now;
    auto* const of = find_sender(room, name);
    if (of == nullptr) return false;
    bool found = false;
    for (const auto& facts : of->tracks) {
        if (facts->label != label) continue;
        of->in->router.open_track(of->id, facts->section, open, now);
        found = true;
    }
    plan_later(*of->in);
    touch(*of->in);
    return found;
}

bool media_engine::stop_sending(std::string_view room, std::string_view name, instant now, outputs& out) {
    now_ = now;
    auto* const of = find_sender(room, name);
    return of != nullptr && remove({of->id, of->number}, now, out);
}

// Receiving: what is asked for.

media_engine::receiver* media_engine::find_receiver(std::string_view room, std::string_view name) const {
    const auto in = rooms_.find(room);
    if (in == rooms_.end()) return nullptr;
    const auto found = in->second->receivers.find(name);
    return found == in->second->receivers.end() ? nullptr : found->second.get();
}

bool media_engine::receives(std::string_view room, std::string_view name) const {
    const auto* const one = find_receiver(room, name);
    return one != nullptr && one->at != nullptr;
}

void media_engine::add_receiver(std::string_view room, std::string_view name, instant now) {
    now_ = now;
    auto& in = enter_room(room);
    const auto [at, fresh] = in.receivers.try_emplace(std::string(name));
    if (!fresh) return;
    at->second = std::make_unique<receiver>();
    at->second->name = name;
    at->second->cname = make_etag(random_);
    at->second->server = make_server_parameters();
    plan_later(in);
}

void media_engine::remove_receiver(std::string_view room, std::string_view name, instant now, outputs& out) {
    now_ = now;
    auto* const one = find_receiver(room, name);
    if (one == nullptr) return;
    auto& in = *rooms_.find(room)->second;
    const auto kept = std::move(in.receivers.find(name)->second);
    auto* const at = one->at;
    if (at != nullptr) at->receives = nullptr;
    in.receivers.erase(in.receivers.find(name));
    if (at == nullptr) return leave_empty_room(in);
    at->transport.close(dtls_out_);
    send_dtls(*at, out);
    leave(*at, departure::removed, now, out);
}

void media_engine::set_wishes(std::string_view room, std::string_view name, std::vector<wish> wishes,
                              instant now) {
    now_ = now;
    auto* const one = find_receiver(room, name);
    if (one == nullptr) return;
    one->wishes = std::move(wishes);
    plan_later(*rooms_.find(room)->second);
}

void media_engine::restart_receiver(std::string_view room, std::string_view name, instant now) {
    now_ = now;
    auto* const one = find_receiver(room, name);
    if (one == nullptr) return;
    one->wants_restart = true;
    plan_later(*rooms_.find(room)->second);
}

void media_engine::reset_receiver(std::string_view room, std::string_view name, instant now, outputs& out) {
    now_ = now;
    auto* const one = find_receiver(room, name);
    if (one == nullptr) return;
    auto& in = *rooms_.find(room)->second;
    if (auto* const at = std::exchange(one->at, nullptr)) {
        at->receives = nullptr;  // its end is no news
        at->transport.close(dtls_out_);
        send_dtls(*at, out);
        leave(*at, departure::removed, now, out);
    }
    one->places.clear();
    one->told.clear();
    one->offered = 0;
    one->offer_open = false;
    one->wants_restart = false;
    one->server = make_server_parameters();
    plan_later(in);
}

void media_engine::repeat_receiver(std::string_view room, std::string_view name, outputs& out) {
    auto* const one = find_receiver(room, name);
    if (one == nullptr) return;
    receiver_news told{.what = one->offer_open ? receiver_news::kind::offer : receiver_news::kind::tracks,
                       .room = std::string(room),
                       .receiver = one->name,
                       .number = one->number,
                       .sdp = one->offer_open ? sdp::write(one->offer) : std::string(),
                       .tracks = one->told,
                       .why = {}};
    out.receivers.push_back(std::move(told));
}

std::optional<sdp::refusal> media_engine::take_answer(std::string_view room, std::string_view name,
                                                      std::uint64_t number, std::string_view answer,
                                                      instant now, outputs& out) {
    now_ = now;
    auto* const to = find_receiver(room, name);
    if (to == nullptr || !to->offer_open || number != to->number)
        return refusal_of(409, "there is no open offer of that number");
    auto& in = *rooms_.find(room)->second;
    const auto parsed = sdp::parse(answer);
    if (!parsed) return sdp::to_refusal(parsed.error());
    std::vector<sdp::offered_section> sections;
    for (std::size_t i = 0; i < to->offered; ++i) sections.push_back(to->places[i].offered);
    auto both = sdp::read_answer(*parsed, to->offer, with_.capabilities, to->server, sections);
    if (!both) return both.error();
    auto expected = to_dtls(both->remote.fingerprints);
    if (expected.empty()) return refusal_of(422, std::string(no_fingerprint));

    if (to->at == nullptr) {
        request asked{.room = room, .publishes_as = {}, .wants = {}, .offer = {}};
        if (auto why = refuse(asked, now)) return why;
        auto media = both->media;
        auto& made = make_seat(in, to->server, *std::move(both), std::move(expected), std::nullopt, now);
        made.agreed = {};
        made.receives = to;
        to->at = &made;
        std::vector<sdp::sent_stream> sent;
        for (const auto& one : sections) sent.push_back(one.sent);
        in.router.add_subscriber(made.id, {.only = {}, .except = {}, .by_hand = true}, std::move(media),
                                 std::move(sent), now);
        ++count_.opened;
        out.events.push_back(event_of(made, event_kind::joined));
        out.events.back().alone = in.members.size() == 1;
    } else {
        auto& at = *to->at;
        if (at.fingerprints != both->remote.fingerprints)
            return refusal_of(422,
                              "a=fingerprint is another one; ask for a new transport with receive.reset");
        if (both->remote.ice.ufrag != at.remote_ufrag) {
            ++count_.restarts;
            at.transport.agent().restart({to->server.ufrag, to->server.pwd}, both->remote.ice.ufrag, now);
            at.remote_ufrag = both->remote.ice.ufrag;
            list_ufrags(at);
            arm(at);
        }
        std::vector<sdp::negotiated_media> media;
        std::vector<sdp::sent_stream> sent;
        for (std::size_t i = 0; i < to->offered; ++i) {
            if (to->places[i].live) continue;
            media.push_back(std::move(both->media[i]));
            sent.push_back(sections[i].sent);
        }
        in.router.add_sections(at.id, std::move(media), std::move(sent), now);
    }
    for (std::size_t i = 0; i < to->offered; ++i) to->places[i].live = true;
    to->offer_open = false;
    plan_later(in);
    touch(in);
    return std::nullopt;
}

// Receiving: who gets which section.

void media_engine::plan_later(room_entry& in) {
    if (in.receivers.empty() || std::exchange(in.replans, true)) return;
    rooms_to_plan_.push_back(in.number);
}

void media_engine::plan_rooms(outputs& out) {
    for (const auto number : rooms_to_plan_) {
        const auto found = rooms_by_number_.find(number);
        if (found == rooms_by_number_.end()) continue;
        auto& in = *found->second;
        in.replans = false;
        for (auto& [name, to] : in.receivers) plan(in, *to, out);
        touch(in);
    }
    rooms_to_plan_.clear();
}

namespace {

/// Room for a third more than there is, so that a room that fills does not negotiate with each who comes.
std::size_t with_room_to_grow(std::size_t wanted) {
    return std::clamp(wanted + wanted / 3, receiver_sections_first, receiver_sections_max);
}

}  // namespace

void media_engine::plan(room_entry& in, receiver& to, outputs& out) {
    struct wanted {
        transport_id from = 0;
        std::uint16_t track = 0;
        sdp::media_kind kind{};
        std::uint16_t height = 0;
        bool placed = false;
    };
    std::vector<wanted> all;
    for (const auto id : in.members) {
        const auto* const one = find(id);
        if (!one->calls || one->publishes_as == to.name) continue;
        for (const auto& facts : one->tracks) {
            if (facts->media.kind == sdp::media_kind::audio && one->started[facts->section])
                all.push_back({id, facts->section, sdp::media_kind::audio});
        }
    }
    for (const auto& each : to.wishes) {
        const auto* const one = find_publisher(in, each.publisher);
        if (one == nullptr || !one->calls) continue;
        auto* const media = in.router.find_publisher(one->id);
        for (const auto& facts : one->tracks) {
            if (facts->label != each.label || facts->media.kind != sdp::media_kind::video) continue;
            if (!one->started[facts->section] || !media->tracks()[facts->section]->open) continue;
            all.push_back({one->id, facts->section, sdp::media_kind::video, each.height});
        }
    }

    // What is carried already stays where it is.
    for (std::size_t i = 0; i < to.places.size(); ++i) {
        auto& place = to.places[i];
        if (place.from == 0) continue;
        const auto same = std::ranges::find_if(
            all, [&](const wanted& one) { return one.from == place.from && one.track == place.track; });
        if (same == all.end()) {
            in.router.unassign(to.at->id, i);
            place.from = 0;
            continue;
        }
        same->placed = true;
        if (std::exchange(place.height, same->height) != same->height)
            in.router.want_height(to.at->id, i, same->height, now_);
    }

    std::array<std::size_t, 2> wants{};  // by kind
    for (auto& one : all) {
        ++wants.at(static_cast<std::size_t>(one.kind));
        if (one.placed || to.at == nullptr) continue;
        const auto free = std::ranges::find_if(to.places, [&](const receiver::place& place) {
            return place.live && place.from == 0 && place.offered.kind == one.kind;
        });
        if (free == to.places.end()) continue;
        const auto section = static_cast<std::size_t>(free - to.places.begin());
        in.router.want_height(to.at->id, section, one.height, now_);
        if (!in.router.assign(to.at->id, section, one.from, one.track, now_)) continue;
        free->from = one.from;
        free->track = one.track;
        free->height = one.height;
        one.placed = true;
    }

    if (!to.offer_open) {
        bool grows = to.wants_restart;
        for (const auto kind : {sdp::media_kind::audio, sdp::media_kind::video}) {
            const auto here = static_cast<std::size_t>(std::ranges::count(
                to.places, kind, [](const receiver::place& place) { return place.offered.kind; }));
            const auto enough = wants.at(static_cast<std::size_t>(kind));
            if (here >= std::max(enough, receiver_sections_first) || here >= receiver_sections_max) continue;
            add_places(to, kind, with_room_to_grow(enough) - here);
            grows = true;
        }
        if (grows) return make_offer(in, to, out);
    }
    tell_tracks(in, to, out);
}

/// Sound and picture of one number share a stream: what is assigned at the same time is played in step.
void media_engine::add_places(receiver& to, sdp::media_kind kind, std::size_t count) {
    const auto next_ssrc = [&] {
        for (;;) {
            const auto drawn = static_cast<std::uint32_t>(random_());
            const bool used =
                drawn == 0 || std::ranges::any_of(to.places, [&](const receiver::place& place) {
                    return place.offered.sent.ssrc == drawn || place.offered.sent.rtx_ssrc == drawn;
                });
            if (!used) return drawn;
        }
    };
    for (std::size_t i = 0; i < count; ++i) {
        const auto of_kind = static_cast<std::size_t>(std::ranges::count(
            to.places, kind, [](const receiver::place& place) { return place.offered.kind; }));
        const auto stream = fmt::format("conf-{}", of_kind);
        const bool is_audio = kind == sdp::media_kind::audio;
        auto& made = to.places.emplace_back();
        made.offered = {
            .kind = kind,
            .mid = std::to_string(to.places.size() - 1),
            .sent = {.ssrc = 0,
                     .rtx_ssrc = {},
                     .cname = to.cname,
                     .msid = {stream, fmt::format("{}-{}", stream, is_audio ? "audio" : "video")}}};
        made.offered.sent.ssrc = next_ssrc();
        if (!is_audio) made.offered.sent.rtx_ssrc = next_ssrc();
    }
}

void media_engine::make_offer(room_entry& in, receiver& to, outputs& out) {
    if (std::exchange(to.wants_restart, false) && to.at != nullptr) {
        auto fresh = make_credentials();
        to.server.ufrag = std::move(fresh.ufrag);
        to.server.pwd = std::move(fresh.pwd);
    }
    std::vector<sdp::offered_section> sections;
    sections.reserve(to.places.size());
    for (const auto& place : to.places) sections.push_back(place.offered);
    to.offered = sections.size();
    to.offer = sdp::make_offer(with_.capabilities, to.server, sections);
    ++to.server.session_version;
    ++to.number;
    to.offer_open = true;
    to.told = carried_by(to);
    out.receivers.push_back({.what = receiver_news::kind::offer,
                             .room = in.name,
                             .receiver = to.name,
                             .number = to.number,
                             .sdp = sdp::write(to.offer),
                             .tracks = to.told,
                             .why = {}});
}

std::vector<carried> media_engine::carried_by(const receiver& to) const {
    std::vector<carried> made;
    for (const auto& place : to.places) {
        const auto* const of = place.from == 0 ? nullptr : find(place.from);
        if (of != nullptr)
            made.push_back({place.offered.mid, *of->publishes_as, of->tracks[place.track]->label});
    }
    return made;
}

void media_engine::tell_tracks(const room_entry& in, receiver& to, outputs& out) {
    auto now = carried_by(to);
    if (now == to.told) return;
    to.told = std::move(now);
    out.receivers.push_back({.what = receiver_news::kind::tracks,
                             .room = in.name,
                             .receiver = to.name,
                             .number = to.number,
                             .sdp = {},
                             .tracks = to.told,
                             .why = {}});
}

void media_engine::receiver_lost(receiver& to, departure why, outputs& out) {
    out.receivers.push_back({.what = receiver_news::kind::ended,
                             .room = to.at->in->name,
                             .receiver = to.name,
                             .number = to.number,
                             .sdp = {},
                             .tracks = {},
                             .why = why});
    to.at = nullptr;
    for (auto& place : to.places) {
        place.from = 0;
        place.live = false;
    }
    to.told.clear();
}

}  // namespace conf::engine

// The engine's commands of WHIP and WHEP: publish, play, patch.
#include "libconf/base/check.hpp"
#include "libconf/engine/room.hpp"
#include "libconf/engine/session_names.hpp"
#include "libconf/sdp/names.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/write.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace conf::engine {
namespace {

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= name_bytes_max;
}

patched refuse_patch(int status, std::string why) {
    return {.status = status, .body = {}, .etag = {}, .why = std::move(why)};
}

}  // namespace

sdp::outcome<opened, sdp::refusal> media_engine::publish(std::string_view room, std::string_view name,
                                                         std::string_view offer, instant now, outputs& out,
                                                         takeover of) {
    return open({room, std::string(name), {}, offer, of}, now, out);
}

sdp::outcome<opened, sdp::refusal> media_engine::play(std::string_view room, sfu::publisher_filter wants,
                                                      std::string_view offer, instant now, outputs& out) {
    return open({room, std::nullopt, std::move(wants), offer}, now, out);
}

media_engine::seat* media_engine::find_publisher(const room_entry& in, std::string_view name) const {
    for (const auto id : in.members) {
        if (auto* const one = find(id); one != nullptr && one->publishes_as == name) return one;
    }
    return nullptr;
}

/// What can be known before the offer is read, and whom it replaces.
std::optional<sdp::refusal> media_engine::refuse(request& of, instant now) {
    if (!is_name(of.room) || (of.publishes_as && !is_name(*of.publishes_as))) {
        return refusal_of(400, fmt::format("names have 1 to {} bytes", name_bytes_max));
    }
    const auto found = rooms_.find(of.room);
    const auto* const in = found == rooms_.end() ? nullptr : found->second.get();
    if (of.publishes_as && in != nullptr) of.replaces = find_publisher(*in, *of.publishes_as);
    const std::size_t goes = of.replaces == nullptr ? 0 : 1;
    if (of.replaces != nullptr && of.how == takeover::of_silent &&
        now - of.replaces->transport.last_heard() < takeover_silence) {
        return refusal_of(409, fmt::format("\"{}\" is publishing already; the name is free again when its "
                                           "session ends or has been silent for {} s",
                                           *of.publishes_as, takeover_silence.count()));
    }
    if (of.wants.only && (in == nullptr || !in->router.has_publisher(*of.wants.only))) {
        return refusal_of(409, fmt::format("\"{}\" is not publishing yet", *of.wants.only));
    }
    if (sessions_.size() - goes >= with_.limits.transports) {
        ++count_.transports_full;
        return refusal_of(503, "the server is full; try again later");
    }
    const auto most = with_.limits.participants_per_room;
    const auto here =
        in == nullptr ? 0 : (of.publishes_as ? in->publishers - goes : in->members.size() - in->publishers);
    if (most != 0 && here >= most) {
        ++count_.rooms_full;
        return refusal_of(
            503, fmt::format("the room is full: {} {}", most, of.publishes_as ? "publishers" : "players"));
    }
    return std::nullopt;
}

ice::credentials media_engine::make_credentials() {
    for (;;) {
        auto made = ice::make_credentials(random_, with_.shard);
        if (find_ufrag(made.ufrag) == nullptr) return made;
    }
}

sdp::server_parameters media_engine::make_server_parameters() {
    auto credentials = make_credentials();
    return {.session_id = random_() >> 1,
            .session_version = 1,
            .ufrag = std::move(credentials.ufrag),
            .pwd = std::move(credentials.pwd),
            .certificate = certificate_,
            .candidates = with_.candidates};
}

/// One for each section. The k-th audio and the k-th video section carry the same publisher, so they share a
/// stream; SSRCs are random, and no two of them are the same (SEC-DTLS-5).
std::vector<sdp::sent_stream> media_engine::make_streams(const sdp::session& offer) {
    std::set<std::uint32_t> used{0};
    const auto next_ssrc = [&] {
        for (;;) {
            const auto drawn = static_cast<std::uint32_t>(random_());
            if (used.insert(drawn).second) return drawn;
        }
    };
    const auto cname = make_etag(random_);
    std::size_t audio = 0;
    std::size_t video = 0;
    std::vector<sdp::sent_stream> made;
    made.reserve(offer.media.size());
    for (const auto& section : offer.media) {
        const bool is_audio = section.kind == sdp::media_kind::audio;
        const auto stream = fmt::format("conf-{}", is_audio ? audio++ : video++);
        made.push_back({.ssrc = next_ssrc(),
                        .rtx_ssrc = next_ssrc(),
                        .cname = cname,
                        .msid = {stream, fmt::format("{}-{}", stream, is_audio ? "audio" : "video")}});
    }
    return made;
}

sdp::outcome<sdp::negotiated, sdp::refusal> media_engine::negotiate(const request& of,
                                                                    const sdp::server_parameters& server,
                                                                    std::vector<sdp::sent_stream>& sent) {
    const auto offer = sdp::parse(of.offer);
    if (!offer) return sdp::to_refusal(offer.error());
    if (of.publishes_as) return sdp::answer_whip(*offer, with_.capabilities, server);
    sent = make_streams(*offer);
    return sdp::answer_whep(*offer, with_.capabilities, server, sent);
}

media_engine::room_entry& media_engine::enter_room(std::string_view name) {
    if (const auto found = rooms_.find(name); found != rooms_.end()) return *found->second;
    while (rooms_by_number_.contains(next_room_)) ++next_room_;
    auto made = std::make_unique<room_entry>(
        std::string(name), next_room_, pool_,
        sfu::router::settings{
            .seed = random_(), .wall_at_zero = with_.wall_at_zero, .rates = with_.limits.rates});
    auto& kept = *made;
    if (const auto rule = rules_.find(name); rule != rules_.end())
        kept.router.set_rule(rule->second, {});  // nobody is there whom it could cost anything
    rooms_by_number_.emplace(next_room_++, &kept);
    rooms_.emplace(kept.name, std::move(made));
    return kept;
}

sdp::outcome<opened, sdp::refusal> media_engine::open(request of, instant now, outputs& out) {
    const auto refused = [&](sdp::refusal why) {
        ++count_.refused;
        return why;
    };
    now_ = now;
    if (auto why = refuse(of, now)) return refused(*std::move(why));
    const auto server = make_server_parameters();
    std::vector<sdp::sent_stream> sent;
    auto both = negotiate(of, server, sent);
    if (!both) return refused(both.error());
    auto expected = to_dtls(both->remote.fingerprints);
    if (expected.empty()) return refused(refusal_of(422, "a=fingerprint that can be checked is required"));

    auto& in = enter_room(of.room);
    auto agreed_media = both->media;
    auto& made = make_seat(in, server, *std::move(both), std::move(expected), of.publishes_as, now);
    const auto id = made.id;
    if (of.publishes_as) {
        std::optional<transport_id> instead_of;
        if (of.replaces != nullptr) {
            instead_of = of.replaces->id;
            hand_over(*of.replaces, now, out);
        }
        in.router.add_publisher(id, *of.publishes_as, std::move(agreed_media), now, instead_of);
        connect_taps(made, now);
        plan_later(in);
    } else {
        in.router.add_subscriber(id, of.wants, std::move(agreed_media), std::move(sent), now);
    }
    touch(in);
    ++count_.opened;
    out.events.push_back(event_of(made, event_kind::joined));
    out.events.back().alone = in.members.size() == 1 && of.replaces == nullptr;
    auto answer = sdp::write(made.agreed.answer);
    made.agreed = {};  // of no use to one who does not call
    made.fingerprints.clear();
    return opened{made.session, std::move(answer), made.etag, {id, made.number}};
}

/// Its transport, in every table. A publisher's tracks have no labels.
media_engine::seat& media_engine::make_seat(room_entry& in, sdp::server_parameters server,
                                            sdp::negotiated agreed,
                                            std::vector<dtls::fingerprint> fingerprints,
                                            std::optional<std::string> publishes_as, instant now) {
    std::uint16_t place = 0;
    if (free_slots_.empty()) {
        place = static_cast<std::uint16_t>(slots_.size());
        slots_.emplace_back();
        egress_.emplace_back();
    } else {
        place = free_slots_.back();
        free_slots_.pop_back();
    }
    auto& kept = slots_[place];
    const auto id = static_cast<transport_id>(kept.generation) << 16 | place;
    // NOLINTNEXTLINE(modernize-make-unique): in place, since a transport does not move
    kept.taken = std::unique_ptr<seat>(new seat{
        .id = id,
        .in = &in,
        .session = make_session_name(random_, with_.shard),
        .etag = make_etag(random_),
        .publishes_as = std::move(publishes_as),
        .remote_ufrag = agreed.remote.ice.ufrag,
        .restart_answer = sdp::make_fragment(agreed, server),
        .transport = media_transport({{server.ufrag, server.pwd}, agreed.remote.ice.ufrag, fingerprints},
                                     with_.dtls, with_.protector, now),
        .ufrags = {},
        .timer = {},
        .number = ++next_number_,
        .tracks = {},
        .started = {},
        .taps = {},
        .fingerprints = agreed.remote.fingerprints,
        .agreed = std::move(agreed),
        .server = std::move(server),
    });
    auto& made = *kept.taken;
    in.members.push_back(id);
    sessions_.emplace(made.session, id);
    list_ufrags(made);
    arm(made);
    if (!made.publishes_as) return made;
    ++in.publishers;
    ++publishers_;
    for (std::size_t section = 0; section < made.agreed.media.size(); ++section) {
        made.tracks.push_back(
            std::make_shared<const track_facts>(track_facts{.room = in.name,
                                                            .publisher = *made.publishes_as,
                                                            .transport = id,
                                                            .participant = made.number,
                                                            .section = static_cast<std::uint16_t>(section),
                                                            .label = {},
                                                            .media = made.agreed.media[section]}));
    }
    made.started.resize(made.tracks.size());
    return made;
}

patched media_engine::patch(std::string_view session, std::string_view if_match, std::string_view text,
                            instant now, outputs&) {
    auto* const of = find_session(session);
    if (of == nullptr) return refuse_patch(404, "there is no such session");
    const auto matched = match(if_match, of->etag);
    if (matched == precondition::missing) return refuse_patch(428, "If-Match is required");
    if (matched == precondition::fails) {
        return refuse_patch(412, "If-Match has not the session's ETag: ICE was restarted since");
    }
    const auto fragment = sdp::parse_fragment(text);
    if (!fragment) return refuse_patch(400, fragment.error().message());
    const auto theirs = sdp::credentials_of(*fragment);
    const bool restarts = theirs && theirs->ufrag != of->remote_ufrag;
    if (matched == precondition::any) {
        if (restarts) return restart_ice(*of, *theirs, now);
        return refuse_patch(422,
                            "If-Match: * asks for an ICE restart, which needs a new ice-ufrag and ice-pwd");
    }
    if (restarts) return refuse_patch(422, "new ICE credentials are an ICE restart: If-Match: *");
    // Candidates: a lite agent waits for checks and sends none of its own (SEC-ICE-5).
    return {};
}

patched media_engine::restart_ice(seat& of, const sdp::ice_parameters& theirs, instant now) {
    ++count_.restarts;
    const auto ours = make_credentials();
    of.transport.agent().restart(ours, theirs.ufrag, now);
    of.remote_ufrag = theirs.ufrag;
    of.etag = make_etag(random_);
    list_ufrags(of);
    arm(of);
    auto& tagged = of.restart_answer.media.front();
    tagged.ice.ufrag = ours.ufrag;
    tagged.ice.pwd = ours.pwd;
    return {.status = 200, .body = sdp::write(of.restart_answer), .etag = of.etag, .why = {}};
}

}  // namespace conf::engine

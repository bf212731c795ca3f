#include "libconf/api/media_handles.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/sdp/codec.hpp"

#include <utility>

namespace conf::inline v0 {
namespace {

class media_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.media"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<media_errc>(code)) {
            case media_errc::stopped: return "the server has stopped or takes nobody new";
            case media_errc::no_media: return "this server has no media: set media.listen";
            case media_errc::bad_name: return "a name has 1 to 64 of A-Z, a-z, 0-9, \"-\", \"_\" and \".\"";
            case media_errc::bad_sdp: return "the session description cannot be answered";
            case media_errc::no_room: return "nobody is in that room";
            case media_errc::no_participant: return "the session has ended";
            case media_errc::no_section: return "the session has no such section to send in";
            case media_errc::name_taken: return "somebody publishes by that name";
            case media_errc::not_publishing: return "nobody publishes by that name yet";
            case media_errc::full: return "the room or the server is full";
            case media_errc::not_restarted: return "an ICE restart needs a new ice-ufrag and ice-pwd";
            case media_errc::wrong_thread:
                return "called on another room's media thread; call from a thread of your own";
        }
        return "unknown media error";
    }
};

room_info describe(const engine::room_view& from) {
    return {.name = from.name,
            .participants = from.participants,
            .publishers = from.publishers,
            .speaker = from.speaker};
}

track_info describe(const engine::track_view& from) {
    const auto& media = from.facts->media;
    track_info made{.kind = api::to_public(media.kind), .mid = media.mid, .codecs = {}, .layers = {}};
    for (const auto& one : media.codecs) {
        made.codecs.push_back({.name = std::string(sdp::to_string(one.format.codec)),
                               .payload_type = one.payload_type,
                               .clock_rate_hz = one.clock_rate_hz});
    }
    for (const auto& one : from.layers) {
        made.layers.push_back(
            {.rid = one.rid, .height = one.height, .bitrate_bps = one.bits_per_second, .active = one.active});
    }
    return made;
}

/// Runs a command of the engine and sends what came of it; false becomes `missing`.
template <class Command>
result<void> change(const participant::impl& of, media_errc missing, const Command& command) {
    return of.link.ask_shard(of.shard, [&](net::media_shard& media) -> result<void> {
        auto& engine = media.engine();
        if (!engine.find_participant(of.who)) return media_errc::no_participant;
        const bool done = command(engine, media.fresh_now(), media.out());
        media.finish_turn();
        if (!done) return missing;
        return {};
    });
}

}  // namespace

const std::error_category& media_category() noexcept {
    static const media_error_category category;
    return category;
}

}  // namespace conf::inline v0

namespace conf::api {

sfu::forward_rule to_sfu(forward_rule from) {
    using kind = sfu::forward_rule::kind;
    auto which = kind::everybody;
    if (from.which == forward_rule::kind::only_named) which = kind::only_named;
    if (from.which == forward_rule::kind::all_but_named) which = kind::all_but_named;
    return {.which = which, .names = std::move(from.names)};
}

result<room> make_room(media_link link, std::string_view name) {
    if (!link.has_media) return media_errc::no_media;
    if (!auth::is_name(name)) return media_errc::bad_name;
    return make_known_room(std::move(link), std::string(name));
}

room make_known_room(media_link link, std::string name) {
    return room(std::make_shared<const room::impl>(room::impl{std::move(link), std::move(name)}));
}

result<std::vector<room_info>> list_rooms(const media_link& link) {
    std::vector<room_info> all;
    if (!link.has_media) return all;
    const auto host = link.host.lock();
    for (std::size_t shard = 0; host && shard < host->shards(); ++shard) {
        auto here = link.ask_shard(shard, [](net::media_shard& media) -> result<std::vector<room_info>> {
            std::vector<room_info> some;
            for (const auto& one : media.engine().rooms()) some.push_back(describe(one));
            return some;
        });
        if (!here) return here.error();
        all.insert(all.end(), here->begin(), here->end());
    }
    return all;
}

participant make_participant(media_link link, std::size_t shard, engine::seat_ref who, std::string room,
                             std::optional<std::string> name) {
    return participant(std::make_shared<const participant::impl>(
        participant::impl{std::move(link), shard, who, std::move(room), std::move(name)}));
}

track make_track(media_link link, std::size_t shard, const engine::track_facts& of) {
    return track(std::make_shared<const track::impl>(track::impl{
        std::move(link), shard, {of.transport, of.participant}, of.section, to_public(of.media.kind)}));
}

}  // namespace conf::api

namespace conf::inline v0 {

// Track.

track::track(std::shared_ptr<const impl> state) noexcept : impl_(std::move(state)) {}

std::uint16_t track::section() const noexcept {
    return impl_->section;
}

media_kind track::kind() const noexcept {
    return impl_->kind;
}

result<track_info> track::info() const {
    return impl_->link.ask_shard(impl_->shard, [this](net::media_shard& media) -> result<track_info> {
        const auto all = media.engine().tracks(impl_->publisher, media.fresh_now());
        if (impl_->section >= all.size()) return media_errc::no_participant;
        return describe(all[impl_->section]);
    });
}

result<void> track::request_key_frame() const {
    return impl_->link.ask_shard(impl_->shard, [this](net::media_shard& media) -> result<void> {
        if (!media.engine().want_key_frame(impl_->publisher, impl_->section, media.fresh_now()))
            return media_errc::no_participant;
        media.finish_turn();
        return {};
    });
}

bool operator==(const track& a, const track& b) noexcept {
    return a.impl_->shard == b.impl_->shard && a.impl_->publisher == b.impl_->publisher &&
           a.impl_->section == b.impl_->section;
}

// Participant.

participant::participant(std::shared_ptr<const impl> state) noexcept : impl_(std::move(state)) {}

std::uint64_t participant::id() const noexcept {
    return api::public_id(impl_->shard, impl_->who.number);
}

const std::optional<std::string>& participant::name() const noexcept {
    return impl_->name;
}

const std::string& participant::room_name() const noexcept {
    return impl_->room;
}

result<bool> participant::connected() const {
    return impl_->link.ask_shard(impl_->shard, [this](net::media_shard& media) -> result<bool> {
        const auto found = media.engine().find_participant(impl_->who);
        if (!found) return media_errc::no_participant;
        return found->connected;
    });
}

result<std::vector<track>> participant::tracks() const {
    return impl_->link.ask_shard(impl_->shard, [this](net::media_shard& media) -> result<std::vector<track>> {
        if (!media.engine().find_participant(impl_->who)) return media_errc::no_participant;
        std::vector<track> all;
        for (const auto& one : media.engine().tracks(impl_->who, media.fresh_now())) {
            if (one.started) all.push_back(api::make_track(impl_->link, impl_->shard, *one.facts));
        }
        return all;
    });
}

result<void> participant::remove() const {
    return change(*impl_, media_errc::no_participant, [this](auto& engine, instant now, auto& out) {
        return engine.remove(impl_->who, now, out);
    });
}

result<std::string> participant::restart_ice(std::string_view fragment) const {
    return impl_->link.ask_shard(impl_->shard, [&](net::media_shard& media) -> result<std::string> {
        auto made = media.engine().restart(impl_->who, fragment, media.fresh_now(), media.out());
        if (!made) return media_errc::no_participant;
        media.finish_turn();
        if (made->status == 200) return std::move(made->body);
        return conf::error(
            make_error_code(made->status == 400 ? media_errc::bad_sdp : media_errc::not_restarted),
            made->why);
    });
}

result<void> participant::set_subscription(std::uint16_t section, subscription_options wanted) const {
    return change(*impl_, media_errc::no_section, [&](auto& engine, instant now, auto&) {
        return engine.want_height(impl_->who, section, wanted.height_wanted, now) &&
               engine.hold(impl_->who, section, wanted.paused, now);
    });
}

result<void> participant::set_rule(std::optional<forward_rule> rule) const {
    std::optional<sfu::forward_rule> wanted;
    if (rule) wanted = api::to_sfu(*std::move(rule));
    return change(*impl_, media_errc::no_section, [&](auto& engine, instant now, auto&) {
        return engine.set_rule(impl_->who, std::move(wanted), now);
    });
}

bool operator==(const participant& a, const participant& b) noexcept {
    return a.impl_->shard == b.impl_->shard && a.impl_->who == b.impl_->who;
}

// Room.

room::room(std::shared_ptr<const impl> state) noexcept : impl_(std::move(state)) {}

const std::string& room::name() const noexcept {
    return impl_->name;
}

result<room_info> room::info() const {
    return impl_->link.ask_room(impl_->name,
                                [this](std::size_t, net::media_shard& media) -> result<room_info> {
                                    const auto found = media.engine().find_room(impl_->name);
                                    if (!found) return media_errc::no_room;
                                    return describe(*found);
                                });
}

result<std::vector<participant>> room::participants() const {
    using answer = result<std::vector<participant>>;
    return impl_->link.ask_room(impl_->name, [this](std::size_t shard, net::media_shard& media) -> answer {
        std::vector<participant> all;
        for (auto& one : media.engine().participants(impl_->name)) {
            all.push_back(api::make_participant(impl_->link, shard, one.who, std::move(one.room),
                                                std::move(one.publishes_as)));
        }
        return all;
    });
}

result<std::size_t> room::close() const {
    return impl_->link.ask_room(
        impl_->name, [this](std::size_t, net::media_shard& media) -> result<std::size_t> {
            const auto ended = media.engine().close_room(impl_->name, media.fresh_now(), media.out());
            media.finish_turn();
            return ended;
        });
}

result<void> room::set_rule(forward_rule rule) const {
    return impl_->link.ask_room(impl_->name, [&](std::size_t, net::media_shard& media) -> result<void> {
        media.engine().set_rule(impl_->name, api::to_sfu(std::move(rule)), media.fresh_now());
        media.finish_turn();
        return {};
    });
}

}  // namespace conf::inline v0

#include <conf/forwarding.hpp>

#include "libconf/api/media_handles.hpp"
#include "libconf/auth/names.hpp"
#include "libconf/net/tap_list.hpp"
#include "libconf/sdp/codec.hpp"

#include <algorithm>
#include <utility>

namespace conf::inline v0 {
namespace {

/// What HTTP calls a refusal, as a code.
conf::error to_error(const sdp::refusal& from, media_errc conflict) {
    if (from.status == 409) return conflict;
    if (from.status == 503) return {make_error_code(media_errc::full), from.why};
    return {make_error_code(media_errc::bad_sdp), from.message()};
}

rtp_packet describe(const engine::tapped_packet& from, std::size_t shard) {
    const auto& view = from.what->view;
    const auto& media = from.of->media;
    const auto codec =
        std::ranges::find(media.codecs, view.payload_type, &sdp::negotiated_codec::payload_type);
    rtp_packet made;
    made.room = from.of->room;
    made.publisher = from.of->publisher;
    made.participant = api::public_id(shard, from.of->participant);
    made.section = from.of->section;
    made.kind = api::to_public(media.kind);
    if (codec != media.codecs.end()) {
        made.codec = sdp::to_string(codec->format.codec);
        made.clock_rate_hz = codec->clock_rate_hz;
    }
    made.layer = from.what->layer;
    made.whole = view.whole;
    made.payload = view.payload();
    made.payload_type = view.payload_type;
    made.marker = view.marker;
    made.ssrc = view.ssrc;
    made.timestamp = view.timestamp;
    made.sequence = from.what->extended;
    made.starts_key_frame = from.what->payload.starts_key_frame;
    made.arrival = from.what->arrival.time_since_epoch();
    return made;
}

}  // namespace

}  // namespace conf::inline v0

namespace conf::api {

forwarding make_forwarding(media_link link) {
    return forwarding(std::make_shared<const forwarding::impl>(forwarding::impl{std::move(link)}));
}

}  // namespace conf::api

namespace conf::inline v0 {

forwarding::forwarding(std::shared_ptr<const impl> state) noexcept : impl_(std::move(state)) {}

result<media_session> forwarding::publish(std::string_view room, std::string_view name,
                                          std::string_view offer, publish_takeover takeover) const {
    if (!auth::is_name(room) || !auth::is_name(name)) return media_errc::bad_name;
    if (const auto host = impl_->link.host.lock(); host && host->draining()) return media_errc::stopped;
    return impl_->link.ask_room(
        room, [&](std::size_t shard, net::media_shard& media) -> result<media_session> {
            const auto how = takeover == publish_takeover::at_once ? engine::takeover::at_once
                                                                   : engine::takeover::of_silent;
            auto made = media.engine().publish(room, name, offer, media.fresh_now(), media.out(), how);
            media.finish_turn();
            if (!made) return to_error(made.error(), media_errc::name_taken);
            return media_session{
                api::make_participant(impl_->link, shard, made->who, std::string(room), std::string(name)),
                std::move(made->answer)};
        });
}

result<media_session> forwarding::play(std::string_view room, std::string_view offer,
                                       const play_options& options) const {
    if (!auth::is_name(room)) return media_errc::bad_name;
    if (const auto host = impl_->link.host.lock(); host && host->draining()) return media_errc::stopped;
    return impl_->link.ask_room(
        room, [&](std::size_t shard, net::media_shard& media) -> result<media_session> {
            const auto now = media.fresh_now();
            auto& engine = media.engine();
            auto made = engine.play(room, {options.only, options.except}, offer, now, media.out());
            // Nothing is sent before the handshake, so the rule comes in time.
            if (made && options.rule) (void)engine.set_rule(made->who, api::to_sfu(*options.rule), now);
            media.finish_turn();
            if (!made) return to_error(made.error(), media_errc::not_publishing);
            return media_session{
                api::make_participant(impl_->link, shard, made->who, std::string(room), std::nullopt),
                std::move(made->answer)};
        });
}

struct tap::impl {
    api::media_link link;
    std::size_t shard = 0;
    std::uint32_t id = 0;
    std::shared_ptr<net::tap_listener> listener;
};

result<tap> forwarding::listen(const tap_options& options, rtp_handler handler) const {
    if (!auth::is_name(options.room) || (options.publisher && !auth::is_name(*options.publisher)))
        return media_errc::bad_name;
    engine::tap_filter filter{.room = options.room, .publisher = options.publisher, .kind = {}};
    if (options.kind) {
        filter.kind = *options.kind == media_kind::audio ? sdp::media_kind::audio : sdp::media_kind::video;
    }
    return impl_->link.ask_room(options.room, [&](std::size_t shard, net::media_shard& media) -> result<tap> {
        auto made = std::make_unique<tap::impl>();
        made->link = impl_->link;
        made->shard = shard;
        made->listener = std::make_shared<net::tap_listener>();
        made->listener->call = [handler = std::move(handler), shard](const engine::tapped_packet& one) {
            handler(describe(one, shard));
        };
        made->id = media.engine().add_tap(std::move(filter), media.fresh_now());
        media.taps().add(made->id, made->listener);
        return tap(std::move(made));
    });
}

tap::tap(std::unique_ptr<impl> state) noexcept : impl_(std::move(state)) {}
tap::tap(tap&&) noexcept = default;

tap& tap::operator=(tap&& other) noexcept {
    if (this != &other) {
        stop();
        impl_ = std::move(other.impl_);
    }
    return *this;
}

tap::~tap() {
    stop();
}

void tap::stop() {
    const auto host = impl_ ? impl_->link.host.lock() : nullptr;
    if (!host) return;
    impl_->listener->ended = true;
    const auto remove = [id = impl_->id](net::media_shard& media) {
        media.taps().remove(id);
        media.engine().remove_tap(id, media.fresh_now());
    };
    switch (host->ask_shard(impl_->shard, remove)) {
        case net::media_host::asked::done: break;
        case net::media_host::asked::stopped: impl_->listener->running.wait(true); break;
        case net::media_host::asked::wrong_thread: host->tell_shard(impl_->shard, remove); break;
    }
}

tap_stats tap::stats() const noexcept {
    if (!impl_) return {};
    const auto& count = impl_->listener->count;
    return {.packets = count.packets,
            .bytes = count.bytes,
            .slow_calls = count.slow_calls,
            .longest = std::chrono::microseconds(count.longest_us)};
}

}  // namespace conf::inline v0

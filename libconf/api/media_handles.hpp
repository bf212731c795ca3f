/// What stands behind room, participant, track and forwarding: names, and a way to the media threads.
#pragma once

#include "libconf/net/media_host.hpp"

#include <conf/forwarding.hpp>
#include <conf/participant.hpp>
#include <conf/result.hpp>
#include <conf/room.hpp>
#include <conf/track.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::api {

/// Immutable after construction; any thread. A handle does not keep the server alive.
struct media_link {
    std::weak_ptr<net::media_host> host;
    bool has_media = false;

    /// Runs `what(shard_number, media_shard)` on the room's thread and gives back what it gives back.
    template <class What>
    [[nodiscard]] auto ask_room(std::string_view room, const What& what) const
        -> decltype(what(std::size_t{}, std::declval<net::media_shard&>())) {
        using answer = decltype(what(std::size_t{}, std::declval<net::media_shard&>()));
        if (!has_media) return answer(media_errc::no_media);
        const auto locked = host.lock();
        if (!locked) return answer(media_errc::stopped);
        std::optional<answer> made;
        const auto how = locked->ask_room(
            room, [&](std::size_t shard, net::media_shard& media) { made.emplace(what(shard, media)); });
        if (how == net::media_host::asked::wrong_thread) return answer(media_errc::wrong_thread);
        if (!made) return answer(media_errc::stopped);
        return *std::move(made);
    }
    /// The same on the thread of that number.
    template <class What>
    [[nodiscard]] auto ask_shard(std::size_t shard, const What& what) const
        -> decltype(what(std::declval<net::media_shard&>())) {
        using answer = decltype(what(std::declval<net::media_shard&>()));
        const auto locked = host.lock();
        if (!locked) return answer(media_errc::stopped);
        std::optional<answer> made;
        const auto how =
            locked->ask_shard(shard, [&](net::media_shard& media) { made.emplace(what(media)); });
        if (how == net::media_host::asked::wrong_thread) return answer(media_errc::wrong_thread);
        if (!made) return answer(media_errc::stopped);
        return *std::move(made);
    }
};

[[nodiscard]] result<room> make_room(media_link link, std::string_view name);
[[nodiscard]] room make_known_room(media_link link, std::string name);
[[nodiscard]] result<std::vector<room_info>> list_rooms(const media_link& link);
[[nodiscard]] participant make_participant(media_link link, std::size_t shard, engine::seat_ref who,
                                           std::string room, std::optional<std::string> name);
[[nodiscard]] track make_track(media_link link, std::size_t shard, const engine::track_facts& of);
[[nodiscard]] forwarding make_forwarding(media_link link);

/// `participant::id()`: never used twice by any thread of the server.
[[nodiscard]] constexpr std::uint64_t public_id(std::size_t shard, std::uint64_t number) noexcept {
    return number * 64 + shard;
}
[[nodiscard]] constexpr media_kind to_public(sdp::media_kind kind) noexcept {
    return kind == sdp::media_kind::audio ? media_kind::audio : media_kind::video;
}
[[nodiscard]] sfu::forward_rule to_sfu(forward_rule from);

}  // namespace conf::api

namespace conf::inline v0 {

struct track::impl {
    api::media_link link;
    std::size_t shard = 0;
    engine::seat_ref publisher;
    std::uint16_t section = 0;
    media_kind kind{};
};

struct participant::impl {
    api::media_link link;
    std::size_t shard = 0;
    engine::seat_ref who;
    std::string room;
    std::optional<std::string> name;
};

struct room::impl {
    api::media_link link;
    std::string name;
};

struct forwarding::impl {
    api::media_link link;
};

}  // namespace conf::inline v0

#include "libconf/api/room_events.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace conf::api {
namespace {

std::optional<room_event_kind> kind_of(const engine::event& from) {
    using enum room_event_kind;
    switch (from.what) {
        case engine::event_kind::joined: return participant_joined;
        case engine::event_kind::connected: return participant_connected;
        case engine::event_kind::left: return participant_left;
        case engine::event_kind::media: break;
    }
    if (!from.media) return std::nullopt;
    switch (from.media->what) {
        case sfu::event_kind::track_started: return from.track ? std::optional(track_added) : std::nullopt;
        case sfu::event_kind::track_ended: return track_removed;
        case sfu::event_kind::speaker_changed: return speaker_changed;
        default: return std::nullopt;  // of one player's picture only
    }
}

/// What it means to the program: nothing, or one event, or two where a room begins or ends.
std::vector<room_event> translate(const media_link& link, std::size_t shard, const engine::event& from) {
    std::vector<room_event> made;
    const auto kind = kind_of(from);
    if (!kind) return made;
    const auto where = make_known_room(link, from.room);
    if (from.what == engine::event_kind::joined && from.alone)
        made.push_back({.what = room_event_kind::room_opened, .where = where});
    room_event one{.what = *kind, .where = where};
    one.who = make_participant(link, shard, {from.transport, from.number}, from.room, from.publishes_as);
    if (from.track) one.of = make_track(link, shard, *from.track);
    if (from.what == engine::event_kind::left) one.why = engine::to_string(from.why);
    made.push_back(std::move(one));
    if (from.what == engine::event_kind::left && from.alone)
        made.push_back({.what = room_event_kind::room_closed, .where = where});
    return made;
}

}  // namespace

void room_events::set_link(media_link link) {
    const std::scoped_lock lock(state_->mutex);
    state_->link = std::move(link);
}

void room_events::set_handler(room_event_handler handler) {
    auto made = handler ? std::make_shared<const room_event_handler>(std::move(handler)) : nullptr;
    const std::scoped_lock lock(state_->mutex);
    state_->handler.swap(made);  // the old one dies behind the lock, or with the call that is under way
}

void room_events::take(std::size_t shard, const engine::event& event, const poster& post) {
    media_link link;
    {
        const std::scoped_lock lock(state_->mutex);
        if (!state_->handler) return;
        link = state_->link;
    }
    for (auto& one : translate(link, shard, event)) {
        {
            const std::scoped_lock lock(state_->mutex);
            if (state_->waiting >= room_events_max) {
                ++state_->lost;
                continue;
            }
            ++state_->waiting;
        }
        post([state = state_, one = std::move(one)]() mutable {
            std::shared_ptr<const room_event_handler> handler;
            {
                const std::scoped_lock lock(state->mutex);
                --state->waiting;
                one.lost = std::exchange(state->lost, 0);
                handler = state->handler;
            }
            if (handler) (*handler)(one);
        });
    }
}

}  // namespace conf::api

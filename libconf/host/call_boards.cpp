// What people's connections say about boards goes on to `board_host`, with what their senders are now.
#include "libconf/host/board_host.hpp"
#include "libconf/host/call_host_parts.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace conf::host {
namespace {

using rooms::connection_id;
using rooms::participant_id;

/// Who he is and what he may do is asked of the meeting for every one of them.
std::optional<boards::person> person_of(const rooms::meeting& in, connection_id which) {
    const auto id = in.participant_of(which);
    const auto info = id ? in.find_person(*id) : std::nullopt;
    if (!info) return std::nullopt;
    return boards::person{.id = info->id, .name = info->name, .acts_as = info->acts_as};
}

}  // namespace

void call_host::take_frame(connection_id from, bytes frame) {
    const auto known = connections_.find(from);
    auto* const in = known == connections_.end() ? nullptr : find(known->second->room);
    if (in == nullptr) return;
    const auto who = in->is_loaded ? person_of(in->meeting, from) : std::nullopt;
    if (who && around_.boards->take_frame(in->name, from, *who, frame)) return;
    when_loaded(*in, [this, from](place& at) { at.meeting.handle_bad(from, moment_now(), out_); });
}

void call_host::take_board_request(connection_id from, boards::request asked) {
    auto& in = *find(connections_.at(from)->room);
    when_loaded(in, [this, from, asked = std::move(asked)](place& at) {
        if (const auto who = person_of(at.meeting, from)) {
            around_.boards->take(at.name, from, *who, asked);
            return;
        }
        tell_in_order(
            at, from,
            {asked.id,
             rooms::failure{.code = rooms::error_code::not_joined, .text = "not joined yet", .field = {}}});
        at.meeting.handle_bad(from, moment_now(), out_);
    });
}

/// At once, whether it is kept or not: what a right does not cover now is not drawn.
void call_host::tell_boards(place& in) {
    if (around_.boards == nullptr) return;
    for (const auto& one : out_.closings) around_.boards->closed(in.name, one.connection);
    const auto changed = [&](const participant_id& id) {
        if (const auto info = in.meeting.find_person(id)) {
            around_.boards->changed(in.name, {.id = info->id, .name = info->name, .acts_as = info->acts_as});
        }
    };
    for (const auto& one : out_.events) {
        if (const auto* const role = std::get_if<rooms::got_role>(&one)) changed(role->id);
        if (const auto* const name = std::get_if<rooms::renamed>(&one)) changed(name->id);
        if (std::holds_alternative<rooms::meeting_ended>(one)) around_.boards->forget(in.name);
    }
}

}  // namespace conf::host

#include "libconf/room/limits.hpp"
#include "libconf/signalling/codec.hpp"
#include "libconf/signalling/json_writer.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::signalling {
namespace {

using namespace rooms;

// Plain values by one name, so that a field is a line.
void write(json_writer& to, std::string_view what) {
    to.value(what);
}
void write(json_writer& to, const std::string& what) {
    to.value(what);
}
void write(json_writer& to, bool what) {
    to.value(what);
}
void write(json_writer& to, std::size_t what) {
    to.value(what);
}
void write(json_writer& to, std::uint32_t what) {
    to.value(what);
}
void write(json_writer& to, wall_time what) {
    to.value(what.count());
}
void write(json_writer& to, role what) {
    to.value(name_of(what));
}
void write(json_writer& to, source what) {
    to.value(name_of(what));
}
void write(json_writer& to, departure what) {
    to.value(name_of(what));
}
void write(json_writer& to, const person_changed::raised& what) {
    if (what.since) {
        write(to, *what.since);
    } else {
        to.null();
    }
}
void write(json_writer& to, const locks& what);
void write(json_writer& to, const room_info& what);
void write(json_writer& to, const person_info& what);
void write(json_writer& to, const guest_info& what);
void write(json_writer& to, const chat_message& what);
void write(json_writer& to, const ice_server& what);
void write(json_writer& to, const track_info& what);

template <class T>
void write(json_writer& to, const std::vector<T>& all) {
    to.begin_array();
    for (const auto& one : all) write(to, one);
    to.end_array();
}

template <class T>
void field(json_writer& to, std::string_view name, const T& what) {
    to.name(name);
    write(to, what);
}

/// Absent where there is nothing.
template <class T>
void maybe(json_writer& to, std::string_view name, const std::optional<T>& what) {
    if (what) field(to, name, *what);
}
void if_so(json_writer& to, std::string_view name, bool what) {
    if (what) field(to, name, what);
}
void if_any(json_writer& to, std::string_view name, const std::string& what) {
    if (!what.empty()) field(to, name, what);
}

void write(json_writer& to, const locks& what) {
    to.begin_object();
    field(to, "microphone", what.microphone);
    field(to, "camera", what.camera);
    field(to, "screen", what.screen);
    field(to, "chat", what.chat);
    field(to, "private_chat", what.private_chat);
    field(to, "people", what.people);
    to.end_object();
}

void write(json_writer& to, const room_info& what) {
    to.begin_object();
    field(to, "name", what.name);
    field(to, "title", what.title);
    field(to, "started", what.started);
    field(to, "lobby", what.lobby);
    field(to, "locks", what.locked);
    to.end_object();
}

void write(json_writer& to, const person_info& what) {
    to.begin_object();
    field(to, "id", what.id);
    field(to, "name", what.name);
    field(to, "role", what.acts_as);
    field(to, "joined", what.joined);
    field(to, "here", what.here);
    field(to, "guest", what.guest);
    field(to, "microphone", what.microphone);
    field(to, "camera", what.camera);
    field(to, "screen", what.screen);
    field(to, "screen_audio", what.screen_audio);
    maybe(to, "hand", what.hand);
    field(to, "away", what.away);
    to.end_object();
}

void write(json_writer& to, const guest_info& what) {
    to.begin_object();
    field(to, "id", what.id);
    field(to, "name", what.name);
    field(to, "since", what.since);
    to.end_object();
}

void write(json_writer& to, const chat_message& what) {
    to.begin_object();
    field(to, "id", what.id);
    field(to, "from", what.from);
    field(to, "name", what.name);
    field(to, "text", what.text);
    field(to, "at", what.at);
    maybe(to, "to", what.to);
    maybe(to, "reply_to", what.reply_to);
    maybe(to, "edited", what.edited);
    if_so(to, "deleted", what.deleted);
    if (!what.reactions.empty()) {
        to.name("reactions").begin_object();
        for (const auto& [emoji, who] : what.reactions) field(to, emoji, who);
        to.end_object();
    }
    maybe(to, "key", what.key);
    to.end_object();
}

void write(json_writer& to, const ice_server& what) {
    to.begin_object();
    field(to, "urls", what.urls);
    if_any(to, "username", what.username);
    if_any(to, "credential", what.credential);
    to.end_object();
}

void write(json_writer& to, const track_info& what) {
    to.begin_object();
    field(to, "mid", what.mid);
    field(to, "participant", what.participant);
    field(to, "source", what.what);
    to.end_object();
}

// The fields of each message behind its type and id.
void fields_of(json_writer&, const done&) {}
void fields_of(json_writer& to, const failure& what) {
    field(to, "code", name_of(what.code));
    field(to, "message", what.text);
    if_any(to, "field", what.field);
    if (!what.versions.empty()) field(to, "versions", what.versions);
    maybe(to, "retry_after", what.retry_after_seconds);
}
void fields_of(json_writer& to, const door_opened& what) {
    field(to, "version", what.version);
    to.name("room").begin_object();
    field(to, "name", what.room);
    field(to, "title", what.title);
    field(to, "lobby", what.lobby);
    to.end_object();
    field(to, "people", what.people);
    maybe(to, "names", what.names);
    if (what.you) {
        to.name("you").begin_object();
        if_any(to, "name", what.you->name);
        field(to, "role", what.you->acts_as);
        to.end_object();
    }
    to.name("limits").begin_object();
    field(to, "chat_characters", chat_characters_max);
    field(to, "name_bytes", name_bytes_max);
    to.end_object();
}
void ice_fields(json_writer& to, const ice_credentials& what) {
    field(to, "ice_servers", what.servers);
    maybe(to, "ice_expires", what.expires);
}
void fields_of(json_writer& to, const welcome& what) {
    field(to, "you", what.you);
    field(to, "resume", what.resume);
    field(to, "room", what.room);
    field(to, "people", what.people);
    maybe(to, "waiting", what.waiting);
    to.name("chat").begin_object();
    field(to, "messages", what.messages);
    field(to, "more", what.more_messages);
    to.end_object();
    field(to, "media", what.media);
    ice_fields(to, what.ice);
    maybe(to, "speaker", what.speaker);
    field(to, "now", what.now);
    field(to, "resumed", what.resumed.has_value());
    if (what.resumed) {
        field(to, "publish", what.resumed->publish);
        field(to, "receive", what.resumed->receive);
    }
}
void fields_of(json_writer& to, const waiting& what) {
    maybe(to, "message", what.text);
    field(to, "resume", what.resume);
}
void fields_of(json_writer& to, const chat_sent& what) {
    field(to, "message", what.message);
    field(to, "at", what.at);
}
void fields_of(json_writer& to, const chat_page& what) {
    field(to, "messages", what.messages);
    field(to, "more", what.more);
}
void fields_of(json_writer& to, const ice_given& what) {
    ice_fields(to, what.ice);
}
void fields_of(json_writer& to, const pads_given& what) {
    field(to, "token", what.token);
    field(to, "expires", what.expires);
}
void fields_of(json_writer& to, const published& what) {
    field(to, "sdp", what.sdp);
}
void fields_of(json_writer& to, const door& what) {
    field(to, "people", what.people);
    maybe(to, "names", what.names);
}
void fields_of(json_writer& to, const waiting_message& what) {
    field(to, "text", what.text);
}
void fields_of(json_writer& to, const person_joined& what) {
    field(to, "person", what.person);
}
void fields_of(json_writer& to, const person_changed& what) {
    field(to, "id", what.id);
    maybe(to, "name", what.name);
    maybe(to, "role", what.acts_as);
    maybe(to, "here", what.here);
    maybe(to, "microphone", what.microphone);
    maybe(to, "camera", what.camera);
    maybe(to, "screen", what.screen);
    maybe(to, "screen_audio", what.screen_audio);
    maybe(to, "hand", what.hand);
    maybe(to, "away", what.away);
}
void fields_of(json_writer& to, const person_left& what) {
    field(to, "id", what.id);
    field(to, "why", what.why);
}
void fields_of(json_writer& to, const room_changed& what) {
    maybe(to, "title", what.title);
    maybe(to, "lobby", what.lobby);
    maybe(to, "locks", what.locked);
}
void fields_of(json_writer& to, const waiting_joined& what) {
    field(to, "guest", what.guest);
}
void fields_of(json_writer& to, const waiting_left& what) {
    field(to, "id", what.id);
}
void fields_of(json_writer& to, const muted& what) {
    field(to, "source", what.what);
    maybe(to, "by", what.by);
}
void fields_of(json_writer& to, const unmute_asked& what) {
    field(to, "by", what.by);
}
void fields_of(json_writer& to, const speaker& what) {
    field(to, "id", what.id);
}
void fields_of(json_writer& to, const reaction& what) {
    field(to, "id", what.id);
    field(to, "emoji", what.emoji);
}
void fields_of(json_writer& to, const chat_came& what) {
    field(to, "message", what.message);
}
void fields_of(json_writer& to, const chat_changed& what) {
    field(to, "message", what.message);
}
void fields_of(json_writer& to, const typing& what) {
    field(to, "id", what.id);
    field(to, "on", what.on);
    maybe(to, "to", what.to);
}
void fields_of(json_writer& to, const ice_renewed& what) {
    ice_fields(to, what.ice);
}
void fields_of(json_writer& to, const receive_offer& what) {
    field(to, "number", what.number);
    field(to, "sdp", what.sdp);
    field(to, "tracks", what.tracks);
}
void fields_of(json_writer& to, const receive_tracks& what) {
    field(to, "tracks", what.tracks);
}
void fields_of(json_writer& to, const publish_ended& what) {
    field(to, "why", what.why);
}
void fields_of(json_writer& to, const receive_ended& what) {
    field(to, "why", what.why);
}
void fields_of(json_writer&, const restarting&) {}

/// In the order of `message_body`.
constexpr std::string_view types[] = {
    "ok",
    "error",
    "ok",
    "welcome",
    "waiting",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "door",
    "waiting.message",
    "person.joined",
    "person.changed",
    "person.left",
    "room.changed",
    "waiting.joined",
    "waiting.left",
    "muted",
    "unmute.asked",
    "speaker",
    "reaction",
    "chat.message",
    "chat.changed",
    "chat.typing",
    "ice",
    "receive.offer",
    "receive.tracks",
    "publish.ended",
    "receive.ended",
    "restarting",
};
static_assert(std::size(types) == message_count);

}  // namespace

std::string encode(const message& what) {
    json_writer to;
    to.begin_object();
    field(to, "type", types[what.what.index()]);
    if (what.id) to.name("id").value(*what.id);
    std::visit([&](const auto& body) { fields_of(to, body); }, what.what);
    to.end_object();
    return std::move(to).take();
}

}  // namespace conf::signalling

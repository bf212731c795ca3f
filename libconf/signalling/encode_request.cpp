#include "libconf/room/permissions.hpp"
#include "libconf/signalling/codec.hpp"
#include "libconf/signalling/json_writer.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace conf::signalling {
namespace {

using namespace rooms;

template <class T>
void member_if_any(json_writer& to, std::string_view name, const std::optional<T>& what) {
    if (what) to.name(name).value(*what);
}

void write(json_writer& to, const std::vector<std::uint32_t>& versions) {
    to.name("versions").begin_array();
    for (const auto one : versions) to.value(one);
    to.end_array();
}

void fields_of(json_writer& to, const hello& what) {
    write(to, what.versions);
    member_if_any(to, "token", what.token);
    member_if_any(to, "client", what.client);
    member_if_any(to, "device", what.device);
}
void fields_of(json_writer& to, const join& what) {
    to.name("name").value(what.name);
    to.name("microphone").value(what.microphone);
    to.name("camera").value(what.camera);
    member_if_any(to, "locale", what.locale);
}
void fields_of(json_writer& to, const resume& what) {
    write(to, what.versions);
    to.name("resume").value(what.token);
    to.name("publish").value(what.publish);
    to.name("receive").value(what.receive);
}
void fields_of(json_writer&, const leave&) {}
void fields_of(json_writer& to, const set_media& what) {
    to.name("source").value(name_of(what.what));
    to.name("on").value(what.on);
}
void fields_of(json_writer& to, const set_name& what) {
    to.name("name").value(what.name);
}
void fields_of(json_writer& to, const set_hand& what) {
    to.name("up").value(what.up);
}
void fields_of(json_writer& to, const lower_hands& what) {
    member_if_any(to, "participant", what.participant);
}
void fields_of(json_writer& to, const react& what) {
    to.name("emoji").value(what.emoji);
}
void fields_of(json_writer& to, const set_away& what) {
    to.name("on").value(what.on);
}
void fields_of(json_writer& to, const mute& what) {
    member_if_any(to, "participant", what.participant);
    to.name("source").value(name_of(what.what));
}
void fields_of(json_writer& to, const ask_unmute& what) {
    to.name("participant").value(what.participant);
}
void fields_of(json_writer& to, const set_role& what) {
    to.name("participant").value(what.participant);
    to.name("role").value(name_of(what.acts_as));
}
void fields_of(json_writer& to, const remove_person& what) {
    to.name("participant").value(what.participant);
    to.name("ban").value(what.ban);
}
void fields_of(json_writer&, const end_meeting&) {}
void fields_of(json_writer& to, const set_locks& what) {
    to.name("locks").begin_object();
    member_if_any(to, "microphone", what.changes.microphone);
    member_if_any(to, "camera", what.changes.camera);
    member_if_any(to, "screen", what.changes.screen);
    member_if_any(to, "chat", what.changes.chat);
    member_if_any(to, "private_chat", what.changes.private_chat);
    member_if_any(to, "people", what.changes.people);
    to.end_object();
}
void fields_of(json_writer& to, const set_room& what) {
    member_if_any(to, "title", what.title);
    member_if_any(to, "lobby", what.lobby);
}
void fields_of(json_writer& to, const admit& what) {
    member_if_any(to, "participant", what.participant);
}
void fields_of(json_writer& to, const refuse& what) {
    to.name("participant").value(what.participant);
}
void fields_of(json_writer& to, const set_lobby_message& what) {
    to.name("text").value(what.text);
}
void fields_of(json_writer&, const fresh_ice&) {}
void fields_of(json_writer&, const ask_pads&) {}
void fields_of(json_writer& to, const chat_send& what) {
    to.name("text").value(what.text);
    to.name("key").value(what.key);
    member_if_any(to, "to", what.to);
    member_if_any(to, "reply_to", what.reply_to);
}
void fields_of(json_writer& to, const chat_edit& what) {
    to.name("message").value(what.message);
    to.name("text").value(what.text);
}
void fields_of(json_writer& to, const chat_delete& what) {
    to.name("message").value(what.message);
}
void fields_of(json_writer& to, const chat_react& what) {
    to.name("message").value(what.message);
    to.name("emoji").value(what.emoji);
    to.name("on").value(what.on);
}
void fields_of(json_writer& to, const chat_typing& what) {
    to.name("on").value(what.on);
    member_if_any(to, "to", what.to);
}
void fields_of(json_writer& to, const chat_history& what) {
    to.name("before").value(what.before);
    to.name("limit").value(what.limit);
}
void fields_of(json_writer& to, const publish& what) {
    to.name("sdp").value(what.sdp);
    to.name("sources").begin_object();
    for (const auto& [mid, one] : what.sources) to.name(mid).value(name_of(one));
    to.end_object();
}
void fields_of(json_writer& to, const view& what) {
    to.name("videos").begin_array();
    for (const auto& one : what.videos) {
        to.begin_object();
        to.name("participant").value(one.participant);
        to.name("source").value(name_of(one.what));
        to.name("height").value(one.height);
        to.end_object();
    }
    to.end_array();
}
void fields_of(json_writer& to, const receive_answer& what) {
    to.name("number").value(what.number);
    to.name("sdp").value(what.sdp);
}
void fields_of(json_writer&, const receive_restart&) {}
void fields_of(json_writer&, const receive_reset&) {}

}  // namespace

std::string encode(const request& what) {
    json_writer to;
    to.begin_object();
    to.name("type").value(permission_of(what.what).type);
    to.name("id").value(what.id);
    std::visit([&](const auto& body) { fields_of(to, body); }, what.what);
    to.end_object();
    return std::move(to).take();
}

}  // namespace conf::signalling

#include "libconf/room/limits.hpp"
#include "libconf/room/permissions.hpp"
#include "libconf/signalling/codec.hpp"
#include "libconf/signalling/decode_board.hpp"
#include "libconf/signalling/fields.hpp"
#include "libconf/signalling/json_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace conf::signalling {
namespace {

using namespace rooms;
using nlohmann::json;

constexpr text_rule name_text{1, name_bytes_max, text_rule::unit::bytes};
constexpr text_rule id_text{1, id_characters_max};
constexpr text_rule key_text{1, key_characters_max};
constexpr text_rule chat_text{1, chat_characters_max, text_rule::unit::characters, text_rule::content::lines};
constexpr text_rule lobby_text{0, lobby_message_characters_max};
constexpr text_rule emoji_text{1, emoji_bytes_max, text_rule::unit::bytes};
constexpr text_rule token_text{1, token_characters_max};
constexpr text_rule client_text{0, client_characters_max};
constexpr text_rule device_text{1, device_characters_max};
constexpr text_rule locale_text{0, locale_characters_max};
/// The SDP parser has rules of its own for what stands in it.
constexpr text_rule sdp_text{1, sdp_bytes_max, text_rule::unit::bytes, text_rule::content::anything};

template <class Request>
using as = std::type_identity<Request>;

// One for each request, in the order of the protocol.
hello read(fields& from, as<hello>) {
    return {from.numbers("versions", versions_max), from.text_if("token", token_text),
            from.text_if("client", client_text), from.text_if("device", device_text)};
}
join read(fields& from, as<join>) {
    return {from.text("name", name_text), from.flag_or("microphone", false), from.flag_or("camera", false),
            from.text_if("locale", locale_text)};
}
resume read(fields& from, as<resume>) {
    return {from.numbers("versions", versions_max), from.text("resume", token_text),
            from.flag_or("publish", false), from.flag_or("receive", false)};
}
leave read(fields&, as<leave>) {
    return {};
}
set_media read(fields& from, as<set_media>) {
    return {from.source("source"), from.flag("on")};
}
set_name read(fields& from, as<set_name>) {
    return {from.text("name", name_text)};
}
set_hand read(fields& from, as<set_hand>) {
    return {from.flag("up")};
}
lower_hands read(fields& from, as<lower_hands>) {
    return {from.text_if("participant", id_text)};
}
react read(fields& from, as<react>) {
    return {from.text("emoji", emoji_text)};
}
set_away read(fields& from, as<set_away>) {
    return {from.flag("on")};
}
mute read(fields& from, as<mute>) {
    return {from.text_if("participant", id_text), from.source_or("source", source::microphone)};
}
ask_unmute read(fields& from, as<ask_unmute>) {
    return {from.text("participant", id_text)};
}
set_role read(fields& from, as<set_role>) {
    return {from.text("participant", id_text), from.role("role")};
}
remove_person read(fields& from, as<remove_person>) {
    return {from.text("participant", id_text), from.flag_or("ban", false)};
}
end_meeting read(fields&, as<end_meeting>) {
    return {};
}
set_locks read(fields& from, as<set_locks>) {
    set_locks made;
    from.object("locks", [&](fields& locks) {
        made.changes = {locks.flag_if("microphone"), locks.flag_if("camera"),       locks.flag_if("screen"),
                        locks.flag_if("chat"),       locks.flag_if("private_chat"), locks.flag_if("people")};
    });
    return made;
}
set_room read(fields& from, as<set_room>) {
    return {from.text_if("title", name_text), from.flag_if("lobby")};
}
admit read(fields& from, as<admit>) {
    return {from.text_if("participant", id_text)};
}
refuse read(fields& from, as<refuse>) {
    return {from.text("participant", id_text)};
}
set_lobby_message read(fields& from, as<set_lobby_message>) {
    return {from.text("text", lobby_text)};
}
fresh_ice read(fields&, as<fresh_ice>) {
    return {};
}
ask_pads read(fields&, as<ask_pads>) {
    return {};
}

chat_send read(fields& from, as<chat_send>) {
    return {from.text("text", chat_text), from.text("key", key_text), from.text_if("to", id_text),
            from.text_if("reply_to", id_text)};
}
chat_edit read(fields& from, as<chat_edit>) {
    return {from.text("message", id_text), from.text("text", chat_text)};
}
chat_delete read(fields& from, as<chat_delete>) {
    return {from.text("message", id_text)};
}
chat_react read(fields& from, as<chat_react>) {
    return {from.text("message", id_text), from.text("emoji", emoji_text), from.flag("on")};
}
chat_typing read(fields& from, as<chat_typing>) {
    return {from.flag("on"), from.text_if("to", id_text)};
}
chat_history read(fields& from, as<chat_history>) {
    return {from.text("before", id_text),
            static_cast<std::size_t>(
                from.number_if("limit", 1, history_messages_max).value_or(history_messages_default))};
}

publish read(fields& from, as<publish>) {
    publish made{from.text("sdp", sdp_text), {}};
    from.texts("sources", sources_per_offer_max, [&](const std::string& mid, std::string_view name) {
        const auto what = source_named(name);
        const bool known =
            std::ranges::any_of(made.sources, [&](const auto& one) { return one.second == what; });
        if (!what || known) return from.refuse("sources", "each source is for one section");
        if (mid.empty() || mid.size() > mid_characters_max) return from.refuse("sources", "that is no mid");
        made.sources.emplace(mid, *what);
    });
    return made;
}
view read(fields& from, as<view>) {
    view made;
    from.objects("videos", views_max, [&](fields& entry) {
        wish one{entry.text("participant", id_text), entry.source("source"),
                 static_cast<std::uint32_t>(entry.number("height", 0, picture_height_max))};
        if (one.what != source::camera && one.what != source::screen) entry.refuse("source", "is no picture");
        made.videos.push_back(std::move(one));
    });
    return made;
}
receive_answer read(fields& from, as<receive_answer>) {
    return {static_cast<std::uint32_t>(from.number("number", 1, std::numeric_limits<std::uint32_t>::max())),
            from.text("sdp", sdp_text)};
}
receive_restart read(fields&, as<receive_restart>) {
    return {};
}
receive_reset read(fields&, as<receive_reset>) {
    return {};
}

using body_reader = request_body (*)(fields&);

template <std::size_t... Index>
constexpr std::array<body_reader, sizeof...(Index)> make_readers(std::index_sequence<Index...>) {
    return {[](fields& from) {
        return request_body(read(from, as<std::variant_alternative_t<Index, any_request>>{}));
    }...};
}

/// In the order of the table of permissions, which has the names.
constexpr auto readers = make_readers(std::make_index_sequence<request_count>{});

undecodable bad(std::optional<std::uint64_t> id, std::string why, std::string field = {}) {
    return {id, {error_code::bad_message, std::move(why), std::move(field)}};
}

}  // namespace

decoded decode(std::string_view text) {
    const auto parsed = parse_json(text);
    if (const auto* const why = std::get_if<bad_json>(&parsed)) return bad(std::nullopt, why->why);
    const auto& object = std::get<json>(parsed);
    if (!object.is_object()) return bad(std::nullopt, "an object is wanted");

    std::optional<failure> fault;
    fields from(object, fault);
    const auto id = from.number("id", 1, number_max);
    if (fault) return undecodable{std::nullopt, std::move(*fault)};
    const auto type = from.text("type", {1, 64});
    if (fault) return undecodable{id, std::move(*fault)};
    const auto known = permissions();
    const auto row = std::ranges::find(known, type, &permission::type);
    if (row == known.end()) {
        auto board = read_board_request(type, from);
        if (fault) return undecodable{id, std::move(*fault)};
        if (board) return boards::request{id, std::move(*board)};
        return undecodable{id, {error_code::unknown_type, "no such request", "type"}};
    }

    request made{id, readers[static_cast<std::size_t>(row - known.begin())](from)};
    if (fault) return undecodable{id, std::move(*fault)};
    return made;
}

}  // namespace conf::signalling

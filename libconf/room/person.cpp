#include "libconf/room/person.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/room/limits.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>

namespace conf::rooms {
namespace {

/// Never renumbered.
struct person_tag {
    enum : std::uint8_t {
        id = 1,
        name,
        role,
        stands,
        entered,
        since,
        joined,
        flags,
        hand,
        external_id,
        ban_key,
        token,
        token_before,
        last_seen,
    };
};

enum flag : std::uint8_t {
    flag_guest = 1,
    flag_microphone = 2,
    flag_camera = 4,
    flag_screen = 8,
    flag_screen_audio = 16,
    flag_away = 32,
    flag_name_bound = 64,
    flag_role_bound = 128,
};

std::uint64_t flags_of(const person& who) {
    const auto bit = [](bool on, flag which) { return on ? std::uint64_t{which} : 0; };
    return bit(who.info.guest, flag_guest) | bit(who.info.microphone, flag_microphone) |
           bit(who.info.camera, flag_camera) | bit(who.info.screen, flag_screen) |
           bit(who.info.screen_audio, flag_screen_audio) | bit(who.info.away, flag_away) |
           bit(who.name_bound, flag_name_bound) | bit(who.role_bound, flag_role_bound);
}

void set_flags(person& who, std::uint64_t flags) {
    who.info.guest = (flags & flag_guest) != 0;
    who.info.microphone = (flags & flag_microphone) != 0;
    who.info.camera = (flags & flag_camera) != 0;
    who.info.screen = (flags & flag_screen) != 0;
    who.info.screen_audio = (flags & flag_screen_audio) != 0;
    who.info.away = (flags & flag_away) != 0;
    who.name_bound = (flags & flag_name_bound) != 0;
    who.role_bound = (flags & flag_role_bound) != 0;
}

std::optional<crypto::sha256_digest> digest_in(std::string_view text) {
    crypto::sha256_digest digest{};
    if (text.size() != digest.size()) return std::nullopt;
    std::ranges::copy(as_bytes(text), digest.begin());
    return digest;
}

void read_field(person& who, const record_reader& field) {
    const auto number = field.number();
    switch (field.tag()) {
        case person_tag::id: who.info.id = field.text(); break;
        case person_tag::name: who.info.name = field.text(); break;
        case person_tag::role:
            who.info.acts_as = number < role_count ? static_cast<role>(number) : role::viewer;
            break;
        case person_tag::stands:
            who.stands = number <= static_cast<std::uint64_t>(standing::removed)
                             ? static_cast<standing>(number)
                             : standing::removed;
            break;
        case person_tag::entered: who.entered = number; break;
        case person_tag::since: who.since = time_in(number); break;
        case person_tag::joined: who.info.joined = time_in(number); break;
        case person_tag::flags: set_flags(who, number); break;
        case person_tag::hand: who.info.hand = time_in(number); break;
        case person_tag::external_id: who.external_id = field.text(); break;
        case person_tag::ban_key:
            if (who.ban_keys.size() < ban_keys_per_person_max) who.ban_keys.emplace_back(field.text());
            break;
        case person_tag::token: who.token = digest_in(field.text()); break;
        case person_tag::token_before: who.token_before = digest_in(field.text()); break;
        case person_tag::last_seen: who.last_seen = time_in(number); break;
        default: break;  // of a newer server
    }
}

}  // namespace

bool& flag_of(person_info& who, source what) noexcept {
    switch (what) {
        case source::camera: return who.camera;
        case source::screen: return who.screen;
        case source::screen_audio: return who.screen_audio;
        case source::microphone: break;
    }
    return who.microphone;
}

std::optional<bool>& flag_of(person_changed& who, source what) noexcept {
    switch (what) {
        case source::camera: return who.camera;
        case source::screen: return who.screen;
        case source::screen_audio: return who.screen_audio;
        case source::microphone: break;
    }
    return who.microphone;
}

record record_of(const person& who) {
    record_writer to;
    to.text(person_tag::id, who.info.id);
    to.text(person_tag::name, who.info.name);
    to.number(person_tag::role, static_cast<std::uint64_t>(who.info.acts_as));
    to.number(person_tag::stands, static_cast<std::uint64_t>(who.stands));
    to.number(person_tag::entered, who.entered);
    to.number(person_tag::since, count_of(who.since));
    to.number(person_tag::joined, count_of(who.info.joined));
    to.number(person_tag::flags, flags_of(who));
    if (who.info.hand) to.number(person_tag::hand, count_of(*who.info.hand));
    to.text(person_tag::external_id, who.external_id);
    for (const auto& key : who.ban_keys) to.item(person_tag::ban_key, key);
    if (who.token) to.item(person_tag::token, as_text(*who.token));
    if (who.token_before) to.item(person_tag::token_before, as_text(*who.token_before));
    to.number(person_tag::last_seen, count_of(who.last_seen));
    return {record_kind::person, key_of(who.number), std::move(to).take()};
}

std::optional<person> read_person(std::string_view key, std::string_view value) {
    const auto number = number_in(key);
    if (!number) return std::nullopt;
    person who;
    who.number = *number;
    who.stands = standing::inside;  // 0 is not written
    who.info.guest = false;
    who.info.here = false;
    record_reader from(value);
    while (from.next()) read_field(who, from);
    if (!from.complete() || who.info.id.empty()) return std::nullopt;
    return who;
}

}  // namespace conf::rooms

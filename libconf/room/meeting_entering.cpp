// The door, the waiting room, and coming back.
#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"
#include "libconf/room/text.hpp"

#include <algorithm>
#include <chrono>

namespace conf::rooms {
namespace {

constexpr std::uint32_t version = 1;

bool speaks(const std::vector<std::uint32_t>& versions) {
    return std::ranges::find(versions, version) != versions.end();
}

failure other_version() {
    auto why = fail(error_code::version, "none of these versions is spoken here", "versions");
    why.versions = {version};
    return why;
}

crypto::sha256_digest digest_of(std::string_view token) {
    return crypto::sha256({as_bytes(token)});
}

std::string hexadecimal(bytes data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto one : data) {
        text += digits[std::to_integer<std::size_t>(one >> 4)];
        text += digits[std::to_integer<std::size_t>(one & std::byte{0xF})];
    }
    return text;
}

void bound(std::vector<std::string>& keys) {
    std::erase_if(keys, [](const std::string& key) { return key.empty() || key.size() > ban_key_bytes_max; });
    if (keys.size() > ban_keys_per_person_max) keys.resize(ban_keys_per_person_max);
}

}  // namespace

meeting::state::outcome meeting::state::check_entry(const entry& known, wall_time now) const {
    if (known.refused) {
        auto why = fail(*known.refused, known.refused_text);
        why.retry_after_seconds = known.retry_after_seconds;
        return why;
    }
    if (bans.holds(known.external_id, known.ban_keys)) return fail(error_code::banned, "a moderator decided");
    if (known.with && !tickets.admits(*known.with, now)) {
        return fail(error_code::expired_token,
                    "this link has been used up or taken back; ask for another one");
    }
    return std::nullopt;
}

meeting::state::outcome meeting::state::on(const caller& as, const hello& what) {
    if (!speaks(what.versions)) return other_version();
    auto known = as.known;
    if (what.device) known.ban_keys.push_back("device " + *what.device);
    bound(known.ban_keys);
    if (known.name) known.name = std::string(cut_to_bytes(shown_name(*known.name), name_bytes_max));
    if (known.name && known.name->empty()) known.name.reset();
    if (auto why = check_entry(known, as.in.at.wall)) return why;
    as.from.known = std::move(known);
    as.from.place = place::outside;
    timers.set({timer_kind::greeting, as.from.id}, as.in.at.now + join_time);
    door_opened seen{
        .version = version,
        .room = room.name,
        .title = room.title,
        .lobby = room.lobby,
        .people = inside.size(),
        .names = door_names(),
        .you = {},
    };
    const auto& mine = as.from.known;
    if (mine.name || mine.acts_as) {
        seen.you = door_opened::known{mine.name.value_or(""), mine.acts_as.value_or(role::viewer)};
    }
    return answer(as, std::move(seen));
}

std::optional<std::vector<std::string>> meeting::state::door_names() const {
    if (room.lobby || hides_viewers()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto* one : inside) {
        if (names.size() == door_names_max) break;
        names.push_back(one->info.name);
    }
    return names;
}

void meeting::state::touch_door(instant now) {
    const timer due{timer_kind::door, 0};
    const bool watched =
        std::ranges::any_of(links, [](const auto& one) { return one.second.place == place::outside; });
    if (watched && !timers.runs(due)) timers.set(due, now + door_pause);
}

void meeting::state::tell_door(outputs& out) {
    std::vector<connection_id> to;
    for (const auto& [id, one] : links) {
        if (one.place == place::outside) to.push_back(id);
    }
    tell_all(std::move(to), door{inside.size(), door_names()}, out);
}

role meeting::state::role_at_door(const entry& known) const {
    if (known.acts_as) return *known.acts_as;
    const auto may_moderate = [](const person* one) { return !one->role_bound || one->moderates(); };
    if (options.open && std::ranges::none_of(inside, may_moderate)) return role::moderator;
    return role::viewer;
}

meeting::state::outcome meeting::state::on(const caller& as, const join& what) {
    const auto& known = as.from.known;
    if (auto why = check_entry(known, as.in.at.wall)) return why;
    auto name = known.name ? *known.name : shown_name(what.name);
    if (name.empty()) return fail(error_code::bad_message, "a name that can be seen is wanted", "name");
    return enter_new(as, what, std::move(name));
}

meeting::state::outcome meeting::state::enter_new(const caller& as, const join& what, std::string name) {
    const auto& known = as.from.known;
    auto full = fail(error_code::room_full, "the room is full");
    full.retry_after_seconds = options.retry_after_seconds;
    const auto acts_as = role_at_door(known);
    const bool waits = room.lobby && acts_as == role::viewer;
    const auto* const replaced = oldest_session(known.external_id);
    const auto staying = inside.size() - (replaced == nullptr ? 0 : 1);
    if (waits ? waiters.size() >= options.waiting_max : staying >= options.participants_max) return full;
    if (!waits && replaced != nullptr) {
        auto& old = *find(replaced->info.id);
        close_person(old, 4004, "replaced", as.in);
        depart(old, departure::left, std::nullopt, as.in);
    }
    if (known.with) tickets.use(*known.with, as.in.at.wall, as.in.out.records);
    auto& who = make_person(as, std::move(name));
    who.info.acts_as = acts_as;
    who.info.microphone = what.microphone;
    who.info.camera = what.camera;
    if (waits) {
        wait_outside(who, as.in);
        attach(as.from, who);
        return answer(as, make_waiting(who));
    }
    attach(as.from, who);
    come_in(who, as.in, false);
    return answer(as, make_welcome(who, as.in.at));
}

const person* meeting::state::oldest_session(const std::string& external_id) const {
    if (external_id.empty() || options.sessions_per_user_max == 0) return nullptr;
    const auto same = [&](const person* one) { return one->external_id == external_id; };
    if (static_cast<std::size_t>(std::ranges::count_if(inside, same)) < options.sessions_per_user_max)
        return nullptr;
    return *std::ranges::find_if(inside, same);
}

person& meeting::state::make_person(const caller& as, std::string name) {
    const auto& known = as.from.known;
    auto& who = people[next_person];
    who.number = next_person++;
    who.info.id = new_id();
    who.info.name = std::move(name);
    who.info.guest = !known.name;
    who.name_bound = known.name.has_value();
    who.role_bound = known.acts_as.has_value();
    who.external_id = known.external_id;
    who.ban_keys = known.ban_keys;
    by_id.emplace(who.info.id, &who);
    return who;
}

void meeting::state::attach(link& from, person& who) {
    who.connection = from.id;
    who.last_seen = {};
    from.who = &who;
    from.place = who.is_waiting() ? place::waiting : place::inside;
    timers.stop({timer_kind::greeting, from.id});
    timers.stop({timer_kind::place, who.number});
    timers.stop({timer_kind::memory, who.number});
    touch(who);
}

void meeting::state::come_in(person& who, turn in, bool again) {
    if (!who.role_bound && who.info.acts_as != role::moderator && role_at_door({}) == role::moderator) {
        who.info.acts_as = role::moderator;
    }
    who.stands = standing::inside;
    who.entered = next_entry++;
    who.info.joined = in.at.wall;
    who.info.here = who.connection.has_value();
    if (who.connection) links.at(*who.connection).place = place::inside;
    inside.push_back(&who);
    touch(who);
    if (room.started == wall_time{} || empty_since) room_touched = true;
    if (room.started == wall_time{}) room.started = in.at.wall;
    empty_since.reset();
    timers.stop({timer_kind::emptiness, 0});
    for (std::size_t i = 0; i < source_count; ++i) {
        const auto what = static_cast<source>(i);
        auto& flag = flag_of(who.info, what);
        flag = flag && (who.info.acts_as != role::viewer || !is_locked(what, room.locked));
        if (flag) in.out.forwards.push_back({who.info.id, what, true});
    }
    tell_all(audience([&](const person& one) { return &one != &who && sees(one, who); }),
             person_joined{who.info}, in.out);
    if (hides_viewers()) renew_views_of(who, in.out);
    in.out.events.emplace_back(came_in{who.info, again});
    touch_door(in.at.now);
}

void meeting::state::wait_outside(person& who, turn in) {
    who.stands = standing::waiting;
    who.since = in.at.wall;
    waiters.push_back(&who);
    touch(who);
    tell_moderators(waiting_joined{who.guest()}, in.out);
    in.out.events.emplace_back(asked_to_enter{who.guest()});
}

void meeting::state::let_in(person& who, turn in) {
    std::erase(waiters, &who);
    tell_moderators(waiting_left{who.info.id}, in.out);
    come_in(who, in, false);
    if (who.connection) tell_person(who, make_welcome(who, in.at), in.out);
}

void meeting::state::let_in_waiting(turn in) {
    while (!waiters.empty() && inside.size() < options.participants_max) let_in(*waiters.front(), in);
}

waiting meeting::state::make_waiting(person& who) {
    return {lobby_text.empty() ? std::nullopt : std::optional(lobby_text), new_token(who)};
}

welcome meeting::state::make_welcome(person& who, moment at) {
    welcome made;
    made.you = who.info.id;
    made.resume = new_token(who);
    made.room = room;
    for (const auto* one : inside) {
        if (sees(who, *one)) made.people.push_back(one->info);
    }
    if (who.moderates()) {
        made.waiting.emplace();
        for (const auto* one : waiters) made.waiting->push_back(one->guest());
    }
    auto page = chat.page(who.info.id, std::nullopt, welcome_messages);
    made.messages = std::move(page.messages);
    made.more_messages = page.more;
    made.media = options.media;
    made.ice = fresh_credentials(who, at);
    const auto* const speaks = speaking ? find(*speaking) : nullptr;
    if (speaks != nullptr && speaks->is_in() && sees(who, *speaks)) made.speaker = speaking;
    made.now = at.wall;
    return made;
}

ice_credentials meeting::state::fresh_credentials(const person& who, moment at) {
    auto made = options.ice ? options.ice(who.info.id) : ice_credentials{};
    const timer due{timer_kind::ice, who.number};
    timers.stop(due);
    if (made.expires) {
        const auto life = *made.expires - at.wall;
        timers.set(due, at.now + std::max<wall_time>(life / ice_life_part, std::chrono::seconds(1)));
    }
    return made;
}

std::string meeting::state::new_id() {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    std::string id(16, '\0');  // 80 bits
    for (auto& c : id) c = digits[random.below(digits.size())];
    return id;
}

std::string meeting::state::new_token(person& who) {
    std::array<std::byte, 32> secret{};
    random.fill(secret);
    auto token = hexadecimal(secret);
    crypto::wipe(secret);
    if (who.token_before) by_token.erase(*who.token_before);
    who.token_before = who.token;
    who.token = digest_of(token);
    by_token.emplace(*who.token, &who);
    touch(who);
    return token;
}

meeting::state::outcome meeting::state::on(const caller& as, const resume& what) {
    if (!speaks(what.versions)) return other_version();
    if (auto why = check_entry(as.known, as.in.at.wall)) return why;
    const auto digest = digest_of(what.token);
    const auto found = by_token.find(digest);
    if (found == by_token.end()) return fail(error_code::gone, "join anew", "resume");
    auto& who = *found->second;
    // A moderator may share his device with somebody who was banned; that is how bans are tried.
    if (!who.moderates() && bans.holds(who.external_id, who.ban_keys))
        return fail(error_code::banned, "a moderator decided");
    if (who.stands == standing::refused || who.stands == standing::removed) {
        return fail(error_code::refused, "a moderator decided");
    }
    if (who.stands == standing::remembered && inside.size() >= options.participants_max) {
        auto full = fail(error_code::room_full, "the room is full");
        full.retry_after_seconds = options.retry_after_seconds;
        return full;
    }
    // The one that was used stays good until the new one is used; the newest of before never arrived.
    if (who.token != digest) {
        by_token.erase(*who.token);
        who.token = std::exchange(who.token_before, std::nullopt);
    }
    // This client goes on as that person: nobody sees a leave.
    close_person(who, 4004, "replaced", as.in);
    if (who.is_waiting()) {
        attach(as.from, who);
        return answer(as, make_waiting(who));
    }
    return resume_inside(as, what, who);
}

meeting::state::outcome meeting::state::resume_inside(const caller& as, const resume& what, person& who) {
    const bool again = who.stands == standing::remembered;
    attach(as.from, who);
    if (again) {
        come_in(who, as.in, true);
    } else {
        // A media part that began anew has to be told.
        for (std::size_t i = 0; i < source_count; ++i) {
            const auto one = static_cast<source>(i);
            if (flag_of(who.info, one)) as.in.out.forwards.push_back({who.info.id, one, true});
        }
        if (!std::exchange(who.info.here, true)) {
            // He is told by the welcome: nothing of the room comes before it.
            tell_all(audience([&](const person& one) { return &one != &who && sees(one, who); }),
                     person_changed{.id = who.info.id, .here = true}, as.in.out);
            as.in.out.events.emplace_back(came_back{who.info.id});
        }
    }
    const auto has = options.transports && !again ? options.transports(who.info.id) : welcome::transports{};
    const transport_end useless{who.info.id, has.publish && !what.publish, has.receive && !what.receive};
    if (useless.publish || useless.receive) as.in.out.ends.push_back(useless);
    auto made = make_welcome(who, as.in.at);
    made.resumed = welcome::transports{has.publish && what.publish, has.receive && what.receive};
    if (!made.resumed->receive) who.wishes.reset();
    return answer(as, std::move(made));
}

}  // namespace conf::rooms

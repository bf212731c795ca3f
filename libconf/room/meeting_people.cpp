// What people are, who sees whom, and what each may do with himself.
#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"
#include "libconf/room/text.hpp"

#include <algorithm>

namespace conf::rooms {

person* meeting::state::find(std::string_view id) {
    const auto found = by_id.find(std::string(id));
    return found == by_id.end() ? nullptr : found->second;
}

const person* meeting::state::find(std::string_view id) const {
    const auto found = by_id.find(std::string(id));
    return found == by_id.end() ? nullptr : found->second;
}

person* meeting::state::find_seen(const person& me, std::string_view id) {
    auto* const found = find(id);
    return found != nullptr && found->is_in() && sees(me, *found) ? found : nullptr;
}

bool meeting::state::sees(const person& viewer, const person& other) const {
    return !hides_viewers() || viewer.info.acts_as != role::viewer || other.info.acts_as != role::viewer ||
           viewer.number == other.number;
}

bool meeting::state::switch_source(person& who, source what, bool on, turn in) {
    auto& flag = flag_of(who.info, what);
    if (flag == on) return false;
    flag = on;
    touch(who);
    in.out.forwards.push_back({who.info.id, what, on});
    person_changed change{.id = who.info.id};
    flag_of(change, what) = on;
    tell_who_sees(who, std::move(change), in.out);
    in.out.events.emplace_back(switched_source{who.info.id, what, on});
    return true;
}

void meeting::state::silence(person& who, source what, const std::optional<participant_id>& by, turn in) {
    if (switch_source(who, what, false, in)) tell_person(who, muted{what, by}, in.out);
}

void meeting::state::lower(person& who, outputs& out) {
    if (!who.info.hand) return;
    who.info.hand.reset();
    touch(who);
    tell_who_sees(who, person_changed{.id = who.info.id, .hand = person_changed::raised{}}, out);
    out.events.emplace_back(raised_hand{who.info.id, false});
}

void meeting::state::obey_locks(person& who, turn in) {
    if (who.info.acts_as != role::viewer) return;
    for (std::size_t i = 0; i < source_count; ++i) {
        const auto what = static_cast<source>(i);
        if (is_locked(what, room.locked)) silence(who, what, std::nullopt, in);
    }
    const bool to_moderator =
        who.types_to && find(*who.types_to) != nullptr && find(*who.types_to)->moderates();
    const chat_typing typed{true, who.types_to};
    const circumstances where{
        .locked = room.locked, .is_private = who.types_to.has_value(), .to_moderator = to_moderator};
    if (who.types && may(typed, where) != verdict::yes) stop_typing(who, in.out);
}

std::size_t meeting::state::moderators() const {
    return static_cast<std::size_t>(std::ranges::count_if(inside, &person::moderates));
}

void meeting::state::change_role(person& who, role to, turn in) {
    const auto before = who.info.acts_as;
    if (before == to) return;
    const auto has_seen = audience([&](const person& one) { return sees(one, who); });
    std::vector<const person*> seen;
    for (const auto* one : inside) {
        if (sees(who, *one)) seen.push_back(one);
    }
    who.info.acts_as = to;
    touch(who);
    tell_all(has_seen, person_changed{.id = who.info.id, .acts_as = to}, in.out);
    in.out.events.emplace_back(got_role{who.info.id, to});
    obey_locks(who, in);

    // With the people lock on, viewers see those of another role and are seen by them.
    const auto now_seen = audience([&](const person& one) { return sees(one, who); });
    const auto only_in = [](const auto& these, const auto& those) {
        auto rest = these;
        std::erase_if(rest, [&](const auto& one) { return std::ranges::find(those, one) != those.end(); });
        return rest;
    };
    tell_all(only_in(now_seen, has_seen), person_joined{who.info}, in.out);
    tell_all(only_in(has_seen, now_seen), person_left{who.info.id, departure::hidden}, in.out);
    for (const auto* one : inside) {
        const bool did = std::ranges::find(seen, one) != seen.end();
        if (sees(who, *one) == did) continue;
        if (did) {
            tell_person(who, person_left{one->info.id, departure::hidden}, in.out);
        } else {
            tell_person(who, person_joined{one->info}, in.out);
        }
    }
    if (hides_viewers()) {
        renew_view(who, in.out);
        renew_views_of(who, in.out);
    }
    if (before != role::moderator && to != role::moderator) return;
    for (const auto* guest : waiters) {
        if (to == role::moderator) {
            tell_person(who, waiting_joined{guest->guest()}, in.out);
        } else {
            tell_person(who, waiting_left{guest->info.id}, in.out);
        }
    }
}

void meeting::state::ensure_moderator(turn in) {
    if (!options.open || inside.empty() || moderators() > 0) return;
    // Somebody whose role a token says keeps it; of the others, those who are here come first.
    const auto longest = [&](bool here) {
        return std::ranges::find_if(
            inside, [&](const person* one) { return !one->role_bound && (one->info.here || !here); });
    };
    auto found = longest(true);
    if (found == inside.end()) found = longest(false);
    if (found != inside.end()) change_role(**found, role::moderator, in);
}

view meeting::state::allowed_view(const person& viewer, const view& wishes) const {
    if (!hides_viewers() || viewer.info.acts_as != role::viewer) return wishes;
    view allowed;
    for (const auto& one : wishes.videos) {
        const auto* const whom = find(one.participant);
        if (whom != nullptr && whom->is_in() && sees(viewer, *whom)) allowed.videos.push_back(one);
    }
    return allowed;
}

void meeting::state::renew_view(const person& viewer, outputs& out) const {
    if (!viewer.wishes || !viewer.connection) return;
    out.media.push_back({viewer.info.id, *viewer.connection, 0, allowed_view(viewer, *viewer.wishes)});
}

void meeting::state::renew_views_of(const person& whom, outputs& out) {
    for (const auto* one : inside) {
        if (one == &whom || one->info.acts_as != role::viewer || !one->wishes) continue;
        if (std::ranges::find(one->wishes->videos, whom.info.id, &wish::participant) !=
            one->wishes->videos.end())
            renew_view(*one, out);
    }
}

meeting::state::outcome meeting::state::on(const caller& as, const set_media& what) {
    switch_source(*as.from.who, what.what, what.on, as.in);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const set_name& what) {
    auto& me = *as.from.who;
    if (me.name_bound) return fail(error_code::forbidden, "your token says your name");
    auto name = shown_name(what.name);
    if (name.empty()) return fail(error_code::bad_message, "a name that can be seen is wanted", "name");
    if (name != me.info.name) {
        me.info.name = std::move(name);
        touch(me);
        tell_who_sees(me, person_changed{.id = me.info.id, .name = me.info.name}, as.in.out);
        as.in.out.events.emplace_back(renamed{me.info.id, me.info.name});
        touch_door(as.in.at.now);
    }
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const set_hand& what) {
    auto& me = *as.from.who;
    if (!what.up) {
        lower(me, as.in.out);
    } else if (!me.info.hand) {
        me.info.hand = as.in.at.wall;
        touch(me);
        const person_changed::raised since{as.in.at.wall};
        tell_who_sees(me, person_changed{.id = me.info.id, .hand = since}, as.in.out);
        as.in.out.events.emplace_back(raised_hand{me.info.id, true});
    }
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const react& what) {
    tell_who_sees(*as.from.who, reaction{as.from.who->info.id, what.emoji}, as.in.out);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const set_away& what) {
    auto& me = *as.from.who;
    if (me.info.away != what.on) {
        me.info.away = what.on;
        touch(me);
        tell_who_sees(me, person_changed{.id = me.info.id, .away = what.on}, as.in.out);
    }
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const fresh_ice&) {
    return answer(as, ice_given{fresh_credentials(*as.from.who, as.in.at)});
}

meeting::state::outcome meeting::state::on(const caller& as, const ask_pads&) {
    if (!options.pads) return fail(error_code::forbidden, "this server has no pads");
    return answer(as, options.pads(as.from.who->info));
}

}  // namespace conf::rooms

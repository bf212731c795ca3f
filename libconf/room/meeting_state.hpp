/// What a meeting is made of; its functions stand in the sources by theme: entering, people, moderating,
/// chat, media, time.
#pragma once

#include "libconf/room/ban_list.hpp"
#include "libconf/room/chat_log.hpp"
#include "libconf/room/meeting.hpp"
#include "libconf/room/pacing.hpp"
#include "libconf/room/permissions.hpp"
#include "libconf/room/person.hpp"
#include "libconf/room/schedule.hpp"
#include "libconf/room/ticket_book.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace conf::rooms {

struct meeting::state {
    state(settings with, const crypto::random_key& key);

    /// A client's connection, from `handle_opened` to its end.
    struct link {
        connection_id id = 0;
        std::uint8_t place = place::fresh;
        entry known{};
        person* who = nullptr;  ///< waiting or inside
        pacing pace{};
    };

    /// One call from outside.
    struct turn {
        moment at;
        outputs& out;
    };
    /// One request: whose, and what it is answered with.
    struct caller {
        turn in;
        link& from;
        std::uint64_t request = 0;
        const entry& known;
    };
    /// Nothing: answered.
    using outcome = std::optional<failure>;

    // meeting.cpp: requests in, answers out.
    void handle(link& from, const request& asked, const entry* with, turn in);
    [[nodiscard]] outcome refused(link& from, const request_body& what, instant now);
    [[nodiscard]] outcome check_rights(const person& me, const request_body& what) const;
    [[nodiscard]] circumstances circumstances_of(const person& me, const request_body& what) const;
    void count_bad(link& from, turn in);
    static outcome answer(const caller& to, message_body what);
    static outcome ok(const caller& to) { return answer(to, done{}); }
    /// At the end of each call: what was touched is kept.
    void flush(outputs& out);

    // messages to many
    static void tell(connection_id to, message_body what, outputs& out);
    static void tell_all(std::vector<connection_id> to, message_body what, outputs& out);
    void tell_person(const person& to, message_body what, outputs& out) const;
    /// Those who are in, have a connection and fit.
    template <std::predicate<const person&> Fits>
    [[nodiscard]] std::vector<connection_id> audience(Fits fits) const {
        std::vector<connection_id> to;
        to.reserve(inside.size());
        for (const auto* one : inside) {
            if (one->connection && fits(*one)) to.push_back(*one->connection);
        }
        return to;
    }
    void tell_inside(message_body what, outputs& out) const;
    void tell_moderators(message_body what, outputs& out) const;
    void tell_who_sees(const person& whom, message_body what, outputs& out) const;

    // meeting_people.cpp: what they are and who sees whom.
    [[nodiscard]] person* find(std::string_view id);
    [[nodiscard]] const person* find(std::string_view id) const;
    /// Who is in and seen by `me`; null for others.
    [[nodiscard]] person* find_seen(const person& me, std::string_view id);
    [[nodiscard]] bool sees(const person& viewer, const person& other) const;
    [[nodiscard]] bool hides_viewers() const noexcept { return room.locked.people; }
    void touch(const person& who) { touched.insert(who.number); }
    /// False: it was so before.
    bool switch_source(person& who, source what, bool on, turn in);
    /// Another one did it.
    void silence(person& who, source what, const std::optional<participant_id>& by, turn in);
    void lower(person& who, outputs& out);
    void change_role(person& who, role to, turn in);
    void obey_locks(person& who, turn in);
    void ensure_moderator(turn in);
    [[nodiscard]] std::size_t moderators() const;
    void forget(person& who, turn in);
    /// Views that name this person are asked for again: what may be seen has changed.
    void renew_views_of(const person& whom, outputs& out);
    void renew_view(const person& viewer, outputs& out) const;
    [[nodiscard]] view allowed_view(const person& viewer, const view& wishes) const;

    // meeting_entering.cpp
    [[nodiscard]] outcome check_entry(const entry& known, wall_time now) const;
    [[nodiscard]] outcome enter_new(const caller& as, const join& what, std::string name);
    person& make_person(const caller& as, std::string name);
    [[nodiscard]] role role_at_door(const entry& known) const;
    /// Somebody known comes in: from outside, from the waiting room, or back.
    void come_in(person& who, turn in, bool again);
    void wait_outside(person& who, turn in);
    void let_in(person& who, turn in);
    void let_in_waiting(turn in);
    void attach(link& from, person& who);
    [[nodiscard]] welcome make_welcome(person& who, moment at);
    [[nodiscard]] waiting make_waiting(person& who);
    [[nodiscard]] std::string new_token(person& who);
    [[nodiscard]] std::string new_id();
    [[nodiscard]] std::optional<std::vector<std::string>> door_names() const;
    void touch_door(instant now);
    void tell_door(outputs& out);
    [[nodiscard]] ice_credentials fresh_credentials(const person& who, moment at);
    [[nodiscard]] outcome resume_inside(const caller& as, const resume& what, person& who);
    /// The one that goes when another of that account comes in; null: all fit.
    [[nodiscard]] const person* oldest_session(const std::string& external_id) const;

    // meeting_leaving.cpp: ends of connections, places and meetings.
    /// The place is kept.
    void lose_connection(link& from, turn in);
    void close(link& which, std::uint16_t code, std::string reason, turn in);
    /// The place is gone; `who` stays known as `becomes`, or not at all.
    void depart(person& who, departure why, std::optional<standing> becomes, turn in);
    void close_person(person& who, std::uint16_t code, std::string_view reason, turn in);
    void leave_waiting(person& who, std::optional<standing> becomes, turn in);
    void eject(person& who, bool ban, turn in);
    void eject_banned(turn in);
    void end_media(person& who, outputs& out);
    void end_meeting(turn in);
    void forget_meeting(turn in);
    void after_departure(turn in);
    void remember(person& who, standing as, turn in);
    void handle_timer(timer which, turn in);
    void set_memory_timer(const person& who, moment at);
    void watch_emptiness(moment at);

    // requests, by theme
    outcome on(const caller& as, const hello& what);
    outcome on(const caller& as, const join& what);
    outcome on(const caller& as, const resume& what);
    outcome on(const caller& as, const leave& what);
    outcome on(const caller& as, const set_media& what);
    outcome on(const caller& as, const set_name& what);
    outcome on(const caller& as, const set_hand& what);
    outcome on(const caller& as, const lower_hands& what);
    outcome on(const caller& as, const react& what);
    outcome on(const caller& as, const set_away& what);
    outcome on(const caller& as, const mute& what);
    outcome on(const caller& as, const ask_unmute& what);
    outcome on(const caller& as, const set_role& what);
    outcome on(const caller& as, const remove_person& what);
    outcome on(const caller& as, const rooms::end_meeting& what);
    outcome on(const caller& as, const set_locks& what);
    outcome on(const caller& as, const set_room& what);
    outcome on(const caller& as, const admit& what);
    outcome on(const caller& as, const refuse& what);
    outcome on(const caller& as, const set_lobby_message& what);
    outcome on(const caller& as, const fresh_ice& what);
    outcome on(const caller& as, const ask_pads& what);
    outcome on(const caller& as, const chat_send& what);
    outcome on(const caller& as, const chat_edit& what);
    outcome on(const caller& as, const chat_delete& what);
    outcome on(const caller& as, const chat_react& what);
    outcome on(const caller& as, const chat_typing& what);
    outcome on(const caller& as, const chat_history& what);
    outcome on(const caller& as, const publish& what);
    outcome on(const caller& as, const view& what);
    outcome on(const caller& as, const receive_answer& what);
    outcome on(const caller& as, const receive_restart& what);
    outcome on(const caller& as, const receive_reset& what);

    // chat
    void tell_readers(const chat_message& what, bool is_new, outputs& out) const;
    void tell_typing(const person& who, bool on, outputs& out) const;
    void stop_typing(person& who, outputs& out);
    template <class Request>
    outcome pass_to_media(const caller& as, const Request& what);

    // records
    [[nodiscard]] record room_record() const;
    bool read_room(std::string_view value);
    bool restore_person(const record& kept, moment at);

    settings options;
    crypto::keyed_random random;
    bool saves = true;

    room_info room;  ///< `started` 0: no meeting yet
    std::string lobby_text;
    std::optional<wall_time> empty_since;
    std::optional<participant_id> speaking;

    std::map<std::uint64_t, person> people;  ///< by number; pointers to them stay good
    std::unordered_map<std::string, person*> by_id;
    std::map<crypto::sha256_digest, person*> by_token;
    std::vector<person*> inside;   ///< in the order of coming in
    std::vector<person*> waiters;  ///< the same
    std::map<connection_id, link> links;
    std::uint64_t next_person = 1;
    std::uint64_t next_entry = 1;

    chat_log chat;
    ban_list bans;
    ticket_book tickets;
    schedule timers;

    std::set<std::uint64_t> touched;  ///< people whose record is to be written
    bool room_touched = false;
};

/// The error for somebody who writes clients.
[[nodiscard]] inline failure fail(error_code code, std::string text, std::string field = {}) {
    return {code, std::move(text), std::move(field)};
}

}  // namespace conf::rooms

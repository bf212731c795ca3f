// What people write to each other, and what they ask of the media part.
#include "libconf/room/limits.hpp"
#include "libconf/room/meeting_state.hpp"
#include "libconf/room/text.hpp"

namespace conf::rooms {
namespace {

failure no_message(std::string field = "message") {
    return fail(error_code::unknown_message, "no such message", std::move(field));
}

}  // namespace

void meeting::state::tell_readers(const chat_message& what, bool is_new, outputs& out) const {
    const auto send = [&](std::vector<connection_id> to, chat_message shown) {
        if (is_new) {
            tell_all(std::move(to), chat_came{std::move(shown)}, out);
        } else {
            tell_all(std::move(to), chat_changed{std::move(shown)}, out);
        }
    };
    // Only its sender gets the key, so there are two forms of it.
    send(audience([&](const person& one) { return one.info.id == what.from; }),
         chat_log::shown_to(what, what.from));
    send(audience([&](const person& one) {
             return one.info.id != what.from && chat_log::reads(what, one.info.id);
         }),
         chat_log::shown_to(what, {}));
}

void meeting::state::tell_typing(const person& who, bool on, outputs& out) const {
    const auto hears = [&](const person& one) {
        if (one.number == who.number) return false;
        return who.types_to ? one.info.id == *who.types_to : sees(one, who);
    };
    tell_all(audience(hears), typing{who.info.id, on, who.types_to}, out);
}

void meeting::state::stop_typing(person& who, outputs& out) {
    timers.stop({timer_kind::typing, who.number});
    if (!who.types) return;
    who.types = false;
    tell_typing(who, false, out);
    who.types_to.reset();
}

meeting::state::outcome meeting::state::on(const caller& as, const chat_send& what) {
    auto& me = *as.from.who;
    if (const auto* const sent = chat.find_sent(me.info.id, what.key)) {
        return answer(as, chat_sent{sent->id, sent->at});
    }
    if (what.to && (*what.to == me.info.id || find_seen(me, *what.to) == nullptr)) {
        return fail(error_code::unknown_participant, "nobody else of that id is here", "to");
    }
    if (what.reply_to) {
        // An answer goes to nobody who may not read the question.
        const auto* const question = chat.find(*what.reply_to, me.info.id);
        if (question == nullptr || (question->to && (!what.to || !chat_log::reads(*question, *what.to)))) {
            return no_message("reply_to");
        }
    }
    auto text = without_direction_controls(what.text);
    if (text.empty()) return fail(error_code::bad_message, "nothing of it can be seen", "text");
    stop_typing(me, as.in.out);
    const auto& added = chat.add(
        {
            .id = new_id(),
            .from = me.info.id,
            .name = me.info.name,
            .text = std::move(text),
            .at = as.in.at.wall,
            .to = what.to,
            .reply_to = what.reply_to,
            .key = what.key,
        },
        as.in.out.records);
    tell_readers(added, true, as.in.out);
    if (!added.to) as.in.out.events.emplace_back(wrote{chat_log::shown_to(added, {})});
    return answer(as, chat_sent{added.id, added.at});
}

meeting::state::outcome meeting::state::on(const caller& as, const chat_edit& what) {
    const auto* const message = chat.find(what.message, as.from.who->info.id);
    if (message == nullptr) return no_message();
    if (message->deleted) return fail(error_code::forbidden, "the message was deleted");
    auto text = without_direction_controls(what.text);
    if (text.empty()) return fail(error_code::bad_message, "nothing of it can be seen", "text");
    if (text != message->text) {
        tell_readers(chat.edit(what.message, std::move(text), as.in.at.wall, as.in.out.records), false,
                     as.in.out);
    }
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const chat_delete& what) {
    const auto* const message = chat.find(what.message, as.from.who->info.id);
    if (message == nullptr) return no_message();
    if (!message->deleted) tell_readers(chat.remove_text(what.message, as.in.out.records), false, as.in.out);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const chat_react& what) {
    const auto& me = as.from.who->info.id;
    const auto* const message = chat.find(what.message, me);
    if (message == nullptr) return no_message();
    if (message->deleted) return fail(error_code::forbidden, "the message was deleted");
    switch (chat.react(what.message, what.emoji, me, what.on, as.in.out.records)) {
        case chat_log::reacting::too_many:
            return fail(error_code::forbidden, "the message has as many reactions as it can");
        case chat_log::reacting::changed: tell_readers(*chat.find(what.message, me), false, as.in.out); break;
        case chat_log::reacting::unchanged: break;
    }
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const chat_typing& what) {
    auto& me = *as.from.who;
    if (!what.on) {
        stop_typing(me, as.in.out);
        return ok(as);
    }
    if (what.to && (*what.to == me.info.id || find_seen(me, *what.to) == nullptr)) {
        return fail(error_code::unknown_participant, "nobody else of that id is here", "to");
    }
    if (me.types && me.types_to != what.to) stop_typing(me, as.in.out);
    me.types = true;
    me.types_to = what.to;
    timers.set({timer_kind::typing, me.number}, as.in.at.now + typing_time);
    tell_typing(me, true, as.in.out);
    return ok(as);
}

meeting::state::outcome meeting::state::on(const caller& as, const chat_history& what) {
    const auto& me = as.from.who->info.id;
    if (chat.find(what.before, me) == nullptr) return no_message("before");
    return answer(as, chat.page(me, what.before, what.limit));
}

template <class Request>
meeting::state::outcome meeting::state::pass_to_media(const caller& as, const Request& what) {
    if (!options.media) return fail(error_code::no_media, "this server has no media");
    as.in.out.media.push_back({as.from.who->info.id, as.from.id, as.request, what});
    return std::nullopt;
}

meeting::state::outcome meeting::state::on(const caller& as, const publish& what) {
    return pass_to_media(as, what);
}

meeting::state::outcome meeting::state::on(const caller& as, const view& what) {
    auto& me = *as.from.who;
    if (options.media) me.wishes = what;
    return pass_to_media(as, allowed_view(me, what));
}

meeting::state::outcome meeting::state::on(const caller& as, const receive_answer& what) {
    return pass_to_media(as, what);
}

meeting::state::outcome meeting::state::on(const caller& as, const receive_restart& what) {
    return pass_to_media(as, what);
}

meeting::state::outcome meeting::state::on(const caller& as, const receive_reset& what) {
    return pass_to_media(as, what);
}

void meeting::handle_speaker(const participant_id& who, outputs& out) {
    const auto* const found = state_->find(who);
    if (found == nullptr || !found->is_in() || state_->speaking == who) return;
    state_->speaking = who;
    state_->tell_who_sees(*found, speaker{who}, out);
}

void meeting::handle_media_ended(const participant_id& who, transport which, std::string why, outputs& out) {
    const auto* const found = state_->find(who);
    if (found == nullptr || !found->is_in()) return;
    if (which == transport::publish) {
        state_->tell_person(*found, publish_ended{std::move(why)}, out);
    } else {
        state_->tell_person(*found, receive_ended{std::move(why)}, out);
    }
}

}  // namespace conf::rooms

#include "libconf/room/chat_log.hpp"

#include "libconf/base/check.hpp"
#include "libconf/room/limits.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace conf::rooms {
namespace {

/// Never renumbered.
struct message_tag {
    enum : std::uint8_t {
        id = 1,
        from,
        name,
        text,
        at,
        to,
        reply_to,
        edited,
        deleted,
        key,
    };
};
constexpr std::uint8_t tag_reacting = 1;

/// A zero is in no id.
std::string sender_key(const participant_id& from, std::string_view key) {
    return std::string(from).append(1, '\0').append(key);
}

std::string reactions_key(std::uint64_t number, std::string_view emoji) {
    return key_of(number).append("/").append(emoji);
}

record reactions_record(std::uint64_t number, const std::string& emoji,
                        const std::vector<participant_id>& who) {
    record_writer to;
    for (const auto& one : who) to.item(tag_reacting, one);
    return {record_kind::reactions, reactions_key(number, emoji), std::move(to).take()};
}

void drop_reactions(std::uint64_t number, chat_message& from, std::vector<record>& out) {
    for (const auto& [emoji, who] : from.reactions) {
        out.push_back({record_kind::reactions, reactions_key(number, emoji), {}});
    }
    from.reactions.clear();
}

void read_field(chat_message& to, const record_reader& field) {
    switch (field.tag()) {
        case message_tag::id: to.id = field.text(); break;
        case message_tag::from: to.from = field.text(); break;
        case message_tag::name: to.name = field.text(); break;
        case message_tag::text: to.text = field.text(); break;
        case message_tag::at: to.at = time_in(field.number()); break;
        case message_tag::to: to.to = field.text(); break;
        case message_tag::reply_to: to.reply_to = field.text(); break;
        case message_tag::edited: to.edited = time_in(field.number()); break;
        case message_tag::deleted: to.deleted = field.number() != 0; break;
        case message_tag::key: to.key = field.text(); break;
        default: break;  // of a newer server
    }
}

}  // namespace

bool chat_log::reads(const chat_message& what, const participant_id& reader) {
    return !what.to || *what.to == reader || what.from == reader;
}

chat_message chat_log::shown_to(const chat_message& what, const participant_id& reader) {
    auto shown = what;
    if (shown.from != reader) shown.key.reset();
    return shown;
}

const chat_message& chat_log::add(chat_message what, std::vector<record>& out) {
    while (!messages_.empty() && messages_.size() >= messages_max_) erase(messages_.begin()->first, out);
    const auto added = messages_.emplace(next_++, std::move(what)).first;
    index(added->first, added->second);
    keep(*added, out);
    return added->second;
}

const chat_message* chat_log::find(std::string_view id, const participant_id& reader) const {
    const auto found = by_id_.find(std::string(id));
    if (found == by_id_.end()) return nullptr;
    const auto& message = messages_.at(found->second);
    return reads(message, reader) ? &message : nullptr;
}

const chat_message* chat_log::find_sent(const participant_id& from, const std::string& key) const {
    const auto found = by_sender_.find(sender_key(from, key));
    return found == by_sender_.end() ? nullptr : &messages_.at(found->second);
}

const chat_message& chat_log::edit(std::string_view id, std::string text, wall_time when,
                                   std::vector<record>& out) {
    const auto entry = at(id);
    entry->second.text = std::move(text);
    entry->second.edited = when;
    keep(*entry, out);
    return entry->second;
}

const chat_message& chat_log::remove_text(std::string_view id, std::vector<record>& out) {
    const auto entry = at(id);
    entry->second.text.clear();
    entry->second.edited.reset();
    entry->second.deleted = true;
    drop_reactions(entry->first, entry->second, out);
    keep(*entry, out);
    return entry->second;
}

chat_log::reacting chat_log::react(std::string_view id, const std::string& emoji, const participant_id& who,
                                   bool on, std::vector<record>& out) {
    const auto entry = at(id);
    auto& kinds = entry->second.reactions;
    const auto kind = kinds.find(emoji);
    const bool has = kind != kinds.end() && std::ranges::find(kind->second, who) != kind->second.end();
    if (has == on) return reacting::unchanged;
    if (!on) {
        std::erase(kind->second, who);
        if (kind->second.empty()) {
            kinds.erase(kind);
            out.push_back({record_kind::reactions, reactions_key(entry->first, emoji), {}});
            return reacting::changed;
        }
    } else {
        const bool full = kind == kinds.end() ? kinds.size() >= reaction_kinds_per_message_max
                                              : kind->second.size() >= reactions_per_kind_max;
        if (full) return reacting::too_many;
        kinds[emoji].push_back(who);
    }
    out.push_back(reactions_record(entry->first, emoji, kinds.at(emoji)));
    return reacting::changed;
}

chat_page chat_log::page(const participant_id& reader, std::optional<std::string_view> before,
                         std::size_t limit) const {
    chat_page made;
    auto end = messages_.end();
    if (before) {
        const auto found = by_id_.find(std::string(*before));
        if (found == by_id_.end()) return made;
        end = messages_.find(found->second);
    }
    for (const auto& [number, message] :
         std::ranges::subrange(messages_.begin(), end) | std::views::reverse) {
        if (!reads(message, reader)) continue;
        made.more = made.messages.size() == limit;
        if (made.more) break;
        made.messages.push_back(shown_to(message, reader));
    }
    std::ranges::reverse(made.messages);
    return made;
}

void chat_log::forget_private(const participant_id& who,
                              const std::function<bool(const participant_id&)>& is_known,
                              std::vector<record>& out) {
    const auto found = private_of_.find(who);
    if (found == private_of_.end()) return;
    const std::vector<std::uint64_t> numbers(found->second.begin(), found->second.end());
    for (const auto number : numbers) {
        const auto& message = messages_.at(number);
        if (!is_known(message.from == who ? *message.to : message.from)) erase(number, out);
    }
}

void chat_log::clear(std::vector<record>& out) {
    while (!messages_.empty()) erase(messages_.begin()->first, out);
}

bool chat_log::restore_message(std::string_view key, std::string_view value) {
    const auto number = number_in(key);
    if (!number) return false;
    chat_message made;
    record_reader from(value);
    while (from.next()) read_field(made, from);
    if (!from.complete() || made.id.empty() || by_id_.contains(made.id)) return false;
    const auto [entry, added] = messages_.emplace(*number, std::move(made));
    if (!added) return false;
    index(*number, entry->second);
    next_ = std::max(next_, *number + 1);
    return true;
}

bool chat_log::restore_reactions(std::string_view key, std::string_view value) {
    const auto slash = key.find('/');
    if (slash == std::string_view::npos) return false;
    const auto number = number_in(key.substr(0, slash));
    const auto message = number ? messages_.find(*number) : messages_.end();
    if (message == messages_.end()) return false;
    std::vector<participant_id> who;
    record_reader from(value);
    while (from.next()) {
        if (from.tag() == tag_reacting) who.emplace_back(from.text());
    }
    if (!from.complete() || who.empty()) return false;
    message->second.reactions.insert_or_assign(std::string(key.substr(slash + 1)), std::move(who));
    return true;
}

chat_log::numbered::iterator chat_log::at(std::string_view id) {
    const auto found = by_id_.find(std::string(id));
    check(found != by_id_.end());
    return messages_.find(found->second);
}

void chat_log::index(std::uint64_t number, const chat_message& what) {
    by_id_.emplace(what.id, number);
    if (what.key) by_sender_.emplace(sender_key(what.from, *what.key), number);
    if (what.to) {
        private_of_[what.from].insert(number);
        private_of_[*what.to].insert(number);
    }
}

void chat_log::erase(std::uint64_t number, std::vector<record>& out) {
    const auto entry = messages_.find(number);
    auto& message = entry->second;
    drop_reactions(number, message, out);
    by_id_.erase(message.id);
    if (message.key) by_sender_.erase(sender_key(message.from, *message.key));
    if (message.to) {
        for (const auto& one : {message.from, *message.to}) {
            const auto mine = private_of_.find(one);
            if (mine == private_of_.end()) continue;
            mine->second.erase(number);
            if (mine->second.empty()) private_of_.erase(mine);
        }
    }
    messages_.erase(entry);
    out.push_back({record_kind::chat, key_of(number), {}});
}

void chat_log::keep(const numbered::value_type& entry, std::vector<record>& out) {
    const auto& what = entry.second;
    record_writer to;
    to.text(message_tag::id, what.id);
    to.text(message_tag::from, what.from);
    to.text(message_tag::name, what.name);
    to.text(message_tag::text, what.text);
    to.number(message_tag::at, count_of(what.at));
    if (what.to) to.item(message_tag::to, *what.to);
    if (what.reply_to) to.item(message_tag::reply_to, *what.reply_to);
    if (what.edited) to.number(message_tag::edited, count_of(*what.edited));
    to.number(message_tag::deleted, what.deleted ? 1 : 0);
    if (what.key) to.item(message_tag::key, *what.key);
    out.push_back({record_kind::chat, key_of(entry.first), std::move(to).take()});
}

}  // namespace conf::rooms

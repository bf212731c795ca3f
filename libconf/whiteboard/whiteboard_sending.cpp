// Who gets what: each message is made once, with the list of those who get it.
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/whiteboard_state.hpp"

#include <algorithm>

namespace conf::boards {

void whiteboard::state::tell(connection_id to, message_body what, std::optional<std::uint64_t> request,
                             turn in) {
    in.out.messages.push_back({std::make_shared<const std::vector<connection_id>>(1, to), 0, lane::kept,
                               message{request, std::move(what)}});
}

whiteboard::state::outcome whiteboard::state::answer(const caller& to, message_body what) {
    to.in.out.messages.push_back({std::make_shared<const std::vector<connection_id>>(1, to.from.id), 0,
                                  lane::kept, message{to.request, std::move(what)}});
    return std::nullopt;
}

void whiteboard::state::tell_open(message_body what, turn in, lane by) {
    if (open_links == nullptr) {
        std::vector<connection_id> all;
        all.reserve(links.size());
        for (const auto& [id, link] : links) all.push_back(id);
        open_links = std::make_shared<const std::vector<connection_id>>(std::move(all));
    }
    message made{std::nullopt, std::move(what)};
    record(made, in);
    if (!open_links->empty()) in.out.messages.push_back({open_links, 0, by, std::move(made)});
}

void whiteboard::state::record(std::variant<message, shared_frame> what, turn in) const {
    if (options.log) in.out.log.push_back({in.at.wall, std::move(what)});
}

audience whiteboard::state::receivers_of(place where) {
    auto& to = channel_of(where);
    if (to.receivers == nullptr) {
        std::vector<connection_id> all;
        for (const auto& [id, link] : links) {
            if (link.looks == where) all.push_back(id);
        }
        to.receivers = std::make_shared<const std::vector<connection_id>>(std::move(all));
    }
    return to.receivers;
}

void whiteboard::state::send(place where, connection_id but, lane by, shared_frame what, turn in) {
    auto to = receivers_of(where);
    const bool alone = to->size() == 1 && to->front() == but;
    if (!to->empty() && !alone) in.out.messages.push_back({std::move(to), but, by, std::move(what)});
}

void whiteboard::state::send_to(connection_id to, lane by, std::string frame, turn in) const {
    in.out.messages.push_back({std::make_shared<const std::vector<connection_id>>(1, to), 0, by,
                               std::make_shared<const std::string>(std::move(frame))});
}

void whiteboard::state::look_away(seat& who, turn in) {
    if (!who.looks) return;
    const auto where = *who.looks;
    if (who.pointer.kind != pointer_kind::gone) {
        who.pointer = {};
        touch_pointer(who, in);
        // Now, while it is known whose it was.
        flush_pointers(where, channel_of(where), in);
    }
    who.looks.reset();
    auto& to = channel_of(where);
    to.moved.erase(who.id);
    to.receivers = nullptr;
    if (receivers_of(where)->empty()) channels.erase(where);
}

void whiteboard::state::flush_batch(place where, channel& which, turn in) {
    which.batch_due.reset();
    if (which.batch.empty()) return;
    send(where, 0, lane::at_once, std::make_shared<const std::string>(which.batch.take()), in);
}

void whiteboard::state::flush_pointers(place where, channel& which, turn in) {
    which.pointers_due.reset();
    pointers_moved made{where, {}};
    for (const auto id : which.moved) {
        const auto& link = links.at(id);
        made.all.push_back({author_numbers.at(link.who.id), link.pointer});
    }
    const auto whose = which.moved.size() == 1 ? *which.moved.begin() : connection_id{0};
    which.moved.clear();
    if (made.all.empty()) return;
    auto frame = std::make_shared<const std::string>(encode(server_frame(std::move(made))));
    record(frame, in);
    send(where, whose, lane::loose, std::move(frame), in);
}

void whiteboard::state::touch_pointer(seat& whose, turn in) {
    (void)author_of(whose.who, in);
    auto& to = channel_of(*whose.looks);
    to.moved.insert(whose.id);
    if (!to.pointers_due) to.pointers_due = in.at.now + pointer_tick;
}

whiteboard::state::author_entry* whiteboard::state::find_author(const participant_id& who) {
    const auto found = author_numbers.find(who);
    return found == author_numbers.end() ? nullptr : &authors.at(found->second);
}

whiteboard::state::author_entry& whiteboard::state::author_of(const person& who, turn in) {
    if (auto* const known = find_author(who.id)) return *known;
    if (authors.size() >= options.authors) forget_author();
    auto& made = authors[next_author];
    made.info = {next_author, who.id, who.name};
    author_numbers[who.id] = next_author++;
    // At once: frames that name the number may overtake what is kept.
    tell_open(author_known{made.info}, in, lane::at_once);
    return made;
}

/// The oldest who is not here. What he drew stays, by a number without a name.
void whiteboard::state::forget_author() {
    const auto is_here = [&](const auto& one) {
        return std::ranges::any_of(
            links, [&](const auto& link) { return link.second.who.id == one.second.info.id; });
    };
    const auto gone = std::ranges::find_if_not(authors, is_here);
    if (gone == authors.end()) return;
    touched_authors.insert(gone->first);
    author_numbers.erase(gone->second.info.id);
    authors.erase(gone);
}

}  // namespace conf::boards

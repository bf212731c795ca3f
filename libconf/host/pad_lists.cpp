// The pads that a room has, and what is kept of each but its text.
#include "libconf/host/pad_host_parts.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/pad/error.hpp"

#include <utility>

namespace conf::host {

using pads::pad_errc;

namespace {

/// What the store knows of lists, behind the kinds of pads: it does not look into either.
constexpr auto entry_kind = static_cast<rooms::record_kind>(80);

}  // namespace

pad_host::directory& pad_host::enter(const std::string& room) {
    const auto known = directories_.find(room);
    if (known != directories_.end()) return *known->second;
    auto& made = *directories_.emplace(room, std::make_unique<directory>()).first->second;
    around_.store.load(list_of(room),
                       [self = self_, room](const result<std::vector<rooms::record>>& records) {
                           auto* const host = *self;
                           if (host == nullptr) return;
                           const auto at = host->directories_.find(room);
                           if (at == host->directories_.end()) return;
                           auto& in = *at->second;
                           in.is_loaded = true;
                           if (records) {
                               for (const auto& one : *records) {
                                   if (one.kind != entry_kind) continue;
                                   if (auto read = decode_entry(one.value))
                                       in.pads.emplace(one.key, *std::move(read));
                               }
                           }
                           for (const auto& what : std::exchange(in.until_loaded, {})) what(in);
                           host->forget_soon(room);
                       });
    return made;
}

void pad_host::when_listed(const std::string& room, std::function<void(directory&)> what) {
    auto& in = enter(room);
    if (!in.is_loaded) return in.until_loaded.push_back(std::move(what));
    what(in);
    forget_soon(room);
}

/// A room without pads is forgotten, so that strangers who ask for rooms cost no memory.
void pad_host::forget_soon(const std::string& room) {
    around_.loop.post([self = self_, room] {
        if (*self == nullptr) return;
        auto& all = (*self)->directories_;
        const auto known = all.find(room);
        if (known == all.end()) return;
        const auto& in = *known->second;
        if (in.is_loaded && in.until_loaded.empty() && in.pads.empty() && !in.had_pads) all.erase(known);
    });
}

void pad_host::with_list(const std::string& room, std::function<void(const list&)> then) {
    when_listed(room, [then = std::move(then)](directory& in) {
        if (!in.pads.empty()) return then(in.pads);
        list shown;
        shown[std::string(first_pad)].title = "Notes";
        then(shown);
    });
}

void pad_host::save_entry(const std::string& room, const std::string& name, const pad_entry* now,
                          changed then) {
    std::vector<rooms::record> records{
        {entry_kind, name, now == nullptr ? std::string() : encode_entry(*now)}};
    around_.store.save(list_of(room), std::move(records),
                       [self = self_, then = std::move(then)](const result<void>& how) {
                           if (*self != nullptr && then) then(how ? result<void>() : pad_errc::not_saved);
                       });
}

void pad_host::create(const std::string& room, const std::string& name, std::string title, changed then) {
    when_listed(room, [this, room, name, title = std::move(title), then = std::move(then)](directory& in) {
        if (!is_pad_title(title)) return then(pad_errc::bad_title);
        if (in.pads.contains(name)) return then(pad_errc::exists);
        if (in.pads.size() >= pads::pads_per_room_max) return then(pad_errc::full);
        const auto& made = in.pads.emplace(name, new_entry(title)).first->second;
        save_entry(room, name, &made, then);
    });
}

void pad_host::change(const std::string& room, const std::string& name,
                      std::function<void(pad_entry&)> change, changed then) {
    when_listed(room, [this, room, name, change = std::move(change), then = std::move(then)](directory& in) {
        auto known = in.pads.find(name);
        if (known == in.pads.end()) {
            if (name != first_pad || !in.pads.empty()) return then(pad_errc::unknown_pad);
            known = in.pads.emplace(name, new_entry("Notes")).first;
        }
        auto wanted = known->second;
        change(wanted);
        if (!is_pad_title(wanted.title)) return then(pad_errc::bad_title);
        if (wanted.rules.barred.size() > pads::barred_max) return then(pad_errc::full);
        const bool new_rules = wanted.rules != known->second.rules;
        known->second = wanted;
        save_entry(room, name, &wanted, [this, room, name, then, new_rules, wanted](const result<void>& how) {
            // A lock holds once it is kept.
            auto* const at = find(stored_as(room, name));
            if (how && new_rules && at != nullptr) {
                when_loaded(*at,
                            [this, rules = wanted.rules](place& one) { one.pad.change_rules(rules, out_); });
            }
            then(how);
        });
    });
}

void pad_host::remove(const std::string& room, const std::string& name, changed then) {
    when_listed(room, [this, room, name, then = std::move(then)](directory& in) {
        if (in.pads.erase(name) == 0) return then(pad_errc::unknown_pad);
        in.had_pads = true;
        end_place(stored_as(room, name), pads::close_code::unknown, "the pad was removed");
        // All of it, in the order in which it was written, then its name.
        around_.store.load(stored_as(room, name),
                           [self = self_, room, name, then](const result<std::vector<rooms::record>>& found) {
                               auto* const host = *self;
                               if (host == nullptr) return;
                               if (found) {
                                   auto records = *found;
                                   for (auto& one : records) one.value.clear();
                                   host->around_.store.save(stored_as(room, name), std::move(records),
                                                            [](const result<void>&) {});
                               }
                               host->save_entry(room, name, nullptr, then);
                           });
    });
}

pad_entry pad_host::new_entry(std::string title) {
    pad_entry made;
    made.title = std::move(title);
    made.created = moment_now().wall;
    return made;
}

}  // namespace conf::host

#include "libconf/host/revoked_invitations.hpp"

#include "libconf/room/record_format.hpp"

#include <utility>

namespace conf::host {
namespace {

/// No room's name.
constexpr const char* kept_as = "//revoked";
/// Never renumbered.
constexpr std::uint8_t tag_expires = 1;

}  // namespace

revoked_invitations::revoked_invitations(store::room_store& kept_in) : store_(kept_in) {
    store_.load(kept_as, [alive = self_](const result<std::vector<rooms::record>>& records) {
        // Where nothing can be read nothing is known to be taken back; the store has said so.
        if (*alive != nullptr) (*alive)->loaded(records ? *records : std::vector<rooms::record>());
    });
}

revoked_invitations::~revoked_invitations() {
    *self_ = nullptr;
}

void revoked_invitations::loaded(const std::vector<rooms::record>& records) {
    for (const auto& one : records) {
        rooms::record_reader from(one.value);
        rooms::wall_time expires{};
        while (from.next()) {
            if (from.tag() == tag_expires) expires = rooms::time_in(from.number());
        }
        all_.try_emplace(one.key, expires);
    }
    known_ = true;
}

void revoked_invitations::add(const std::string& id, rooms::wall_time expires, rooms::wall_time now) {
    std::vector<rooms::record> changed;
    std::erase_if(all_, [&](const auto& one) {
        if (one.second > now) return false;
        changed.push_back({rooms::record_kind::ticket, one.first, {}});
        return true;
    });
    if (expires > now) {
        all_.insert_or_assign(id, expires);
        rooms::record_writer to;
        to.number(tag_expires, rooms::count_of(expires));
        changed.push_back({rooms::record_kind::ticket, id, std::move(to).take()});
    }
    // What cannot be saved now is tried again by the store.
    if (!changed.empty()) store_.save(kept_as, std::move(changed), [](const result<void>&) {});
}

}  // namespace conf::host

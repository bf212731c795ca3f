/// Links that were taken back before their time (SEC-ROOM-2).
#pragma once

#include "libconf/room/settings.hpp"
#include "libconf/store/room_store.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conf::host {

/// Of all rooms at once, and in memory: whoever judges a link knows at once, by whatever way it comes. Kept
/// in the store until the link would have expired. Belongs to the store's loop.
class revoked_invitations {
public:
    /// Reads what is kept.
    explicit revoked_invitations(store::room_store& kept_in);
    ~revoked_invitations();
    revoked_invitations(const revoked_invitations&) = delete;
    revoked_invitations& operator=(const revoked_invitations&) = delete;

    /// Whether what is kept has been read: before that nobody can say.
    [[nodiscard]] bool known() const noexcept { return known_; }
    [[nodiscard]] bool has(std::string_view id) const { return all_.contains(id); }
    void add(const std::string& id, rooms::wall_time expires, rooms::wall_time now);

private:
    void loaded(const std::vector<rooms::record>& records);

    store::room_store& store_;
    std::map<std::string, rooms::wall_time, std::less<>> all_;  ///< until when a link would have been good
    bool known_ = false;
    std::shared_ptr<revoked_invitations*> self_ = std::make_shared<revoked_invitations*>(this);
};

}  // namespace conf::host

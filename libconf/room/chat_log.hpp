/// What was written in a room: kept, found again, changed, and shown to those whom it is for.
#pragma once

#include "libconf/room/messages.hpp"
#include "libconf/room/outputs.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace conf::rooms {

/// Rights are the meeting's; here is only who may read. Every change is a record. Belongs to its meeting.
class chat_log {
public:
    explicit chat_log(std::size_t messages_max) : messages_max_(messages_max) {}

    [[nodiscard]] static bool reads(const chat_message& what, const participant_id& reader);
    /// As that reader gets it: the sender's key is his alone.
    [[nodiscard]] static chat_message shown_to(const chat_message& what, const participant_id& reader);

    /// `what.key` is there. The oldest goes when there are too many. The reference lives until the next call.
    const chat_message& add(chat_message what, std::vector<record>& out);
    /// Null for one that is not there or not for that reader: the two look alike.
    [[nodiscard]] const chat_message* find(std::string_view id, const participant_id& reader) const;
    /// What that sender sent under that key.
    [[nodiscard]] const chat_message* find_sent(const participant_id& from, const std::string& key) const;

    // Precondition: the message is there.
    const chat_message& edit(std::string_view id, std::string text, wall_time at, std::vector<record>& out);
    const chat_message& remove_text(std::string_view id, std::vector<record>& out);
    enum class reacting { changed, unchanged, too_many };
    reacting react(std::string_view id, const std::string& emoji, const participant_id& who, bool on,
                   std::vector<record>& out);

    /// The newest that the reader may read, before one that he may read or the newest of all; oldest first.
    [[nodiscard]] chat_page page(const participant_id& reader, std::optional<std::string_view> before,
                                 std::size_t limit) const;

    /// That person is gone for good: his private messages go, too, when the other one is not known either.
    void forget_private(const participant_id& who, const std::function<bool(const participant_id&)>& is_known,
                        std::vector<record>& out);
    void clear(std::vector<record>& out);
    void limit(std::size_t messages_max) noexcept { messages_max_ = messages_max; }
    [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }

    /// False where the record is no message. All messages come before all reactions.
    bool restore_message(std::string_view key, std::string_view value);
    bool restore_reactions(std::string_view key, std::string_view value);

private:
    using numbered = std::map<std::uint64_t, chat_message>;

    [[nodiscard]] numbered::iterator at(std::string_view id);
    void index(std::uint64_t number, const chat_message& what);
    void erase(std::uint64_t number, std::vector<record>& out);
    static void keep(const numbered::value_type& entry, std::vector<record>& out);

    std::size_t messages_max_;
    numbered messages_;
    std::uint64_t next_ = 1;
    std::unordered_map<std::string, std::uint64_t> by_id_;          // looked up, never walked
    std::unordered_map<std::string, std::uint64_t> by_sender_;      // the same
    std::map<participant_id, std::set<std::uint64_t>> private_of_;  // of both people
};

}  // namespace conf::rooms

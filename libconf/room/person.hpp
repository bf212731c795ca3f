/// Somebody whom the meeting knows: in, waiting, or away with a token that still counts.
#pragma once

#include "libconf/crypto/digest.hpp"
#include "libconf/room/messages.hpp"
#include "libconf/room/outputs.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::rooms {

enum class standing : std::uint8_t {
    inside,      ///< has a place, with a connection or without
    waiting,     ///< in the waiting room
    remembered,  ///< lost the place and may come back
    refused,     ///< was not let in
    removed,
};

struct person {
    /// In the order of appearing; the key of the record.
    std::uint64_t number = 0;
    person_info info;
    standing stands = standing::waiting;
    std::uint64_t entered = 0;  ///< in the order of coming in, the last time
    wall_time since{};          ///< waiting
    bool name_bound = false;    ///< by a token
    bool role_bound = false;
    std::string external_id;
    std::vector<std::string> ban_keys;
    /// SHA-256 of the resume tokens that count: the newest, and the one before until the newest is used.
    std::optional<crypto::sha256_digest> token;
    std::optional<crypto::sha256_digest> token_before;
    wall_time last_seen{};  ///< when the last connection ended; 0: it has not

    // Not kept over a restart.
    std::optional<connection_id> connection{};
    bool types = false;
    std::optional<participant_id> types_to{};
    std::optional<view> wishes{};

    [[nodiscard]] bool is_in() const noexcept { return stands == standing::inside; }
    [[nodiscard]] bool is_waiting() const noexcept { return stands == standing::waiting; }
    [[nodiscard]] bool moderates() const noexcept { return info.acts_as == role::moderator; }
    [[nodiscard]] guest_info guest() const { return {info.id, info.name, since}; }
};

[[nodiscard]] bool& flag_of(person_info& who, source what) noexcept;
[[nodiscard]] std::optional<bool>& flag_of(person_changed& who, source what) noexcept;

[[nodiscard]] record record_of(const person& who);
/// Nothing where the record is no person's. `here` is false.
[[nodiscard]] std::optional<person> read_person(std::string_view key, std::string_view value);

}  // namespace conf::rooms

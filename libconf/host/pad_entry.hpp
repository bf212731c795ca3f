/// What the list of a room's pads says of one, and how it is kept.
#pragma once

#include "libconf/pad/pad.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace conf::host {

struct pad_entry {
    std::string title;
    pads::wall_time created{};
    pads::wall_time changed{};  ///< 0: never
    pads::rules rules;

    friend bool operator==(const pad_entry&, const pad_entry&) = default;
};

/// The value of a record.
[[nodiscard]] std::string encode_entry(const pad_entry& from);
/// Nothing for what `encode_entry` did not write.
[[nodiscard]] std::optional<pad_entry> decode_entry(std::string_view kept);

/// 1 to `pads::title_bytes_max` bytes of UTF-8 without control characters.
[[nodiscard]] bool is_pad_title(std::string_view text);

}  // namespace conf::host

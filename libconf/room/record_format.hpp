/// How a record's value is written: a version, then fields of a tag, a length and bytes.
#pragma once

#include "libconf/room/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace conf::rooms {

/// A reader leaves out tags that it does not know, so that an older server reads what a newer one kept;
/// fields that change their meaning get a new tag. The version is for the day when that is not enough.
inline constexpr char record_version = 1;

/// Zeros and empty texts are not written: they are what a reader assumes.
class record_writer {
public:
    record_writer() : text_(1, record_version) {}

    void number(std::uint8_t tag, std::uint64_t value);
    void text(std::uint8_t tag, std::string_view value);
    /// Written even when empty.
    void item(std::uint8_t tag, std::string_view value);

    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    std::string text_;
};

/// Of untrusted bytes: a torn or changed record is an end before its end, never a read beyond it.
class record_reader {
public:
    explicit record_reader(std::string_view value);

    /// The next field, or false at the end and at the first fault.
    [[nodiscard]] bool next();
    [[nodiscard]] std::uint8_t tag() const noexcept { return tag_; }
    [[nodiscard]] std::string_view text() const noexcept { return field_; }
    /// 0 where the field is no number.
    [[nodiscard]] std::uint64_t number() const noexcept;
    /// After `next` said false: whether everything was read.
    [[nodiscard]] bool complete() const noexcept { return sound_ && left_.empty(); }

private:
    std::string_view left_;
    std::string_view field_;
    std::uint8_t tag_ = 0;
    bool sound_ = true;
};

/// Milliseconds since 1970, as a number of a record; before that: 0.
[[nodiscard]] std::uint64_t count_of(wall_time at) noexcept;
[[nodiscard]] wall_time time_in(std::uint64_t count) noexcept;

/// 16 hexadecimal digits, so that keys sort as numbers do.
[[nodiscard]] std::string key_of(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view key) noexcept;

}  // namespace conf::rooms

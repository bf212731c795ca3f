/// Numbers, lengths and bytes as they stand in binary messages: PROTOCOL.md, section 4.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/whiteboard/types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace conf::boards {

/// 0, -1, 1, -2 … as 0, 1, 2, 3 …
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t number) noexcept {
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

void append_number(std::string& to, std::uint64_t value);
inline void append_signed(std::string& to, std::int64_t value) {
    append_number(to, zigzag(value));
}
void append_id(std::string& to, shape_id id);
void append_bytes(std::string& to, std::string_view value);

/// Of untrusted bytes. After a fault everything reads as nothing, so a reader asks once, at its end.
class wire_reader {
public:
    explicit wire_reader(std::string_view from) noexcept : left_(from) {}
    explicit wire_reader(bytes from) noexcept : left_(as_text(from)) {}

    [[nodiscard]] std::uint8_t byte() noexcept;
    /// At most 2^53 - 1; more is a fault.
    [[nodiscard]] std::uint64_t number() noexcept;
    /// As `number`, and at most `most`.
    [[nodiscard]] std::uint64_t number_to(std::uint64_t most) noexcept;
    [[nodiscard]] std::int64_t signed_number() noexcept { return unzigzag(number()); }
    /// Not 0.
    [[nodiscard]] shape_id id() noexcept;
    [[nodiscard]] std::string_view blob() noexcept;
    [[nodiscard]] std::string_view take(std::size_t count) noexcept;
    [[nodiscard]] std::string_view rest() noexcept { return take(left_.size()); }

    [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }
    void fail() noexcept {
        sound_ = false;
        left_ = {};
    }
    [[nodiscard]] bool sound() const noexcept { return sound_; }
    /// Everything was read, and nothing wrongly.
    [[nodiscard]] bool complete() const noexcept { return sound_ && left_.empty(); }

private:
    std::string_view left_;
    bool sound_ = true;
};

}  // namespace conf::boards

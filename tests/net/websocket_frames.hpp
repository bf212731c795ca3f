/// Frames as a client sends them, right or wrong, and frames of ours taken apart.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::test {

inline constexpr unsigned fin = 0x80;
inline constexpr unsigned op_continuation = 0x0;
inline constexpr unsigned op_text = 0x1;
inline constexpr unsigned op_binary = 0x2;
inline constexpr unsigned op_close = 0x8;
inline constexpr unsigned op_ping = 0x9;
inline constexpr unsigned op_pong = 0xA;

enum class masked : bool { no, yes };

/// RFC 6455 §5.2. `head` is the first byte; `announced` a length that is not that of the payload.
inline std::string frame(unsigned head, std::string_view payload, masked mask = masked::yes,
                         std::optional<std::uint64_t> announced = {}) {
    const auto size = announced.value_or(payload.size());
    const auto bit = mask == masked::yes ? 0x80U : 0U;
    std::string made(1, static_cast<char>(head));
    const auto put = [&](std::uint64_t value, int count) {
        while (count-- > 0) made += static_cast<char>(value >> (8 * count));
    };
    if (size < 126) {
        put(bit | size, 1);
    } else if (size < 65536) {
        put(bit | 126U, 1);
        put(size, 2);
    } else {
        put(bit | 127U, 1);
        put(size, 8);
    }
    if (mask == masked::no) return made + std::string(payload);
    constexpr std::string_view key = "\x37\xfa\x21\x3d";
    made += key;
    for (std::size_t i = 0; i < payload.size(); ++i) made += static_cast<char>(payload[i] ^ key[i % 4]);
    return made;
}

inline std::string text_frame(std::string_view text) {
    return frame(fin | op_text, text);
}

/// A Close frame's payload.
inline std::string close_body(unsigned code, std::string_view reason = {}) {
    std::string made{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    return made.append(reason);
}

struct taken_frame {
    unsigned head = 0;
    std::string payload;

    [[nodiscard]] unsigned code() const {
        return payload.size() < 2 ? 0 : unsigned{load_u16(as_bytes(payload), 0)};
    }
};

/// Takes one whole frame of the server's from the front; nothing where it is not all there.
inline std::optional<taken_frame> take_frame(std::string& from) {
    const auto data = as_bytes(from);
    if (data.size() < 2) return std::nullopt;
    std::size_t at = 2;
    std::uint64_t size = load_u8(data, 1);
    if (size == 126) {
        if (data.size() < 4) return std::nullopt;
        size = load_u16(data, 2);
        at = 4;
    } else if (size == 127) {
        if (data.size() < 10) return std::nullopt;
        size = std::uint64_t{load_u32(data, 2)} << 32 | load_u32(data, 6);
        at = 10;
    }
    if (data.size() - at < size) return std::nullopt;
    taken_frame made{load_u8(data, 0), from.substr(at, size)};
    from.erase(0, at + size);
    return made;
}

}  // namespace conf::test

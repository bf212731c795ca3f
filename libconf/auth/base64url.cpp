#include "libconf/auth/base64url.hpp"

#include <array>
#include <cstdint>

namespace conf::auth {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static_assert(alphabet.size() == 64);

constexpr std::uint8_t no_digit = 0xFF;

constexpr auto digits = [] {
    std::array<std::uint8_t, 256> made{};
    made.fill(no_digit);
    for (std::size_t at = 0; at < alphabet.size(); ++at) {
        made[static_cast<unsigned char>(alphabet[at])] = static_cast<std::uint8_t>(at);
    }
    return made;
}();

}  // namespace

std::string base64url(bytes data) {
    std::string made;
    made.reserve(base64url_chars(data.size()));
    std::uint32_t bits = 0;
    unsigned held = 0;  // how many bits wait in `bits`
    for (std::size_t at = 0; at < data.size(); ++at) {
        bits = (bits << 8U | load_u8(data, at)) & 0xFFFFU;
        held += 8;
        while (held >= 6) {
            held -= 6;
            made += alphabet[bits >> held & 0x3FU];
        }
    }
    if (held > 0) made += alphabet[bits << (6 - held) & 0x3FU];
    return made;
}

std::optional<std::vector<std::byte>> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::vector<std::byte> made;
    made.reserve(text.size() * 6 / 8);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const auto digit = digits[static_cast<unsigned char>(c)];
        if (digit == no_digit) return std::nullopt;
        bits = (bits << 6U | digit) & 0xFFFFU;
        held += 6;
        if (held >= 8) {
            held -= 8;
            made.push_back(static_cast<std::byte>(bits >> held & 0xFFU));
        }
    }
    if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
    return made;
}

}  // namespace conf::auth

#include "libconf/documents/picture.hpp"

#include "libconf/crypto/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace conf::documents {
namespace {

bool begins_with(bytes file, std::string_view what) noexcept {
    return as_text(file).starts_with(what);
}

std::uint16_t little_u16(bytes from, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(load_u8(from, at) | load_u8(from, at + 1) << 8);
}
std::uint32_t little_u24(bytes from, std::size_t at) noexcept {
    return little_u16(from, at) | std::uint32_t{load_u8(from, at + 2)} << 16;
}

std::optional<picture> read_png(bytes file) {
    if (file.size() < 24 || as_text(file.subspan(12, 4)) != "IHDR") return std::nullopt;
    return picture{picture_type::png, load_u32(file, 16), load_u32(file, 20)};
}

std::optional<picture> read_gif(bytes file) {
    if (file.size() < 10) return std::nullopt;
    return picture{picture_type::gif, little_u16(file, 6), little_u16(file, 8)};
}

// RFC 9649 §2.
std::optional<picture> read_webp(bytes file) {
    if (file.size() < 30) return std::nullopt;
    const auto chunk = as_text(file.subspan(12, 4));
    if (chunk == "VP8X") {
        return picture{picture_type::webp, little_u24(file, 24) + 1, little_u24(file, 27) + 1};
    }
    if (chunk == "VP8L") {
        const auto bits = little_u24(file, 21) | std::uint32_t{load_u8(file, 24)} << 24;
        return picture{picture_type::webp, (bits & 0x3FFFU) + 1, (bits >> 14U & 0x3FFFU) + 1};
    }
    if (chunk == "VP8 ") {
        return picture{picture_type::webp, little_u16(file, 26) & 0x3FFFU, little_u16(file, 28) & 0x3FFFU};
    }
    return std::nullopt;
}

/// Tag 0x0112 of the first directory (Exif 2.32 §4.6.4).
std::uint8_t exif_orientation(bytes exif) noexcept {
    if (exif.size() < 8) return 1;
    const auto little = as_text(exif.first(2)) == "II";
    const auto u16 = [&](std::size_t at) { return little ? little_u16(exif, at) : load_u16(exif, at); };
    const std::size_t directory = little ? little_u24(exif, 4) : load_u32(exif, 4);
    if (directory > exif.size() || exif.size() - directory < 2) return 1;
    const std::size_t count = u16(directory);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = directory + 2 + 12 * i;
        if (exif.size() < at + 12) return 1;
        if (u16(at) != 0x0112) continue;
        const auto value = u16(at + 8);
        return value >= 1 && value <= 8 ? static_cast<std::uint8_t>(value) : std::uint8_t{1};
    }
    return 1;
}

constexpr bool has_no_length(std::uint8_t marker) noexcept {
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}

// SOF0 to SOF15 without DHT, JPG and DAC (ITU-T T.81 table B.1).
constexpr bool is_frame(std::uint8_t marker) noexcept {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Calls `see(marker, whole segment, payload)` up to the scan. False: the file is cut off or no JPEG.
template <class See>
bool walk_jpeg(bytes file, See see) {
    std::size_t at = 2;
    for (;;) {
        if (file.size() < at + 2 || load_u8(file, at) != 0xFF) return false;
        const auto marker = load_u8(file, at + 1);
        if (marker == 0xFF) {  // fill bytes
            ++at;
            continue;
        }
        if (has_no_length(marker)) {
            at += 2;
            continue;
        }
        if (file.size() < at + 4) return false;
        const std::size_t length = load_u16(file, at + 2);
        if (length < 2 || file.size() < at + 2 + length) return false;
        if (marker == 0xDA) return see(marker, file.subspan(at), bytes());
        if (!see(marker, file.subspan(at, 2 + length), file.subspan(at + 4, length - 2))) return false;
        at += 2 + length;
    }
}

std::optional<picture> read_jpeg(bytes file) {
    picture made{picture_type::jpeg};
    const auto whole = walk_jpeg(file, [&](std::uint8_t marker, bytes, bytes payload) {
        if (is_frame(marker) && payload.size() >= 5) {
            made.height = load_u16(payload, 1);
            made.width = load_u16(payload, 3);
        } else if (marker == 0xE1 && payload.size() > 6 && as_text(payload.first(4)) == "Exif") {
            made.orientation = exif_orientation(payload.subspan(6));
        }
        return true;
    });
    if (!whole) return std::nullopt;
    return made;
}

constexpr std::string_view media_type(picture_type type) noexcept {
    constexpr std::array<std::string_view, 4> names{"image/png", "image/jpeg", "image/gif", "image/webp"};
    return names[static_cast<std::size_t>(type)];
}

/// Turns a picture of w by h so that it stands upright; in units of pixels.
std::string upright(std::uint8_t orientation, std::uint32_t w, std::uint32_t h) {
    switch (orientation) {
        case 2: return fmt::format("matrix(-1 0 0 1 {} 0)", w);
        case 3: return fmt::format("matrix(-1 0 0 -1 {} {})", w, h);
        case 4: return fmt::format("matrix(1 0 0 -1 0 {})", h);
        case 5: return "matrix(0 1 1 0 0 0)";
        case 6: return fmt::format("matrix(0 1 -1 0 {} 0)", h);
        case 7: return fmt::format("matrix(0 -1 -1 0 {} {})", h, w);
        case 8: return fmt::format("matrix(0 -1 1 0 0 {})", w);
        default: return "matrix(1 0 0 1 0 0)";
    }
}

}  // namespace

std::optional<picture> read_picture(bytes file) {
    std::optional<picture> made;
    if (begins_with(file, "\x89PNG\r\n\x1A\n")) made = read_png(file);
    if (begins_with(file, "\xFF\xD8\xFF")) made = read_jpeg(file);
    if (begins_with(file, "GIF87a") || begins_with(file, "GIF89a")) made = read_gif(file);
    if (begins_with(file, "RIFF") && file.size() > 12 && as_text(file.subspan(8, 4)) == "WEBP") {
        made = read_webp(file);
    }
    if (made && (made->width == 0 || made->height == 0)) return std::nullopt;
    return made;
}

std::string without_metadata(bytes jpeg) {
    std::string made(as_text(jpeg.first(2)));
    walk_jpeg(jpeg, [&](std::uint8_t marker, bytes segment, bytes) {
        const auto tells = (marker >= 0xE1 && marker <= 0xED) || marker == 0xEF || marker == 0xFE;
        if (!tells) made += as_text(segment);
        return true;
    });
    return made;
}

std::string picture_page(const picture& of, bytes data) {
    const auto turned = of.orientation >= 5;
    const auto wide = turned ? of.height : of.width;
    const auto high = turned ? of.width : of.height;
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{0}" )"
        R"(height="{1}" viewBox="0 0 {0} {1}"><image width="{2}" height="{3}" transform="{4}" )"
        R"(xlink:href="data:{5};base64,{6}"/></svg>)",
        wide, high, of.width, of.height, upright(of.orientation, of.width, of.height), media_type(of.type),
        crypto::base64(data));
}

}  // namespace conf::documents

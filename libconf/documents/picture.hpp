/// Size and orientation of a picture, from its header alone.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace conf::documents {

enum class picture_type : std::uint8_t { png, jpeg, gif, webp };

struct picture {
    picture_type type{};
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint8_t orientation = 1;  ///< of Exif, 1 to 8; 1: as it is

    friend bool operator==(const picture&, const picture&) = default;
};

/// Nothing where the file is none of these, or is cut off before it tells its size.
[[nodiscard]] std::optional<picture> read_picture(bytes file);

/// The bytes of a JPEG without what tells of its maker: places, names, previews (APP1 to APP13 and comments;
/// APP14 says how the colours are to be read). Precondition: `read_picture` knows it.
[[nodiscard]] std::string without_metadata(bytes jpeg);

/// A page of SVG that shows the picture upright. `data` is what stands in its `data:` address.
[[nodiscard]] std::string picture_page(const picture& of, bytes data);

}  // namespace conf::documents

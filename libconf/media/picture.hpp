/// A picture as the codecs take and give it: I420, three planes without gaps.
#pragma once

#include "libconf/base/check.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace conf::media {

struct picture {
    picture() = default;
    /// Black. Preconditions: both even, 2 to 16 384.
    picture(unsigned wide, unsigned high) : width(wide), height(high) {
        check(wide >= 2 && high >= 2 && wide % 2 == 0 && high % 2 == 0 && wide <= side_max &&
              high <= side_max);
        const auto pixels = std::size_t{wide} * high;
        y.assign(pixels, 16);
        u.assign(pixels / 4, 128);
        v.assign(pixels / 4, 128);
    }

    static constexpr unsigned side_max = 16'384;

    unsigned width = 0;
    unsigned height = 0;
    std::vector<std::uint8_t> y;  ///< width * height, 16 (black) to 235 (white)
    std::vector<std::uint8_t> u;  ///< a quarter of that, 128 is grey
    std::vector<std::uint8_t> v;
};

}  // namespace conf::media

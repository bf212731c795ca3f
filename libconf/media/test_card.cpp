#include "libconf/media/test_card.hpp"

#include <algorithm>

namespace conf::media {
namespace {

constexpr unsigned squares = 16;
constexpr std::uint8_t black = 16;
constexpr std::uint8_t white = 235;
// What coding at a low rate may do to a square; between them it cannot be told.
constexpr unsigned darkest_white = 150;
constexpr unsigned brightest_black = 100;

struct row {
    unsigned top;
    unsigned bottom;
};

row row_of(const picture& in) noexcept {
    return {in.height - in.height / 9, in.height};
}

unsigned edge(const picture& in, unsigned square) noexcept {
    return in.width * square / squares;
}

}  // namespace

void draw_test_card(picture& on, std::uint16_t frame) {
    check(on.width >= test_card_width_min && on.height >= test_card_height_min);
    const auto at = row_of(on);
    for (unsigned y = 0; y < at.top; ++y) {
        for (unsigned x = 0; x < on.width; ++x)
            on.y[std::size_t{y} * on.width + x] = static_cast<std::uint8_t>(40 + (x + y + frame * 3U) % 160);
    }
    std::ranges::fill(on.u, static_cast<std::uint8_t>(64 + frame % 128));
    std::ranges::fill(on.v, static_cast<std::uint8_t>(192 - frame % 128));
    for (unsigned y = at.top; y < at.bottom; ++y) {
        const auto line = on.y.begin() + static_cast<std::ptrdiff_t>(std::size_t{y} * on.width);
        for (unsigned square = 0; square < squares; ++square)
            std::fill(line + edge(on, square), line + edge(on, square + 1),
                      (frame >> square & 1) != 0 ? white : black);
    }
    // Colour would only cost bits here.
    const auto grey_from = static_cast<std::ptrdiff_t>(std::size_t{at.top / 2} * (on.width / 2));
    std::fill(on.u.begin() + grey_from, on.u.end(), std::uint8_t{128});
    std::fill(on.v.begin() + grey_from, on.v.end(), std::uint8_t{128});
}

std::optional<std::uint16_t> read_test_card(const picture& from) {
    if (from.width < test_card_width_min || from.height < test_card_height_min) return std::nullopt;
    const auto at = row_of(from);
    const auto margin = (at.bottom - at.top) / 4;  // edges blur
    unsigned read = 0;
    for (unsigned square = 0; square < squares; ++square) {
        const auto left = edge(from, square);
        const auto right = edge(from, square + 1);
        const auto side = (right - left) / 4;
        unsigned sum = 0;
        unsigned count = 0;
        for (auto y = at.top + margin; y < at.bottom - margin; ++y) {
            for (auto x = left + side; x < right - side; ++x) {
                sum += from.y[std::size_t{y} * from.width + x];
                ++count;
            }
        }
        const auto mean = sum / count;
        if (mean > brightest_black && mean < darkest_white) return std::nullopt;
        if (mean >= darkest_white) read |= 1U << square;
    }
    return static_cast<std::uint16_t>(read);
}

}  // namespace conf::media

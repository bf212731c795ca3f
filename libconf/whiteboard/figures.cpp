#include "libconf/whiteboard/figures.hpp"

#include <array>
#include <cstddef>

namespace conf::boards {
namespace {

constexpr std::array<corner, 4> diamond{{{500, 0}, {1000, 500}, {500, 1000}, {0, 500}}};
constexpr std::array<corner, 3> triangle{{{500, 0}, {1000, 1000}, {0, 1000}}};
constexpr std::array<corner, 4> trapezoid{{{250, 0}, {750, 0}, {1000, 1000}, {0, 1000}}};
constexpr std::array<corner, 4> rhombus{{{250, 0}, {1000, 0}, {750, 1000}, {0, 1000}}};
constexpr std::array<corner, 5> pentagon{{{500, 0}, {1000, 382}, {809, 1000}, {191, 1000}, {0, 382}}};
constexpr std::array<corner, 6> hexagon{
    {{250, 0}, {750, 0}, {1000, 500}, {750, 1000}, {250, 1000}, {0, 500}}};
constexpr std::array<corner, 8> octagon{
    {{293, 0}, {707, 0}, {1000, 293}, {1000, 707}, {707, 1000}, {293, 1000}, {0, 707}, {0, 293}}};
constexpr std::array<corner, 10> star{{{500, 0},
                                       {618, 382},
                                       {1000, 382},
                                       {691, 618},
                                       {809, 1000},
                                       {500, 764},
                                       {191, 1000},
                                       {309, 618},
                                       {0, 382},
                                       {382, 382}}};
constexpr std::array<corner, 7> arrow_left{
    {{0, 500}, {400, 0}, {400, 250}, {1000, 250}, {1000, 750}, {400, 750}, {400, 1000}}};
constexpr std::array<corner, 7> arrow_right{
    {{1000, 500}, {600, 1000}, {600, 750}, {0, 750}, {0, 250}, {600, 250}, {600, 0}}};
constexpr std::array<corner, 7> arrow_up{
    {{500, 0}, {1000, 400}, {750, 400}, {750, 1000}, {250, 1000}, {250, 400}, {0, 400}}};
constexpr std::array<corner, 7> arrow_down{
    {{500, 1000}, {0, 600}, {250, 600}, {250, 0}, {750, 0}, {750, 600}, {1000, 600}}};
constexpr std::array<corner, 4> box{{{0, 0}, {1000, 0}, {1000, 1000}, {0, 1000}}};
constexpr std::array<corner, 2> falling{{{0, 0}, {1000, 1000}}};
constexpr std::array<corner, 2> rising{{{1000, 0}, {0, 1000}}};
constexpr std::array<corner, 3> tick{{{200, 550}, {420, 780}, {820, 250}}};

constexpr std::array<figure, 15> figure_table{{
    {diamond, {}, {}},
    {triangle, {}, {}},
    {trapezoid, {}, {}},
    {rhombus, {}, {}},
    {pentagon, {}, {}},
    {hexagon, {}, {}},
    {octagon, {}, {}},
    {star, {}, {}},
    {arrow_left, {}, {}},
    {arrow_right, {}, {}},
    {arrow_up, {}, {}},
    {arrow_down, {}, {}},
    {box, falling, rising},
    {box, tick, {}},
    {},
}};

constexpr std::array<corner, 13> cloud{{{250, 900},
                                        {20, 950},
                                        {-40, 550},
                                        {150, 500},
                                        {50, 200},
                                        {350, 50},
                                        {480, 200},
                                        {600, -50},
                                        {920, 100},
                                        {850, 380},
                                        {1050, 450},
                                        {1020, 900},
                                        {780, 900}}};

constexpr std::array<std::string_view, 8> stamp_paths{
    "M38 68L84 16L96 28L40 92L4 56L16 44Z",
    "M20 6L50 36L80 6L94 20L64 50L94 80L80 94L50 64L20 94L6 80L36 50L6 20Z",
    "M50 4L61 38L97 38L68 59L79 94L50 73L21 94L32 59L3 38L39 38Z",
    "M50 92C10 62 2 44 2 30C2 14 14 6 26 6C38 6 46 14 50 22C54 14 62 6 74 6C86 6 98 14 98 30C98 44 90 62 50 "
    "92Z",
    "M26 34C26 14 40 4 54 4C70 4 82 14 82 30C82 48 62 50 62 68L44 68C44 44 64 44 64 31C64 24 60 20 54 20C48 "
    "20 44 24 "
    "44 34ZM43 78L63 78L63 96L43 96Z",
    "M40 4L62 4L58 66L44 66ZM41 78L61 78L61 96L41 96Z",
    "M40 6L60 6L60 40L94 40L94 60L60 60L60 94L40 94L40 60L6 60L6 40L40 40Z",
    "M6 40L94 40L94 60L6 60Z",
};

}  // namespace

const figure& figure_of(std::uint64_t number) noexcept {
    return figure_table[number < figure_table.size() ? number : 0];
}

std::span<const corner> cloud_points() noexcept {
    return cloud;
}

std::string_view stamp_path(std::uint64_t number) noexcept {
    return stamp_paths[number < stamp_paths.size() ? number : 0];
}

}  // namespace conf::boards

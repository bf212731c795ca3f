#include "libconf/whiteboard/page_json.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace board_test;
using namespace conf::boards;

TEST_CASE("an author can not be forged, a taken id not taken over", "[whiteboard][hostile]") {
    // SEC-COL-3: nothing in a change names its author; an id that is somebody else's is left out.
    world w;
    auto& mo = w.enter("mo", role::moderator);
    auto& eve = w.enter("eve", role::viewer);
    w.ask(mo, board_rules{draw_mode::everybody, {}});
    w.change(mo, {box(5, 10)});
    const auto verdict = w.change(eve, {box(5, 99)});
    CHECK(verdict.how == outcome::discard);
    CHECK(w.shape(5)->author == 1);
    CHECK(w.shape(5)->properties.units(property::x) == 10);
    shape forged = *w.shape(5);
    forged.id = 6;
    forged.author = 1;
    CHECK(w.change(eve, {op{op_kind::restore, 6, {}, {}, forged}}).why == discard_reason::unreadable);
    CHECK(w.shape(6) == nullptr);
}

TEST_CASE("images are the room's own", "[whiteboard][hostile]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    const auto image = [](shape_id id, std::string asset) {
        return put(id, shape_type::image, {bytes_value(property::asset, std::move(asset))});
    };
    CHECK(w.change(pia, {image(5, "asset-1")}).how == outcome::rebase);
    CHECK(w.change(pia, {image(6, "another-rooms")}).why == discard_reason::unreadable);
    CHECK(w.change(pia, {patch(5, {bytes_value(property::asset, "another-rooms")})}).why ==
          discard_reason::unreadable);
    CHECK(w.change(pia, {patch(5, {bytes_value(property::asset, "https://example.org/x.png")})}).why ==
          discard_reason::unreadable);
    CHECK(w.change(pia, {patch(5, {unset_value(property::asset)})}).why == discard_reason::unreadable);
    CHECK(w.shape(5)->properties.bytes(property::asset) == "asset-1");
}

TEST_CASE("a property of another type discards the whole change", "[whiteboard][hostile]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    w.change(pia, {box(5)});
    CHECK(w.change(pia, {patch(5, {x_is(7)}), patch(5, {bytes_value(property::text, "x")})}).why ==
          discard_reason::unreadable);
    CHECK(w.shape(5)->properties.units(property::x) == 0);
    // Of a shape that this very change makes, too.
    CHECK(w.change(pia, {box(6), patch(6, {bytes_value(property::text, "x")})}).why ==
          discard_reason::unreadable);
    CHECK(w.shape(6) == nullptr);
}

TEST_CASE("a change that is not readable gets its verdict and is counted", "[whiteboard][hostile]") {
    world w;
    auto& pia = w.enter("pia", role::presenter);
    CHECK_FALSE(w.send_raw(pia, from_hex("1107")));
    CHECK(w.heard<change_verdict>(pia).at(0).why == discard_reason::unreadable);
    CHECK_FALSE(w.send_raw(pia, ""));
    CHECK_FALSE(w.send_raw(pia, std::string(100, '\xFF')));
}

TEST_CASE("whatever bytes come, the board stays whole and equal for everybody", "[whiteboard][hostile]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    world w;
    auto& eve = w.enter("eve", role::moderator);
    auto& vic = w.enter("vic", role::viewer);
    const std::vector<client_frame> good{
        change_frame{1, 0, {1, 1}, {box(5), stroke(6, 20), patch(5, {x_is(3)})}},
        change_frame{
            2, 7, {1, 1}, {put(7, shape_type::text, {bytes_value(property::text, "abc")}), remove(6)}},
        live_begin_frame{0, {1, 1}, 8, shape_type::pen, {}, diagonal(4)},
        live_points_frame{0, diagonal(3).substr(1)},
        pointer_frame{pointer_kind::laser, 4, 5},
        view_frame{{1, 2, 3, 4}},
    };
    page copy({1, 1});
    for (int round = 0; round < 4000; ++round) {
        auto bytes = encode(good[random() % good.size()]);
        for (auto flips = random() % 3; flips > 0; --flips)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
        // Numbers go up, or a change would be a repetition.
        if (bytes.size() > 2 && bytes[0] == '\x11') {
            std::string number;
            append_number(number, static_cast<std::uint64_t>(round) + 1);
            bytes = bytes.substr(0, 1) + number + bytes.substr(2);
        }
        w.send_raw(eve, bytes);
        w.wait(std::chrono::milliseconds(20));
    }
    for (const auto& told : w.heard<change_made>(vic)) {
        committed change{told.number, told.author, told.at, told.where, told.ops};
        copy.apply(change, nullptr);
    }
    CHECK(page_to_json(copy) == page_to_json(w.page()));
    const auto before = page_to_json(w.page());
    w.restart();
    CHECK(w.unreadable == 0);
    CHECK(page_to_json(w.page()) == before);
}

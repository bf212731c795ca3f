#include "libconf/whiteboard/properties.hpp"

#include "libconf/whiteboard/limits.hpp"
#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

using namespace conf::boards;
using board_test::diagonal;
using board_test::id_bytes;

namespace {
property_value raw(property which, std::uint64_t number) {
    return {which, wire_kind::number, number, {}};
}
property_value raw(property which, std::string bytes) {
    return {which, wire_kind::bytes, 0, std::move(bytes)};
}
}  // namespace

TEST_CASE("numbers are within their ranges, at both ends", "[whiteboard][properties]") {
    struct range {
        shape_type type;
        property which;
        std::int64_t least;
        std::int64_t most;
        bool is_signed;
    };
    using enum property;
    const auto c = GENERATE(values<range>({
        {shape_type::pen, locked, 0, 1, false},
        {shape_type::pen, x, -16'000'000, 16'000'000, true},
        {shape_type::pen, y, -16'000'000, 16'000'000, true},
        {shape_type::pen, rotation, -13'107, 13'107, true},
        {shape_type::rectangle, width, 0, 1'600'000, false},
        {shape_type::rectangle, height, 0, 1'600'000, false},
        {shape_type::pen, colour, 0, 0xFFFFFF, false},
        {shape_type::pen, stroke_width, 4, 4096, false},
        {shape_type::line, dash, 0, 2, false},
        {shape_type::rectangle, fill, 0, 2, false},
        {shape_type::rectangle, fill_colour, 0, 0xFFFFFF, false},
        {shape_type::rectangle, opacity, 0, 100, false},
        {shape_type::text, font, 0, 2, false},
        {shape_type::text, font_size, 64, 8192, false},
        {shape_type::text, align, 0, 2, false},
        {shape_type::polygon, figure, 0, 14, false},
        {shape_type::arrow, start_head, 0, 4, false},
        {shape_type::arrow, end_head, 0, 4, false},
        {shape_type::stamp, stamp, 0, 7, false},
        {shape_type::rectangle, radius, 0, 16'000, false},
    }));
    INFO(rule_of(c.which).name);
    const auto wire = [&](std::int64_t value) {
        return raw(c.which, c.is_signed ? zigzag(value) : static_cast<std::uint64_t>(value));
    };
    CHECK(may_have(c.type, wire(c.least)));
    CHECK(may_have(c.type, wire(c.most)));
    CHECK_FALSE(may_have(c.type, wire(c.most + 1)));
    if (c.is_signed || c.least > 0) CHECK_FALSE(may_have(c.type, wire(c.least - 1)));
    CHECK_FALSE(may_have(c.type, raw(c.which, std::string("1"))));
    CHECK(may_have(c.type, unset_value(c.which)));
}

TEST_CASE("texts and bytes are what they have to be", "[whiteboard][properties]") {
    struct bytes_case {
        std::string why;
        shape_type type;
        property_value value;
        bool good;
    };
    const auto many = [](std::size_t count) { return std::string(count, 'a'); };
    const std::string binding = encode_binding({7, 1024, 1024});
    const auto c =
        GENERATE_COPY(values<bytes_case>({
            {"a key", shape_type::pen, raw(property::index, "a0V"), true},
            {"no key", shape_type::pen, raw(property::index, "a00"), false},
            {"a key at the limit", shape_type::pen,
             raw(property::index, "a" + std::string(index_bytes_max - 1, '1')), true},
            {"a key above it", shape_type::pen, raw(property::index, "a" + std::string(index_bytes_max, '1')),
             false},
            {"a shape has a key", shape_type::pen, unset_value(property::index), false},
            {"an id", shape_type::pen, raw(property::parent, id_bytes(1)), true},
            {"no id", shape_type::pen, raw(property::parent, std::string(8, '\0')), false},
            {"half an id", shape_type::pen, raw(property::parent, "1234"), false},
            {"an id and more", shape_type::pen, raw(property::parent, id_bytes(1) + "x"), false},
            {"a stroke of one point", shape_type::pen, raw(property::points, diagonal(1)), true},
            {"a line of one point", shape_type::line, raw(property::points, diagonal(1)), false},
            {"a line of two", shape_type::line, raw(property::points, diagonal(2)), true},
            {"a line at the limit", shape_type::arrow, raw(property::points, diagonal(points_per_line_max)),
             true},
            {"a line above it", shape_type::arrow, raw(property::points, diagonal(points_per_line_max + 1)),
             false},
            {"a stroke at the limit", shape_type::pen, raw(property::points, diagonal(points_per_stroke_max)),
             true},
            {"a stroke above it", shape_type::pen, raw(property::points, diagonal(points_per_stroke_max + 1)),
             false},
            {"a stroke has points", shape_type::pen, unset_value(property::points), false},
            {"text at the limit", shape_type::text, raw(property::text, many(text_characters_max)), true},
            {"text above it", shape_type::text, raw(property::text, many(text_characters_max + 1)), false},
            {"a note at the limit", shape_type::note, raw(property::text, many(note_characters_max)), true},
            {"a note above it", shape_type::note, raw(property::text, many(note_characters_max + 1)), false},
            {"characters, not bytes", shape_type::note,
             raw(property::text,
                 [] {
                     std::string text;
                     for (std::size_t at = 0; at < note_characters_max; ++at) text += "é";
                     return text;
                 }()),
             true},
            {"two lines", shape_type::text, raw(property::text, "a\nb"), true},
            {"a bell", shape_type::text, raw(property::text, "a\x07"), false},
            {"no UTF-8", shape_type::text, raw(property::text, "\xFF"), false},
            {"a binding", shape_type::arrow, raw(property::end_binding, binding), true},
            {"beyond the box", shape_type::arrow, raw(property::end_binding, encode_binding({7, 1025, 0})),
             false},
            {"a binding of a line", shape_type::line, raw(property::end_binding, binding), false},
            {"an asset", shape_type::image, raw(property::asset, "Asset_1-x"), true},
            {"an asset at the limit", shape_type::image, raw(property::asset, many(asset_characters_max)),
             true},
            {"an asset above it", shape_type::image, raw(property::asset, many(asset_characters_max + 1)),
             false},
            {"data for an asset", shape_type::image, raw(property::asset, "data:image/png;base64,AAAA"),
             false},
            {"a path for an asset", shape_type::image, raw(property::asset, "../secret"), false},
            {"an image has an asset", shape_type::image, unset_value(property::asset), false},
            {"a title at the limit", shape_type::frame, raw(property::title, many(title_characters_max)),
             true},
            {"a title above it", shape_type::frame, raw(property::title, many(title_characters_max + 1)),
             false},
            {"a title of two lines", shape_type::frame, raw(property::title, "a\nb"), false},
            {"meta at the limit", shape_type::pen, raw(property::meta, many(meta_bytes_max)), true},
            {"meta above it", shape_type::pen, raw(property::meta, many(meta_bytes_max + 1)), false},
            {"meta is opaque", shape_type::pen, raw(property::meta, std::string("\0\xFF", 2)), true},
        }));
    INFO(c.why);
    CHECK(may_have(c.type, c.value) == c.good);
}

TEST_CASE("what does not belong to a type is not had by it", "[whiteboard][properties]") {
    CHECK_FALSE(may_have(shape_type::group, raw(property::x, 1)));
    CHECK_FALSE(may_have(shape_type::pen, raw(property::width, 1)));
    CHECK_FALSE(may_have(shape_type::rectangle, raw(property::points, diagonal(2))));
    CHECK_FALSE(may_have(shape_type::frame, raw(property::rotation, 1)));
    CHECK_FALSE(may_have(shape_type::image, raw(property::colour, 1)));
}

TEST_CASE("a set is in the order of numbers and without defaults", "[whiteboard][properties]") {
    property_set set;
    set.set(number_value(property::opacity, 50));
    set.set(signed_value(property::x, -8));
    set.set(number_value(property::opacity, 60));
    REQUIRE(set.all().size() == 2);
    CHECK(set.all()[0].which == property::x);
    CHECK(set.signed_number(property::x) == -8);
    CHECK(set.units(property::x) == -0.5);
    CHECK(set.number(property::opacity) == 60);
    set.set(number_value(property::opacity, 100));
    CHECK(set.find(property::opacity) == nullptr);
    CHECK(set.number(property::opacity) == 100);
    CHECK(set.units(property::stroke_width) == 4);
    CHECK(set.parent() == 0);
}

TEST_CASE("properties are read in order, and none twice", "[whiteboard][properties]") {
    struct listed {
        std::string why;
        std::string hex;
        bool known_only;
        std::optional<std::size_t> count;
    };
    const auto c = GENERATE(values<listed>({
        {"none", "00", true, 0},
        {"two",
         "02"
         "1002"
         "1404",
         true, 2},
        {"the wrong way round",
         "02"
         "1404"
         "1002",
         true, std::nullopt},
        {"twice",
         "02"
         "1002"
         "1002",
         true, std::nullopt},
        {"number 0",
         "01"
         "0002",
         true, std::nullopt},
        {"an unknown wire",
         "01"
         "13",
         true, std::nullopt},
        {"a property of a newer server",
         "02"
         "1002"
         "8401"
         "07",
         false, 1},
        {"the same from a client",
         "02"
         "1002"
         "8401"
         "07",
         true, std::nullopt},
        {"more than there are", "ff01", true, std::nullopt},
    }));
    INFO(c.why);
    const auto bytes = board_test::from_hex(c.hex);
    wire_reader from{std::string_view(bytes)};
    const auto read = read_properties(from, c.known_only);
    CHECK(from.complete() == c.count.has_value());
    if (c.count) CHECK(read.size() == *c.count);
}

TEST_CASE("lines differ from their text in spaces and line feeds only", "[whiteboard][properties]") {
    struct broken {
        std::string text;
        std::string lines;
        bool good;
    };
    const auto c = GENERATE(values<broken>({
        {"one two", "one\ntwo", true},
        {"onetwo", "one\ntwo", true},
        {"one two", "one\nthree", false},
        {"one", "one more", false},
        {"", "", true},
    }));
    INFO(c.text << " / " << c.lines);
    CHECK(breaks_into(c.text, c.lines) == c.good);
}

TEST_CASE("names of properties lead back to them", "[whiteboard][properties]") {
    for (std::size_t number = 1; number <= property_count; ++number) {
        const auto which = static_cast<property>(number);
        CHECK(property_named(rule_of(which).name) == which);
    }
    CHECK_FALSE(property_named("__proto__"));
}

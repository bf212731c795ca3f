// The VP9 payload descriptor: RFC 9628, bit by bit, and its rewriting.
#include "libconf/rtp/vp9.hpp"

#include "tests/rtp/octets.hpp"
#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::rtp;
using vectors::octets;

struct size_case {
    std::string why, hex;
    std::optional<std::size_t> size;  // of the descriptor
};

struct frame_case {
    std::string why, hex;
    bool starts, key, ends_layer;
    int spatial, temporal;
};

vectors::buffer patched(const descriptor_patch& patch, conf::bytes payload) {
    vectors::buffer out(patch.data().begin(), patch.data().end());
    const auto rest = payload.subspan(patch.replaced);
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

}  // namespace

TEST_CASE("the VP9 descriptor is as long as its bits say, and never longer than the payload (SEC-RTP-4)",
          "[rtp][vp9]") {
    const auto c = GENERATE(values<size_case>({
        {"nothing", "", std::nullopt},
        {"no data behind it", "00", std::nullopt},
        {"shortest", "00aa", 1},
        {"short picture id", "807faa", 2},
        {"short picture id is cut", "80", std::nullopt},
        {"long picture id", "80ffffaa", 3},
        {"long picture id is cut", "80ff", std::nullopt},
        {"layers, non-flexible: TL0PICIDX too", "200001aa", 3},
        {"layers, TL0PICIDX is cut", "2000", std::nullopt},
        {"layers, flexible: no TL0PICIDX", "b00100aa", 3},
        {"flexible key frame: no references", "9001aa", 2},
        {"one reference", "d00102aa", 3},
        {"three references", "d001030302aa", 5},
        {"four references", "d00103030302aa", std::nullopt},
        {"references are cut", "d00103", std::nullopt},
        {"P alone has no references", "c001aa", 2},
        {"structure of one layer, nothing else", "0200aa", 2},
        {"structure is cut", "02", std::nullopt},
        {"structure with resolutions of two layers", "0230 014000b4 02800168 aa", 10},
        {"resolutions are cut", "0230 014000b4 028001", std::nullopt},
        {"structure with a list of no pictures", "020800aa", 3},
        {"the second picture's references are cut", "020802 00 0803", std::nullopt},
        {"pictures with 0 and 2 references", "020802 00 08 0102 aa", 7},
        {"a picture's references are cut", "020801 0c 0102", std::nullopt},
        {"255 pictures announced", "0208ff 0000", std::nullopt},
    }));
    INFO(c.why);
    const auto found = vp9::parse(octets(c.hex));
    REQUIRE(found.has_value() == c.size.has_value());
    if (found) CHECK(found->size == *c.size);
}

TEST_CASE("which frame a VP9 packet belongs to", "[rtp][vp9]") {
    const auto c = GENERATE(values<frame_case>({
        {"B without P: a key frame", "08aa", true, true, false, 0, 0},
        {"B with P", "48aa", true, false, false, 0, 0},
        {"not the first packet", "00aa", false, false, false, 0, 0},
        {"E", "04aa", false, false, true, 0, 0},
        {"both", "0caa", true, true, true, 0, 0},
        {"base layer of a key picture", "280001aa", true, true, false, 0, 0},
        {"upper layer of a key picture", "280301aa", false, false, false, 1, 0},
        {"highest ids", "28ee01aa", false, false, false, 7, 7},
        {"temporal layer 1", "682001aa", true, false, false, 0, 1},
    }));
    INFO(c.why);
    const auto found = vp9::parse(octets(c.hex));
    REQUIRE(found);
    CHECK(found->starts_frame() == c.starts);
    CHECK(found->key_frame() == c.key);
    CHECK(found->layer_end == c.ends_layer);
    CHECK(found->spatial_id == c.spatial);
    CHECK(found->temporal_id == c.temporal);
}

TEST_CASE("the other fields of a VP9 descriptor", "[rtp][vp9]") {
    const auto found = vp9::parse(octets("a9 8123 3f 77 aa"));
    REQUIRE(found);
    CHECK(found->has_picture_id);
    CHECK(found->long_picture_id);
    CHECK(found->picture_id == 0x123);
    CHECK(found->not_reference_above);
    CHECK(found->has_layers);
    CHECK(found->temporal_id == 1);
    CHECK(found->switching_up_point);
    CHECK(found->spatial_id == 7);
    CHECK(found->inter_layer_dependency);
    CHECK(found->has_tl0_picture_index);
    CHECK(found->tl0_picture_index == 0x77);
    CHECK_FALSE(found->flexible);
    CHECK_FALSE(found->structure);
    CHECK(vp9::descriptor::ends_frame(true));
    CHECK_FALSE(vp9::descriptor::ends_frame(false));
}

TEST_CASE("the scalability structure tells the sizes of the layers", "[rtp][vp9]") {
    const auto found = vp9::parse(octets("0230 014000b4 02800168 aa"));
    REQUIRE(found);
    REQUIRE(found->structure);
    CHECK(found->structure->spatial_layers == 2);
    CHECK(found->structure->has_resolutions);
    CHECK(found->structure->widths[0] == 320);
    CHECK(found->structure->heights[0] == 180);
    CHECK(found->structure->widths[1] == 640);
    CHECK(found->structure->heights[1] == 360);
    const auto eight = vp9::parse(octets("02e0aa"));
    CHECK(eight->structure->spatial_layers == vp9::spatial_layers_max);
    CHECK_FALSE(eight->structure->has_resolutions);
}

struct rewrite_case {
    std::string why, hex, expected;
};

TEST_CASE("rewriting a VP9 descriptor changes its ids and nothing else", "[rtp][vp9]") {
    const auto c = GENERATE(values<rewrite_case>({
        {"nothing to change", "08aabb", "08aabb"},
        {"short becomes long", "887faabb", "889234aabb"},
        {"long stays long", "88ffffaabb", "889234aabb"},
        {"TL0PICIDX alone", "282001aabb", "282056aabb"},
        {"both", "a801200777aabb", "a89234205677aabb"},
        {"flexible: layers and references stay", "f80120 0302 aabb", "f89234 20 0302 aabb"},
        {"structure stays", "8a01 00 aabb", "8a9234 00 aabb"},
    }));
    INFO(c.why);
    const auto payload = octets(c.hex);
    const auto found = vp9::parse(payload);
    REQUIRE(found);
    CHECK(vectors::to_hex(patched(vp9::rewrite(*found, payload, 0x1234, 0x56), payload)) ==
          vectors::to_hex(octets(c.expected)));
}

TEST_CASE("20 000 random VP9 payloads: rewriting keeps all but the ids", "[rtp][vp9][property]") {
    constexpr std::uint64_t seed = 9628;
    conf::sim::dice random(seed);
    int parsed = 0;
    for (int round = 0; round < 20'000; ++round) {
        INFO("seed " << seed << " round " << round);
        vectors::buffer payload(random.below(40));
        random.fill(payload);
        payload.shrink_to_fit();
        const auto found = vp9::parse(payload);
        if (!found) continue;
        ++parsed;
        REQUIRE(found->size < payload.size());
        const auto picture_id = static_cast<std::uint16_t>(random.below(0x8000));
        const auto tl0 = static_cast<std::uint8_t>(random.next());
        const auto again_payload = patched(vp9::rewrite(*found, payload, picture_id, tl0), payload);
        const auto again = vp9::parse(again_payload);
        REQUIRE(again);
        REQUIRE(again->has_picture_id == found->has_picture_id);
        if (found->has_picture_id) REQUIRE(again->picture_id == picture_id);
        if (found->has_tl0_picture_index) REQUIRE(again->tl0_picture_index == tl0);
        REQUIRE(again->spatial_id == found->spatial_id);
        REQUIRE(again->temporal_id == found->temporal_id);
        REQUIRE(again->key_frame() == found->key_frame());
        REQUIRE(again->layer_end == found->layer_end);
        REQUIRE(again->structure.has_value() == found->structure.has_value());
        REQUIRE(std::ranges::equal(conf::bytes(payload).subspan(found->size),
                                   conf::bytes(again_payload).subspan(again->size)));
    }
    CHECK(parsed > 5'000);
}

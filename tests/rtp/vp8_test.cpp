// The VP8 payload descriptor: RFC 7741, bit by bit, and its rewriting.
#include "libconf/rtp/vp8.hpp"

#include "tests/rtp/octets.hpp"
#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::rtp;
using vectors::octets;

struct parse_case {
    std::string why, hex;
    std::optional<vp8::descriptor> expected;
};

vp8::descriptor make(std::uint8_t size) {
    vp8::descriptor made;
    made.size = size;
    return made;
}
template <class Change>
vp8::descriptor make(std::uint8_t size, Change&& change) {
    auto made = make(size);
    change(made);
    return made;
}

bool same(const vp8::descriptor& a, const vp8::descriptor& b) {
    const auto tied = [](const vp8::descriptor& d) {
        return std::tie(d.size, d.partition, d.partition_start, d.non_reference, d.key_picture,
                        d.has_picture_id, d.long_picture_id, d.picture_id, d.has_tl0_picture_index,
                        d.tl0_picture_index, d.has_temporal_id, d.temporal_id, d.layer_sync, d.has_key_index,
                        d.key_index);
    };
    return tied(a) == tied(b);
}

/// A payload as rewritten.
vectors::buffer patched(const descriptor_patch& patch, conf::bytes payload) {
    vectors::buffer out(patch.data().begin(), patch.data().end());
    const auto rest = payload.subspan(patch.replaced);
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

}  // namespace

TEST_CASE("the VP8 descriptor is read field by field, SEC-RTP-4", "[rtp][vp8]") {
    using d = vp8::descriptor;
    const auto c = GENERATE(values<parse_case>({
        {"nothing", "", std::nullopt},
        {"one byte and no data", "00", std::nullopt},
        {"a middle packet", "00aa", make(1)},
        {"N and partition 5", "25aa", make(1, [](d& x) { x.non_reference = true, x.partition = 5; })},
        {"first packet of an inter frame", "1001", make(1, [](d& x) { x.partition_start = true; })},
        {"first packet of a key frame", "1000",
         make(1, [](d& x) { x.partition_start = x.key_picture = true; })},
        {"start of partition 1 is no start of a frame", "1100",
         make(1, [](d& x) { x.partition_start = true, x.partition = 1; })},
        {"X without its byte", "80", std::nullopt},
        {"X with nothing in it", "8000aa", make(2)},
        {"short picture id", "80807faa", make(3, [](d& x) { x.has_picture_id = true, x.picture_id = 0x7F; })},
        {"picture id is cut", "8080", std::nullopt},
        {"long picture id", "8080ffffaa",
         make(4, [](d& x) { x.has_picture_id = x.long_picture_id = true, x.picture_id = 0x7FFF; })},
        {"long picture id is cut", "8080ff", std::nullopt},
        {"TL0PICIDX", "8040feaa",
         make(3, [](d& x) { x.has_tl0_picture_index = true, x.tl0_picture_index = 0xFE; })},
        {"TL0PICIDX is cut", "8040", std::nullopt},
        {"temporal id 2 and Y", "8020a0aa",
         make(3, [](d& x) { x.has_temporal_id = x.layer_sync = true, x.temporal_id = 2; })},
        {"bits of T that do not count", "8010ffaa",
         make(3, [](d& x) { x.has_key_index = true, x.key_index = 31; })},
        {"T is cut", "8020", std::nullopt},
        {"everything", "90f081230755 00",
         make(6,
              [](d& x) {
                  x.partition_start = x.key_picture = true;
                  x.has_picture_id = x.long_picture_id = true, x.picture_id = 0x123;
                  x.has_tl0_picture_index = true, x.tl0_picture_index = 7;
                  x.has_temporal_id = true, x.temporal_id = 1;
                  x.has_key_index = true, x.key_index = 0x15;
              })},
        {"everything and no data", "90f081230755", std::nullopt},
    }));
    INFO(c.why);
    const auto found = vp8::parse(octets(c.hex));
    REQUIRE(found.has_value() == c.expected.has_value());
    if (found) CHECK(same(*found, *c.expected));
}

TEST_CASE("a key frame is S, partition 0 and a data bit of 0; the marker ends a frame", "[rtp][vp8]") {
    CHECK(vp8::parse(octets("1000"))->key_frame());
    CHECK_FALSE(vp8::parse(octets("1001"))->key_frame());
    CHECK_FALSE(vp8::parse(octets("0000"))->key_frame());
    CHECK_FALSE(vp8::parse(octets("1100"))->key_frame());
    CHECK(vp8::parse(octets("1001"))->starts_frame());
    CHECK_FALSE(vp8::parse(octets("1101"))->starts_frame());
    CHECK(vp8::descriptor::ends_frame(true));
    CHECK_FALSE(vp8::descriptor::ends_frame(false));
}

TEST_CASE("the first packet of a VP8 key frame tells the size of the picture", "[rtp][vp8]") {
    const auto read = [](const std::string& hex) {
        const auto payload = octets(hex);
        return vp8::read_resolution(vp8::parse(payload).value(), payload);
    };
    CHECK(read("10 00dc20 9d012a 8002 e001") == vp8::resolution{640, 480});
    CHECK(read("10 00dc20 9d012a 80c2 e0c1") == vp8::resolution{640, 480});  // scale bits
    CHECK_FALSE(read("10 00dc20 9d012a 8002 e0"));
    CHECK_FALSE(read("10 00dc20 9d012b 8002 e001"));
    CHECK_FALSE(read("10 01dc20 9d012a 8002 e001"));  // an inter frame
    CHECK_FALSE(read("00 00dc20 9d012a 8002 e001"));  // not its first packet
}

struct rewrite_case {
    std::string why, hex, expected;
};

TEST_CASE("rewriting makes picture ids long and leaves the rest as it was", "[rtp][vp8]") {
    const auto c = GENERATE(values<rewrite_case>({
        {"no extension", "10aabb", "10aabb"},
        {"nothing to change", "9000aabb", "9000aabb"},
        {"short becomes long", "90807faabb", "9080 9234 aabb"},
        {"long stays long", "9080ffffaabb", "9080 9234 aabb"},
        {"TL0PICIDX alone", "904001aabb", "904056aabb"},
        {"temporal id alone", "9020a0aabb", "9020a0aabb"},
        {"everything, short", "b7f00107e5aabb", "b7f0 9234 56 e5 aabb"},
        {"everything, long", "b7f0812307e5aabb", "b7f0 9234 56 e5 aabb"},
    }));
    INFO(c.why);
    const auto payload = octets(c.hex);
    const auto found = vp8::parse(payload);
    REQUIRE(found);
    const auto patch = vp8::rewrite(*found, payload, 0x1234, 0x56);
    CHECK(vectors::to_hex(patched(patch, payload)) == vectors::to_hex(octets(c.expected)));
}

TEST_CASE("20 000 random VP8 payloads: rewriting changes the ids and nothing else", "[rtp][vp8][property]") {
    constexpr std::uint64_t seed = 7741;
    conf::sim::dice random(seed);
    int parsed = 0;
    for (int round = 0; round < 20'000; ++round) {
        INFO("seed " << seed << " round " << round);
        vectors::buffer payload(random.below(12));
        random.fill(payload);
        payload.shrink_to_fit();
        const auto found = vp8::parse(payload);
        if (!found) continue;
        ++parsed;
        REQUIRE(found->size < payload.size());
        const auto picture_id = static_cast<std::uint16_t>(random.below(0x8000));
        const auto tl0 = static_cast<std::uint8_t>(random.next());
        const auto again_payload = patched(vp8::rewrite(*found, payload, picture_id, tl0), payload);
        const auto again = vp8::parse(again_payload);
        REQUIRE(again);
        auto expected = *found;
        if (found->has_picture_id) {
            expected.picture_id = picture_id;
            expected.long_picture_id = true;
            expected.size = static_cast<std::uint8_t>(expected.size + (found->long_picture_id ? 0 : 1));
        }
        if (found->has_tl0_picture_index) expected.tl0_picture_index = tl0;
        REQUIRE(same(*again, expected));
        REQUIRE(std::ranges::equal(conf::bytes(payload).subspan(found->size),
                                   conf::bytes(again_payload).subspan(again->size)));
    }
    CHECK(parsed > 10'000);
}

// The dependency descriptor: structures, frames, limits, and telling a receiver which targets it gets.
#include "libconf/rtp/dependency_descriptor.hpp"

#include "tests/rtp/dd_writer.hpp"
#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

#include <memory>

namespace {

using namespace conf::rtp;
using dti = decode_target_indication;

/// L1T3 of appendix A.6.1: one spatial layer, three temporal ones; targets of 30, 15 and 7.5 frames a second.
dependency_structure l1t3() {
    dependency_structure made;
    made.decode_target_count = 3;
    made.chain_count = 1;
    made.spatial_layer_count = 1;
    made.has_resolutions = true;
    made.widths[0] = 640;
    made.heights[0] = 360;
    const auto add = [&](std::uint8_t temporal, std::uint8_t difference, std::uint8_t chain,
                         std::string_view indications) {
        auto& t = made.templates[made.template_count++];
        t.temporal_id = temporal;
        if (difference > 0) t.differences.values[t.differences.count++] = difference;
        t.chain_differences[0] = chain;
        for (std::size_t i = 0; i < indications.size(); ++i) {
            t.indications.set(i, static_cast<dti>(std::string_view("-DSR").find(indications[i])));
        }
    };
    add(0, 0, 0, "SSS");
    add(0, 4, 4, "SSS");
    add(1, 2, 2, "SD-");
    add(2, 1, 1, "D--");
    add(2, 1, 3, "D--");
    return made;
}

mandatory_descriptor first_packet(std::uint8_t template_id, std::uint16_t frame_number) {
    return {true, false, template_id, frame_number};
}

std::optional<dependency_descriptor> parse(const dd::bits& wire, const dependency_structure* latest,
                                           dependency_structure& fresh) {
    auto cut = wire.out();
    cut.shrink_to_fit();
    return parse_dependency_descriptor(cut, latest, fresh);
}

bool same(const frame_differences& a, const frame_differences& b) {
    return a.count == b.count && std::equal(a.values.begin(), a.values.begin() + a.count, b.values.begin());
}

bool same(const dependency_structure& a, const dependency_structure& b) {
    if (a.template_id_offset != b.template_id_offset || a.template_count != b.template_count ||
        a.decode_target_count != b.decode_target_count || a.chain_count != b.chain_count ||
        a.spatial_layer_count != b.spatial_layer_count || a.has_resolutions != b.has_resolutions ||
        a.protected_by != b.protected_by || a.widths != b.widths || a.heights != b.heights) {
        return false;
    }
    for (std::size_t i = 0; i < a.template_count; ++i) {
        const auto& x = a.templates[i];
        const auto& y = b.templates[i];
        if (x.spatial_id != y.spatial_id || x.temporal_id != y.temporal_id ||
            !(x.indications == y.indications) || !same(x.differences, y.differences) ||
            x.chain_differences != y.chain_differences) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("three bytes name frame and template", "[rtp][dd]") {
    const auto found = parse_mandatory_descriptor(vectors::octets("c5fffe"));
    REQUIRE(found);
    CHECK(found->start_of_frame);
    CHECK(found->end_of_frame);
    CHECK(found->template_id == 5);
    CHECK(found->frame_number == 0xFFFE);
    CHECK_FALSE(parse_mandatory_descriptor(vectors::octets("c5ff")));
    CHECK_FALSE(parse_mandatory_descriptor({}));
}

TEST_CASE("a key frame brings a structure, and the frames behind it refer to it", "[rtp][dd]") {
    const auto structure = l1t3();
    dependency_structure kept;
    const auto key =
        parse(dd::write({first_packet(0, 1), structure, {}, {}, {}, {}}, structure), nullptr, kept);
    REQUIRE(key);
    CHECK(key->key_frame());
    CHECK(key->active_decode_targets == 0b111);
    CHECK(key->spatial_id == 0);
    CHECK(key->temporal_id == 0);
    CHECK(key->differences.count == 0);
    CHECK(same(kept, structure));
    CHECK(kept.all_targets() == 0b111);
    CHECK(kept.target_temporal == std::array<std::uint8_t, decode_targets_max>{2, 1, 0});

    dependency_structure unused;
    const auto next = parse(dd::write({first_packet(2, 3), {}, {}, {}, {}, {}}, kept), &kept, unused);
    REQUIRE(next);
    CHECK_FALSE(next->key_frame());
    CHECK(next->frame_number == 3);
    CHECK(next->temporal_id == 1);
    CHECK(next->indications[0] == dti::switch_point);
    CHECK(next->indications[1] == dti::discardable);
    CHECK(next->indications[2] == dti::not_present);
    CHECK(next->differences.count == 1);
    CHECK(next->differences.values[0] == 2);
    CHECK(next->chain_differences[0] == 2);
    CHECK_FALSE(next->active_decode_targets);
}

TEST_CASE("a frame whose template is not known cannot be classified", "[rtp][dd]") {
    auto structure = l1t3();
    structure.template_id_offset = 62;  // ids 62, 63, 0, 1, 2
    dependency_structure fresh;
    for (unsigned id = 0; id < 64; ++id) {
        INFO(id);
        const auto wire =
            dd::write({first_packet(static_cast<std::uint8_t>(id), 1), {}, {}, {}, {}, {}}, structure);
        CHECK(parse(wire, &structure, fresh).has_value() == (id >= 62 || id <= 2));
        CHECK_FALSE(parse(wire, nullptr, fresh));
    }
}

TEST_CASE("a frame may differ from its template", "[rtp][dd]") {
    const auto structure = l1t3();
    dd::message made{first_packet(3, 9),
                     {},
                     0b011,
                     decode_target_indications{},
                     frame_differences{},
                     std::array<std::uint8_t, chains_max>{}};
    made.indications->set(1, dti::required);
    made.differences->count = 3;
    made.differences->values = {16, 256, 4096};
    (*made.chains)[0] = 255;
    dependency_structure fresh;
    const auto found = parse(dd::write(made, structure), &structure, fresh);
    REQUIRE(found);
    CHECK(found->active_decode_targets == 0b011);
    CHECK(found->indications == *made.indications);
    CHECK(same(found->differences, *made.differences));
    CHECK(found->chain_differences[0] == 255);
    CHECK(found->temporal_id == 2);
}

TEST_CASE("SEC-RTP-4: a descriptor that is cut anywhere is refused", "[rtp][dd]") {
    const auto structure = l1t3();
    const auto wire = dd::write({first_packet(0, 1), structure, 0b111, {}, {}, {}}, structure);
    dependency_structure fresh;
    REQUIRE(parse(wire, nullptr, fresh));
    for (std::size_t size = 0; size < wire.out().size(); ++size) {
        INFO(size);
        vectors::buffer cut(wire.out().begin(), wire.out().begin() + static_cast<std::ptrdiff_t>(size));
        cut.shrink_to_fit();
        CHECK_FALSE(parse_dependency_descriptor(cut, nullptr, fresh));
    }
}

TEST_CASE("the limits of a structure", "[rtp][dd]") {
    dependency_structure fresh;
    const auto accepted = [&](const dependency_structure& structure) {
        auto first = first_packet(structure.template_id_offset, 1);
        return parse(dd::write({first, structure, {}, {}, {}, {}}, structure), nullptr, fresh).has_value();
    };
    dependency_structure made;
    made.decode_target_count = 1;
    made.spatial_layer_count = 1;
    SECTION("64 templates") {
        made.template_count = templates_max;
        CHECK(accepted(made));
        // One more cannot be held by our struct, so it is written by hand: 64 times "same layer".
        dd::bits wire;
        wire.put(1, 1).put(0, 23).put(0b10000, 5).put(0, 6).put(0, 5);
        for (std::size_t i = 0; i < templates_max; ++i) wire.put(0, 2);
        wire.put(3, 2).put(0, 8 * 100);
        CHECK_FALSE(parse(wire, nullptr, fresh));
    }
    SECTION("32 decode targets and as many chains") {
        made.template_count = 1;
        made.decode_target_count = decode_targets_max;
        made.chain_count = chains_max;
        for (std::size_t t = 0; t < decode_targets_max; ++t)
            made.protected_by[t] = static_cast<std::uint8_t>(t);
        CHECK(accepted(made));
        CHECK(fresh.all_targets() == 0xFFFFFFFF);
        CHECK(fresh.protected_by == made.protected_by);
        CHECK(fresh.chain_count == chains_max);
    }
    SECTION("four spatial layers") {
        for (std::uint8_t layers = 4; layers <= 5; ++layers) {
            dd::bits wire;
            wire.put(1, 1).put(0, 23).put(0b10000, 5).put(0, 6).put(0, 5);
            for (unsigned i = 1; i < layers; ++i) wire.put(2, 2);
            wire.put(3, 2).put(0, 8 * 20);
            CHECK(parse(wire, nullptr, fresh).has_value() == (layers <= spatial_ids_max));
        }
    }
    SECTION("eight temporal layers") {
        for (std::uint8_t layers = 8; layers <= 9; ++layers) {
            dd::bits wire;
            wire.put(1, 1).put(0, 23).put(0b10000, 5).put(0, 6).put(0, 5);
            for (unsigned i = 1; i < layers; ++i) wire.put(1, 2);
            wire.put(3, 2).put(0, 8 * 20);
            CHECK(parse(wire, nullptr, fresh).has_value() == (layers <= temporal_ids_max));
        }
    }
    SECTION("eight references of a template") {
        for (std::size_t count = 8; count <= 9; ++count) {
            dd::bits wire;
            wire.put(1, 1).put(0, 23).put(0b10000, 5).put(0, 6).put(0, 5).put(3, 2).put(0, 2);
            for (std::size_t i = 0; i < count; ++i) wire.put(1, 1).put(i, 4);
            wire.put(0, 8 * 4);
            CHECK(parse(wire, nullptr, fresh).has_value() == (count <= frame_differences_max));
        }
    }
    SECTION("eight references of a frame") {
        made.template_count = 1;
        for (std::size_t count = 8; count <= 9; ++count) {
            dd::bits wire;
            wire.put(1, 1).put(0, 23).put(0b00010, 5);
            for (std::size_t i = 0; i < count; ++i) wire.put(1, 2).put(i, 4);
            wire.put(0, 2);
            CHECK(parse(wire, &made, fresh).has_value() == (count <= frame_differences_max));
        }
    }
    SECTION("255 bytes") {
        made.template_count = 1;
        vectors::buffer wire = vectors::octets("80000000");
        wire.resize(descriptor_bytes_max);
        CHECK(parse_dependency_descriptor(wire, &made, fresh));
        wire.resize(descriptor_bytes_max + 1);
        CHECK_FALSE(parse_dependency_descriptor(wire, &made, fresh));
    }
    SECTION("a picture of 65536 pixels is one of 65535") {
        made.template_count = 1;
        made.has_resolutions = true;
        dd::bits wire;
        wire.put(1, 1).put(0, 23).put(0b10000, 5).put(0, 6).put(0, 5).put(3, 2).put(0, 2).put(0, 1).put(0, 1);
        wire.put(1, 1).put(0xFFFF, 16).put(0xFFFE, 16);
        REQUIRE(parse(wire, nullptr, fresh));
        CHECK(fresh.widths[0] == 65535);
        CHECK(fresh.heights[0] == 65535);
    }
}

TEST_CASE("a frame number is moved in place", "[rtp][dd]") {
    auto wire = vectors::octets("c5fffe80");
    rewrite_frame_number(wire, 0x1234);
    CHECK(vectors::to_hex(wire) == "c5123480");
}

TEST_CASE("the mask of active targets is written into any descriptor", "[rtp][dd]") {
    const auto structure = l1t3();
    auto in_force = std::make_unique<dependency_structure>(structure);
    std::array<std::byte, 64> memory{};
    const auto rewritten = [&](const dd::message& made) {
        const auto wire = dd::write(made, structure);
        dependency_structure fresh;
        const auto before = parse(wire, in_force.get(), fresh);
        REQUIRE(before);
        const auto size = write_active_decode_targets(memory, wire.out(), *before, 3, 0b101);
        REQUIRE(size > 0);
        const auto after =
            parse_dependency_descriptor(conf::bytes(memory).first(size), in_force.get(), fresh);
        REQUIRE(after);
        CHECK(after->active_decode_targets == 0b101);
        CHECK(after->active_targets_written);
        CHECK(after->frame_number == before->frame_number);
        CHECK(after->has_structure == before->has_structure);
        CHECK(after->indications == before->indications);
        return size;
    };
    CHECK(rewritten({first_packet(1, 7), {}, {}, {}, {}, {}}) == 4);     // 24 + 5 + 3 bits
    CHECK(rewritten({first_packet(1, 7), {}, 0b111, {}, {}, {}}) == 4);  // the mask takes its place
    CHECK(rewritten({first_packet(0, 7), structure, {}, {}, {}, {}}) > 20);
    CHECK(rewritten({first_packet(0, 7), structure, 0b001, {}, {}, {}}) > 20);
    decode_target_indications custom;
    custom.set(0, dti::required);
    CHECK(rewritten({first_packet(2, 7), {}, {}, custom, {}, {}}) == 5);

    const auto wire = dd::write({first_packet(1, 7), {}, {}, {}, {}, {}}, structure);
    dependency_structure fresh;
    const auto before = parse(wire, in_force.get(), fresh);
    CHECK(write_active_decode_targets(std::span(memory).first(4), wire.out(), *before, 3, 1) == 4);
    CHECK(write_active_decode_targets(std::span(memory).first(3), wire.out(), *before, 3, 1) == 0);
}

TEST_CASE("3 000 random descriptors: what is written is what is read, rewritten or not",
          "[rtp][dd][property]") {
    constexpr std::uint64_t seed = 1;
    conf::sim::dice random(seed);
    int read = 0;
    for (int round = 0; round < 3'000; ++round) {
        INFO("seed " << seed << " round " << round);
        const auto structure = dd::random_structure(random);
        dd::message made;
        const auto index = random.below(structure.template_count);
        made.mandatory = {random.chance(0.5), random.chance(0.5),
                          static_cast<std::uint8_t>((structure.template_id_offset + index) % 64),
                          static_cast<std::uint16_t>(random.next())};
        if (random.chance(0.5)) made.structure = structure;
        if (random.chance(0.3))
            made.active = static_cast<std::uint32_t>(random.next()) & structure.all_targets();
        if (random.chance(0.3)) {
            made.indications = dd::random_indications(random, structure.decode_target_count);
        }
        if (random.chance(0.3)) {
            made.differences.emplace();
            made.differences->count = static_cast<std::uint8_t>(random.below(frame_differences_max + 1));
            for (std::size_t d = 0; d < made.differences->count; ++d) {
                made.differences->values[d] = static_cast<std::uint16_t>(random.between(1, 4096));
            }
        }
        if (random.chance(0.3)) {
            made.chains.emplace();
            for (std::size_t c = 0; c < structure.chain_count; ++c) {
                (*made.chains)[c] = static_cast<std::uint8_t>(random.next());
            }
        }
        const auto wire = dd::write(made, structure);
        if (wire.out().size() > descriptor_bytes_max) continue;
        ++read;
        dependency_structure fresh;
        const auto found = parse(wire, made.structure ? nullptr : &structure, fresh);
        REQUIRE(found);
        const auto& t = structure.templates[index];
        REQUIRE(found->start_of_frame == made.mandatory.start_of_frame);
        REQUIRE(found->end_of_frame == made.mandatory.end_of_frame);
        REQUIRE(found->frame_number == made.mandatory.frame_number);
        REQUIRE(found->has_structure == made.structure.has_value());
        if (made.structure) REQUIRE(same(fresh, structure));
        REQUIRE(found->spatial_id == t.spatial_id);
        REQUIRE(found->temporal_id == t.temporal_id);
        REQUIRE(found->indications == made.indications.value_or(t.indications));
        REQUIRE(same(found->differences, made.differences.value_or(t.differences)));
        REQUIRE(found->chain_differences == made.chains.value_or(t.chain_differences));
        const auto all = made.structure ? std::optional(structure.all_targets()) : std::nullopt;
        REQUIRE(found->active_decode_targets == (made.active ? made.active : all));
        REQUIRE(found->bits == (wire.size() > 24 ? wire.size() : 24));

        const auto mask = static_cast<std::uint32_t>(random.next()) & structure.all_targets();
        std::array<std::byte, descriptor_bytes_max> memory{};
        const auto size =
            write_active_decode_targets(memory, wire.out(), *found, structure.decode_target_count, mask);
        if (size == 0) continue;  // it grew over 255 bytes
        vectors::buffer again(memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(size));
        made.active = mask;
        REQUIRE(vectors::to_hex(again) == vectors::to_hex(dd::write(made, structure).out()));
    }
    CHECK(read > 2'000);
}

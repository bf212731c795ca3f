// Building compounds: what is written reads back, and what does not fit is not begun.
#include "libconf/rtp/rtcp_builder.hpp"

#include "libconf/rtp/rtcp_feedback.hpp"
#include "tests/sim/dice.hpp"
#include "tests/stun/vectors.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <set>
#include <vector>

namespace {

using namespace conf::rtp;
using conf::sim::dice;

report_block random_block(dice& random) {
    report_block block;
    block.ssrc = static_cast<std::uint32_t>(random.next());
    block.cumulative_lost = static_cast<std::int32_t>(random.below(0x1000000)) - 0x800000;
    block.highest_sequence = static_cast<std::uint32_t>(random.next());
    block.jitter_ticks = static_cast<std::uint32_t>(random.next());
    block.last_sr = static_cast<std::uint32_t>(random.next());
    block.delay_since_last_sr = static_cast<std::uint32_t>(random.next());
    block.fraction_lost = static_cast<std::uint8_t>(random.next());
    return block;
}

std::vector<rtcp_packet> packets_of(conf::bytes wire) {
    std::vector<rtcp_packet> out;
    const auto compound = rtcp_compound::parse(wire);
    REQUIRE(compound);
    compound->for_each([&](const rtcp_packet& packet) { out.push_back(packet); });
    return out;
}

struct fit_case {
    std::string why;
    std::size_t size;
    std::function<bool(rtcp_builder&)> add;
};

}  // namespace

TEST_CASE("a packet is added if it fits to the byte, and not begun otherwise", "[rtp]") {
    static const std::array blocks{report_block{}, report_block{}};
    static const std::array<std::uint32_t, 2> sources{1, 2};
    static const std::array<std::uint16_t, 1> missing{7};
    static const std::array items{dlrr_item{}};
    const auto c = GENERATE(values<fit_case>({
        {"sender report", 28, [](rtcp_builder& out) { return out.add_sender_report({}); }},
        {"sender report with blocks", 76,
         [](rtcp_builder& out) { return out.add_sender_report({}, blocks); }},
        {"receiver report", 8, [](rtcp_builder& out) { return out.add_receiver_report(1); }},
        {"receiver report with blocks", 56,
         [](rtcp_builder& out) { return out.add_receiver_report(1, blocks); }},
        {"CNAME, one zero behind it", 16, [](rtcp_builder& out) { return out.add_cname(1, "abcde"); }},
        {"CNAME, four zeros behind it", 20, [](rtcp_builder& out) { return out.add_cname(1, "abcdef"); }},
        {"CNAME of no bytes", 12, [](rtcp_builder& out) { return out.add_cname(1, ""); }},
        {"BYE", 12, [](rtcp_builder& out) { return out.add_goodbye(sources); }},
        {"NACK", 16, [](rtcp_builder& out) { return out.add_nack(1, 2, missing) == 1; }},
        {"PLI", 12, [](rtcp_builder& out) { return out.add_pli(1, 2); }},
        {"FIR", 20, [](rtcp_builder& out) { return out.add_fir(1, 2, 3); }},
        {"DLRR", 24, [](rtcp_builder& out) { return out.add_dlrr(1, items) == 1; }},
    }));
    INFO(c.why);
    vectors::buffer memory(c.size, std::byte{0xA5});
    rtcp_builder fits(memory);
    CHECK(fits.empty());
    CHECK(c.add(fits));
    CHECK(fits.finish().size() == c.size);
    CHECK(fits.room() == 0);
    CHECK(packets_of(fits.finish()).size() == 1);
    CHECK_FALSE(c.add(fits));
    CHECK(fits.finish().size() == c.size);
    fits.clear();
    CHECK(c.add(fits));

    rtcp_builder too_small(conf::mutable_bytes(memory).first(c.size - 1));
    CHECK_FALSE(c.add(too_small));
    CHECK(too_small.empty());
}

TEST_CASE("31 report blocks and 255 bytes of CNAME are the most", "[rtp]") {
    std::array<std::byte, 2048> memory{};
    const std::vector<report_block> blocks(report_blocks_max);
    rtcp_builder out(memory);
    CHECK(out.add_receiver_report(1, blocks));
    CHECK(out.add_sender_report({}, blocks));
    CHECK(out.add_cname(1, std::string(255, 'x')));
    const auto packets = packets_of(out.finish());
    REQUIRE(packets.size() == 3);
    CHECK(read_receiver_report(packets[0])->blocks.size() == 31);
    CHECK(read_sender_report(packets[1])->blocks.size() == 31);
    std::size_t length = 0;
    for_each_cname(packets[2], [&](const sdes_item& item) { length = item.text.size(); });
    CHECK(length == 255);
}

TEST_CASE("cumulative loss that 24 bits cannot hold is cut to what they can", "[rtp]") {
    std::array<std::byte, 64> memory{};
    std::array blocks{report_block{}, report_block{}};
    blocks[0].cumulative_lost = 0x800000;
    blocks[1].cumulative_lost = -0x800001;
    rtcp_builder out(memory);
    REQUIRE(out.add_receiver_report(1, blocks));
    const auto report = read_receiver_report(packets_of(out.finish())[0]);
    CHECK(report->blocks[0].cumulative_lost == 0x7FFFFF);
    CHECK(report->blocks[1].cumulative_lost == -0x800000);
}

struct nack_case {
    std::string why;
    std::vector<std::uint16_t> missing;
    std::string items;
};

TEST_CASE("a NACK packs up to seventeen numbers into an item", "[rtp]") {
    const auto c = GENERATE(values<nack_case>({
        {"one", {100}, "00640000"},
        {"neighbours", {100, 101}, "00640001"},
        {"sixteen behind", {100, 116}, "00648000"},
        {"seventeen behind", {100, 117}, "0064000000750000"},
        {"a run of seventeen", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, "0001ffff"},
        {"over the wrap", {0xFFFE, 0, 14}, "fffe8002"},
    }));
    INFO(c.why);
    std::array<std::byte, 64> memory{};
    rtcp_builder out(memory);
    CHECK(out.add_nack(1, 2, c.missing) == c.missing.size());
    const auto found = read_nack(packets_of(out.finish())[0]);
    REQUIRE(found);
    CHECK(vectors::to_hex(found->items) == c.items);
}

TEST_CASE("what a NACK cannot take is left for the next one", "[rtp]") {
    std::array<std::byte, 16 + 7> memory{};  // room for two items less one byte
    rtcp_builder out(memory);
    const std::array<std::uint16_t, 4> missing{1, 2, 100, 200};
    CHECK(out.add_nack(1, 2, missing) == 3);
    CHECK(out.add_nack(1, 2, {}) == 0);
}

TEST_CASE("what a DLRR cannot take is left for the next one", "[rtp]") {
    std::array<std::byte, 24 + 12 + 11> memory{};
    rtcp_builder out(memory);
    const std::array items{dlrr_item{1, 2, 3}, dlrr_item{4, 5, 6}, dlrr_item{7, 8, 9}};
    CHECK(out.add_dlrr(9, items) == 2);
    std::vector<dlrr_item> found;
    for_each_dlrr(packets_of(out.finish())[0], [&](const dlrr_item& item) { found.push_back(item); });
    CHECK(found == std::vector<dlrr_item>{items[0], items[1]});
    CHECK(out.add_dlrr(9, {}) == 0);
}

TEST_CASE("3 000 random compounds: what is written is what is read", "[rtp][property]") {
    constexpr std::uint64_t seed = 4585;
    dice random(seed);
    for (int round = 0; round < 3'000; ++round) {
        INFO("seed " << seed << " round " << round);
        vectors::buffer memory(random.between(400, 1200), std::byte{0xA5});
        rtcp_builder out(memory);
        std::vector<std::function<void(const rtcp_packet&)>> checks;
        const auto sender = static_cast<std::uint32_t>(random.next());
        const auto media = static_cast<std::uint32_t>(random.next());
        while (checks.size() < 8) {
            switch (random.below(6)) {
                case 0: {
                    std::vector<report_block> blocks(random.below(4));
                    for (auto& block : blocks) block = random_block(random);
                    const sender_info info{sender, {random.next()}, media, 7, 8};
                    if (!out.add_sender_report(info, blocks)) break;
                    checks.emplace_back([=](const rtcp_packet& packet) {
                        const auto found = read_sender_report(packet);
                        REQUIRE(found);
                        REQUIRE(found->sender == info);
                        REQUIRE(found->blocks.size() == blocks.size());
                        for (std::size_t i = 0; i < blocks.size(); ++i)
                            REQUIRE(found->blocks[i] == blocks[i]);
                    });
                    break;
                }
                case 1: {
                    const auto block = random_block(random);
                    if (!out.add_receiver_report(sender, std::span(&block, 1))) break;
                    checks.emplace_back([=](const rtcp_packet& packet) {
                        const auto found = read_receiver_report(packet);
                        REQUIRE(found);
                        REQUIRE(found->ssrc == sender);
                        REQUIRE(found->blocks[0] == block);
                    });
                    break;
                }
                case 2: {
                    const std::string name(random.below(40), 'n');
                    if (!out.add_cname(sender, name)) break;
                    checks.emplace_back([=](const rtcp_packet& packet) {
                        int found = 0;
                        for_each_cname(packet, [&](const sdes_item& item) {
                            REQUIRE(item.ssrc == sender);
                            REQUIRE(item.text == name);
                            ++found;
                        });
                        REQUIRE(found == 1);
                    });
                    break;
                }
                case 3: {
                    std::vector<std::uint16_t> missing;
                    auto number = static_cast<std::uint16_t>(random.next());
                    for (auto count = random.between(1, 60); count > 0; --count) {
                        missing.push_back(number);
                        number = static_cast<std::uint16_t>(number + random.between(1, 30));
                    }
                    missing.resize(out.add_nack(sender, media, missing));
                    if (missing.empty()) break;
                    checks.emplace_back([=](const rtcp_packet& packet) {
                        const auto found = read_nack(packet);
                        REQUIRE(found);
                        REQUIRE(found->media_ssrc == media);
                        std::vector<std::uint16_t> again;
                        found->for_each([&](std::uint16_t n) { again.push_back(n); });
                        REQUIRE(again == missing);
                    });
                    break;
                }
                case 4: {
                    const auto command = static_cast<std::uint8_t>(random.next());
                    if (!out.add_fir(sender, media, command)) break;
                    checks.emplace_back([=](const rtcp_packet& packet) {
                        const auto found = read_fir(packet);
                        REQUIRE(found);
                        REQUIRE((*found)[0].ssrc == media);
                        REQUIRE((*found)[0].command == command);
                    });
                    break;
                }
                default: {
                    if (!out.add_pli(sender, media)) break;
                    checks.emplace_back([=](const rtcp_packet& packet) {
                        REQUIRE(read_pli(packet));
                        REQUIRE(read_pli(packet)->sender_ssrc == sender);
                    });
                }
            }
            if (out.room() < 100) break;
        }
        const auto packets = packets_of(out.finish());
        REQUIRE(packets.size() == checks.size());
        for (std::size_t i = 0; i < packets.size(); ++i) checks[i](packets[i]);
    }
}

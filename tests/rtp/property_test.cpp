// Laws for damaged packets: refused, or read inside their own bytes. Each lies on the heap and is cut to
// size, so that a sanitizer sees one byte too far.
#include "libconf/rtp/av1.hpp"
#include "libconf/rtp/dependency_descriptor.hpp"
#include "libconf/rtp/h264.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/opus.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/red.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/rtp/transport_feedback.hpp"
#include "libconf/rtp/vp8.hpp"
#include "libconf/rtp/vp9.hpp"
#include "tests/rtp/captures.hpp"
#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <memory>

namespace {

using namespace conf::rtp;
using conf::sim::dice;

void damage(vectors::buffer& wire, dice& random) {
    for (auto hits = random.below(5); hits > 0 && !wire.empty(); --hits) {
        // Lengths and counts stand in front, so that is where most of the damage is done.
        const auto reach = random.chance(0.7) ? std::min<std::size_t>(wire.size(), 40) : wire.size();
        wire[random.below(reach)] = static_cast<std::byte>(random.next());
    }
    if (random.chance(0.3)) wire.resize(random.below(wire.size() + 1));
    wire.shrink_to_fit();
}

bool inside(conf::bytes part, conf::bytes whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

/// The payload alone on the heap, through every reader.
void read_every_codec(conf::bytes part) {
    vectors::buffer payload(part.begin(), part.end());
    payload.shrink_to_fit();
    if (const auto found = vp8::parse(payload)) {
        static_cast<void>(vp8::rewrite(*found, payload, 1, 2));
        static_cast<void>(vp8::read_resolution(*found, payload));
    }
    if (const auto found = vp9::parse(payload)) static_cast<void>(vp9::rewrite(*found, payload, 1, 2));
    static_cast<void>(h264::parse(payload));
    static_cast<void>(av1::parse(payload));
    static_cast<void>(opus::packet_duration(payload));
    if (const auto found = red::payload_view::parse(payload)) {
        found->for_each([&](const red::block& block) { REQUIRE(inside(block.data, payload)); });
    }
    dependency_structure fresh;
    static_cast<void>(parse_dependency_descriptor(payload, nullptr, fresh));
}

}  // namespace

TEST_CASE("SEC-RTP-1: 20 000 damaged RTP packets of two captures", "[rtp][property]") {
    constexpr std::uint64_t seed = 5761;
    dice random(seed);
    auto packets = captures::read("rtp-pcap/str0m-4df5dd597622-vp8.pcap");
    for (auto& packet : captures::read("rtp-pcap/str0m-db9d0720d00f-h264.pcap")) packets.push_back(packet);
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        INFO("seed " << seed << " round " << round);
        auto wire = packets[random.below(packets.size())].payload;
        damage(wire, random);
        const auto packet = parse_packet(wire);
        if (!packet) continue;
        ++accepted;
        REQUIRE(std::size_t{packet->payload_offset} + packet->payload_size + packet->padding_size ==
                wire.size());
        REQUIRE(inside(packet->payload(), wire));
        for (std::size_t i = 0; i < packet->csrc_count; ++i) static_cast<void>(packet->csrc(i));
        packet->for_each_extension([&](const extension_element& element) {
            REQUIRE(inside(element.value, packet->extension_block()));
        });
        read_every_codec(packet->payload());
    }
    CHECK(accepted > 5'000);
    CHECK(accepted < 20'000);
}

TEST_CASE("SEC-RTP-1: 40 000 damaged RTCP compounds of the corpora", "[rtp][property]") {
    constexpr std::uint64_t seed = 3611;
    dice random(seed);
    std::vector<vectors::buffer> good;
    for (const auto& path : vectors::files_of("rtcp")) {
        auto wire = vectors::read_file(path);
        if (rtcp_compound::parse(wire)) good.push_back(std::move(wire));
    }
    int accepted = 0;
    for (int round = 0; round < 40'000; ++round) {
        INFO("seed " << seed << " round " << round);
        vectors::buffer wire;
        for (auto parts = random.between(1, 3); parts > 0; --parts) {
            const auto& part = good[random.below(good.size())];
            wire.insert(wire.end(), part.begin(), part.end());
        }
        damage(wire, random);
        const auto compound = rtcp_compound::parse(wire);
        if (!compound) continue;
        ++accepted;
        compound->for_each([&](const rtcp_packet& packet) {
            REQUIRE(inside(packet.body, wire));
            std::size_t visits = 0;
            if (const auto report = read_sender_report(packet)) {
                for (std::size_t i = 0; i < report->blocks.size(); ++i) visits += report->blocks[i].ssrc & 1;
            }
            if (const auto report = read_receiver_report(packet)) {
                for (std::size_t i = 0; i < report->blocks.size(); ++i) visits += report->blocks[i].ssrc & 1;
            }
            if (const auto bye = read_goodbye(packet)) {
                REQUIRE((bye->reason.empty() || inside(conf::as_bytes(bye->reason), wire)));
                for (std::size_t i = 0; i < bye->ssrcs.size(); ++i) visits += bye->ssrcs[i] & 1;
            }
            if (const auto found = read_nack(packet)) found->for_each([&](std::uint16_t) { ++visits; });
            if (const auto found = read_fir(packet)) {
                for (std::size_t i = 0; i < found->size(); ++i) visits += (*found)[i].command & 1;
            }
            if (const auto found = read_remb(packet)) {
                for (std::size_t i = 0; i < found->ssrcs.size(); ++i) visits += found->ssrcs[i] & 1;
            }
            if (const auto found = read_transport_feedback(packet)) {
                found->for_each_received([&](std::uint16_t, conf::duration) { ++visits; });
            }
            for_each_cname(packet,
                           [&](const sdes_item& item) { REQUIRE(inside(conf::as_bytes(item.text), wire)); });
            for_each_dlrr(packet, [&](const dlrr_item&) { ++visits; });
            if (const auto found = read_receiver_reference_time(packet)) visits += found->ssrc & 1;
            REQUIRE(visits <= 17 * wire.size());
        });
    }
    CHECK(accepted > 10'000);
    CHECK(accepted < 40'000);
}

TEST_CASE("SEC-RTP-4: 100 000 payloads of nothing but chance", "[rtp][property]") {
    constexpr std::uint64_t seed = 6184;
    dice random(seed);
    for (int round = 0; round < 100'000; ++round) {
        INFO("seed " << seed << " round " << round);
        vectors::buffer payload(random.below(64));
        random.fill(payload);
        read_every_codec(payload);
    }
}

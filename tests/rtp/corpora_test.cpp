// Every file of the RTP corpora once: no harm, and the verdicts that are known; captures of real video.
#include "libconf/rtp/av1.hpp"
#include "libconf/rtp/dependency_descriptor.hpp"
#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/h264.hpp"
#include "libconf/rtp/opus.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/red.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/rtp/sequence.hpp"
#include "libconf/rtp/transport_feedback.hpp"
#include "libconf/rtp/vp8.hpp"
#include "libconf/rtp/vp9.hpp"
#include "tests/rtp/captures.hpp"
#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <vector>

namespace {

using namespace conf::rtp;

void check_inside(conf::bytes part, conf::bytes whole) {
    CHECK(part.data() >= whole.data());
    CHECK(part.data() + part.size() <= whole.data() + whole.size());
}

/// Reads everything in a compound that can be read; the number of its packets.
int read_all(conf::bytes wire, const rtcp_compound& compound) {
    int packets = 0;
    compound.for_each([&](const rtcp_packet& packet) {
        ++packets;
        check_inside(packet.body, wire);
        std::size_t visits = 0;
        if (const auto report = read_sender_report(packet)) visits += report->blocks.size();
        if (const auto report = read_receiver_report(packet)) visits += report->blocks.size();
        if (const auto bye = read_goodbye(packet)) visits += bye->ssrcs.size();
        if (const auto found = read_nack(packet)) found->for_each([&](std::uint16_t) { ++visits; });
        if (const auto found = read_remb(packet)) visits += found->ssrcs.size();
        if (const auto found = read_fir(packet)) visits += found->size();
        if (const auto found = read_transport_feedback(packet)) {
            found->for_each_received([&](std::uint16_t, conf::duration) { ++visits; });
        }
        for_each_cname(packet, [&](const sdes_item& item) { check_inside(conf::as_bytes(item.text), wire); });
        for_each_dlrr(packet, [&](const dlrr_item&) { ++visits; });
        CHECK(visits <= 17 * wire.size());
    });
    return packets;
}

void read_every_codec(conf::bytes payload) {
    if (const auto found = vp8::parse(payload)) CHECK(found->size < payload.size());
    if (const auto found = vp9::parse(payload)) CHECK(found->size < payload.size());
    if (const auto found = av1::parse(payload)) CHECK(found->elements > 0);
    if (const auto found = h264::parse(payload)) CHECK(payload.size() > 0);
    if (const auto found = red::payload_view::parse(payload)) check_inside(found->primary().data, payload);
    if (const auto found = opus::packet_duration(payload)) CHECK(*found <= opus::duration_max);
    dependency_structure fresh;
    if (const auto found = parse_dependency_descriptor(payload, nullptr, fresh)) {
        CHECK(found->bits <= 8 * payload.size());
    }
}

}  // namespace

TEST_CASE("every file of rtp/ is read without harm, as a packet and as a payload", "[rtp][vectors]") {
    const std::map<std::string, bool> verdicts{
        {"webrtc-26799bb4996e-rtp-0", true},         // a header
        {"webrtc-659d9e1fcc7f-rtp-1", true},         // one extension
        {"webrtc-a3183876c406-rtp-2", true},         // two
        {"webrtc-b3e605702998-rtp-7", false},        // version 3
        {"webrtc-b4ec40d0b798-rtp-8", false},        // version 0
        {"webrtc-d97ec5c2ace4-rtp-5-large", false},  // 261 774 bytes
        {"webrtc-f52e8dfb148b-h264-1", false},       // a payload
    };
    std::size_t files = 0;
    for (const auto& path : vectors::files_of("rtp")) {
        INFO(path);
        const auto wire = vectors::read_file(path);
        ++files;
        const auto packet = parse_packet(wire);
        CHECK(packet.has_value() == verdicts.at(path.filename().string()));
        if (packet) {
            check_inside(packet->payload(), wire);
            packet->for_each_extension([&](const extension_element& e) { check_inside(e.value, wire); });
        }
        read_every_codec(wire);
        // Behind a header that is right, for what comes after it.
        auto headed = vectors::octets("906000010000000111223344");
        headed.insert(headed.end(), wire.begin(), wire.end());
        if (const auto inner = parse_packet(headed)) {
            inner->for_each_extension([&](const extension_element& e) { check_inside(e.value, headed); });
            read_every_codec(inner->payload());
        }
    }
    CHECK(files == verdicts.size());
}

TEST_CASE("the extensions of two WebRTC packets", "[rtp][vectors]") {
    const auto one = vectors::read_file(vectors::path_of("rtp/webrtc-659d9e1fcc7f-rtp-1"));
    CHECK(vectors::to_hex(parse_packet(one)->find_extension(1).value()) == "0056ce");
    const auto two = vectors::read_file(vectors::path_of("rtp/webrtc-a3183876c406-rtp-2"));
    CHECK(vectors::to_hex(parse_packet(two)->find_extension(1).value()) == "0056ce");
    CHECK(vectors::to_hex(parse_packet(two)->find_extension(9).value()) == "da");
}

TEST_CASE("every file of rtcp/ is refused or read inside its own bytes (SEC-RTP-1, SEC-RTP-2)",
          "[rtp][vectors]") {
    // By the end of their names; what is not in this list is malformed.
    const std::set<std::string> accepted{
        "0.rtcp",                                          // XR of five blocks
        "1.rtcp",                                          // XR: DLRR
        "10.rtcp",                                         // SDES of six chunks
        "14.rtcp",                                         // SDES of two CNAMEs
        "2.rtcp",                                          // RTPFB, a format we do not know
        "20.rtcp",                                         // BYE
        "22.rtcp",                                         // XR without blocks
        "23.rtcp",                                         // SDES: another item, then CNAME
        "24.rtcp",                                         // a type we do not know
        "28.rtcp",                                         // PLI
        "29.rtcp",                                         // RR of two blocks
        "30.rtcp",                                         // SR
        "31.rtcp",                                         // RTPFB, a format we do not know
        "33.rtcp",                                         // XR: two RRTR
        "36.rtcp",                                         // SR of one block
        "39.rtcp",                                         // PSFB, a format we do not know
        "4.rtcp",                                          // the same
        "40.rtcp",                                         // the same
        "41.rtcp",                                         // FIR
        "43.rtcp",                                         // XR: DLRR of two items
        "44.rtcp",                                         // REMB of three sources
        "46.rtcp",                                         // an application's message that is no REMB
        "48.rtcp",                                         // PSFB, a format we do not know
        "49.rtcp",                                         // SDES of one CNAME
        "50.rtcp",                                         // BYE of nobody
        "51.rtcp",                                         // PSFB, a format we do not know
        "57.rtcp",                                         // RTPFB, a format we do not know
        "58.rtcp",                                         // the same
        "60.rtcp",                                         // the same
        "61.rtcp",                                         // XR: a block we do not know
        "64.rtcp",                                         // XR: RRTR
        "65.rtcp",                                         // BYE with a reason
        "8.rtcp",                                          // a type we do not know
        "60753346a105d3c3",                                // RTPFB, a format we do not know
        "crash-572450c78229fbb005891235ad020c4374d44f82",  // transport-wide feedback: ten arrivals
    };
    std::set<std::string> read;
    std::size_t files = 0;
    for (const auto& path : vectors::files_of("rtcp")) {
        INFO(path);
        const auto wire = vectors::read_file(path);
        ++files;
        const auto compound = rtcp_compound::parse(wire);
        if (!compound) continue;
        CHECK(read_all(wire, *compound) > 0);
        const auto name = path.filename().string();
        read.insert(name.substr(name.find('-', name.find('-') + 1) + 1));
    }
    CHECK(files == 60);
    CHECK(read == accepted);
}

TEST_CASE("every file of rtp-ext-dd/ is refused or read inside its own bytes (SEC-RTP-4)", "[rtp][vectors]") {
    std::size_t files = 0;
    std::size_t found = 0;
    for (const auto& path : vectors::files_of("rtp-ext-dd")) {
        INFO(path);
        const auto wire = vectors::read_file(path);
        ++files;
        read_every_codec(wire);
        // A file is a stream of descriptors; wherever one may begin and whatever its length is, structures
        // that were found go on to be used.
        auto latest = std::make_unique<dependency_structure>();
        auto fresh = std::make_unique<dependency_structure>();
        bool known = false;
        for (std::size_t at = 0; at < wire.size(); ++at) {
            for (const std::size_t size : {std::size_t{3}, std::size_t{18}, std::size_t{64}, wire.size()}) {
                const auto piece = conf::bytes(wire).subspan(at, std::min(size, wire.size() - at));
                vectors::buffer cut(piece.begin(), piece.end());
                cut.shrink_to_fit();
                const auto descriptor =
                    parse_dependency_descriptor(cut, known ? latest.get() : nullptr, *fresh);
                if (!descriptor) continue;
                ++found;
                CHECK(descriptor->bits <= 8 * cut.size());
                if (descriptor->has_structure) {
                    std::swap(latest, fresh);
                    known = true;
                }
                CHECK(descriptor->spatial_id < latest->spatial_layer_count);
                CHECK(descriptor->differences.count <= frame_differences_max);
            }
        }
    }
    CHECK(files == 10);
    CHECK(found > 100);
}

TEST_CASE("a capture of VP8: 104 packets in order, a key frame first, picture ids without a gap",
          "[rtp][vp8][vectors]") {
    const auto packets = captures::read("rtp-pcap/str0m-4df5dd597622-vp8.pcap");
    REQUIRE(packets.size() == 104);
    sequence_gate gate;
    std::uint64_t before = 0;
    std::optional<vp8::descriptor> last;
    std::optional<std::uint16_t> transport_before;
    int frames = 0;
    int key_frames = 0;
    int sections = 0;
    for (const auto& [at, wire] : packets) {
        REQUIRE_FALSE(is_rtcp(wire));
        const auto packet = parse_packet(wire);
        REQUIRE(packet);
        const auto accepted = gate.accept(packet->sequence_number);
        CHECK(accepted.what == sequence_gate::verdict::newest);
        if (before != 0) CHECK(accepted.extended == before + 1);
        before = accepted.extended;
        CHECK(packet->payload_type == 96);
        // The sender names the section until it is understood.
        const auto mid = packet->find_extension(9);
        if (mid) CHECK(read_stream_id(*mid) == "1");
        sections += mid ? 1 : 0;
        const auto transport = read_transport_sequence(packet->find_extension(4).value());
        REQUIRE(transport);
        if (transport_before) CHECK(newer(*transport, *transport_before));
        transport_before = transport;
        const auto found = vp8::parse(packet->payload());
        REQUIRE(found);
        CHECK(found->has_picture_id);
        if (found->starts_frame()) {
            ++frames;
            if (last) CHECK(found->picture_id == ((last->picture_id + 1) & 0x7FFF));
        } else {
            CHECK(found->picture_id == last->picture_id);
        }
        if (found->key_frame()) {
            ++key_frames;
            CHECK(vp8::read_resolution(*found, packet->payload()) == vp8::resolution{240, 180});
        }
        last = found;
    }
    CHECK(frames == 101);
    CHECK(key_frames == 3);
    CHECK(sections == 2);
    CHECK(vp8::parse(parse_packet(packets.front().payload)->payload())->key_frame());
}

TEST_CASE("a capture of H.264: an IDR with its parameter sets first, three packets lost, one broken",
          "[rtp][h264][vectors]") {
    const auto packets = captures::read("rtp-pcap/str0m-db9d0720d00f-h264.pcap");
    REQUIRE(packets.size() == 298);
    sequence_gate gate;
    std::uint64_t first = 0;
    std::set<std::uint32_t> key_timestamps;
    std::map<h264::nal_type, int> structures;
    std::vector<std::uint16_t> refused;
    for (const auto& [at, wire] : packets) {
        const auto packet = parse_packet(wire);
        REQUIRE(packet);
        const auto accepted = gate.accept(packet->sequence_number);
        CHECK(accepted.what == sequence_gate::verdict::newest);
        if (first == 0) first = accepted.extended;
        const auto found = h264::parse(packet->payload());
        if (!found) {
            refused.push_back(packet->sequence_number);
            continue;
        }
        ++structures[found->structure];
        if (found->key_frame()) key_timestamps.insert(packet->timestamp);
    }
    // It says that its third unit has 1021 bytes and has 994.
    CHECK(refused == std::vector<std::uint16_t>{0x4BBC});
    CHECK(gate.highest() - first + 1 - packets.size() == 3);
    CHECK(key_timestamps.contains(parse_packet(packets.front().payload)->timestamp));
    const auto begin = h264::parse(parse_packet(packets.front().payload)->payload());
    CHECK(begin->structure == h264::nal_type::stap_a);
    CHECK(begin->sps);
    CHECK(begin->pps);
    CHECK(begin->idr);
    CHECK(key_timestamps.size() < 10);
    CHECK(structures[h264::nal_type::slice] > 200);
}

// H.264 payloads: RFC 6184.
#include "libconf/rtp/h264.hpp"

#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::rtp;
using vectors::octets;

struct h264_case {
    std::string why, hex;
    std::string found;  // "refused", or what begins: idr sps pps slice, and the bounds of units: [ ]
};

std::string describe(const std::optional<h264::descriptor>& found) {
    if (!found) return "refused";
    std::string out;
    if (found->unit_start) out += "[ ";
    if (found->idr) out += "idr ";
    if (found->sps) out += "sps ";
    if (found->pps) out += "pps ";
    if (found->slice) out += "slice ";
    if (found->key_frame()) out += "key ";
    if (found->unit_end) out += "] ";
    if (!out.empty()) out.pop_back();
    return out;
}

}  // namespace

TEST_CASE("what begins in an H.264 payload, SEC-RTP-4", "[rtp][h264]") {
    const auto c = GENERATE(values<h264_case>({
        {"nothing", "", "refused"},
        {"a slice", "41aa", "[ slice ]"},
        {"a unit of its header alone", "41", "[ slice ]"},
        {"IDR", "65aa", "[ idr key ]"},
        {"SPS", "67aa", "[ sps key ]"},
        {"PPS", "68aa", "[ pps ]"},
        {"SEI", "06aa", "[ ]"},
        {"partition A", "42aa", "[ slice ]"},
        {"type 0", "00aa", "refused"},
        {"STAP-A of SPS and PPS", "78 000267aa 000268aa", "[ sps pps key ]"},
        {"STAP-A of SPS, PPS and IDR", "78 000267aa 000268aa 000165", "[ idr sps pps key ]"},
        {"STAP-A of slices", "78 000241aa 000241bb", "[ slice ]"},
        {"STAP-A of nothing", "78", "refused"},
        {"STAP-A with a unit of no bytes", "78 0000", "refused"},
        {"STAP-A with a size that is cut", "78 000167 00", "refused"},
        {"STAP-A with a unit over the end", "78 000367aa", "refused"},
        {"STAP-A with a size of 65535", "78 ffff67aa", "refused"},
        {"STAP-B", "79 0000 000267aa", "refused"},
        {"MTAP16", "7aaaaaaa", "refused"},
        {"FU-A, first of an IDR", "7c85aa", "[ idr key"},
        {"FU-A, middle of an IDR", "7c05aa", ""},
        {"FU-A, last of an IDR", "7c45aa", "]"},
        {"FU-A, first of a slice", "5c81aa", "[ slice"},
        {"FU-A, first of an SPS", "7c87aa", "[ sps key"},
        {"FU-A without data", "7c85", "refused"},
        {"FU-A without its header", "7c", "refused"},
        {"FU-B", "7d850000aa", "refused"},
        {"type 30", "7eaa", "refused"},
        {"type 31", "7faa", "refused"},
    }));
    INFO(c.why);
    CHECK(describe(h264::parse(octets(c.hex))) == c.found);
}

TEST_CASE("nal_ref_idc tells whether other pictures need a unit", "[rtp][h264]") {
    CHECK(h264::parse(octets("41aa"))->reference);
    CHECK_FALSE(h264::parse(octets("01aa"))->reference);
    CHECK(h264::parse(octets("18 000201aa 000241aa"))->reference);
    CHECK_FALSE(h264::parse(octets("18 000201aa"))->reference);
    CHECK(h264::parse(octets("5c01aa"))->reference);
    CHECK_FALSE(h264::parse(octets("1c01aa"))->reference);
    CHECK(h264::parse(octets("7c85aa"))->structure == h264::nal_type::fu_a);
    CHECK(h264::descriptor::ends_frame(true));
    CHECK_FALSE(h264::descriptor::ends_frame(false));
}

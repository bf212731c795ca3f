// AV1 payloads: the aggregation header and the OBUs behind it.
#include "libconf/rtp/av1.hpp"

#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::rtp;
using vectors::octets;

// OBU headers: sequence header 08, frame 30, frame with an extension 34, metadata 28.
struct av1_case {
    std::string why, hex;
    std::string found;  // "refused", or elements, key, sequence, layers, how it is cut
};

std::string describe(const std::optional<av1::descriptor>& found) {
    if (!found) return "refused";
    auto out = std::to_string(found->elements);
    if (found->continues) out = "... " + out;
    if (found->continued) out += " ...";
    if (found->new_coded_sequence) out += " N";
    if (found->sequence_header) out += " sequence";
    if (found->key_frame()) out += " key";
    if (found->has_layers) {
        out += " s" + std::to_string(found->spatial_id) + "t" + std::to_string(found->temporal_id);
    }
    return out;
}

}  // namespace

TEST_CASE("what an AV1 payload holds, SEC-RTP-4", "[rtp][av1]") {
    const auto c = GENERATE(values<av1_case>({
        {"nothing", "", "refused"},
        {"aggregation header alone", "10", "refused"},
        {"one element without a length", "10 30aa", "1"},
        {"one element with a length", "00 02 30aa", "1"},
        {"two elements, the second without a length", "20 02 30aa 30bb", "2"},
        {"three elements", "30 01 30 01 30 30", "3"},
        {"three announced, one there", "30 02 30aa", "refused"},
        {"the last one may be empty", "20 02 30aa", "2"},
        {"any number with lengths", "00 01 30 01 30 01 30 01 30", "4"},
        {"length over the end", "00 03 30aa", "refused"},
        {"length of the first over the end", "20 7f 30aa", "refused"},
        {"length in two bytes", "00 8200 30aa", "1"},
        {"length in eight bytes", "00 8280808080808000 30aa", "1"},
        {"length in nine bytes", "00 828080808080808000 30aa", "refused"},
        {"length is cut", "00 82", "refused"},
        {"a length of 2^55", "00 8080808080808040 30aa", "refused"},
        {"a length of 0", "00 00 02 30aa", "2"},
        {"key frame", "28 02 08aa 30bb", "2 N sequence key"},
        {"N without a sequence header", "18 30bb", "1 N"},
        {"sequence header without N", "10 08aa", "1 sequence"},
        {"N and Z", "98 08aa", "refused"},
        {"the rest of an OBU has no header", "90 08aa", "... 1"},
        {"behind the rest one begins", "a0 02 ffff 08aa", "... 2 sequence"},
        {"goes on in the next packet", "50 30aa", "1 ..."},
        {"layers", "10 3448aa", "1 s1t2"},
        {"extension is cut", "10 34", "1"},
        {"the first extension counts", "20 02 3448 3400", "2 s1t2"},
        {"an OBU for all layers before", "20 02 28aa 3420", "2 s0t1"},
    }));
    INFO(c.why);
    CHECK(describe(av1::parse(octets(c.hex))) == c.found);
}

TEST_CASE("the marker ends an AV1 temporal unit", "[rtp][av1]") {
    CHECK(av1::descriptor::ends_frame(true));
    CHECK_FALSE(av1::descriptor::ends_frame(false));
}

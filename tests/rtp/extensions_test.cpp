// The values of header extensions.
#include "libconf/rtp/extensions.hpp"

#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::rtp;
using conf::instant;
using vectors::octets;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("audio level: voice activity and -dBov (RFC 6464)", "[rtp]") {
    CHECK(read_audio_level(octets("00")) == audio_level{0, false});
    CHECK(read_audio_level(octets("ff")) == audio_level{127, true});
    CHECK(read_audio_level(octets("8a")) == audio_level{10, true});
    CHECK_FALSE(read_audio_level(octets("")));
    CHECK_FALSE(read_audio_level(octets("0000")));
    for (unsigned raw = 0; raw < 256; ++raw) {
        const std::array wire{static_cast<std::byte>(raw)};
        CHECK(to_bytes(read_audio_level(wire).value()) == wire);
    }
}

TEST_CASE("transport-wide sequence number: two bytes", "[rtp]") {
    CHECK(read_transport_sequence(octets("fffe")) == 0xFFFE);
    CHECK_FALSE(read_transport_sequence(octets("ff")));
    CHECK_FALSE(read_transport_sequence(octets("fffefd")));
    CHECK(vectors::to_hex(to_bytes(std::uint16_t{0x1234})) == "1234");
}

TEST_CASE("abs-send-time: seconds with 18 fractional bits, wrapping after 64 s", "[rtp]") {
    CHECK(read_abs_send_time(octets("123456")) == abs_send_time{0x123456});
    CHECK_FALSE(read_abs_send_time(octets("1234")));
    CHECK_FALSE(read_abs_send_time(octets("12345678")));
    CHECK(vectors::to_hex(to_bytes(abs_send_time{0x123456})) == "123456");
    CHECK(abs_send_time_at(instant(0s)).value == 0);
    CHECK(abs_send_time_at(instant(1s)).value == 1 << 18);
    CHECK(abs_send_time_at(instant(500ms)).value == 1 << 17);
    CHECK(abs_send_time_at(instant(63s)).value == 63 << 18);
    CHECK(abs_send_time_at(instant(64s)).value == 0);
    CHECK(abs_send_time_at(instant(-1s)).value == 63 << 18);
    CHECK(abs_send_time_at(instant(std::chrono::hours(24 * 365 * 2000))).value ==
          abs_send_time_at(instant(std::chrono::seconds(24LL * 365 * 2000 * 3600 % 64))).value);
}

TEST_CASE("video orientation: camera, flip, rotation", "[rtp]") {
    CHECK(read_video_orientation(octets("00")) == video_orientation{0, false, false});
    CHECK(read_video_orientation(octets("01")) == video_orientation{90, false, false});
    CHECK(read_video_orientation(octets("0f")) == video_orientation{270, true, true});
    CHECK_FALSE(read_video_orientation(octets("")));
    CHECK_FALSE(read_video_orientation(octets("0000")));
    for (unsigned raw = 0; raw < 16; ++raw) {
        const std::array wire{static_cast<std::byte>(raw)};
        CHECK(to_bytes(read_video_orientation(wire).value()) == wire);
    }
}

struct stream_id_case {
    std::string why;
    std::string wire, text;  // no text: refused
};

TEST_CASE("MID and RID are tokens of 1 to 16 bytes", "[rtp]") {
    const auto c = GENERATE(values<stream_id_case>({
        {"MID of a browser", "30", "0"},
        {"RID", "71", "q"},
        {"sixteen bytes", "30313233343536373839616263646566", "0123456789abcdef"},
        {"seventeen bytes", "3031323334353637383961626364656667", ""},
        {"zeros behind it are padding", "68690000", "hi"},
        {"sixteen bytes and a zero", "3031323334353637383961626364656600", "0123456789abcdef"},
        {"marks of a token", "2d5f2b7e", "-_+~"},
        {"empty", "", ""},
        {"zeros only", "0000", ""},
        {"a zero inside", "610062", ""},
        {"a space", "612062", ""},
        {"a line break", "61620d0a", ""},
        {"not ASCII", "c3a4", ""},
    }));
    INFO(c.why);
    const auto wire = octets(c.wire);
    const auto text = read_stream_id(wire);
    CHECK(text.has_value() == !c.text.empty());
    CHECK(text.value_or("") == c.text);
}

// What an rtpmap and its fmtp mean.
#include "libconf/sdp/codec.hpp"

#include "libconf/sdp/extension.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf::sdp;

struct format_case {
    std::string why;
    payload_format from;
    std::optional<codec_format> expected;
};

struct profile_case {
    std::uint32_t profile_level_id;
    std::optional<h264_profile> expected;
    std::string why;
};

payload_format format(std::string encoding, std::uint32_t clock_rate_hz, std::uint8_t channels,
                      std::vector<parameter> parameters = {}) {
    return {.payload_type = 96,
            .encoding = std::move(encoding),
            .clock_rate_hz = clock_rate_hz,
            .channels = channels,
            .parameters = std::move(parameters),
            .feedback = {}};
}

payload_format h264_with(std::vector<parameter> parameters) {
    return format("H264", 90000, 1, std::move(parameters));
}

}  // namespace

TEST_CASE("formats are recognised", "[sdp]") {
    const auto c = GENERATE(values<format_case>({
        {"Opus", format("opus", 48000, 2), codec_format{codec::opus}},
        {"in capitals", format("OPUS", 48000, 2), codec_format{codec::opus}},
        {"Opus is always said to have two channels", format("opus", 48000, 1), std::nullopt},
        {"Opus is always 48000", format("opus", 16000, 2), std::nullopt},
        {"RED of audio", format("red", 48000, 2), codec_format{codec::red}},
        {"RED of video", format("red", 90000, 1), std::nullopt},
        {"VP8", format("VP8", 90000, 1), codec_format{codec::vp8}},
        {"VP8 with another clock", format("VP8", 8000, 1), std::nullopt},
        {"VP9 without profile", format("VP9", 90000, 1), codec_format{codec::vp9, 0}},
        {"VP9 profile 2", format("VP9", 90000, 1, {{"profile-id", "2"}}), codec_format{codec::vp9, 2}},
        {"VP9 profile 4", format("VP9", 90000, 1, {{"profile-id", "4"}}), std::nullopt},
        {"VP9 profile x", format("VP9", 90000, 1, {{"profile-id", "x"}}), std::nullopt},
        {"AV1 without profile", format("AV1", 90000, 1), codec_format{codec::av1, 0}},
        {"AV1 high", format("AV1", 90000, 1, {{"profile", "1"}}), codec_format{codec::av1, 1}},
        {"AV1 profile 3", format("AV1", 90000, 1, {{"profile", "3"}}), std::nullopt},
        {"H.264 without packetization-mode is mode 0", h264_with({{"profile-level-id", "42e01f"}}),
         std::nullopt},
        {"H.264 mode 0", h264_with({{"packetization-mode", "0"}}), std::nullopt},
        {"H.264 mode 2", h264_with({{"packetization-mode", "2"}}), std::nullopt},
        {"H.264 without profile is baseline", h264_with({{"packetization-mode", "1"}}),
         h264(h264_profile::baseline)},
        {"H.264 constrained baseline",
         h264_with({{"PACKETIZATION-MODE", "1"}, {"Profile-Level-Id", "42E01F"}}),
         h264(h264_profile::constrained_baseline)},
        {"H.264 of five digits", h264_with({{"packetization-mode", "1"}, {"profile-level-id", "42e01"}}),
         std::nullopt},
        {"H.264 of no digits", h264_with({{"packetization-mode", "1"}, {"profile-level-id", "42e0-1"}}),
         std::nullopt},
        {"PCMU", format("PCMU", 8000, 1), std::nullopt},
        {"no rtpmap", format("", 0, 1), std::nullopt},
    }));
    INFO(c.why);
    CHECK(format_of(c.from) == c.expected);
}

TEST_CASE("profile-level-id is compared by what it means, RFC 6184 table 5", "[sdp]") {
    const auto c = GENERATE(values<profile_case>({
        {0x42E01F, h264_profile::constrained_baseline, "what browsers offer first"},
        {0x42401F, h264_profile::constrained_baseline, "the least bit"},
        {0x42C02A, h264_profile::constrained_baseline, "another level"},
        {0x4D801F, h264_profile::constrained_baseline, "as constrained main"},
        {0x58C01F, h264_profile::constrained_baseline, "as constrained extended"},
        {0x42001F, h264_profile::baseline, "plain"},
        {0x42801F, h264_profile::baseline, "set0 says nothing new"},
        {0x58801F, h264_profile::baseline, "as extended"},
        {0x4D001F, h264_profile::main, "plain"},
        {0x4D401F, h264_profile::main, "set1 says nothing new"},
        {0x64001F, h264_profile::high, "plain"},
        {0x640C1F, h264_profile::constrained_high, "set4 and set5"},
        {0x58001F, std::nullopt, "extended"},
        {0xF4001F, std::nullopt, "high 4:4:4 predictive"},
        {0x42011F, std::nullopt, "a reserved bit"},
        {0x64081F, std::nullopt, "progressive high"},
        {0x000000, std::nullopt, "nothing"},
    }));
    INFO(c.why);
    CHECK(h264_profile_of(c.profile_level_id) == c.expected);
}

TEST_CASE("apt names what RTX repairs", "[sdp]") {
    CHECK(is_rtx(format("RTX", 90000, 1)));
    CHECK_FALSE(is_rtx(format("VP8", 90000, 1)));
    CHECK(apt_of(format("rtx", 90000, 1, {{"apt", "96"}})) == 96);
    CHECK(apt_of(format("rtx", 90000, 1, {{"apt", "128"}})) == std::nullopt);
    CHECK(apt_of(format("rtx", 90000, 1)) == std::nullopt);
}

TEST_CASE("every codec has its name, kind and clock", "[sdp]") {
    for (const auto which : {codec::opus, codec::red, codec::vp8, codec::vp9, codec::h264, codec::av1}) {
        CHECK_FALSE(to_string(which).empty());
        const bool audio = which == codec::opus || which == codec::red;
        CHECK(kind_of(which) == (audio ? media_kind::audio : media_kind::video));
        CHECK(clock_rate_hz_of(which) == (audio ? 48000 : 90000));
    }
}

TEST_CASE("every extension is found by its URI", "[sdp]") {
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        const auto which = static_cast<extension>(i);
        CHECK(extension_named(uri_of(which)) == which);
    }
    CHECK(extension_named("urn:ietf:params:rtp-hdrext:toffset") == std::nullopt);
    CHECK(extension_named("") == std::nullopt);
}

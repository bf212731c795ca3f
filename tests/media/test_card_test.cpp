// The test card's number survives what codecs do to a picture.
#include "libconf/media/test_card.hpp"

#include "libconf/media/vpx_codec.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using media::picture;

TEST_CASE("test card: each number is read back, whatever the size") {
    const auto size = GENERATE(table<unsigned, unsigned>({{32, 18}, {160, 90}, {320, 180}, {642, 362}}));
    picture card(std::get<0>(size), std::get<1>(size));
    for (const std::uint16_t frame :
         std::array<std::uint16_t, 7>{0, 1, 0x5555, 0xAAAA, 0x8000, 0xFFFF, 12345}) {
        media::draw_test_card(card, frame);
        CHECK(media::read_test_card(card) == frame);
    }
}

TEST_CASE("test card: a picture that is none says so") {
    picture grey(320, 180);
    std::ranges::fill(grey.y, std::uint8_t{126});
    CHECK_FALSE(media::read_test_card(grey));
    CHECK_FALSE(media::read_test_card(picture(30, 18)));
    CHECK_FALSE(media::read_test_card(picture(32, 16)));
    CHECK_FALSE(media::read_test_card(picture()));
    CHECK(media::read_test_card(picture(320, 180)) == 0);  // black
}

TEST_CASE("test card: through VP8 and VP9 at 200 kbit/s, every number arrives in order") {
    const auto codec = GENERATE(sdp::codec::vp8, sdp::codec::vp9);
    media::video_encoder encoder({.codec = codec, .bitrate_bps = 200'000});
    media::video_decoder decoder(codec);
    picture card(320, 180);
    std::size_t total = 0;
    for (std::uint16_t frame = 1000; frame < 1050; ++frame) {
        media::draw_test_card(card, frame);
        const auto kind = frame == 1030 ? media::frame_kind::key : media::frame_kind::any;
        const auto encoded = encoder.encode(card, kind);
        REQUIRE(encoded);
        CHECK(encoded->key_frame == (frame == 1000 || frame == 1030));
        total += encoded->data.size();
        const auto* shown = decoder.decode(encoded->data);
        REQUIRE(shown);
        CHECK(shown->width == 320);
        CHECK(shown->height == 180);
        CHECK(media::read_test_card(*shown) == frame);
    }
    CHECK(total * 8 < 2 * 200'000 * 2);  // two seconds, and a key frame more than a live stream has
}

TEST_CASE("video decoder: what is no frame gives no picture, and the next key frame does") {
    const auto codec = GENERATE(sdp::codec::vp8, sdp::codec::vp9);
    media::video_encoder encoder({.codec = codec});
    media::video_decoder decoder(codec);
    picture card(320, 180);
    media::draw_test_card(card, 7);
    const auto encoded = encoder.encode(card);
    REQUIRE(encoded);
    const std::vector<std::byte> whole(encoded->data.begin(), encoded->data.end());
    CHECK_FALSE(decoder.decode({}));
    CHECK_FALSE(decoder.decode(std::vector(100, std::byte{0xFF})));
    CHECK_FALSE(decoder.decode(bytes(whole).first(5)));
    if (codec == sdp::codec::vp8) {  // RFC 6386 §9.1: 14 bits each; that is 268 million pixels
        auto huge = whole;
        huge[6] = huge[8] = std::byte{0xFF};
        huge[7] = huge[9] = std::byte{0x3F};
        CHECK_FALSE(decoder.decode(huge));
    }
    const auto* shown = decoder.decode(whole);
    REQUIRE(shown);
    CHECK(media::read_test_card(*shown) == 7);
}

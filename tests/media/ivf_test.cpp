// IVF files as they are, and as they should not be.
#include "libconf/media/ivf.hpp"

#include "libconf/media/test_card.hpp"
#include "libconf/media/vpx_codec.hpp"

#include <catch2/catch.hpp>

using namespace conf;

namespace {

void add(std::vector<std::byte>& to, std::uint64_t value, int size) {
    for (; size > 0; --size, value >>= 8) to.push_back(static_cast<std::byte>(value & 0xFF));
}

std::vector<std::byte> header(std::string_view codec = "VP80", unsigned rate = 25, unsigned scale = 1,
                              unsigned size = 32) {
    std::vector<std::byte> made;
    for (const char c : std::string("DKIF")) made.push_back(static_cast<std::byte>(c));
    add(made, 0, 2);
    add(made, size, 2);
    for (const char c : codec) made.push_back(static_cast<std::byte>(c));
    add(made, 320, 2);
    add(made, 180, 2);
    add(made, rate, 4);
    add(made, scale, 4);
    add(made, 1, 8);
    return made;
}

std::vector<std::byte> with_frame(std::vector<std::byte> file, bytes frame) {
    add(file, frame.size(), 4);
    add(file, 0, 8);
    file.insert(file.end(), frame.begin(), frame.end());
    return file;
}

}  // namespace

TEST_CASE("ivf: frames, and which of them are key frames") {
    const auto codec = GENERATE(sdp::codec::vp8, sdp::codec::vp9);
    auto file = header(codec == sdp::codec::vp8 ? "VP80" : "VP90", 30, 2);
    media::video_encoder encoder({.codec = codec});
    media::picture card(320, 180);
    for (std::uint16_t i = 0; i < 4; ++i) {
        media::draw_test_card(card, i);
        const auto kind = i == 2 ? media::frame_kind::key : media::frame_kind::any;
        file = with_frame(file, encoder.encode(card, kind)->data);
    }
    const auto read = media::ivf_file::read(file);
    REQUIRE(read);
    CHECK(read->codec == codec);
    CHECK(read->width == 320);
    CHECK(read->height == 180);
    CHECK(read->rate == 30);
    CHECK(read->scale == 2);
    REQUIRE(read->frames.size() == 4);
    media::video_decoder decoder(codec);
    for (std::uint16_t i = 0; i < 4; ++i) {
        CHECK(media::is_key_frame(codec, read->frames[i]) == (i % 2 == 0));
        const auto* shown = decoder.decode(read->frames[i]);
        REQUIRE(shown);
        CHECK(media::read_test_card(*shown) == i);
    }
}

TEST_CASE("ivf: a recording may end anywhere") {
    const std::vector<std::byte> frame(40, std::byte{1});
    const auto file = with_frame(with_frame(header(), frame), frame);
    for (std::size_t size = 0; size <= file.size(); ++size) {
        const auto read = media::ivf_file::read(bytes(file).first(size));
        const std::size_t whole = size < 32 ? 0 : (size - 32) / 52;
        REQUIRE(read.has_value() == (whole > 0));
        if (read) CHECK(read->frames.size() == whole);
    }
    CHECK_FALSE(media::is_key_frame(sdp::codec::vp8, {}));
}

TEST_CASE("ivf: what is no such file is refused and said why") {
    const std::vector<std::byte> frame(4, std::byte{0});
    const auto c = GENERATE_REF(
        table<std::vector<std::byte>, std::string>({{header("H264"), "neither VP80 nor VP90"},
                                                    {header("VP80", 0), "frame rate is zero"},
                                                    {header("VP80", 25, 0), "frame rate is zero"},
                                                    {header("VP80", 25, 1, 31), "impossible length"},
                                                    {header("VP80", 25, 1, 33), "impossible length"},
                                                    {with_frame(header(), {}), "no frame"},
                                                    {frame, "header of IVF"}}));
    const auto read = media::ivf_file::read(std::get<0>(c));
    REQUIRE_FALSE(read);
    CHECK(read.error().code() == media::media_errc::bad_file);
    CHECK_THAT(read.error().message(), Catch::Contains(std::get<1>(c)));
}

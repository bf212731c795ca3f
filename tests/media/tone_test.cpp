// A tone is found where it is, before and after Opus.
#include "libconf/media/tone.hpp"

#include "libconf/media/opus_codec.hpp"

#include <catch2/catch.hpp>

using namespace conf;

namespace {

std::vector<std::int16_t> second_of(double hz, double amplitude) {
    std::vector<std::int16_t> made(media::sample_rate_hz);
    media::tone(hz, amplitude).fill(made);
    return made;
}

struct tone_case {
    double hz, amplitude, dbfs;
};

}  // namespace

TEST_CASE("tone: level and share of the power") {
    const auto c = GENERATE(values<tone_case>({{440, 1, -3.01}, {440, 0.5, -9.03}, {1000, 0.1, -23.01}}));
    const auto samples = second_of(c.hz, c.amplitude);
    CHECK(media::level_dbfs(samples) == Approx(c.dbfs).margin(0.05));
    CHECK(media::power_share(samples, c.hz) > 0.99);
    CHECK(media::power_share(samples, c.hz + 20) < 0.01);
}

TEST_CASE("tone: silence has neither") {
    const std::vector<std::int16_t> silence(4800);
    CHECK(media::level_dbfs(silence) == -120);
    CHECK(media::level_dbfs({}) == -120);
    CHECK(media::power_share(silence, 440) == 0);
    CHECK(media::power_share({}, 440) == 0);
}

TEST_CASE("tone: two tones share the power") {
    auto both = second_of(440, 0.4);
    const auto other = second_of(1300, 0.4);
    for (std::size_t i = 0; i < both.size(); ++i) both[i] = static_cast<std::int16_t>(both[i] + other[i]);
    CHECK(media::power_share(both, 440) == Approx(0.5).margin(0.02));
    CHECK(media::power_share(both, 1300) == Approx(0.5).margin(0.02));
}

TEST_CASE("opus: a tone arrives, also across a lost packet, and rubbish is refused") {
    media::tone source(440);
    media::opus_encoder encoder;
    media::opus_decoder decoder;
    std::vector<std::int16_t> heard;
    for (int i = 0; i < 50; ++i) {
        std::array<std::int16_t, media::opus_frame_samples> samples{};
        source.fill(samples);
        const auto packet = encoder.encode(samples);
        CHECK(packet.size() <= media::opus_encoder::packet_bytes_max);
        if (i == 30) {
            const auto guess = decoder.conceal();
            CHECK(guess.size() == media::opus_frame_samples);
            heard.insert(heard.end(), guess.begin(), guess.end());
            continue;
        }
        const auto decoded = decoder.decode(packet);
        REQUIRE(decoded);
        CHECK(decoded->size() == media::opus_frame_samples);
        heard.insert(heard.end(), decoded->begin(), decoded->end());
    }
    const auto steady = std::span(heard).subspan(4800);
    CHECK(media::level_dbfs(steady) == Approx(-9).margin(1.5));
    CHECK(media::power_share(steady, 440) > 0.9);
    CHECK_FALSE(decoder.decode({}));
    CHECK_FALSE(decoder.decode(std::vector(3, std::byte{0xFF})));  // code 3 with 63 frames: 1.26 s
}

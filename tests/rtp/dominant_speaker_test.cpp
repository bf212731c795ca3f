// Who speaks: the one who does, not the one who coughs, and the same one for the same input.
#include "libconf/rtp/dominant_speaker.hpp"

#include "tests/sim/dice.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

namespace {

using conf::duration;
using conf::instant;
using conf::rtp::dominant_speaker;
using conf::rtp::speaker_id;
using namespace std::chrono_literals;

constexpr std::uint8_t loud = 15;    // -15 dBov, speech close to a microphone
constexpr std::uint8_t quiet = 110;  // a silent room
constexpr instant start(1h);

/// A room where everybody sends every 20 ms, or as set. Speech is known by what is quieter, so all begin
/// quiet.
class room {
public:
    struct voice {
        std::uint8_t level = quiet;
        duration every = 20ms;
        bool sends = true;
    };

    std::map<speaker_id, voice> voices;
    instant now = start;
    dominant_speaker core;
    std::vector<std::optional<speaker_id>> changes;

    void run(duration time) {
        for (const auto end = now + time; now < end; now += 10ms) {
            for (const auto& [who, one] : voices) {
                if (one.sends && (now - start) % one.every == 0us) core.on_level(who, one.level, now);
            }
            if (core.deadline() && *core.deadline() <= now && core.handle_timeout(now)) {
                changes.push_back(core.dominant());
            }
        }
    }
};

}  // namespace

TEST_CASE("nobody is dominant before somebody speaks", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    CHECK_FALSE(r.core.deadline());
    r.run(5s);
    CHECK_FALSE(r.core.dominant());
    CHECK(r.changes.empty());
}

TEST_CASE("who speaks becomes dominant within a second", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}, {3, {}}};
    r.run(2s);
    r.voices[2].level = loud;
    r.run(1s);
    CHECK(r.core.dominant() == 2);
}

TEST_CASE("the dominant speaker stays through pauses and silence of all", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    r.run(1s);
    r.voices[1].level = loud;
    r.run(3s);
    REQUIRE(r.core.dominant() == 1);
    r.voices[1].level = quiet;
    r.run(10s);
    CHECK(r.core.dominant() == 1);
    CHECK(r.changes.size() == 1);
}

TEST_CASE("a cough does not take over, a sentence does", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    r.run(1s);
    r.voices[1].level = loud;
    r.run(3s);
    r.voices[2].level = 5;
    r.run(60ms);
    r.voices[2].level = quiet;
    r.run(2s);
    CHECK(r.core.dominant() == 1);
    r.voices[1].level = quiet;
    r.voices[2].level = loud;
    r.run(1s);
    CHECK(r.core.dominant() == 2);
}

TEST_CASE("who is interrupted keeps the floor while speaking", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    r.run(1s);
    r.voices[1].level = loud;
    r.run(3s);
    r.voices[2].level = 5;  // louder, and at the same time
    r.run(5s);
    CHECK(r.core.dominant() == 1);
    r.voices[1].level = quiet;
    r.run(600ms);
    CHECK(r.core.dominant() == 2);
}

TEST_CASE("packets of 60 ms are heard like packets of 20 ms", "[rtp][speaker]") {
    const auto every = GENERATE(20ms, 40ms, 60ms, 120ms);
    INFO(every.count());
    room r;
    r.voices = {{1, {quiet, every}}, {2, {}}};
    r.run(3s);
    r.voices[1].level = loud;
    r.run(1200ms);
    CHECK(r.core.dominant() == 1);
    // Between its packets it is not silent: nobody takes over from it.
    r.voices[2].level = loud;
    r.run(5s);
    CHECK(r.core.dominant() == 1);
}

TEST_CASE("who stops sending is silent after 40 ms, and can lose the floor", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    r.run(1s);
    r.voices[1].level = loud;
    r.run(3s);
    r.voices[1].sends = false;  // DTX, or gone
    r.voices[2].level = loud;
    r.run(700ms);
    CHECK(r.core.dominant() == 2);
}

TEST_CASE("a steady noise is silence, speech above it is not", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {40}}, {2, {}}};  // a fan as loud as speech, from the beginning
    r.run(3s);
    CHECK_FALSE(r.core.dominant());
    r.voices[2].level = 35;
    r.run(1s);
    CHECK(r.core.dominant() == 2);
    r.voices[2].level = quiet;
    r.voices[1].level = 20;  // somebody speaks beside the fan
    r.run(1s);
    CHECK(r.core.dominant() == 1);
}

TEST_CASE("a noise that begins is speech at first and is learnt in windows of 15 s", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    r.run(1s);
    r.voices[1].level = 40;
    r.run(3s);
    CHECK(r.core.dominant() == 1);
    r.voices[2].level = loud;
    r.run(3s);
    CHECK(r.core.dominant() == 1);
    r.voices[2].level = quiet;
    r.run(80s);
    CHECK(r.core.dominant() == 1);  // nobody else speaks
    r.voices[2].level = loud;
    r.run(1s);
    CHECK(r.core.dominant() == 2);
}

TEST_CASE("removed speakers are forgotten, the dominant one too", "[rtp][speaker]") {
    room r;
    r.voices = {{1, {}}, {2, {}}};
    r.run(1s);
    r.voices[1].level = loud;
    r.run(3s);
    REQUIRE(r.core.dominant() == 1);
    r.core.remove(1);
    CHECK_FALSE(r.core.dominant());
    CHECK(r.core.deadline());
    r.core.remove(2);
    CHECK_FALSE(r.core.deadline());
    r.core.remove(2);
    CHECK_FALSE(r.core.handle_timeout(r.now + 1s));
}

TEST_CASE("after an hour without a level a speaker is forgotten", "[rtp][speaker]") {
    dominant_speaker core;
    auto now = start;
    for (int i = 0; i < 100; ++i, now += 20ms) {
        core.on_level(1, i < 20 ? quiet : loud, now);
        core.on_level(2, quiet, now);
        core.handle_timeout(now);
    }
    REQUIRE(core.dominant() == 1);
    const auto last = now - 20ms;
    core.on_level(2, quiet, last + 1h);
    core.handle_timeout(last + 1h);
    CHECK(core.dominant() == 1);
    core.on_level(2, quiet, last + 1h + 1s);
    CHECK(core.handle_timeout(last + 1h + 1s));
    CHECK_FALSE(core.dominant());
}

TEST_CASE("4096 speakers are heard, the next one is not", "[rtp][speaker]") {
    const auto last =
        GENERATE(speaker_id{dominant_speaker::speakers_max - 1}, dominant_speaker::speakers_max);
    dominant_speaker core;
    for (speaker_id who = 0; who < last; ++who) core.on_level(who, quiet, start);
    auto now = start;
    for (int i = 0; i < 80; ++i, now += 20ms) {
        core.on_level(last, i < 10 ? quiet : loud, now);
        core.handle_timeout(now);
    }
    CHECK(core.dominant().has_value() == (last < dominant_speaker::speakers_max));
}

TEST_CASE("decisions are due every 300 ms", "[rtp][speaker]") {
    dominant_speaker core;
    core.on_level(1, quiet, start);
    CHECK(core.deadline() == start + 300ms);
    CHECK_FALSE(core.handle_timeout(start + 299ms));
    CHECK(core.deadline() == start + 300ms);
    core.handle_timeout(start + 310ms);
    CHECK(core.deadline() == start + 610ms);
}

TEST_CASE("the same levels give the same speakers, whatever the order of joining",
          "[rtp][speaker][property]") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        INFO("seed " << seed);
        const auto changes = [&](bool backwards) {
            conf::sim::dice random(seed);
            room r;
            for (speaker_id i = 0; i < 8; ++i) r.voices[i] = {};
            if (backwards) {
                for (speaker_id i = 8; i > 0; --i) r.core.on_level(i - 1, quiet, r.now);
            } else {
                for (speaker_id i = 0; i < 8; ++i) r.core.on_level(i, quiet, r.now);
            }
            for (int turn = 0; turn < 20; ++turn) {
                auto& voice = r.voices[static_cast<speaker_id>(random.below(8))];
                voice.level = random.chance(0.5) ? static_cast<std::uint8_t>(random.below(128)) : quiet;
                voice.sends = random.chance(0.9);
                r.run(random.between(100ms, 1500ms) / 10'000 * 10'000);
            }
            return r.changes;
        };
        const auto forwards = changes(false);
        CHECK(forwards == changes(true));
        CHECK(forwards == changes(false));
    }
}

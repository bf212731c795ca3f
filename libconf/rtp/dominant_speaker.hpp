/// Who speaks: one of many, chosen from their audio levels (I. Volfin and I. Cohen, Dominant speaker
/// identification for multipoint videoconferencing, Computer Speech and Language 27, 2013).
#pragma once

#include "libconf/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace conf::rtp {

/// The caller's number for a participant.
using speaker_id = std::uint32_t;

/// Each speaker has a second of levels in steps of 20 ms. Three times as often as once a second they are
/// compared: the last 20 ms, the last 100 ms and the whole second. Who is ahead of the dominant speaker on
/// all three scales takes over. So a cough does not, and a pause between words is not lost. The same input
/// gives the same answer.
///
/// Belongs to its room; allocates when a speaker is new.
class dominant_speaker {
public:
    static constexpr duration sample = std::chrono::milliseconds(20);
    static constexpr duration decision_interval = std::chrono::milliseconds(300);
    /// Without a packet for so long, or for twice the time between the last two, a speaker is silent.
    static constexpr duration level_timeout = std::chrono::milliseconds(40);
    static constexpr duration packet_interval_max =
        std::chrono::milliseconds(120);  // the longest Opus packet
    static constexpr duration forget_after = std::chrono::hours(1);
    static constexpr std::size_t speakers_max = 4096;  // more are not heard

    /// One packet's audio level, RFC 6464: 0 is loud, 127 is silence.
    void on_level(speaker_id who, std::uint8_t level, instant now);
    void remove(speaker_id who) noexcept;

    /// Decides if that is due. @return whether `dominant()` changed.
    bool handle_timeout(instant now);
    /// When the next decision is due; nothing while nobody is known.
    [[nodiscard]] std::optional<instant> deadline() const noexcept { return deadline_; }
    /// Nobody before the first one spoke, or after the one who did was removed.
    [[nodiscard]] std::optional<speaker_id> dominant() const noexcept { return dominant_; }

private:
    static constexpr std::size_t immediates = 50;     // of 20 ms
    static constexpr std::size_t mediums = 10;        // of 5 immediates
    static constexpr std::size_t noise_window = 750;  // levels, 15 s

    /// How likely speech is on the three scales.
    struct scores {
        double immediate = 0;
        double medium = 0;
        double long_ = 0;
    };

    class speaker {
    public:
        speaker(speaker_id who, instant now) noexcept;

        void on_level(std::uint8_t loudness, instant now) noexcept;
        /// Takes a silence that nobody reported into account.
        void catch_up(instant now) noexcept;
        [[nodiscard]] scores evaluate() const noexcept;
        [[nodiscard]] speaker_id id() const noexcept { return id_; }
        [[nodiscard]] instant last_level() const noexcept { return last_level_; }

    private:
        void push(std::uint8_t loudness, std::size_t times) noexcept;
        void update_noise_floor(std::uint8_t loudness) noexcept;
        [[nodiscard]] duration idle_after() const noexcept;
        [[nodiscard]] std::size_t samples_until(instant now) const noexcept;

        std::array<std::uint8_t, immediates> levels_{};  // a ring of loudnesses, 0 is silence
        std::size_t next_ = 0;
        std::size_t noise_samples_ = 0;
        instant sampled_until_;
        instant last_level_;
        duration packet_interval_ = sample;
        speaker_id id_;
        std::uint8_t noise_floor_ = 0;       // 0: not known yet
        std::uint8_t next_noise_floor_ = 0;  // the quietest level of the current window
    };

    [[nodiscard]] speaker* find(speaker_id who) noexcept;

    std::vector<speaker> speakers_;  // sorted by id
    std::optional<speaker_id> dominant_;
    std::optional<instant> deadline_;
};

}  // namespace conf::rtp

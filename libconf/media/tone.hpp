/// The sound of our own publishers, and how to find it again in what was decoded.
#pragma once

#include <cstdint>
#include <span>

namespace conf::media {

inline constexpr unsigned sample_rate_hz = 48'000;  ///< of everything here, as Opus has it

/// A sine that goes on from call to call. Belongs to its owner.
class tone {
public:
    /// Precondition: below half the sample rate. `amplitude`: 0 to 1, of the full scale.
    explicit tone(double frequency_hz, double amplitude = 0.5) noexcept;

    void fill(std::span<std::int16_t> samples) noexcept;

private:
    double step_;
    double phase_ = 0;
    double amplitude_;
};

/// Mean power in dB below the full scale; a full sine is -3. At least -120, which is silence.
[[nodiscard]] double level_dbfs(std::span<const std::int16_t> samples) noexcept;

/// How much of the power is at that frequency, 0 to 1, by Goertzel's filter: its neighbours within the sample
/// rate divided by the number of samples count, too. 0 for silence.
[[nodiscard]] double power_share(std::span<const std::int16_t> samples, double frequency_hz) noexcept;

}  // namespace conf::media

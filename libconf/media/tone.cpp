#include "libconf/media/tone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace conf::media {
namespace {

constexpr double full_scale = 32'767;

double angle_of(double frequency_hz) noexcept {
    return 2 * std::numbers::pi * frequency_hz / sample_rate_hz;
}

double energy_of(std::span<const std::int16_t> samples) noexcept {
    double sum = 0;
    for (const double one : samples) sum += one * one;
    return sum;
}

}  // namespace

tone::tone(double frequency_hz, double amplitude) noexcept
    : step_(angle_of(frequency_hz)), amplitude_(amplitude * full_scale) {}

void tone::fill(std::span<std::int16_t> samples) noexcept {
    for (auto& one : samples) {
        one = static_cast<std::int16_t>(std::lround(amplitude_ * std::sin(phase_)));
        phase_ += step_;
        if (phase_ > 2 * std::numbers::pi) phase_ -= 2 * std::numbers::pi;
    }
}

double level_dbfs(std::span<const std::int16_t> samples) noexcept {
    constexpr double silence = -120;
    const double energy = energy_of(samples);
    if (energy <= 0) return silence;
    const double power = energy / static_cast<double>(samples.size()) / (full_scale * full_scale);
    return std::max(silence, 10 * std::log10(power));
}

double power_share(std::span<const std::int16_t> samples, double frequency_hz) noexcept {
    const double energy = energy_of(samples);
    if (energy <= 0) return 0;
    const double factor = 2 * std::cos(angle_of(frequency_hz));
    double last = 0;
    double before = 0;
    for (const double one : samples) before = std::exchange(last, one + factor * last - before);
    const double magnitude = last * last + before * before - factor * last * before;
    // A pure sine of n samples gives n/2 times its energy.
    return std::clamp(magnitude / (energy * static_cast<double>(samples.size()) / 2), 0.0, 1.0);
}

}  // namespace conf::media

#include "libconf/rtp/dominant_speaker.hpp"

#include <algorithm>
#include <cmath>

namespace conf::rtp {
namespace {

constexpr std::uint8_t silence = 127;  // as RFC 6464 counts

/// One of the three scales: how many of its `parts` are active, and how sure that makes us.
struct scale {
    unsigned parts;    // N1, N2, N3: the largest count
    double rate;       // λ of the exponential distribution of activity while nobody speaks
    double take_over;  // C1, C2, C3: the logarithm of the ratio that a new speaker must exceed
};
constexpr scale immediate_scale{13, 0.78, 3};
constexpr scale medium_scale{5, 24, 2};
constexpr scale long_scale{10, 47, 0};
constexpr double score_min = 1e-10;
constexpr unsigned band_width = (127 + 12) / 13;  // loudness steps of an immediate
constexpr unsigned medium_threshold = 7;          // an immediate above it counts for its medium
constexpr unsigned long_threshold = 4;            // a medium above it counts for the long one

double log_binomial(unsigned n, unsigned k) noexcept {
    double sum = 0;
    for (unsigned i = 1; i <= k; ++i) sum += std::log(static_cast<double>(n - k + i) / i);
    return sum;
}

/// ln C(n,v) + v ln p + (n-v) ln(1-p) - ln λ + λv with p = 1/2: of v active parts, speech against no speech.
double score(unsigned active, const scale& of) noexcept {
    const double speech = log_binomial(of.parts, active) - of.parts * std::log(2.0);
    return std::max(speech - std::log(of.rate) + of.rate * active, score_min);
}

}  // namespace

dominant_speaker::speaker::speaker(speaker_id who, instant now) noexcept
    : sampled_until_(now - sample), last_level_(now - sample), id_(who) {}

duration dominant_speaker::speaker::idle_after() const noexcept {
    return std::max(level_timeout, 2 * packet_interval_);
}

std::size_t dominant_speaker::speaker::samples_until(instant now) const noexcept {
    const auto count = (now - sampled_until_ + sample / 2) / sample;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, immediates));
}

void dominant_speaker::speaker::push(std::uint8_t loudness, std::size_t times) noexcept {
    for (; times > 0; --times) {
        levels_[next_] = loudness;
        next_ = (next_ + 1) % immediates;
    }
}

void dominant_speaker::speaker::on_level(std::uint8_t loudness, instant now) noexcept {
    auto times = std::max<std::size_t>(samples_until(now), 1);
    if (now - last_level_ > idle_after()) {  // DTX: there was silence until now
        push(0, times - 1);
        times = 1;
    }
    push(loudness, times);  // a longer packet speaks for all of its time
    packet_interval_ = std::clamp(now - last_level_, sample, packet_interval_max);
    last_level_ = now;
    sampled_until_ = now;
    update_noise_floor(loudness);
}

void dominant_speaker::speaker::catch_up(instant now) noexcept {
    if (now - last_level_ <= idle_after()) return;
    push(0, samples_until(now));
    sampled_until_ = now;
}

void dominant_speaker::speaker::update_noise_floor(std::uint8_t loudness) noexcept {
    if (loudness == 0) return;
    if (noise_floor_ == 0 || loudness < noise_floor_) {
        noise_floor_ = loudness;
        noise_samples_ = 0;
        return;
    }
    // The quietest level of a window pulls the floor up again, half of the way on a logarithmic scale.
    next_noise_floor_ = noise_samples_ == 0 ? loudness : std::min(next_noise_floor_, loudness);
    if (++noise_samples_ < noise_window) return;
    noise_floor_ =
        static_cast<std::uint8_t>(std::sqrt(static_cast<double>(noise_floor_) * next_noise_floor_));
    noise_samples_ = 0;
}

dominant_speaker::scores dominant_speaker::speaker::evaluate() const noexcept {
    unsigned newest = 0;
    unsigned newest_medium = 0;
    unsigned active_mediums = 0;
    for (std::size_t medium = 0; medium < mediums; ++medium) {
        unsigned active = 0;
        for (std::size_t i = 0; i < immediates / mediums; ++i) {
            const auto back =
                medium * (immediates / mediums) + i + 1;  // the newest is one step behind `next_`
            const unsigned level = levels_[(next_ + immediates - back) % immediates];
            const auto immediate = level < noise_floor_ + band_width ? 0 : level / band_width;
            if (back == 1) newest = immediate;
            if (immediate > medium_threshold) ++active;
        }
        if (medium == 0) newest_medium = active;
        if (active > long_threshold) ++active_mediums;
    }
    return {score(newest, immediate_scale), score(newest_medium, medium_scale),
            score(active_mediums, long_scale)};
}

dominant_speaker::speaker* dominant_speaker::find(speaker_id who) noexcept {
    const auto at = std::ranges::lower_bound(speakers_, who, {}, &speaker::id);
    return at != speakers_.end() && at->id() == who ? &*at : nullptr;
}

void dominant_speaker::on_level(speaker_id who, std::uint8_t level, instant now) {
    auto* known = find(who);
    if (known == nullptr) {
        if (speakers_.size() == speakers_max) return;
        const auto at = std::ranges::lower_bound(speakers_, who, {}, &speaker::id);
        known = &*speakers_.insert(at, speaker(who, now));
        if (!deadline_) deadline_ = now + decision_interval;
    }
    known->on_level(static_cast<std::uint8_t>(silence - std::min(level, silence)), now);
}

void dominant_speaker::remove(speaker_id who) noexcept {
    std::erase_if(speakers_, [&](const speaker& known) { return known.id() == who; });
    if (dominant_ == who) dominant_.reset();
    if (speakers_.empty()) deadline_.reset();
}

bool dominant_speaker::handle_timeout(instant now) {
    if (!deadline_ || now < *deadline_) return false;
    const auto before = dominant_;
    std::erase_if(speakers_, [&](const speaker& known) {
        const bool gone = now - known.last_level() > forget_after;
        if (gone && dominant_ == known.id()) dominant_.reset();
        return gone;
    });
    deadline_ = now + decision_interval;
    if (speakers_.empty()) deadline_.reset();

    scores reigning{score_min, score_min, score_min};  // nobody is as good as silence
    if (dominant_) {
        auto* const known = find(*dominant_);
        known->catch_up(now);
        reigning = known->evaluate();
    }
    double best = medium_scale.take_over;
    for (auto& candidate : speakers_) {
        if (before == candidate.id()) continue;
        candidate.catch_up(now);
        const auto made = candidate.evaluate();
        const double medium = std::log(made.medium / reigning.medium);
        if (std::log(made.immediate / reigning.immediate) > immediate_scale.take_over && medium > best &&
            std::log(made.long_ / reigning.long_) > long_scale.take_over) {
            best = medium;
            dominant_ = candidate.id();
        }
    }
    return dominant_ != before;
}

}  // namespace conf::rtp

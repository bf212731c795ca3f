/// When subscribers get their reports: each once a second, many of them in one turn.
#pragma once

#include "libconf/base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace conf::sfu {

class subscriber;

/// A second has 50 parts, and everybody has one of them: a thousand subscribers cost 50 turns a second, not a
/// thousand, and no turn has to look for those who are due. Belongs to its router.
class report_wheel {
public:
    static constexpr std::size_t parts = 50;
    static constexpr duration interval = std::chrono::seconds(1);
    static constexpr duration part = interval / parts;

    /// Precondition: it is not here yet.
    void add(subscriber& one, std::uint64_t random, instant now) {
        reporting_[random % parts].push_back(&one);
        if (!due_ || *due_ > now) plan(now);
    }
    void remove(const subscriber& one) noexcept {
        for (auto& some : reporting_) std::erase(some, &one);
    }

    /// Visits those who are due; nobody twice, however late it is.
    template <class Visitor>
    void take_due(instant now, Visitor&& visit) {
        if (!due_ || *due_ > now) return;
        const auto round = *due_ + interval;
        while (due_ && *due_ <= now && *due_ < round) {
            for (auto* const one : reporting_[part_of(*due_)]) visit(*one);
            plan(*due_);
        }
        if (due_ && *due_ <= now) plan(now);
    }
    [[nodiscard]] std::optional<instant> deadline() const noexcept { return due_; }

private:
    [[nodiscard]] static std::size_t part_of(instant when) noexcept {
        return static_cast<std::size_t>(when.time_since_epoch() / part) % parts;
    }
    /// The first part behind `after` that somebody has.
    void plan(instant after) noexcept {
        auto next = instant((after.time_since_epoch() / part + 1) * part);
        for (std::size_t i = 0; i < parts; ++i, next += part) {
            if (reporting_[part_of(next)].empty()) continue;
            due_ = next;
            return;
        }
        due_.reset();
    }

    std::array<std::vector<subscriber*>, parts> reporting_;
    std::optional<instant> due_;
};

}  // namespace conf::sfu

/// Gaps in the sequence numbers of one stream.
#pragma once

#include <cstdint>

namespace bench {

/// Numbers of one stream as it arrives, since `begin`.
class continuity {
public:
    void begin() noexcept;
    void note(std::uint16_t sequence) noexcept;
    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t expected() const noexcept { return highest_ - base_; }
    /// What never came; a packet that came late fills its gap.
    [[nodiscard]] std::uint64_t lost() const noexcept {
        return expected() > received_ ? expected() - received_ : 0;
    }
    /// For a receiver report: the highest number with its cycles.
    [[nodiscard]] std::uint32_t highest() const noexcept {
        return static_cast<std::uint32_t>(highest_ - first_cycle);
    }
    [[nodiscard]] bool started() const noexcept { return started_; }

private:
    static constexpr std::uint64_t first_cycle = 0x10000;  // so that late first packets stay above 0

    bool started_ = false;
    std::uint64_t highest_ = 0;
    std::uint64_t base_ = 0;  // what is above it counts
    std::uint64_t received_ = 0;
};

}  // namespace bench

/// All callers of a program, and the loop that serves them.
#pragma once

#include "tests/bench/call/caller.hpp"
#include "tests/bench/peer/clocks.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace call_load {

/// Belongs to the one thread that there is.
class crowd {
public:
    explicit crowd(std::uint16_t port);

    caller& add(caller_options options);
    [[nodiscard]] const std::vector<std::unique_ptr<caller>>& all() const noexcept { return callers_; }
    [[nodiscard]] surroundings& around() noexcept { return around_; }

    /// One turn of the loop. @return wall time after it.
    std::int64_t turn();
    void run_for(double seconds);
    /// Throws std::runtime_error with `else_what` and who is missing.
    template <class Done>
    void run_until(double seconds, Done&& done, const std::string& else_what) {
        const auto end = bench::wall_ns() + static_cast<std::int64_t>(seconds * 1e9);
        while (!done()) {
            if (turn() > end) throw std::runtime_error(else_what);
        }
    }
    /// Throws std::runtime_error if somebody is out for good.
    void check_nobody_is_out() const;

    // Sums over everybody.
    [[nodiscard]] std::uint64_t sent() const;
    [[nodiscard]] std::uint64_t key_frames() const;
    [[nodiscard]] std::uint64_t drops() const;
    [[nodiscard]] std::int64_t take_late_ns();

private:
    surroundings around_;
    std::vector<std::unique_ptr<caller>> callers_;
    std::int64_t kept_up_ns_ = 0;
};

}  // namespace call_load

/// The converter's jobs: so many at once, the others wait their turn.
#pragma once

#include "libconf/convert/job.hpp"
#include "libconf/net/line_exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace conf::host {

/// Belongs to the loop.
class conversions {
public:
    using job_number = std::uint64_t;
    /// Of one job: events in their order; the last one is `done_event` or a problem. Never from within a
    /// call.
    using listener = std::function<void(const convert::any_event&)>;
    /// The converter went away without a last word.
    using lost = std::function<void()>;

    conversions(net::event_loop& loop, net::line_target converter, std::size_t at_once)
        : loop_(loop), converter_(std::move(converter)), at_once_(at_once) {}

    /// 0: too many wait already.
    job_number add(std::string job, listener on_event, lost on_lost);
    /// Nothing is told of it any more.
    void cancel(job_number which);
    void limit_to(std::size_t at_once);

    [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct job {
        job_number number = 0;
        std::string text;
        listener on_event;
        lost on_lost;
        bool ended = false;
        std::unique_ptr<net::line_exchange> with{};
    };
    void start_more();
    void take(job_number which, std::string_view line);
    void end(job_number which);

    net::event_loop& loop_;
    net::line_target converter_;
    std::size_t at_once_;
    job_number last_ = 0;
    std::deque<job> waiting_;
    std::map<job_number, job> running_;
};

}  // namespace conf::host

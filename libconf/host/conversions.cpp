#include "libconf/host/conversions.hpp"

#include "libconf/documents/limits.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace conf::host {

conversions::job_number conversions::add(std::string text, listener on_event, lost on_lost) {
    if (waiting_.size() >= documents::jobs_waiting_max) return 0;
    waiting_.push_back({++last_, std::move(text), std::move(on_event), std::move(on_lost)});
    const auto made = last_;
    start_more();
    return made;
}

void conversions::cancel(job_number which) {
    std::erase_if(waiting_, [&](const job& one) { return one.number == which; });
    running_.erase(which);
    start_more();
}

void conversions::limit_to(std::size_t at_once) {
    at_once_ = at_once;
    start_more();
}

void conversions::start_more() {
    while (running_.size() < at_once_ && !waiting_.empty()) {
        const auto number = waiting_.front().number;
        auto& one = running_[number];
        one = std::move(waiting_.front());
        waiting_.pop_front();
        one.with = std::make_unique<net::line_exchange>(
            loop_, converter_, one.text,
            net::line_exchange::callbacks{[this, number](std::string_view line) { take(number, line); },
                                          [this, number] { end(number); }});
    }
}

void conversions::take(job_number which, std::string_view line) {
    const auto found = running_.find(which);
    if (found == running_.end() || found->second.ended) return;
    const auto event = convert::read_event(line);
    if (!event) return;
    found->second.ended = std::holds_alternative<convert::done_event>(*event) ||
                          std::holds_alternative<documents::problem>(*event);
    const auto on_event = found->second.on_event;  // which may cancel the job
    if (on_event) on_event(*event);
}

void conversions::end(job_number which) {
    const auto found = running_.find(which);
    if (found == running_.end()) return;
    const auto on_lost = found->second.ended ? lost() : std::move(found->second.on_lost);
    running_.erase(found);
    if (on_lost) on_lost();
    start_more();
}

}  // namespace conf::host

#include "common/event_limit.hpp"

#include <utility>

namespace conf::apps {
namespace {

constexpr std::chrono::seconds window_length{1};

}  // namespace

bool event_limit::admit(std::string_view name, instant now) {
    auto found = windows_.find(name);
    if (found == windows_.end()) {
        const auto own = windows_.size() < logged_event_names ? std::string(name) : std::string("other");
        found = windows_.try_emplace(own, window{now, 0, 0}).first;
    }
    auto& [begin, admitted, refused] = found->second;
    if (now - begin >= window_length) {
        begin = now;
        admitted = 0;  // `refused` stays until somebody takes it
    }
    if (admitted < logged_events_per_second) {
        ++admitted;
        return true;
    }
    ++refused;
    return false;
}

std::vector<event_limit::suppressed> event_limit::take_suppressed(instant now) {
    std::vector<suppressed> made;
    for (auto& [name, state] : windows_) {
        if (state.refused == 0 || now - state.begin < window_length) continue;
        made.push_back({name, std::exchange(state.refused, 0)});
    }
    return made;
}

}  // namespace conf::apps

#include "tests/bench/call/crowd.hpp"

#include <algorithm>

namespace call_load {

crowd::crowd(std::uint16_t port) : around_(endpoint{ip_address::v4(0x7F000001), port}) {}

caller& crowd::add(caller_options options) {
    return *callers_.emplace_back(std::make_unique<caller>(std::move(options), around_));
}

std::int64_t crowd::turn() {
    constexpr std::int64_t step_ns = 5'000'000;
    auto at = bench::wall_ns();
    auto next = at + step_ns;
    for (const auto& one : callers_) next = std::min(next, one->send_due(at));
    if (at - kept_up_ns_ >= step_ns) {
        kept_up_ns_ = at;
        for (const auto& one : callers_) one->handle_timeout();
    }
    at = bench::wall_ns();
    around_.sockets.wait(std::max<std::int64_t>(next - at, 0));
    around_.ended.clear();
    return bench::wall_ns();
}

void crowd::run_for(double seconds) {
    const auto end = bench::wall_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (turn() < end) {}
}

void crowd::check_nobody_is_out() const {
    for (const auto& one : callers_) {
        if (one->where() == caller::state::out) throw std::runtime_error(one->name() + ": " + one->why());
    }
}

std::uint64_t crowd::sent() const {
    std::uint64_t sum = 0;
    for (const auto& one : callers_) sum += one->sends() == nullptr ? 0 : one->sends()->packets();
    return sum;
}

std::uint64_t crowd::key_frames() const {
    std::uint64_t sum = 0;
    for (const auto& one : callers_) sum += one->sends() == nullptr ? 0 : one->sends()->key_frames();
    return sum;
}

std::uint64_t crowd::drops() const {
    std::uint64_t sum = 0;
    for (const auto& one : callers_) sum += one->receives() == nullptr ? 0 : one->receives()->drops();
    return sum;
}

std::int64_t crowd::take_late_ns() {
    std::int64_t most = 0;
    for (const auto& one : callers_) {
        if (auto* const from = one->sends()) most = std::max(most, from->take_late_ns());
    }
    return most;
}

}  // namespace call_load

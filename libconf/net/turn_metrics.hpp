/// The TURN server's numbers as Prometheus metrics.
#pragma once

#include "libconf/net/turn_host.hpp"

#include <cstdint>
#include <string>

namespace conf::net {

/// Where coturn's exporter has a metric that means the same, its name is used, so that dashboards go on
/// working
///; all others begin with "conf_turn_".
void write_turn_metrics(const turn_totals& sum, std::string& text);

/// Data that arrived and did not leave, for whatever reason.
[[nodiscard]] std::uint64_t dropped_packets(const turn_totals& sum) noexcept;

}  // namespace conf::net

/// The process's own numbers under the names that every Prometheus dashboard knows.
#pragma once

#include "libconf/metrics/text_writer.hpp"

namespace conf::metrics {

/// Appends process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
/// process_open_fds, process_max_fds and process_start_time_seconds, each where /proc tells it.
void write_process_metrics(text_writer& writer);

}  // namespace conf::metrics

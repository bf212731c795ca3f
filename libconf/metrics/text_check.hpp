/// Reads the Prometheus text exposition format and says what is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::metrics {

[[nodiscard]] bool is_metric_name(std::string_view text) noexcept;  ///< [a-zA-Z_:][a-zA-Z0-9_:]*
[[nodiscard]] bool is_label_name(std::string_view text) noexcept;   ///< [a-zA-Z_][a-zA-Z0-9_]*

/// Every rule of the format that `text` breaks, as "line 3: …"; empty where it is in order.
///
/// Beyond the syntax: HELP and TYPE once and before the samples, the samples of a metric together, no sample
/// twice, no counter below zero, histograms cumulative and complete.
[[nodiscard]] std::vector<std::string> check_exposition(std::string_view text);

/// The value of the sample that is written as `sample`, for example `conf_http_requests_total{code="200"}`;
/// nothing where there is none.
[[nodiscard]] std::optional<double> find_sample(std::string_view text, std::string_view sample);

}  // namespace conf::metrics

/// Writes the Prometheus text exposition format, version 0.0.4.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace conf::metrics {

/// The Content-Type of the format.
inline constexpr std::string_view text_content_type = "text/plain; version=0.0.4; charset=utf-8";

enum class kind : std::uint8_t { counter, gauge, histogram };

struct label {
    std::string_view name;
    std::string_view value;
};
using labels = std::initializer_list<label>;

/// Appends to a string that the caller keeps alive. Belongs to one thread.
///
///     writer.family("conf_http_requests_total", kind::counter, "Answers given, by status.");
///     writer.sample(12U, {{"code", "200"}});
class text_writer {
public:
    explicit text_writer(std::string& out) : out_(out) {}

    /// Begins a metric; its samples follow. Names and help are ours: a name that the format does not allow is
    /// a bug.
    void family(std::string_view name, kind of, std::string_view help);

    /// A metric with one sample and no labels.
    void single(std::string_view name, kind of, std::string_view help, std::uint64_t value) {
        family(name, of, help);
        sample(value);
    }

    void sample(std::unsigned_integral auto value, labels with = {}) {
        write_sample(std::uint64_t{value}, with);
    }
    void sample(std::signed_integral auto value, labels with = {}) {
        write_sample(std::int64_t{value}, with);
    }
    void sample(double value, labels with = {}) { write_sample(value, with); }

    /// The samples of a histogram: `counts` has one more element than `bounds` and is not cumulative.
    void histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum,
                   labels with = {});

private:
    void write_sample(std::uint64_t value, labels with);
    void write_sample(std::int64_t value, labels with);
    void write_sample(double value, labels with);
    void begin(std::string_view suffix, labels with, std::string_view bound = {});

    std::string& out_;
    std::string name_;
};

/// "NaN", "+Inf", "-Inf", or the shortest decimal text that reads back as the same number.
[[nodiscard]] std::string format_number(double value);

}  // namespace conf::metrics

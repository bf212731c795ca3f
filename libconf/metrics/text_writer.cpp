#include "libconf/metrics/text_writer.hpp"

#include "libconf/base/check.hpp"
#include "libconf/metrics/text_check.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace conf::metrics {
namespace {

constexpr std::string_view name_of(kind of) {
    switch (of) {
        case kind::counter: return "counter";
        case kind::gauge: return "gauge";
        case kind::histogram: return "histogram";
    }
    return "untyped";
}

// HELP escapes backslash and line feed, a label's value the quotation mark as well.
void append_escaped(std::string& out, std::string_view text, bool in_label) {
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && in_label) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
}

}  // namespace

void text_writer::family(std::string_view name, kind of, std::string_view help) {
    check(is_metric_name(name));
    name_ = name;
    fmt::format_to(std::back_inserter(out_), "# HELP {} ", name);
    append_escaped(out_, help, false);
    fmt::format_to(std::back_inserter(out_), "\n# TYPE {} {}\n", name, name_of(of));
}

void text_writer::histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum,
                            labels with) {
    check(counts.size() == bounds.size() + 1);
    std::uint64_t so_far = 0;
    for (std::size_t at = 0; at < counts.size(); ++at) {
        so_far += counts[at];
        begin("_bucket", with, at < bounds.size() ? format_number(bounds[at]) : "+Inf");
        fmt::format_to(std::back_inserter(out_), "{}\n", so_far);
    }
    begin("_sum", with);
    fmt::format_to(std::back_inserter(out_), "{}\n", format_number(sum));
    begin("_count", with);
    fmt::format_to(std::back_inserter(out_), "{}\n", so_far);
}

void text_writer::write_sample(std::uint64_t value, labels with) {
    begin("", with);
    fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

void text_writer::write_sample(std::int64_t value, labels with) {
    begin("", with);
    fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

void text_writer::write_sample(double value, labels with) {
    begin("", with);
    fmt::format_to(std::back_inserter(out_), "{}\n", format_number(value));
}

void text_writer::begin(std::string_view suffix, labels with, std::string_view bound) {
    check(!name_.empty());
    out_ += name_;
    out_ += suffix;
    auto separator = '{';
    const auto add = [&](std::string_view name, std::string_view value) {
        check(is_label_name(name));
        out_ += separator;
        out_ += name;
        out_ += "=\"";
        append_escaped(out_, value, true);
        out_ += '"';
        separator = ',';
    };
    for (const auto& one : with) add(one.name, one.value);
    if (!bound.empty()) add("le", bound);
    if (separator == ',') out_ += '}';
    out_ += ' ';
}

std::string format_number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace conf::metrics

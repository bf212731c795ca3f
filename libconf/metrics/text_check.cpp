#include "libconf/metrics/text_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace conf::metrics {
namespace {

constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::optional<double> parse_number(std::string_view text) {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "+Inf") return infinity;
    if (text == "-Inf") return -infinity;
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

// A histogram's samples with the same labels, "le" aside.
struct series {
    std::vector<std::pair<double, double>> buckets;  // bound, cumulative count
    std::optional<double> sum;
    std::optional<double> count;
};

struct family {
    std::string name;
    std::string type = "untyped";
    bool has_type = false;
    bool has_help = false;
    bool has_samples = false;
    std::map<std::string, series> histograms;
};

struct sample {
    std::string name;
    std::map<std::string, std::string> labels;
    double value = 0;
};

class checker {
public:
    std::vector<std::string> run(std::string_view text) {
        const auto cut_off = !text.empty() && !text.ends_with('\n');
        while (!text.empty()) {
            ++line_;
            const auto end = text.find('\n');
            take_line(text.substr(0, end));
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        if (cut_off) problem("the last line has no line feed");
        finish();
        return std::move(problems_);
    }

private:
    void problem(std::string_view what) { problems_.push_back(fmt::format("line {}: {}", line_, what)); }

    void take_line(std::string_view line) {
        if (line.empty()) return;
        if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
            take_description(line.substr(2, 4), line.substr(7));
        } else if (!line.starts_with('#')) {
            if (const auto one = parse_sample(line)) take_sample(*one);
        }
    }

    void take_description(std::string_view keyword, std::string_view rest) {
        const auto name = rest.substr(0, rest.find(' '));
        if (!is_metric_name(name)) return problem("not a metric name");
        begin_family(name);
        if (current_.has_samples) problem(fmt::format("{} of {} behind its samples", keyword, name));
        auto& given = keyword == "HELP" ? current_.has_help : current_.has_type;
        if (given) problem(fmt::format("{} of {} is there twice", keyword, name));
        given = true;
        if (keyword == "HELP") return;
        const std::string_view types[] = {"counter", "gauge", "histogram", "summary", "untyped"};
        const auto type = name.size() < rest.size() ? rest.substr(name.size() + 1) : std::string_view();
        if (std::ranges::find(types, type) == std::end(types))
            problem(fmt::format("unknown type of {}", name));
        current_.type = type;
    }

    void begin_family(std::string_view name) {
        if (current_.name == name) return;
        finish();
        if (!families_.insert(std::string(name)).second) problem(fmt::format("{} is not in one piece", name));
        current_ = {};
        current_.name = name;
    }

    // Reads `name{label="value",…} value`; timestamps, which we never write, are refused.
    std::optional<sample> parse_sample(std::string_view line) {
        sample made;
        const auto end = line.find_first_of("{ ");
        made.name = line.substr(0, end);
        if (!is_metric_name(made.name) || end == std::string_view::npos) {
            problem("not a sample");
            return std::nullopt;
        }
        line.remove_prefix(end);
        if (line.front() == '{' && !parse_labels(line, made)) {
            problem("malformed labels");
            return std::nullopt;
        }
        const auto value = line.starts_with(' ') ? parse_number(line.substr(1)) : std::nullopt;
        if (!value) {
            problem("malformed value");
            return std::nullopt;
        }
        made.value = *value;
        return made;
    }

    bool parse_labels(std::string_view& line, sample& made) {
        do {
            line.remove_prefix(1);
            const auto equals = line.find("=\"");
            if (equals == std::string_view::npos) return false;
            const std::string name(line.substr(0, equals));
            if (!is_label_name(name)) return false;
            line.remove_prefix(equals + 2);
            auto value = parse_quoted(line);
            if (!value) return false;
            if (!made.labels.emplace(name, std::move(*value)).second)
                problem(fmt::format("label {} twice", name));
        } while (line.starts_with(','));
        if (!line.starts_with('}')) return false;
        line.remove_prefix(1);
        return true;
    }

    static std::optional<std::string> parse_quoted(std::string_view& line) {
        std::string value;
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (line[at] == '"') {
                line.remove_prefix(at + 1);
                return value;
            }
            if (line[at] == '\\') {
                if (++at == line.size() || std::string_view("\\\"n").find(line[at]) == std::string_view::npos)
                    break;
                value += line[at] == 'n' ? '\n' : line[at];
            } else {
                value += line[at];
            }
        }
        return std::nullopt;
    }

    void take_sample(const sample& one) {
        const auto of_histogram = current_.type == "histogram" && one.name.starts_with(current_.name + '_');
        if (!of_histogram) begin_family(one.name);
        current_.has_samples = true;
        if (!current_.has_type || !current_.has_help)
            problem(fmt::format("{} has no HELP or no TYPE", one.name));
        std::string key = one.name;
        std::string others;
        for (const auto& [name, value] : one.labels) {
            key += fmt::format("|{}={}", name, value);
            if (name != "le") others += fmt::format("|{}={}", name, value);
        }
        if (!samples_.insert(key).second) problem(fmt::format("sample {} is there twice", key));
        if (current_.type == "counter" && !(one.value >= 0))
            problem(fmt::format("counter {} below zero", one.name));
        if (current_.type == "histogram") take_histogram_sample(one, current_.histograms[others]);
    }

    void take_histogram_sample(const sample& one, series& into) {
        const auto suffix = one.name.substr(std::min(one.name.size(), current_.name.size()));
        if (suffix == "_sum") {
            into.sum = one.value;
        } else if (suffix == "_count") {
            into.count = one.value;
        } else if (const auto bound = one.labels.find("le");
                   suffix == "_bucket" && bound != one.labels.end()) {
            const auto limit = parse_number(bound->second);
            if (!limit) return problem("malformed bound of a bucket");
            into.buckets.emplace_back(*limit, one.value);
        } else {
            problem(fmt::format("{} does not belong to a histogram", one.name));
        }
    }

    void finish() {
        for (const auto& [labels, one] : current_.histograms) {
            const auto& name = current_.name;
            if (!std::ranges::is_sorted(one.buckets, std::ranges::less_equal(),
                                        [](auto& b) { return b.first; })) {
                problem(fmt::format("{}: bounds do not ascend", name));
            }
            if (!std::ranges::is_sorted(one.buckets, {}, [](auto& b) { return b.second; })) {
                problem(fmt::format("{}: buckets are not cumulative", name));
            }
            if (one.buckets.empty() || !std::isinf(one.buckets.back().first)) {
                problem(fmt::format("{}: no +Inf bucket", name));
            } else if (!one.count || *one.count != one.buckets.back().second) {
                problem(fmt::format("{}: _count is not that of +Inf", name));
            }
            if (!one.sum) problem(fmt::format("{}: no _sum", name));
        }
        current_.histograms.clear();
    }

    int line_ = 0;
    family current_;
    std::set<std::string> families_;
    std::set<std::string> samples_;
    std::vector<std::string> problems_;
};

}  // namespace

bool is_metric_name(std::string_view text) noexcept {
    return !text.empty() && !is_digit(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == ':'; });
}

bool is_label_name(std::string_view text) noexcept {
    return is_metric_name(text) && text.find(':') == std::string_view::npos;
}

std::vector<std::string> check_exposition(std::string_view text) {
    return checker().run(text);
}

std::optional<double> find_sample(std::string_view text, std::string_view sample) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        if (line.size() > sample.size() && line.starts_with(sample) && line[sample.size()] == ' ') {
            return parse_number(line.substr(sample.size() + 1));
        }
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return std::nullopt;
}

}  // namespace conf::metrics

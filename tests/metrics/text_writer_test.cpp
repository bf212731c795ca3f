#include "libconf/metrics/text_writer.hpp"

#include "libconf/metrics/instruments.hpp"
#include "libconf/metrics/text_check.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>

using namespace conf::metrics;

TEST_CASE("metrics are written in the text format 0.0.4", "[metrics]") {
    std::string text;
    text_writer writer(text);
    writer.family("conf_things_total", kind::counter, "Things.");
    writer.sample(std::uint64_t{18446744073709551615U}, {{"kind", "a"}, {"place", "b"}});
    writer.sample(0U, {{"kind", "b"}});
    writer.family("conf_level", kind::gauge, "A level,\nwith a line end and a \\.");
    writer.sample(-5);
    writer.family("conf_ratio", kind::gauge, "A \"quoted\" word.");
    writer.sample(0.25, {{"label", "back\\slash \"quote\" line\nend é"}});
    CHECK(text ==
          "# HELP conf_things_total Things.\n"
          "# TYPE conf_things_total counter\n"
          "conf_things_total{kind=\"a\",place=\"b\"} 18446744073709551615\n"
          "conf_things_total{kind=\"b\"} 0\n"
          "# HELP conf_level A level,\\nwith a line end and a \\\\.\n"
          "# TYPE conf_level gauge\n"
          "conf_level -5\n"
          "# HELP conf_ratio A \"quoted\" word.\n"
          "# TYPE conf_ratio gauge\n"
          "conf_ratio{label=\"back\\\\slash \\\"quote\\\" line\\nend é\"} 0.25\n");
    CHECK(check_exposition(text).empty());
}

TEST_CASE("a histogram is cumulative, whole, and ends with +Inf", "[metrics]") {
    histogram<3> times({0.1, 1.0, 10.0});
    for (const auto value : {0.05, 0.1, 0.5, 10.0, 11.0, 100.0}) times.observe(value);
    std::string text;
    text_writer writer(text);
    writer.family("conf_seconds", kind::histogram, "Times.");
    writer.histogram(times.bounds(), times.counts(), times.sum(), {{"of", "x"}});
    CHECK(text ==
          "# HELP conf_seconds Times.\n"
          "# TYPE conf_seconds histogram\n"
          "conf_seconds_bucket{of=\"x\",le=\"0.1\"} 2\n"
          "conf_seconds_bucket{of=\"x\",le=\"1\"} 3\n"
          "conf_seconds_bucket{of=\"x\",le=\"10\"} 4\n"
          "conf_seconds_bucket{of=\"x\",le=\"+Inf\"} 6\n"
          "conf_seconds_sum{of=\"x\"} 121.65\n"
          "conf_seconds_count{of=\"x\"} 6\n");
    CHECK(check_exposition(text).empty());
}

TEST_CASE("numbers are written so that they read back", "[metrics]") {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    CHECK(format_number(0) == "0");
    CHECK(format_number(1) == "1");
    CHECK(format_number(-0.5) == "-0.5");
    CHECK(format_number(0.1) == "0.1");
    CHECK(format_number(infinity) == "+Inf");
    CHECK(format_number(-infinity) == "-Inf");
    CHECK(format_number(std::numeric_limits<double>::quiet_NaN()) == "NaN");
    const auto value = GENERATE(1e21, 1.7e-300, 123456789.123, 1700000000.25, 20000000.0);
    CHECK(std::stod(format_number(value)) == value);
}

TEST_CASE("counters and gauges hold what they were told", "[metrics]") {
    counter one;
    one.add();
    one.add(41);
    CHECK(one.value() == 42);
    gauge level;
    level.set(5);
    level.add(-8);
    CHECK(level.value() == -3);
}

#include "libconf/metrics/text_check.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf::metrics;

TEST_CASE("the check of the text format finds what is wrong", "[metrics]") {
    const std::string counter = "# HELP a A.\n# TYPE a counter\n";
    const std::string histogram = "# HELP h H.\n# TYPE h histogram\n";
    struct text_case {
        std::string text;
        std::string problem;  // part of the first one; empty: in order
    };
    const auto c = GENERATE_COPY(values<text_case>({
        {"", ""},
        {"# a comment\n\n" + counter + "a 1\n", ""},
        {counter + "a{b=\"c\",d=\"\"} 1.5e3\n", ""},
        {counter + "a{b=\"\\\\\\\"\\n\"} 1\n", ""},
        {counter + "a 1", "line 3: the last line has no line feed"},
        {counter + "a\n", "line 3: not a sample"},
        {counter + "a one\n", "malformed value"},
        {counter + "a 1 1700000000\n", "malformed value"},
        {counter + "a inf\n", "malformed value"},
        {counter + "a -1\n", "below zero"},
        {counter + "a NaN\n", "below zero"},
        {counter + "a{b=c} 1\n", "malformed labels"},
        {counter + "a{b=\"c} 1\n", "malformed labels"},
        {counter + "a{b=\"\\x\"} 1\n", "malformed labels"},
        {counter + "a{1b=\"c\"} 1\n", "malformed labels"},
        {counter + "a{b=\"c\",b=\"d\"} 1\n", "label b twice"},
        {counter + "a{b=\"c\"} 1\na{b=\"c\"} 2\n", "is there twice"},
        {counter + "a{b=\"c\",d=\"e\"} 1\na{d=\"e\",b=\"c\"} 2\n", "is there twice"},
        {"a 1\n", "has no HELP or no TYPE"},
        {"# TYPE a counter\na 1\n", "has no HELP or no TYPE"},
        {"# HELP a A.\na 1\n", "has no HELP or no TYPE"},
        {"# HELP a A.\n# TYPE a meter\na 1\n", "unknown type"},
        {counter + "# TYPE a counter\na 1\n", "is there twice"},
        {counter + "a 1\n# HELP a A.\n", "behind its samples"},
        {"# HELP 1a A.\n", "not a metric name"},
        {counter + "a 1\n# HELP b B.\n# TYPE b gauge\nb 1\na{c=\"d\"} 1\n", "not in one piece"},
        {histogram + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n", ""},
        {histogram + "h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n", "not cumulative"},
        {histogram +
             "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n",
         "do not ascend"},
        {histogram + "h_bucket{le=\"1\"} 1\nh_sum 3\nh_count 1\n", "no +Inf bucket"},
        {histogram + "h_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 1\n", "_count is not that of +Inf"},
        {histogram + "h_bucket{le=\"+Inf\"} 2\nh_count 2\n", "no _sum"},
        {histogram + "h_bucket{le=\"x\"} 2\n", "malformed bound"},
        {histogram + "h_bucket 2\n", "does not belong to a histogram"},
        {histogram + "h_max 2\n", "does not belong to a histogram"},
    }));
    INFO(c.text);
    const auto problems = check_exposition(c.text);
    if (c.problem.empty()) {
        CHECK(problems.empty());
    } else {
        REQUIRE_FALSE(problems.empty());
        CHECK_THAT(problems.front(), Catch::Contains(c.problem));
    }
}

TEST_CASE("a sample is found by how it is written", "[metrics]") {
    const std::string text = "# HELP a A.\na 1\na{b=\"c\"} 2.5\nab 3\n";
    CHECK(find_sample(text, "a") == 1);
    CHECK(find_sample(text, "a{b=\"c\"}") == 2.5);
    CHECK(find_sample(text, "ab") == 3);
    CHECK_FALSE(find_sample(text, "b"));
    CHECK_FALSE(find_sample("", "a"));
}

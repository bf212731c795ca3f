#include "common/event_limit.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using conf::apps::event_limit;
using namespace std::chrono_literals;

namespace {

constexpr event_limit::instant start{1h};

std::uint32_t admitted(event_limit& limit, const std::string& name, event_limit::instant now,
                       std::uint32_t tries) {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < tries; ++i) count += limit.admit(name, now) ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("ten events a second of one name are logged, then counted", "[apps]") {
    constexpr auto most = conf::apps::logged_events_per_second;
    event_limit limit;
    CHECK(admitted(limit, "a", start, most) == most);
    CHECK(limit.take_suppressed(start + 1s).empty());
    CHECK_FALSE(limit.admit("a", start + 999ms));
    CHECK(admitted(limit, "b", start, most + 5) == most);  // names do not share

    CHECK(limit.take_suppressed(start + 999ms).empty());  // the second is not over
    const auto told = limit.take_suppressed(start + 1s);
    REQUIRE(told.size() == 2);
    CHECK((told[0].name == "a" && told[0].count == 1));
    CHECK((told[1].name == "b" && told[1].count == 5));
    CHECK(limit.take_suppressed(start + 2s).empty());

    CHECK(admitted(limit, "a", start + 1s, most + 1) == most);
}

TEST_CASE("a count is not lost when the next second begins before it is taken", "[apps]") {
    event_limit limit;
    (void)admitted(limit, "a", start, 13);
    CHECK(limit.admit("a", start + 1s));
    const auto told = limit.take_suppressed(start + 2s);
    REQUIRE(told.size() == 1);
    CHECK(told[0].count == 3);
}

TEST_CASE("names do not grow without end", "[apps]") {
    event_limit limit;
    for (std::size_t i = 0; i < conf::apps::logged_event_names; ++i)
        CHECK(limit.admit("n" + std::to_string(i), start));
    CHECK(admitted(limit, "one above", start, 6) == 6);
    CHECK(admitted(limit, "and another", start, 6) == 4);  // these two share what is left
    const auto told = limit.take_suppressed(start + 1s);
    REQUIRE(told.size() == 1);
    CHECK((told[0].name == "other" && told[0].count == 2));
}

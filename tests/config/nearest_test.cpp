#include "libconf/config/nearest.hpp"

#include "libconf/config/keys.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

struct distance_case {
    std::string why, a, b;
    std::size_t expected;
};
struct nearest_case {
    std::string why, typed, meant;
};

}  // namespace

TEST_CASE("edit distance counts what a typist does wrong", "[config]") {
    const auto c = GENERATE(values<distance_case>({
        {"nothing", "realm", "realm", 0},
        {"left out", "relm", "realm", 1},
        {"one too many", "reallm", "realm", 1},
        {"another one", "reaim", "realm", 1},
        {"two swapped", "relam", "realm", 1},
        {"all of it", "", "realm", 5},
        {"different words", "kitten", "sitting", 3},
        {"a letter between two swapped ones", "ca", "abc", 3},
        {"the last of 64", std::string(63, 'x') + "y", std::string(64, 'x'), 1},
        {"all of 64", std::string(64, 'x'), std::string(64, 'y'), 64},
    }));
    INFO(c.why);
    CHECK(conf::config::edit_distance(c.a, c.b) == c.expected);
    CHECK(conf::config::edit_distance(c.b, c.a) == c.expected);
}

TEST_CASE("the nearest key is the one that was meant", "[config]") {
    const auto c = GENERATE(values<nearest_case>({
        {"a letter missing", "turn.relm", "turn.realm"},
        {"letters swapped", "turn.lisetn", "turn.listen"},
        {"singular", "turn.secret", "turn.secrets"},
        {"a wrong letter in the section", "trun.threads", "turn.threads"},
        {"the section forgotten", "relay_ports", "turn.relay_ports"},
        {"the subsection forgotten", "turn.allocations_total", "turn.limits.allocations_total"},
        {"the wrong section", "server.peer_policy", "turn.peer_policy"},
        {"an entry of a misspelt table", "turn.user.ada", "turn.users"},
        {"a hyphen for an underscore", "turn.drain-limit", "turn.drain_limit"},
        {"an abbreviation", "tls.cert", "tls.certificate"},
    }));
    INFO(c.why);
    CHECK(conf::config::nearest(c.typed, conf::config::key_names()) == c.meant);
}

TEST_CASE("a very long key costs no more than a long one", "[config]") {
    const std::string hostile(1'000'000, 'x');
    CHECK_FALSE(conf::config::nearest(hostile, conf::config::key_names()).empty());
}

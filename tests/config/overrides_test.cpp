#include "load.hpp"

#include <functional>
#include <map>

using config_test::load;
using config_test::load_good;
using strings = std::vector<std::string>;
using users = std::map<std::string, std::string>;

namespace {

struct wrong_setting {
    std::string why;
    strings set;
    strings problems;
};

}  // namespace

TEST_CASE("an override takes TOML or a bare word", "[config]") {
    const auto turn = [](strings set) { return load_good({"", std::move(set)}).options().turn; };
    CHECK(turn({"turn.realm=example.org"}).realm == "example.org");
    CHECK(turn({"turn.realm=\"example.org\""}).realm == "example.org");
    CHECK(turn({"turn.realm='example.org'"}).realm == "example.org");
    CHECK(turn({" turn.realm = example.org "}).realm == "example.org");
    CHECK(turn({"turn.realm=a b"}).realm == "a b");
    CHECK(turn({"turn.realm=true"}).realm == "true");
    CHECK(turn({"turn.realm=7"}).realm == "7");
    CHECK(turn({"turn.realm=a=b"}).realm == "a=b");
    CHECK(turn({"turn.threads=4"}).threads == 4);
    CHECK(turn({"turn.drain_limit=90"}).drain_limit.count() == 90);
    CHECK(turn({"turn.drain_limit=90s"}).drain_limit.count() == 90);
    CHECK(turn({"turn.drain_limit=\"2m\""}).drain_limit.count() == 120);
    CHECK(turn({"turn.peer_policy=deny-list"}).peer_policy == conf::turn_peer_policy::deny_list);
    CHECK(turn({"turn.limits.total_bps=1"}).limits.total_bps == 1);
    CHECK(turn({"turn.limits={total_bps=1, allocation_bps=2}"}).limits.allocation_bps == 2);
    CHECK(turn({"turn.relay_address=192.0.2.7"}).relay_address == strings{"192.0.2.7"});
    CHECK(turn({"turn.alternate_server=192.0.2.7:1"}).alternate_server == "192.0.2.7:1");
    CHECK(load_good({"", {"log.client_addresses=true"}}).log().client_addresses);
    CHECK(load_good({"", {"log.level=debug"}}).log().level == conf::log_level::debug);
}

TEST_CASE("a list is taken with and without its marks", "[config]") {
    const auto listen = [](const std::string& value) {
        return load_good({"", {"turn.listen=" + value}}).options().turn.listen;
    };
    CHECK(listen(R"(["udp://127.0.0.1:0", "tcp://127.0.0.1:0"])") ==
          strings{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"});
    CHECK(listen("udp://127.0.0.1:0") == strings{"udp://127.0.0.1:0"});
    CHECK(listen("[udp://127.0.0.1:0]") == strings{"udp://127.0.0.1:0"});  // a shell took the quotation marks
    CHECK(listen("[udp://127.0.0.1:0, tcp://[::1]:0]") == strings{"udp://127.0.0.1:0", "tcp://[::1]:0"});
    CHECK(listen("[]").empty());
    CHECK(listen("").empty());
    CHECK(load_good({"", {"http.listen=[::1]:8080"}}).options().http.listen == strings{"[::1]:8080"});
    CHECK(load_good({"", {"turn.secrets=862104159337"}}).options().turn.secrets == strings{"862104159337"});
}

TEST_CASE("users come one by one or all together", "[config]") {
    const auto of = [](strings set, const std::string& toml = "") {
        return load_good({toml, std::move(set)}).options().turn.users;
    };
    CHECK(of({"turn.users.alice=secret"}) == users{{"alice", "secret"}});
    CHECK(of({"turn.users.alice=12#34"}) == users{{"alice", "12#34"}});
    CHECK(of({"turn.users.alice=a=b"}) == users{{"alice", "a=b"}});
    CHECK(of({"turn.users.alice=\"a b\""}) == users{{"alice", "a b"}});
    CHECK(of({R"(turn.users={alice="x", bob="y"})"}) == users{{"alice", "x"}, {"bob", "y"}});
    CHECK(of({"turn.users.\"a=b\"=x"}) == users{{"a=b", "x"}});
    CHECK(of({"turn.users.alice@example.org=x"}) == users{{"alice@example.org", "x"}});
    SECTION("one keeps the others, all replace them") {
        const std::string file = "[turn.users]\nada = \"engine\"\n";
        CHECK(of({"turn.users.alice=x"}, file) == users{{"ada", "engine"}, {"alice", "x"}});
        CHECK(of({"turn.users.ada=x"}, file) == users{{"ada", "x"}});
        CHECK(of({"turn.users={alice=\"x\"}"}, file) == users{{"alice", "x"}});
        CHECK(of({"turn.users={}"}, file).empty());
    }
}

TEST_CASE("overrides win over the file, and the last one over the others", "[config]") {
    const std::string file = "[turn]\nrealm = \"of the file\"\nthreads = 2\n";
    CHECK(load_good({file, {"turn.realm=first", "turn.realm=last"}}).options().turn.realm == "last");
    CHECK(load_good({file, {"turn.realm=first"}}).options().turn.threads == 2);
}

TEST_CASE("a wrong override says what is allowed", "[config]") {
    const auto c = GENERATE(values<wrong_setting>({
        {"above the limit",
         {"turn.threads=99"},
         {"--set: turn.threads = 99: expected an integer from 1 to 64"}},
        {"a word for a number",
         {"turn.threads=many"},
         {"--set: turn.threads = \"many\": expected an integer from 1 to 64"}},
        {"a number with marks",
         {"turn.threads=\"4\""},
         {"--set: turn.threads = \"4\": expected an integer from 1 to 64"}},
        {"nothing for a number",
         {"turn.threads="},
         {"--set: turn.threads = \"\": expected an integer from 1 to 64"}},
        {"no value",
         {"turn.threads"},
         {"--set: expected section.key=value, as in --set turn.realm=example.org"}},
        {"no key", {"=4"}, {"--set: expected section.key=value, as in --set turn.realm=example.org"}},
        {"nothing", {""}, {"--set: expected section.key=value, as in --set turn.realm=example.org"}},
        {"unknown",
         {"turn.thread=4"},
         {"--set: turn.thread: unknown key; the nearest known key is turn.threads"}},
        {"unknown in a section",
         {"turn={thread=4}"},
         {"--set: turn.thread: unknown key; the nearest known key is turn.threads"}},
        {"a section", {"turn=4"}, {"--set: turn: this is a section: expected [turn] and its keys"}},
        {"broken TOML",
         {"turn.realm=\"a"},
         {"--set: turn.realm: string: encountered end-of-file; in a shell, put single quotes around the "
          "whole setting"}},
        {"a table that lost its marks",
         {"turn.users={alice=x}"},
         {"--set: turn.users: value: could not determine value type; a text stands in \"quotation marks\"; "
          "in a shell, "
          "put single quotes around the whole setting"}},
        {"two things in one",
         {"turn.realm=\"a\"\nthreads = 3"},
         {"--set: turn.realm: expected one value, on one line; in a shell, put single quotes around the "
          "whole setting"}},
        {"a wrong user",
         {"turn.users.alice="},
         {"--set: turn.users.alice: a password: expected 1 to 1024 bytes without control characters"}},
        {"all of them are reported",
         {"turn.threads=0", "turn.relm=x"},
         {"--set: turn.threads = 0: expected an integer from 1 to 64",
          "--set: turn.relm: unknown key; the nearest known key is turn.realm"}},
    }));
    INFO(c.why);
    CHECK(load({"", c.set}).problems == c.problems);
}

TEST_CASE("problems of the file come before those of the command line", "[config]") {
    const auto problems = load({"turn.threads = 0", {"turn.realm=\"\""}}).problems;
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].find("conf.toml:1:16: turn.threads") == 0);
    CHECK(problems[1].find("--set: turn.realm") == 0);
}

TEST_CASE("settings that carry a secret are known before they are read", "[config]") {
    using conf::configuration;
    for (const auto* secret :
         {"turn.secrets=x", "turn.secrets=[\"x\"]", "turn.users.ada=x", "turn.users={ada=\"x\"}",
          " turn.secrets = x", "turn={secrets=[\"x\"]}", "turn.secret=x"}) {
        INFO(secret);
        CHECK(configuration::carries_secret(secret));
    }
    for (const auto* open :
         {"turn.realm=x", "turn.secrets", "turn.secrets=", "http.listen=127.0.0.1:0", ""}) {
        INFO(open);
        CHECK_FALSE(configuration::carries_secret(open));
    }
}

#include "libconf/config/explain.hpp"

#include "libconf/config/keys.hpp"
#include "libconf/config/limits.hpp"
#include "load.hpp"

#include <algorithm>
#include <sstream>

using conf::configuration;
using config_test::load_good;

namespace {

std::vector<std::string> changed(const configuration& after, const configuration& before) {
    std::vector<std::string> keys;
    for (const auto& change : after.changes_since(before)) keys.push_back(change.key);
    return keys;
}

}  // namespace

TEST_CASE("the reference is a configuration that changes nothing", "[config]") {
    const auto server = configuration::reference("conf-server");
    CHECK(changed(load_good({server}), load_good({""})).empty());

    const auto relay = load_good({configuration::reference("conf-turn"), {}, "conf-turn"});
    const auto plain = load_good({"turn.users.ada = \"engine\"", {}, "conf-turn"});
    CHECK(changed(relay, plain) == std::vector<std::string>{"turn.secrets", "turn.users"});
    REQUIRE(relay.options().turn.secrets.size() == 1);
    CHECK(relay.options().turn.secrets.front().size() == 64);
    const auto again = load_good({configuration::reference("conf-turn"), {}, "conf-turn"});
    CHECK(relay.options().turn.secrets !=
          again.options().turn.secrets);  // an example secret must not work anywhere
}

TEST_CASE("the reference has every key with its default and a sentence", "[config]") {
    for (const auto* program : {"conf-server", "conf-turn"}) {
        const auto text = configuration::reference(program);
        std::istringstream lines(text);
        std::string section;
        std::string comment;
        std::vector<std::string> seen;
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            CHECK(line.size() <= 180);
            if (line.starts_with("#")) {
                CHECK(line.size() <= 100);
                comment += line;
                continue;
            }
            if (line.starts_with("[")) {
                section = line.substr(1, line.size() - 2);
            } else if (!line.empty()) {
                const auto key = section + "." + line.substr(0, line.find(" = "));
                CHECK(comment.size() > 30);
                const auto* known = conf::config::find_key(key);
                REQUIRE(known != nullptr);
                const auto value = line.substr(line.find(" = ") + 3);
                if (key != "turn.secrets") CHECK(value == known->default_for(program));
                seen.push_back(key);
            }
            comment.clear();
        }
        CHECK(seen == configuration::keys());
    }
}

TEST_CASE("every key is explained", "[config]") {
    for (const auto& key : configuration::keys()) {
        INFO(key);
        const auto text = configuration::explain(key);
        REQUIRE(text);
        CHECK(text->starts_with(key + "\n"));
        CHECK(text->find("Value: ") != std::string::npos);
        CHECK(text->find("Default: ") != std::string::npos);
        CHECK((text->find("Changes while the program runs.") != std::string::npos) !=
              (text->find("Changes at the next start.") != std::string::npos));
    }
}

TEST_CASE("an explanation reads like this", "[config]") {
    CHECK(*configuration::explain("turn.threads") ==
          "turn.threads\n"
          "  Relay threads. An allocation lives on one of them.\n"
          "  Value: an integer from 1 to 64.\n"
          "  Default: 1\n"
          "  Changes at the next start.\n");
    CHECK(*configuration::explain("turn.users.ada") == *configuration::explain("turn.users"));
    const auto section = configuration::explain("tls");
    REQUIRE(section);
    CHECK(*section ==
          "[tls] has these keys:\n"
          "  tls.certificate                          For https://, tls:// and dtls:// listeners.\n"
          "  tls.key                                  The private key of tls.certificate.\n");
    CHECK(configuration::explain("turn.limits")->find("turn.limits.total_bps") != std::string::npos);
    CHECK(configuration::explain("turn")->find(
              "UDP ports of the relay addresses; each allocation takes one.\n") != std::string::npos);

    const auto unknown = configuration::explain("turn.realms");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == conf::config_errc::unknown_key);
    CHECK(unknown.error().message() ==
          "turn.realms (the nearest known key is turn.realm): there is no such key");
    CHECK_FALSE(configuration::explain(""));
    CHECK_FALSE(configuration::explain("turn.threads.x"));
}

TEST_CASE("the table of keys is in order", "[config]") {
    std::vector<std::string> sections;
    for (const auto& key : conf::config::all_keys()) {
        INFO(key.name);
        const auto dot = key.name.rfind('.');
        REQUIRE(dot != key.name.npos);
        const std::string section(key.name.substr(0, dot));
        if (sections.empty() || sections.back() != section) {
            CHECK(std::ranges::count(sections, section) == 0);  // TOML allows a section once
            sections.push_back(section);
        }
        CHECK(key.sentence.ends_with("."));
        CHECK_FALSE(conf::config::allowed_values(key).empty());
        CHECK(conf::config::find_key(key.name) == &key);
    }
}

TEST_CASE("the defaults of the table are those of the structures", "[config]") {
    const auto options = load_good({"", {"turn.users.ada=engine"}, "conf-turn"}).options();
    const conf::turn_options plain;
    CHECK(options.turn.realm == plain.realm);
    CHECK(options.turn.secrets == plain.secrets);
    CHECK(options.turn.relay_address == plain.relay_address);
    CHECK(options.turn.external_addresses == plain.external_addresses);
    CHECK(options.turn.relay_ports == plain.relay_ports);
    CHECK(options.turn.peer_policy == plain.peer_policy);
    CHECK(options.turn.allow_peers == plain.allow_peers);
    CHECK(options.turn.sfu_addresses == plain.sfu_addresses);
    CHECK(options.turn.alternate_server == plain.alternate_server);
    CHECK(options.turn.drain_limit == plain.drain_limit);
    CHECK(options.turn.threads == plain.threads);
    CHECK(options.turn.log_client_addresses == plain.log_client_addresses);
    const auto& limits = options.turn.limits;
    CHECK(limits.allocations_per_credential == plain.limits.allocations_per_credential);
    CHECK(limits.allocations_per_user == plain.limits.allocations_per_user);
    CHECK(limits.allocations_per_address == plain.limits.allocations_per_address);
    CHECK(limits.allocations_total == plain.limits.allocations_total);
    CHECK(limits.allocation_bps == plain.limits.allocation_bps);
    CHECK(limits.total_bps == plain.limits.total_bps);
    CHECK(limits.unauthenticated_rps == plain.limits.unauthenticated_rps);
    CHECK(options.http.listen.empty());
    CHECK(options.metrics.listen == std::vector<std::string>{"127.0.0.1:9641"});
    CHECK(load_good({""}).options().http.listen == std::vector<std::string>{"127.0.0.1:8080"});
    CHECK(load_good({""}).options().metrics.listen != options.metrics.listen);  // both may run on one machine
}

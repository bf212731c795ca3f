#include "load.hpp"

#include <sys/stat.h>

#include <chrono>
#include <map>

using config_test::load;
using config_test::load_good;
using config_test::scratch_folder;
using strings = std::vector<std::string>;

namespace {

struct bad_case {
    std::string why;
    std::string toml;
    strings problems;
};

}  // namespace

TEST_CASE("a wrong configuration says where, what and what is allowed", "[config]") {
    const auto c = GENERATE(values<bad_case>({
        {"a number above its limit",
         "[turn]\nthreads = 99\n",
         {"conf.toml:2:11: turn.threads = 99: expected an integer from 1 to 64"}},
        {"a number below its limit",
         "turn.threads = 0",
         {"conf.toml:1:16: turn.threads = 0: expected an integer from 1 to 64"}},
        {"a negative number",
         "[turn.limits]\nallocations_total = -1",
         {"conf.toml:2:21: turn.limits.allocations_total = -1: expected an integer from 0 to 10000000"}},
        {"a text for a number",
         "[turn]\nthreads = \"4\"",
         {"conf.toml:2:11: turn.threads = \"4\": expected an integer from 1 to 64"}},
        {"a fraction for a number",
         "[turn]\nthreads = 1.5",
         {"conf.toml:2:11: turn.threads = 1.5: expected an integer from 1 to 64"}},
        {"a date for a number",
         "[turn]\nthreads = 2024-02-29",
         {"conf.toml:2:11: turn.threads = 2024-02-29: expected an integer from 1 to 64"}},
        {"a number for a text",
         "[turn]\nrealm = 7",
         {"conf.toml:2:9: turn.realm = 7: expected 1 to 64 printable ASCII characters without \" and \\"}},
        {"a text for a boolean",
         "[log]\nclient_addresses = \"yes\"",
         {"conf.toml:2:20: log.client_addresses = \"yes\": expected true or false"}},
        {"no such choice",
         "[turn]\npeer_policy = \"everybody\"",
         {R"(conf.toml:2:15: turn.peer_policy = "everybody": expected "sfu-only" or "deny-list")"}},
        {"no such level",
         "[log]\nlevel = \"trace\"",
         {R"(conf.toml:2:9: log.level = "trace": expected "debug", "info", "warning" or "error")"}},
        {"a duration without a known unit",
         "[turn]\ndrain_limit = \"10 minutes\"",
         {"conf.toml:2:15: turn.drain_limit = \"10 minutes\": expected seconds as an integer, or \"90s\", "
          "\"10m\", "
          "\"1h\", \"2d\", up to \"7d\""}},
        {"a table for a list",
         "[turn.listen]\nudp = 1",
         {"conf.toml:1:1: turn.listen = {udp = 1}: expected a list of at most 64: \"udp://address:port\", "
          "\"tcp://...\", \"tls://...\" or \"dtls://...\"; port 0: any free one"}},
        {"the entry of a list that is wrong",
         "[turn]\nlisten = [\n  \"udp://127.0.0.1:3478\",\n  \"udp://127.0.0.1\"]",
         {"conf.toml:4:3: turn.listen = \"udp://127.0.0.1\": the port is missing: expected \"udp://\", "
          "\"tcp://\", "
          "\"tls://\" or \"dtls://\", an address and a port, as in \"udp://0.0.0.0:3478\""}},
        {"a number in a list of texts",
         "[turn]\nallow_peers = [10]",
         {"conf.toml:2:16: turn.allow_peers = 10: expected a text in quotation marks: addresses or prefixes; "
          "never "
          "unspecified, multicast or link-local ones"}},
        {"an entry twice",
         "[http]\nlisten = [\"localhost:80\", \"127.0.0.1:80\"]",
         {"conf.toml:2:27: http.listen = \"127.0.0.1:80\": this stands in the list twice: expected it once"}},
        {"two addresses of one family",
         "[turn]\nrelay_address = [\"192.0.2.1\", \"192.0.2.2\"]",
         {"conf.toml:2:17: turn.relay_address = [\"192.0.2.1\", \"192.0.2.2\"]: two addresses of one family: "
          "expected "
          "at most one IPv4 and one IPv6 address"}},
        {"an unknown key",
         "[turn]\nrealms = \"x\"",
         {"conf.toml:2:1: turn.realms: unknown key; the nearest known key is turn.realm"}},
        {"an unknown section",
         "[trun]\nlisten = []\nthreads = 2",
         {"conf.toml:2:1: trun.listen: unknown key; the nearest known key is turn.listen",
          "conf.toml:3:1: trun.threads: unknown key; the nearest known key is turn.threads"}},
        {"an empty unknown section",
         "[metric]\n",
         {"conf.toml:1:2: metric: unknown key; the nearest known key is metrics.listen"}},
        {"a value where a section is wanted",
         "turn = 3",
         {"conf.toml:1:8: turn: this is a section: expected [turn] and its keys"}},
        {"not TOML",
         "[turn]\nrealm = example.org",
         {"conf.toml:2:9: value: could not determine value type; a text stands in \"quotation marks\""}},
        {"a key twice",
         "[turn]\nthreads = 1\nthreads = 2",
         {"conf.toml:3:11: key-value pair: cannot redefine existing integer 'threads'"}},
        {"an unfinished text",
         "[turn]\nrealm = \"libconf",
         {"conf.toml:2:17: string: encountered end-of-file"}},
        {"a file that is not there",
         "[tls]\ncertificate = \"/nowhere/at-all.pem\"\nkey = \"\"",
         {"conf.toml:2:15: tls.certificate = \"/nowhere/at-all.pem\": cannot be read (No such file or "
          "directory): "
          "expected a PEM file with the certificate chain"}},  // and nothing about the key that has none to
                                                               // fit
        {"several at once, in the order of the file",
         "[turn]\nthreads = 0\nrealm = \"\"\n[metrics]\nlisten = \"x\"\n",
         {"conf.toml:2:11: turn.threads = 0: expected an integer from 1 to 64",
          "conf.toml:3:9: turn.realm = \"\": expected 1 to 64 printable ASCII characters without \" and \\",
          "conf.toml:5:10: metrics.listen = \"x\": the port is missing: expected \"host:port\", as in "
          "\"127.0.0.1:9641\""}},
    }));
    INFO(c.why);
    CHECK(load({c.toml}).problems == c.problems);
}

TEST_CASE("keys must agree with each other", "[config]") {
    const auto c = GENERATE(values<bad_case>({
        {"an encrypted relay without a certificate",
         "[turn]\nlisten = [\"tls://0.0.0.0:5349\"]",
         {"conf.toml: tls.certificate: empty, but \"tls://0.0.0.0:5349\" needs it: expected a PEM file with "
          "the certificate chain",
          "conf.toml: tls.key: empty, but \"tls://0.0.0.0:5349\" needs it: expected a PEM file with the "
          "private key"}},
        {"an encrypted page without a certificate",
         "[http]\nlisten = [\"https://0.0.0.0:443\"]",
         {"conf.toml: tls.certificate: empty, but \"https://0.0.0.0:443\" needs it: expected a PEM file with "
          "the certificate chain",
          "conf.toml: tls.key: empty, but \"https://0.0.0.0:443\" needs it: expected a PEM file with the "
          "private key"}},
        {"fewer ports than threads",
         "[turn]\nthreads = 4\nrelay_ports = \"50000-50002\"",
         {"conf.toml:3:15: turn.relay_ports: 3 ports for 4 threads: expected at least one port for each of "
          "turn.threads"}},
    }));
    INFO(c.why);
    CHECK(load({c.toml}).problems == c.problems);
}

TEST_CASE("a relay alone needs something to listen on and somebody to serve", "[config]") {
    CHECK(load({"", {}, "conf-turn"}).problems ==
          strings{"turn.secrets: there is neither a secret nor a user, so nobody could use the relay: make a "
                  "secret with "
                  "`openssl rand -hex 32` and put it into turn.secrets, or name somebody in turn.users"});
    CHECK(
        load({"[turn]\nlisten = []", {}, "conf-turn"}).problems ==
        strings{
            "conf.toml:2:10: turn.listen: empty, so that conf-turn has nothing to do: expected at least one "
            "address, as in [\"udp://0.0.0.0:3478\"]"});
    CHECK(load({"turn.users = {ada = \"engine\"}", {}, "conf-turn"}).problems.empty());
    CHECK(load({"", {}, "conf-server"}).problems.empty());
    CHECK(load({"[turn]\nlisten = []", {}, "conf-server"}).problems.empty());
    SECTION("a secret that is wrong by itself is not also missed") {
        CHECK(
            load({"turn.secrets = [\"\"]", {}, "conf-turn"}).problems ==
            strings{"conf.toml:1:17: turn.secrets: a secret is empty: make one with `openssl rand -hex 32`"});
        CHECK(load({"[turn]\nthreads = ", {}, "conf-turn"}).problems.size() == 1);
    }
}

TEST_CASE("no message shows a secret", "[config]") {
    const std::string secret = "4e5f71c0secret";
    const auto c = GENERATE_COPY(values<std::pair<std::string, strings>>({
        {"turn.secrets = [\"" + secret + "\\n\"]", {}},
        {"turn.secrets = [\"good-enough-for-a-test\", [\"" + secret + "\"]]", {}},
        {"turn.secrets = {a = \"" + secret + "\"}", {}},
        {"turn.secret = \"" + secret + "\"", {}},
        {"turn.secrets = " + secret, {}},
        {"turn.secrets = 99999999999999999999999999999994571 # 4e5f71c0secret", {}},
        {"turn = \"" + secret + "\"", {}},
        {"[turn.users]\nada = [\"" + secret + "\"]", {}},
        {"turn.users = \"" + secret + "\"", {}},
        {"[turn.user]\nada = \"" + secret + "\"", {}},
        {"", {secret}},
        {"", {"turn.secrets=\"" + secret}},
        {"", {"turn.secrets=[[\"" + secret + "\"]]"}},
        {"", {"turn.secret=" + secret}},
        {"", {"turn.users.ada={a=\"" + secret + "\"}"}},
        {"", {"turn.users={ada=" + secret + "}"}},
    }));
    INFO(c.first);
    const auto made = load({c.first, c.second});
    REQUIRE_FALSE(made.problems.empty());
    for (const auto& problem : made.problems) {
        CHECK(problem.find(secret) == problem.npos);
        CHECK(problem.find("4571") == problem.npos);
    }
}

TEST_CASE("values of a file arrive in the options", "[config]") {
    const scratch_folder folder;
    folder.write("chain.pem", "-----BEGIN CERTIFICATE-----\n");
    folder.write("key.pem", "-----BEGIN EC PRIVATE KEY-----\n");
    const auto file = folder.write("conf.toml", R"(
[http]
listen = "https://localhost:8443/"     # one text is a list of one
[metrics]
listen = ["[::1]:9641", "127.0.0.1:0"]
[turn]
listen = ["udp://0.0.0.0:3478", "tls://[::]:443"]
realm = "meet.example"
secrets = ["dGhlIG5ldyBvbmU", "dGhlIG9sZCBvbmU"]
relay_address = ["192.0.2.7", "2001:db8::7"]
external_addresses = ["203.0.113.7/192.0.2.7"]
relay_ports = "50000-50099"
peer_policy = "deny-list"
allow_peers = ["10.1.0.0/16", "127.0.0.1"]
sfu_addresses = ["192.0.2.9", "[2001:db8::9]:40000"]
alternate_server = "192.0.2.8:3478"
drain_limit = "10m"
threads = 2
limits = {allocations_per_credential = 1, allocations_per_user = 2, allocations_per_address = 3}
limits.allocations_total = 4
[turn.users]
ada = "engine"
"ada.byron" = "difference engine"
[tls]
certificate = "chain.pem"
key = "./key.pem"
[data]
path = "state"
[control]
socket = "s/control"
[log]
level = "warning"
format = "json"
client_addresses = true
)");
    std::vector<conf::config_problem> problems;
    auto broken = conf::configuration::load(file, {}, "conf-server", problems);
    REQUIRE_FALSE(broken);  // an inline table cannot be added to
    CHECK(broken.error() == conf::config_errc::invalid);

    std::ifstream in(file);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string slip = "limits.allocations_total = 4\n";
    text.replace(text.find(slip), slip.size(), "");
    text += "[turn.limits]\n";
    const auto inline_limits = text.find("limits = {");
    text.replace(inline_limits, text.find('\n', inline_limits) - inline_limits, "");
    text +=
        "allocations_per_credential = 1\nallocations_per_user = 2\nallocations_per_address = 3\n"
        "allocations_total = 4\nallocation_bps = 5\ntotal_bps = 6\nunauthenticated_rps = 7\n";
    folder.write("conf.toml", text);
    auto made = conf::configuration::load(file, {}, "conf-server", problems);
    for (const auto& problem : problems) UNSCOPED_INFO(problem.to_string());
    REQUIRE(made);

    const auto options = made->options();
    CHECK(options.http.listen == strings{"https://127.0.0.1:8443"});
    CHECK(options.metrics.listen == strings{"[::1]:9641", "127.0.0.1:0"});
    CHECK(options.tls.certificate == folder.path("chain.pem"));
    CHECK(options.tls.key == folder.path("key.pem"));
    CHECK(options.control.socket == folder.path("state/s/control"));
    const auto& turn = options.turn;
    CHECK(turn.listen == strings{"udp://0.0.0.0:3478", "tls://[::]:443"});
    CHECK(turn.realm == "meet.example");
    CHECK(turn.secrets == strings{"dGhlIG5ldyBvbmU", "dGhlIG9sZCBvbmU"});
    CHECK(turn.users ==
          std::map<std::string, std::string>{{"ada", "engine"}, {"ada.byron", "difference engine"}});
    CHECK(turn.relay_address == strings{"192.0.2.7", "2001:db8::7"});
    CHECK(turn.external_addresses == strings{"203.0.113.7/192.0.2.7"});
    CHECK(turn.relay_ports == "50000-50099");
    CHECK(turn.peer_policy == conf::turn_peer_policy::deny_list);
    CHECK(turn.allow_peers == strings{"10.1.0.0/16", "127.0.0.1"});
    CHECK(turn.sfu_addresses == strings{"192.0.2.9", "[2001:db8::9]:40000"});
    CHECK(turn.alternate_server == "192.0.2.8:3478");
    CHECK(turn.drain_limit == std::chrono::minutes(10));
    CHECK(turn.threads == 2);
    CHECK(turn.limits.allocations_per_credential == 1);
    CHECK(turn.limits.allocations_per_user == 2);
    CHECK(turn.limits.allocations_per_address == 3);
    CHECK(turn.limits.allocations_total == 4);
    CHECK(turn.limits.allocation_bps == 5);
    CHECK(turn.limits.total_bps == 6);
    CHECK(turn.limits.unauthenticated_rps == 7);
    CHECK(turn.tls_certificate == options.tls.certificate);
    CHECK(turn.tls_key == options.tls.key);
    CHECK(turn.log_client_addresses);
    CHECK(made->data_path() == folder.path("state"));
    CHECK(made->log().level == conf::log_level::warning);
    CHECK(made->log().format == conf::log_format::json);
    CHECK(made->log().client_addresses);
    CHECK(made->files() == strings{file, folder.path("chain.pem"), folder.path("key.pem")});
}

TEST_CASE("files that a configuration names are looked at", "[config]") {
    const scratch_folder folder;
    const auto text = folder.write("text.pem", "nothing of that kind\n");
    const auto chain = folder.write("chain.pem", "-----BEGIN CERTIFICATE-----\n");
    const auto problems_of = [](const std::string& toml) { return load({toml}).problems; };
    CHECK(problems_of("[tls]\ncertificate = \"" + text + "\"\nkey = \"" + text + "\"").size() == 2);
    CHECK(problems_of("tls.certificate = \"" + chain + "\"") ==
          strings{"conf.toml: tls.key: empty, but tls.certificate is set: expected a PEM file with the "
                  "private key"});
    CHECK(problems_of("tls.key = \"" + folder.path() + "\"").front().find("(Is a directory)") !=
          std::string::npos);
    CHECK(problems_of("data.path = \"" + text + "\"").front().find("this is not a folder") !=
          std::string::npos);
    CHECK(problems_of("data.path = \"" + folder.path("new") + "\"").empty());
    CHECK_FALSE(std::filesystem::exists(folder.path("new")));  // reading creates nothing

    std::vector<conf::config_problem> problems;
    const auto missing = conf::configuration::load(folder.path("none.toml"), {}, "conf-server", problems);
    REQUIRE_FALSE(missing);
    CHECK(missing.error() == conf::config_errc::unreadable);
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().to_string() ==
          folder.path("none.toml") + ": cannot be read: No such file or directory");
}

TEST_CASE("data has a place when nobody names one", "[config]") {
    // Only what the environment of the tests allows: the variable wins over everything else.
    struct restored_variable {
        std::string name;
        std::optional<std::string> before;
        restored_variable(std::string which, const char* value) : name(std::move(which)) {
            if (const char* was = std::getenv(name.c_str())) before = was;
            setenv(name.c_str(), value, 1);
        }
        ~restored_variable() {
            if (before) {
                setenv(name.c_str(), before->c_str(), 1);
            } else {
                unsetenv(name.c_str());
            }
        }
    };
    {
        const restored_variable state("STATE_DIRECTORY", "/var/lib/one:/var/lib/two");
        CHECK(load_good({""}).data_path() == "/var/lib/one");
        CHECK(load_good({""}).options().control.socket == "/var/lib/one/control.sock");
        CHECK(load_good({"control.socket = \"\""}).options().control.socket.empty());
        CHECK(load_good({"control.socket = \"/run/x.sock\""}).options().control.socket == "/run/x.sock");
        CHECK(load_good({"data.path = \"/srv/libconf\""}).data_path() == "/srv/libconf");
    }
    const restored_variable none("STATE_DIRECTORY", "");
    const auto server = load_good({""}).data_path();
    const auto turn = load_good({"turn.users.ada = \"engine\"", {}, "conf-turn"}).data_path();
    CHECK(std::filesystem::path(server).filename() == "libconf");
    CHECK(std::filesystem::path(turn).filename() == "libconf-turn");  // two programs, two sockets
}

TEST_CASE("what is legal and still deserves a word is said", "[config]") {
    const scratch_folder folder;
    const auto warnings = [&](const std::string& toml, const strings& set = {}, mode_t mode = 0600,
                              const std::string& program = "conf-server") {
        const auto file = folder.write("conf.toml", toml);
        REQUIRE(chmod(file.c_str(), mode) == 0);
        std::vector<conf::config_problem> problems;
        const auto made = conf::configuration::load(file, set, program, problems);
        for (const auto& problem : problems) UNSCOPED_INFO(problem.to_string());
        REQUIRE(made);
        return made->warnings();
    };
    const std::string long_secret = "d1f0c6a7b2e94835a06c1d2e3f405162";
    CHECK(warnings("").empty());
    CHECK(warnings("turn.secrets = [\"" + long_secret + "\"]").empty());

    const auto short_secret = warnings("turn.secrets = [\"" + long_secret.substr(1) + "\"]");
    REQUIRE(short_secret.size() == 1);
    CHECK(short_secret.front().find("shorter than 32 bytes") != std::string::npos);

    const auto everybody = warnings("turn.secrets = [\"" + long_secret + "\"]", {}, 0644);
    REQUIRE(everybody.size() == 1);
    CHECK(everybody.front().find("chmod 600") != std::string::npos);
    CHECK(warnings("turn.realm = \"x\"", {}, 0644).empty());

    const auto command_line = warnings("", {"turn.secrets=" + long_secret}, 0644);
    REQUIRE(command_line.size() == 1);
    CHECK(command_line.front().find("on the command line") != std::string::npos);
    CHECK(warnings("", {"turn.secrets="}).empty());
    CHECK(warnings("", {"turn.users.ada=" + long_secret}).size() == 1);

    CHECK(warnings("[turn]\npeer_policy = \"deny-list\"").size() == 1);
    CHECK(warnings("[turn]\npeer_policy = \"deny-list\"\nlisten = []").empty());
    const auto doors = warnings("turn.allow_peers = [\"10.0.0.0/8\", \"127.0.0.1\"]");
    REQUIRE(doors.size() == 2);
    CHECK(doors[0] == "turn.allow_peers opens 10.0.0.0/8 to everybody who has a credential");
    CHECK(doors[1] ==
          "turn.allow_peers opens 127.0.0.1, services of this machine itself, to everybody who has a "
          "credential");
    CHECK(warnings("metrics.listen = [\"0.0.0.0:9641\", \"[::1]:9641\"]").size() == 1);
    CHECK(warnings("turn.users.ada = \"Secret\"").size() == 1);

    const auto nobody = warnings("turn.users.ada = \"engine\"", {}, 0600, "conf-turn");
    REQUIRE(nobody.size() == 1);
    CHECK(nobody.front().find("the relay will send to nobody") != std::string::npos);
    CHECK(warnings("turn.users.ada = \"engine\"\nturn.sfu_addresses = \"192.0.2.1\"", {}, 0600, "conf-turn")
              .empty());
}

TEST_CASE("a problem without a place or a value reads well", "[config]") {
    CHECK(conf::config_problem{"", 0, 0, "tls.key", "", "empty"}.to_string() == "tls.key: empty");
    CHECK(conf::config_problem{"--set", 0, 0, "turn.threads", "0", "no"}.to_string() ==
          "--set: turn.threads = 0: no");
    CHECK(conf::config_problem{"a", 1, 2, "", "", "no"}.to_string() == "a:1:2: no");
}

TEST_CASE("every configuration error has a text", "[config]") {
    using conf::config_errc;
    for (const auto code : {config_errc::unreadable, config_errc::invalid, config_errc::unknown_key}) {
        CHECK(make_error_code(code).message().find("unknown configuration error") == std::string::npos);
    }
    CHECK(conf::config_category().message(0) == "unknown configuration error");
    CHECK(std::string(conf::config_category().name()) == "conf.config");
}

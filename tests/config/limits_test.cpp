// Every limit of limits.hpp: right at it, wrong one above it.
#include "libconf/config/limits.hpp"

#include "load.hpp"

#include <fmt/format.h>

#include <functional>

using config_test::load;
namespace limits = conf::config::limits;

namespace {

struct limit_case {
    std::string name;
    std::size_t limit;
    std::function<std::string(std::size_t)> toml;
    std::string wrong;  // a part of what is said above the limit
};

std::string list_of(std::size_t count, const std::function<std::string(std::size_t)>& entry) {
    std::string made = "[";
    for (std::size_t i = 0; i < count; ++i) made += fmt::format("\"{}\", ", entry(i));
    return made + "]";
}

std::string port_list(std::size_t count, std::string_view scheme) {
    return list_of(count, [&](std::size_t i) { return fmt::format("{}127.0.0.1:{}", scheme, i + 1); });
}

}  // namespace

TEST_CASE("each limit of the configuration holds at it and not above", "[config]") {
    const std::vector<limit_case> cases = {
        {"listen_entries", limits::listen_entries,
         [](std::size_t n) { return "turn.listen = " + port_list(n, "udp://"); }, "expected at most 64"},
        {"listen_entries of http", limits::listen_entries,
         [](std::size_t n) { return "http.listen = " + port_list(n, ""); }, "expected at most 64"},
        {"listen_entries of metrics", limits::listen_entries,
         [](std::size_t n) { return "metrics.listen = " + port_list(n, ""); }, "expected at most 64"},
        {"secret_entries", limits::secret_entries,
         [](std::size_t n) {
             return "turn.secrets = " +
                    list_of(n, [](std::size_t i) { return fmt::format("pheasant-{}", i); });
         },
         "expected at most 16"},
        {"secret_bytes", limits::secret_bytes,
         [](std::size_t n) { return "turn.secrets = [\"y" + std::string(n - 1, 'x') + "\"]"; },
         "expected at most 1024 bytes"},
        {"user_entries", limits::user_entries,
         [](std::size_t n) {
             std::string made = "[turn.users]\n";
             for (std::size_t i = 0; i < n; ++i) made += fmt::format("u{} = \"p\"\n", i);
             return made;
         },
         "expected at most 10000"},
        {"user_name_bytes", limits::user_name_bytes,
         [](std::size_t n) { return "[turn.users]\n" + std::string(n, 'u') + " = \"p\""; },
         "expected 1 to 508 bytes"},
        {"password_bytes", limits::password_bytes,
         [](std::size_t n) { return "turn.users.ada = \"" + std::string(n, 'p') + "\""; },
         "expected 1 to 1024 bytes"},
        {"realm_bytes", limits::realm_bytes,
         [](std::size_t n) { return "turn.realm = \"" + std::string(n, 'r') + "\""; }, "expected 1 to 64"},
        {"external_addresses", limits::external_addresses,
         [](std::size_t n) {
             return "turn.external_addresses = " +
                    list_of(n, [](std::size_t i) { return fmt::format("203.0.113.{}", i); });
         },
         "expected at most 16"},
        {"peer_entries", limits::peer_entries,
         [](std::size_t n) {
             return "turn.allow_peers = " +
                    list_of(n, [](std::size_t i) { return fmt::format("10.0.{}.{}", i / 250, i % 250); });
         },
         "expected at most 1024"},
        {"peer_entries of sfu_addresses", limits::peer_entries,
         [](std::size_t n) {
             return "turn.sfu_addresses = " +
                    list_of(n, [](std::size_t i) { return fmt::format("192.0.2.1:{}", i + 1); });
         },
         "expected at most 1024"},
        {"socket_path_bytes", limits::socket_path_bytes,
         [](std::size_t n) { return "control.socket = \"/" + std::string(n - 1, 's') + "\""; },
         "expected at most 107"},
        {"path_bytes", limits::path_bytes,
         [](std::size_t n) {
             return "control.socket = \"/x\"\ndata.path = \"/" + std::string(n - 1, 'd') + "\"";
         },
         "at most 4095 bytes"},
        {"threads", limits::threads, [](std::size_t n) { return fmt::format("turn.threads = {}", n); },
         "expected an integer from 1 to 64"},
        {"allocations_per_credential", limits::allocations,
         [](std::size_t n) { return fmt::format("turn.limits.allocations_per_credential = {}", n); },
         "from 0 to"},
        {"allocations_per_user", limits::allocations,
         [](std::size_t n) { return fmt::format("turn.limits.allocations_per_user = {}", n); }, "from 0 to"},
        {"allocations_per_address", limits::allocations,
         [](std::size_t n) { return fmt::format("turn.limits.allocations_per_address = {}", n); },
         "from 0 to"},
        {"allocations_total", limits::allocations,
         [](std::size_t n) { return fmt::format("turn.limits.allocations_total = {}", n); }, "from 0 to"},
        {"allocation_bps", limits::bps,
         [](std::size_t n) { return fmt::format("turn.limits.allocation_bps = {}", n); },
         "from 0 to 1000000000000"},
        {"total_bps", limits::bps, [](std::size_t n) { return fmt::format("turn.limits.total_bps = {}", n); },
         "from 0 to 1000000000000"},
        {"unauthenticated_rps", limits::rps,
         [](std::size_t n) { return fmt::format("turn.limits.unauthenticated_rps = {}", n); },
         "from 0 to 1000000"},
        {"document_bytes", limits::document_bytes,
         [](std::size_t n) { return fmt::format("documents.limits.bytes = {}", n); }, "from 1 to 1000000000"},
        {"document_pages", limits::document_pages,
         [](std::size_t n) { return fmt::format("documents.limits.pages = {}", n); }, "from 1 to 1000"},
        {"document_pixels", limits::document_pixels,
         [](std::size_t n) { return fmt::format("documents.limits.pixels = {}", n); }, "from 1 to 500000000"},
        {"document_room_bytes", limits::document_room_bytes,
         [](std::size_t n) { return fmt::format("documents.limits.room_bytes = {}", n); },
         "from 0 to 1000000000000"},
        {"document_job_s", limits::document_job_s,
         [](std::size_t n) { return fmt::format("documents.limits.job_time = {}", n); }, "up to \"1d\""},
        {"document jobs", limits::threads,
         [](std::size_t n) { return fmt::format("documents.limits.jobs = {}", n); }, "from 1 to 64"},
        {"drain_s", limits::drain_s, [](std::size_t n) { return fmt::format("turn.drain_limit = {}", n); },
         "up to \"7d\""},
        {"drain_s as a text", limits::drain_s,
         [](std::size_t n) { return fmt::format("turn.drain_limit = \"{}s\"", n); }, "up to \"7d\""},
        {"port_max", limits::port_max,
         [](std::size_t n) { return fmt::format("turn.relay_ports = \"50000-{}\"", n); },
         "within 1024 to 65535"},
        {"file_bytes", limits::file_bytes, [](std::size_t n) { return "#" + std::string(n - 1, 'c'); },
         "more than 1048576 bytes"},
    };
    for (const auto& c : cases) {
        INFO(c.name);
        CHECK(load({c.toml(c.limit)}).problems.empty());
        const auto above = load({c.toml(c.limit + 1)}).problems;
        REQUIRE(above.size() == 1);
        CHECK(above.front().find(c.wrong) != std::string::npos);
    }
}

TEST_CASE("lower limits hold too", "[config]") {
    CHECK(load({"turn.threads = 1"}).problems.empty());
    CHECK(load({"turn.threads = 0"}).problems.size() == 1);
    CHECK(load({fmt::format("turn.relay_ports = \"{}-2000\"", limits::port_min)}).problems.empty());
    CHECK(load({fmt::format("turn.relay_ports = \"{}-2000\"", limits::port_min - 1)}).problems.size() == 1);
    CHECK(load({"turn.drain_limit = 0"}).problems.empty());
    CHECK(load({"turn.relay_address = [\"192.0.2.1\", \"2001:db8::1\"]"}).problems.empty());
    static_assert(limits::relay_addresses == 2);
    CHECK(load({"turn.relay_address = [\"192.0.2.1\", \"2001:db8::1\", \"192.0.2.2\"]"}).problems.size() ==
          1);
}

TEST_CASE("problems are counted where they are too many to read", "[config]") {
    const auto wrong = [](std::size_t count) {
        std::string made;
        for (std::size_t i = 0; i < count; ++i) made += fmt::format("k{} = 1\n", i);
        return load({made}).problems;
    };
    CHECK(wrong(limits::problems).size() == limits::problems);
    const auto more = wrong(limits::problems + 5);
    REQUIRE(more.size() == limits::problems + 1);
    CHECK(more.back() == "conf.toml: and 5 more problems");
}

TEST_CASE("a long value is cut in a message, between characters", "[config]") {
    std::string realm(limits::shown_value_bytes - 2,
                      'r');  // with its first quotation mark one byte short of the limit
    const auto shown = load({"turn.realm = \"" + realm + "\xC3\xA9\xC3\xA9\""}).problems;
    REQUIRE(shown.size() == 1);
    CHECK(shown.front().find("\"" + realm + "…:") != std::string::npos);
    const auto deep = load({"turn.realm = " + std::string(60, '[') + std::string(60, ']')}).problems;
    REQUIRE(deep.size() == 1);
    CHECK(deep.front().find("expected 1 to 64") != std::string::npos);
}

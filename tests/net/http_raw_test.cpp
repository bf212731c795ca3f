#include "tests/net/http_test_server.hpp"
#include "tests/net/test_client.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

using namespace conf;

namespace {

const std::filesystem::path folder = std::filesystem::path(CONF_TESTS_DIR) / "vectors" / "http-raw";

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The words of expected.tsv: which statuses are right, and whether the connection must end.
struct verdict {
    std::set<int> statuses;
    bool closes = false;
};

const std::map<std::string, verdict> verdicts{
    {"400", {{400}, true}},
    {"400+close", {{400}, true}},
    {"413-or-400", {{413, 400}, true}},
    {"400-or-strict", {{400}, true}},
    {"404-never-outside-root", {{404}, false}},
    {"431", {{431}, true}},
    {"403", {{403}, false}},
    {"426", {{426}, false}},
};

}  // namespace

TEST_CASE("SEC-HTTP-1: the raw requests get their verdicts from a real server", "[net][http][vectors]") {
    const test::http_test_server server({}, nullptr, [](net::http_router& routes) {
        routes.websocket("/ws", [](const net::http_request&, const net::websocket&) {
            return net::websocket_callbacks{};
        });
    });
    std::istringstream table(contents(folder / "expected.tsv"));
    std::size_t rows = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto tab = line.find('\t');
        REQUIRE(tab != std::string::npos);
        const auto name = line.substr(0, tab);
        const auto word = line.substr(tab + 1);
        INFO(name << " -> " << word);
        ++rows;
        REQUIRE(verdicts.contains(word));
        const auto& expected = verdicts.at(word);
        const auto request = contents(folder / name);
        REQUIRE_FALSE(request.empty());

        test::test_client client(server.at());
        // A server that has refused may stop reading; what it said counts, not whether it took all.
        static_cast<void>(client.try_send(request));
        const auto answer = client.read_answer();
        CHECK(expected.statuses.contains(answer.status));
        CHECK(answer.body.find("root:") == std::string::npos);
        if (expected.closes && name != "ws-no-key.req") {
            CHECK(answer.field("Connection") == "close");
            CHECK(client.read_all().empty());
        }

        // Nobody else notices.
        test::test_client other(server.at());
        other.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
        CHECK(other.read_answer().status == 200);
    }
    CHECK(rows == 21);
}

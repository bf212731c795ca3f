#include "libconf/net/control_socket.hpp"

#include "tests/net/temp_folder.hpp"
#include "tests/net/test_client.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace conf;
using net::control_errc;
using net::control_socket;
using test::test_client;

namespace {

std::string answer(std::string_view request) {
    if (request == "throw") throw std::runtime_error("no");
    return R"({"request":")" + std::string(request) + R"("})";
}

// A socket whose server was killed: the file is there and nobody listens.
void leave_stale_socket(const std::string& path) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.copy(where.sun_path, sizeof where.sun_path - 1);
    const auto socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
    ::close(socket);
    REQUIRE(std::filesystem::is_socket(path));
}

struct running_socket {
    explicit running_socket(const std::string& path) : made(control_socket::open(loop, path, answer)) {
        loop.start();
    }
    ~running_socket() { loop.stop(); }

    net::event_loop loop;
    result<std::unique_ptr<control_socket>> made;
};

}  // namespace

TEST_CASE("the control socket answers one line with one line", "[net]") {
    const test::temp_folder folder;
    const auto path = folder.file("control.sock");
    const running_socket server(path);
    REQUIRE(server.made);
    struct request_case {
        std::string sent;
        std::string expected;
    };
    for (const auto& [sent, expected] : std::vector<request_case>{
             {"status\n", "{\"request\":\"status\"}\n"},
             {"status\r\n", "{\"request\":\"status\"}\n"},
             {"status\nmore\n", "{\"request\":\"status\"}\n"},
             {"throw\n", "{\"error\":\"the server failed to answer\"}\n"},
             {std::string(256, 'x') + "\n", "{\"request\":\"" + std::string(256, 'x') + "\"}\n"},
             {std::string(257, 'x'), "{\"error\":\"a request has at most 256 bytes\"}\n"},
         }) {
        test_client client(path);
        client.send(sent);
        CHECK(client.read_all() == expected);
    }
    test_client silent(path);
    silent.send("stat");
    silent.finish_sending();
    CHECK(silent.read_all().empty());
}

TEST_CASE("the control socket belongs to its owner alone", "[net]") {
    const test::temp_folder folder;
    const auto path = folder.file("control.sock");
    const auto before = ::umask(0);  // nothing but our own care protects the file now
    const running_socket server(path);
    ::umask(before);
    REQUIRE(server.made);
    struct stat there{};
    REQUIRE(::lstat(path.c_str(), &there) == 0);
    CHECK(S_ISSOCK(there.st_mode));
    CHECK((there.st_mode & 07777) == 0600);
}

TEST_CASE("a socket that was left behind is replaced, anything else is not", "[net]") {
    const test::temp_folder folder;
    const auto path = folder.file("control.sock");
    SECTION("stale") {
        leave_stale_socket(path);
        const running_socket server(path);
        REQUIRE(server.made);
        test_client client(path);
        client.send("status\n");
        CHECK(client.read_all() == "{\"request\":\"status\"}\n");
    }
    SECTION("alive") {
        const running_socket first(path);
        REQUIRE(first.made);
        const running_socket second(path);
        REQUIRE_FALSE(second.made);
        CHECK(second.made.error() == make_error_code(control_errc::in_use));
        CHECK(second.made.error().code() == std::errc::address_in_use);
        CHECK(second.made.error().context() == path);
        test_client client(path);
        client.send("status\n");
        CHECK(client.read_all() == "{\"request\":\"status\"}\n");
    }
    SECTION("a file") {
        folder.write("control.sock", "precious");
        const running_socket server(path);
        REQUIRE_FALSE(server.made);
        CHECK(server.made.error() == make_error_code(control_errc::not_a_socket));
        CHECK(std::filesystem::file_size(path) == 8);
    }
    SECTION("no folder") {
        const running_socket server(folder.file("absent/control.sock"));
        REQUIRE_FALSE(server.made);
        CHECK(server.made.error().code() == std::errc::no_such_file_or_directory);
    }
    SECTION("the longest name, and one more") {
        const auto fitting = folder.file(std::string(107 - folder.file("").size(), 'x'));
        REQUIRE(fitting.size() == 107);
        CHECK(running_socket(fitting).made);
        const running_socket longer(fitting + "x");
        REQUIRE_FALSE(longer.made);
        CHECK(longer.made.error() == make_error_code(control_errc::path_too_long));
    }
}

TEST_CASE("the socket's file goes with its server, and only then", "[net]") {
    const test::temp_folder folder;
    const auto path = folder.file("control.sock");
    { const running_socket server(path); }
    CHECK_FALSE(std::filesystem::exists(path));
    {
        const running_socket server(path);
        std::filesystem::remove(path);
        folder.write("control.sock", "another's");
    }
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("every control error has a text", "[net]") {
    std::set<std::string> texts;
    for (int code = 1; code <= 4; ++code) texts.insert(net::control_category().message(code));
    CHECK(texts.size() == 4);
    CHECK_FALSE(texts.contains(net::control_category().message(5)));
}

#include "libconf/net/listen_address.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace conf;
using namespace conf::net;

TEST_CASE("an address to listen on is read or refused", "[net]") {
    struct address_case {
        std::string text;
        std::string expected;  // "scheme host port"; empty: refused
    };
    const auto c = GENERATE(values<address_case>({
        {"127.0.0.1:8080", "http 127.0.0.1 8080"},
        {"http://127.0.0.1:80", "http 127.0.0.1 80"},
        {"https://0.0.0.0:443", "https 0.0.0.0 443"},
        {"localhost:0", "http localhost 0"},
        {"my-host.test:65535", "http my-host.test 65535"},
        {"[::1]:8080", "http ::1 8080"},
        {"https://[2001:db8::1]:443", "https 2001:db8::1 443"},
        {"gopher://a:1", "gopher a 1"},  // which schemes there are is the caller's business
        {"", ""},
        {"8080", ""},
        {":8080", ""},
        {"127.0.0.1", ""},
        {"127.0.0.1:", ""},
        {"127.0.0.1:65536", ""},
        {"127.0.0.1:-1", ""},
        {"127.0.0.1:80x", ""},
        {"127.0.0.1:80/", ""},
        {"::1:8080", ""},
        {"[::1]", ""},
        {"[::g]:80", ""},
        {"[127.0.0.1]:80", ""},
        {"a b:80", ""},
        {"user@host:80", ""},
    }));
    INFO(c.text);
    const auto made = parse_listen_address(c.text, "http");
    CHECK((made ? made->scheme + ' ' + made->host + ' ' + std::to_string(made->port) : "") == c.expected);
    if (!made) CHECK(made.error() == make_error_code(listen_errc::bad_address));
}

TEST_CASE("addresses are resolved", "[net]") {
    const auto v6 = resolve_listen_address({"http", "::1", 1});
    REQUIRE(v6);
    REQUIRE(v6->size() == 1);
    CHECK(v6->front().to_string() == "[::1]:1");
    CHECK(listen_address{"http", "::1", 1}.host_and_port() == "[::1]:1");
    CHECK(listen_address{"http", "a", 1}.host_and_port() == "a:1");

    const auto local = resolve_listen_address({"http", "localhost", 8080});
    REQUIRE(local);
    CHECK(local->front().ip.is_loopback());
    CHECK(local->front().port == 8080);

    const auto absent = resolve_listen_address({"http", "no-such-host.invalid", 1});
    REQUIRE_FALSE(absent);
    CHECK(absent.error() == make_error_code(listen_errc::name_not_found));
}

TEST_CASE("a failed listen says what to do, and stays comparable", "[net]") {
    const auto in_use = listen_failure("127.0.0.1:80", make_error_code(std::errc::address_in_use));
    CHECK(in_use.message() ==
          "cannot listen on 127.0.0.1:80: Address already in use; stop the other program or listen on "
          "another address");
    CHECK(in_use.code() == std::errc::address_in_use);
    CHECK(listen_failure("a", make_error_code(std::errc::permission_denied)).code() ==
          std::errc::permission_denied);
    CHECK(listen_failure("a", make_error_code(std::errc::address_not_available)).code() ==
          std::errc::address_not_available);
    CHECK(listen_failure("a", make_error_code(std::errc::not_enough_memory)).code() ==
          std::errc::not_enough_memory);

    std::set<std::string> texts;
    for (int code = 1; code <= 6; ++code) texts.insert(listen_category().message(code));
    CHECK(texts.size() == 6);
    CHECK_FALSE(texts.contains(listen_category().message(7)));
}

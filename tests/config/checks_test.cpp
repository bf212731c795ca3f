#include "libconf/config/checks.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf::config;

namespace {

struct check_case {
    verdict (*check)(std::string_view);
    std::string text;
    std::string wrong;  // the beginning of what is said; empty: the text is right
};

}  // namespace

// SEC-CFG-1: malformed values and known secrets stop the start.
TEST_CASE("values are checked deeply", "[config]") {
    const auto c = GENERATE(values<check_case>({
        {check_turn_listen, "udp://0.0.0.0:3478", ""},
        {check_turn_listen, "tcp://[::]:3478", ""},
        {check_turn_listen, "tls://192.0.2.1:0", ""},
        {check_turn_listen, "dtls://127.0.0.1:65535", ""},
        {check_token_secret, "sixteen-letters!", ""},
        {check_token_secret, "fifteen-letters", "a secret is too short"},
        {check_token_secret, "                ", "a secret is empty"},
        {check_media_listen, "127.0.0.1:0", ""},
        {check_media_listen, "[::]:40000", ""},
        {check_media_listen, "localhost:40000", ""},
        {check_media_listen, "localhost:", "expected \"address:port\""},
        {check_media_listen, "localhost", "expected \"address:port\""},
        {check_media_listen, "localhost:65536", "expected \"address:port\""},
        {check_media_listen, "example.org:40000", "expected \"address:port\""},
        {check_media_listen, "127.0.0.1", "expected \"address:port\""},
        {check_media_listen, "127.0.0.1:65536", "expected \"address:port\""},
        {check_media_listen, "udp://127.0.0.1:1", "there is no scheme here"},
        {check_turn_listen, "127.0.0.1:3478", "expected \"udp://\""},
        {check_turn_listen, "http://127.0.0.1:3478", "expected \"udp://\""},
        {check_turn_listen, "udp:127.0.0.1:3478", "expected \"udp://\""},
        {check_turn_listen, "", "expected \"udp://\""},
        {check_turn_listen, "udp://", "the port is missing"},
        {check_turn_listen, "udp://127.0.0.1", "the port is missing"},
        {check_turn_listen, "udp://[::1]", "the port is missing"},
        {check_turn_listen, "udp://127.0.0.1:65536", "the port: expected 0 to 65535"},
        {check_turn_listen, "udp://127.0.0.1:", "the port: expected 0 to 65535"},
        {check_turn_listen, "udp://127.0.0.1:-1", "the port: expected 0 to 65535"},
        {check_turn_listen, "udp://:3478", "the address is missing"},
        {check_turn_listen, "udp://*:3478", "the address is missing"},
        {check_turn_listen, "udp://::1:3478", "an IPv6 address stands in brackets"},
        {check_turn_listen, "udp://::1", "an IPv6 address stands in brackets"},
        {check_turn_listen, "udp://[1.2.3.4]:3478", "not an IPv6 address in the brackets"},
        {check_turn_listen, "udp://meet.example:3478", "not an IP address (names are not looked up here)"},
        {check_turn_listen, "udp://127.0.0.256:3478", "not an IP address"},

        {check_http_listen, "127.0.0.1:8080", ""},
        {check_http_listen, "http://[::1]:80", ""},
        {check_http_listen, "https://0.0.0.0:443", ""},
        {check_http_listen, "ftp://0.0.0.0:21", "expected \"host:port\""},
        {check_http_listen, "http://127.0.0.1:80/path", "there is no path here"},
        {check_http_listen, "127.0.0.1", "the port is missing"},
        {check_metrics_listen, "127.0.0.1:9641", ""},
        {check_metrics_listen, "http://127.0.0.1:9641", "there is no scheme here"},

        {check_realm, "example.org", ""},
        {check_realm, std::string(64, 'r'), ""},
        {check_realm, std::string(65, 'r'), "expected 1 to 64"},
        {check_realm, "", "expected 1 to 64"},
        {check_realm, "caf\xC3\xA9", "expected 1 to 64"},
        {check_realm, "a\nb", "expected 1 to 64"},
        {check_realm, "a\"b", "expected 1 to 64"},

        {check_secret, "5de1a7c84b0d4b51", ""},
        {check_secret, "a phrase that nobody has written", ""},
        {check_secret, "", "a secret is empty"},
        {check_secret, "   ", "a secret is empty"},
        {check_secret, "north", "a secret is one that stands in examples"},
        {check_secret, "Change-Me!", "a secret is one that stands in examples"},
        {check_secret, "<your-secret-here>", "a secret is one that stands in examples"},
        {check_secret, "********", "a secret is one that stands in examples"},
        {check_secret, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "a secret is one that stands in examples"},
        {check_secret, "12345678", "a secret is one that stands in examples"},
        {check_secret, "line\nend-of-a-secret", "a secret holds a line end"},
        {check_secret, "\xE2\x88\x80\xE2\x88\x83\xE2\x88\x85", ""},

        {check_user_name, "ada", ""},
        {check_user_name, "ada@example.org", ""},
        {check_user_name, "", "a user's name"},
        {check_user_name, "ada:byron", "a user's name"},
        {check_user_name, "ada\t", "a user's name"},
        {check_password, "engine", ""},
        {check_password, "", "a password"},
        {check_password, "a\rb", "a password"},

        {check_relay_address, "192.0.2.1", ""},
        {check_relay_address, "2001:db8::1", ""},
        {check_relay_address, "0.0.0.0", "expected an IPv4 or IPv6 address"},
        {check_relay_address, "::", "expected an IPv4 or IPv6 address"},
        {check_relay_address, "224.0.0.1", "expected an IPv4 or IPv6 address"},
        {check_relay_address, "192.0.2.1:80", "expected an IPv4 or IPv6 address"},
        {check_relay_address, "192.0.2.1/24", "expected an IPv4 or IPv6 address"},

        {check_external_address, "203.0.113.7", ""},
        {check_external_address, "203.0.113.7/10.0.0.7", ""},
        {check_external_address, "2001:db8::1/fd00::1", ""},
        {check_external_address, "203.0.113.7/fd00::1", "both addresses must be of one family"},
        {check_external_address, "203.0.113.7/", "expected \"public\""},
        {check_external_address, "/10.0.0.7", "expected \"public\""},
        {check_external_address, "0.0.0.0", "expected \"public\""},
        {check_external_address, "a/b", "expected \"public\""},

        {check_relay_ports, "49152-65535", ""},
        {check_relay_ports, "1024-1024", ""},
        {check_relay_ports, "1023-2000", "expected \"first-last\""},
        {check_relay_ports, "1024-65536", "expected \"first-last\""},
        {check_relay_ports, "2000-1999", "expected \"first-last\""},
        {check_relay_ports, "2000", "expected \"first-last\""},
        {check_relay_ports, "2000 - 3000", "expected \"first-last\""},
        {check_relay_ports, "-", "expected \"first-last\""},

        {check_allowed_peer, "10.1.0.0/16", ""},
        {check_allowed_peer, "10.1.2.3", ""},
        {check_allowed_peer, "127.0.0.0/8", ""},
        {check_allowed_peer, "::1", ""},
        {check_allowed_peer, "0.0.0.0/0", ""},
        {check_allowed_peer, "2001:db8::/32", ""},
        {check_allowed_peer, "10.1.2.3/16", "the prefix has bits behind its length"},
        {check_allowed_peer, "10.0.0.0/33", "the prefix has bits behind its length, or the length is wrong"},
        {check_allowed_peer, "10.0.0.0/", "the prefix has bits behind its length, or the length is wrong"},
        {check_allowed_peer, "10.0.0", "expected an address or a prefix"},
        {check_allowed_peer, "example.org", "expected an address or a prefix"},
        {check_allowed_peer, "0.0.0.0", "unspecified addresses are never relayed to"},
        {check_allowed_peer, "::", "unspecified addresses are never relayed to"},
        {check_allowed_peer, "224.0.0.0/4", "multicast addresses are never relayed to"},
        {check_allowed_peer, "ff02::1", "multicast addresses are never relayed to"},
        {check_allowed_peer, "169.254.169.254", "link-local addresses are never relayed to"},
        {check_allowed_peer, "fe80::/10", "link-local addresses are never relayed to"},

        {check_sfu_address, "192.0.2.1", ""},
        {check_sfu_address, "192.0.2.1:40000", ""},
        {check_sfu_address, "2001:db8::1", ""},
        {check_sfu_address, "[2001:db8::1]:40000", ""},
        {check_sfu_address, "192.0.2.1:0", "expected \"address\""},
        {check_sfu_address, "0.0.0.0:40000", "expected \"address\""},
        {check_sfu_address, "sfu.example:40000", "expected \"address\""},

        {check_converter, "", ""},
        {check_converter, "/usr/bin/conf-convert", ""},
        {check_converter, "unix:/run/libconf/convert.sock", ""},
        {check_converter, "conf-convert", "expected an absolute path"},
        {check_converter, "unix:convert.sock", "expected an absolute path"},
        {check_converter, "unix:", "expected an absolute path"},
        {check_alternate_server, "", ""},
        {check_alternate_server, "192.0.2.8:3478", ""},
        {check_alternate_server, "[2001:db8::8]:3478", ""},
        {check_alternate_server, "192.0.2.8", "expected \"address:port\""},
        {check_alternate_server, "turn.example:3478", "expected \"address:port\""},
        {check_alternate_server, "192.0.2.8:0", "expected \"address:port\""},
    }));
    INFO(c.text);
    const auto said = c.check(c.text);
    CHECK(said.has_value() == !c.wrong.empty());
    if (said) CHECK(said->substr(0, c.wrong.size()) == c.wrong);
}

TEST_CASE("listeners are tidied before they are checked", "[config]") {
    CHECK(tidy_listen("http://localhost:80/") == "http://127.0.0.1:80");
    CHECK(tidy_listen("localhost:80") == "127.0.0.1:80");
    CHECK(tidy_listen("udp://localhost:0") == "udp://127.0.0.1:0");
    CHECK(tidy_listen("localhost.example:80") == "localhost.example:80");
    CHECK(tidy_listen("http://127.0.0.1:80/x") == "http://127.0.0.1:80/x");
    CHECK(tidy_listen("") == "");
}

TEST_CASE("durations have units", "[config]") {
    using std::chrono::seconds;
    CHECK(parse_duration("0") == seconds(0));
    CHECK(parse_duration("90") == seconds(90));
    CHECK(parse_duration("90s") == seconds(90));
    CHECK(parse_duration("10m") == seconds(600));
    CHECK(parse_duration("1h") == seconds(3600));
    CHECK(parse_duration("2d") == seconds(172'800));
    for (const auto* wrong :
         {"", "s", "-1s", "1.5h", "1 h", "1w", "1H", "0x10", "99999999999999999999", "1000000001"}) {
        INFO(wrong);
        CHECK_FALSE(parse_duration(wrong));
    }
}

TEST_CASE("loopback listeners are told from others", "[config]") {
    CHECK(is_loopback_listen("127.0.0.1:80"));
    CHECK(is_loopback_listen("https://127.9.9.9:80"));
    CHECK(is_loopback_listen("[::1]:80"));
    CHECK_FALSE(is_loopback_listen("0.0.0.0:80"));
    CHECK_FALSE(is_loopback_listen("[::]:80"));
    CHECK_FALSE(is_loopback_listen("192.0.2.1:80"));
}

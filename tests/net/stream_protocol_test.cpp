#include "libconf/net/stream_protocol.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;
using net::classify_stream;
using net::stream_protocol;

TEST_CASE("HTTP and TURN on one port are told apart by ALPN and the first bytes", "[net]") {
    struct stream_case {
        std::string why;
        std::string alpn;
        std::string first;
        stream_protocol expected;
    };
    using namespace std::string_literals;
    const std::string allocate = "\x00\x03\x00\x08\x21\x12\xA4\x42"s;
    using enum stream_protocol;
    const auto c = GENERATE_COPY(values<stream_case>({
        {"ALPN decides without a byte", "http/1.1", "", http},
        {"HTTP/2 is HTTP, which will refuse it", "h2", "", http},
        {"RFC 7443", "stun.turn", "", turn},
        {"RFC 7443, the other name", "stun.nat-discovery", "", turn},
        {"ALPN wins over the bytes", "http/1.1", allocate, http},
        {"another protocol", "imap", "GET / HTTP/1.1\r\n", unknown},
        {"nothing yet", "", "", undecided},
        {"a method", "", "GET / HTTP/1.1\r\n", http},
        {"one letter of a method", "", "O", http},
        {"methods have upper case", "", "get", unknown},
        {"an empty line before the method", "", "\r\nGET", http},
        {"half of it", "", "\r", undecided},
        {"CR without LF", "", "\rG", unknown},
        {"an Allocate request", "", allocate, turn},
        {"a Binding request", "", "\x00\x01\x00\x00\x21\x12\xA4\x42"s, turn},
        {"a message that goes on", "", allocate + "more", turn},
        {"its first byte", "", allocate.substr(0, 1), undecided},
        {"its first seven", "", allocate.substr(0, 7), undecided},
        {"another cookie", "", "\x00\x01\x00\x00\x21\x12\xA4\x43"s, unknown},
        {"the cookie goes wrong early", "", "\x00\x01\x00\x00\x22"s, unknown},
        {"a length that is no multiple of 4", "", "\x00\x01\x00\x03"s, unknown},
        {"an indication cannot come first", "", "\x00\x16"s, unknown},
        {"a response neither", "", "\x01\x03"s, unknown},
        {"ChannelData in the range of letters", "", "\x41\x00\x00\x04"s, http},
        {"ChannelData below it", "", "\x40\x00\x00\x04"s, unknown},
        {"TLS within TLS", "", "\x16\x03\x01"s, undecided},
        {"TLS within TLS, enough of it", "", "\x16\x03\x01\x02\x00\x01\x00\x01"s, unknown},
        {"a digit", "", "5", unknown},
        {"a byte above 127", "", "\xff", unknown},
    }));
    INFO(c.why);
    CHECK(classify_stream(c.alpn, as_bytes(c.first)) == c.expected);
}

TEST_CASE("eight bytes are always enough to decide", "[net]") {
    for (unsigned head = 0; head < 0x10000; ++head) {
        std::string first(net::stream_protocol_bytes, '\0');
        first[0] = static_cast<char>(head >> 8);
        first[1] = static_cast<char>(head & 0xFF);
        REQUIRE(classify_stream("", as_bytes(first)) != stream_protocol::undecided);
    }
}

#include "libconf/base/ip_address.hpp"

#include <catch2/catch.hpp>

namespace conf {

TEST_CASE("addresses are read and written", "[base]") {
    struct row {
        std::string text;
        std::optional<std::string> written;
    };
    const auto c = GENERATE(values<row>({
        {"0.0.0.0", "0.0.0.0"},
        {"192.0.2.255", "192.0.2.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"", {}},
        {"192.0.2", {}},
        {"192.0.2.256", {}},
        {"192.0.2.1.1", {}},
        {"192.0.2.01 ", {}},
        {"0x7f.1", {}},
        {"2130706433", {}},
        {"fe80::1%eth0", {}},
        {"[::1]", {}},
        {":::", {}},
        {"localhost", {}},
        {std::string("192.0.2.1\0", 10), {}},
        {std::string(1000, '1'), {}},
    }));
    INFO(c.text);
    const auto parsed = ip_address::parse(c.text);
    REQUIRE(parsed.has_value() == c.written.has_value());
    if (parsed) {
        CHECK(parsed->to_string() == *c.written);
        CHECK(ip_address::from_bytes(parsed->raw()) == *parsed);
    }
}

TEST_CASE("IPv4 addresses are numbers too", "[base]") {
    CHECK(ip_address::v4(0xC0000201).to_string() == "192.0.2.1");
    CHECK(ip_address::parse("192.0.2.1")->to_v4() == 0xC0000201);
    CHECK(ip_address().to_string() == "0.0.0.0");
}

TEST_CASE("what an address is good for", "[base]") {
    struct row {
        std::string text;
        bool unspecified, loopback, multicast, link_local;
    };
    const auto c = GENERATE(values<row>({
        {"0.0.0.0", true, false, false, false},
        {"::", true, false, false, false},
        {"0.0.0.1", false, false, false, false},
        {"127.0.0.1", false, true, false, false},
        {"127.255.255.255", false, true, false, false},
        {"128.0.0.1", false, false, false, false},
        {"::1", false, true, false, false},
        {"::2", false, false, false, false},
        {"::ffff:127.0.0.1", false, false, false, false},  // another address, whoever it reaches
        {"223.255.255.255", false, false, false, false},
        {"224.0.0.0", false, false, true, false},
        {"239.255.255.255", false, false, true, false},
        {"240.0.0.0", false, false, false, false},
        {"ff02::1", false, false, true, false},
        {"169.253.255.255", false, false, false, false},
        {"169.254.0.0", false, false, false, true},
        {"fe80::", false, false, false, true},
        {"febf:ffff::", false, false, false, true},
        {"fec0::", false, false, false, false},
    }));
    INFO(c.text);
    const auto ip = ip_address::parse(c.text).value();
    CHECK(ip.is_unspecified() == c.unspecified);
    CHECK(ip.is_loopback() == c.loopback);
    CHECK(ip.is_multicast() == c.multicast);
    CHECK(ip.is_link_local() == c.link_local);
}

TEST_CASE("endpoints are read and written", "[base]") {
    for (const std::string text : {"192.0.2.1:80", "0.0.0.0:0", "[2001:db8::1]:65535"}) {
        CHECK(endpoint::parse(text).value().to_string() == text);
    }
    for (const std::string text :
         {"192.0.2.1", "192.0.2.1:", ":80", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+1", "192.0.2.1: 1",
          "2001:db8::1:80", "[192.0.2.1]:80", "[::1]", "[::1:80", "::1]:80", ""}) {
        INFO(text);
        CHECK_FALSE(endpoint::parse(text));
    }
}

TEST_CASE("prefixes contain what they say", "[base]") {
    struct row {
        std::string prefix, address;
        bool inside;
    };
    const auto c = GENERATE(values<row>({
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"0.0.0.0/0", "255.255.255.255", true},
        {"0.0.0.0/0", "::", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"2001:db8::/33", "2001:db8:7fff:ffff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "ffff::", true},
        {"::/0", "1.2.3.4", false},
        {"::1/128", "::1", true},
        {"::ffff:0:0/96", "::ffff:10.0.0.1", true},
        {"::ffff:0:0/96", "10.0.0.1", false},
    }));
    INFO(c.prefix << " " << c.address);
    CHECK(ip_prefix::parse(c.prefix).value().contains(ip_address::parse(c.address).value()) == c.inside);
}

TEST_CASE("prefixes with bits behind their length are refused", "[base]") {
    for (const std::string text :
         {"10.0.0.1/8", "192.0.2.129/25", "2001:db8::1/64", "10.0.0.0/33", "::/129", "10.0.0.0/",
          "10.0.0.0/x", "/8", "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/256"}) {
        INFO(text);
        CHECK_FALSE(ip_prefix::parse(text));
    }
    CHECK(ip_prefix::parse("192.0.2.1").value().to_string() == "192.0.2.1/32");
    CHECK(ip_prefix::parse("2001:db8::/32").value().to_string() == "2001:db8::/32");
}

TEST_CASE("hashes differ by address, port and seed", "[base]") {
    const auto a = endpoint::parse("192.0.2.1:1000").value();
    const auto b = endpoint::parse("192.0.2.1:1001").value();
    const auto c = endpoint::parse("[c000:201::]:1000").value();  // the same first four bytes
    CHECK(hash_of(a, 1) == hash_of(a, 1));
    CHECK(hash_of(a, 1) != hash_of(b, 1));
    CHECK(hash_of(a, 1) != hash_of(c, 1));
    CHECK(hash_of(a, 1) != hash_of(a, 2));
    CHECK(a != c);
}

}  // namespace conf

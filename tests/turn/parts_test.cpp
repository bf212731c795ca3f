/// The small parts of the TURN core, each by itself: ports, quotas, nonces, credentials, framing, the source
/// limiter.
#include "libconf/crypto/base64.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/turn/channel_data.hpp"
#include "libconf/turn/credentials.hpp"
#include "libconf/turn/nonce.hpp"
#include "libconf/turn/peer_policy.hpp"
#include "libconf/turn/source_limiter.hpp"
#include "tests/turn/fixture.hpp"

#include <set>

namespace conf::turn::test {
namespace {

crypto::keyed_random dice(std::uint64_t seed) {
    return crypto::keyed_random(crypto::key_from_seed(seed));
}

}  // namespace

TEST_CASE("the port table hands out every port of each family once", "[turn]") {
    port_table ports(65000, 65535);
    auto random = dice(1);
    for (const auto family : {ip_family::v4, ip_family::v6}) {
        std::set<std::uint16_t> taken;
        while (const auto port = ports.take(family, port_parity::any, 3, random)) {
            REQUIRE(taken.insert(*port).second);
            REQUIRE(*port >= 65000);
            REQUIRE(ports.owner(family, *port) == 3);
        }
        CHECK(taken.size() == ports.size());
    }
    CHECK(ports.in_use() == 2 * 536);
    for (std::uint32_t port = 65000; port <= 65535; ++port)
        ports.release(ip_family::v4, static_cast<std::uint16_t>(port));
    CHECK(ports.in_use() == 536);
    CHECK_FALSE(ports.owner(ip_family::v4, 65535));
    CHECK(ports.owner(ip_family::v6, 65535) == 3);
    CHECK_FALSE(ports.owner(ip_family::v4, 64999));
}

TEST_CASE("a whole range of ports is possible", "[turn]") {
    port_table ports(1, 65535);
    auto random = dice(1);
    CHECK(ports.size() == 65535);
    const auto port = ports.take(ip_family::v4, port_parity::even_and_reserve_next, 0, random);
    REQUIRE(port);
    CHECK(*port % 2 == 0);
}

TEST_CASE("a reservation is taken once, by its token", "[turn]") {
    port_table ports(50000, 50003);
    auto random = dice(1);
    const auto even = ports.take(ip_family::v6, port_parity::even_and_reserve_next, 0, random).value();
    const auto token = ports.reserve_next(ip_family::v6, even, random).value();
    CHECK_FALSE(ports.reserve_next(ip_family::v6, even, random));
    CHECK_FALSE(ports.owner(ip_family::v6, static_cast<std::uint16_t>(even + 1)));
    CHECK(ports.in_use() == 1);
    SECTION("and then its end changes nothing") {
        const auto claimed = ports.claim(token, 2).value();
        CHECK(claimed.port == even + 1);
        CHECK(claimed.family == ip_family::v6);
        CHECK(ports.owner(ip_family::v6, claimed.port) == 2);
        CHECK_FALSE(ports.claim(token, 2));
        ports.cancel(token);
        CHECK(ports.owner(ip_family::v6, claimed.port) == 2);
        ports.release(ip_family::v6, claimed.port);
        CHECK_FALSE(ports.claim(token, 2));
    }
    SECTION("or ends") {
        ports.cancel(token);
        CHECK_FALSE(ports.claim(token, 2));
        CHECK(ports.reserve_next(ip_family::v6, even, random).value() != token);
    }
    SECTION("a token of zeros or ones is none") {
        reservation_token none{};
        CHECK_FALSE(ports.claim(none, 0));
        none.fill(std::byte{0xFF});
        CHECK_FALSE(ports.claim(none, 0));
        ports.cancel(none);
    }
}

TEST_CASE("the quota book counts by user, address and in total", "[turn]") {
    using verdict = quota_book::verdict;
    using kind = quota_book::user_kind;
    plain_quota_book book;
    const turn_limits limits{.allocations_per_credential = 2,
                             .allocations_per_user = 3,
                             .allocations_per_address = 4,
                             .allocations_total = 6};
    const auto a = ip("192.0.2.1");
    const auto b = ip("192.0.2.2");
    CHECK(book.enter("u", kind::time_limited, a, limits) == verdict::admitted);
    CHECK(book.enter("u", kind::time_limited, a, limits) == verdict::admitted);
    CHECK(book.enter("u", kind::time_limited, a, limits) == verdict::user_has_too_many);
    CHECK(book.enter("s", kind::fixed, a, limits) == verdict::admitted);
    CHECK(book.enter("s", kind::fixed, a, limits) == verdict::admitted);
    CHECK(book.enter("s", kind::fixed, a, limits) == verdict::user_has_too_many);  // the address has four
    CHECK(book.enter("s", kind::fixed, b, limits) == verdict::admitted);
    CHECK(book.enter("s", kind::fixed, b, limits) == verdict::user_has_too_many);
    CHECK(book.enter("t", kind::fixed, b, limits) == verdict::admitted);
    CHECK(book.enter("v", kind::fixed, b, limits) == verdict::server_is_full);
    CHECK(book.total() == 6);
    CHECK(book.users() == 3);
    for (const auto* user : {"u", "u", "s", "s"}) book.leave(user, a);
    for (const auto* user : {"s", "t"}) book.leave(user, b);
    CHECK(book.total() == 0);
    CHECK(book.users() == 0);
}

TEST_CASE("one client address is an IPv4 address or an IPv6 /64", "[turn]") {
    CHECK(source_of(ip("192.0.2.1")) == ip("192.0.2.1"));
    CHECK(source_of(ip("2001:db8:1:2:3:4:5:6")) == ip("2001:db8:1:2::"));
}

TEST_CASE("nonces are made of time, address and key", "[turn]") {
    const nonce_maker maker(crypto::key_from_seed(1));
    const nonce_maker stranger(crypto::key_from_seed(2));
    const auto who = ip("192.0.2.1");
    const instant now{5000s};
    const auto made = maker.make(who, now);
    const auto text = as_bytes(std::string_view(made.data(), made.size()));
    CHECK(maker.is_fresh(text, who, now));
    CHECK(maker.is_fresh(text, who, now + nonce_lifetime));
    CHECK_FALSE(maker.is_fresh(text, who, now + nonce_lifetime + 1s));
    CHECK_FALSE(maker.is_fresh(text, who, now - 1s));
    CHECK_FALSE(maker.is_fresh(text, ip("192.0.2.2"), now));
    CHECK_FALSE(maker.is_fresh(text, ip("::"), now));
    CHECK_FALSE(stranger.is_fresh(text, who, now));
    CHECK(maker.make(who, now) == made);
    CHECK(maker.make(who, now + 1s) != made);
    for (std::size_t i = 0; i < made.size(); ++i) {
        auto wrong = made;
        wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
        REQUIRE_FALSE(maker.is_fresh(as_bytes(std::string_view(wrong.data(), wrong.size())), who, now));
    }
    CHECK_FALSE(maker.is_fresh({}, who, now));
}

TEST_CASE("names of time-limited credentials", "[turn]") {
    struct row {
        std::string name;
        std::optional<std::int64_t> expiry;
    };
    const auto c = GENERATE(values<row>({{"1900000000:dodo", 1'900'000'000},
                                         {"1900000000", 1'900'000'000},
                                         {"1900000000:", 1'900'000'000},
                                         {"0:x", 0},
                                         {"9223372036854775807:x", 9'223'372'036'854'775'807},
                                         {"9223372036854775808:x", {}},
                                         {"-1:x", {}},
                                         {"+1:x", {}},
                                         {" 1:x", {}},
                                         {"1 :x", {}},
                                         {"0x10:x", {}},
                                         {"1.5:x", {}},
                                         {":x", {}},
                                         {"", {}},
                                         {"alice", {}}}));
    INFO(c.name);
    const auto got = rest_expiry(c.name);
    REQUIRE(got.has_value() == c.expiry.has_value());
    if (got) CHECK(got->time_since_epoch().count() == *c.expiry);
}

TEST_CASE("the password is the HMAC of the name", "[turn]") {
    CHECK(rest_password("secret", "1900000000:dodo") ==
          crypto::base64(crypto::hmac_sha1(as_bytes("secret"), {as_bytes("1900000000:dodo")})));
    CHECK(rest_password("secret", "1:a") != rest_password("secret", "2:a"));
    CHECK(rest_password("secret", "1:a").size() == 28);
}

TEST_CASE("frames of a stream", "[turn]") {
    using state = frame::state;
    struct row {
        std::string why;
        std::string begin;
        std::size_t size;  // of the buffer, filled up with zeros
        state is;
        std::size_t bytes;
    };
    const std::string channel("\x40\x00\x00\x05", 4);
    const std::string stun("\x00\x01\x00\x08\x21\x12\xA4\x42", 8);
    const auto c = GENERATE_COPY(values<row>({
        {"nothing", "", 0, state::incomplete, 0},
        {"a part of a channel's header", channel, 3, state::incomplete, 0},
        {"a channel's header", channel, 4, state::incomplete, 12},
        {"without its padding", channel, 9, state::incomplete, 12},
        {"with its padding", channel, 12, state::complete, 12},
        {"and more", channel, 100, state::complete, 12},
        {"the last channel number", std::string("\x4F\xFF\x00\x00", 4), 4, state::complete, 4},
        {"the largest message", std::string("\x40\x00\xFF\xFF", 4), 65540, state::complete, 65540},
        {"a part of a STUN header", stun, 19, state::incomplete, 0},
        {"a STUN header", stun, 20, state::incomplete, 28},
        {"a STUN message", stun, 28, state::complete, 28},
        {"no cookie", std::string("\x00\x01\x00\x08\x21\x12\xA4\x43", 8), 28, state::invalid, 0},
        {"an odd length", std::string("\x00\x01\x00\x07\x21\x12\xA4\x42", 8), 28, state::invalid, 0},
        {"DTLS", "\x16\xFE\xFD", 28, state::invalid, 0},
        {"HTTP", "GET /", 28, state::complete, 28},  // G is a channel number; the size is checked below
        {"what no channel has", "\x50", 28, state::invalid, 0},
        {"a byte of 4", "\x04", 1, state::invalid, 0},
        {"RTP", "\x80", 28, state::invalid, 0},
    }));
    INFO(c.why);
    auto text = c.begin;
    text.resize(c.size, '\0');
    const auto got = next_frame(as_bytes(text));
    if (c.why == "HTTP") {
        // 0x4745 lies in the channel range, so it looks like a long message and waits for its end.
        CHECK(got.is == state::incomplete);
        CHECK(got.bytes == 4 + align4(0x5420));
        return;
    }
    CHECK(got.is == c.is);
    CHECK(got.bytes == c.bytes);
}

TEST_CASE("every cut of a stream gives the same frames", "[turn]") {
    std::string stream;
    stream += std::string("\x40\x00\x00\x05hello\0\0\0", 12);
    stream += std::string("\x00\x01\x00\x00\x21\x12\xA4\x42", 8) + std::string(12, 'i');
    stream += std::string("\x4F\xFF\x00\x00", 4);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        std::vector<std::size_t> sizes;
        std::string buffer;
        for (const auto& part : {stream.substr(0, cut), stream.substr(cut)}) {
            buffer += part;
            for (auto next = next_frame(as_bytes(buffer)); next.is == frame::state::complete;
                 next = next_frame(as_bytes(buffer))) {
                sizes.push_back(next.bytes);
                buffer.erase(0, next.bytes);
            }
        }
        REQUIRE(sizes == std::vector<std::size_t>{12, 20, 4});
        REQUIRE(buffer.empty());
    }
}

TEST_CASE("the source limiter", "[turn]") {
    source_limiter limiter(1);
    const auto who = ip("192.0.2.1");
    const instant now{100s};
    SECTION("admits so many a second") {
        for (int i = 0; i < 10; ++i) CHECK(limiter.admits(who, 10, now + i * 99ms));
        CHECK_FALSE(limiter.admits(who, 10, now + 999ms));
        CHECK(limiter.admits(who, 10, now + 1s));
    }
    SECTION("or none at all when the limit is lowered") {
        for (int i = 0; i < 5; ++i) CHECK(limiter.admits(who, 10, now));
        CHECK_FALSE(limiter.admits(who, 5, now));
    }
    SECTION("zero is no limit") {
        for (int i = 0; i < 100; ++i) CHECK(limiter.admits(who, 0, now));
    }
    SECTION("few of many sources share a slot") {
        int refused = 0;
        for (int round = 0; round < 2; ++round) {
            for (std::uint32_t i = 0; i < 1000; ++i) {
                refused += limiter.admits(ip_address::v4(0x09000000 + i), 1, now) ? 0 : 1;
            }
        }
        CHECK(refused > 850);
        CHECK(refused <= 1000);
    }
}

TEST_CASE("the policy, beside the tables of addresses", "[turn]") {
    policy_options with{
        .mode = turn_peer_policy::deny_list,
        .sfu = {{ip("10.0.0.5"), 7000}},
        .allowed = {ip_prefix::parse("10.1.0.0/16").value(), ip_prefix::parse("0.0.0.0/1").value()},
        .own = {ip("9.9.9.1")},
        .own_services = {at("9.9.9.2:5432"), at("[::]:3478")}};
    const peer_policy policy(with);
    CHECK(policy.allows(at("10.0.0.5:7000")));
    CHECK(policy.allows(at("10.1.2.3:1")));
    CHECK_FALSE(policy.allows(at("127.0.0.1:1")));  // half the Internet is not loopback
    CHECK_FALSE(policy.allows(at("9.9.9.2:5432")));
    CHECK(policy.allows(at("9.9.9.2:5433")));
    CHECK_FALSE(policy.allows(at("[2620:fe::9]:3478")));
    CHECK(policy.allows(at("[2620:fe::9]:3479")));
    CHECK_FALSE(policy.allows(at("9.9.9.9:0")));
    // What needs no second look must be open as a whole.
    CHECK(policy.is_port_blind(ip("10.1.2.3")));
    CHECK_FALSE(policy.is_port_blind(ip("9.9.9.2")));
    CHECK_FALSE(policy.is_port_blind(ip("2620:fe::9")));

    with.allowed.clear();
    const peer_policy strict(with);
    CHECK_FALSE(strict.is_port_blind(ip("10.0.0.5")));
    CHECK_FALSE(strict.is_port_blind(ip("9.9.9.1")));
    CHECK(strict.is_port_blind(ip("9.9.9.9")));
    for (const auto* text :
         {"9.9.9.9", "9.9.9.1", "9.9.9.2", "10.0.0.5", "10.1.2.3", "127.0.0.1", "2620:fe::9"}) {
        for (const auto* any : {&policy, &strict}) {
            INFO(text);
            if (!any->is_port_blind(ip(text))) continue;
            for (const auto port : std::to_array<std::uint16_t>({1, 22, 3478, 5432, 7000, 7001})) {
                CHECK(any->allows({ip(text), port}));
            }
        }
    }
}

}  // namespace conf::turn::test

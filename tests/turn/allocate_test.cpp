/// RFC 8656 §7: Allocate, in the order of its checks.
#include "tests/turn/fixture.hpp"

#include <set>

namespace conf::turn::test {
namespace {

struct refused_case {
    std::string why;
    attributes with;
    int error;
};

const auto transport = attribute_type::requested_transport;
const auto requested = attribute_type::requested_address_family;
const auto additional = attribute_type::additional_address_family;

}  // namespace

TEST_CASE("an allocation", "[turn]") {
    fixture fix;
    visitor alice;
    const auto got = fix.allocate(alice);
    REQUIRE(got.success());
    REQUIRE(got.relayed().size() == 1);
    const auto relayed = got.relayed()[0];
    CHECK(relayed.ip == relay_v4);
    CHECK(relayed.port >= 50000);
    CHECK(relayed.port <= 50999);
    CHECK(got.address(attribute_type::xor_mapped_address) == alice.remote);
    CHECK(got.number(attribute_type::lifetime) == 600);
    CHECK_FALSE(got.find(attribute_type::reservation_token));
    CHECK_FALSE(got.find(attribute_type::address_error_code));
    CHECK(fix.open.size() == 1);
    CHECK(fix.open.begin()->second == relayed);
    CHECK(fix.ports.owner(ip_family::v4, relayed.port) == 0);
    CHECK(fix.core.count().allocations == 1);
    CHECK(fix.core.count().allocations_created == 1);
    REQUIRE(fix.events.size() == 1);
    CHECK(fix.events[0].what == turn_event::kind::allocated);
    CHECK(fix.events[0].user == "alice");
    CHECK(fix.events[0].client == alice.remote);
    CHECK(fix.events[0].relayed == relayed);
}

TEST_CASE("what an Allocate request may not say", "[turn]") {
    const auto c = GENERATE(values<refused_case>({
        {"no transport", {}, 400},
        {"a transport of three bytes", raw(transport, std::string_view("\x11\0\0", 3)), 400},
        {"TCP towards peers", requested_transport(6), 442},
        {"no protocol at all", requested_transport(0), 442},
        {"the transport comes before the families",
         both(requested_transport(6), both(family(requested, 1), family(additional, 2))), 442},
        {"both kinds of family",
         both(requested_transport(), both(family(requested, 1), family(additional, 2))), 400},
        {"a family that nobody knows", both(requested_transport(), family(requested, 3)), 440},
        {"family zero", both(requested_transport(), family(requested, 0)), 440},
        {"a family of one byte", both(requested_transport(), raw(requested, "\1")), 400},
        {"IPv4 as the additional family", both(requested_transport(), family(additional, 1)), 400},
        {"an unknown additional family", both(requested_transport(), family(additional, 3)), 400},
        {"a pair of ports in two families",
         both(requested_transport(), both(even_port(true), family(additional, 2))), 400},
        {"an even port of no bytes", both(requested_transport(), raw(attribute_type::even_port, "")), 400},
        {"an even port of four bytes",
         both(requested_transport(), raw(attribute_type::even_port, std::string_view("\x80\0\0\0", 4))), 400},
        {"a token with an even port", both(requested_transport(), both(reservation({}), even_port(false))),
         400},
        {"a token with a family", both(requested_transport(), both(reservation({}), family(requested, 1))),
         400},
        {"a token with another family",
         both(requested_transport(), both(reservation({}), family(additional, 2))), 400},
        {"a token of seven bytes",
         both(requested_transport(), raw(attribute_type::reservation_token, "1234567")), 400},
        {"a token that nobody gave", both(requested_transport(), reservation({})), 508},
        {"a lifetime of two bytes", both(requested_transport(), raw(attribute_type::lifetime, "\1\2")), 400},
    }));
    INFO(c.why);
    fixture fix;
    visitor alice;
    CHECK(fix.ask(alice, method::allocate, c.with).error() == c.error);
    CHECK(fix.core.empty());
    CHECK(fix.ports.in_use() == 0);
    CHECK(fix.quotas.total() == 0);
    CHECK(fix.open.empty());
    REQUIRE(fix.events.size() == 1);
    CHECK(fix.events[0].what == turn_event::kind::refused);
    CHECK(static_cast<int>(fix.events[0].why) == c.error);
}

TEST_CASE("lifetimes are bounded", "[turn]") {
    struct row {
        std::optional<std::uint32_t> wanted;
        std::uint32_t granted;
    };
    const auto c = GENERATE(values<row>({{{}, 600},
                                         {0, 600},
                                         {1, 600},
                                         {599, 600},
                                         {600, 600},
                                         {601, 601},
                                         {3600, 3600},
                                         {3601, 3600},
                                         {0xFFFFFFFF, 3600}}));
    fixture fix;
    visitor alice;
    const auto got = fix.allocate(alice, c.wanted ? lifetime(*c.wanted) : attributes{});
    CHECK(got.number(attribute_type::lifetime) == c.granted);
    fix.advance(std::chrono::seconds(c.granted) - 1us);
    CHECK(fix.core.count().allocations == 1);
    fix.advance(1us);
    CHECK(fix.core.empty());
    CHECK(fix.open.empty());
}

TEST_CASE("the same request is answered the same way again", "[turn]") {
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    const auto request = fix.signed_request(alice, method::allocate, requested_transport(), fix.next_id());
    const auto first = fix.receive(alice, request);
    const auto second = fix.receive(alice, request);
    REQUIRE(first.size() == 1);
    REQUIRE(second.size() == 1);
    CHECK(first[0].data == second[0].data);
    CHECK(fix.core.count().allocations_created == 1);
    CHECK(fix.ports.in_use() == 1);
    // Also after ten minutes of refreshes, as long as the nonce allows.
    fix.advance(590s);
    CHECK(fix.refresh(alice, 600).success());
    CHECK(fix.receive(alice, request).size() == 1);
}

TEST_CASE("a second allocation needs a second 5-tuple", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    CHECK(fix.allocate(alice).error() == 437);
    // 437 comes before anything is read of the request.
    CHECK(fix.ask(alice, method::allocate).error() == 437);
    CHECK(fix.core.count().allocations == 1);
    visitor other_port = alice;
    other_port.remote.port = 1001;
    CHECK(fix.allocate(other_port).success());
    visitor other_socket = alice;
    other_socket.socket = 2;
    CHECK(fix.allocate(other_socket).success());
    CHECK(fix.core.count().allocations == 3);
}

TEST_CASE("families of one kind", "[turn]") {
    struct row {
        std::string why;
        bool v4, v6;
        attributes with;
        int error;
        std::vector<ip_family> relayed;
        int other_error;
    };
    const auto v4 = ip_family::v4;
    const auto v6 = ip_family::v6;
    const auto c = GENERATE_COPY(values<row>({
        {"nothing asked", true, true, {}, 0, {v4}, 0},
        {"IPv4 asked", true, true, family(requested, 1), 0, {v4}, 0},
        {"IPv6 asked", true, true, family(requested, 2), 0, {v6}, 0},
        {"both asked", true, true, family(additional, 2), 0, {v4, v6}, 0},
        {"IPv6 asked where there is none", true, false, family(requested, 2), 440, {}, 0},
        {"IPv4 meant where there is none", false, true, {}, 440, {}, 0},
        {"IPv4 asked where there is none", false, true, family(requested, 1), 440, {}, 0},
        {"both asked, no IPv6 here", true, false, family(additional, 2), 0, {v4}, 440},
        {"both asked, no IPv4 here", false, true, family(additional, 2), 0, {v6}, 440},
        {"nothing here", false, false, {}, 440, {}, 0},
    }));
    INFO(c.why);
    setup how;
    how.v4 = c.v4;
    how.v6 = c.v6;
    fixture fix(how);
    visitor alice;
    const auto got = fix.allocate(alice, c.with);
    CHECK(got.error() == c.error);
    CHECK(fix.open.size() == c.relayed.size());
    if (c.error != 0) return;
    const auto relayed = got.relayed();
    REQUIRE(relayed.size() == c.relayed.size());
    for (std::size_t i = 0; i < relayed.size(); ++i) CHECK(relayed[i].ip.family() == c.relayed[i]);
    const auto other = got.find(attribute_type::address_error_code);
    CHECK(other.has_value() == (c.other_error != 0));
    if (other) {
        CHECK(stun::read_error_code(*other) == c.other_error);
        CHECK(load_u8(*other, 0) == (c.v4 ? 2 : 1));
    }
}

TEST_CASE("a family without a single port", "[turn]") {
    setup how;
    how.first_port = how.last_port = 50000;
    fixture fix(how);
    visitor first{.remote = at("198.51.100.7:1")};
    visitor second{.remote = at("198.51.100.7:2")};
    visitor third{.remote = at("198.51.100.7:3")};
    REQUIRE(fix.allocate(first, family(requested, 2)).success());
    const auto got = fix.allocate(second, family(additional, 2));
    REQUIRE(got.success());
    CHECK(got.relayed().size() == 1);
    CHECK(got.relayed()[0].ip == relay_v4);
    CHECK(stun::read_error_code(got.find(attribute_type::address_error_code).value()) == 508);
    CHECK(load_u8(got.find(attribute_type::address_error_code).value(), 0) == 2);
    // Now none of both is left.
    CHECK(fix.allocate(third, family(additional, 2)).error() == 508);
    CHECK(fix.core.count().allocations == 2);
    CHECK(fix.core.count().capacity_refusals == 1);
    CHECK(fix.quotas.total() == 2);
    // A port that comes back is used again.
    REQUIRE(fix.refresh(first, 0).success());
    CHECK(fix.allocate(third, family(requested, 2)).success());
}

TEST_CASE("all ports are used and then no more", "[turn]") {
    setup how;
    how.last_port = 50009;
    fixture fix(how);
    std::set<std::uint16_t> ports;
    for (std::uint16_t i = 1; i <= 10; ++i) {
        visitor one{.remote = {ip("198.51.100.7"), i}};
        const auto got = fix.allocate(one);
        REQUIRE(got.success());
        ports.insert(got.relayed()[0].port);
    }
    CHECK(ports.size() == 10);
    visitor late{.remote = {ip("198.51.100.7"), 11}};
    CHECK(fix.allocate(late).error() == 508);
    CHECK(fix.events.back().why == error_code::insufficient_capacity);
}

TEST_CASE("ports are not handed out in a row", "[turn]") {
    fixture fix;
    std::vector<std::uint16_t> ports;
    for (std::uint16_t i = 1; i <= 20; ++i) {
        visitor one{.remote = {ip("198.51.100.7"), i}};
        ports.push_back(fix.allocate(one).relayed()[0].port);
    }
    int neighbours = 0;
    for (std::size_t i = 1; i < ports.size(); ++i) neighbours += ports[i] == ports[i - 1] + 1 ? 1 : 0;
    CHECK(neighbours <= 2);
}

TEST_CASE("a port that another program holds", "[turn]") {
    fixture fix;
    visitor alice;
    SECTION("is passed over") {
        fix.binds_that_fail = port_attempts_max - 1;
        const auto got = fix.allocate(alice);
        CHECK(got.success());
        CHECK(fix.binds == port_attempts_max);
        CHECK(fix.ports.in_use() == 1);
    }
    SECTION("and another, until it is enough") {
        fix.binds_that_fail = port_attempts_max;
        CHECK(fix.allocate(alice).error() == 508);
        CHECK(fix.binds == port_attempts_max);
        CHECK(fix.ports.in_use() == 0);
        CHECK(fix.quotas.total() == 0);
        CHECK(fix.core.empty());
        CHECK(fix.core.count().capacity_refusals == 1);
        REQUIRE(fix.events.size() == 1);
        CHECK(fix.events[0].what == turn_event::kind::refused);
        CHECK(fix.allocate(alice).success());
    }
    SECTION("of one family leaves the other") {
        const auto lost = GENERATE(ip_family::v4, ip_family::v6);
        fix.bind_fails = [&](const endpoint& where) { return where.ip.family() == lost; };
        const auto got = fix.allocate(alice, family(additional, 2));
        REQUIRE(got.success());
        REQUIRE(got.relayed().size() == 1);
        CHECK(got.relayed()[0].ip.family() != lost);
        CHECK(fix.binds == 1 + port_attempts_max);
        CHECK(load_u8(got.find(attribute_type::address_error_code).value(), 0) == static_cast<int>(lost));
        CHECK(stun::read_error_code(got.find(attribute_type::address_error_code).value()) == 508);
        CHECK(fix.ports.in_use() == 1);
    }
    SECTION("of both is a refusal") {
        fix.binds_that_fail = 2 * port_attempts_max;
        CHECK(fix.allocate(alice, family(additional, 2)).error() == 508);
        CHECK(fix.ports.in_use() == 0);
        CHECK(fix.core.empty());
    }
    SECTION("does not cost a pair its parity") {
        fix.binds_that_fail = 5;
        const auto got = fix.allocate(alice, even_port(true));
        REQUIRE(got.success());
        CHECK(got.relayed()[0].port % 2 == 0);
    }
}

TEST_CASE("behind 1:1 NAT clients learn the public address", "[turn]") {
    setup how;
    how.announce_external = true;
    fixture fix(how);
    visitor alice;
    const auto got = fix.allocate(alice);
    CHECK(got.relayed()[0].ip == ip("203.0.113.1"));
    CHECK(fix.open.begin()->second.ip == ip("10.1.1.1"));
    CHECK(fix.open.begin()->second.port == got.relayed()[0].port);
}

TEST_CASE("a draining server takes nobody new", "[turn]") {
    fixture fix;
    visitor alice;
    visitor bob{.remote = at("198.51.100.8:1000"), .user = "bob", .password = "builder"};
    REQUIRE(fix.allocate(alice).success());
    fix.core.drain();
    CHECK(fix.core.draining());
    SECTION("and names no other") {
        CHECK(fix.allocate(bob).error() == 508);
        CHECK(fix.core.count().capacity_refusals == 1);
    }
    SECTION("and names the other") {
        const auto other = GENERATE(at("192.0.2.77:3478"), at("[2001:db8::77]:3478"));
        auto with = plain_settings();
        with.alternate_server = other;
        fix.core.reconfigure(with);
        const auto got = fix.allocate(bob);
        CHECK(got.error() == 300);
        CHECK(stun::read_address(got.find(attribute_type::alternate_server).value()) == other);
        CHECK(fix.core.count().error_responses == 1);
    }
    // Who is in stays, with everything.
    CHECK(fix.refresh(alice, 600).success());
    CHECK(fix.permit(alice, {peer_a}).success());
    CHECK(fix.bind(alice, 0x4000, peer_a).success());
    CHECK(fix.send(alice, peer_a, "x").size() == 1);
    CHECK(fix.ask_unsigned(bob, method::binding).success());
    CHECK_FALSE(fix.core.empty());
    CHECK(fix.refresh(alice, 0).success());
    CHECK(fix.core.empty());
}

TEST_CASE("even ports", "[turn]") {
    fixture fix;
    for (std::uint16_t i = 1; i <= 40; ++i) {
        visitor one{.remote = {ip("198.51.100.7"), i}};
        const auto got = fix.allocate(one, even_port(false));
        REQUIRE(got.success());
        REQUIRE(got.relayed()[0].port % 2 == 0);
        REQUIRE_FALSE(got.find(attribute_type::reservation_token));
    }
    visitor dual{.remote = {ip("198.51.100.7"), 41}};
    const auto got = fix.allocate(dual, both(even_port(false), family(additional, 2)));
    REQUIRE(got.relayed().size() == 2);
    CHECK(got.relayed()[0].port % 2 == 0);
    CHECK(got.relayed()[1].port % 2 == 0);
}

TEST_CASE("a stream's end is its allocation's end", "[turn]") {
    fixture fix;
    visitor alice{.socket = 9, .protocol = client_protocol::tcp};
    REQUIRE(fix.allocate(alice).success());
    fix.core.handle_client_gone(9, alice.remote, fix.now, fix.out);
    REQUIRE(fix.out.commands.size() == 1);
    CHECK(fix.out.commands[0].what == relay_command::action::close);
    fix.out.clear();
    fix.open.clear();
    CHECK(fix.core.empty());
    CHECK(fix.ports.in_use() == 0);
    CHECK(fix.quotas.total() == 0);
    // A stranger's end is nothing.
    fix.core.handle_client_gone(9, alice.remote, fix.now, fix.out);
    CHECK(fix.out.commands.empty());
    CHECK(fix.out.events.empty());
}

}  // namespace conf::turn::test

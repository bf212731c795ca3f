/// RFC 8656 §8: Refresh.
#include "tests/turn/fixture.hpp"

namespace conf::turn::test {
namespace {

const auto requested = attribute_type::requested_address_family;
const auto dual = family(attribute_type::additional_address_family, 2);

}  // namespace

TEST_CASE("a refresh prolongs", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    fix.advance(599s);
    const auto got = fix.refresh(alice, 700);
    REQUIRE(got.success());
    CHECK(got.number(attribute_type::lifetime) == 700);
    fix.advance(700s - 1us);
    CHECK(fix.core.count().allocations == 1);
    fix.advance(1us);
    CHECK(fix.core.empty());
    CHECK(fix.ports.in_use() == 0);
    CHECK(fix.quotas.total() == 0);
    CHECK(fix.quotas.users() == 0);
    CHECK_FALSE(fix.core.deadline());
}

TEST_CASE("an expiry is an event and closes the relay", "[turn]") {
    fixture fix;
    visitor alice;
    const auto relayed = fix.allocate(alice).relayed()[0];
    fix.now += 600s;
    fix.core.handle_timeout(fix.now, fix.out);
    REQUIRE(fix.out.events.size() == 1);
    CHECK(fix.out.events[0].what == turn_event::kind::expired);
    CHECK(fix.out.events[0].relayed == relayed);
    REQUIRE(fix.out.commands.size() == 1);
    CHECK(fix.out.commands[0].what == relay_command::action::close);
    CHECK(fix.out.commands[0].relay == fix.the_relay());
}

TEST_CASE("a shorter lifetime than before is granted too", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, lifetime(3600)).success());
    REQUIRE(fix.refresh(alice, 600).number(attribute_type::lifetime) == 600);
    fix.advance(600s);
    CHECK(fix.core.empty());
}

TEST_CASE("a lifetime of zero deletes", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    const auto got = fix.refresh(alice, 0);
    CHECK(got.success());
    CHECK(got.number(attribute_type::lifetime) == 0);
    CHECK(fix.core.empty());
    CHECK(fix.open.empty());
    REQUIRE(fix.events.size() == 1);
    CHECK(fix.events[0].what == turn_event::kind::deleted);
    // Once more is a mismatch, which a client takes for success (RFC 8656 §8.3).
    CHECK(fix.refresh(alice, 0).error() == 437);
    CHECK(fix.allocate(alice).success());
}

TEST_CASE("without an allocation there is nothing to refresh, permit or bind", "[turn]") {
    fixture fix;
    visitor alice;
    CHECK(fix.refresh(alice, 600).error() == 437);
    CHECK(fix.permit(alice, {peer_a}).error() == 437);
    CHECK(fix.bind(alice, 0x4000, peer_a).error() == 437);
    // Whatever else is wrong.
    CHECK(fix.ask(alice, method::refresh, raw(attribute_type::lifetime, "x")).error() == 437);
    CHECK(fix.ask(alice, method::create_permission).error() == 437);
    CHECK(fix.ask(alice, method::channel_bind).error() == 437);
}

TEST_CASE("what a Refresh request may not say", "[turn]") {
    struct row {
        std::string why;
        attributes with;
        int error;
    };
    const auto c = GENERATE(values<row>({
        {"a lifetime of three bytes", raw(attribute_type::lifetime, "123"), 400},
        {"a family of one byte", both(lifetime(600), raw(requested, "\1")), 400},
        {"a family that the allocation has not", both(lifetime(600), family(requested, 2)), 443},
        {"a family that nobody knows", both(lifetime(600), family(requested, 9)), 443},
        {"the same in a deletion", both(lifetime(0), family(requested, 2)), 443},
    }));
    INFO(c.why);
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    CHECK(fix.ask(alice, method::refresh, c.with).error() == c.error);
    CHECK(fix.core.count().allocations == 1);
    CHECK(fix.refresh(alice, 600, family(requested, 1)).success());
}

TEST_CASE("a Refresh without a lifetime means the default", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, lifetime(3600)).success());
    CHECK(fix.ask(alice, method::refresh).number(attribute_type::lifetime) == 600);
}

TEST_CASE("half of a dual allocation may go", "[turn]") {
    fixture fix;
    visitor alice;
    const auto gone = GENERATE(ip_family::v4, ip_family::v6);
    const auto left = gone == ip_family::v4 ? ip_family::v6 : ip_family::v4;
    const auto& peer_left = left == ip_family::v4 ? peer_a : peer_v6;
    const auto& peer_gone = left == ip_family::v4 ? peer_v6 : peer_a;
    REQUIRE(fix.allocate(alice, dual).relayed().size() == 2);
    REQUIRE(fix.permit(alice, {peer_a, peer_v6}).success());
    const auto octet = static_cast<std::uint8_t>(gone);
    REQUIRE(fix.refresh(alice, 0, family(requested, octet)).success());
    CHECK(fix.core.count().allocations == 1);
    CHECK(fix.open.size() == 1);
    CHECK(fix.ports.in_use() == 1);
    CHECK(fix.the_relay(left) % 2 == (left == ip_family::v6 ? 1 : 0));
    CHECK(fix.send(alice, peer_left, "still").size() == 1);
    CHECK(fix.send(alice, peer_gone, "no more").empty());
    CHECK(fix.core.count().dropped_family == 1);
    CHECK(fix.permit(alice, {peer_gone}).error() == 443);
    CHECK(fix.bind(alice, 0x4000, peer_gone).error() == 443);
    CHECK(fix.refresh(alice, 600, family(requested, octet)).error() == 443);
    CHECK(fix.refresh(alice, 0, family(requested, octet)).error() == 443);
    // The other half is the allocation now.
    CHECK(fix.refresh(alice, 0, family(requested, static_cast<std::uint8_t>(left))).success());
    CHECK(fix.core.empty());
    CHECK(fix.open.empty());
    CHECK(fix.ports.in_use() == 0);
}

TEST_CASE("a Refresh of a dual allocation keeps both halves", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice, dual).success());
    fix.advance(500s);
    REQUIRE(fix.refresh(alice, 600).success());
    fix.advance(599s);
    CHECK(fix.open.size() == 2);
    fix.advance(1s);
    CHECK(fix.open.empty());
}

}  // namespace conf::turn::test

/// RFC 8489 §9.2 and SEC-TURN-4, SEC-TURN-6: who is let in, and what a stranger gets.
#include "libconf/stun/integrity.hpp"
#include "libconf/turn/credentials.hpp"
#include "tests/turn/fixture.hpp"

#include <algorithm>

namespace conf::turn::test {
namespace {

struct wrong_case {
    std::string why;
    std::function<void(visitor&)> falsify;
    int error;
};

}  // namespace

TEST_CASE("a stranger is told how to sign", "[turn]") {
    fixture fix;
    visitor alice;
    const auto got = fix.ask_unsigned(alice, method::allocate, requested_transport());
    CHECK(got.error() == 401);
    CHECK(as_text(got.find(attribute_type::realm).value()) == realm);
    CHECK(as_text(got.find(attribute_type::nonce).value()).starts_with("obMatJos2"));
    CHECK(got.find(attribute_type::password_algorithms).value().size() == 8);
    CHECK_FALSE(got.find(attribute_type::software));
    CHECK(fix.core.count().unauthenticated_responses == 1);
    CHECK(fix.core.empty());
}

TEST_CASE("every kind of signature lets alice in", "[turn]") {
    const auto algorithm = GENERATE(stun::password_algorithm::md5, stun::password_algorithm::sha256);
    const auto names = GENERATE(false, true);
    const auto sha256 = GENERATE(false, true);
    const auto fingerprint = GENERATE(false, true);
    if (algorithm == stun::password_algorithm::sha256 && !names) return;  // nobody would know which key
    fixture fix;
    visitor alice{
        .algorithm = algorithm, .names_algorithms = names, .sha256 = sha256, .fingerprint = fingerprint};
    CHECK(fix.allocate(alice).success());
    CHECK(fix.refresh(alice, 600).success());
    CHECK(fix.permit(alice, {peer_a}).success());
    CHECK(fix.bind(alice, 0x4000, peer_a).success());
}

TEST_CASE("a signature that is not hers does not", "[turn]") {
    const auto c = GENERATE(values<wrong_case>({
        {"a wrong password", [](visitor& v) { v.password = "looking-glass"; }, 401},
        {"an unknown user", [](visitor& v) { v.user = "carol"; }, 401},
        {"somebody else's password", [](visitor& v) { v.user = "bob"; }, 401},
        {"a wrong realm in the key", [](visitor& v) { v.realm = "example.com"; }, 401},
        {"no user name", [](visitor& v) { v.user.clear(); }, 401},
        {"a nonce that nobody made", [](visitor& v) { v.nonce.assign(37, std::byte{'0'}); }, 438},
        {"a nonce of another length", [](visitor& v) { v.nonce.pop_back(); }, 438},
        {"an empty nonce", [](visitor& v) { v.nonce.assign(1, std::byte{0}); }, 438},
        {"one bit of the nonce", [](visitor& v) { v.nonce.back() ^= std::byte{1}; }, 438},
        {"a signature with the algorithm that was not named",
         [](visitor& v) { v.algorithm = stun::password_algorithm::sha256; }, 401},
    }));
    INFO(c.why);
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    c.falsify(alice);
    const auto before = fix.core.count();
    const auto got = fix.allocate(alice);
    CHECK(got.error() == c.error);
    // A new nonce comes with both, so the client can go on.
    CHECK(got.find(attribute_type::nonce));
    CHECK(got.find(attribute_type::realm));
    CHECK_FALSE(got.datagram->message().integrity_at());
    CHECK(fix.core.empty());
    const auto& after = fix.core.count();
    CHECK(after.unauthenticated_responses - before.unauthenticated_responses == (c.error == 401 ? 1 : 0));
    CHECK(after.stale_nonce_responses - before.stale_nonce_responses == (c.error == 438 ? 1 : 0));
}

TEST_CASE("a signed request lacks none of its parts", "[turn]") {
    const auto missing = GENERATE(attribute_type::username, attribute_type::realm, attribute_type::nonce);
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    const auto got = fix.ask_unsigned(alice, method::allocate, [&](stun::message_builder& to) {
        requested_transport()(to);
        if (missing != attribute_type::username) to.add(attribute_type::username, as_bytes(alice.user));
        if (missing != attribute_type::realm) to.add(attribute_type::realm, as_bytes(alice.realm));
        if (missing != attribute_type::nonce) to.add(attribute_type::nonce, alice.nonce);
        to.add_integrity(alice.key().raw());
    });
    CHECK(got.error() == 400);
}

TEST_CASE("password algorithms are both named or neither, and the list is ours", "[turn]") {
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    const auto list = raw(attribute_type::password_algorithms, std::string_view("\0\2\0\0\0\1\0\0", 8));
    const auto shortened = raw(attribute_type::password_algorithms, std::string_view("\0\1\0\0", 4));
    const auto turned = raw(attribute_type::password_algorithms, std::string_view("\0\1\0\0\0\2\0\0", 8));
    const auto md5 = raw(attribute_type::password_algorithm, std::string_view("\0\1\0\0", 4));
    const auto unknown = raw(attribute_type::password_algorithm, std::string_view("\0\3\0\0", 4));
    const auto with_parameters =
        raw(attribute_type::password_algorithm, std::string_view("\0\1\0\1\0\0\0\0", 8));
    CHECK(fix.allocate(alice, list).error() == 400);
    CHECK(fix.allocate(alice, md5).error() == 400);
    CHECK(fix.allocate(alice, both(shortened, md5)).error() == 400);
    CHECK(fix.allocate(alice, both(turned, md5)).error() == 400);
    CHECK(fix.allocate(alice, both(list, unknown)).error() == 400);
    CHECK(fix.allocate(alice, both(list, with_parameters)).error() == 400);
    CHECK(fix.allocate(alice, both(list, md5)).success());
}

TEST_CASE("a user may hide behind USERHASH", "[turn]") {
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    const auto hash = stun::userhash(alice.user, alice.realm);
    const auto hidden = [&](method which, const attributes& more) {
        return fix.ask_unsigned(alice, which, [&](stun::message_builder& to) {
            more(to);
            to.add(attribute_type::userhash, hash)
                .add(attribute_type::realm, as_bytes(alice.realm))
                .add(attribute_type::nonce, alice.nonce)
                .add_integrity(alice.key().raw());
        });
    };
    CHECK(hidden(method::allocate, requested_transport()).success());
    CHECK(hidden(method::refresh, lifetime(0)).success());
    CHECK(fix.core.empty());
}

TEST_CASE("a nonce ages", "[turn]") {
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    SECTION("at its limit it is good") {
        fix.advance(nonce_lifetime);
        CHECK(fix.allocate(alice).success());
    }
    SECTION("one second above it is stale, and a new one comes with the answer") {
        fix.advance(nonce_lifetime + 1s);
        const auto got = fix.allocate(alice);
        CHECK(got.error() == 438);
        alice.nonce = got.find(attribute_type::nonce).value();
        CHECK(fix.allocate(alice).success());
    }
    SECTION("one from the future is stale") {
        fix.now -= 5s;
        CHECK(fix.allocate(alice).error() == 438);
    }
}

TEST_CASE("a nonce is worth nothing at another address", "[turn]") {
    fixture fix;
    visitor alice;
    fix.fetch_nonce(alice);
    visitor thief = alice;
    thief.remote = at("198.51.100.8:1000");
    CHECK(fix.allocate(thief).error() == 438);
    visitor other_port = alice;
    other_port.remote.port = 2000;
    CHECK(fix.allocate(other_port).success());
    CHECK(fix.allocate(alice).success());
}

TEST_CASE("time-limited credentials", "[turn]") {
    fixture fix;
    const auto name = [](std::chrono::seconds from_now) {
        return std::to_string((birthday + from_now).time_since_epoch().count()) + ":dodo";
    };
    visitor dodo{.user = name(600s)};
    dodo.password = rest_password(secret, dodo.user);
    SECTION("hold") {
        CHECK(fix.allocate(dodo).success());
    }
    SECTION("hold at the second of their expiry") {
        fix.advance(600s);
        CHECK(fix.allocate(dodo).success());
    }
    SECTION("end one second later") {
        fix.advance(601s);
        CHECK(fix.allocate(dodo).error() == 401);
    }
    SECTION("the calendar decides, not the timer") {
        fix.core.set_clock(birthday + 24h, fix.now);
        CHECK(fix.allocate(dodo).error() == 401);
        fix.core.set_clock(birthday, fix.now);
        CHECK(fix.allocate(dodo).success());
    }
    SECTION("are nothing with another secret") {
        dodo.password = rest_password("another secret", dodo.user);
        CHECK(fix.allocate(dodo).error() == 401);
    }
    SECTION("cannot be prolonged by the client") {
        dodo.user = name(1200s);
        CHECK(fix.allocate(dodo).error() == 401);
    }
    SECTION("need a number first") {
        dodo.user = "dodo:" + dodo.user;
        dodo.password = rest_password(secret, dodo.user);
        CHECK(fix.allocate(dodo).error() == 401);
    }
    SECTION("of a past that no calendar has are refused") {
        dodo.user = "-1:dodo";
        dodo.password = rest_password(secret, dodo.user);
        CHECK(fix.allocate(dodo).error() == 401);
    }
}

TEST_CASE("secrets rotate without a gap", "[turn]") {
    fixture fix;
    const auto user = std::to_string((birthday + 1h).time_since_epoch().count()) + ":dodo";
    visitor early{.remote = at("198.51.100.7:1"), .user = user, .password = rest_password(secret, user)};
    visitor late{.remote = at("198.51.100.7:2"), .user = user, .password = rest_password("newer", user)};
    CHECK(fix.allocate(early).success());
    CHECK(fix.allocate(late).error() == 401);

    auto both_valid = plain_settings();
    both_valid.secrets = {"newer", std::string(secret)};
    fix.core.reconfigure(both_valid);
    CHECK(fix.allocate(late).success());
    visitor third = early;
    third.remote.port = 3;
    CHECK(fix.allocate(third).success());

    auto only_new = plain_settings();
    only_new.secrets = {"newer"};
    fix.core.reconfigure(only_new);
    visitor fourth = early;
    fourth.remote.port = 4;
    CHECK(fix.allocate(fourth).error() == 401);
    // An allocation lives on with the key it was made with.
    CHECK(fix.refresh(early, 600).success());
    CHECK(fix.permit(early, {peer_a}).success());
    CHECK(fix.bind(early, 0x4000, peer_a).success());
    CHECK(fix.send_channel(early, 0x4000, "still here").size() == 1);
}

TEST_CASE("a credential's expiry and a user's removal leave the allocation alive", "[turn]") {
    fixture fix;
    const auto user = std::to_string((birthday + 10s).time_since_epoch().count()) + ":dodo";
    visitor dodo{.user = user, .password = rest_password(secret, user)};
    visitor alice{.remote = at("198.51.100.7:2")};
    REQUIRE(fix.allocate(dodo).success());
    REQUIRE(fix.allocate(alice).success());
    fix.advance(60s);
    auto nobody = plain_settings();
    nobody.users.clear();
    fix.core.reconfigure(nobody);
    CHECK(fix.refresh(dodo, 600).success());
    CHECK(fix.refresh(alice, 600).success());
    CHECK(fix.refresh(dodo, 0).success());
    CHECK(fix.allocate(dodo).error() == 401);
}

TEST_CASE("a change of the realm holds for those who come", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    auto renamed = plain_settings();
    renamed.realm = "example.net";
    fix.core.reconfigure(renamed);
    CHECK(fix.refresh(alice, 600).success());
    visitor again{.remote = at("198.51.100.7:2")};
    fix.fetch_nonce(again);
    CHECK(fix.allocate(again).error() == 401);
    again.realm = "example.net";
    CHECK(fix.allocate(again).success());
}

TEST_CASE("somebody else cannot use an allocation", "[turn]") {
    fixture fix;
    visitor alice;
    REQUIRE(fix.allocate(alice).success());
    visitor bob = alice;
    bob.user = "bob";
    bob.password = "builder";
    CHECK(fix.refresh(bob, 600).error() == 441);
    CHECK(fix.permit(bob, {peer_a}).error() == 441);
    CHECK(fix.bind(bob, 0x4000, peer_a).error() == 441);
    CHECK(fix.allocate(bob).error() == 437);
    CHECK(fix.refresh(bob, 0).error() == 441);
    CHECK(fix.core.count().allocations == 1);
}

TEST_CASE("no answer to a stranger is longer than 160 bytes", "[turn]") {
    // The longest realm, a fingerprint, IPv6 addresses: all that makes answers long.
    setup how;
    how.with.realm = std::string(realm_bytes_max, 'r');
    fixture fix(how);
    visitor stranger{.remote = at("[2620:fe::77]:1000"), .fingerprint = true};
    const auto many_unknown = [](stun::message_builder& to) {
        for (int i = 0; i < 50; ++i) to.add(static_cast<attribute_type>(0x7000 + i), {});
    };
    const auto unsigned_request =
        GENERATE(method::binding, method::allocate, method::refresh, method::create_permission,
                 method::channel_bind, static_cast<method>(0x0FF));
    const auto plain = fix.ask_unsigned(stranger, unsigned_request);
    REQUIRE(plain.datagram);
    CHECK(plain.datagram->data.size() <= unauthenticated_answer_bytes_max);
    const auto odd = fix.ask_unsigned(stranger, unsigned_request, many_unknown);
    REQUIRE(odd.datagram);
    CHECK(odd.datagram->data.size() <= unauthenticated_answer_bytes_max);

    visitor wrong = stranger;
    wrong.realm = how.with.realm;
    wrong.nonce.assign(37, std::byte{'x'});
    if (unsigned_request != method::binding) {
        const auto got = fix.ask(wrong, unsigned_request, many_unknown);
        REQUIRE(got.datagram);
        CHECK(got.datagram->data.size() <= unauthenticated_answer_bytes_max);
    }
}

TEST_CASE("a method above 0xFF is not STUN's", "[turn]") {
    // RFC 7983 tells protocols apart by the first byte, and gives STUN 0 to 3.
    fixture fix;
    CHECK_FALSE(fix.ask_unsigned({}, static_cast<method>(0x100)).datagram);
    CHECK(fix.core.count().dropped_unknown_protocol == 1);
}

TEST_CASE("a realm of 64 bytes fills the longest answer", "[turn]") {
    setup how;
    how.with.realm = std::string(realm_bytes_max, 'r');
    fixture fix(how);
    const auto got = fix.ask_unsigned({.fingerprint = true}, method::allocate);
    CHECK(got.datagram->data.size() == unauthenticated_answer_bytes_max);
}

TEST_CASE("unverified sources get so many answers a second", "[turn]") {
    setup how;
    how.with.limits.unauthenticated_rps = 10;
    fixture fix(how);
    const auto answers = [&](const visitor& from, int asked) {
        int got = 0;
        for (int i = 0; i < asked; ++i) {
            got += fix.ask_unsigned(from, i % 2 == 0 ? method::binding : method::allocate).silent() ? 0 : 1;
        }
        return got;
    };
    visitor one;
    CHECK(answers(one, 10) == 10);
    CHECK(answers(one, 1) == 0);
    CHECK(fix.core.count().answers_suppressed == 1);
    visitor other_port = one;
    other_port.remote.port = 5;
    CHECK(answers(other_port, 1) == 0);
    visitor other_address = one;
    other_address.remote = at("198.51.100.8:1000");
    CHECK(answers(other_address, 11) == 10);
    fix.now += 1s;
    CHECK(answers(one, 11) == 10);

    // An IPv6 household is one source, another is another.
    CHECK(answers({.remote = at("[2620:fe::1]:1")}, 10) == 10);
    CHECK(answers({.remote = at("[2620:fe:0:0:ffff::2]:1")}, 1) == 0);
    CHECK(answers({.remote = at("[2620:fe:0:1::1]:1")}, 11) == 10);
    // Loopback cannot be forged, nor a source that has answered a handshake.
    CHECK(answers({.remote = at("127.0.0.1:1")}, 50) == 50);
    CHECK(answers({.remote = at("198.51.100.9:1"), .protocol = client_protocol::tcp}, 50) == 50);
    CHECK(answers({.remote = at("198.51.100.9:1"), .protocol = client_protocol::dtls}, 50) == 50);
}

TEST_CASE("who has signed is not slowed down", "[turn]") {
    setup how;
    how.with.limits.unauthenticated_rps = 1;
    fixture fix(how);
    visitor alice;
    fix.fetch_nonce(alice);
    REQUIRE(fix.ask_unsigned(alice, method::binding).silent());
    CHECK(fix.allocate(alice).success());
    for (int i = 0; i < 100; ++i) REQUIRE(fix.refresh(alice, 600).success());
    CHECK(fix.permit(alice, {at("10.0.0.1:1")}).error() == 403);
    // Every kind of refusal to somebody who has not is counted and bounded.
    visitor wrong = alice;
    wrong.password = "guess";
    CHECK(fix.refresh(wrong, 600).silent());
    CHECK(fix.ask_unsigned(alice, static_cast<method>(0x77)).silent());
    CHECK(fix.ask_unsigned(alice, method::binding, raw(static_cast<attribute_type>(0x7777), "")).silent());
}

TEST_CASE("a limit of zero answers is no limit", "[turn]") {
    fixture fix;
    for (int i = 0; i < 1000; ++i) REQUIRE_FALSE(fix.ask_unsigned({}, method::binding).silent());
}

TEST_CASE("required attributes that nobody knows are named", "[turn]") {
    fixture fix;
    visitor alice;
    const auto odd = [](stun::message_builder& to) {
        to.add(static_cast<attribute_type>(0x7001), {}).add(static_cast<attribute_type>(0xFFFE), {});
        to.add(static_cast<attribute_type>(0x7FFF), as_bytes("abc"));
    };
    const std::vector<std::byte> expected{std::byte{0x70}, std::byte{0x01}, std::byte{0x7F}, std::byte{0xFF}};
    SECTION("in a Binding request") {
        const auto got = fix.ask_unsigned(alice, method::binding, odd);
        CHECK(got.error() == 420);
        CHECK(got.find(attribute_type::unknown_attributes) == expected);
    }
    SECTION("in a signed request, after the signature was judged") {
        CHECK(fix.ask_unsigned(alice, method::allocate, odd).error() == 401);
        const auto got = fix.allocate(alice, odd);
        CHECK(got.error() == 420);
        CHECK(got.find(attribute_type::unknown_attributes) == expected);
        CHECK(got.datagram->message().integrity_at());
        CHECK(fix.core.empty());
    }
    SECTION("optional ones are passed over") {
        CHECK(fix.ask_unsigned(alice, method::binding, raw(static_cast<attribute_type>(0xFFFE), "x"))
                  .success());
        CHECK(fix.allocate(alice, raw(attribute_type::software, "somebody's client")).success());
    }
    SECTION("behind the signature they count for nothing") {
        fix.fetch_nonce(alice);
        auto message = fix.signed_request(alice, method::allocate, requested_transport(), fix.next_id());
        for (const unsigned octet : {0x70U, 0x01U, 0x00U, 0x00U})
            message.push_back(static_cast<std::byte>(octet));
        store_u16(message, 2, static_cast<std::uint16_t>(message.size() - stun::header_bytes));
        const auto got = fix.receive(alice, message);
        REQUIRE(got.size() == 1);
        CHECK(answer{got[0]}.success());
    }
}

TEST_CASE("unknown methods are refused, responses and strange indications are not answered", "[turn]") {
    fixture fix;
    CHECK(fix.ask_unsigned({}, static_cast<method>(0x0A)).error() == 400);
    const auto type =
        GENERATE(message_class::success_response, message_class::error_response, message_class::indication);
    const auto which = GENERATE(method::allocate, method::data, method::refresh, static_cast<method>(0x07F));
    std::array<std::byte, 64> buffer;
    stun::message_builder odd(buffer, type, which, fix.next_id());
    CHECK(fix.receive({}, odd.finish()).empty());
    CHECK(fix.core.count().dropped_malformed == 1);
}

TEST_CASE("a Binding request tells where it came from", "[turn]") {
    fixture fix;
    const auto where = GENERATE(at("198.51.100.7:1000"), at("[2620:fe::7]:65535"));
    const auto got = fix.ask_unsigned({.remote = where}, method::binding);
    CHECK(got.address(attribute_type::xor_mapped_address) == where);
    CHECK(fix.core.count().binding_requests == 1);
    std::array<std::byte, 20> buffer;
    CHECK(fix.receive({},
                      stun::message_builder(buffer, message_class::indication, method::binding, {}).finish())
              .empty());
    CHECK(fix.core.count().dropped_malformed == 0);
}

TEST_CASE("a wrong fingerprint is no message of ours", "[turn]") {
    fixture fix;
    std::array<std::byte, 64> buffer;
    stun::message_builder request(buffer, message_class::request, method::binding, fix.next_id());
    request.add_fingerprint();
    const auto written = request.finish();
    CHECK(fix.receive({}, written).size() == 1);
    buffer[written.size() - 1] ^= std::byte{1};
    CHECK(fix.receive({}, written).empty());
    CHECK(fix.core.count().dropped_malformed == 1);
}

}  // namespace conf::turn::test

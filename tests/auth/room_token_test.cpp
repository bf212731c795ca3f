#include "libconf/auth/room_token.hpp"

#include "libconf/auth/access_token.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using auth::room_role;
using auth::room_token;
using auth::room_token_kind;
using auth::token_errc;

namespace {

const std::vector<std::string> secrets{"a secret of enough bytes"};
constexpr unix_time expiry{1'800'000'000s};

room_token token() {
    room_token made;
    made.kind = room_token_kind::invitation;
    made.room = "tuesday";
    made.acts_as = room_role::presenter;
    made.name = "Zoé";
    made.user = "ldap:zoe";
    made.uses = 7;
    made.expires = expiry;
    made.id.fill(std::byte{9});
    return made;
}

std::error_code refusal(std::string_view text, unix_time now = expiry - 1s) {
    const auto read = auth::verify_room_token(text, secrets, now);
    return read ? std::error_code() : read.error().code();
}

}  // namespace

TEST_CASE("a room token says what was signed", "[auth]") {
    auto wanted = token();
    wanted.acts_as = GENERATE(room_role::viewer, room_role::presenter, room_role::moderator);
    wanted.name = GENERATE(as<std::string>(), "", "Zoé", std::string(255, 'n'));
    const auto text = auth::sign(wanted, secrets.front()).value();
    CHECK(auth::verify_room_token(text, secrets, expiry - 1s).value() == wanted);
    CHECK(refusal(text, expiry) == token_errc::expired);
}

TEST_CASE("a join token is for one entry", "[auth]") {  // SEC-ROOM-2
    auto wanted = token();
    wanted.kind = room_token_kind::join;
    wanted.uses = 100;
    const auto text = auth::sign(wanted, secrets.front()).value();
    CHECK(auth::verify_room_token(text, secrets, expiry - 1s)->uses == 1);
}

TEST_CASE("no character of a room token can be changed", "[auth]") {  // SEC-ROOM-2
    const auto text = auth::sign(token(), secrets.front()).value();
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto bent = text;
        bent[at] = bent[at] == 'A' ? 'B' : 'A';
        CHECK(refusal(bent));
    }
    CHECK(refusal(text.substr(0, text.size() - 1)));
    CHECK(refusal(text + "A"));
    CHECK(auth::verify_room_token(text, std::vector<std::string>{"another secret, as long"}, expiry - 1s)
              .error()
              .code() == token_errc::bad_signature);
}

TEST_CASE("tokens of one kind are no tokens of the other", "[auth]") {
    const auto media =
        auth::sign(auth::access_token{"tuesday", auth::media_right::both, "zoe", expiry, {}}, secrets.front())
            .value();
    CHECK(refusal(media) == token_errc::malformed);
    CHECK(refusal("rt1" + media.substr(3)) == token_errc::bad_signature);
    const auto room = auth::sign(token(), secrets.front()).value();
    CHECK(auth::verify(room, secrets, expiry - 1s).error().code() == token_errc::malformed);
    CHECK(auth::verify("ct1" + room.substr(3), secrets, expiry - 1s).error().code() ==
          token_errc::bad_signature);
}

TEST_CASE("what cannot be a room token is not signed", "[auth]") {
    auto bad = token();
    bad.room = "no room";
    CHECK(auth::sign(bad, secrets.front()).error().code() == token_errc::bad_room);
    bad = token();
    bad.user = std::string(256, 'u');
    CHECK(auth::sign(bad, secrets.front()).error().code() == token_errc::bad_name);
    CHECK(auth::sign(token(), "short").error().code() == token_errc::weak_secret);
}

#include "libconf/auth/access_token.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/crypto/digest.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using auth::media_right;
using auth::token_errc;

namespace {

const std::string secret = "a secret of enough bytes";
const std::string other_secret = "another secret, as long as that";
constexpr unix_time expiry{1'700'000'000s};

auth::access_token token() {
    auth::access_token made{"room-1", media_right::both, "alice", expiry, {}};
    for (std::size_t at = 0; at < made.nonce.size(); ++at) made.nonce[at] = static_cast<std::byte>(at);
    return made;
}

// What a stranger with the secret but without our code could sign.
std::string signed_claims(std::string_view claims) {
    const auto mac =
        crypto::hmac_sha256(as_bytes(secret), {as_bytes("libconf access token 1"), as_bytes(claims)});
    return "ct1." + auth::base64url(as_bytes(claims)) + "." + auth::base64url(mac);
}

std::string claims(char right, std::string_view texts) {
    return std::string(1, right) + std::string("\0\0\0\0\x65\x53\xF1\0", 8) + std::string(16, 'n') +
           std::string(texts);
}

std::error_code refusal(std::string_view text, const std::vector<std::string>& secrets = {secret}) {
    const auto read = auth::verify(text, secrets, expiry - 1s);
    return read ? std::error_code() : read.error().code();
}

}  // namespace

TEST_CASE("a token says what was signed", "[auth]") {
    auto wanted = token();
    wanted.right = GENERATE(media_right::publish, media_right::play, media_right::both);
    wanted.name = GENERATE(as<std::string>(), "", "bob", std::string(64, 'n'));
    wanted.room = GENERATE(as<std::string>(), "r", std::string(64, 'r'));
    const auto text = auth::sign(wanted, secret).value();
    CHECK(text.size() <= auth::token_chars_max);
    CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/") ==
          std::string::npos);  // RFC 6750 §2.1
    CHECK(auth::verify(text, std::vector{secret}, expiry - 1s).value() == wanted);
}

TEST_CASE("the longest token has the length that is allowed, and a longer text is none", "[auth]") {
    auto wanted = token();
    wanted.room = std::string(64, 'r');
    wanted.name = std::string(64, 'n');
    const auto text = auth::sign(wanted, secret).value();
    CHECK(text.size() == auth::token_chars_max);
    CHECK(refusal(text) == std::error_code());
    CHECK(refusal(text + "A") == token_errc::malformed);
}

TEST_CASE("the form stays what it is: tokens outlive an update", "[auth]") {
    CHECK(auth::sign(token(), secret).value() ==
          "ct1.AwAAAABlU_EAAAECAwQFBgcICQoLDA0ODwZyb29tLTEFY"
          "WxpY2U.43HClOlEdlPi1QZV8QJZhGOuC37WQuZBcsXq_S2_ty8");
}

TEST_CASE("SEC-AUTH-9 SEC-ROOM-2: a token with any bit changed is none", "[auth]") {
    const auto text = auth::sign(token(), secret).value();
    REQUIRE(refusal(text) == std::error_code());
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        auto changed = text;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
        INFO(changed);
        const auto why = refusal(changed);
        CHECK((why == token_errc::malformed || why == token_errc::bad_signature));
    }
    for (std::size_t size = 0; size < text.size(); ++size) {
        CHECK(refusal(text.substr(0, size)) == token_errc::malformed);
    }
}

TEST_CASE("SEC-AUTH-9: what is not our token is not read further", "[auth]") {
    const std::string text =
        GENERATE(as<std::string>(), "", "ct1", "ct1.", "ct1..", "ct2.AAAA.AAAA", "CT1.AAAA.AAAA",
                 // a JWT with "alg":"none", and one with HS256
                 "eyJhbGciOiJub25lIn0.eyJyb29tIjoicm9vbS0xIn0.",
                 "eyJhbGciOiJIUzI1NiJ9.eyJyb29tIjoicm9vbS0xIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                 "ct1.AAAA.AAAA", "ct1.AAAA.AAAA.AAAA");
    INFO(text);
    CHECK(refusal(text) == token_errc::malformed);
}

TEST_CASE("claims that are signed but make no sense are refused", "[auth]") {
    struct claims_case {
        std::string text;
        std::error_code why;
    };
    const auto malformed = make_error_code(token_errc::malformed);
    const auto c = GENERATE_COPY(values<claims_case>({
        {claims(1, std::string("\1r\0", 3)), {}},
        {claims(3, "\1r\1n"), {}},
        {claims(0, "\1r\1n"), malformed},
        {claims(4, "\1r\1n"), malformed},
        {claims(1, "\1r\2n"), malformed},
        {claims(1, "\1r\1nx"), malformed},
        {claims(1, "\1r"), malformed},
        {claims(1, ""), malformed},
        {claims(1, std::string("\0\1n", 3)), malformed},
        {claims(1, "\1/\1n"), malformed},
        {claims(1, "\1r\1\n"), malformed},
        {std::string(24, '\1'), malformed},
        {"", malformed},
    }));
    CHECK(refusal(signed_claims(c.text)) == c.why);
}

TEST_CASE("several secrets are valid at once", "[auth]") {
    const auto text = auth::sign(token(), secret).value();
    CHECK(refusal(text, {secret}) == std::error_code());
    CHECK(refusal(text, {other_secret, secret}) == std::error_code());
    CHECK(refusal(text, {secret, other_secret}) == std::error_code());
    CHECK(refusal(text, {other_secret}) == token_errc::bad_signature);
    CHECK(refusal(text, {}) == token_errc::bad_signature);
}

TEST_CASE("SEC-API-1: an empty or short secret signs nothing and opens nothing", "[auth]") {
    CHECK(auth::sign(token(), "").error() == token_errc::weak_secret);
    CHECK(auth::sign(token(), std::string(15, 's')).error() == token_errc::weak_secret);
    CHECK(auth::sign(token(), std::string(16, 's')));
    const auto body = claims(3, std::string("\1r\0", 3));
    for (const auto& weak : {std::string(), std::string(15, 's')}) {
        const auto mac =
            crypto::hmac_sha256(as_bytes(weak), {as_bytes("libconf access token 1"), as_bytes(body)});
        const auto text = "ct1." + auth::base64url(as_bytes(body)) + "." + auth::base64url(mac);
        CHECK(refusal(text, {weak}) == token_errc::bad_signature);
    }
}

TEST_CASE("a token is valid until its second, and not in it", "[auth]") {
    const auto text = auth::sign(token(), secret).value();
    const std::vector secrets{secret};
    CHECK(auth::verify(text, secrets, unix_time{}));
    CHECK(auth::verify(text, secrets, expiry - 1s));
    CHECK(auth::verify(text, secrets, expiry).error() == token_errc::expired);
    CHECK(auth::verify(text, secrets, expiry + 1s).error() == token_errc::expired);
    CHECK(auth::read_signed(text, secrets).value() == token());
    // A wrong signature is not told that it would have expired.
    CHECK(auth::verify(text, std::vector{other_secret}, expiry).error() == token_errc::bad_signature);
}

TEST_CASE("expiry has a first and a last second", "[auth]") {
    struct expiry_case {
        std::chrono::seconds at;
        bool fits;
    };
    const auto c = GENERATE(values<expiry_case>({
        {0s, true},
        {-1s, false},
        {std::chrono::seconds(auth::expiry_max), true},
        {std::chrono::seconds(auth::expiry_max + 1), false},
        {std::chrono::seconds::max(), false},
        {std::chrono::seconds::min(), false},
    }));
    auto wanted = token();
    wanted.expires = unix_time(c.at);
    const auto text = auth::sign(wanted, secret);
    CHECK(text.has_value() == c.fits);
    if (text) {
        CHECK(auth::read_signed(*text, std::vector{secret}).value().expires == wanted.expires);
    } else {
        CHECK(text.error() == token_errc::bad_expiry);
    }
    auto late = claims(1, std::string("\1r\0", 3));
    late[1] = '\x01';  // about the year 2.3 thousand million
    CHECK(refusal(signed_claims(late)) == token_errc::malformed);
}

TEST_CASE("SEC-ROOM-2: a token opens its room, right and name, and nothing else", "[auth]") {
    struct admits_case {
        media_right has;
        std::string bound_to;
        std::string room;
        media_right wanted;
        std::string name;
        std::error_code why;
    };
    const auto c = GENERATE(values<admits_case>({
        {media_right::both, "", "room-1", media_right::publish, "bob", {}},
        {media_right::both, "", "room-1", media_right::play, "", {}},
        {media_right::both, "", "room-1", media_right::both, "bob", {}},
        {media_right::publish, "", "room-1", media_right::publish, "bob", {}},
        {media_right::play, "", "room-1", media_right::play, "", {}},
        {media_right::publish, "", "room-1", media_right::play, "", token_errc::other_right},
        {media_right::play, "", "room-1", media_right::publish, "bob", token_errc::other_right},
        {media_right::play, "", "room-1", media_right::both, "bob", token_errc::other_right},
        {media_right::both, "", "room-2", media_right::play, "", token_errc::other_room},
        {media_right::both, "", "Room-1", media_right::play, "", token_errc::other_room},
        {media_right::both, "", "", media_right::play, "", token_errc::other_room},
        {media_right::both, "alice", "room-1", media_right::publish, "alice", {}},
        {media_right::both, "alice", "room-1", media_right::publish, "bob", token_errc::other_name},
        {media_right::both, "alice", "room-1", media_right::publish, "", token_errc::other_name},
        {media_right::both, "alice", "room-1", media_right::play, "", {}},
    }));
    auto given = token();
    given.right = c.has;
    given.name = c.bound_to;
    const auto answer = auth::admits(given, c.room, c.wanted, c.name);
    CHECK((answer ? std::error_code() : answer.error().code()) == c.why);
}

TEST_CASE("a token is signed for names only", "[auth]") {
    auto wanted = token();
    wanted.room = GENERATE(as<std::string>(), "", "a/b", std::string(65, 'r'), "a\n");
    CHECK(auth::sign(wanted, secret).error() == token_errc::bad_room);
    wanted.name = std::exchange(wanted.room, "room-1");
    if (!wanted.name.empty()) CHECK(auth::sign(wanted, secret).error() == token_errc::bad_name);
}

TEST_CASE("every error of a token has a sentence of its own", "[auth]") {
    std::set<std::string> sentences;
    for (int code = 1; code <= static_cast<int>(token_errc::weak_secret); ++code) {
        sentences.insert(std::error_code(code, auth::token_category()).message());
    }
    CHECK(sentences.size() == static_cast<std::size_t>(token_errc::weak_secret));
    CHECK_FALSE(sentences.contains("unknown token error"));
    CHECK(auth::token_category().message(99) == "unknown token error");
}

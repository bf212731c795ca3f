// Tokens of files: for one room, until then, and for nothing that another token is for.
#include "libconf/auth/file_token.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace conf::auth;
using namespace std::chrono_literals;

namespace {

const std::vector<std::string> secrets{"0123456789abcdef", "fedcba9876543210"};
const unix_time noon{1'700'000'000s};
const file_token sample{"algebra", room_role::presenter, "h3k", noon + 1h};

}  // namespace

TEST_CASE("a file token says what was signed, until it expires", "[auth]") {
    const auto text = sign(sample, secrets[1]).value();
    CHECK(text.starts_with("ft1."));
    CHECK(verify_file_token(text, secrets, noon).value() == sample);
    CHECK(verify_file_token(text, secrets, noon + 1h - 1s));
    CHECK(verify_file_token(text, secrets, noon + 1h).error() == make_error_code(token_errc::expired));
    CHECK(sign(sample, secrets[1]).value() == text);
}

TEST_CASE("a file token that was changed, or is another one, is none", "[auth]") {
    const auto text = sign(sample, secrets[0]).value();
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        INFO(changed);
        CHECK_FALSE(verify_file_token(changed, secrets, noon));
    }
    CHECK_FALSE(verify_file_token(text, {}, noon));
    CHECK_FALSE(verify_room_token(text, secrets, noon));
    const auto room =
        sign(room_token{.room = "algebra", .name = {}, .user = {}, .expires = noon + 1h}, secrets[0]).value();
    CHECK_FALSE(verify_file_token(room, secrets, noon));
}

TEST_CASE("what cannot be a file token is not signed", "[auth]") {
    auto token = sample;
    token.room = "../x";
    CHECK(sign(token, secrets[0]).error() == make_error_code(token_errc::bad_room));
    token = sample;
    token.person = std::string(token_text_bytes_max + 1, 'x');
    CHECK(sign(token, secrets[0]).error() == make_error_code(token_errc::bad_name));
    CHECK(sign(sample, "short").error() == make_error_code(token_errc::weak_secret));
}

#include "libconf/ice/credentials.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <string>

using namespace conf;

TEST_CASE("SEC-ICE-6 fragments and passwords are long, legal and all different", "[ice]") {
    crypto::keyed_random random(crypto::key_from_seed(1));
    std::set<std::string> seen;
    std::array<int, 256> counts{};
    constexpr int rounds = 4000;
    for (int i = 0; i < rounds; ++i) {
        const auto shard = static_cast<std::uint8_t>(i % 64);
        const auto made = ice::make_credentials(random, shard);
        REQUIRE(made.ufrag.size() == 8);
        REQUIRE(made.pwd.size() == 32);
        REQUIRE(ice::is_valid_ufrag(made.ufrag));
        REQUIRE(ice::is_valid_pwd(made.pwd));
        REQUIRE(ice::shard_of(made.ufrag) == shard);
        REQUIRE(seen.insert(made.ufrag).second);
        REQUIRE(seen.insert(made.pwd).second);
        for (const auto each : made.pwd) ++counts.at(static_cast<unsigned char>(each));
    }
    // 64 characters, 2000 times each; twelve standard deviations would be 530.
    for (const auto count : counts) CHECK((count == 0 || (count > 1500 && count < 2500)));
}

TEST_CASE("what a peer may use as credentials", "[ice]") {
    CHECK_FALSE(ice::is_valid_ufrag("abc"));
    CHECK(ice::is_valid_ufrag("abc+"));
    CHECK_FALSE(ice::is_valid_ufrag("ab:cd"));
    CHECK_FALSE(ice::is_valid_ufrag("ab cd"));
    CHECK(ice::is_valid_ufrag(std::string(256, 'a')));
    CHECK_FALSE(ice::is_valid_ufrag(std::string(257, 'a')));
    CHECK_FALSE(ice::is_valid_pwd(std::string(21, 'a')));
    CHECK(ice::is_valid_pwd(std::string(22, '/')));
    CHECK_FALSE(ice::shard_of("short"));
    CHECK_FALSE(ice::shard_of("-------8"));
}

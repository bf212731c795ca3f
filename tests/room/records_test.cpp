#include "libconf/room/ban_list.hpp"
#include "libconf/room/person.hpp"
#include "libconf/room/record_format.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace conf::rooms;

TEST_CASE("fields are read as they were written, unknown ones too", "[room][records]") {
    record_writer to;
    to.number(1, 0);
    to.number(2, 255);
    to.number(3, std::numeric_limits<std::uint64_t>::max());
    to.text(4, "");
    to.item(5, "");
    to.text(200, std::string(70000, 'x'));
    const auto value = std::move(to).take();
    record_reader from(value);
    REQUIRE(from.next());
    CHECK(from.tag() == 2);
    CHECK(from.number() == 255);
    REQUIRE(from.next());
    CHECK(from.number() == std::numeric_limits<std::uint64_t>::max());
    REQUIRE(from.next());
    CHECK(from.tag() == 5);
    CHECK(from.text().empty());
    REQUIRE(from.next());
    CHECK(from.text().size() == 70000);
    CHECK(from.number() == 0);
    CHECK_FALSE(from.next());
    CHECK(from.complete());
}

TEST_CASE("a torn record is noticed wherever it is cut", "[room][records]") {
    record_writer to;
    to.text(1, "abc");
    const auto value = std::move(to).take();
    for (std::size_t size = 0; size <= value.size(); ++size) {
        record_reader from(std::string_view(value).substr(0, size));
        while (from.next()) CHECK(from.text() == "abc");
        CHECK(from.complete() == (size == 1 || size == value.size()));
    }
    record_reader other("\x02");
    CHECK_FALSE(other.next());
    CHECK_FALSE(other.complete());
}

TEST_CASE("numbers make keys that sort", "[room][records]") {
    CHECK(key_of(1) < key_of(16));
    CHECK(number_in(key_of(0xABCDEF)) == 0xABCDEFU);
    for (const auto* bad : {"", "1", "000000000000000G", "00000000000000001"}) CHECK_FALSE(number_in(bad));
}

TEST_CASE("a person is the same after a restart, but not here", "[room][records]") {
    person who;
    who.number = 7;
    who.info = {.id = "abc",
                .name = "Ada",
                .acts_as = role::presenter,
                .joined = wall_time(5),
                .here = false,
                .guest = false,
                .microphone = true,
                .camera = false,
                .screen = true,
                .screen_audio = true,
                .hand = wall_time(9),
                .away = true};
    who.stands = standing::remembered;
    who.entered = 3;
    who.since = wall_time(2);
    who.role_bound = true;
    who.external_id = "u1";
    who.ban_keys = {"a", "b"};
    who.token = conf::crypto::sha256_digest{std::byte{1}};
    who.token_before = conf::crypto::sha256_digest{std::byte{2}};
    who.last_seen = wall_time(11);
    const auto kept = record_of(who);
    const auto read = read_person(kept.key, kept.value);
    REQUIRE(read);
    CHECK(read->info == who.info);
    CHECK(record_of(*read) == kept);
    CHECK_FALSE(read_person("7", kept.value));
    CHECK_FALSE(read_person(kept.key, ""));
    CHECK_FALSE(read_person(kept.key, kept.value.substr(0, kept.value.size() - 1)));
    CHECK(read_person(kept.key, kept.value + std::string("\xFF\0\0\0\1x", 6)));  // of a newer server
}

TEST_CASE("the newest bans are kept", "[room][records]") {
    std::vector<record> out;
    ban_list bans;
    bans.add({}, {}, out);
    CHECK(bans.empty());
    for (int i = 0; i <= 1000; ++i) bans.add("u" + std::to_string(i), {}, out);
    CHECK_FALSE(bans.holds("u0", {}));
    CHECK(bans.holds("u1", {}));
    CHECK(bans.holds("u1000", {}));
    CHECK_FALSE(bans.holds("", {}));
    CHECK(out.back() == record{record_kind::ban, key_of(1), {}});

    ban_list again;
    for (const auto& one : out) {
        if (!one.value.empty()) CHECK(again.restore(one.key, one.value));
    }
    CHECK(again.holds("u1000", {}));
    CHECK_FALSE(again.restore("x", out[0].value));
    CHECK_FALSE(again.restore(key_of(5), "\x09"));
    again.clear(out);
    CHECK(again.empty());
}

// The parts that a router is made of.
#include "libconf/sfu/key_frame_requests.hpp"
#include "libconf/sfu/loss_cap.hpp"
#include "libconf/sfu/packet_history.hpp"
#include "libconf/sfu/packet_pool.hpp"
#include "libconf/sfu/payload_info.hpp"
#include "libconf/sfu/report_wheel.hpp"
#include "libconf/sfu/sequence_map.hpp"
#include "libconf/sfu/subscriber.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>
#include <set>

namespace {

using namespace conf::sfu;
using conf::instant;
using namespace std::chrono_literals;

packet_ref numbered(packet_pool& pool, std::uint64_t number, instant arrival = {}) {
    auto one = pool.take(conf::as_bytes("x"));
    if (one) {
        one->extended = number;
        one->arrival = arrival;
    }
    return one;
}

}  // namespace

TEST_CASE("sfu parts: a pool gives slots until it is full, and takes them back") {
    packet_pool pool(128);
    std::vector<packet_ref> held;
    for (int i = 0; i < 128; ++i) held.push_back(pool.take(conf::as_bytes("hello")));
    CHECK(std::ranges::all_of(held, [](const packet_ref& one) { return static_cast<bool>(one); }));
    CHECK(pool.in_use() == 128);
    CHECK_FALSE(pool.take(conf::as_bytes("one more")));
    const auto copy = held[5];
    held.clear();
    CHECK(pool.in_use() == 1);
    CHECK(conf::as_text(conf::bytes(copy->data).first(5)) == "hello");
    CHECK(pool.slots() == 128);
    CHECK(pool.take(std::vector<std::byte>(packet::bytes_max)));
    CHECK_FALSE(pool.take(std::vector<std::byte>(packet::bytes_max + 1)));
}

TEST_CASE("sfu parts: a history finds what it keeps, by number and by time") {
    packet_pool pool;
    packet_history history(64);
    for (std::uint64_t i = 100; i < 300; ++i) history.insert(numbered(pool, i, instant(i * 1ms)));
    CHECK(history.find(235) == nullptr);
    for (std::uint64_t i = 236; i < 300; ++i) REQUIRE(history.find(i) != nullptr);
    CHECK(history.size() == 64);
    history.insert(numbered(pool, 200));  // too late: its slot is a newer one's
    CHECK(history.find(200) == nullptr);
    CHECK(history.find(264) != nullptr);
    history.drop_older_than(instant(290ms));
    CHECK(history.find(289) == nullptr);
    CHECK(history.find(290) != nullptr);
    CHECK(history.size() == 10);
    CHECK(pool.in_use() == 10);
    history.insert(numbered(pool, 280, instant(300ms)));  // a repetition fills its place
    CHECK(history.find(280) != nullptr);
    CHECK(history.find_low(290)->extended == 290);
    history.drop_older_than(instant(1s));
    CHECK(history.size() == 0);
    CHECK(pool.in_use() == 0);
    history.insert(numbered(pool, (std::uint64_t{1} << 32) + 7));
    CHECK(history.find_low(7) != nullptr);
    CHECK(history.find(7) == nullptr);
    history.clear();
    CHECK(pool.in_use() == 0);
}

TEST_CASE("sfu parts: dropped numbers close up, lost ones stay open") {
    sequence_map map(500);
    map.rebase(1000, 1);
    CHECK(map.map(1000) == 500U);
    CHECK(map.map(1002) == 502U);
    CHECK(map.map(1001) == 501U);
    map.drop(1003);
    CHECK(map.map(1004) == 503U);
    CHECK(map.map(1002) == 502U);
    CHECK(map.map(1003) == std::nullopt);
    CHECK(map.map(999) == std::nullopt);
    map.rebase(70, 0);
    CHECK(map.map(70) == 504U);
    CHECK(map.map(69) == std::nullopt);
    map.rebase(9000, 1);
    CHECK(map.map(9000) == 506U);
    CHECK(map.next() == 507);
}

TEST_CASE("sfu parts: no outgoing number is given to two packets, whatever comes and is dropped") {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random(seed);
        sequence_map map(seed);
        std::map<std::uint64_t, std::pair<int, std::uint64_t>> given;
        int source = 0;
        std::uint64_t at = 10'000;
        map.rebase(at, 0);
        std::set<std::uint64_t> dropped;
        for (int i = 0; i < 2000; ++i) {
            const auto what = random() % 100;
            if (what < 2) {
                ++source;
                at = 10'000 + random() % 100'000;
                map.rebase(at, random() % 2);
                dropped.clear();
                continue;
            }
            if (what < 20) {
                map.drop(at);
                dropped.insert(at++);
                continue;
            }
            const auto number = what < 40 ? at - std::min<std::uint64_t>(at, random() % 60) : at++;
            if (dropped.contains(number)) continue;
            const auto out = map.map(number);
            if (!out) continue;
            const auto [known, fresh] = given.try_emplace(*out, source, number);
            REQUIRE((fresh || known->second == std::pair(source, number)));
        }
        CHECK(given.size() > 500);
    }
}

TEST_CASE("sfu parts: key frames are asked for at once, then twice a second at most, until one comes") {
    key_frame_requests requests;
    instant now{100s};
    CHECK_FALSE(requests.take_due(now));
    requests.want(now);
    CHECK(requests.deadline() == now);
    CHECK(requests.take_due(now));
    CHECK_FALSE(requests.take_due(now + 999ms));
    CHECK(requests.take_due(now + 1s));
    requests.on_key_frame();
    CHECK_FALSE(requests.deadline());
    requests.want(now + 1200ms);
    CHECK_FALSE(requests.take_due(now + 1499ms));
    CHECK(requests.take_due(now + 1500ms));
}

TEST_CASE("sfu parts: everybody reports once a second, and nobody twice after a pause") {
    std::vector<std::unique_ptr<subscriber>> all;
    report_wheel wheel;
    CHECK_FALSE(wheel.deadline());
    instant now{10s};
    for (transport_id i = 0; i < 120; ++i) {
        all.push_back(std::make_unique<subscriber>(i, publisher_filter{},
                                                   std::vector<conf::sdp::negotiated_media>{},
                                                   std::vector<conf::sdp::sent_stream>{}, i));
        wheel.add(*all.back(), i * 7, now);
    }
    std::map<transport_id, int> reports;
    const auto visit = [&](subscriber& one) { ++reports[one.id()]; };
    std::size_t turns = 0;
    for (const auto end = now + 1s; wheel.deadline() && *wheel.deadline() <= end; ++turns) {
        now = std::max(now, *wheel.deadline());
        wheel.take_due(now, visit);
        REQUIRE(*wheel.deadline() > now);
    }
    CHECK(turns <= report_wheel::parts + 1);
    for (const auto& one : all) CHECK(reports[one->id()] == 1);
    now += 7s;  // the loop stood still
    wheel.take_due(now, visit);
    CHECK(wheel.deadline() > now);
    for (const auto& one : all) CHECK(reports[one->id()] == 2);
    for (std::size_t i = 1; i < all.size(); ++i) wheel.remove(*all[i]);
    for (int i = 0; i < 3; ++i) {
        now = *wheel.deadline();
        wheel.take_due(now, visit);
    }
    CHECK(reports[0] >= 4);
    CHECK(reports[1] == 2);
    wheel.remove(*all[0]);
    now = *wheel.deadline();
    wheel.take_due(now, visit);
    CHECK_FALSE(wheel.deadline());
}

TEST_CASE("sfu parts: the loss cap tells a tenth from more than a tenth") {
    struct row {
        std::uint64_t expected;
        std::uint64_t lost;
        bool down;
    };
    const auto given = GENERATE(values<row>({
        {100, 0, false},
        {100, 10, false},
        {100, 13, false},  // in ten seconds: 30 beyond 100 expected, and chance explains 38
        {100, 14, true},
        {100, 100, true},
        {1000, 105, false},
        {1000, 113, true},
        {0, 0, false},
    }));
    loss_cap cap;
    bool down = false;
    instant now{50s};
    for (int i = 0; i < 10; ++i, now += 1s) {
        if (cap.on_report(given.expected, given.lost, now) == loss_cap::advice::down) {
            down = true;
            CHECK(now - instant(50s) >= loss_cap::patience);
        }
    }
    CHECK(down == given.down);
}

TEST_CASE("sfu parts: the loss cap tries again, each time later") {
    loss_cap cap;
    instant now{50s};
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 5; ++i) {
        while (cap.on_report(100, 50, now) != loss_cap::advice::down) now += 1s;
        const auto since = now;
        while (cap.handle_timeout(now) != loss_cap::advice::up) now += 1s;
        waits.push_back((now - since) / 1s);
    }
    CHECK(waits == std::vector<std::int64_t>{8, 16, 32, 60, 60});
}

TEST_CASE("sfu parts: a payload that its codec refuses begins nothing") {
    const auto octets = [](std::initializer_list<unsigned> list) {
        std::vector<std::byte> out;
        for (const auto value : list) out.push_back(static_cast<std::byte>(value));
        return out;
    };
    using conf::sdp::codec;
    CHECK(inspect({codec::vp8}, octets({0x10, 0x10, 0, 0}), true).starts_key_frame);
    CHECK(inspect({codec::vp8}, octets({0x10, 0x10, 0, 0}), true).ends_frame);
    CHECK_FALSE(inspect({codec::vp8}, octets({0x10, 0x11, 0, 0}), false).starts_key_frame);
    CHECK_FALSE(inspect({codec::vp8}, octets({0x90, 0x80, 0x80}), false).starts_key_frame);
    CHECK_FALSE(inspect({codec::vp8}, {}, true).starts_key_frame);
    CHECK(inspect({codec::h264}, octets({0x67, 0x42, 0xC0}), false).starts_key_frame);
    CHECK(inspect({codec::h264}, octets({0x65, 0x88}), false).starts_key_frame);
    CHECK_FALSE(inspect({codec::h264}, octets({0x41, 0x88}), false).starts_key_frame);
    CHECK(inspect({codec::av1}, octets({0x18, 0x0A, 0x0B, 0, 0}), false).starts_key_frame);
    CHECK_FALSE(inspect({codec::av1}, octets({0x10, 0x32, 0x0B, 0}), false).starts_key_frame);
    CHECK(inspect({codec::opus}, octets({0xFC}), false).starts_key_frame);
    CHECK(inspect({codec::red}, octets({0xFF}), false).primary_at == 0);
}

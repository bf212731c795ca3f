// What one engine takes at a time: at each limit, and one above it.
#include "tests/engine/peer.hpp"

using namespace engine_test;

TEST_CASE("a datagram has at most 1500 bytes", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    const auto of = [&](std::size_t protected_bytes, std::uint16_t sequence) {
        auto plain = audio_packet(sequence);
        plain.resize(protected_bytes - srtp::sizes_of(ann.session().profile()).tag, std::byte{7});
        return ann.protect(plain, sequence);
    };
    on.inject(ann.at(), of(engine::datagram_bytes_max, 1));
    CHECK(player.rtp.size() == 1);
    CHECK(on.core.count().too_long == 0);
    on.inject(ann.at(), of(engine::datagram_bytes_max + 1, 2));
    CHECK(player.rtp.size() == 1);
    CHECK(on.core.count().too_long == 1);
}

TEST_CASE("so many handshakes are under way, and the next waits for one to end", "[engine]") {
    world on({.handshakes = 2});
    const auto join = [&] {
        auto& one = on.join("room", std::nullopt, offer_of(player_offer(1)));
        one.check();
        on.carry();
        one.begin_handshake(on.now);
        return &one;
    };
    // Gives the server what the peer says; what the server answers is on its way.
    const auto say = [&](const peer& from, const std::deque<std::pair<ice::path, datagram>>& what) {
        std::vector<datagram> answers;
        for (auto [path, data] : what) on.core.handle(path, data, on.now, on.out);
        for (const auto& one : on.out.transmits) {
            if (one.to == from.at()) answers.emplace_back(one.data.begin(), one.data.end());
        }
        on.out.clear();
        return answers;
    };
    const auto begin = [&](peer& one) { return say(one, std::exchange(one.outbox, {})); };
    auto& first = *join();
    const auto first_answers = begin(first);
    auto& second = *join();
    CHECK_FALSE(begin(second).empty());
    CHECK(on.core.count().handshakes_put_off == 0);

    auto& third = *join();
    const auto hello = third.outbox;
    CHECK(begin(third).empty());
    CHECK(on.core.count().handshakes_put_off == hello.size());
    // Those under way are not concerned, and one that ends makes room.
    for (const auto& one : first_answers) first.receive(one, on.now);
    on.carry();
    CHECK(first.connected());
    third.outbox = hello;
    on.carry();
    CHECK(third.connected());

    // So does one that leaves in the middle.
    auto& fourth = *join();
    CHECK_FALSE(begin(fourth).empty());
    auto& fifth = *join();
    const auto again = fifth.outbox;
    CHECK(begin(fifth).empty());
    CHECK(on.core.close(fourth.session_name, on.now, on.out));
    fifth.outbox = again;
    on.carry();
    CHECK(fifth.connected());
}

TEST_CASE("rates of publishers change for rooms that are there", "[engine]") {
    world on({.rates = {.video_bps = 0, .audio_bps = 0, .packets_per_second = 2}});
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    std::uint16_t sequence = 0;
    const auto send = [&](int count) {
        for (int i = 0; i < count; ++i) {
            ++sequence;
            ann.send_rtp(audio_packet(sequence), sequence);
        }
        on.carry();
        return player.rtp.size();
    };
    CHECK(send(3) == 2);
    CHECK(on.core.media().over_packet_rate == 1);
    on.core.limit_rates({.video_bps = 0, .audio_bps = 0, .packets_per_second = 0});
    CHECK(send(3) == 5);
}

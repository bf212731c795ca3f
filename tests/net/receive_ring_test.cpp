#include "libconf/net/receive_ring.hpp"
#include "libconf/net/send_batch.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using net::receive_ring;
using test::at;
using test::open_socket;
using test::plain_receiver;

namespace {

std::vector<std::string> split(const net::received& run) {
    std::vector<std::string> all;
    run.for_each_datagram([&](bytes datagram) { all.emplace_back(as_text(datagram)); });
    return all;
}

}  // namespace

TEST_CASE("a run that left together arrives together and is taken apart", "[net][receive_ring]") {
    const auto receiver = open_socket(at("127.0.0.1:0"));
    const auto sender = open_socket(at("127.0.0.1:0"));
    std::vector<std::string> texts;
    for (int i = 0; i < 9; ++i) texts.push_back("datagram " + std::to_string(i));
    texts.emplace_back("short");
    net::send_batch batch;
    for (const auto& text : texts) {
        batch.add({.fd = sender.native_handle(),
                   .destination = receiver.local(),
                   .head = {},
                   .body = as_bytes(text)});
    }
    batch.flush();

    REQUIRE(test::wait_for(receiver.native_handle(), POLLIN));
    receive_ring ring;
    bool drained = false;
    const auto runs = ring.receive(receiver.native_handle(), drained);
    CHECK(drained);
    REQUIRE(runs.size() == 1);  // UDP_GRO
    CHECK(runs[0].remote == sender.local());
    CHECK(runs[0].segment_bytes == texts[0].size());
    CHECK(split(runs[0]) == texts);
}

TEST_CASE("single datagrams of every size come as they are", "[net][receive_ring]") {
    const auto receiver = open_socket(at("127.0.0.1:0"), {.receive_buffer_bytes = 1 << 20});
    plain_receiver sender(at("127.0.0.1:0"));
    const std::vector<std::size_t> sizes{1, 0, 1500, 65'507, 2};
    for (const auto size : sizes) sender.send(receiver.local(), std::string(size, 'x'));

    receive_ring ring;
    std::vector<std::size_t> got;
    while (got.size() < sizes.size() && test::wait_for(receiver.native_handle(), POLLIN)) {
        bool drained = false;
        for (const auto& run : ring.receive(receiver.native_handle(), drained)) {
            for (const auto& text : split(run)) got.push_back(text.size());
        }
    }
    CHECK(got == sizes);
}

TEST_CASE("a full ring says so, and goes on after it was emptied", "[net][receive_ring]") {
    const auto receiver = open_socket(at("127.0.0.1:0"), {.receive_buffer_bytes = 1 << 20});
    plain_receiver sender(at("127.0.0.1:0"));
    constexpr std::size_t above = receive_ring::slots + 6;
    for (std::size_t i = 0; i < above; ++i)
        sender.send(receiver.local(), std::to_string(i) + std::string(i, '.'));

    receive_ring ring;
    bool drained = true;
    const auto first = ring.receive(receiver.native_handle(), drained);
    REQUIRE(first.size() == receive_ring::slots);
    CHECK_FALSE(drained);
    CHECK(ring.full());
    CHECK(ring.receive(receiver.native_handle(), drained).empty());
    CHECK_FALSE(drained);
    ring.reset();
    CHECK_FALSE(ring.full());
    const auto rest = ring.receive(receiver.native_handle(), drained);
    CHECK(drained);
    REQUIRE(rest.size() == above - receive_ring::slots);
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const auto number = receive_ring::slots + i;
        CHECK(split(rest[i]) == std::vector{std::to_string(number) + std::string(number, '.')});
    }
    CHECK(ring.receive(receiver.native_handle(), drained).empty());
    CHECK(drained);
}

TEST_CASE("what was received stays until the ring is reset", "[net][receive_ring]") {
    const auto one = open_socket(at("127.0.0.1:0"));
    const auto other = open_socket(at("127.0.0.1:0"));
    plain_receiver sender(at("127.0.0.1:0"));
    sender.send(one.local(), "to one");
    sender.send(other.local(), "to the other");
    receive_ring ring;
    bool drained = false;
    const auto first = ring.receive(one.native_handle(), drained);
    REQUIRE(first.size() == 1);
    const auto kept = first[0].data;
    REQUIRE(ring.receive(other.native_handle(), drained).size() == 1);
    CHECK(as_text(kept) == "to one");
}

TEST_CASE("an ICMP error does not hide the datagram behind it", "[net][receive_ring]") {
    const auto socket = open_socket(at("127.0.0.1:0"), {.report_icmp = true});
    const auto closed_port = plain_receiver(at("127.0.0.1:0")).local();
    plain_receiver sender(at("127.0.0.1:0"));
    net::send_batch batch;
    batch.add(
        {.fd = socket.native_handle(), .destination = closed_port, .head = {}, .body = as_bytes("nobody")});
    batch.flush();
    REQUIRE(test::wait_for(socket.native_handle(), 0));  // POLLERR
    sender.send(socket.local(), "behind");
    REQUIRE(test::wait_for(socket.native_handle(), POLLIN));
    receive_ring ring;
    bool drained = false;
    const auto got = ring.receive(socket.native_handle(), drained);
    REQUIRE(got.size() == 1);
    CHECK(as_text(got[0].data) == "behind");
}

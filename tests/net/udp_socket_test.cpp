#include "libconf/net/udp_socket.hpp"
#include "libconf/net/receive_ring.hpp"
#include "libconf/net/send_batch.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using test::at;
using test::open_socket;
using test::plain_receiver;

namespace {

/// Loopback addresses that this machine has: some containers have no IPv6.
std::vector<std::string> loopbacks() {
    std::vector<std::string> all{"127.0.0.1:0"};
    net::udp_socket probe;
    if (net::udp_socket::open(at("[::1]:0"), {}, probe)) {
        WARN("no IPv6 here: only IPv4 is tested");
    } else {
        all.emplace_back("[::1]:0");
    }
    return all;
}

void send(const net::udp_socket& from, const endpoint& to, std::string_view text) {
    net::send_batch batch;
    batch.add({.fd = from.native_handle(), .destination = to, .head = {}, .body = as_bytes(text)});
    batch.flush();
}

}  // namespace

TEST_CASE("a closed port is reported with where the datagram had gone", "[net][udp_socket]") {
    for (const auto& loopback : loopbacks()) {
        INFO(loopback);
        auto socket = open_socket(at(loopback), {.report_icmp = true});
        CHECK_FALSE(socket.next_icmp());
        const auto closed_port = plain_receiver(at(loopback)).local();
        send(socket, closed_port, "nobody");
        REQUIRE(test::wait_for(socket.native_handle(), 0));  // POLLERR
        const auto report = socket.next_icmp();
        REQUIRE(report);
        CHECK(report->destination == closed_port);
        const bool v4 = closed_port.ip.is_v4();
        CHECK(int{report->type} == (v4 ? 3 : 1));  // destination unreachable
        CHECK(int{report->code} == (v4 ? 3 : 4));  // port unreachable
        CHECK_FALSE(socket.next_icmp());
    }
}

TEST_CASE("without report_icmp nothing is reported and nothing fails", "[net][udp_socket]") {
    auto socket = open_socket(at("127.0.0.1:0"));
    plain_receiver receiver(at("127.0.0.1:0"));
    send(socket, plain_receiver(at("127.0.0.1:0")).local(), "nobody");
    send(socket, receiver.local(), "somebody");
    CHECK(receiver.receive() == "somebody");
    CHECK_FALSE(socket.next_icmp());
}

TEST_CASE("a socket on every address tells which one was hit", "[net][udp_socket]") {
    const auto socket = open_socket(at("0.0.0.0:0"), {.report_local = true});
    plain_receiver sender(at("127.0.0.1:0"));
    for (const auto* text : {"127.0.0.1", "127.0.0.2", "127.5.6.7"}) {
        const auto hit = ip_address::parse(text).value();
        sender.send({hit, socket.local().port}, text);
        REQUIRE(test::wait_for(socket.native_handle(), POLLIN));
        net::receive_ring ring;
        bool drained = false;
        const auto got = ring.receive(socket.native_handle(), drained);
        REQUIRE(got.size() == 1);
        CHECK(got[0].local == hit);
    }
}

TEST_CASE("an IPv6 socket on every address tells it too, and takes no IPv4", "[net][udp_socket]") {
    if (loopbacks().size() == 1) return;
    const auto socket = open_socket(at("[::]:0"), {.report_local = true});
    // The same port of IPv4 is free for somebody else.
    const auto other = open_socket({ip_address{}, socket.local().port});
    CHECK(other.is_open());
    plain_receiver sender(at("[::1]:0"));
    const auto hit = ip_address::parse("::1").value();
    sender.send({hit, socket.local().port}, "hello");
    REQUIRE(test::wait_for(socket.native_handle(), POLLIN));
    net::receive_ring ring;
    bool drained = false;
    const auto got = ring.receive(socket.native_handle(), drained);
    REQUIRE(got.size() == 1);
    CHECK(got[0].local == hit);
}

TEST_CASE("an address that is taken is refused, unless both share it", "[net][udp_socket]") {
    const auto alone = open_socket(at("127.0.0.1:0"));
    net::udp_socket second;
    CHECK(net::udp_socket::open(alone.local(), {}, second) == std::errc::address_in_use);
    CHECK(net::udp_socket::open(alone.local(), {.reuse_port = true}, second) == std::errc::address_in_use);
    CHECK_FALSE(second.is_open());

    const auto shared = open_socket(at("127.0.0.1:0"), {.reuse_port = true});
    CHECK_FALSE(net::udp_socket::open(shared.local(), {.reuse_port = true}, second));
    CHECK(second.local() == shared.local());
}

TEST_CASE("an address that is not of this host is refused", "[net][udp_socket]") {
    net::udp_socket socket;
    CHECK(net::udp_socket::open(at("192.0.2.200:0"), {}, socket) == std::errc::address_not_available);
}

TEST_CASE("relayed data may be cut into fragments unless the client forbids it", "[net][udp_socket]") {
    const auto mode = [](const net::udp_socket& socket, bool v6) {
        int value = -1;
        socklen_t size = sizeof value;
        ::getsockopt(socket.native_handle(), v6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP},
                     v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &value, &size);
        return value;
    };
    for (const auto& loopback : loopbacks()) {
        const bool v6 = loopback.front() == '[';
        const auto family = v6 ? ip_family::v6 : ip_family::v4;
        auto socket = open_socket(at(loopback), {.may_fragment = true});
        CHECK(mode(socket, v6) == (v6 ? IPV6_PMTUDISC_DONT : IP_PMTUDISC_DONT));
        socket.set_dont_fragment(true, family);
        CHECK(mode(socket, v6) == (v6 ? IPV6_PMTUDISC_DO : IP_PMTUDISC_DO));
        socket.set_dont_fragment(false, family);
        CHECK(mode(socket, v6) == (v6 ? IPV6_PMTUDISC_DONT : IP_PMTUDISC_DONT));
    }
}

TEST_CASE("a socket that was moved from is closed once", "[net][udp_socket]") {
    auto first = open_socket(at("127.0.0.1:0"));
    const auto where = first.local();
    auto second = std::move(first);
    CHECK(second.local() == where);
    second = net::udp_socket{};
    CHECK_FALSE(second.is_open());
    net::udp_socket again;
    CHECK_FALSE(net::udp_socket::open(where, {}, again));  // the address is free
}

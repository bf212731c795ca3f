#include "libconf/net/send_batch.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

using namespace conf;
using net::send_batch;
using test::at;
using test::open_socket;
using test::plain_receiver;

namespace {

/// Keeps what is sent alive until the batch is flushed.
class letters {
public:
    explicit letters(int fd, bool fragments_late = false) : fd_(fd), fragments_late_(fragments_late) {}

    void add(send_batch& to, const endpoint& destination, std::string text) {
        const auto& kept = texts_.emplace_back(std::move(text));
        to.add({.fd = fd_,
                .destination = destination,
                .head = {},
                .body = as_bytes(kept),
                .fragments_late = fragments_late_});
    }

private:
    int fd_;
    bool fragments_late_;
    std::deque<std::string> texts_;
};

/// A text of `size` characters that begins with its number.
std::string numbered(std::size_t number, std::size_t size) {
    auto text = std::to_string(number) + ":";
    text.resize(size, 'x');
    return text;
}

}  // namespace

TEST_CASE("datagrams of one flow arrive whole and in order, however they were grouped", "[net][send_batch]") {
    const auto sender = open_socket(at("127.0.0.1:0"));
    plain_receiver receiver(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    // Runs, a shorter end of a run, a longer one after it, one that is too large for a segment, and an empty
    // one.
    const std::vector<std::size_t> sizes{160, 160,  160,  60, 160, 1200, 1200, 900, 4,
                                         4,   1453, 1453, 0,  4,   4,    3000, 160};
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        expected.push_back(sizes[i] > 2 ? numbered(i, sizes[i]) : std::string(sizes[i], 'x'));
        post.add(batch, receiver.local(), expected.back());
    }
    CHECK(batch.size() == sizes.size());
    batch.flush();
    CHECK(batch.empty());

    for (const auto& text : expected) {
        const auto got = receiver.receive();
        REQUIRE(got);
        CHECK(*got == text);
    }
    CHECK(receiver.from() == sender.local());
    CHECK(batch.count().datagrams == sizes.size());
    CHECK(batch.count().dropped == 0);
    CHECK(batch.count().system_calls == 1);
    // 160 160 160 60 | 160 | 1200 1200 900 | 4 4 | … | 4 4 | … 160: eleven of them left in runs.
    CHECK(batch.count().segmented == 11);
}

TEST_CASE("runs end where the kernel's limits are", "[net][send_batch]") {
    const auto sender = open_socket(at("127.0.0.1:0"));
    plain_receiver receiver(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    struct limit_case {
        std::string why;
        std::size_t size;
        std::size_t count;
    };
    const auto c = GENERATE(values<limit_case>({
        {"segments_max in one run", 20, send_batch::segments_max},
        {"one above", 20, send_batch::segments_max + 1},
        {"run_bytes_max in one run", 1444, 45},  // 64 980
        {"one above", 1444, 46},
        {"the largest segment", send_batch::segment_bytes_max, 3},
        {"one byte above", send_batch::segment_bytes_max + 1, 3},
    }));
    INFO(c.why);
    for (std::size_t i = 0; i < c.count; ++i) post.add(batch, receiver.local(), numbered(i, c.size));
    batch.flush();
    CHECK(batch.count().dropped == 0);
    for (std::size_t i = 0; i < c.count; ++i) {
        const auto got = receiver.receive();
        REQUIRE(got);
        CHECK(*got == numbered(i, c.size));
    }
}

TEST_CASE("flows to several destinations and from several sockets keep apart", "[net][send_batch]") {
    const auto first = open_socket(at("127.0.0.1:0"));
    const auto second = open_socket(at("127.0.0.1:0"));
    plain_receiver near(at("127.0.0.1:0"));
    plain_receiver far(at("127.0.0.1:0"));
    letters from_first(first.native_handle());
    letters from_second(second.native_handle());
    send_batch batch;
    for (std::size_t i = 0; i < 10; ++i) {
        from_first.add(batch, near.local(), "near " + std::to_string(i));
        from_second.add(batch, near.local(), "second " + std::to_string(i));
        from_first.add(batch, far.local(), "far " + std::to_string(i));
    }
    batch.flush();
    CHECK(batch.count().system_calls == 2);  // one for each socket
    CHECK(batch.count().segmented == 30);

    std::array<std::size_t, 2> next{};
    for (std::size_t i = 0; i < 20; ++i) {
        const auto got = near.receive();
        REQUIRE(got);
        const bool is_second = near.from() == second.local();
        CHECK(*got == (is_second ? "second " : "near ") + std::to_string(next[is_second ? 1 : 0]++));
    }
    for (std::size_t i = 0; i < 10; ++i) CHECK(far.receive() == "far " + std::to_string(i));
}

TEST_CASE("head, body and padding are one datagram", "[net][send_batch]") {
    const auto sender = open_socket(at("127.0.0.1:0"));
    plain_receiver receiver(at("127.0.0.1:0"));
    send_batch batch;
    const auto runs = GENERATE(1, 3);
    for (int i = 0; i < runs; ++i) {
        batch.add({.fd = sender.native_handle(),
                   .destination = receiver.local(),
                   .head = as_bytes("head"),
                   .body = as_bytes("body!"),
                   .padding = 3});
    }
    batch.add({.fd = sender.native_handle(),
               .destination = receiver.local(),
               .head = as_bytes("only"),
               .body = {}});
    batch.flush();
    for (int i = 0; i < runs; ++i) CHECK(receiver.receive() == std::string("headbody!\0\0\0", 12));
    CHECK(receiver.receive() == "only");
}

TEST_CASE("where the kernel refuses a run, its datagrams leave one by one", "[net][send_batch]") {
    const auto sender = open_socket(at("127.0.0.1:0"));
    // A socket without UDP checksums cannot cut runs into datagrams: the kernel says EINVAL.
    const int yes = 1;
    REQUIRE(::setsockopt(sender.native_handle(), SOL_SOCKET, SO_NO_CHECK, &yes, sizeof yes) == 0);
    plain_receiver receiver(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    for (std::size_t i = 0; i < 20; ++i) post.add(batch, receiver.local(), numbered(i, 200));
    batch.flush();
    CHECK(batch.count().segmented == 0);
    CHECK(batch.count().dropped == 0);
    for (std::size_t i = 0; i < 20; ++i) CHECK(receiver.receive() == numbered(i, 200));
}

TEST_CASE("a datagram that the kernel refuses is dropped, and only that one", "[net][send_batch]") {
    const auto sender = open_socket(at("127.0.0.1:0"));
    plain_receiver receiver(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    post.add(batch, receiver.local(), "before");
    post.add(batch, receiver.local(),
             std::string(65'508, 'x'));  // one byte above what UDP over IPv4 can carry
    post.add(batch, receiver.local(), "after");
    batch.flush();
    CHECK(batch.count().dropped == 1);
    CHECK(batch.count().datagrams == 3);
    CHECK(receiver.receive() == "before");
    CHECK(receiver.receive() == "after");

    post.add(batch, receiver.local(), std::string(65'507, 'x'));
    batch.flush();
    CHECK(batch.count().dropped == 1);
    CHECK(receiver.receive() == std::string(65'507, 'x'));
}

TEST_CASE("DF goes when something is longer than its path takes", "[net][send_batch]") {
    const auto discovery_of = [](const net::udp_socket& of) {
        int found = -1;
        socklen_t size = sizeof found;
        ::getsockopt(of.native_handle(), IPPROTO_IP, IP_MTU_DISCOVER, &found, &size);
        return found;
    };
    plain_receiver receiver(at("127.0.0.1:0"));
    const auto too_long = std::string(65'508, 'x');
    for (const bool fragments : {true, false}) {
        const auto sender = open_socket(at("127.0.0.1:0"), {.fragments_late = true});
        letters post(sender.native_handle(), fragments);
        send_batch batch;
        post.add(batch, receiver.local(), std::string(1200, 'x'));
        batch.flush();
        CHECK(discovery_of(sender) == IP_PMTUDISC_DO);
        post.add(batch, receiver.local(), too_long);  // for no path at all
        post.add(batch, receiver.local(), "after");
        batch.flush();
        CHECK(discovery_of(sender) == (fragments ? IP_PMTUDISC_WANT : IP_PMTUDISC_DO));
        CHECK(batch.count().dropped == 1);
        CHECK(receiver.receive() == std::string(1200, 'x'));
        CHECK(receiver.receive() == "after");
    }
}

TEST_CASE("an ICMP error about an earlier datagram costs no other", "[net][send_batch]") {
    // With reports on, the kernel tells of the closed port at the next call, which then sends nothing.
    const auto sender = open_socket(at("127.0.0.1:0"), {.report_icmp = true});
    const auto closed_port = plain_receiver(at("127.0.0.1:0")).local();
    plain_receiver receiver(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    for (int i = 0; i < 20; ++i) {
        post.add(batch, closed_port, "nobody");
        batch.flush();
        post.add(batch, receiver.local(), std::to_string(i));
        batch.flush();
        CHECK(receiver.receive() == std::to_string(i));
    }
    CHECK(batch.count().dropped == 0);
}

TEST_CASE("a socket bound to every address answers from the one it is told", "[net][send_batch]") {
    const auto sender = open_socket(at("0.0.0.0:0"));
    plain_receiver receiver(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    const auto first = ip_address::parse("127.0.0.2").value();
    const auto second = ip_address::parse("127.0.0.3").value();
    const auto count = GENERATE(1, 4);
    for (int i = 0; i < count; ++i) {
        for (const auto* source : {&first, &second}) {
            batch.add({.fd = sender.native_handle(),
                       .destination = receiver.local(),
                       .source = source,
                       .head = {},
                       .body = as_bytes(source == &first ? "first" : "second")});
        }
    }
    batch.flush();
    for (int i = 0; i < 2 * count; ++i) {
        const auto got = receiver.receive();
        REQUIRE(got);
        CHECK(receiver.from().ip == (*got == "first" ? first : second));
    }
}

TEST_CASE("a batch of hundreds of flows loses nothing", "[net][send_batch]") {
    const auto sender = open_socket(at("127.0.0.1:0"));
    std::deque<plain_receiver> receivers;
    for (int i = 0; i < 200; ++i) receivers.emplace_back(at("127.0.0.1:0"));
    letters post(sender.native_handle());
    send_batch batch;
    for (std::size_t round = 0; round < 3; ++round) {
        for (std::size_t i = 0; i < receivers.size(); ++i) {
            post.add(batch, receivers[i].local(), numbered(i * 3 + round, 40));
        }
    }
    batch.flush();
    CHECK(batch.count().system_calls == 1);
    CHECK(batch.count().dropped == 0);
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        for (std::size_t round = 0; round < 3; ++round)
            CHECK(receivers[i].receive() == numbered(i * 3 + round, 40));
    }
}

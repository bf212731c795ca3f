#include "libconf/net/tls_context.hpp"

#include "libconf/net/stream_protocol.hpp"
#include "tests/net/http_test_server.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_certificate.hpp"
#include "tests/net/test_client.hpp"

#include <openssl/ssl.h>
#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::http_test_server;
using test::test_client;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

struct certificate_files {
    test::temp_folder folder;

    net::tls_files write(const test::test_certificate& from, const std::string& name,
                         const std::string& chain = {}) const {
        return {folder.write(name + ".pem", from.certificate_pem() + chain),
                folder.write(name + ".key", from.key_pem())};
    }
    std::shared_ptr<net::tls_context> load(const test::test_certificate& from,
                                           const std::string& chain = {}) const {
        return net::tls_context::load(
                   {write(from, "own", chain), net::tls_transport::stream, {"http/1.1"}, {}})
            .value();
    }
};

}  // namespace

TEST_CASE("HTTPS serves as HTTP does, with the chain and transport security", "[net][http][tls]") {
    const certificate_files files;
    const auto root = test::make_certificate("root.test");
    const auto leaf = test::make_certificate("leaf.test", 3600, &root);
    const http_test_server server({}, files.load(leaf, root.certificate_pem()));
    const auto version = GENERATE(TLS1_2_VERSION, 0);
    test_client client(server.at());
    const auto tls = client.start_tls("http/1.1", version);
    REQUIRE(tls.done);
    CHECK(tls.alpn == "http/1.1");
    CHECK(tls.common_name == "leaf.test");
    CHECK(tls.chain == 2);
    for (int i = 0; i < 2; ++i) {
        client.send(get);
        const auto answer = client.read_answer();
        CHECK(answer.status == 200);
        CHECK(answer.field("Strict-Transport-Security") == "max-age=31536000");
    }
    client.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    CHECK(client.read_answer().status == 200);
    CHECK(client.read_all().empty());
}

TEST_CASE("one TLS listener can serve HTTP and TURN: ALPN says which, else the first bytes do",
          "[net][tls]") {
    const certificate_files files;
    const auto own = test::make_certificate("own.test");
    const http_test_server server(
        {}, net::tls_context::load(
                {files.write(own, "own"), net::tls_transport::stream, {"http/1.1", "stun.turn"}, {}})
                .value());
    using enum net::stream_protocol;
    const std::string allocate("\x00\x03\x00\x00\x21\x12\xA4\x42", 8);
    const auto told_apart = [&](const std::string& asked, const std::string& first) {
        const auto tls = test_client(server.at()).start_tls(asked);
        REQUIRE(tls.done);
        CHECK(tls.alpn == asked);
        return net::classify_stream(tls.alpn, as_bytes(first));
    };
    CHECK(told_apart("http/1.1", "") == http);
    CHECK(told_apart("stun.turn", "") == turn);
    CHECK(told_apart("", get) == http);
    CHECK(told_apart("", allocate) == turn);
    CHECK_FALSE(test_client(server.at()).start_tls("imap").done);
}

TEST_CASE("what is not our TLS is refused", "[net][http][tls]") {
    const certificate_files files;
    const http_test_server server({}, files.load(test::make_certificate("own.test")));
    SECTION("another protocol by ALPN") {
        CHECK_FALSE(test_client(server.at()).start_tls("h2").done);
        CHECK_FALSE(test_client(server.at()).start_tls("stun.turn").done);
    }
    SECTION("no ALPN at all is fine") {
        test_client client(server.at());
        const auto tls = client.start_tls("");
        CHECK(tls.done);
        CHECK(tls.alpn.empty());
    }
    SECTION("TLS 1.1") {
        CHECK_FALSE(test_client(server.at()).start_tls("http/1.1", TLS1_1_VERSION).done);
    }
    SECTION("plain HTTP") {
        test_client client(server.at());
        client.send(get);
        CHECK(client.read_all().find("200") == std::string::npos);
        CHECK(server.stats().handshakes_failed.value() == 1);
    }
}

TEST_CASE("a TLS handshake has its time", "[net][http][tls]") {
    const certificate_files files;
    net::http_limits limits;
    limits.handshake_time = 30ms;
    const http_test_server server(limits, files.load(test::make_certificate("own.test")));
    test_client client(server.at());
    client.send("\x16\x03\x01");
    CHECK(client.read_all().empty());
    CHECK(server.stats().hits(net::http_limit::handshake_time) == 1);
}

TEST_CASE("a refused HTTPS request gets its answer even with bytes unread", "[net][http][tls]") {
    const certificate_files files;
    const http_test_server server({}, files.load(test::make_certificate("own.test")));
    test_client client(server.at());
    REQUIRE(client.start_tls().done);
    static_cast<void>(client.try_send("GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(100'000, 'x')));
    CHECK(client.read_answer().status == 431);
}

TEST_CASE("a hundred new certificates drop no connection", "[net][http][tls]") {
    const certificate_files files;
    constexpr int reloads = 100;
    const std::array certificates{test::make_certificate("even.test"), test::make_certificate("odd.test")};
    const auto context = files.load(certificates[0]);
    const http_test_server server({}, context);
    const std::array all{files.write(certificates[0], "even"), files.write(certificates[1], "odd")};

    // Two connections that live through everything, and two threads that make new ones all the time.
    std::atomic<bool> stop{false};
    std::atomic<int> failures{0};
    std::atomic<int> handshakes{0};
    std::atomic<int> requests{0};
    const auto keep_asking = [&] {
        test_client client(server.at());
        if (!client.start_tls().done) ++failures;
        while (!stop) {
            client.send(get);
            if (client.read_answer().status != 200) ++failures;
            ++requests;
        }
    };
    const auto keep_connecting = [&] {
        while (!stop) {
            test_client client(server.at());
            const auto tls = client.start_tls();
            if (!tls.done || (tls.common_name != "even.test" && tls.common_name != "odd.test")) ++failures;
            client.send(get);
            if (client.read_answer().status != 200) ++failures;
            ++handshakes;
        }
    };
    std::vector<std::thread> threads;
    threads.emplace_back(keep_asking);
    threads.emplace_back(keep_asking);
    threads.emplace_back(keep_connecting);
    threads.emplace_back(keep_connecting);

    int wrong = 0;
    int failed = 0;
    for (int i = 1; i <= reloads; ++i) {
        const auto& next = all[static_cast<std::size_t>(i % 2)];
        if (!context->reload(next)) ++failed;
        // Whoever comes now sees the new one: no handshake begins with the old one any more.
        test_client client(server.at());
        if (client.start_tls().common_name != (i % 2 ? "odd.test" : "even.test")) ++wrong;
    }
    stop = true;
    for (auto& one : threads) one.join();
    CHECK(failed == 0);
    CHECK(wrong == 0);
    CHECK(failures == 0);
    CHECK(handshakes > 0);
    CHECK(requests > 0);
    CHECK(server.stats().handshakes_failed.value() == 0);
}

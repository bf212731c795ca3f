#include <conf/ice.hpp>
#include <conf/turn.hpp>

#include "tests/net/turn_relay.hpp"
#include "tests/net/udp_pair.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::at;
using test::plain_receiver;
using test::relay_options;
using test::temp_folder;
using test::turn_client;
using test::turn_relay;

namespace {

turn_client rest_client(const turn_relay& relay, const std::string& secret,
                        std::chrono::seconds life = 600s) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto made = make_turn_credential(secret, "carol", now + life);
    return turn_client(relay.url(), made.username, made.password);
}

}  // namespace

TEST_CASE("secrets rotate without a gap and without dropping anybody", "[net][turn_apply]") {
    auto options = relay_options();
    options.users.clear();
    options.secrets = {"old secret"};
    turn_relay relay(options);
    auto early = rest_client(relay, "old secret");
    REQUIRE(early.allocate() == 0);
    CHECK(rest_client(relay, "new secret").allocate() == 401);

    options.secrets = {"new secret", "old secret"};
    REQUIRE(relay.server.apply(options).value().empty());
    CHECK(rest_client(relay, "new secret").allocate() == 0);
    CHECK(rest_client(relay, "old secret").allocate() == 0);

    options.secrets = {"new secret"};
    REQUIRE(relay.server.apply(options).value().empty());
    CHECK(rest_client(relay, "old secret").allocate() == 401);
    CHECK(rest_client(relay, "new secret").allocate() == 0);

    // Who was there goes on with the key of the secret that has gone.
    plain_receiver peer(at("127.0.0.1:0"));
    CHECK(early.refresh(600s) == 0);
    CHECK(early.permit({peer.local()}) == 0);
    early.send(peer.local(), "still here");
    CHECK(peer.receive() == "still here");
}

TEST_CASE("a credential is refused once it has expired", "[net][turn_apply]") {
    auto options = relay_options();
    options.secrets = {"secret"};
    const turn_relay relay(options);
    CHECK(rest_client(relay, "secret", -1s).allocate() == 401);
    CHECK(rest_client(relay, "secret", 60s).allocate() == 0);
}

TEST_CASE("users, realm, limits and policy change for what comes next", "[net][turn_apply]") {
    auto options = relay_options();
    turn_relay relay(options);
    turn_client early(relay.url());
    REQUIRE(early.allocate() == 0);
    plain_receiver peer(at("127.0.0.1:0"));

    options.users = {{"bob", "builder"}};
    options.realm = "elsewhere.org";
    options.limits.allocations_total = 2;
    options.allow_peers.clear();
    REQUIRE(relay.server.apply(options).value().empty());
    CHECK(turn_client(relay.url()).allocate() == 401);
    turn_client second(relay.url(), "bob", "builder");
    CHECK(second.allocate() == 0);
    CHECK(turn_client(relay.url(), "bob", "builder").allocate() == 508);
    CHECK(second.permit({peer.local()}) == 403);
    CHECK(early.permit({peer.local()}) == 403);
    CHECK(early.refresh(600s) == 0);
}

TEST_CASE("a certificate is replaced while its clients stay", "[net][turn_apply]") {
    const temp_folder folder;
    test::write_certificate(folder, "old.example.org");
    auto options = relay_options();
    options.listen = {"tls://127.0.0.1:0", "dtls://127.0.0.1:0"};
    options.tls_certificate = folder.file("cert.pem");
    options.tls_key = folder.file("key.pem");
    turn_relay relay(options);
    const auto scheme = GENERATE(as<std::string>{}, "tls", "dtls");
    INFO(scheme);
    turn_client early(relay.url(scheme));
    CHECK(early.link().server_name() == "old.example.org");
    REQUIRE(early.allocate() == 0);

    test::write_certificate(folder, "new.example.org");
    REQUIRE(relay.server.apply(options).value().empty());
    turn_client late(relay.url(scheme));
    CHECK(late.link().server_name() == "new.example.org");
    CHECK(late.allocate() == 0);

    plain_receiver peer(at("127.0.0.1:0"));
    REQUIRE(early.permit({peer.local()}) == 0);
    early.send(peer.local(), "still here");
    CHECK(peer.receive() == "still here");
    peer.send(early.relayed(), "and you?");
    CHECK(early.receive().text == "and you?");

    SECTION("a bad one is refused and changes nothing else either") {
        folder.write("cert.pem", "half a certif");
        options.users = {{"bob", "builder"}};
        const auto applied = relay.server.apply(options);
        REQUIRE_FALSE(applied);
        CHECK(applied.error().message().find("cert.pem") != std::string::npos);
        turn_client after(relay.url(scheme));
        CHECK(after.link().server_name() == "new.example.org");
        CHECK(after.allocate() == 0);  // alice is still known
    }
    SECTION("the metric says when it expires") {
        const auto now =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        const auto expires = relay.metric("conf_turn_certificate_expiry_timestamp_seconds");
        CHECK(expires > now + 3000);
        CHECK(expires < now + 4000);
    }
}

TEST_CASE("what needs a restart is named, and the rest is in force", "[net][turn_apply]") {
    auto options = relay_options();
    turn_relay relay(options);
    options.listen = {"udp://127.0.0.1:0", "tcp://127.0.0.1:0"};
    options.relay_address = {"127.0.0.2"};
    options.external_addresses = {"9.9.9.9"};
    options.relay_ports = "50000-50010";
    options.threads = 3;
    options.users = {{"bob", "builder"}};
    const auto waiting = relay.server.apply(options).value();
    CHECK(waiting == std::vector<std::string>{"turn.listen", "turn.relay_address", "turn.external_addresses",
                                              "turn.relay_ports", "turn.threads"});
    turn_client client(relay.url(), "bob", "builder");
    CHECK(client.allocate() == 0);
    CHECK(client.relayed().ip == ip_address::parse("127.0.0.1"));
    CHECK(relay.server.status().listening.size() == 1);
}

TEST_CASE("bad options change nothing", "[net][turn_apply]") {
    auto options = relay_options();
    turn_relay relay(options);
    options.users = {{"bob", "builder"}};
    options.realm = "";
    const auto applied = relay.server.apply(options);
    REQUIRE_FALSE(applied);
    CHECK(applied.error() == make_error_code(turn_errc::bad_realm));
    CHECK(turn_client(relay.url(), "bob", "builder").allocate() == 401);
    CHECK(turn_client(relay.url()).allocate() == 0);
}

TEST_CASE("the log changes with the rest", "[net][turn_apply]") {
    test::event_book first;
    test::event_book second;
    auto options = relay_options();
    options.log = first.sink();
    options.log_least = log_level::debug;
    turn_relay relay(options);
    turn_client client(relay.url());
    REQUIRE(client.allocate() == 0);
    options.log = second.sink();
    REQUIRE(relay.server.apply(options));
    REQUIRE(client.refresh(0s) == 0);
    // The answer leaves before the log hears of it.
    CHECK(test::eventually([&] { return second.count("turn.allocation_deleted") == 1; }));
    CHECK(first.count("turn.allocation_deleted") == 0);
}

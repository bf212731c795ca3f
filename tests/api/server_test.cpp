#include <conf/server.hpp>

#include "libconf/base/ip_address.hpp"
#include "libconf/metrics/text_check.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_certificate.hpp"
#include "tests/net/test_client.hpp"

#include <conf/version.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using test::test_client;

namespace {

server_options options_on(std::vector<std::string> http, std::vector<std::string> metrics = {}) {
    server_options made;
    made.http.listen = std::move(http);
    made.metrics.listen = std::move(metrics);
    return made;
}

endpoint address_of(const std::string& url) {
    auto rest = std::string_view(url).substr(url.find("://") + 3);
    return endpoint::parse(rest.substr(0, rest.find('/'))).value();
}

test_client::answer fetch(const server& from, const std::string& path, const std::string& fields = {},
                          std::size_t listener = 0) {
    test_client client(address_of(from.listening().at(listener)));
    client.send("GET " + path + " HTTP/1.1\r\nHost: t\r\n" + fields + "\r\n");
    return client.read_answer();
}

// An address of this machine that is not loopback is not to be had in every sandbox, but 0.0.0.0 always is.
const std::string any = "0.0.0.0:0";
const std::string loopback = "127.0.0.1:0";

}  // namespace

TEST_CASE("a server tells where it listens", "[api]") {
    const auto made = server::create(options_on({loopback, "http://127.0.0.1:0"}, {loopback})).value();
    const auto listening = made.listening();
    REQUIRE(listening.size() == 3);
    for (const auto& url : listening) {
        CHECK(url.starts_with("http://127.0.0.1:"));
        CHECK(address_of(url).port != 0);
    }
    CHECK(listening[2].ends_with("/metrics"));
}

TEST_CASE("a name is bound on all its addresses, with one port", "[api]") {
    const auto made = server::create(options_on({"localhost:0"})).value();
    const auto listening = made.listening();
    REQUIRE_FALSE(listening.empty());
    for (const auto& url : listening) {
        CHECK(address_of(url).ip.is_loopback());
        CHECK(address_of(url).port == address_of(listening.front()).port);
    }
    CHECK(fetch(made, "/healthz").body == "ok\n");
}

TEST_CASE("the pages of a server", "[api]") {
    const auto made = server::create(options_on({loopback})).value();
    struct page_case {
        std::string path;
        int status;
        std::string type;
    };
    for (const auto& [path, status, type] : std::vector<page_case>{
             {"/", 200, "text/html; charset=utf-8"},
             {"/style.css", 200, "text/css; charset=utf-8"},
             {"/favicon.svg", 200, "image/svg+xml"},
             {"/favicon.ico", 204, ""},
             {"/healthz", 200, "text/plain; charset=utf-8"},
             {"/readyz", 200, "text/plain; charset=utf-8"},
             {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"},
             {"/index.html", 404, "text/plain; charset=utf-8"},
         }) {
        INFO(path);
        const auto answer = fetch(made, path);
        CHECK(answer.status == status);
        CHECK(answer.field("Content-Type") == type);
        CHECK(answer.field("Content-Security-Policy").starts_with("default-src 'none'"));
    }
    CHECK(fetch(made, "/healthz").body == "ok\n");
    CHECK(fetch(made, "/readyz").body == "ready\n");
    const auto page = fetch(made, "/");
    CHECK_THAT(page.body, Catch::Contains(std::string(version())));
    CHECK(page.field("Content-Language") == "en");
    CHECK(page.field("Vary") == "Accept-Language");
    CHECK(fetch(made, "/", "Accept-Language: fr-FR, en;q=0.5\r\n").field("Content-Language") == "fr");
}

TEST_CASE("only the call's page may run WebAssembly", "[api]") {
    static constexpr std::array<embedded_file, 2> files{{
        {"index.html", "<!doctype html>", {}, "1"},
        {"assets/effects/noise.js", "export {};", {}, "2"},
    }};
    auto options = options_on({loopback});
    options.http.pages = files;
    const auto made = server::create(options).value();
    const auto scripts = [&](const std::string& path) {
        const auto answer = fetch(made, path);
        CHECK(answer.status == 200);
        const auto policy = answer.field("Content-Security-Policy");
        const auto from = policy.find("script-src");
        return std::string(policy.substr(from, policy.find(';', from) - from));
    };
    CHECK(scripts("/r/tuesday") == "script-src 'self' 'wasm-unsafe-eval'");
    for (const std::string path :
         {"/", "/status", "/healthz", "/r/tuesday/notes/agenda", "/assets/effects/noise.js"}) {
        INFO(path);
        CHECK(scripts(path) == "script-src 'self'");
    }
}

TEST_CASE("metrics are for the machine itself unless metrics.listen says more", "[api]") {
    const auto made = server::create(options_on({loopback, any}, {any})).value();
    CHECK(fetch(made, "/metrics", {}, 0).status == 200);
    CHECK(fetch(made, "/metrics", {}, 1).status == 404);
    CHECK(fetch(made, "/metrics", {}, 2).status == 200);
    CHECK_THAT(fetch(made, "/", {}, 0).body, Catch::Contains("/metrics"));
    CHECK(fetch(made, "/", {}, 1).body.find("/metrics") == std::string::npos);
    CHECK(fetch(made, "/", {}, 2).status == 404);  // no pages there
    // A proxy on the same machine connects from loopback for everybody.
    CHECK(fetch(made, "/metrics", "X-Forwarded-For: 192.0.2.1\r\n", 0).status == 404);
    CHECK(fetch(made, "/metrics", "Forwarded: for=192.0.2.1\r\n", 0).status == 404);
    CHECK(fetch(made, "/metrics", "X-Forwarded-For: 192.0.2.1\r\n", 2).status == 200);
}

TEST_CASE("the metrics of a server are well-formed and count", "[api]") {
    const auto made = server::create(options_on({loopback})).value();
    CHECK(fetch(made, "/nothing").status == 404);
    const auto text = fetch(made, "/metrics").body;
    const auto problems = metrics::check_exposition(text);
    for (const auto& one : problems) UNSCOPED_INFO(one);
    CHECK(problems.empty());
    CHECK(metrics::find_sample(text, "conf_build_info{version=\"" + std::string(version()) + "\"}") == 1);
    CHECK(metrics::find_sample(text, R"(conf_http_requests_total{code="404"})") == 1);
    CHECK(metrics::find_sample(text, "conf_http_connections_total") == 2);
    CHECK(metrics::find_sample(text, R"(conf_http_limit_hits_total{limit="head_bytes"})") == 0);
    CHECK(metrics::find_sample(text, "process_cpu_seconds_total"));
    CHECK(metrics::find_sample(text, "conf_draining") == 0);
}

TEST_CASE("an error names the key, the address and what to do", "[api]") {
    const auto first = server::create(options_on({loopback})).value();
    const auto taken = address_of(first.listening().front()).to_string();
    const auto message = [](const server_options& options) {
        const auto made = server::create(options);
        return made ? std::string("no error") : made.error().message();
    };
    CHECK(message(options_on({taken})) ==
          "http.listen: cannot listen on " + taken +
              ": Address already in use; stop the other program or listen on another address");
    CHECK(message(options_on({}, {taken})).starts_with("metrics.listen: cannot listen on " + taken));
    CHECK(server::create(options_on({taken})).error().code() == std::errc::address_in_use);
    CHECK(message(options_on({"192.0.2.1:0"}))
              .starts_with("http.listen: cannot listen on 192.0.2.1:0: no such address"));
    CHECK(message(options_on({"8080"})).starts_with("http.listen: \"8080\": not an address"));
    CHECK(message(options_on({"ftp://127.0.0.1:0"}))
              .starts_with("http.listen: \"ftp://127.0.0.1:0\": unknown scheme"));
    CHECK(message(options_on({}, {"https://127.0.0.1:0"}))
              .starts_with("metrics.listen: \"https://127.0.0.1:0\""));
    CHECK(message(options_on({"https://127.0.0.1:0"})) ==
          "http.listen: https://127.0.0.1:0: https:// needs tls.certificate and tls.key");

    auto absent = options_on({"https://127.0.0.1:0"});
    absent.tls = {"/nonexistent/c.pem", "/nonexistent/k.pem"};
    CHECK(message(absent).starts_with("/nonexistent/c.pem: the file cannot be read"));
    auto control = options_on({loopback});
    control.control.socket = "/nonexistent/control.sock";
    CHECK(message(control) == "control.socket: /nonexistent/control.sock: No such file or directory");
    // Nothing was left behind by all that.
    CHECK(server::create(options_on({loopback})));
}

TEST_CASE("HTTPS beside HTTP, and a certificate that is exchanged", "[api][tls]") {
    const test::temp_folder folder;
    const auto old_one = test::make_certificate("old.test", 1000);
    const auto new_one = test::make_certificate("new.test", 2000);
    auto options = options_on({loopback, "https://127.0.0.1:0"});
    options.tls = {folder.write("c.pem", old_one.certificate_pem()),
                   folder.write("k.pem", old_one.key_pem())};
    auto made = server::create(options).value();
    const auto seen = [&] {
        test_client client(address_of(made.listening().at(1)));
        return client.start_tls().common_name;
    };
    const auto expiry = [&] {
        return metrics::find_sample(fetch(made, "/metrics").body, "conf_tls_certificate_expires_seconds");
    };
    CHECK(made.listening().at(1).starts_with("https://127.0.0.1:"));
    CHECK(seen() == "old.test");
    const auto first_expiry = expiry();
    REQUIRE(first_expiry);

    folder.write("c.pem", new_one.certificate_pem());
    const auto refused = made.apply(options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().context() == options.tls.key);
    CHECK(seen() == "old.test");
    CHECK(expiry() == first_expiry);

    folder.write("k.pem", new_one.key_pem());
    const auto applied = made.apply(options);
    REQUIRE(applied);
    CHECK(applied->empty());
    CHECK(seen() == "new.test");
    CHECK(expiry() > first_expiry);

    auto without = options;
    without.tls = {};
    CHECK_FALSE(made.apply(without));
}

TEST_CASE("an expired certificate is not ready", "[api][tls]") {
    const test::temp_folder folder;
    const auto old_one = test::make_certificate("old.test", -10);
    auto options = options_on({loopback, "https://127.0.0.1:0"});
    options.tls = {folder.write("c.pem", old_one.certificate_pem()),
                   folder.write("k.pem", old_one.key_pem())};
    const auto made = server::create(options).value();
    const auto answer = fetch(made, "/readyz");
    CHECK(answer.status == 503);
    CHECK(answer.body == "not ready: the TLS certificate has expired\n");
    CHECK(fetch(made, "/healthz").status == 200);
}

TEST_CASE("what needs a restart is named", "[api]") {
    auto options = options_on({loopback}, {loopback});
    auto made = server::create(options).value();
    CHECK(made.apply(options).value().empty());
    const auto before = made.listening();
    auto changed = options;
    changed.http.listen = {"127.0.0.1:1"};
    changed.metrics.listen = {};
    changed.control.socket = "/tmp/elsewhere.sock";
    changed.turn.listen = {"udp://127.0.0.1:0"};
    const std::vector<std::string> expected{"http.listen", "metrics.listen", "control.socket", "turn.listen"};
    CHECK(made.apply(changed).value() == expected);
    CHECK(made.apply(changed).value() == expected);  // still
    CHECK(made.apply(options).value().empty());
    CHECK(made.listening() == before);
}

TEST_CASE("rooms open and close, and limits change, without a restart", "[api]") {
    auto options = options_on({loopback});
    options.media.listen = {"127.0.0.1:0"};
    options.media.shards = 1;
    auto made = server::create(options).value();
    const auto look = [&](const std::string& fields = {}) { return fetch(made, "/whep/r", fields).status; };
    const std::string guess = "Authorization: Bearer guess\r\n";
    CHECK(look() == 200);
    options.rooms.open = false;
    CHECK(made.apply(options).value().empty());
    CHECK(look() == 401);
    for (int i = 0; i < 20; ++i) CHECK(look(guess) == 401);
    CHECK(look(guess) == 429);
    options.http.limits.failed_lookups_per_minute = 0;
    CHECK(made.apply(options).value().empty());
    CHECK(look(guess) == 401);
    CHECK(metrics::find_sample(fetch(made, "/metrics").body,
                               R"(conf_http_limit_hits_total{limit="failed_lookups"})") == 1);
    options.rooms.open = std::nullopt;  // everything listens on loopback
    options.rooms.limits.participants = 1;
    CHECK(made.apply(options).value().empty());
    CHECK(look(guess) == 200);

    test_client first(address_of(made.listening().front()));
    const auto ask = [](test_client& from) {
        from.send("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n");
        return from.read_answer().status;
    };
    CHECK(ask(first) == 200);
    options.http.limits.connections_per_address = 1;
    CHECK(made.apply(options).value().empty());
    test_client second(address_of(made.listening().front()));
    CHECK_THAT(second.read_all(), Catch::Equals(""));  // closed without a word
    CHECK(ask(first) == 200);                          // who is there stays
    options.http.limits.connections_per_address = 0;
    CHECK(made.apply(options).value().empty());
    test_client third(address_of(made.listening().front()));
    CHECK(ask(third) == 200);
}

TEST_CASE("the control socket of a server tells its status", "[api]") {
    const test::temp_folder folder;
    auto options = options_on({loopback});
    options.control.socket = folder.file("control.sock");
    const auto made = server::create(options).value();
    const auto ask = [&](const std::string& request) {
        test_client client(options.control.socket);
        client.send(request + "\n");
        return client.read_all();
    };
    const auto status = ask("status");
    CHECK(status.starts_with("{\"version\":\"" + std::string(version()) + "\",\"uptime_seconds\":"));
    CHECK_THAT(status, Catch::Contains("\"listening\":[\"" + made.listening().front() + "\"]"));
    CHECK(ask("reboot") == "{\"error\":\"unknown request; known: status, token, invite, pad\"}\n");
    const auto second = server::create(options);
    REQUIRE_FALSE(second);
    CHECK_THAT(second.error().message(),
               Catch::StartsWith("control.socket: ") && Catch::Contains("another server answers there"));
}

TEST_CASE("an invitation opens the notes of its room", "[api][pad]") {
    const test::temp_folder folder;
    auto options = options_on({loopback});
    options.control.socket = folder.file("control.sock");
    options.rooms.open = false;
    const auto made = server::create(options).value();
    const auto invited = [&](const std::string& how) {
        test_client client(options.control.socket);
        client.send("invite " + how + "\n");
        const auto said = client.read_all();
        const auto from = said.find("rt1.");
        REQUIRE(from != std::string::npos);
        return "Authorization: Bearer " + said.substr(from, said.find('"', from) - from) + "\r\n";
    };
    const std::string pads = "/api/v1/rooms/tuesday/pads";
    CHECK(fetch(made, pads).status == 401);
    CHECK(fetch(made, pads, invited("room=tuesday seconds=60")).status == 200);
    CHECK(fetch(made, pads, invited("room=monday seconds=60")).status == 403);
    CHECK(fetch(made, pads, invited("room=tuesday uses=2 seconds=60")).status == 401);
    const auto lock = [&](const std::string& by) {
        test_client other(address_of(made.listening().front()));
        other.send("PATCH " + pads + "/notes HTTP/1.1\r\nHost: t\r\n" + by +
                   "Content-Length: 15\r\n\r\n{\"locked\":true}");
        return other.read_answer().status;
    };
    CHECK(lock(invited("room=tuesday seconds=60")) == 403);
    CHECK(lock(invited("room=tuesday role=moderator seconds=60")) == 200);
}

TEST_CASE("a link that was taken back opens nothing, also after a restart", "[api]") {  // SEC-ROOM-2
    const test::temp_folder folder;
    auto options = options_on({loopback});
    options.rooms.open = false;
    options.rooms.secrets = {"a secret of this test"};
    options.data.path = folder.file(".");
    options.documents.converter = folder.file("nobody");
    const auto statuses = [](const server& on, const std::string& token) {
        std::vector<int> all;
        for (const auto* what : {"board", "documents", "pads"}) {
            const auto path = std::string("/api/v1/rooms/tuesday/") + what;
            const auto by = "Authorization: Bearer " + token + "\r\n";
            auto status = fetch(on, path, by).status;
            // Just after the start it cannot say.
            while (status == 503 || status == 429) status = fetch(on, path, by).status;
            all.push_back(status);
        }
        return all;
    };
    std::string link;
    std::string other;
    {
        const auto made = server::create(options).value();
        link = made.meetings().invite({.room = "tuesday"}).value();
        other = made.meetings().invite({.room = "tuesday"}).value();
        CHECK(statuses(made, link) == std::vector{200, 200, 200});
        REQUIRE(made.meetings().revoke(link));
        CHECK(statuses(made, link) == std::vector{401, 401, 401});
        CHECK(statuses(made, other) == std::vector{200, 200, 200});
    }
    const auto again = server::create(options).value();
    CHECK(statuses(again, link) == std::vector{401, 401, 401});
    CHECK(statuses(again, other) == std::vector{200, 200, 200});
}

TEST_CASE("stop ends wait, from any thread", "[api]") {
    auto made = server::create(options_on({loopback})).value();
    const auto at = address_of(made.listening().front());
    auto waiting = std::async(std::launch::async, [&] { made.wait(); });
    CHECK(waiting.wait_for(0s) == std::future_status::timeout);
    made.stop();
    CHECK(waiting.wait_for(20s) == std::future_status::ready);
    CHECK_THROWS(test_client(at));
    made.wait();  // returns at once from now on
    made.stop();
}

TEST_CASE("stop may be called by the log sink", "[api]") {
    std::promise<server*> running;
    auto future = running.get_future().share();
    server_options options = options_on({loopback});
    options.turn.listen = {"udp://127.0.0.1:0"};
    options.turn.secrets = {"a secret of this test"};
    options.log = [future](const log_event& event) {
        if (event.name == "turn.peers_opened") future.get()->stop();
    };
    auto made = server::create(options).value();
    running.set_value(&made);
    options.turn.allow_peers = {"192.0.2.1"};
    REQUIRE(made.apply(options));
    made.wait();
}

TEST_CASE("a drained server is not ready, finishes what has begun, and ends", "[api]") {
    auto made = server::create(options_on({loopback})).value();
    const auto at = address_of(made.listening().front());
    test_client busy(at);
    busy.send("GET /readyz HTTP/1.1\r\nHost: t\r\nX: ");  // begun, not finished
    CHECK(fetch(made, "/readyz").status == 200);  // so the server has read the line above, most likely
    auto waiting = std::async(std::launch::async, [&] { made.wait(); });
    made.drain();
    made.drain();
    // Either the server had seen the first bytes and waits for the rest, or the connection was idle and is
    // closed.
    static_cast<void>(busy.try_send("x\r\n\r\n"));
    const auto answer = busy.read_answer();
    if (answer.status) {
        CHECK(answer.status == 503);
        CHECK(answer.body == "not ready: the server is draining\n");
    }
    { const auto gone = std::move(busy); }
    CHECK(waiting.wait_for(20s) == std::future_status::ready);
    CHECK_THROWS(test_client(at));
}

TEST_CASE("a server that nobody waits for goes away quietly", "[api]") {
    std::string at;
    {
        auto made = server::create(options_on({loopback})).value();
        at = made.listening().front();
        auto moved = std::move(made);
        made = server::create(options_on({loopback})).value();
        CHECK(moved.listening().front() == at);
        moved.drain();
    }
    CHECK_THROWS(test_client(address_of(at)));
}

TEST_CASE("a relay inside a server shows up everywhere", "[api]") {
    auto options = options_on({loopback});
    options.turn.listen = {"udp://127.0.0.1:0", "tcp://127.0.0.1:0"};
    options.turn.secrets = {"a secret of this test"};
    auto made = server::create(options).value();
    const auto listening = made.listening();
    REQUIRE(listening.size() == 3);
    CHECK(listening[1].starts_with("udp://127.0.0.1:"));
    CHECK(listening[2].starts_with("tcp://127.0.0.1:"));
    CHECK_THAT(fetch(made, "/").body, Catch::Contains(listening[1]) && Catch::Contains(listening[2]));
    CHECK_THAT(made.status_json(), Catch::Contains("\"turn\":{\"allocations\":0,"));
    const auto text = fetch(made, "/metrics").body;
    for (const auto& one : metrics::check_exposition(text)) UNSCOPED_INFO(one);
    CHECK(metrics::check_exposition(text).empty());
    CHECK_THAT(text, Catch::Contains("turn_total_allocations"));

    auto changed = options;
    changed.turn.realm = "elsewhere";
    CHECK(made.apply(changed).value().empty());
    changed.turn.threads = 2;
    CHECK(made.apply(changed).value() == std::vector<std::string>{"turn.threads"});
    changed.turn.listen = {};
    changed.turn.threads = 1;
    CHECK(made.apply(changed).value() == std::vector<std::string>{"turn.listen"});
    changed = options;
    changed.turn.secrets = {""};
    CHECK_FALSE(made.apply(changed));
    CHECK(made.apply(options).value().empty());

    made.drain();
    made.wait();
}

TEST_CASE("one bad part keeps the whole change out", "[api][tls]") {
    const test::temp_folder folder;
    const auto old_one = test::make_certificate("old.test");
    const auto new_one = test::make_certificate("new.test");
    auto options = options_on({"https://127.0.0.1:0"});
    options.tls = {folder.write("c.pem", old_one.certificate_pem()),
                   folder.write("k.pem", old_one.key_pem())};
    options.turn.listen = {"udp://127.0.0.1:0"};
    options.turn.secrets = {"a secret of this test"};
    auto made = server::create(options).value();

    folder.write("c.pem", new_one.certificate_pem());
    folder.write("k.pem", new_one.key_pem());
    auto bad = options;
    bad.turn.secrets = {""};
    CHECK_FALSE(made.apply(bad));
    test_client client(address_of(made.listening().front()));
    CHECK(client.start_tls().common_name == "old.test");  // the certificate was good, the secret was not
}

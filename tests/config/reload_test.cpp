#include "libconf/config/keys.hpp"

#include "load.hpp"

#include <map>

using conf::configuration;
using config_test::load_good;

namespace {

struct change_case {
    std::string setting;
    std::string key;
    bool needs_restart;
};

}  // namespace

TEST_CASE("a reload tells what changed and what needs a restart", "[config]") {
    // One row for each key: a new key is not done before somebody decided what a reload does with it.
    const config_test::scratch_folder folder;
    const auto chain = folder.write("chain.pem", "-----BEGIN CERTIFICATE-----\n");
    const auto key = folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
    const std::vector<change_case> cases = {
        {"http.listen=127.0.0.1:81", "http.listen", true},
        {"http.origins=https://example.org", "http.origins", true},
        {"http.limits.connections_per_address=0", "http.limits.connections_per_address", false},
        {"http.limits.connections=1", "http.limits.connections", false},
        {"http.limits.session_requests_per_minute=0", "http.limits.session_requests_per_minute", false},
        {"http.limits.failed_lookups_per_minute=0", "http.limits.failed_lookups_per_minute", false},
        {"metrics.listen=", "metrics.listen", true},
        {"media.listen=[::1]:40000", "media.listen", true},
        {"media.public_addresses=192.0.2.1", "media.public_addresses", true},
        {"media.shards=2", "media.shards", true},
        {"rooms.open=true", "rooms.open", false},
        {"rooms.secrets=a-pheasant-in-the-snow", "rooms.secrets", false},
        {"rooms.limits.participants=0", "rooms.limits.participants", false},
        {"rooms.limits.video_bps=1", "rooms.limits.video_bps", false},
        {"rooms.limits.audio_bps=0", "rooms.limits.audio_bps", false},
        {"rooms.limits.packets_per_second=0", "rooms.limits.packets_per_second", false},
        {"documents.enabled=false", "documents.enabled", true},
        {"documents.converter=/usr/bin/x", "documents.converter", true},
        {"documents.limits.bytes=1", "documents.limits.bytes", false},
        {"documents.limits.pages=1", "documents.limits.pages", false},
        {"documents.limits.pixels=1", "documents.limits.pixels", false},
        {"documents.limits.room_bytes=1", "documents.limits.room_bytes", false},
        {"documents.limits.job_time=1", "documents.limits.job_time", false},
        {"documents.limits.jobs=1", "documents.limits.jobs", false},
        {"turn.listen=udp://127.0.0.1:0", "turn.listen", true},
        {"turn.realm=x", "turn.realm", false},
        {"turn.secrets=pheasant", "turn.secrets", false},
        {"turn.users.ada=engine", "turn.users", false},
        {"turn.relay_address=192.0.2.1", "turn.relay_address", true},
        {"turn.external_addresses=203.0.113.1", "turn.external_addresses", true},
        {"turn.relay_ports=50000-50001", "turn.relay_ports", true},
        {"turn.peer_policy=deny-list", "turn.peer_policy", false},
        {"turn.sfu_addresses=192.0.2.1", "turn.sfu_addresses", false},
        {"turn.allow_peers=192.0.2.1", "turn.allow_peers", false},
        {"turn.alternate_server=192.0.2.1:1", "turn.alternate_server", false},
        {"turn.drain_limit=1s", "turn.drain_limit", false},
        {"turn.threads=2", "turn.threads", true},
        {"turn.limits.allocations_per_credential=1", "turn.limits.allocations_per_credential", false},
        {"turn.limits.allocations_per_user=1", "turn.limits.allocations_per_user", false},
        {"turn.limits.allocations_per_address=1", "turn.limits.allocations_per_address", false},
        {"turn.limits.allocations_total=1", "turn.limits.allocations_total", false},
        {"turn.limits.allocation_bps=1", "turn.limits.allocation_bps", false},
        {"turn.limits.total_bps=1", "turn.limits.total_bps", false},
        {"turn.limits.unauthenticated_rps=1", "turn.limits.unauthenticated_rps", false},
        {"tls={certificate='" + chain + "', key='" + key + "'}", "tls.certificate", false},
        {"tls={certificate='" + chain + "', key='" + key + "'}", "tls.key", false},
        {"data.path=/srv/x", "data.path", true},
        {"control.socket=x", "control.socket", true},
        {"log.level=debug", "log.level", false},
        {"log.format=json", "log.format", false},
        {"log.client_addresses=true", "log.client_addresses", false},
    };
    const auto before = load_good({""});
    std::vector<std::string> tried;
    for (const auto& c : cases) {
        INFO(c.setting);
        tried.push_back(c.key);
        const auto after = load_good({"", {c.setting}});
        const auto changes = after.changes_since(before);
        const auto found = std::ranges::find(changes, c.key, &conf::config_change::key);
        REQUIRE(found != changes.end());
        CHECK(found->needs_restart == c.needs_restart);
        CHECK(changes.size() == (c.key.starts_with("tls.") ? 2 : 1));
        CHECK(before.changes_since(after).size() == changes.size());
        CHECK(after.changes_since(after).empty());
    }
    CHECK(tried == configuration::keys());
}

TEST_CASE("another spelling of the same is no change", "[config]") {
    const auto a = load_good({"[turn]\ndrain_limit = \"1h\"\nlisten = \"udp://localhost:1\"\n"});
    const auto b = load_good({"turn.drain_limit = 3600\nturn.listen = [\"udp://127.0.0.1:1\"]\n"});
    CHECK(a.changes_since(b).empty());
}

/// A TURN server core with a shell of a few lines around it, and clients that write any request they like.
#pragma once

#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "libconf/turn/server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace conf::turn::test {

using namespace std::chrono_literals;
using stun::attribute_type;
using stun::error_code;
using stun::message_class;
using stun::method;

inline constexpr std::string_view realm = "example.org";
inline constexpr std::string_view secret = "a secret of thirty-two bytes or so";
/// Where the calendar stands at the fixture's first moment.
inline constexpr unix_time birthday{std::chrono::seconds{1'900'000'000}};

/// A server with one static user "alice" (password "wonderland"), one secret, no limits, and every public
/// peer allowed.
settings plain_settings();

endpoint at(std::string_view text);
ip_address ip(std::string_view text);

inline const endpoint peer_a = at("9.9.9.9:4000");
inline const endpoint peer_b = at("9.9.9.10:4000");
inline const endpoint peer_v6 = at("[2620:fe::9]:4000");

/// What the core sent, owned.
struct sent {
    transmit::door via{};
    std::uint32_t socket = 0;
    endpoint destination{};
    bool dont_fragment = false;
    std::uint8_t padding = 0;
    std::vector<std::byte> data{};  ///< head, body and padding

    [[nodiscard]] std::string text() const { return std::string(as_text(data)); }
    /// The message in it; fails the test if there is none.
    [[nodiscard]] stun::message message() const;
};

/// Nothing, or the one answer to a request.
struct answer {
    std::optional<sent> datagram;

    [[nodiscard]] bool silent() const { return !datagram; }
    [[nodiscard]] bool success() const;
    /// 0: no error response.
    [[nodiscard]] int error() const;
    [[nodiscard]] std::optional<std::vector<std::byte>> find(attribute_type type) const;
    [[nodiscard]] std::optional<std::uint32_t> number(attribute_type type) const;
    [[nodiscard]] std::optional<endpoint> address(attribute_type type) const;
    /// Every XOR-RELAYED-ADDRESS.
    [[nodiscard]] std::vector<endpoint> relayed() const;
};

/// A client that remembers only what a test may want to falsify.
struct visitor {
    endpoint remote = at("198.51.100.7:1000");
    client_socket socket = 1;
    client_protocol protocol = client_protocol::udp;
    std::string user = "alice";
    std::string password = "wonderland";
    std::string realm = std::string(test::realm);
    std::vector<std::byte> nonce{};
    stun::password_algorithm algorithm = stun::password_algorithm::md5;
    bool names_algorithms = false;  ///< sends PASSWORD-ALGORITHM and PASSWORD-ALGORITHMS
    bool sha256 = false;            ///< signs with MESSAGE-INTEGRITY-SHA256
    bool fingerprint = false;

    [[nodiscard]] stun::long_term_key key() const { return {algorithm, user, realm, password}; }
};

using attributes = std::function<void(stun::message_builder&)>;

struct setup {
    settings with = plain_settings();
    bool v4 = true;
    bool v6 = true;
    std::uint16_t first_port = 50000;
    std::uint16_t last_port = 50999;
    std::uint64_t seed = 1;
    std::uint8_t shard = 0;
    bool announce_external = false;  ///< 1:1 NAT: bound to 10.1.1.1, announced as 203.0.113.1
};

/// The server's own addresses in these tests.
inline const ip_address relay_v4 = ip("192.0.2.1");
inline const ip_address relay_v6 = ip("2001:db8::1");

class fixture {
public:
    explicit fixture(setup how = {});
    /// A second shard, which shares ports and quotas with `other`.
    fixture(setup how, fixture& other);

    /// Any bytes, as a client's datagram. Returns what was sent.
    std::vector<sent> receive(const visitor& from, bytes datagram);
    std::vector<sent> receive_peer(relay_id relay, const endpoint& from, std::string_view payload);
    std::vector<sent> deliver(const endpoint& from, const endpoint& to, std::string_view payload);
    std::vector<sent> icmp(relay_id relay, const icmp_error& what);

    /// A request with nothing but these attributes and a random id.
    answer ask_unsigned(const visitor& from, method which, const attributes& add = {});
    /// A signed request; fetches a nonce first if the visitor has none.
    answer ask(visitor& from, method which, const attributes& add = {});
    /// The bytes of a signed request.
    std::vector<std::byte> signed_request(const visitor& from, method which, const attributes& add,
                                          const stun::transaction_id& id);
    void fetch_nonce(visitor& from);

    /// The four methods as an ordinary client uses them.
    answer allocate(visitor& from, const attributes& more = {});
    answer refresh(visitor& from, std::uint32_t lifetime, const attributes& more = {});
    answer permit(visitor& from, std::initializer_list<endpoint> peers);
    answer bind(visitor& from, std::uint16_t number, const endpoint& peer);
    std::vector<sent> send(const visitor& from, const endpoint& peer, std::string_view payload,
                           const attributes& more = {});
    std::vector<sent> send_channel(const visitor& from, std::uint16_t number, std::string_view payload);

    /// Lets time pass, with every timeout the core asks for on the way.
    void advance(duration by);
    stun::transaction_id next_id();

    /// The relay of this family that is open; fails the test unless there is exactly one.
    relay_id the_relay(ip_family family = ip_family::v4) const;

    std::unique_ptr<port_table> own_ports;
    std::unique_ptr<plain_quota_book> own_quotas;
    port_table& ports;
    plain_quota_book& quotas;
    server core;
    outputs out;
    instant now{1000s};
    std::map<relay_id, endpoint> open;    ///< what the shell has bound
    std::vector<relay_command> commands;  ///< of the last call
    std::vector<delivery> deliveries;     ///< of the last call; payloads in `delivered`
    std::vector<std::string> delivered;
    std::vector<turn_event> events;                   ///< of the last call
    int binds_that_fail = 0;                          ///< the next so many
    std::function<bool(const endpoint&)> bind_fails;  ///< and those that it chooses
    int binds = 0;

private:
    std::vector<sent> finish();

    std::uint64_t next_id_ = 0;
};

/// Attribute writers, to be called as `fix.allocate(a, with(…))`.
attributes requested_transport(std::uint8_t protocol = 17);
attributes lifetime(std::uint32_t seconds_wanted);
attributes raw(attribute_type type, std::string_view value);
attributes family(attribute_type type, std::uint8_t octet);
attributes even_port(bool reserve);
attributes reservation(const reservation_token& token);
attributes xor_peer(const endpoint& peer);
attributes both(attributes first, attributes second);

reservation_token token_of(const answer& from);

}  // namespace conf::turn::test

/// A TURN server in memory and clients that sign their requests, for tests that judge by what would be sent.
#pragma once

#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/turn/server.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace turn_verdicts {

namespace stun = conf::stun;
namespace turn = conf::turn;
using conf::bytes;
using conf::endpoint;

inline constexpr std::string_view realm = "example.org";
inline constexpr std::string_view password = "correct horse";
inline constexpr std::uint16_t first_port = 50'000;
inline constexpr std::uint16_t last_port = 50'031;
/// Where the relay sends from: a public IPv4 and a public IPv6 address.
inline const endpoint relay_v4 = endpoint::parse("9.9.9.9:0").value();
inline const endpoint relay_v6 = endpoint::parse("[2620:fe::fe]:0").value();

/// A server with both families and the users "ada", "bob" and "eve", all with the password above; no limits.
[[nodiscard]] inline turn::settings usual_settings(turn::policy_options policy) {
    turn::settings made;
    made.realm = realm;
    for (const auto* name : {"ada", "bob", "eve"}) made.users.emplace(name, password);
    made.policy = std::move(policy);
    made.limits.unauthenticated_rps = 0;
    made.limits.allocation_bps = 0;
    return made;
}

[[nodiscard]] inline turn::policy_options deny_list() {
    return {
        .mode = conf::turn_peer_policy::deny_list, .sfu = {}, .allowed = {}, .own = {}, .own_services = {}};
}

[[nodiscard]] inline turn::identity usual_identity() {
    return {.v4 = turn::relay_interface{relay_v4.ip, relay_v4.ip},
            .v6 = turn::relay_interface{relay_v6.ip, relay_v6.ip},
            .nonce_key = conf::crypto::key_from_seed(1),
            .random_key = conf::crypto::key_from_seed(2)};
}

/// The server, the shell it needs (every port can be bound) and its clock.
class relay {
public:
    explicit relay(turn::settings initial, turn::identity fixed = usual_identity())
        : core(std::move(fixed), std::move(initial), ports, quotas) {
        core.set_clock(conf::unix_time(std::chrono::seconds(1'800'000'000)), now);
    }

    /// Gives a datagram to the server; afterwards `out` holds what came of it.
    void give(const turn::client_datagram& in) {
        out.clear();
        core.handle(in, now, out);
        carry_out();
    }
    void give_peer(turn::relay_id id, const endpoint& from, bytes payload) {
        out.clear();
        core.handle_peer(id, from, payload, now, out);
    }
    void pass(conf::duration time) {
        now += time;
        out.clear();
        core.handle_timeout(now, out);
    }

    turn::port_table ports{first_port, last_port};
    turn::plain_quota_book quotas;
    turn::server core;
    turn::outputs out;
    conf::instant now{std::chrono::seconds(1000)};

private:
    void carry_out() {
        for (std::size_t i = 0; i < out.commands.size(); ++i) {  // grows while it is walked
            const auto command = out.commands[i];
            if (command.what == turn::relay_command::action::open) {
                core.handle_relay_opened(command.relay, true, now, out);
            }
        }
    }
};

/// One client on UDP.
class client {
public:
    using add_attributes = std::function<void(stun::message_builder&)>;

    client(std::string user, std::string_view from, turn::client_socket socket = 1)
        : user_(std::move(user)),
          remote_(endpoint::parse(from).value()),
          socket_(socket),
          key_(stun::password_algorithm::md5, user_, realm, password) {}

    /// A datagram from this client; the bytes must live until the server has answered.
    [[nodiscard]] turn::client_datagram datagram(bytes payload) const {
        return {
            .socket = socket_, .protocol = turn::client_protocol::udp, .remote = remote_, .payload = payload};
    }

    /// Asks for the realm and a nonce; the answer is a 401.
    void greet(relay& server) {
        stun::message_builder out(memory_, stun::message_class::request, stun::method::allocate, next_id());
        server.give(datagram(out.finish()));
        const auto answer = stun::message::parse(server.out.transmits.at(0).head);
        const auto nonce = conf::as_text(answer->find(stun::attribute_type::nonce).value());
        nonce_.assign(nonce.begin(), nonce.end());
    }

    /// A signed request; valid until the next one. `with_key`: another than its own.
    [[nodiscard]] bytes request(stun::method which, const add_attributes& add,
                                const stun::long_term_key* with_key = nullptr) {
        stun::message_builder out(memory_, stun::message_class::request, which, next_id());
        add(out);
        out.add(stun::attribute_type::username, conf::as_bytes(user_))
            .add(stun::attribute_type::realm, conf::as_bytes(realm))
            .add(stun::attribute_type::nonce, conf::as_bytes(nonce_))
            .add_integrity((with_key ? *with_key : key_).raw());
        return out.finish();
    }

    /// Sends a signed request. 0 for success, the number for an error response, nothing for silence.
    std::optional<int> ask(relay& server, stun::method which, const add_attributes& add) {
        server.give(datagram(request(which, add)));
        return verdict(server);
    }

    /// The same of the last answer that the server gave.
    [[nodiscard]] static std::optional<int> verdict(const relay& server) {
        for (const auto& sent : server.out.transmits) {
            if (sent.via != turn::transmit::door::client) continue;
            const auto answer = stun::message::parse(sent.head);
            if (!answer) return -1;
            if (answer->type() == stun::message_class::success_response) return 0;
            const auto code = answer->find(stun::attribute_type::error_code);
            return code ? stun::read_error_code(*code).value_or(-1) : -1;
        }
        return std::nullopt;
    }

    /// An allocation of both families.
    std::optional<int> allocate(relay& server) {
        greet(server);
        return ask(server, stun::method::allocate, [](stun::message_builder& out) {
            out.add_u32(stun::attribute_type::requested_transport, 17U << 24)
                .add_family(stun::attribute_type::additional_address_family, conf::ip_family::v6);
        });
    }

    std::optional<int> create_permission(relay& server, const endpoint& peer) {
        return ask(server, stun::method::create_permission, [&](stun::message_builder& out) {
            out.add_xor_address(stun::attribute_type::xor_peer_address, peer);
        });
    }

    std::optional<int> bind_channel(relay& server, std::uint16_t number, const endpoint& peer) {
        return ask(server, stun::method::channel_bind, [&](stun::message_builder& out) {
            out.add_u32(stun::attribute_type::channel_number, std::uint32_t{number} << 16)
                .add_xor_address(stun::attribute_type::xor_peer_address, peer);
        });
    }

    /// A Send indication, without waiting for anything.
    void send(relay& server, const endpoint& peer, std::string_view payload) {
        stun::message_builder out(memory_, stun::message_class::indication, stun::method::send, next_id());
        out.add_xor_address(stun::attribute_type::xor_peer_address, peer)
            .add(stun::attribute_type::data, conf::as_bytes(payload));
        server.give(datagram(out.finish()));
    }

    void send_on_channel(relay& server, std::uint16_t number, std::string_view payload) {
        conf::store_u16(memory_, 0, number);
        conf::store_u16(memory_, 2, static_cast<std::uint16_t>(payload.size()));
        std::ranges::copy(conf::as_bytes(payload), memory_.begin() + 4);
        server.give(datagram(bytes(memory_).first(4 + payload.size())));
    }

    [[nodiscard]] const endpoint& remote() const noexcept { return remote_; }
    [[nodiscard]] const std::string& nonce() const noexcept { return nonce_; }

private:
    stun::transaction_id next_id() {
        stun::transaction_id id{};
        conf::store_u32(id, 8, ++sent_);
        return id;
    }

    std::string user_;
    endpoint remote_;
    turn::client_socket socket_;
    stun::long_term_key key_;
    std::string nonce_;
    std::uint32_t sent_ = 0;
    std::array<std::byte, 2048> memory_{};
};

/// Where the relay would send data of the last input; nothing if it sends none to a peer.
[[nodiscard]] inline std::vector<endpoint> sent_to_peers(const relay& server) {
    std::vector<endpoint> peers;
    for (const auto& sent : server.out.transmits) {
        if (sent.via == turn::transmit::door::relay) peers.push_back(sent.destination);
    }
    for (const auto& passed : server.out.deliveries) peers.push_back(passed.to);
    return peers;
}

}  // namespace turn_verdicts

#include "tests/turn/fixture.hpp"

#include "libconf/turn/channel_data.hpp"

#include <algorithm>
#include <utility>

namespace conf::turn::test {
namespace {

identity identity_of(const setup& how) {
    identity made;
    if (how.v4) {
        made.v4 = how.announce_external ? relay_interface{ip("10.1.1.1"), ip("203.0.113.1")}
                                        : relay_interface{relay_v4, relay_v4};
    }
    if (how.v6) made.v6 = relay_interface{relay_v6, relay_v6};
    made.shard = how.shard;
    made.nonce_key = crypto::key_from_seed(77);  // all shards share it
    made.random_key = crypto::key_from_seed(how.seed);
    return made;
}

}  // namespace

settings plain_settings() {
    settings made;
    made.realm = realm;
    made.secrets = {std::string(secret)};
    made.users = {{"alice", "wonderland"}, {"bob", "builder"}};
    made.policy.mode = turn_peer_policy::deny_list;
    made.policy.own = {relay_v4, relay_v6};
    made.limits = {.allocations_per_credential = 0,
                   .allocations_per_user = 0,
                   .allocations_per_address = 0,
                   .allocations_total = 0,
                   .allocation_bps = 0,
                   .total_bps = 0,
                   .unauthenticated_rps = 0};
    return made;
}

endpoint at(std::string_view text) {
    const auto parsed = endpoint::parse(text);
    check(parsed.has_value());
    return *parsed;
}

ip_address ip(std::string_view text) {
    const auto parsed = ip_address::parse(text);
    check(parsed.has_value());
    return *parsed;
}

stun::message sent::message() const {
    auto parsed = stun::message::parse(data);
    REQUIRE(parsed.has_value());
    return *parsed;
}

bool answer::success() const {
    return datagram && datagram->message().type() == message_class::success_response;
}

int answer::error() const {
    if (!datagram || datagram->message().type() != message_class::error_response) return 0;
    const auto value = datagram->message().find(attribute_type::error_code);
    REQUIRE(value);
    // SEC-TURN-6: the reason phrase is empty.
    REQUIRE(value->size() == 4);
    return stun::read_error_code(*value).value_or(-1);
}

std::optional<std::vector<std::byte>> answer::find(attribute_type type) const {
    REQUIRE(datagram);
    const auto value = datagram->message().find(type);
    if (!value) return std::nullopt;
    return std::vector<std::byte>(value->begin(), value->end());
}

std::optional<std::uint32_t> answer::number(attribute_type type) const {
    const auto value = find(type);
    return value ? stun::read_u32(*value) : std::nullopt;
}

std::optional<endpoint> answer::address(attribute_type type) const {
    const auto value = find(type);
    return value ? stun::read_xor_address(*value, datagram->message().transaction_id()) : std::nullopt;
}

std::vector<endpoint> answer::relayed() const {
    REQUIRE(datagram);
    std::vector<endpoint> found;
    const auto message = datagram->message();
    message.for_each([&](const stun::attribute& one) {
        if (one.type != attribute_type::xor_relayed_address) return;
        const auto relayed = stun::read_xor_address(one.value, message.transaction_id());
        REQUIRE(relayed);
        found.push_back(*relayed);
    });
    return found;
}

fixture::fixture(setup how)
    : own_ports(std::make_unique<port_table>(how.first_port, how.last_port)),
      own_quotas(std::make_unique<plain_quota_book>()),
      ports(*own_ports),
      quotas(*own_quotas),
      core(identity_of(how), how.with, ports, quotas) {
    core.set_clock(birthday, now);
}

fixture::fixture(setup how, fixture& other)
    : ports(other.ports),
      quotas(other.quotas),
      core(identity_of(how), how.with, ports, quotas),
      now(other.now) {
    core.set_clock(birthday, now);
}

stun::transaction_id fixture::next_id() {
    stun::transaction_id id{};
    store_u32(id, 0, 0xC0FFEE00);
    store_u32(id, 8, static_cast<std::uint32_t>(++next_id_));
    return id;
}

std::vector<sent> fixture::finish() {
    for (std::size_t i = 0; i < out.commands.size(); ++i) {
        const auto command = out.commands[i];
        if (command.what == relay_command::action::close) {
            REQUIRE(open.erase(command.relay) == 1);
            continue;
        }
        ++binds;
        REQUIRE(!open.contains(command.relay));
        const bool fails = binds_that_fail > 0 || (bind_fails && bind_fails(command.bound));
        if (binds_that_fail > 0) --binds_that_fail;
        if (!fails) open[command.relay] = command.bound;
        core.handle_relay_opened(command.relay, !fails, now, out);
    }
    commands = out.commands;
    deliveries = out.deliveries;
    events = out.events;
    delivered.clear();
    for (auto& one : deliveries) {
        delivered.emplace_back(as_text(one.payload));
        one.payload = {};
    }
    std::vector<sent> copies;
    for (const auto& one : out.transmits) {
        sent copy{.via = one.via,
                  .socket = one.socket,
                  .destination = one.destination,
                  .dont_fragment = one.dont_fragment,
                  .padding = one.padding,
                  .data = {}};
        copy.data.assign(one.head.begin(), one.head.end());
        copy.data.insert(copy.data.end(), one.body.begin(), one.body.end());
        copy.data.insert(copy.data.end(), one.padding, std::byte{0});
        copies.push_back(std::move(copy));
        if (one.via == transmit::door::relay) REQUIRE(open.contains(one.socket));
    }
    out.clear();
    // Whatever happens: every request has one answer or none that was suppressed, every allocation its
    // sockets.
    const auto& count = core.count();
    REQUIRE(count.binding_requests + count.requests ==
            count.success_responses + count.error_responses + count.unauthenticated_responses +
                count.stale_nonce_responses + count.answers_suppressed);
    REQUIRE(open.size() >= count.allocations);
    REQUIRE(open.size() <= 2 * count.allocations);
    return copies;
}

std::vector<sent> fixture::receive(const visitor& from, bytes datagram) {
    core.handle(
        {.socket = from.socket, .protocol = from.protocol, .remote = from.remote, .payload = datagram}, now,
        out);
    return finish();
}

std::vector<sent> fixture::receive_peer(relay_id relay, const endpoint& from, std::string_view payload) {
    core.handle_peer(relay, from, as_bytes(payload), now, out);
    return finish();
}

std::vector<sent> fixture::deliver(const endpoint& from, const endpoint& to, std::string_view payload) {
    core.handle_delivery({.shard = 0, .from = from, .to = to, .payload = as_bytes(payload)}, now, out);
    return finish();
}

std::vector<sent> fixture::icmp(relay_id relay, const icmp_error& what) {
    core.handle_icmp(relay, what, now, out);
    return finish();
}

namespace {

answer only_one(std::vector<sent> all, const visitor& to, const stun::transaction_id& id) {
    REQUIRE(all.size() <= 1);
    if (all.empty()) return {};
    REQUIRE(all[0].via == transmit::door::client);
    REQUIRE(all[0].socket == to.socket);
    REQUIRE(all[0].destination == to.remote);
    REQUIRE(all[0].message().transaction_id() == id);
    return {std::move(all[0])};
}

}  // namespace

answer fixture::ask_unsigned(const visitor& from, method which, const attributes& add) {
    std::array<std::byte, 4096> buffer;
    const auto id = next_id();
    stun::message_builder request(buffer, message_class::request, which, id);
    if (add) add(request);
    if (from.fingerprint) request.add_fingerprint();
    return only_one(receive(from, request.finish()), from, id);
}

std::vector<std::byte> fixture::signed_request(const visitor& from, method which, const attributes& add,
                                               const stun::transaction_id& id) {
    std::array<std::byte, 4096> buffer;
    stun::message_builder request(buffer, message_class::request, which, id);
    if (add) add(request);
    request.add(attribute_type::username, as_bytes(from.user))
        .add(attribute_type::realm, as_bytes(from.realm))
        .add(attribute_type::nonce, from.nonce);
    if (from.names_algorithms) {
        request
            .add(attribute_type::password_algorithms,
                 std::array{std::byte{0}, std::byte{2}, std::byte{0}, std::byte{0}, std::byte{0},
                            std::byte{1}, std::byte{0}, std::byte{0}})
            .add_u32(attribute_type::password_algorithm, static_cast<std::uint32_t>(from.algorithm) << 16);
    }
    if (from.sha256) request.add_integrity_sha256(from.key().raw());
    if (!from.sha256) request.add_integrity(from.key().raw());
    if (from.fingerprint) request.add_fingerprint();
    const auto written = request.finish();
    return {written.begin(), written.end()};
}

answer fixture::ask(visitor& from, method which, const attributes& add) {
    if (from.nonce.empty()) fetch_nonce(from);
    const auto id = next_id();
    auto got = only_one(receive(from, signed_request(from, which, add, id)), from, id);
    if (got.datagram) {
        // RFC 8489 §9.2.4: what was judged by a signature is answered with one, of the same kind.
        const auto message = got.datagram->message();
        const bool vouched = message.integrity_at() || message.integrity_sha256_at();
        const auto why = got.error();
        if (vouched) {
            REQUIRE((from.sha256 ? stun::integrity_sha256_holds(message, from.key().raw())
                                 : stun::integrity_holds(message, from.key().raw())));
        }
        if (!vouched) REQUIRE((why == 400 || why == 401 || why == 438));
        REQUIRE(message.fingerprint_at().has_value() == from.fingerprint);
        if (from.fingerprint) REQUIRE(stun::fingerprint_holds(message));
    }
    return got;
}

void fixture::fetch_nonce(visitor& from) {
    const auto got = ask_unsigned(from, method::allocate);
    REQUIRE(got.error() == 401);
    from.nonce = got.find(attribute_type::nonce).value();
}

answer fixture::allocate(visitor& from, const attributes& more) {
    return ask(from, method::allocate, both(requested_transport(), more));
}

answer fixture::refresh(visitor& from, std::uint32_t wanted, const attributes& more) {
    return ask(from, method::refresh, both(lifetime(wanted), more));
}

answer fixture::permit(visitor& from, std::initializer_list<endpoint> peers) {
    return ask(from, method::create_permission, [&](stun::message_builder& request) {
        for (const auto& peer : peers) request.add_xor_address(attribute_type::xor_peer_address, peer);
    });
}

answer fixture::bind(visitor& from, std::uint16_t number, const endpoint& peer) {
    return ask(from, method::channel_bind, [&](stun::message_builder& request) {
        request.add_u32(attribute_type::channel_number, std::uint32_t{number} << 16)
            .add_xor_address(attribute_type::xor_peer_address, peer);
    });
}

std::vector<sent> fixture::send(const visitor& from, const endpoint& peer, std::string_view payload,
                                const attributes& more) {
    std::vector<std::byte> buffer(payload.size() + 256);
    stun::message_builder indication(buffer, message_class::indication, method::send, next_id());
    indication.add_xor_address(attribute_type::xor_peer_address, peer);
    if (more) more(indication);
    indication.add(attribute_type::data, as_bytes(payload));
    return receive(from, indication.finish());
}

std::vector<sent> fixture::send_channel(const visitor& from, std::uint16_t number, std::string_view payload) {
    std::vector<std::byte> message(4);
    store_u16(message, 0, number);
    store_u16(message, 2, static_cast<std::uint16_t>(payload.size()));
    const auto body = as_bytes(payload);
    message.insert(message.end(), body.begin(), body.end());
    return receive(from, message);
}

void fixture::advance(duration by) {
    const auto until = now + by;
    while (const auto next = core.deadline()) {
        if (*next > until) break;
        now = std::max(now, *next);
        core.handle_timeout(now, out);
        finish();
    }
    now = until;
}

relay_id fixture::the_relay(ip_family family_wanted) const {
    std::vector<relay_id> found;
    for (const auto& [relay, bound] : open) {
        if (bound.ip.family() == family_wanted) found.push_back(relay);
    }
    REQUIRE(found.size() == 1);
    return found[0];
}

attributes requested_transport(std::uint8_t protocol) {
    return [=](stun::message_builder& to) {
        to.add_u32(attribute_type::requested_transport, std::uint32_t{protocol} << 24);
    };
}

attributes lifetime(std::uint32_t wanted) {
    return [=](stun::message_builder& to) { to.add_u32(attribute_type::lifetime, wanted); };
}

attributes raw(attribute_type type, std::string_view value) {
    return [=, copy = std::string(value)](stun::message_builder& to) { to.add(type, as_bytes(copy)); };
}

attributes family(attribute_type type, std::uint8_t octet) {
    return [=](stun::message_builder& to) { to.add_u32(type, std::uint32_t{octet} << 24); };
}

attributes even_port(bool reserve) {
    return [=](stun::message_builder& to) {
        to.add(attribute_type::even_port, std::array{reserve ? std::byte{0x80} : std::byte{0}});
    };
}

attributes reservation(const reservation_token& token) {
    return [=](stun::message_builder& to) { to.add(attribute_type::reservation_token, token); };
}

attributes xor_peer(const endpoint& peer) {
    return [=](stun::message_builder& to) { to.add_xor_address(attribute_type::xor_peer_address, peer); };
}

attributes both(attributes first, attributes second) {
    return [first = std::move(first), second = std::move(second)](stun::message_builder& to) {
        if (first) first(to);
        if (second) second(to);
    };
}

reservation_token token_of(const answer& from) {
    const auto value = from.find(attribute_type::reservation_token);
    REQUIRE(value);
    REQUIRE(value->size() == 8);
    reservation_token token{};
    std::ranges::copy(*value, token.begin());
    return token;
}

}  // namespace conf::turn::test

/// Data in both directions: Send and Data indications, ChannelData, ICMP (RFC 8656 §11, §12).
#include "libconf/turn/channel_data.hpp"
#include "libconf/turn/server.hpp"

#include <algorithm>
#include <array>

namespace conf::turn {
namespace {

using stun::attribute_type;

constexpr std::uint8_t padding_of(std::size_t size) noexcept {
    return static_cast<std::uint8_t>(align4(size) - size);
}

/// RFC 8656 §11.5: errors that say something about the path to the peer.
constexpr bool is_forwarded_icmp(ip_family family, std::uint8_t type) noexcept {
    if (family == ip_family::v4) return type == 3 || type == 11;
    return type >= 1 && type <= 3;
}

/// The header of a Data indication, its XOR-PEER-ADDRESS and the header of one more attribute.
constexpr std::size_t indication_head_bytes_max =
    stun::header_bytes + 2 * stun::attribute_header_bytes + stun::address_value_bytes_max + 8;

/// What fits behind the longest head: STUN counts 65 532 bytes behind its header. The kernel hands out hardly
/// more, but ChannelData of a neighbour on a stream may be 65 535 long.
constexpr std::size_t payload_bytes_max =
    65'532 - (2 * stun::attribute_header_bytes + stun::address_value_bytes_max);

/// Indications are not answered, so their transaction ids only have to differ.
stun::transaction_id indication_id(std::uint64_t number) noexcept {
    stun::transaction_id id{};
    store_u32(id, 4, static_cast<std::uint32_t>(number >> 32));
    store_u32(id, 8, static_cast<std::uint32_t>(number));
    return id;
}

}  // namespace

std::optional<std::uint8_t> server::own_relay_shard(const endpoint& peer) const noexcept {
    const auto* own = interface_of(peer.ip.family());
    if (!own || (peer.ip != own->announced && peer.ip != own->bound) || !policy_.allows_own_relays())
        return std::nullopt;
    return ports_.owner(peer.ip.family(), peer.port);
}

void server::handle_channel_data(const client_datagram& in, instant now, outputs& out) {
    const auto data = channel_data::parse(in.payload);
    if (!data) {
        ++count_.dropped_malformed;
        return;
    }
    std::uint32_t slot = 0;
    auto* from = open_allocation({in.socket, in.remote}, slot);
    if (!from) {
        ++count_.dropped_no_allocation;
        return;
    }
    const auto* channel = from->find_channel(data->number, now);
    if (!channel) {
        ++count_.dropped_no_channel;
        return;
    }
    relay_to_peer(*from, slot, channel->peer, data->payload, false, now, out);
}

void server::handle_send(const client_datagram& in, const stun::message& message, instant now, outputs& out) {
    const auto peer_value = message.find(attribute_type::xor_peer_address);
    const auto data = message.find(attribute_type::data);
    const auto peer =
        peer_value ? stun::read_xor_address(*peer_value, message.transaction_id()) : std::nullopt;
    bool understood = true;
    message.for_each(
        [&](const stun::attribute& found) { understood = understood && understands(found.type); });
    if (!peer || !data || !understood) {
        ++count_.dropped_malformed;
        return;
    }
    std::uint32_t slot = 0;
    auto* from = open_allocation({in.socket, in.remote}, slot);
    if (!from) {
        ++count_.dropped_no_allocation;
        return;
    }
    const bool dont_fragment = message.find(attribute_type::dont_fragment).has_value();
    relay_to_peer(*from, slot, *peer, *data, dont_fragment, now, out);
}

void server::relay_to_peer(allocation& from, std::uint32_t slot, const endpoint& peer, bytes payload,
                           bool dont_fragment, instant now, outputs& out) {
    count_.from_clients.add(payload.size());
    from.data.from_clients.add(payload.size());
    const auto family = peer.ip.family();
    if (from.of(family).is != relayed_address::state::open) {
        ++count_.dropped_family;
        return;
    }
    const auto* granted = from.find_permission(peer.ip, now);
    if (!granted) {
        ++count_.dropped_no_permission;
        return;
    }
    const auto neighbour = own_relay_shard(peer);
    const bool any_port = granted->every_port && peer.port != 0;
    if (!neighbour && !any_port && !policy_.allows(peer)) {
        ++count_.dropped_peer_denied;
        return;
    }
    const auto bits = payload.size() * 8;
    if (!from.to_peers.take(bits, settings_.limits.allocation_bps, now) ||
        !total_bandwidth_.take(bits, settings_.limits.total_bps, now)) {
        ++count_.dropped_bandwidth;
        return;
    }
    count_.to_peers.add(payload.size());
    from.data.to_peers.add(payload.size());
    if (neighbour) {
        out.deliveries.push_back(
            {.shard = *neighbour, .from = relayed_endpoint(from, family), .to = peer, .payload = payload});
        return;
    }
    out.transmits.push_back({.via = transmit::door::relay,
                             .dont_fragment = dont_fragment,
                             .socket = slot * 2 + (family == ip_family::v6 ? 1 : 0),
                             .destination = peer,
                             .head = {},
                             .body = payload});
}

void server::handle_peer(relay_id relay, const endpoint& from, bytes payload, instant now, outputs& out) {
    if (auto* to = allocation_of(relay)) {
        relay_to_client(*to, from, payload, now, out);
    } else {
        ++count_.dropped_no_allocation;
    }
}

void server::handle_delivery(const delivery& in, instant now, outputs& out) {
    const auto key = port_key(in.to.ip.family(), in.to.port);
    if (const auto* relay = by_port_.find(port_hash(key), key)) {
        handle_peer(*relay, in.from, in.payload, now, out);
    } else {
        ++count_.dropped_no_allocation;
    }
}

void server::relay_to_client(allocation& to, const endpoint& from, bytes payload, instant now, outputs& out) {
    if (payload.size() > payload_bytes_max) {
        ++count_.dropped_malformed;
        return;
    }
    count_.from_peers.add(payload.size());
    to.data.from_peers.add(payload.size());
    if (!to.find_permission(from.ip, now)) {
        ++count_.dropped_no_permission;
        return;
    }
    const auto bits = payload.size() * 8;
    if (!to.to_client.take(bits, settings_.limits.allocation_bps, now) ||
        !total_bandwidth_.take(bits, settings_.limits.total_bps, now)) {
        ++count_.dropped_bandwidth;
        return;
    }
    count_.to_clients.add(payload.size());
    to.data.to_clients.add(payload.size());

    transmit sent{.via = transmit::door::client,
                  .socket = to.client.socket,
                  .destination = to.client.remote,
                  .head = {},
                  .body = payload};
    if (const auto* channel = to.find_channel(from, now)) {
        const auto head = out.memory.take(channel_header_bytes);
        store_u16(head, 0, channel->number);
        store_u16(head, 2, static_cast<std::uint16_t>(payload.size()));
        sent.head = head;
        // RFC 8656 §12.5: padding is for streams; a datagram ends by itself.
        if (is_stream(to.protocol)) sent.padding = padding_of(payload.size());
    } else {
        const auto piece = out.memory.take(indication_head_bytes_max);
        stun::message_builder indication(piece, stun::message_class::indication, stun::method::data,
                                         indication_id(++next_indication_));
        indication.add_xor_address(attribute_type::xor_peer_address, from)
            .add_detached(attribute_type::data, payload.size());
        sent.head = indication.finish();
        sent.padding = padding_of(payload.size());
    }
    out.transmits.push_back(sent);
}

void server::handle_icmp(relay_id relay, const icmp_error& in, instant now, outputs& out) {
    auto* to = allocation_of(relay);
    if (!to || to->opening || !is_forwarded_icmp(in.peer.ip.family(), in.type)) return;
    if (!to->find_permission(in.peer.ip, now)) {
        ++count_.dropped_no_permission;
        return;
    }
    // RFC 8656 §18.13: 16 reserved bits, 7 of type, 9 of code, and four bytes of data.
    std::array<std::byte, 8> value{};
    store_u16(value, 2, static_cast<std::uint16_t>((in.type & 0x7F) << 9 | in.code));
    store_u32(value, 4, in.data);
    const auto piece = out.memory.take(indication_head_bytes_max);
    stun::message_builder indication(piece, stun::message_class::indication, stun::method::data,
                                     indication_id(++next_indication_));
    indication.add_xor_address(attribute_type::xor_peer_address, in.peer).add(attribute_type::icmp, value);
    ++count_.icmp_errors_forwarded;
    out.transmits.push_back({.via = transmit::door::client,
                             .socket = to->client.socket,
                             .destination = to->client.remote,
                             .head = indication.finish(),
                             .body = {}});
}

}  // namespace conf::turn

/// The four authenticated methods: Allocate, Refresh, CreatePermission, ChannelBind (RFC 8656 §7 to §10,
/// §12).
#include "libconf/base/check.hpp"
#include "libconf/turn/request.hpp"
#include "libconf/turn/server.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace conf::turn {
namespace {

using stun::attribute_type;
using stun::error_code;
using stun::message_class;

constexpr std::uint8_t protocol_udp = 17;
constexpr std::array both_families{ip_family::v4, ip_family::v6};

constexpr std::optional<ip_family> family_from(std::uint8_t octet) noexcept {
    if (octet == 1) return ip_family::v4;
    if (octet == 2) return ip_family::v6;
    return std::nullopt;
}

constexpr relay_id relay_of(std::uint32_t slot, ip_family family) noexcept {
    return slot * 2 + (family == ip_family::v6 ? 1 : 0);
}

/// RFC 8656 §7.2: at least the default, at most the maximum. Nothing for a malformed attribute.
std::optional<seconds> read_lifetime(const stun::message& in) {
    const auto value = in.find(attribute_type::lifetime);
    if (!value) return allocation_lifetime_default;
    const auto wanted = stun::read_u32(*value);
    if (!wanted) return std::nullopt;
    if (*wanted == 0) return seconds{0};
    return std::clamp(seconds{*wanted}, allocation_lifetime_default, allocation_lifetime_max);
}

/// The families, in the order of RFC 8656 §7.2 steps 6 and 7.
std::optional<error_code> read_families(const stun::message& in, wanted_allocation& wanted) {
    const auto requested = in.find(attribute_type::requested_address_family);
    const auto additional = in.find(attribute_type::additional_address_family);
    if (requested && additional) return error_code::bad_request;
    if (requested) {
        const auto octet = stun::read_address_family(*requested);
        if (!octet) return error_code::bad_request;
        const auto family = family_from(*octet);
        if (!family) return error_code::address_family_not_supported;
        wanted.v4 = *family == ip_family::v4;
        wanted.v6 = *family == ip_family::v6;
        return std::nullopt;
    }
    wanted.v4 = true;
    if (!additional) return std::nullopt;
    // An additional family can only be IPv6, and a pair of ports cannot be asked for in two families.
    const auto octet = stun::read_address_family(*additional);
    if (!octet || family_from(*octet) != ip_family::v6 ||
        wanted.parity == port_parity::even_and_reserve_next) {
        return error_code::bad_request;
    }
    wanted.v6 = wanted.v6_is_additional = true;
    return std::nullopt;
}

/// RFC 8656 §7.2, steps 3 to 8 as far as the request alone decides them.
std::variant<wanted_allocation, error_code> read_allocate(const stun::message& in) {
    const auto transport = in.find(attribute_type::requested_transport);
    if (!transport) return error_code::bad_request;
    const auto protocol = stun::read_requested_transport(*transport);
    if (!protocol) return error_code::bad_request;
    if (*protocol != protocol_udp) return error_code::unsupported_transport_protocol;

    wanted_allocation wanted;
    if (const auto even = in.find(attribute_type::even_port)) {
        const auto reserve = stun::read_even_port(*even);
        if (!reserve) return error_code::bad_request;
        wanted.parity = *reserve ? port_parity::even_and_reserve_next : port_parity::even;
    }
    if (const auto token = in.find(attribute_type::reservation_token)) {
        const bool with_others = wanted.parity != port_parity::any ||
                                 in.find(attribute_type::requested_address_family) ||
                                 in.find(attribute_type::additional_address_family);
        if (token->size() != sizeof(reservation_token) || with_others) return error_code::bad_request;
        std::ranges::copy(*token, wanted.token.emplace().begin());
    }
    if (const auto wrong = read_families(in, wanted)) return *wrong;
    const auto lifetime = read_lifetime(in);
    if (!lifetime) return error_code::bad_request;
    // An allocation that ends at once is nobody's wish; zero means "delete" only in a Refresh.
    wanted.lifetime = std::max(*lifetime, allocation_lifetime_default);
    return wanted;
}

}  // namespace

void server::refuse_allocation(const request& on, error_code code) {
    if (code == error_code::allocation_quota_reached) ++count_.quota_refusals;
    if (code == error_code::insufficient_capacity) ++count_.capacity_refusals;
    on.out.events.push_back({.what = turn_event::kind::refused,
                             .user = on.user->name,
                             .client = on.in.remote,
                             .relayed = {},
                             .why = code});
    if (code != error_code::try_alternate) return refuse(on, code);
    ++count_.error_responses;
    auto answer = on.begin(message_class::error_response);
    answer.body().add_error(code).add_address(attribute_type::alternate_server, *settings_.alternate_server);
    answer.send();
}

void server::handle_allocate(const request& on) {
    if (const auto slot = find(on.client)) {
        const auto& existing = *slots_[*slot];
        // A retransmission is answered again; while the sockets are being opened the answer is on its way.
        if (existing.allocate.id == on.form.id) {
            if (!existing.opening) answer_allocate(existing, on.out);
            return;
        }
        return refuse(on, error_code::allocation_mismatch);
    }
    const auto read = read_allocate(on.message);
    if (const auto* wrong = std::get_if<error_code>(&read)) return refuse_allocation(on, *wrong);
    auto wanted = std::get<wanted_allocation>(read);
    if (!wanted.token &&
        ((wanted.v4 && !fixed_.v4 && !wanted.v6_is_additional) || (wanted.v6 && !fixed_.v6 && !wanted.v4))) {
        return refuse_allocation(on, error_code::address_family_not_supported);
    }
    if (draining_) {
        const auto code =
            settings_.alternate_server ? error_code::try_alternate : error_code::insufficient_capacity;
        return refuse_allocation(on, code);
    }
    switch (quotas_.enter(on.user->name, on.user->kind, on.in.remote.ip, settings_.limits)) {
        case quota_book::verdict::admitted: break;
        case quota_book::verdict::user_has_too_many:
            return refuse_allocation(on, error_code::allocation_quota_reached);
        case quota_book::verdict::server_is_full:
            return refuse_allocation(on, error_code::insufficient_capacity);
    }
    make_allocation(on, wanted);
}

void server::make_allocation(const request& on, const wanted_allocation& wanted) {
    const auto slot = take_slot();
    slots_[slot] = std::make_unique<allocation>();
    auto& made = *slots_[slot];
    made.client = on.client;
    made.protocol = on.in.protocol;
    made.user = on.user->name;
    made.key = on.user->key;
    made.allocate = on.form;
    made.lifetime = wanted.lifetime;
    made.expires = on.now + wanted.lifetime;
    by_client_.insert(hash_of(made.client, hash_seed_), made.client, slot);
    ++count_.allocations;
    arm(slot);

    if (wanted.token) {
        const auto claimed = ports_.claim(*wanted.token, fixed_.shard);
        if (!claimed || !interface_of(claimed->family)) {
            if (claimed) ports_.release(claimed->family, claimed->port);
            return refuse_opening(slot, on.out);
        }
        auto& relayed = made.of(claimed->family);
        // The reserved port and no other: one attempt.
        relayed = {
            .is = relayed_address::state::opening, .port = claimed->port, .attempts = port_attempts_max};
        on.out.commands.push_back({.what = relay_command::action::open,
                                   .relay = relay_of(slot, claimed->family),
                                   .bound = {interface_of(claimed->family)->bound, claimed->port}});
        return;
    }
    for (const auto family : both_families) {
        if (!(family == ip_family::v4 ? wanted.v4 : wanted.v6)) continue;
        made.of(family).parity = wanted.parity;
        if (interface_of(family) && open_port(slot, family, on.out)) continue;
        // Of two families one may fail, and the answer says why (RFC 8656 §7.2 step 7).
        made.other_family_error = interface_of(family) ? error_code::insufficient_capacity
                                                       : error_code::address_family_not_supported;
        made.failed_family = family;
    }
    const bool any =
        std::ranges::any_of(made.relayed, [](const auto& r) { return r.is != relayed_address::state::none; });
    if (!any) refuse_opening(slot, on.out);
}

bool server::open_port(std::uint32_t slot, ip_family family, outputs& out) {
    auto& relayed = slots_[slot]->of(family);
    if (relayed.attempts == port_attempts_max) return false;
    const auto port = ports_.take(family, relayed.parity, fixed_.shard, random_);
    if (!port) return false;
    ++relayed.attempts;
    relayed.is = relayed_address::state::opening;
    relayed.port = *port;
    out.commands.push_back({.what = relay_command::action::open,
                            .relay = relay_of(slot, family),
                            .bound = {interface_of(family)->bound, *port}});
    return true;
}

void server::handle_relay_opened(relay_id relay, bool bound, instant now, outputs& out) {
    const auto slot = relay / 2;
    const auto family = relay % 2 == 0 ? ip_family::v4 : ip_family::v6;
    auto* owner = allocation_of(relay);
    check(owner && owner->of(family).is == relayed_address::state::opening);
    auto& relayed = owner->of(family);
    if (bound) {
        relayed.is = relayed_address::state::open;
        const auto key = port_key(family, relayed.port);
        by_port_.insert(port_hash(key), key, relay);
    } else {
        // Another program has that port. It stays free here: the next allocation may be luckier.
        ports_.release(family, relayed.port);
        relayed.is = relayed_address::state::none;
        relayed.port = 0;
        if (open_port(slot, family, out)) return;
        owner->other_family_error = error_code::insufficient_capacity;
        owner->failed_family = family;
    }
    const auto waits = [](const relayed_address& r) { return r.is == relayed_address::state::opening; };
    if (std::ranges::none_of(owner->relayed, waits)) finish_opening(slot, now, out);
}

void server::finish_opening(std::uint32_t slot, instant now, outputs& out) {
    auto& done = *slots_[slot];
    const auto open = [](const relayed_address& r) { return r.is == relayed_address::state::open; };
    if (std::ranges::none_of(done.relayed, open)) return refuse_opening(slot, out);
    const auto first = open(done.of(ip_family::v4)) ? ip_family::v4 : ip_family::v6;
    if (done.of(first).parity == port_parity::even_and_reserve_next) {
        done.reservation = ports_.reserve_next(first, done.of(first).port, random_);
        if (!done.reservation) return refuse_opening(slot, out);
        reservations_.push({now + reservation_lifetime, *done.reservation});
    }
    done.opening = false;
    ++count_.allocations_created;
    out.events.push_back({.what = turn_event::kind::allocated,
                          .user = done.user,
                          .client = done.client.remote,
                          .relayed = relayed_endpoint(done, first),
                          .why = {}});
    answer_allocate(done, out);
}

void server::refuse_opening(std::uint32_t slot, outputs& out) {
    const auto refused = *slots_[slot];
    remove(slot, turn_event::kind::refused, out);
    out.events.back().why = error_code::insufficient_capacity;
    ++count_.capacity_refusals;
    ++count_.error_responses;
    reply answer(out, refused.client, refused.allocate, message_class::error_response, stun::method::allocate,
                 &refused.key);
    answer.body().add_error(error_code::insufficient_capacity);
    answer.send();
}

void server::answer_allocate(const allocation& done, outputs& out) {
    ++count_.success_responses;
    reply answer(out, done.client, done.allocate, message_class::success_response, stun::method::allocate,
                 &done.key);
    for (const auto family : both_families) {
        if (done.relayed[family == ip_family::v4 ? 0 : 1].is != relayed_address::state::open) continue;
        answer.body().add_xor_address(attribute_type::xor_relayed_address, relayed_endpoint(done, family));
    }
    answer.body()
        .add_u32(attribute_type::lifetime, static_cast<std::uint32_t>(done.lifetime.count()))
        .add_xor_address(attribute_type::xor_mapped_address, done.client.remote);
    if (done.reservation) answer.body().add(attribute_type::reservation_token, *done.reservation);
    if (done.other_family_error)
        answer.body().add_address_error(done.failed_family, *done.other_family_error);
    answer.send();
}

void server::handle_refresh(const request& on) {
    std::uint32_t slot = 0;
    auto* refreshed = open_allocation(on.client, slot);
    if (!refreshed) return refuse(on, error_code::allocation_mismatch);
    if (refreshed->user != on.user->name) return refuse(on, error_code::wrong_credentials);
    const auto lifetime = read_lifetime(on.message);
    if (!lifetime) return refuse(on, error_code::bad_request);

    // RFC 8656 §8.2: a family names the address to refresh or to delete; a dual allocation may lose one of
    // two.
    std::optional<ip_family> only;
    if (const auto value = on.message.find(attribute_type::requested_address_family)) {
        const auto octet = stun::read_address_family(*value);
        if (!octet) return refuse(on, error_code::bad_request);
        only = family_from(*octet);
        if (!only || refreshed->of(*only).is != relayed_address::state::open) {
            return refuse(on, error_code::peer_address_family_mismatch);
        }
    }
    ++count_.success_responses;
    auto answer = on.begin(message_class::success_response);
    answer.body().add_u32(attribute_type::lifetime, static_cast<std::uint32_t>(lifetime->count()));
    answer.send();

    if (lifetime->count() > 0) {
        refreshed->lifetime = *lifetime;
        refreshed->expires = on.now + *lifetime;
        return arm(slot);
    }
    if (only) close_relay(slot, *only, on.out);
    const auto open = [](const relayed_address& r) { return r.is == relayed_address::state::open; };
    if (!only || std::ranges::none_of(refreshed->relayed, open))
        remove(slot, turn_event::kind::deleted, on.out);
}

std::optional<error_code> server::judge_peer(const allocation& from, const endpoint& peer) const {
    const auto& relayed = from.relayed[peer.ip.is_v4() ? 0 : 1];
    if (relayed.is != relayed_address::state::open) return error_code::peer_address_family_mismatch;
    if (policy_.allows_any_port(peer.ip) || own_relay_shard(peer)) return std::nullopt;
    return error_code::forbidden;
}

bool server::install_permission(allocation& to, const ip_address& peer, instant now) {
    auto& list = to.permissions;
    const auto known = std::ranges::find(list, peer, &permission::peer);
    if (known != list.end()) {
        known->expires = now + permission_lifetime;
        known->every_port = policy_.is_port_blind(peer);
        return true;
    }
    if (list.size() >= permissions_per_allocation_max) {
        std::erase_if(list, [&](const permission& old) { return old.expires <= now; });
        if (list.size() >= permissions_per_allocation_max) return false;
    }
    list.push_back({peer, now + permission_lifetime, policy_.is_port_blind(peer)});
    return true;
}

void server::handle_create_permission(const request& on) {
    std::uint32_t slot = 0;
    auto* granting = open_allocation(on.client, slot);
    if (!granting) return refuse(on, error_code::allocation_mismatch);
    if (granting->user != on.user->name) return refuse(on, error_code::wrong_credentials);

    // RFC 8656 §10.2: all of them or none, so all are judged before the first is installed.
    std::array<ip_address, stun::attributes_max> peers;
    std::size_t count = 0;
    std::optional<error_code> wrong;
    on.message.for_each([&](const stun::attribute& found) {
        if (found.type != attribute_type::xor_peer_address || wrong) return;
        const auto peer = stun::read_xor_address(found.value, on.form.id);
        wrong = peer ? judge_peer(*granting, *peer) : error_code::bad_request;
        if (!wrong) peers[count++] = peer->ip;
    });
    if (!wrong && count == 0) wrong = error_code::bad_request;
    if (wrong) {
        if (*wrong == error_code::forbidden) ++count_.peer_refusals;
        return refuse(on, *wrong);
    }
    auto changed = granting->permissions;
    for (const auto& peer : std::span(peers).first(count)) {
        if (install_permission(*granting, peer, on.now)) continue;
        granting->permissions = std::move(changed);
        ++count_.capacity_refusals;
        return refuse(on, error_code::insufficient_capacity);
    }
    ++count_.success_responses;
    on.begin(message_class::success_response).send();
}

void server::handle_channel_bind(const request& on) {
    std::uint32_t slot = 0;
    auto* binding = open_allocation(on.client, slot);
    if (!binding) return refuse(on, error_code::allocation_mismatch);
    if (binding->user != on.user->name) return refuse(on, error_code::wrong_credentials);

    const auto number_value = on.message.find(attribute_type::channel_number);
    const auto peer_value = on.message.find(attribute_type::xor_peer_address);
    const auto number = number_value ? stun::read_channel_number(*number_value) : std::nullopt;
    const auto peer = peer_value ? stun::read_xor_address(*peer_value, on.form.id) : std::nullopt;
    if (!number || !peer || *number < channel_first || *number > channel_last) {
        return refuse(on, error_code::bad_request);
    }
    if (auto wrong = judge_peer(*binding, *peer)) {
        if (*wrong == error_code::forbidden) ++count_.peer_refusals;
        return refuse(on, *wrong);
    }
    if (!policy_.allows(*peer) && !own_relay_shard(*peer)) {
        ++count_.peer_refusals;
        return refuse(on, error_code::forbidden);
    }
    auto& list = binding->channels;
    const auto by_number = std::ranges::find(list, *number, &channel_binding::number);
    const auto by_peer = std::ranges::find(list, *peer, &channel_binding::peer);
    if (by_number != by_peer) {
        // RFC 8656 §12: neither half may find a new partner before the old binding has been gone for a while,
        // because packets of it may still be on their way.
        const auto free = [&](auto entry) {
            return entry == list.end() || entry->expires + channel_quarantine <= on.now;
        };
        if (!free(by_number) || !free(by_peer)) return refuse(on, error_code::bad_request);
    }
    if (by_number == list.end() || by_number != by_peer) {
        std::erase_if(list, [&](const channel_binding& old) {
            return old.expires + channel_quarantine <= on.now || old.number == *number || old.peer == *peer;
        });
        if (list.size() >= channels_per_allocation_max) {
            ++count_.capacity_refusals;
            return refuse(on, error_code::insufficient_capacity);
        }
    }
    // Before the binding changes: without the permission there is no channel.
    if (!install_permission(*binding, peer->ip, on.now)) {
        ++count_.capacity_refusals;
        return refuse(on, error_code::insufficient_capacity);
    }
    const auto bound = std::ranges::find(list, *number, &channel_binding::number);
    if (bound == list.end()) {
        list.push_back({*number, *peer, on.now + channel_lifetime});
    } else {
        bound->expires = on.now + channel_lifetime;
    }
    ++count_.success_responses;
    on.begin(message_class::success_response).send();
}

}  // namespace conf::turn

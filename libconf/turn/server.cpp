#include "libconf/turn/server.hpp"

#include "libconf/base/check.hpp"
#include "libconf/turn/channel_data.hpp"
#include "libconf/turn/reply.hpp"
#include "libconf/turn/request.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace conf::turn {
namespace {

using stun::attribute_type;
using stun::error_code;
using stun::message_class;

/// Both algorithms, the stronger one first; each has no parameters (RFC 8489 §14.11).
constexpr std::array offered_algorithms{std::byte{0}, std::byte{2}, std::byte{0}, std::byte{0},
                                        std::byte{0}, std::byte{1}, std::byte{0}, std::byte{0}};

/// What PASSWORD-ALGORITHM and PASSWORD-ALGORITHMS say together, RFC 8489 §9.2.4: both or neither, and the
/// list must be the one we sent, or somebody on the way shortened it.
std::optional<stun::password_algorithm> algorithm_of(const stun::message& in) {
    const auto list = in.find(attribute_type::password_algorithms);
    const auto chosen = in.find(attribute_type::password_algorithm);
    if (!list && !chosen) return stun::password_algorithm::md5;
    if (!list || !chosen || !std::ranges::equal(*list, offered_algorithms)) return std::nullopt;
    return stun::read_password_algorithm(*chosen);
}

}  // namespace

bool understands(attribute_type type) noexcept {
    switch (type) {
        case attribute_type::mapped_address:
        case attribute_type::username:
        case attribute_type::message_integrity:
        case attribute_type::error_code:
        case attribute_type::unknown_attributes:
        case attribute_type::channel_number:
        case attribute_type::lifetime:
        case attribute_type::xor_peer_address:
        case attribute_type::data:
        case attribute_type::realm:
        case attribute_type::nonce:
        case attribute_type::xor_relayed_address:
        case attribute_type::requested_address_family:
        case attribute_type::even_port:
        case attribute_type::requested_transport:
        case attribute_type::dont_fragment:
        case attribute_type::message_integrity_sha256:
        case attribute_type::password_algorithm:
        case attribute_type::userhash:
        case attribute_type::xor_mapped_address:
        case attribute_type::reservation_token: return true;
        default: return !stun::comprehension_required(type);
    }
}

server::server(identity fixed, settings initial, port_table& ports, quota_book& quotas)
    : fixed_(std::move(fixed)),
      settings_(std::move(initial)),
      policy_(settings_.policy),
      ports_(ports),
      quotas_(quotas),
      nonces_(fixed_.nonce_key),
      random_(fixed_.random_key),
      hash_seed_(random_()),
      limiter_(random_()) {}

server::~server() = default;

void server::reconfigure(settings changed) {
    settings_ = std::move(changed);
    policy_ = peer_policy(settings_.policy);
    // Permissions remember what the old policy said of them; the new one is asked for every packet until they
    // expire.
    for (auto& slot : slots_) {
        if (!slot) continue;
        for (auto& granted : slot->permissions) granted.every_port = false;
    }
}

void server::handle(const client_datagram& in, instant now, outputs& out) {
    if (looks_like_channel_data(in.payload)) {
        handle_channel_data(in, now, out);
    } else if (!in.payload.empty() && load_u8(in.payload, 0) < 4) {
        handle_stun(in, now, out);
    } else {
        ++count_.dropped_unknown_protocol;
    }
}

void server::handle_stun(const client_datagram& in, instant now, outputs& out) {
    const auto parsed = stun::message::parse(in.payload);
    if (!parsed || (parsed->fingerprint_at() && !stun::fingerprint_holds(*parsed))) {
        ++count_.dropped_malformed;
        return;
    }
    if (parsed->type() == message_class::indication) {
        if (parsed->method() == stun::method::send) return handle_send(in, *parsed, now, out);
        // A Binding indication keeps a NAT open and wants nothing (RFC 8489 §6.3.2).
        if (parsed->method() != stun::method::binding) ++count_.dropped_malformed;
        return;
    }
    if (parsed->type() != message_class::request) {
        ++count_.dropped_malformed;
        return;
    }
    request on{.in = in,
               .message = *parsed,
               .now = now,
               .out = out,
               .client = {in.socket, in.remote},
               .form = {.id = parsed->transaction_id(),
                        .fingerprint = parsed->fingerprint_at().has_value(),
                        .sha256 = parsed->integrity_sha256_at().has_value()},
               .user = {}};
    if (parsed->method() == stun::method::binding) {
        handle_binding(on);
    } else {
        handle_request(on);
    }
}

bool server::answer_admitted(const request& on) {
    // Only UDP carries forged sources: the others had to answer a handshake first.
    if (on.user || on.in.protocol != client_protocol::udp) return true;
    if (limiter_.admits(on.in.remote.ip, settings_.limits.unauthenticated_rps, on.now)) return true;
    ++count_.answers_suppressed;
    return false;
}

void server::refuse(const request& on, error_code code) {
    if (!answer_admitted(on)) return;
    ++count_.error_responses;
    auto answer = on.begin(message_class::error_response);
    answer.body().add_error(code);
    answer.send();
}

void server::challenge(const request& on, error_code code) {
    if (code == error_code::unauthenticated) ++count_.unauthenticated_requests;
    if (!answer_admitted(on)) return;
    ++(code == error_code::stale_nonce ? count_.stale_nonce_responses : count_.unauthenticated_responses);
    const auto nonce = nonces_.make(on.in.remote.ip, on.now);
    auto answer = on.begin(message_class::error_response);
    answer.body()
        .add_error(code)
        .add(attribute_type::realm, as_bytes(settings_.realm))
        .add(attribute_type::nonce, as_bytes(std::string_view(nonce.data(), nonce.size())))
        .add(attribute_type::password_algorithms, offered_algorithms);
    check(answer.send() <= unauthenticated_answer_bytes_max);
}

bool server::refuse_unknown_attributes(const request& on) {
    std::array<std::byte, 2 * stun::attributes_max> list;
    std::size_t size = 0;
    on.message.for_each([&](const stun::attribute& found) {
        if (understands(found.type)) return;
        store_u16(list, size, static_cast<std::uint16_t>(found.type));
        size += 2;
    });
    if (size == 0) return false;
    if (!answer_admitted(on)) return true;
    // A stranger's list is cut so that the answer stays short; the first is enough to know what is wrong.
    if (!on.user) size = std::min<std::size_t>(size, 2 * 16);
    ++count_.error_responses;
    auto answer = on.begin(message_class::error_response);
    answer.body()
        .add_error(error_code::unknown_attribute)
        .add(attribute_type::unknown_attributes, bytes(list).first(size));
    answer.send();
    return true;
}

void server::handle_binding(const request& on) {
    ++count_.binding_requests;
    const auto errors_before = count_.error_responses;
    if (refuse_unknown_attributes(on)) {
        count_.binding_errors += count_.error_responses - errors_before;
        return;
    }
    if (!answer_admitted(on)) return;
    ++count_.success_responses;
    ++count_.binding_responses;
    auto answer = on.begin(message_class::success_response);
    answer.body().add_xor_address(attribute_type::xor_mapped_address, on.in.remote);
    answer.send();
}

void server::handle_request(request& on) {
    ++count_.requests;
    using handler = void (server::*)(const request&);
    handler handle_it = nullptr;
    switch (on.message.method()) {
        case stun::method::allocate: handle_it = &server::handle_allocate; break;
        case stun::method::refresh: handle_it = &server::handle_refresh; break;
        case stun::method::create_permission: handle_it = &server::handle_create_permission; break;
        case stun::method::channel_bind: handle_it = &server::handle_channel_bind; break;
        default: return refuse(on, error_code::bad_request);
    }
    if (const auto failed = authenticate(on)) {
        const bool with_nonce = *failed == error_code::unauthenticated || *failed == error_code::stale_nonce;
        return with_nonce ? challenge(on, *failed) : refuse(on, *failed);
    }
    if (!refuse_unknown_attributes(on)) (this->*handle_it)(on);
}

/// RFC 8489 §9.2.4, in its order; but the nonce is judged before the signature, because that is cheaper.
std::optional<error_code> server::authenticate(request& on) {
    const auto& in = on.message;
    if (!in.integrity_at() && !in.integrity_sha256_at()) return error_code::unauthenticated;
    const auto username = in.find(attribute_type::username);
    const auto nonce = in.find(attribute_type::nonce);
    if ((!username && !in.find(attribute_type::userhash)) || !in.find(attribute_type::realm) || !nonce) {
        return error_code::bad_request;
    }
    const auto algorithm = algorithm_of(in);
    if (!algorithm) return error_code::bad_request;
    if (!nonces_.is_fresh(*nonce, on.in.remote.ip, on.now)) return error_code::stale_nonce;

    // An allocation goes on with the key it was made with, also after its credential or secret has gone.
    if (const auto slot = find(on.client)) {
        const auto& known = *slots_[*slot];
        const bool same_name = !username || as_text(*username) == known.user;
        if (same_name && known.key.algorithm() == *algorithm && signed_with(in, known.key)) {
            on.user = authenticated_user{known.user, {}, known.key};
            return std::nullopt;
        }
    }
    on.user = turn::authenticate(in, *algorithm, settings_, unix_now(on.now));
    if (!on.user) return error_code::unauthenticated;
    return std::nullopt;
}

std::optional<std::uint32_t> server::find(const five_tuple& client) noexcept {
    const auto* slot = by_client_.find(hash_of(client, hash_seed_), client);
    if (!slot) return std::nullopt;
    return *slot;
}

allocation* server::open_allocation(const five_tuple& client, std::uint32_t& slot) noexcept {
    const auto found = find(client);
    if (!found || slots_[*found]->opening) return nullptr;
    slot = *found;
    return slots_[slot].get();
}

allocation* server::allocation_of(relay_id relay) noexcept {
    const auto slot = relay / 2;
    return slot < slots_.size() ? slots_[slot].get() : nullptr;
}

std::uint32_t server::take_slot() {
    if (free_slots_.empty()) {
        slots_.emplace_back();
        timer_of_slot_.push_back(instant::max());
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const auto slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
}

const relay_interface* server::interface_of(ip_family family) const noexcept {
    const auto& found = family == ip_family::v4 ? fixed_.v4 : fixed_.v6;
    return found ? &*found : nullptr;
}

endpoint server::relayed_endpoint(const allocation& of, ip_family family) const noexcept {
    const auto* through = interface_of(family);
    check(through != nullptr);
    return {through->announced, of.relayed[family == ip_family::v4 ? 0 : 1].port};
}

void server::close_relay(std::uint32_t slot, ip_family family, outputs& out) {
    auto& relayed = slots_[slot]->of(family);
    if (relayed.is == relayed_address::state::none) return;
    const auto key = port_key(family, relayed.port);
    by_port_.erase(port_hash(key), key);
    out.commands.push_back({.what = relay_command::action::close,
                            .relay = slot * 2 + (family == ip_family::v6 ? 1 : 0),
                            .bound = {}});
    ports_.release(family, relayed.port);
    relayed = {};
}

void server::remove(std::uint32_t slot, turn_event::kind why, outputs& out) {
    auto& gone = *slots_[slot];
    const auto family = gone.of(ip_family::v4).port != 0 ? ip_family::v4 : ip_family::v6;
    out.events.push_back({.what = why,
                          .user = gone.user,
                          .client = gone.client.remote,
                          .relayed = gone.of(family).port != 0 ? relayed_endpoint(gone, family) : endpoint{},
                          .why = {}});
    close_relay(slot, ip_family::v4, out);
    close_relay(slot, ip_family::v6, out);
    quotas_.leave(gone.user, gone.client.remote.ip);
    count_.of_the_ended.add(gone.data);
    by_client_.erase(hash_of(gone.client, hash_seed_), gone.client);
    slots_[slot].reset();
    free_slots_.push_back(slot);
    --count_.allocations;
}

void server::handle_client_gone(client_socket socket, const endpoint& remote, instant, outputs& out) {
    if (const auto slot = find({socket, remote})) remove(*slot, turn_event::kind::deleted, out);
}

void server::arm(std::uint32_t slot) {
    const auto at = slots_[slot]->expires;
    if (at >= timer_of_slot_[slot]) return;
    timer_of_slot_[slot] = at;
    timers_.push({at, slot});
}

void server::handle_timeout(instant now, outputs& out) {
    // A timer is not moved when its allocation is refreshed or removed: it is looked at when it comes up, and
    // set again for as long as the slot's allocation still lives. So there is about one timer for each slot,
    // ever.
    while (!timers_.empty() && timers_.top().at <= now) {
        const auto [at, slot] = timers_.top();
        timers_.pop();
        if (timer_of_slot_[slot] != at) continue;
        timer_of_slot_[slot] = instant::max();
        if (!slots_[slot]) continue;
        if (slots_[slot]->expires <= now) {
            remove(slot, turn_event::kind::expired, out);
        } else {
            arm(slot);
        }
    }
    while (!reservations_.empty() && reservations_.front().expires <= now) {
        ports_.cancel(reservations_.front().token);
        reservations_.pop();
    }
}

std::optional<instant> server::deadline() const {
    std::optional<instant> next;
    if (!timers_.empty()) next = timers_.top().at;
    if (!reservations_.empty()) next = std::min(next.value_or(instant::max()), reservations_.front().expires);
    return next;
}

}  // namespace conf::turn

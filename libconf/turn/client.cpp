#include "libconf/turn/client.hpp"

#include "libconf/base/check.hpp"
#include "libconf/turn/channel_data.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace conf::turn {
namespace {

using stun::attribute_type;
using stun::message_class;
using stun::method;

// A user name of 508, a realm and a nonce of 763 bytes (RFC 8489 §14.3, §14.9, §14.10), 64 peers, and the
// rest.
constexpr std::size_t request_bytes_max = 4096;
constexpr std::size_t challenge_text_bytes_max = 763;
constexpr std::size_t algorithms_bytes_max = 64;
constexpr std::size_t indication_bytes_max = 64;
// Permissions live 300 s and channels 600 s; both are refreshed together, with time for a lost request.
constexpr seconds keep_alive_interval{240};
constexpr seconds refresh_margin{60};

constexpr std::size_t index_of(ip_family family) noexcept {
    return family == ip_family::v4 ? 0 : 1;
}

/// RFC 8489 §9.2: a nonce that begins so says that the server sends PASSWORD-ALGORITHMS; if the list is
/// missing then, somebody on the way took it out.
bool promises_algorithms(bytes nonce) noexcept {
    constexpr std::string_view cookie = "obMatJos2";
    const auto text = as_text(nonce);
    if (!text.starts_with(cookie) || text.size() < cookie.size() + 4) return false;
    // The highest of 24 bits is the highest of the first base64 digit: 32 to 63 are g to z, 0 to 9, + and /.
    const char first = text[cookie.size()];
    return (first >= 'g' && first <= 'z') || (first >= '0' && first <= '9') || first == '+' || first == '/';
}

/// The first algorithm of the server's list that this client knows.
std::optional<stun::password_algorithm> choose(bytes list) noexcept {
    for (std::size_t at = 0; at + 4 <= list.size(); at += 4 + align4(load_u16(list, at + 2))) {
        if (load_u16(list, at + 2) != 0) continue;  // with parameters: none that we know
        if (const auto known = stun::read_password_algorithm(list.subspan(at, 4))) return known;
    }
    return std::nullopt;
}

std::uint16_t error_of(const stun::message& in) noexcept {
    const auto value = in.find(attribute_type::error_code);
    return value ? stun::read_error_code(*value).value_or(0) : 0;
}

}  // namespace

client::client(client_options options, const crypto::random_key& key)
    : options_(std::move(options)), random_(key) {
    check(options_.username.size() <= stun::username_bytes_max);
}

void client::ask_mapped_address(instant now, client_outputs& out) {
    begin({.method = method::binding}, 0, now, out);
}

void client::allocate(const allocate_wish& wish, instant now, client_outputs& out) {
    begin({.method = method::allocate, .wish = wish}, 0, now, out);
}

void client::refresh(seconds lifetime, std::optional<ip_family> family, instant now, client_outputs& out) {
    begin({.method = method::refresh, .lifetime = lifetime, .family = family}, 0, now, out);
}

void client::create_permission(const std::vector<endpoint>& peers, instant now, client_outputs& out) {
    check(!peers.empty() && peers.size() <= permissions_per_allocation_max);
    // The request may hold fewer attributes than there may be permissions: six of them are about the sender.
    constexpr std::size_t peers_max = stun::attributes_max / 2;
    for (std::size_t at = 0; at < peers.size(); at += peers_max) {
        const auto part = std::min(peers_max, peers.size() - at);
        const auto from = peers.begin() + static_cast<std::ptrdiff_t>(at);
        begin(
            {.method = method::create_permission, .peers = {from, from + static_cast<std::ptrdiff_t>(part)}},
            0, now, out);
    }
}

void client::bind_channel(std::uint16_t number, const endpoint& peer, instant now, client_outputs& out) {
    begin({.method = method::channel_bind, .peers = {peer}, .channel = number}, 0, now, out);
}

void client::begin(operation what, int challenges, instant now, client_outputs& out) {
    if (transactions_.size() == client_transactions_max) return fail(what, 0, {}, out);
    auto& made = transactions_.emplace_back();
    made.what = std::move(what);
    made.challenges = challenges;
    made.pause = is_stream(options_.protocol) ? client_stream_patience : client_first_pause;
    made.next = now + made.pause;
    write(made);
    transmit_copy(made.request, out);
}

void client::write(transaction& to) {
    random_.fill(to.id);
    std::array<std::byte, request_bytes_max> buffer;
    stun::message_builder body(buffer, message_class::request, to.what.method, to.id);
    write_operation(body, to.what);
    if (key_ && to.what.method != method::binding) {
        to.key = key_;
        to.sha256 = !algorithms_.empty();
        body.add(attribute_type::username, as_bytes(options_.username))
            .add(attribute_type::realm, as_bytes(realm_))
            .add(attribute_type::nonce, nonce_);
        if (to.sha256) {
            const auto chosen = static_cast<std::uint32_t>(key_->algorithm()) << 16;
            body.add(attribute_type::password_algorithms, algorithms_)
                .add_u32(attribute_type::password_algorithm, chosen)
                .add_integrity_sha256(key_->raw());
        } else {
            body.add_integrity(key_->raw());
        }
    }
    if (options_.fingerprint) body.add_fingerprint();
    const auto written = body.finish();
    to.request.assign(written.begin(), written.end());
}

void client::write_operation(stun::message_builder& body, const operation& what) const {
    switch (what.method) {
        case method::allocate:
            body.add_u32(attribute_type::requested_transport, 17U << 24);
            if (what.wish.family)
                body.add_family(attribute_type::requested_address_family, *what.wish.family);
            if (what.wish.also_v6) body.add_family(attribute_type::additional_address_family, ip_family::v6);
            if (what.wish.parity != port_parity::any) {
                const auto reserve = what.wish.parity == port_parity::even_and_reserve_next;
                body.add(attribute_type::even_port, std::array{reserve ? std::byte{0x80} : std::byte{0}});
            }
            if (what.wish.token) body.add(attribute_type::reservation_token, *what.wish.token);
            if (what.wish.lifetime) {
                body.add_u32(attribute_type::lifetime,
                             static_cast<std::uint32_t>(what.wish.lifetime->count()));
            }
            if (what.wish.dont_fragment) body.add(attribute_type::dont_fragment, {});
            break;
        case method::refresh:
            body.add_u32(attribute_type::lifetime, static_cast<std::uint32_t>(what.lifetime.count()));
            if (what.family) body.add_family(attribute_type::requested_address_family, *what.family);
            break;
        case method::create_permission:
        case method::channel_bind:
            if (what.channel != 0)
                body.add_u32(attribute_type::channel_number, std::uint32_t{what.channel} << 16);
            for (const auto& peer : what.peers) body.add_xor_address(attribute_type::xor_peer_address, peer);
            break;
        default: break;
    }
}

void client::transmit_copy(bytes request, client_outputs& out) const {
    // A copy, because the transaction may be over before the bytes are sent.
    const auto copy = out.memory.take(request.size());
    std::ranges::copy(request, copy.begin());
    out.transmits.push_back({.head = copy});
}

void client::send(const endpoint& peer, bytes payload, client_outputs& out) {
    const auto channel = channel_to(peer);
    if (!channel) return send_indication(peer, payload, false, out);
    const auto head = out.memory.take(channel_header_bytes);
    store_u16(head, 0, *channel);
    store_u16(head, 2, static_cast<std::uint16_t>(payload.size()));
    const auto missing = is_stream(options_.protocol) ? align4(payload.size()) - payload.size() : 0;
    out.transmits.push_back({.head = head, .body = payload, .padding = static_cast<std::uint8_t>(missing)});
}

void client::send_indication(const endpoint& peer, bytes payload, bool dont_fragment, client_outputs& out) {
    stun::transaction_id id{};
    store_u32(id, 4, static_cast<std::uint32_t>(++next_indication_ >> 32));
    store_u32(id, 8, static_cast<std::uint32_t>(next_indication_));
    const auto piece = out.memory.take(indication_bytes_max);
    stun::message_builder indication(piece, message_class::indication, method::send, id);
    indication.add_xor_address(attribute_type::xor_peer_address, peer);
    if (dont_fragment) indication.add(attribute_type::dont_fragment, {});
    indication.add_detached(attribute_type::data, payload.size());
    out.transmits.push_back({.head = indication.finish(),
                             .body = payload,
                             .padding = static_cast<std::uint8_t>(align4(payload.size()) - payload.size())});
}

void client::handle(bytes datagram, instant now, client_outputs& out) {
    if (looks_like_channel_data(datagram)) return handle_channel_data(datagram, out);
    const auto in = stun::message::parse(datagram);
    if (!in || (in->fingerprint_at() && !stun::fingerprint_holds(*in))) return;
    if (in->type() == message_class::indication) return handle_indication(*in, out);
    if (in->type() == message_class::request) return;

    const auto found = std::ranges::find(transactions_, in->transaction_id(), &transaction::id);
    if (found == transactions_.end() || found->what.method != in->method()) return;
    const auto error = in->type() == message_class::error_response ? error_of(*in) : std::uint16_t{0};
    if (in->type() == message_class::error_response && error == 0) return;
    const bool challenged = error == 401 || error == 438;
    if (!is_genuine(*in, *found, challenged)) return;

    // A 401 to a signed request says that the password is wrong; to an unsigned one, how to sign.
    if ((error == 401 && !found->key) || (error == 438 && found->challenges < client_challenges_max)) {
        if (!take_challenge(*in)) return;
        const auto again = std::move(*found);
        transactions_.erase(found);
        return begin(again.what, again.challenges + 1, now, out);
    }
    const auto over = std::move(*found);
    transactions_.erase(found);
    if (in->type() == message_class::success_response) return succeed(over.what, *in, now, out);
    const auto other = in->find(attribute_type::alternate_server);
    fail(over.what, error, other ? stun::read_address(*other).value_or(endpoint{}) : endpoint{}, out);
}

bool client::is_genuine(const stun::message& in, const transaction& of, bool challenged) const {
    if (!of.key) return true;
    // RFC 8489 §9.2.5: an answer must be signed as its request was; but who does not know us cannot sign.
    if (challenged && !in.integrity_at() && !in.integrity_sha256_at()) return true;
    return of.sha256 ? stun::integrity_sha256_holds(in, of.key->raw())
                     : stun::integrity_holds(in, of.key->raw());
}

bool client::take_challenge(const stun::message& in) {
    const auto realm = in.find(attribute_type::realm);
    const auto nonce = in.find(attribute_type::nonce);
    if (!realm || !nonce || realm->size() > challenge_text_bytes_max ||
        nonce->size() > challenge_text_bytes_max) {
        return false;
    }
    auto list = in.find(attribute_type::password_algorithms).value_or(bytes{});
    if (options_.strongest == stun::password_algorithm::md5) list = {};
    auto chosen = stun::password_algorithm::md5;
    if (!list.empty()) {
        const auto best = choose(list);
        if (!best || list.size() > algorithms_bytes_max) return false;
        chosen = *best;
    } else if (options_.strongest != stun::password_algorithm::md5 && promises_algorithms(*nonce)) {
        return false;
    }
    realm_ = as_text(*realm);
    nonce_.assign(nonce->begin(), nonce->end());
    algorithms_.assign(list.begin(), list.end());
    key_.emplace(chosen, options_.username, realm_, options_.password);
    return true;
}

void client::succeed(const operation& what, const stun::message& in, instant now, client_outputs& out) {
    switch (what.method) {
        case method::binding:
            if (const auto value = in.find(attribute_type::xor_mapped_address)) {
                mapped_ = stun::read_xor_address(*value, in.transaction_id());
            }
            break;
        case method::allocate:
            if (!take_allocation(in, now)) return fail(what, 0, {}, out);
            break;
        case method::refresh:
            if (what.lifetime.count() == 0) {
                if (what.family) relayed_[index_of(*what.family)].reset();
                if (!what.family || !allocated()) forget_allocation();
            } else if (const auto value = in.find(attribute_type::lifetime)) {
                lifetime_ = seconds{stun::read_u32(*value).value_or(0)};
                refresh_at_ = now + std::max(lifetime_ / 2, lifetime_ - refresh_margin);
            }
            break;
        case method::create_permission:
        case method::channel_bind:
            for (const auto& peer : what.peers) keep(peer, what.channel, now);
            break;
        default: break;
    }
    out.events.push_back({.what = client_event::kind::done,
                          .method = what.method,
                          .address = what.peers.empty() ? endpoint{} : what.peers.front()});
}

bool client::take_allocation(const stun::message& in, instant now) {
    forget_allocation();
    in.for_each([&](const stun::attribute& found) {
        if (found.type != attribute_type::xor_relayed_address) return;
        const auto relayed = stun::read_xor_address(found.value, in.transaction_id());
        if (relayed) relayed_[index_of(relayed->ip.family())] = relayed;
    });
    const auto lifetime = in.find(attribute_type::lifetime);
    const auto granted = lifetime ? stun::read_u32(*lifetime) : std::nullopt;
    if (!allocated() || !granted) {
        forget_allocation();
        return false;
    }
    lifetime_ = seconds{*granted};
    refresh_at_ = now + std::max(lifetime_ / 2, lifetime_ - refresh_margin);
    if (const auto mapped = in.find(attribute_type::xor_mapped_address)) {
        mapped_ = stun::read_xor_address(*mapped, in.transaction_id());
    }
    if (const auto token = in.find(attribute_type::reservation_token); token && token->size() == 8) {
        std::ranges::copy(*token, reservation_.emplace().begin());
    }
    // ADDRESS-ERROR-CODE has the family where ERROR-CODE has zeros, and the number in the same place.
    if (const auto other = in.find(attribute_type::address_error_code))
        other_family_error_ = stun::read_error_code(*other);
    return true;
}

void client::fail(const operation& what, std::uint16_t error, const endpoint& address, client_outputs& out) {
    // 437 to a Refresh: the server knows no allocation here, so there is none.
    if (what.method == method::refresh && error == 437) forget_allocation();
    const auto about = !what.peers.empty() ? what.peers.front() : address;
    out.events.push_back(
        {.what = client_event::kind::failed, .method = what.method, .error = error, .address = about});
}

void client::keep(const endpoint& peer, std::uint16_t channel, instant now) {
    const auto same = [&](const kept& known) {
        return known.channel == channel && (channel != 0 ? known.peer == peer : known.peer.ip == peer.ip);
    };
    const auto known = std::ranges::find_if(kept_, same);
    if (known != kept_.end()) {
        known->refresh_at = now + keep_alive_interval;
    } else {
        kept_.push_back({peer, channel, now + keep_alive_interval});
    }
}

void client::forget_allocation() noexcept {
    relayed_ = {};
    reservation_.reset();
    other_family_error_.reset();
    lifetime_ = {};
    refresh_at_ = instant::max();
    kept_.clear();
}

void client::handle_channel_data(bytes datagram, client_outputs& out) const {
    const auto data = channel_data::parse(datagram);
    if (!data) return;
    const auto bound = std::ranges::find(kept_, data->number, &kept::channel);
    if (bound == kept_.end()) return;
    out.events.push_back(
        {.what = client_event::kind::data, .address = bound->peer, .payload = data->payload});
}

void client::handle_indication(const stun::message& in, client_outputs& out) const {
    if (in.method() != method::data) return;
    const auto peer_value = in.find(attribute_type::xor_peer_address);
    const auto peer = peer_value ? stun::read_xor_address(*peer_value, in.transaction_id()) : std::nullopt;
    if (!peer) return;
    if (const auto data = in.find(attribute_type::data)) {
        out.events.push_back({.what = client_event::kind::data, .address = *peer, .payload = *data});
    } else if (const auto icmp = in.find(attribute_type::icmp); icmp && icmp->size() == 8) {
        const auto type_and_code = load_u16(*icmp, 2);
        out.events.push_back({.what = client_event::kind::icmp,
                              .address = *peer,
                              .icmp_type = static_cast<std::uint8_t>(type_and_code >> 9),
                              .icmp_code = static_cast<std::uint16_t>(type_and_code & 0x1FF),
                              .icmp_data = load_u32(*icmp, 4)});
    }
}

void client::handle_timeout(instant now, client_outputs& out) {
    for (std::size_t i = 0; i < transactions_.size();) {
        auto& waiting = transactions_[i];
        if (waiting.next > now) {
            ++i;
            continue;
        }
        if (is_stream(options_.protocol) || waiting.sends == client_sends_max) {
            const auto over = std::move(waiting.what);
            transactions_.erase(transactions_.begin() + static_cast<std::ptrdiff_t>(i));
            fail(over, 0, {}, out);
            continue;
        }
        ++waiting.sends;
        waiting.pause *= 2;
        waiting.next +=
            waiting.sends == client_sends_max ? client_first_pause * client_last_pause_factor : waiting.pause;
        transmit_copy(waiting.request, out);
        ++i;
    }
    if (!options_.keep_alive) return;
    if (refresh_at_ <= now) {
        refresh_at_ = instant::max();
        refresh(lifetime_, std::nullopt, now, out);
    }
    // Each operation may change the list, so what is due is collected first.
    std::vector<endpoint> permissions;
    std::vector<kept> channels;
    for (auto& due : kept_) {
        if (due.refresh_at > now) continue;
        due.refresh_at = instant::max();
        if (due.channel == 0) {
            permissions.push_back(due.peer);
        } else {
            channels.push_back(due);
        }
    }
    // One by one: a peer that is denied by now must not take the others with it (RFC 8656 §10.2).
    for (const auto& peer : permissions) create_permission({peer}, now, out);
    for (const auto& due : channels) bind_channel(due.channel, due.peer, now, out);
}

std::optional<instant> client::deadline() const {
    auto next = instant::max();
    for (const auto& waiting : transactions_) next = std::min(next, waiting.next);
    if (options_.keep_alive) {
        next = std::min(next, refresh_at_);
        for (const auto& held : kept_) next = std::min(next, held.refresh_at);
    }
    if (next == instant::max()) return std::nullopt;
    return next;
}

std::optional<std::uint16_t> client::channel_to(const endpoint& peer) const noexcept {
    const auto bound = std::ranges::find_if(
        kept_, [&](const kept& known) { return known.channel != 0 && known.peer == peer; });
    if (bound == kept_.end()) return std::nullopt;
    return bound->channel;
}

}  // namespace conf::turn

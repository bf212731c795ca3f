#include "libconf/engine/media_transport.hpp"

#include <algorithm>
#include <utility>

namespace conf::engine {
namespace {

departure departure_of(const dtls::session& session) noexcept {
    if (session.state() == dtls::state::closed) return departure::closed_by_peer;
    if (session.state() != dtls::state::failed) return departure::none;
    switch (session.failure()) {
        case dtls::failure::timed_out: return departure::handshake_timed_out;
        case dtls::failure::wrong_fingerprint: return departure::wrong_fingerprint;
        default: return departure::handshake_failed;
    }
}

}  // namespace

media_transport::media_transport(parameters with, const dtls::context& dtls, srtp::protector& protector,
                                 instant now)
    : agent_(std::move(with.local), std::move(with.remote_ufrag), now),
      dtls_(dtls, dtls::role::passive, std::move(with.fingerprints), now),
      protector_(protector),
      handshake_until_(now + handshake_time),
      last_heard_(now) {}

media_transport::step media_transport::handle_dtls(bytes datagram, instant now, dtls::outputs& out) {
    dtls_.handle(datagram, now, out);
    return look_at_dtls();
}

media_transport::step media_transport::look_at_dtls() {
    if (dtls_.state() == dtls::state::connected && !srtp_) {
        // SEC-DTLS-3: the certificate has been compared before there are keys.
        srtp_.emplace(dtls_.keys());
        key_ = protector_.make_key(dtls_.keys().outbound);
        tag_bytes_ = srtp::sizes_of(dtls_.profile()).tag;
        return {.connected = true};
    }
    return {.why = departure_of(dtls_)};
}

bool media_transport::admits(std::uint32_t ssrc) const noexcept {
    return ssrcs_.size() < ssrcs_max || std::ranges::find(ssrcs_, ssrc) != ssrcs_.end();
}

void media_transport::remember(std::uint32_t ssrc) {
    if (std::ranges::find(ssrcs_, ssrc) == ssrcs_.end()) ssrcs_.push_back(ssrc);
}

template <class Unprotect>
media_transport::verdict media_transport::unprotect(mutable_bytes& packet, std::size_t ssrc_at,
                                                    Unprotect&& unprotect) {
    if (packet.size() < ssrc_at + 4) return verdict::malformed;
    const auto ssrc = load_u32(packet, ssrc_at);
    if (!admits(ssrc)) return verdict::too_many_ssrcs;
    switch (unprotect(packet)) {
        case srtp::verdict::good: remember(ssrc); return verdict::good;
        case srtp::verdict::malformed: return verdict::malformed;
        case srtp::verdict::replayed: return verdict::replayed;
        case srtp::verdict::forged:
        case srtp::verdict::exhausted: break;
    }
    return verdict::forged;
}

media_transport::verdict media_transport::unprotect_rtp(mutable_bytes& packet) {
    return unprotect(packet, 8, [this](mutable_bytes& one) { return srtp_->unprotect_rtp(one); });
}

media_transport::verdict media_transport::unprotect_rtcp(mutable_bytes& packet) {
    return unprotect(packet, 4, [this](mutable_bytes& one) { return srtp_->unprotect_rtcp(one); });
}

instant media_transport::deadline() const noexcept {
    auto first = connected() ? instant::max() : handshake_until_;
    for (const auto other : {agent_.deadline(), dtls_.deadline()}) {
        if (other) first = std::min(first, *other);
    }
    return first;
}

media_transport::step media_transport::handle_timeout(instant now, dtls::outputs& out) {
    if (!connected() && now >= handshake_until_) return {.why = departure::handshake_timed_out};
    if (agent_.handle_timeout(now) == ice::lite_agent::expired::consent) {
        return {.why = departure::consent_expired};
    }
    dtls_.handle_timeout(now, out);
    return look_at_dtls();
}

}  // namespace conf::engine

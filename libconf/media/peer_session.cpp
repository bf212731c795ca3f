#include "libconf/media/peer_session.hpp"

#include "libconf/base/check.hpp"
#include "libconf/dtls/record.hpp"
#include "libconf/rtp/packet.hpp"

#include <algorithm>
#include <span>

namespace conf::media {

peer_session::peer_session(const dtls::context& with, dtls::role as, std::vector<dtls::fingerprint> expected,
                           srtp::protector& protector, instant now)
    : dtls_(with, as, std::move(expected), now), protector_(protector) {}

void peer_session::start(instant now, dtls::outputs& out) {
    dtls_.start(now, out);
}

void peer_session::take_keys() {
    if (srtp_ || !connected()) return;
    srtp_.emplace(dtls_.keys());
    key_ = protector_.make_key(dtls_.keys().outbound);
}

received_packet peer_session::handle(mutable_bytes datagram, instant now, dtls::outputs& out) {
    using kind = received_packet::kind;
    if (dtls::looks_like_dtls(datagram)) {
        dtls_.handle(datagram, now, out);
        take_keys();
        return {};
    }
    if (datagram.empty() || load_u8(datagram, 0) >> 6 != rtp::version) return {};
    if (!srtp_) return {kind::refused};
    const bool is_rtcp = rtp::is_rtcp(datagram);
    auto plain = datagram;
    const auto verdict = is_rtcp ? srtp_->unprotect_rtcp(plain) : srtp_->unprotect_rtp(plain);
    if (verdict != srtp::verdict::good) return {kind::refused};
    return {is_rtcp ? kind::rtcp : kind::rtp, plain};
}

void peer_session::handle_timeout(instant now, dtls::outputs& out) {
    dtls_.handle_timeout(now, out);
}

bytes peer_session::protect_rtp(bytes packet, mutable_bytes out) {
    check(key_ != nullptr);
    const auto view = rtp::parse_packet(packet);
    check(view.has_value() && out.size() >= packet.size() + srtp::tag_bytes_max);
    auto stream = std::ranges::find(sent_, view->ssrc, &sent_stream::ssrc);
    if (stream == sent_.end()) stream = sent_.insert(sent_.end(), {view->ssrc, {}});
    // The first packet has rollover counter 0 (RFC 3711 §3.3.1), the unwrapper counts from 1.
    const auto index = stream->numbers.update(view->sequence_number) - rtp::extended_sequence::cycle;
    const auto header = view->header();
    const srtp::job one{key_.get(), header, {}, packet.subspan(header.size()), index, out.data()};
    protector_.protect(std::span(&one, 1));
    return out.first(packet.size() + srtp::sizes_of(dtls_.profile()).tag);
}

bytes peer_session::protect_rtcp(mutable_bytes buffer, std::size_t size) {
    check(srtp_.has_value());
    check(srtp_->protect_rtcp(buffer, size) == srtp::verdict::good);
    return buffer.first(size);
}

}  // namespace conf::media

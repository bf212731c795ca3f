/// One peer's transport: ICE finds the path, DTLS the keys, SRTP protects what goes over it.
#pragma once

#include "libconf/dtls/session.hpp"
#include "libconf/engine/departure.hpp"
#include "libconf/engine/limits.hpp"
#include "libconf/ice/lite_agent.hpp"
#include "libconf/srtp/protector.hpp"
#include "libconf/srtp/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace conf::engine {

/// Knows nothing of rooms, tables and other transports. It is told only what came over a path that its agent
/// has verified (SEC-DTLS-1). Belongs to its engine.
class media_transport {
public:
    struct parameters {
        ice::credentials local;
        std::string remote_ufrag;
        std::vector<dtls::fingerprint> fingerprints;  ///< the peer's, from its offer
    };
    media_transport(parameters with, const dtls::context& dtls, srtp::protector& protector, instant now);

    [[nodiscard]] ice::lite_agent& agent() noexcept { return agent_; }
    [[nodiscard]] const ice::lite_agent& agent() const noexcept { return agent_; }

    [[nodiscard]] bool connected() const noexcept { return srtp_.has_value(); }
    /// When the last packet came that only the peer can have sent; at first, when the transport was made.
    [[nodiscard]] instant last_heard() const noexcept { return last_heard_; }
    void heard(instant now) noexcept { last_heard_ = now; }
    /// Where to send; null where nothing can be sent.
    [[nodiscard]] const ice::path* path() const noexcept {
        return agent_.selected() ? &*agent_.selected() : nullptr;
    }

    /// What a handshake's step led to. The datagrams in `out` go to `path()` in any case.
    struct step {
        bool connected = false;  ///< just now
        departure why = departure::none;
    };
    [[nodiscard]] step handle_dtls(bytes datagram, instant now, dtls::outputs& out);
    /// Whether the peer's first message was answered: from then on the handshake costs memory.
    [[nodiscard]] bool has_begun() const noexcept { return dtls_.has_begun(); }
    [[nodiscard]] std::uint32_t take_refused_records() noexcept { return dtls_.take_refused_records(); }
    void close(dtls::outputs& out) { dtls_.close(out); }

    enum class verdict : std::uint8_t { good, malformed, forged, replayed, too_many_ssrcs };
    /// Where they lie; `packet` shrinks. Precondition: connected.
    [[nodiscard]] verdict unprotect_rtp(mutable_bytes& packet);
    [[nodiscard]] verdict unprotect_rtcp(mutable_bytes& packet);

    /// Whether one more packet under that index is within what keys may protect (SEC-DTLS-5, RFC 3711 §9.2):
    /// after 2^48 packets of one stream it is not.
    [[nodiscard]] static bool may_protect(std::uint64_t index) noexcept { return index < srtp::index_end; }

    // Preconditions: connected.
    [[nodiscard]] srtp::sending_key& key() const noexcept { return *key_; }
    [[nodiscard]] std::size_t tag_bytes() const noexcept { return tag_bytes_; }
    [[nodiscard]] srtp::profile profile() const noexcept { return dtls_.profile(); }
    /// As srtp::session::protect_rtcp.
    [[nodiscard]] bool protect_rtcp(mutable_bytes buffer, std::size_t& size) {
        return srtp_->protect_rtcp(buffer, size) == srtp::verdict::good;
    }

    [[nodiscard]] instant deadline() const noexcept;
    [[nodiscard]] step handle_timeout(instant now, dtls::outputs& out);

private:
    [[nodiscard]] step look_at_dtls();
    [[nodiscard]] bool admits(std::uint32_t ssrc) const noexcept;
    void remember(std::uint32_t ssrc);
    template <class Unprotect>
    [[nodiscard]] verdict unprotect(mutable_bytes& packet, std::size_t ssrc_at, Unprotect&& unprotect);

    ice::lite_agent agent_;
    dtls::session dtls_;
    srtp::protector& protector_;
    std::optional<srtp::session> srtp_;  // from the end of the handshake on
    std::unique_ptr<srtp::sending_key> key_;
    std::size_t tag_bytes_ = 0;
    std::vector<std::uint32_t> ssrcs_;  // of good packets
    instant handshake_until_;
    instant last_heard_;
};

}  // namespace conf::engine

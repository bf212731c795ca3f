/// The encrypted part of a participant's transport: DTLS, then SRTP in both directions.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/dtls/session.hpp"
#include "libconf/rtp/sequence.hpp"
#include "libconf/srtp/protector.hpp"
#include "libconf/srtp/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace conf::media {

/// What one datagram turned out to be.
struct received_packet {
    enum class kind : std::uint8_t {
        nothing,  ///< DTLS, which was served; or something that is neither
        rtp,
        rtcp,
        refused,  ///< SRTP or SRTCP that is not genuine, comes again, or comes before the keys
    };
    received_packet::kind what{};
    mutable_bytes plain{};  ///< in the caller's buffer
};

/// Whatever carries its datagrams (our ICE client, libnice, a test's network), they go through here as they
/// are; STUN is the carrier's. Belongs to its thread.
class peer_session {
public:
    /// `expected`: the fingerprints of the answer. `protector` outlives it.
    peer_session(const dtls::context& with, dtls::role as, std::vector<dtls::fingerprint> expected,
                 srtp::protector& protector, instant now);

    /// A path exists: the active side begins its handshake.
    void start(instant now, dtls::outputs& out);
    /// SRTP is decrypted where it lies.
    [[nodiscard]] received_packet handle(mutable_bytes datagram, instant now, dtls::outputs& out);
    void handle_timeout(instant now, dtls::outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const noexcept { return dtls_.deadline(); }
    /// Tells the peer that this is the end.
    void close(dtls::outputs& out) { dtls_.close(out); }

    [[nodiscard]] bool connected() const noexcept { return dtls_.state() == dtls::state::connected; }
    [[nodiscard]] dtls::state state() const noexcept { return dtls_.state(); }
    [[nodiscard]] dtls::failure failure() const noexcept { return dtls_.failure(); }
    /// Precondition: connected.
    [[nodiscard]] srtp::profile profile() const noexcept { return dtls_.profile(); }

    /// Protects one RTP packet. The rollover counter is kept here, so each SSRC's packets come in the order
    /// of their sequence numbers, and none comes twice: to repeat a packet, repeat its bytes.
    /// @param out  room for `packet.size() + srtp::tag_bytes_max` bytes.
    /// @return what to send. Preconditions: connected; `packet` is a well-formed RTP packet.
    [[nodiscard]] bytes protect_rtp(bytes packet, mutable_bytes out);
    /// The first `size` bytes of `buffer` are a compound RTCP packet, behind which there is room for
    /// `srtp::session::rtcp_overhead_max` more. Precondition: connected.
    [[nodiscard]] bytes protect_rtcp(mutable_bytes buffer, std::size_t size);

private:
    struct sent_stream {
        std::uint32_t ssrc = 0;
        rtp::extended_sequence numbers;
    };

    void take_keys();

    dtls::session dtls_;
    srtp::protector& protector_;
    std::optional<srtp::session> srtp_;
    std::unique_ptr<srtp::sending_key> key_;
    std::vector<sent_stream> sent_;  // a participant sends a handful
};

}  // namespace conf::media

/// Unprotects what a peer sends, by libsrtp, and protects RTCP.
#pragma once

#include "libconf/srtp/keys.hpp"

#include <cstdint>
#include <memory>

namespace conf::srtp {

enum class verdict : std::uint8_t {
    good,
    malformed,  ///< too short for a header and a tag, or not RTP
    forged,     ///< the tag is wrong
    replayed,   ///< seen before, or too old to tell
    exhausted,  ///< the key has protected all it may (RFC 3711 §9.2)
};

/// Both directions of one transport's SRTCP, and its incoming SRTP. What is not `good` changes nothing
/// (SEC-SRTP-2, SEC-SRTP-3). Belongs to its shard.
class session {
public:
    explicit session(const key_pair& keys);
    session(session&&) noexcept;
    session& operator=(session&&) noexcept;
    ~session();

    /// Packets are unprotected where they lie; `packet` shrinks to what is left.
    [[nodiscard]] verdict unprotect_rtp(mutable_bytes& packet);
    [[nodiscard]] verdict unprotect_rtcp(mutable_bytes& packet);
    /// The first `size` bytes of `buffer` are a compound packet; what protects it is appended, and `size`
    /// grows. Precondition: room for `rtcp_overhead_max` more bytes.
    [[nodiscard]] verdict protect_rtcp(mutable_bytes buffer, std::size_t& size);
    /// Drops the replay window of a stream that has ended. A stream is remembered from its first good packet
    /// on.
    void forget(std::uint32_t ssrc);

    /// Packets whose order is told apart; older ones count as replayed. For RTCP libsrtp has 128.
    static constexpr std::size_t rtp_window = 1024;
    /// E flag and index, and the tag.
    static constexpr std::size_t rtcp_overhead_max = 4 + tag_bytes_max;

private:
    struct contexts;
    std::unique_ptr<contexts> contexts_;
    std::size_t tag_bytes_ = 0;
};

}  // namespace conf::srtp

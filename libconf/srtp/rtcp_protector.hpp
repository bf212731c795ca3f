/// Protects outgoing RTCP (RFC 3711 §3.4, RFC 7714 §9).
#pragma once

#include "libconf/srtp/hmac_sha1.hpp"
#include "libconf/srtp/keys.hpp"

#include <array>
#include <cstdint>
#include <memory>

struct evp_cipher_ctx_st;

namespace conf::srtp {

/// OpenSSL does it in a microsecond. The packaged libsrtp needs 25 (it sets a cipher up anew for each
/// packet), and a report a second to each of hundreds of receivers was a tenth of the server's time. What
/// comes out is what libsrtp makes of it. Belongs to its session.
class rtcp_protector {
public:
    explicit rtcp_protector(const master_key& from);

    /// As session::protect_rtcp. False when the key has protected all it may (RFC 3711 §9.2).
    /// Preconditions: at least a header of 8 bytes, and room for `session::rtcp_overhead_max` more.
    [[nodiscard]] bool protect(mutable_bytes buffer, std::size_t& size);

    /// So many packets under one key: the index has 31 bits and begins at 1.
    static constexpr std::uint32_t index_end = std::uint32_t{1} << 31;
    /// For tests of the end.
    void continue_from(std::uint32_t index) noexcept { index_ = index; }

private:
    struct context_deleter {
        void operator()(evp_cipher_ctx_st* context) const noexcept;
    };
    std::size_t protect_gcm(mutable_bytes buffer, std::size_t size, std::uint32_t word);
    std::size_t protect_cm(mutable_bytes buffer, std::size_t size, std::uint32_t word);

    profile which_;
    std::unique_ptr<evp_cipher_ctx_st, context_deleter> context_;
    std::array<std::byte, 16> salt_{};  // as it is XORed into the vector; GCM has 12 bytes
    hmac_sha1 authentication_;          // of AES-CM
    std::uint32_t index_ = 0;           // of the last packet
};

}  // namespace conf::srtp

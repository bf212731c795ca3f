/// Protects outgoing RTP packets: out of place, from one shared packet to many receivers.
#pragma once

#include "libconf/srtp/keys.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace conf::srtp {

/// The session keys of one direction of one transport, in the form that one protector wants. Belongs to the
/// shard of its protector.
class sending_key {
public:
    sending_key() = default;
    sending_key(const sending_key&) = delete;
    sending_key& operator=(const sending_key&) = delete;
    virtual ~sending_key() = default;
};

/// One packet to protect. `header` stays in the clear and is written in front; `prefix` and `payload` follow,
/// encrypted as one. `payload` may belong to a packet that others read meanwhile; `prefix` is what this
/// receiver has in front of it: RTX's original sequence number, a payload descriptor of its own.
struct job {
    sending_key* key = nullptr;
    bytes header;             ///< RTP header with CSRCs and extensions
    bytes prefix;             ///< mostly empty
    bytes payload;            ///< codec bytes and RTP padding
    std::uint64_t index = 0;  ///< ROC * 65536 + SEQ (RFC 3711 §3.3.1); never twice for one SSRC under one key
    std::byte* out = nullptr;  ///< room for header, prefix, payload and tag
};

/// The sender stops before an index would come again (RFC 3711 §9.2).
inline constexpr std::uint64_t index_end = std::uint64_t{1} << 48;

/// One virtual call protects a batch. Belongs to its shard.
class protector {
public:
    protector() = default;
    protector(const protector&) = delete;
    protector& operator=(const protector&) = delete;
    virtual ~protector() = default;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual std::unique_ptr<sending_key> make_key(const master_key& from) = 0;
    /// Writes every packet. Preconditions: keys are of this protector; `index` < `index_end` and its low 16
    /// bits are the header's sequence number.
    virtual void protect(std::span<const job> jobs) = 0;
};

/// OpenSSL's EVP: always there.
[[nodiscard]] std::unique_ptr<protector> make_evp_protector();
/// Instructions that the multi-buffer library may use, each with those before it; all have AES.
enum class cpu_level : std::uint8_t { sse, avx, avx2, avx512 };
/// Intel's multi-buffer library at that level. Null where we were built without the library or this processor
/// lacks the instructions.
[[nodiscard]] std::unique_ptr<protector> make_ipsec_mb_protector(cpu_level level);
/// At the highest level that works.
[[nodiscard]] std::unique_ptr<protector> make_ipsec_mb_protector();
/// libsrtp: what the others are compared with in tests.
[[nodiscard]] std::unique_ptr<protector> make_libsrtp_protector();

/// The names that `make_protector` takes, fastest first; "auto" is the first that works.
[[nodiscard]] std::vector<std::string_view> protector_names();
/// Null for an unknown name or one that does not work here. Whatever is returned has protected some known
/// packets of each profile rightly.
[[nodiscard]] std::unique_ptr<protector> make_protector(std::string_view name);

}  // namespace conf::srtp

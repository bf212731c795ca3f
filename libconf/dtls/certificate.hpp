/// A certificate of our own, and fingerprints of everybody's (RFC 8122).
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct x509_st;
struct evp_pkey_st;

namespace conf::dtls {

/// What a fingerprint is made with; older ones are refused (SEC-DTLS-3).
enum class hash_function : std::uint8_t { sha256, sha384, sha512 };

struct fingerprint {
    hash_function hash = hash_function::sha256;
    std::uint8_t size = 0;
    std::array<std::byte, 64> value{};

    /// Nothing for an unknown or weak hash ("sha-1"), or a digest of the wrong length. The name's case does
    /// not matter (RFC 8122 §5).
    [[nodiscard]] static std::optional<fingerprint> make(std::string_view hash_name, bytes digest);
    [[nodiscard]] bytes digest() const noexcept { return bytes(value).first(size); }
    [[nodiscard]] std::string_view hash_name() const noexcept;
    /// "sha-256 12:34:…", as a=fingerprint has it.
    [[nodiscard]] std::string to_string() const;
};

/// ECDSA P-256, signed by itself with SHA-256, with a random name: it proves nothing but that two connections
/// have the same end. Copies share it. Thread: any.
class certificate {
public:
    /// `now` is the calendar's time; valid from a day before it to `lifetime` after. Uses OpenSSL's random
    /// numbers.
    [[nodiscard]] static certificate generate(std::chrono::sys_seconds now);

    [[nodiscard]] fingerprint fingerprint_with(hash_function hash) const;
    [[nodiscard]] x509_st* x509() const noexcept { return x509_.get(); }
    [[nodiscard]] evp_pkey_st* key() const noexcept { return key_.get(); }

    static constexpr std::chrono::days lifetime{365};

private:
    certificate() = default;

    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> x509_;
};

/// Of any certificate, as the peer's.
[[nodiscard]] fingerprint fingerprint_of(x509_st* certificate, hash_function hash);

}  // namespace conf::dtls

/// A server's certificate and key for TLS or DTLS, exchangeable while connections live.
#pragma once

#include <conf/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace conf::net {

/// Where the certificate and its key are.
struct tls_files {
    std::string certificate;  ///< PEM: the server's own certificate first, then the intermediate ones
    std::string key;          ///< PEM, without a passphrase

    friend bool operator==(const tls_files&, const tls_files&) = default;
};

enum class tls_transport : std::uint8_t {
    stream,    ///< TLS 1.2 and 1.3
    datagram,  ///< DTLS 1.2
};

/// What a tls_context is made from.
struct tls_options {
    tls_files files;
    tls_transport transport = tls_transport::stream;

    /// Protocols offered by ALPN (RFC 7301), best first. A client that names only others is refused with
    /// no_application_protocol; one that names none is served. Empty: the extension is ignored.
    std::vector<std::string> alpn;

    /// Called for each new SSL_CTX before it is used: DTLS cookies and the like. May be empty.
    std::function<void(ssl_ctx_st*)> configure;
};

/// Holds the SSL_CTX that new handshakes use. A handshake that has begun, and the connection that follows,
/// keep the one they started with, so nobody is dropped by a reload.
///
/// Thread-safe.
class tls_context {
public:
    /// Certificate and key that were read, parsed and found to fit, but not used yet.
    struct material {
        tls_files files;
        std::shared_ptr<ssl_ctx_st> context;
        std::chrono::sys_seconds not_after;  ///< when the server's own certificate expires
    };

    /// @return `tls_errc::…` with the file's name as context.
    static result<std::shared_ptr<tls_context>> load(tls_options options);

    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;

    /// Reads `files` without using them yet, for a change that must be all or nothing.
    [[nodiscard]] result<material> prepare(const tls_files& files) const;
    /// Uses `fresh` for all handshakes that begin from now on.
    void install(material fresh);
    /// `prepare` and `install`. On an error the old certificate stays in use.
    result<void> reload(const tls_files& files);

    /// For `SSL_new`; keep the pointer until then only.
    [[nodiscard]] std::shared_ptr<ssl_ctx_st> current() const;
    [[nodiscard]] std::chrono::sys_seconds not_after() const;
    [[nodiscard]] tls_files files() const;

private:
    tls_context(tls_options options, material first);

    const tls_options options_;  // `files` are those of the first load
    mutable std::mutex mutex_;   // guards current_; held for a copy only
    material current_;
};

enum class tls_errc {
    unreadable = 1,   ///< the file cannot be read, or is larger than 1 MiB
    no_certificate,   ///< no "BEGIN CERTIFICATE" block in the file
    bad_certificate,  ///< a block that cannot be decoded
    no_key,           ///< no private key in the file
    encrypted_key,    ///< the key has a passphrase, and nobody is there to type it
    bad_key,          ///< a key that cannot be decoded
    key_mismatch,     ///< the key does not belong to the first certificate
    wrong_order,      ///< the key belongs to a certificate that is not the first one
    too_weak,         ///< OpenSSL's policy refuses the certificate: key too short, old digest
    internal,         ///< OpenSSL failed for a reason of its own
};

[[nodiscard]] const std::error_category& tls_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(tls_errc code) noexcept {
    return {static_cast<int>(code), tls_category()};
}

}  // namespace conf::net

template <>
struct std::is_error_code_enum<conf::net::tls_errc> : std::true_type {};

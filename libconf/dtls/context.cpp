#include "libconf/base/check.hpp"
#include "libconf/dtls/session.hpp"

#include <openssl/ssl.h>

namespace conf::dtls {
namespace {

constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384";
constexpr const char* groups = "X25519:P-256:P-384";

/// OpenSSL's names of RFC 5764's profiles.
std::string_view openssl_name(srtp::profile which) noexcept {
    switch (which) {
        case srtp::profile::aes128_cm_sha1_80: return "SRTP_AES128_CM_SHA1_80";
        case srtp::profile::aead_aes_128_gcm: return "SRTP_AEAD_AES_128_GCM";
        case srtp::profile::aead_aes_256_gcm: return "SRTP_AEAD_AES_256_GCM";
    }
    return {};
}

/// Whoever signed it: what counts is the fingerprint, which is compared after the handshake.
int accept_any_certificate(int, X509_STORE_CTX*) {
    return 1;
}

}  // namespace

std::vector<srtp::profile> context::default_profiles() {
    return {srtp::profile::aead_aes_128_gcm, srtp::profile::aead_aes_256_gcm,
            srtp::profile::aes128_cm_sha1_80};
}

context::context(certificate own, const std::vector<srtp::profile>& profiles)
    : own_(std::move(own)), context_(SSL_CTX_new(DTLS_method()), &SSL_CTX_free) {
    check(context_ != nullptr && !profiles.empty());
    auto* made = context_.get();
    std::string names;
    for (const auto which : profiles) {
        if (!names.empty()) names += ':';
        names += openssl_name(which);
    }
    check(SSL_CTX_set_min_proto_version(made, DTLS1_2_VERSION) == 1 &&
          SSL_CTX_use_certificate(made, own_.x509()) == 1 && SSL_CTX_use_PrivateKey(made, own_.key()) == 1 &&
          SSL_CTX_set_cipher_list(made, ciphers) == 1 && SSL_CTX_set1_groups_list(made, groups) == 1 &&
          SSL_CTX_set_tlsext_use_srtp(made, names.c_str()) == 0);  // this one answers 0 for success
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any_certificate);
    SSL_CTX_set_max_cert_list(made, session::certificate_bytes_max);
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(made, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_read_ahead(made, 1);
}

}  // namespace conf::dtls

/// Certificates made on the spot, so that none in the repository can expire or be trusted by mistake.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace conf::test {

struct test_certificate {
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;

    [[nodiscard]] std::string certificate_pem() const;
    /// @param passphrase  empty: the key is stored in the clear.
    [[nodiscard]] std::string key_pem(const std::string& passphrase = {}) const;
};

/// A P-256 certificate for `name`, valid from now for `seconds`, signed by `issuer` or by itself.
[[nodiscard]] test_certificate make_certificate(const std::string& name, long seconds = 3600,
                                                const test_certificate* issuer = nullptr);

/// One with an RSA key that OpenSSL's default policy finds too short.
[[nodiscard]] test_certificate make_weak_certificate(const std::string& name);

}  // namespace conf::test

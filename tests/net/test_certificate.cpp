#include "tests/net/test_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/rsa.h>

#include <atomic>
#include <stdexcept>

namespace conf::test {
namespace {

void require(bool holds) {
    if (!holds) throw std::runtime_error("OpenSSL cannot make a certificate for the test");
}

template <class Write>
std::string to_pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    require(out && write(out.get()) == 1);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

test_certificate sign(EVP_PKEY* raw_key, const std::string& name, long seconds,
                      const test_certificate* issuer) {
    static std::atomic<long> serial{1};
    test_certificate made{{raw_key, EVP_PKEY_free}, {X509_new(), X509_free}};
    auto* certificate = made.certificate.get();
    require(raw_key && certificate);
    require(X509_set_version(certificate, X509_VERSION_3) == 1);
    require(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++) == 1);
    require(X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
            X509_gmtime_adj(X509_getm_notAfter(certificate), seconds));
    auto* subject = X509_get_subject_name(certificate);
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1);
    require(X509_set_issuer_name(certificate,
                                 issuer ? X509_get_subject_name(issuer->certificate.get()) : subject) == 1);
    require(X509_set_pubkey(certificate, raw_key) == 1);
    require(X509_sign(certificate, issuer ? issuer->key.get() : raw_key, EVP_sha256()) > 0);
    return made;
}

}  // namespace

std::string test_certificate::certificate_pem() const {
    return to_pem([this](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

std::string test_certificate::key_pem(const std::string& passphrase) const {
    return to_pem([&](BIO* out) {
        if (passphrase.empty())
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        return PEM_write_bio_PrivateKey(out, key.get(), EVP_aes_128_cbc(),
                                        reinterpret_cast<const unsigned char*>(passphrase.data()),
                                        static_cast<int>(passphrase.size()), nullptr, nullptr);
    });
}

test_certificate make_certificate(const std::string& name, long seconds, const test_certificate* issuer) {
    return sign(EVP_EC_gen("P-256"), name, seconds, issuer);
}

test_certificate make_weak_certificate(const std::string& name) {
    return sign(EVP_RSA_gen(1024), name, 3600, nullptr);
}

}  // namespace conf::test

#include "libconf/dtls/certificate.hpp"

#include "libconf/base/check.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <fmt/format.h>

#include <algorithm>

namespace conf::dtls {
namespace {

struct known_hash {
    hash_function hash;
    std::string_view name;  // RFC 8122 §5
    std::uint8_t size;
    const EVP_MD* (*method)();
};
constexpr std::array<known_hash, 3> hashes{{
    {hash_function::sha256, "sha-256", 32, EVP_sha256},
    {hash_function::sha384, "sha-384", 48, EVP_sha384},
    {hash_function::sha512, "sha-512", 64, EVP_sha512},
}};

const known_hash& about(hash_function hash) noexcept {
    return hashes[static_cast<std::size_t>(hash)];
}

bool same_name(std::string_view a, std::string_view lower_case) noexcept {
    return std::ranges::equal(a, lower_case, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

void set_time(ASN1_TIME* field, std::chrono::sys_seconds to) {
    check(ASN1_TIME_set(field, static_cast<time_t>(to.time_since_epoch().count())) != nullptr);
}

}  // namespace

std::optional<fingerprint> fingerprint::make(std::string_view hash_name, bytes digest) {
    const auto found =
        std::ranges::find_if(hashes, [&](const known_hash& one) { return same_name(hash_name, one.name); });
    if (found == hashes.end() || digest.size() != found->size) return std::nullopt;
    fingerprint made{.hash = found->hash, .size = found->size};
    std::ranges::copy(digest, made.value.begin());
    return made;
}

std::string_view fingerprint::hash_name() const noexcept {
    return about(hash).name;
}

std::string fingerprint::to_string() const {
    std::string text(hash_name());
    char separator = ' ';
    for (const auto each : digest()) {
        text += fmt::format("{}{:02X}", separator, std::to_integer<unsigned>(each));
        separator = ':';
    }
    return text;
}

certificate certificate::generate(std::chrono::sys_seconds now) {
    certificate made;
    made.key_ = {EVP_EC_gen("P-256"), &EVP_PKEY_free};
    made.x509_ = {X509_new(), &X509_free};
    check(made.key_ != nullptr && made.x509_ != nullptr);
    auto* x509 = made.x509();

    std::array<unsigned char, 8> random{};
    check(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
    random[0] = static_cast<unsigned char>((random[0] & 0x7F) | 1);  // positive, and of one length
    std::string name;
    for (const auto each : random) name += fmt::format("{:02x}", each);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> serial(
        BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr), &BN_free);
    auto* subject = X509_get_subject_name(x509);
    check(X509_set_version(x509, X509_VERSION_3) == 1 &&
          BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(x509)) != nullptr &&
          X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1 &&
          X509_set_issuer_name(x509, subject) == 1 && X509_set_pubkey(x509, made.key()) == 1);
    set_time(X509_getm_notBefore(x509), now - std::chrono::days(1));  // peers' clocks are off
    set_time(X509_getm_notAfter(x509), now + lifetime);
    check(X509_sign(x509, made.key(), EVP_sha256()) > 0);
    return made;
}

fingerprint certificate::fingerprint_with(hash_function hash) const {
    return fingerprint_of(x509(), hash);
}

fingerprint fingerprint_of(x509_st* certificate, hash_function hash) {
    fingerprint made{.hash = hash};
    unsigned size = 0;
    check(X509_digest(certificate, about(hash).method(), reinterpret_cast<unsigned char*>(made.value.data()),
                      &size) == 1);
    made.size = static_cast<std::uint8_t>(size);
    return made;
}

}  // namespace conf::dtls

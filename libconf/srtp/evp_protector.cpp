#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/srtp/protector.hpp"
#include "libconf/srtp/raw.hpp"
#include "libconf/srtp/transform.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstring>

namespace conf::srtp {
namespace {

using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

/// Encrypts prefix and payload one behind the other: both ciphers are streams.
bool encrypt_body(EVP_CIPHER_CTX* with, const job& one, unsigned char* to) {
    int size = 0;
    if (!one.prefix.empty() &&
        EVP_EncryptUpdate(with, to, &size, raw(one.prefix), static_cast<int>(one.prefix.size())) != 1) {
        return false;
    }
    return EVP_EncryptUpdate(with, to + one.prefix.size(), &size, raw(one.payload),
                             static_cast<int>(one.payload.size())) == 1;
}

class evp_key : public sending_key {
public:
    virtual void protect(const job& one) = 0;
};

/// RFC 7714 §8.1, §9: the header is authenticated, the payload encrypted, the tag appended.
class gcm_key final : public evp_key {
public:
    explicit gcm_key(const master_key& from) {
        std::array<std::byte, 32> key{};
        const auto used = mutable_bytes(key).first(from.key().size());
        derive(from, key_label::encryption, used);
        derive(from, key_label::salt, salt_);
        const auto* cipher = used.size() == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
        check(context_ && EVP_EncryptInit_ex(context_.get(), cipher, nullptr, raw(used), nullptr) == 1);
        crypto::wipe(key);
    }

    void protect(const job& one) override {
        const auto iv = gcm_vector_of(one, salt_);
        auto* body = raw(one.out) + one.header.size();
        auto* tag = body + one.prefix.size() + one.payload.size();
        // Half as dear as EVP_CTRL_GCM_GET_TAG, which comes to the same.
        std::array wanted{OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, tag_bytes_max),
                          OSSL_PARAM_construct_end()};
        int size = 0;
        std::memcpy(one.out, one.header.data(), one.header.size());
        check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, raw(iv)) == 1 &&
              EVP_EncryptUpdate(context_.get(), nullptr, &size, raw(one.header),
                                static_cast<int>(one.header.size())) == 1 &&
              encrypt_body(context_.get(), one, body) &&
              EVP_EncryptFinal_ex(context_.get(), tag, &size) == 1 &&
              EVP_CIPHER_CTX_get_params(context_.get(), wanted.data()) == 1);
    }

private:
    cipher_context context_{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    gcm_vector salt_{};
};

/// RFC 3711 §4.1.1 and §4.2.1: AES in counter mode, then HMAC-SHA1 over header, ciphertext and ROC, cut to 80
/// bits.
class cm_key final : public evp_key {
public:
    explicit cm_key(const master_key& from) {
        std::array<std::byte, 16> key{};
        std::array<std::byte, auth_key_bytes> auth{};
        derive(from, key_label::encryption, key);
        derive(from, key_label::authentication, auth);
        derive(from, key_label::salt, mutable_bytes(salt_).first(cm_salt_bytes));
        check(context_ &&
              EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ctr(), nullptr, raw(key), nullptr) == 1);
        authentication_ = hmac_sha1(auth);
        crypto::wipe(key);
        crypto::wipe(auth);
    }

    void protect(const job& one) override {
        const auto iv = cm_vector_of(one, salt_);
        std::memcpy(one.out, one.header.data(), one.header.size());
        check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, raw(iv)) == 1 &&
              encrypt_body(context_.get(), one, raw(one.out) + one.header.size()));
        store_cm_tag(one, authentication_);
    }

private:
    cipher_context context_{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    hmac_sha1 authentication_;
    cm_vector salt_{};
};

class evp_protector final : public protector {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "evp"; }

    [[nodiscard]] std::unique_ptr<sending_key> make_key(const master_key& from) override {
        if (from.profile() == profile::aes128_cm_sha1_80) return std::make_unique<cm_key>(from);
        return std::make_unique<gcm_key>(from);
    }

    void protect(std::span<const job> jobs) override {
        for (const auto& one : jobs) static_cast<evp_key*>(one.key)->protect(one);
    }
};

}  // namespace

std::unique_ptr<protector> make_evp_protector() {
    return std::make_unique<evp_protector>();
}

}  // namespace conf::srtp

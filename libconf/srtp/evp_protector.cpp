#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/srtp/protector.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstring>

namespace conf::srtp {
namespace {

using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using digest_context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

unsigned char* raw(std::byte* data) noexcept {
    return reinterpret_cast<unsigned char*>(data);
}
const unsigned char* raw(bytes data) noexcept {
    return reinterpret_cast<const unsigned char*>(data.data());
}

std::uint32_t ssrc_of(bytes header) noexcept {
    return load_u32(header, 8);
}

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
        std::array<std::byte, 12> iv{};  // 00 00, SSRC, ROC, SEQ, XORed with the salt
        store_u32(iv, 2, ssrc_of(one.header));
        store_u32(iv, 6, static_cast<std::uint32_t>(one.index >> 16));
        store_u16(iv, 10, static_cast<std::uint16_t>(one.index));
        for (std::size_t i = 0; i < iv.size(); ++i) iv[i] ^= salt_[i];
        auto* body = raw(one.out) + one.header.size();
        auto* tag = body + one.prefix.size() + one.payload.size();
        int size = 0;
        std::memcpy(one.out, one.header.data(), one.header.size());
        check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, raw(iv)) == 1 &&
              EVP_EncryptUpdate(context_.get(), nullptr, &size, raw(one.header),
                                static_cast<int>(one.header.size())) == 1 &&
              encrypt_body(context_.get(), one, body) &&
              EVP_EncryptFinal_ex(context_.get(), tag, &size) == 1 &&
              EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_GET_TAG, 16, tag) == 1);
    }

private:
    cipher_context context_{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    std::array<std::byte, 12> salt_{};
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
        derive(from, key_label::salt, mutable_bytes(salt_).first(14));
        check(context_ &&
              EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ctr(), nullptr, raw(key), nullptr) == 1);
        start_pad(inner_, auth, std::byte{0x36});
        start_pad(outer_, auth, std::byte{0x5C});
        crypto::wipe(key);
        crypto::wipe(auth);
    }

    void protect(const job& one) override {
        std::array<std::byte, 16> iv = salt_;  // SSRC * 2^64 XOR index * 2^16 XOR salt * 2^16
        std::array<std::byte, 16> place{};
        store_u32(place, 4, ssrc_of(one.header));
        store_u32(place, 8, static_cast<std::uint32_t>(one.index >> 16));
        store_u16(place, 12, static_cast<std::uint16_t>(one.index));
        for (std::size_t i = 0; i < iv.size(); ++i) iv[i] ^= place[i];
        const auto size_before_tag = one.header.size() + one.prefix.size() + one.payload.size();
        std::memcpy(one.out, one.header.data(), one.header.size());
        check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, raw(iv)) == 1 &&
              encrypt_body(context_.get(), one, raw(one.out) + one.header.size()));
        std::array<std::byte, 4> roc{};
        store_u32(roc, 0, static_cast<std::uint32_t>(one.index >> 16));
        std::array<unsigned char, 20> digest{};
        check(EVP_MD_CTX_copy_ex(working_.get(), inner_.get()) == 1 &&
              EVP_DigestUpdate(working_.get(), one.out, size_before_tag) == 1 &&
              EVP_DigestUpdate(working_.get(), roc.data(), roc.size()) == 1 &&
              EVP_DigestFinal_ex(working_.get(), digest.data(), nullptr) == 1 &&
              EVP_MD_CTX_copy_ex(working_.get(), outer_.get()) == 1 &&
              EVP_DigestUpdate(working_.get(), digest.data(), digest.size()) == 1 &&
              EVP_DigestFinal_ex(working_.get(), digest.data(), nullptr) == 1);
        std::memcpy(one.out + size_before_tag, digest.data(), 10);
    }

private:
    /// HMAC's first block never changes, so its state is kept.
    static void start_pad(const digest_context& into, bytes auth, std::byte with) {
        std::array<std::byte, 64> pad{};
        std::memcpy(pad.data(), auth.data(), auth.size());
        for (auto& each : pad) each ^= with;
        check(into && EVP_DigestInit_ex(into.get(), EVP_sha1(), nullptr) == 1 &&
              EVP_DigestUpdate(into.get(), pad.data(), pad.size()) == 1);
        crypto::wipe(pad);
    }

    cipher_context context_{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    digest_context inner_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    digest_context outer_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    digest_context working_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::array<std::byte, 16> salt_{};
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

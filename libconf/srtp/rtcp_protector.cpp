#include "libconf/srtp/rtcp_protector.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/srtp/raw.hpp"
#include "libconf/srtp/transform.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace conf::srtp {
namespace {

constexpr std::size_t clear_bytes = 8;  // the header with its SSRC
constexpr std::size_t word_bytes = 4;   // E flag and index
constexpr std::size_t gcm_tag_bytes = 16;
constexpr std::uint32_t encrypted = 0x80000000;

const EVP_CIPHER* cipher_of(profile which) {
    switch (which) {
        case profile::aead_aes_128_gcm: return EVP_aes_128_gcm();
        case profile::aead_aes_256_gcm: return EVP_aes_256_gcm();
        case profile::aes128_cm_sha1_80: break;
    }
    return EVP_aes_128_ctr();
}

}  // namespace

void rtcp_protector::context_deleter::operator()(evp_cipher_ctx_st* context) const noexcept {
    EVP_CIPHER_CTX_free(context);
}

rtcp_protector::rtcp_protector(const master_key& from)
    : which_(from.profile()), context_(EVP_CIPHER_CTX_new()) {
    const bool is_gcm = which_ != profile::aes128_cm_sha1_80;
    std::array<std::byte, 32> key{};
    const auto used = mutable_bytes(key).first(from.key().size());
    derive(from, key_label::rtcp_encryption, used);
    derive(from, key_label::rtcp_salt,
           mutable_bytes(salt_).first(is_gcm ? gcm_vector{}.size() : cm_salt_bytes));
    check(context_ &&
          EVP_EncryptInit_ex(context_.get(), cipher_of(which_), nullptr, raw(used), nullptr) == 1);
    crypto::wipe(key);
    if (is_gcm) return;
    std::array<std::byte, auth_key_bytes> auth{};
    derive(from, key_label::rtcp_authentication, auth);
    authentication_ = hmac_sha1(auth);
    crypto::wipe(auth);
}

bool rtcp_protector::protect(mutable_bytes buffer, std::size_t& size) {
    if (index_ + 1 >= index_end) return false;
    const auto word = encrypted | ++index_;
    size = which_ == profile::aes128_cm_sha1_80 ? protect_cm(buffer, size, word)
                                                : protect_gcm(buffer, size, word);
    return true;
}

/// Header and word are authenticated, what is between them encrypted; the tag stands before the word.
std::size_t rtcp_protector::protect_gcm(mutable_bytes buffer, std::size_t size, std::uint32_t word) {
    gcm_vector vector{};
    store_u32(vector, 2, load_u32(buffer, 4));
    store_u32(vector, 8, word & ~encrypted);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] ^= salt_[i];
    std::array<std::byte, word_bytes> last{};
    store_u32(last, 0, word);
    auto* const body = raw(buffer.data() + clear_bytes);
    auto* const tag = raw(buffer.data() + size);
    auto* const with = context_.get();
    const auto body_bytes = static_cast<int>(size - clear_bytes);
    int done = 0;
    check(EVP_EncryptInit_ex(with, nullptr, nullptr, nullptr, raw(vector)) == 1 &&
          EVP_EncryptUpdate(with, nullptr, &done, raw(buffer), clear_bytes) == 1 &&
          EVP_EncryptUpdate(with, nullptr, &done, raw(last), word_bytes) == 1 &&
          (body_bytes == 0 || EVP_EncryptUpdate(with, body, &done, body, body_bytes) == 1) &&
          EVP_EncryptFinal_ex(with, tag, &done) == 1 &&
          EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_GET_TAG, gcm_tag_bytes, tag) == 1);
    store_u32(buffer, size + gcm_tag_bytes, word);
    return size + gcm_tag_bytes + word_bytes;
}

/// What is behind the header is encrypted, everything with the word authenticated; the tag stands last.
std::size_t rtcp_protector::protect_cm(mutable_bytes buffer, std::size_t size, std::uint32_t word) {
    cm_vector vector{};
    store_u32(vector, 4, load_u32(buffer, 4));
    store_u32(vector, 10, word & ~encrypted);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] ^= salt_[i];
    auto* const body = raw(buffer.data() + clear_bytes);
    const auto body_bytes = static_cast<int>(size - clear_bytes);
    int done = 0;
    check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, raw(vector)) == 1 &&
          (body_bytes == 0 || EVP_EncryptUpdate(context_.get(), body, &done, body, body_bytes) == 1));
    store_u32(buffer, size, word);
    const auto tag = authentication_.of(buffer.first(size + word_bytes));
    std::copy_n(tag.begin(), cm_tag_bytes, buffer.begin() + static_cast<std::ptrdiff_t>(size + word_bytes));
    return size + word_bytes + cm_tag_bytes;
}

}  // namespace conf::srtp

#include "libconf/srtp/keys.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/srtp/raw.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace conf::srtp {

profile_sizes sizes_of(profile which) noexcept {
    switch (which) {
        case profile::aes128_cm_sha1_80: return {16, 14, 10};
        case profile::aead_aes_128_gcm: return {16, 12, 16};
        case profile::aead_aes_256_gcm: return {32, 12, 16};
    }
    return {};
}

std::string_view name_of(profile which) noexcept {
    switch (which) {
        case profile::aes128_cm_sha1_80: return "AES128_CM_SHA1_80";
        case profile::aead_aes_128_gcm: return "AEAD_AES_128_GCM";
        case profile::aead_aes_256_gcm: return "AEAD_AES_256_GCM";
    }
    return "unknown";
}

master_key::master_key(srtp::profile which, bytes key, bytes salt) : profile_(which) {
    const auto sizes = sizes_of(which);
    check(key.size() == sizes.key && salt.size() == sizes.salt);
    std::ranges::copy(key, material_.begin());
    std::ranges::copy(salt, material_.begin() + static_cast<std::ptrdiff_t>(sizes.key));
}

master_key::~master_key() {
    crypto::wipe(material_);
}

std::size_t exported_bytes(profile which) noexcept {
    const auto sizes = sizes_of(which);
    return 2 * (sizes.key + sizes.salt);
}

key_pair split_exported(profile which, bytes exported, bool we_are_client) {
    const auto [key, salt, tag] = sizes_of(which);
    check(exported.size() == exported_bytes(which));
    const master_key client(which, exported.first(key), exported.subspan(2 * key, salt));
    const master_key server(which, exported.subspan(key, key), exported.subspan(2 * key + salt, salt));
    return we_are_client ? key_pair{server, client} : key_pair{client, server};
}

void derive(const master_key& from, key_label label, mutable_bytes out) {
    // The counter block: the salt, padded to 14 bytes with zeros (RFC 7714 §11), with the label XORed in 7
    // bytes before its end, then the 16-bit block counter.
    std::array<std::byte, 16> block{};
    std::ranges::copy(from.salt(), block.begin());
    block[7] ^= static_cast<std::byte>(label);
    const auto* cipher = from.key().size() == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    check(context != nullptr);
    std::ranges::fill(out, std::byte{0});
    int size = 0;
    check(EVP_EncryptInit_ex(context.get(), cipher, nullptr, raw(from.key()), raw(block)) == 1 &&
          EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, raw(out),
                            static_cast<int>(out.size())) == 1);
}

}  // namespace conf::srtp

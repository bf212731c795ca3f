#include "libconf/srtp/libsrtp_context.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"

#include <algorithm>
#include <array>

namespace conf::srtp {
namespace {

void set_policy(srtp_crypto_policy_t& to, profile which) noexcept {
    switch (which) {
        case profile::aes128_cm_sha1_80: return srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&to);
        case profile::aead_aes_128_gcm: return srtp_crypto_policy_set_aes_gcm_128_16_auth(&to);
        case profile::aead_aes_256_gcm: return srtp_crypto_policy_set_aes_gcm_256_16_auth(&to);
    }
}

}  // namespace

libsrtp_context make_libsrtp_context(const master_key& key, srtp_ssrc_type_t direction,
                                     unsigned long window) {
    // The library's own tables, made once for the process and never changed.
    static const auto initialised = srtp_init();
    check(initialised == srtp_err_status_ok);

    std::array<unsigned char, SRTP_MAX_KEY_LEN> material{};
    const auto* first = reinterpret_cast<const unsigned char*>(key.key().data());
    // The salt stands right behind the key.
    std::copy_n(first, key.key().size() + key.salt().size(), material.begin());
    srtp_policy_t policy{};
    set_policy(policy.rtp, key.profile());
    set_policy(policy.rtcp, key.profile());
    policy.ssrc = {direction, 0};
    policy.key = material.data();
    policy.window_size = window;
    policy.allow_repeat_tx = 1;  // a packet that is sent once more is the same packet
    srtp_t made = nullptr;
    check(srtp_create(&made, &policy) == srtp_err_status_ok);
    crypto::wipe(std::as_writable_bytes(std::span(material)));
    return libsrtp_context(made);
}

}  // namespace conf::srtp

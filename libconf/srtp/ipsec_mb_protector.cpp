// Intel's library for many buffers at once. Of AES-GCM it does one packet after the other, with less around
// the cipher than EVP has; of AES-CM the hash costs most, and up to 16 packets are hashed side by side.

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/srtp/protector.hpp"
#include "libconf/srtp/raw.hpp"
#include "libconf/srtp/transform.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#define NO_COMPAT_IMB_API_053  // else the header makes macros of names like SHA1
#include <intel-ipsec-mb.h>

namespace conf::srtp {
namespace {

struct manager_deleter {
    void operator()(IMB_MGR* manager) const noexcept { free_mb_mgr(manager); }
};
using manager_handle = std::unique_ptr<IMB_MGR, manager_deleter>;

using octet = std::uint8_t;

class mb_key : public sending_key {
public:
    explicit mb_key(profile which) noexcept : which_(which) {}
    [[nodiscard]] profile which() const noexcept { return which_; }

private:
    profile which_;
};

struct mb_gcm_key final : mb_key {
    using mb_key::mb_key;
    ~mb_gcm_key() override { crypto::wipe(std::as_writable_bytes(std::span(&expanded, 1))); }
    gcm_vector salt{};
    alignas(64) gcm_key_data expanded{};  // the header does not say so, but an unaligned one crashes
};

constexpr std::size_t aes128_round_keys = 11;
using aes128_schedule = std::array<std::uint32_t, 4 * aes128_round_keys>;

struct mb_cm_key final : mb_key {
    using mb_key::mb_key;
    ~mb_cm_key() override { crypto::wipe(std::as_writable_bytes(std::span(expanded))); }
    alignas(64) aes128_schedule expanded{};
    cm_vector salt{};
    hmac_sha1 authentication;
};

/// Writes header and prefix, and the payload too where there is a prefix: the ciphers want one buffer.
/// Returns what is to be encrypted.
const octet* lay_out(const job& one) noexcept {
    std::memcpy(one.out, one.header.data(), one.header.size());
    if (one.prefix.empty()) return raw(one.payload);
    auto* const body = one.out + one.header.size();
    std::memcpy(body, one.prefix.data(), one.prefix.size());
    if (!one.payload.empty()) {
        std::memcpy(body + one.prefix.size(), one.payload.data(), one.payload.size());
    }
    return raw(body);
}

class ipsec_mb_protector final : public protector {
public:
    explicit ipsec_mb_protector(manager_handle manager)
        : manager_(std::move(manager)),
          hashed_together_min_((manager_->features & IMB_FEATURE_SHANI) != 0 ? min_with_sha_instructions
                                                                             : min_without) {
        for (std::size_t i = 0; i < at_once_max; ++i) {
            auto& one = batch_[i];
            one.cipher_mode = IMB_CIPHER_CNTR;
            one.cipher_direction = IMB_DIR_ENCRYPT;
            one.key_len_in_bytes = IMB_KEY_128_BYTES;
            one.iv = raw(vectors_[i]);
            one.iv_len_in_bytes = vectors_[i].size();
            one.hash_alg = IMB_AUTH_HMAC_SHA_1;
            one.auth_tag_output = raw(digests_[i].data());
            one.auth_tag_output_len_in_bytes = digests_[i].size();
        }
    }

    [[nodiscard]] std::string_view name() const noexcept override { return "ipsec_mb"; }

    [[nodiscard]] std::unique_ptr<sending_key> make_key(const master_key& from) override {
        if (from.profile() == profile::aes128_cm_sha1_80) return make_cm_key(from);
        return make_gcm_key(from);
    }

    void protect(std::span<const job> jobs) override {
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (jobs.size() - i > prefetched_packets) prefetch(jobs[i + prefetched_packets]);
            const auto& one = jobs[i];
            const auto& key = static_cast<const mb_key&>(*one.key);
            if (key.which() == profile::aes128_cm_sha1_80) {
                add_cm(static_cast<const mb_cm_key&>(key), one);
            } else {
                protect_gcm(static_cast<const mb_gcm_key&>(key), one);
            }
        }
        finish_cm();
    }

private:
    /// A key was last used a turn ago and is far away by now, and so is the room for the packet. The first
    /// lines are what every packet needs: of a key, the round keys and the first powers of the hash key.
    static void prefetch(const job& one) noexcept {
        const auto* const key = reinterpret_cast<const std::byte*>(one.key);
        for (std::size_t line = 0; line < 6; ++line) __builtin_prefetch(key + line * cache_line_bytes);
        for (std::size_t line = 0; line < 3; ++line) __builtin_prefetch(one.out + line * cache_line_bytes, 1);
    }
    static constexpr std::size_t cache_line_bytes = 64;
    static constexpr std::size_t prefetched_packets = 2;

    /// Packets of AES-CM that are done together: four times as many as are hashed side by side.
    static constexpr std::size_t at_once_max = 64;
    static_assert(at_once_max <= IMB_MAX_BURST_SIZE);
    /// A longer packet is hashed alone; the library refuses one from 64 KiB on.
    static constexpr std::size_t hashed_together_bytes_max = 16'384;
    /// From so many packets on, hashing side by side is faster than OpenSSL one by one: the lanes that stay
    /// empty cost as much as the full ones. Measured without SHA instructions; with them OpenSSL is about
    /// three to four times as fast.
    static constexpr std::size_t min_without = 3;
    static constexpr std::size_t min_with_sha_instructions = 9;

    [[nodiscard]] std::unique_ptr<sending_key> make_gcm_key(const master_key& from) const {
        auto made = std::make_unique<mb_gcm_key>(from.profile());
        std::array<std::byte, 32> key{};
        const auto used = mutable_bytes(key).first(from.key().size());
        derive(from, key_label::encryption, used);
        derive(from, key_label::salt, made->salt);
        const auto expand =
            from.profile() == profile::aead_aes_256_gcm ? manager_->gcm256_pre : manager_->gcm128_pre;
        expand(key.data(), &made->expanded);
        crypto::wipe(key);
        return made;
    }

    [[nodiscard]] std::unique_ptr<sending_key> make_cm_key(const master_key& from) const {
        auto made = std::make_unique<mb_cm_key>(from.profile());
        std::array<std::byte, 16> key{};
        std::array<std::byte, auth_key_bytes> auth{};
        derive(from, key_label::encryption, key);
        derive(from, key_label::authentication, auth);
        derive(from, key_label::salt, mutable_bytes(made->salt).first(cm_salt_bytes));
        alignas(16) aes128_schedule to_decrypt{};  // comes with the other
        IMB_AES_KEYEXP_128(manager_.get(), key.data(), made->expanded.data(), to_decrypt.data());
        made->authentication = hmac_sha1(auth);
        crypto::wipe(key);
        crypto::wipe(auth);
        crypto::wipe(std::as_writable_bytes(std::span(to_decrypt)));
        return made;
    }

    void protect_gcm(const mb_gcm_key& key, const job& one) {
        const auto vector = gcm_vector_of(one, key.salt);
        const auto* const from = lay_out(one);
        auto* const body = raw(one.out) + one.header.size();
        const auto size = one.prefix.size() + one.payload.size();
        const auto encrypt =
            key.which() == profile::aead_aes_256_gcm ? manager_->gcm256_enc : manager_->gcm128_enc;
        encrypt(&key.expanded, &gcm_context_, body, from, size, raw(vector), raw(one.out), one.header.size(),
                body + size, sizes_of(profile::aead_aes_128_gcm).tag);
    }

    void add_cm(const mb_cm_key& key, const job& one) {
        const auto size = one.prefix.size() + one.payload.size();
        vectors_[count_] = cm_vector_of(one, key.salt);
        auto& in_batch = batch_[count_];
        in_batch.src = lay_out(one);
        if (size == 0) return store_cm_tag(one, key.authentication);  // the library refuses it
        in_batch.dst = raw(one.out) + one.header.size();
        in_batch.enc_keys = key.expanded.data();
        in_batch.msg_len_to_cipher_in_bytes = size;
        in_batch.u.HMAC._hashed_auth_key_xor_ipad = raw(std::as_bytes(std::span(key.authentication.inner())));
        in_batch.u.HMAC._hashed_auth_key_xor_opad = raw(std::as_bytes(std::span(key.authentication.outer())));
        of_batch_[count_] = &one;
        longest_ = std::max(longest_, bytes_before_tag(one));
        if (++count_ == at_once_max) finish_cm();
    }

    void finish_cm() {
        if (count_ == 0) return;
        const auto count = static_cast<std::uint32_t>(count_);
        check(IMB_SUBMIT_CIPHER_BURST(manager_.get(), batch_.data(), count, IMB_CIPHER_CNTR, IMB_DIR_ENCRYPT,
                                      IMB_KEY_128_BYTES) == count);
        if (count_ < hashed_together_min_ || longest_ > hashed_together_bytes_max) {
            for (const auto* one : std::span(of_batch_).first(count_)) {
                store_cm_tag(*one, static_cast<const mb_cm_key*>(one->key)->authentication);
            }
        } else {
            hash_together();
        }
        count_ = 0;
        longest_ = 0;
    }

    void hash_together() {
        const auto count = static_cast<std::uint32_t>(count_);
        for (std::size_t i = 0; i < count_; ++i) {
            store_roc_as_tag(*of_batch_[i]);
            batch_[i].src = raw(of_batch_[i]->out);
            batch_[i].msg_len_to_hash_in_bytes = bytes_before_tag(*of_batch_[i]) + roc_bytes;
        }
        check(IMB_SUBMIT_HASH_BURST(manager_.get(), batch_.data(), count, IMB_AUTH_HMAC_SHA_1) == count);
        for (std::size_t i = 0; i < count_; ++i) store_tag(*of_batch_[i], digests_[i]);
    }

    manager_handle manager_;
    alignas(64) gcm_context_data gcm_context_{};
    std::size_t hashed_together_min_;
    // The batch of AES-CM: the library's description of each packet, and what it has to find meanwhile.
    std::array<IMB_JOB, at_once_max> batch_{};
    std::array<cm_vector, at_once_max> vectors_{};
    std::array<hmac_sha1::digest, at_once_max> digests_{};  // it writes 12 or 20 bytes of them, never 10
    std::array<const job*, at_once_max> of_batch_{};
    std::size_t count_ = 0;
    std::size_t longest_ = 0;
};

std::uint64_t features_of(cpu_level level) noexcept {
    switch (level) {
        case cpu_level::sse: return IMB_CPUFLAGS_SSE;
        case cpu_level::avx: return IMB_CPUFLAGS_AVX;
        case cpu_level::avx2: return IMB_CPUFLAGS_AVX2;
        case cpu_level::avx512: return IMB_CPUFLAGS_AVX512;
    }
    return ~std::uint64_t{0};
}

void initialise(IMB_MGR* manager, cpu_level level) {
    switch (level) {
        case cpu_level::sse: return init_mb_mgr_sse(manager);
        case cpu_level::avx: return init_mb_mgr_avx(manager);
        case cpu_level::avx2: return init_mb_mgr_avx2(manager);
        case cpu_level::avx512: return init_mb_mgr_avx512(manager);
    }
}

}  // namespace

std::unique_ptr<protector> make_ipsec_mb_protector(cpu_level level) {
    manager_handle manager(alloc_mb_mgr(0));
    if (!manager || (manager->features & features_of(level)) != features_of(level)) return nullptr;
    initialise(manager.get(), level);
    if (imb_get_errno(manager.get()) != 0) return nullptr;
    return std::make_unique<ipsec_mb_protector>(std::move(manager));
}

std::unique_ptr<protector> make_ipsec_mb_protector() {
    for (const auto level : {cpu_level::avx512, cpu_level::avx2, cpu_level::avx, cpu_level::sse}) {
        if (auto made = make_ipsec_mb_protector(level)) return made;
    }
    return nullptr;
}

}  // namespace conf::srtp

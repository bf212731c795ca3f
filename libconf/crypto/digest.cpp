#include "libconf/crypto/digest.hpp"

#include "libconf/base/check.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

namespace conf::crypto {
namespace {

struct evp_deleter {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(EVP_MD* digest) const noexcept { EVP_MD_free(digest); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
};

const unsigned char* raw(bytes data) noexcept {
    return reinterpret_cast<const unsigned char*>(data.data());
}

/// One algorithm with a context to use it in. Fetching and allocating cost a microsecond in OpenSSL 3, more
/// than the hash of a STUN message; so each thread keeps one of each. It is a cache: no result depends on
/// what was in it.
class digest_function {
public:
    explicit digest_function(const char* name)
        : digest_(EVP_MD_fetch(nullptr, name, nullptr)), context_(EVP_MD_CTX_new()) {
        check(digest_ && context_);
    }

    template <std::size_t Size>
    void run(std::initializer_list<bytes> parts, std::array<std::byte, Size>& out) {
        bool fine = EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1;
        for (const auto part : parts)
            fine = fine && EVP_DigestUpdate(context_.get(), raw(part), part.size()) == 1;
        unsigned size = 0;
        fine = fine &&
               EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), &size) == 1;
        check(fine && size == Size);
    }

private:
    std::unique_ptr<EVP_MD, evp_deleter> digest_;
    std::unique_ptr<EVP_MD_CTX, evp_deleter> context_;
};

class hmac_function {
public:
    explicit hmac_function(const char* digest)
        : mac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context_(EVP_MAC_CTX_new(mac_.get())) {
        check(mac_ && context_);
        // OpenSSL takes the name as non-const and does not write to it.
        const OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
            OSSL_PARAM_construct_end(),
        };
        check(EVP_MAC_CTX_set_params(context_.get(), parameters) == 1);
    }

    template <std::size_t Size>
    void run(bytes key, std::initializer_list<bytes> parts, std::array<std::byte, Size>& out) {
        // An empty key would mean "as before" to OpenSSL; HMAC pads keys with zeros, so one zero byte is the
        // same key.
        static constexpr std::byte zero{0};
        if (key.empty()) key = bytes(&zero, 1);
        bool fine = EVP_MAC_init(context_.get(), raw(key), key.size(), nullptr) == 1;
        for (const auto part : parts)
            fine = fine && EVP_MAC_update(context_.get(), raw(part), part.size()) == 1;
        std::size_t size = 0;
        fine = fine &&
               EVP_MAC_final(context_.get(), reinterpret_cast<unsigned char*>(out.data()), &size, Size) == 1;
        check(fine && size == Size);
    }

private:
    std::unique_ptr<EVP_MAC, evp_deleter> mac_;
    std::unique_ptr<EVP_MAC_CTX, evp_deleter> context_;
};

}  // namespace

md5_digest md5(std::initializer_list<bytes> parts) {
    thread_local digest_function function("MD5");
    md5_digest out;
    function.run(parts, out);
    return out;
}

sha256_digest sha256(std::initializer_list<bytes> parts) {
    thread_local digest_function function("SHA256");
    sha256_digest out;
    function.run(parts, out);
    return out;
}

sha1_digest hmac_sha1(bytes key, std::initializer_list<bytes> parts) {
    thread_local hmac_function function("SHA1");
    sha1_digest out;
    function.run(key, parts, out);
    return out;
}

sha256_digest hmac_sha256(bytes key, std::initializer_list<bytes> parts) {
    thread_local hmac_function function("SHA256");
    sha256_digest out;
    function.run(key, parts, out);
    return out;
}

bool equal_in_constant_time(bytes a, bytes b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(mutable_bytes secret) noexcept {
    OPENSSL_cleanse(secret.data(), secret.size());
}

}  // namespace conf::crypto

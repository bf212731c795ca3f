// EVP and EVP_MAC allocate each time a state is copied, which is once for each half of each HMAC. The older
// interface lets the state be an ordinary value; OpenSSL 3 has it, and advises against it.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "libconf/srtp/hmac_sha1.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"

#include <openssl/sha.h>

#include <algorithm>

namespace conf::srtp {
namespace {

constexpr std::size_t block_bytes = SHA_CBLOCK;

hmac_sha1::chaining_value after_block(bytes key, std::byte pad) {
    std::array<std::byte, block_bytes> block{};
    std::ranges::copy(key, block.begin());
    for (auto& each : block) each ^= pad;
    SHA_CTX state;
    check(SHA1_Init(&state) == 1 && SHA1_Update(&state, block.data(), block.size()) == 1);
    const hmac_sha1::chaining_value reached{state.h0, state.h1, state.h2, state.h3, state.h4};
    crypto::wipe(block);
    crypto::wipe(std::as_writable_bytes(std::span(&state, 1)));
    return reached;
}

hmac_sha1::digest go_on(const hmac_sha1::chaining_value& from, bytes message) {
    SHA_CTX state{};
    state.h0 = from[0];
    state.h1 = from[1];
    state.h2 = from[2];
    state.h3 = from[3];
    state.h4 = from[4];
    state.Nl = block_bytes * 8;  // bits so far
    hmac_sha1::digest digest{};
    static_assert(digest.size() == SHA_DIGEST_LENGTH);
    check(SHA1_Update(&state, message.data(), message.size()) == 1 &&
          SHA1_Final(reinterpret_cast<unsigned char*>(digest.data()), &state) == 1);
    return digest;
}

}  // namespace

hmac_sha1::hmac_sha1(bytes key) {
    check(key.size() <= block_bytes);
    inner_ = after_block(key, std::byte{0x36});
    outer_ = after_block(key, std::byte{0x5C});
}

hmac_sha1::~hmac_sha1() {
    crypto::wipe(std::as_writable_bytes(std::span(inner_)));
    crypto::wipe(std::as_writable_bytes(std::span(outer_)));
}

hmac_sha1::digest hmac_sha1::of(bytes message) const {
    return go_on(outer_, go_on(inner_, message));
}

}  // namespace conf::srtp

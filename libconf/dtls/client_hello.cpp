#include "libconf/dtls/client_hello.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace conf::dtls {
namespace {

/// Those of context.cpp that go with a certificate like ours: ECDHE-ECDSA with AES-128-GCM, AES-256-GCM (RFC
/// 5289) and ChaCha20-Poly1305 (RFC 7905).
constexpr std::array<std::uint16_t, 3> ours{0xC02B, 0xC02C, 0xCCA9};

constexpr std::size_t version_bytes = 2;
constexpr std::size_t random_bytes = 32;
constexpr std::size_t session_id_bytes_max = 32;

/// Takes a vector with a length of one byte from the front.
bool skip_short(bytes& from, std::size_t bytes_max) noexcept {
    if (from.empty()) return false;
    const std::size_t size = load_u8(from, 0);
    if (size > bytes_max || from.size() - 1 < size) return false;
    from = from.subspan(1 + size);
    return true;
}

}  // namespace

bool names_our_ciphers(bytes body) noexcept {
    if (body.size() < version_bytes + random_bytes) return false;
    auto rest = body.subspan(version_bytes + random_bytes);
    if (!skip_short(rest, session_id_bytes_max) || !skip_short(rest, 255)) return false;  // id, cookie
    if (rest.size() < 2) return false;
    const auto list = rest.subspan(2, std::min<std::size_t>(load_u16(rest, 0), rest.size() - 2));
    for (std::size_t at = 0; at + 2 <= list.size(); at += 2) {
        if (std::ranges::find(ours, load_u16(list, at)) != ours.end()) return true;
    }
    return false;
}

}  // namespace conf::dtls

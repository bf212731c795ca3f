/// What can be told of a ClientHello (RFC 5246 §7.4.1.2, RFC 6347 §4.2.1) before a TLS library spends
/// anything on it.
#pragma once

#include "libconf/base/bytes.hpp"

namespace conf::dtls {

/// Whether a cipher suite that we answer with is among those that the hello names. `body`: of the message's
/// first fragment, which has all of them or at least the first ones: false for what ends before its list, or
/// lies about a length.
[[nodiscard]] bool names_our_ciphers(bytes body) noexcept;

}  // namespace conf::dtls

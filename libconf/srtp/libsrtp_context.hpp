/// libsrtp's contexts with an owner.
#pragma once

#include "libconf/srtp/keys.hpp"

#include <srtp2/srtp.h>

#include <memory>

namespace conf::srtp {

struct libsrtp_deleter {
    void operator()(srtp_t context) const noexcept { srtp_dealloc(context); }
};
using libsrtp_context = std::unique_ptr<srtp_ctx_t_, libsrtp_deleter>;

/// For any SSRC, in one direction.
[[nodiscard]] libsrtp_context make_libsrtp_context(const master_key& key, srtp_ssrc_type_t direction,
                                                   unsigned long window);

}  // namespace conf::srtp

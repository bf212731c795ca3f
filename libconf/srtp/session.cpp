#include "libconf/srtp/session.hpp"

#include "libconf/srtp/libsrtp_context.hpp"
#include "libconf/srtp/rtcp_protector.hpp"

#include <array>
#include <cstring>

namespace conf::srtp {
namespace {

constexpr std::size_t rtp_header_bytes = 12;
constexpr std::size_t rtcp_header_bytes = 8;  // with the sender's SSRC, which stays in the clear
constexpr std::size_t rtcp_index_bytes = 4;

verdict verdict_of(srtp_err_status_t status) noexcept {
    switch (status) {
        case srtp_err_status_ok: return verdict::good;
        case srtp_err_status_replay_fail:
        case srtp_err_status_replay_old: return verdict::replayed;
        case srtp_err_status_key_expired: return verdict::exhausted;
        case srtp_err_status_bad_param:
        case srtp_err_status_parse_err: return verdict::malformed;
        default: return verdict::forged;
    }
}

template <class Function>
verdict unprotect(Function function, srtp_t with, mutable_bytes& packet) {
    auto size = static_cast<int>(packet.size());
    const auto told = verdict_of(function(with, packet.data(), &size));
    if (told == verdict::good) packet = packet.first(static_cast<std::size_t>(size));
    return told;
}

}  // namespace

struct session::contexts {
    libsrtp_context in;
    rtcp_protector out;
};

session::session(const key_pair& keys)
    : contexts_(std::make_unique<contexts>(contexts{
          make_libsrtp_context(keys.inbound, ssrc_any_inbound, rtp_window),
          rtcp_protector(keys.outbound),
      })),
      tag_bytes_(sizes_of(keys.inbound.profile()).tag) {}

session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;
session::~session() = default;

verdict session::unprotect_rtp(mutable_bytes& packet) {
    if (packet.size() < rtp_header_bytes + tag_bytes_) return verdict::malformed;
    return unprotect(srtp_unprotect, contexts_->in.get(), packet);
}

verdict session::unprotect_rtcp(mutable_bytes& packet) {
    if (packet.size() < rtcp_header_bytes + rtcp_index_bytes + tag_bytes_) return verdict::malformed;
    return unprotect(srtp_unprotect_rtcp, contexts_->in.get(), packet);
}

verdict session::protect_rtcp(mutable_bytes buffer, std::size_t& size) {
    if (size < rtcp_header_bytes || buffer.size() < size + rtcp_overhead_max) return verdict::malformed;
    return contexts_->out.protect(buffer, size) ? verdict::good : verdict::exhausted;
}

void session::forget(std::uint32_t ssrc) {
    std::array<std::byte, 4> in_network_order{};
    store_u32(in_network_order, 0, ssrc);
    std::uint32_t wanted = 0;
    std::memcpy(&wanted, in_network_order.data(), sizeof wanted);
    // "No such stream" is as good as removed.
    (void)srtp_remove_stream(contexts_->in.get(), wanted);
}

}  // namespace conf::srtp

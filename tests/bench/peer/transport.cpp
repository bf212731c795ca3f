#include "tests/bench/peer/transport.hpp"

#include "libconf/net/socket_address.hpp"
#include "tests/bench/peer/clocks.hpp"

#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

void set(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

constexpr int receive_buffer_bytes = 1 << 20;

}  // namespace

// One profile, so that all servers are measured with the same one.
shared::shared(const crypto::random_key& key)
    : certificate(dtls::certificate::generate(
          std::chrono::sys_seconds{std::chrono::seconds(wall_ns() / 1'000'000'000)})),
      dtls(certificate, {srtp::profile::aead_aes_128_gcm}),
      protector(srtp::make_protector("auto")),
      random(key) {}

transport::transport(shared& with)
    : shared_(with), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0) throw std::runtime_error("no socket: raise the limit of open files");
    set(fd_, SOL_UDP, UDP_GRO, 1);
    set(fd_, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set(fd_, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
    set(fd_, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_bytes);
}

transport::~transport() {
    ::close(fd_);
}

/// Janus wants a candidate, though it never sends a check.
endpoint transport::bound() const {
    net::socket_address at{};
    at.v4.sin_family = AF_INET;
    if (::bind(fd_, &at.any, sizeof at.v4) != 0) throw std::runtime_error("no free UDP port");
    socklen_t size = sizeof at;
    ::getsockname(fd_, &at.any, &size);
    return {ip_address::v4(0x7F000001), net::from_kernel(at).port};
}

const media::local_transport& transport::open() {
    local_ = {.ice = ice::make_credentials(shared_.random, 0),
              .certificate = shared_.certificate.fingerprint_with(dtls::hash_function::sha256),
              .session_id = shared_.random() >> 1,
              .candidates = {bound()}};
    return local_;
}

void transport::connect(media::remote_description to) {
    remote_ = std::move(to);
    if (remote_.candidates.empty()) throw std::runtime_error("the server offers no UDP candidate");
    net::socket_address at{};
    const auto size = net::to_kernel(remote_.candidates.front(), at);
    if (::connect(fd_, &at.any, size) != 0) throw std::runtime_error("no way to the server's candidate");
    crypto::random_key key;
    shared_.random.fill(key);
    ice_.emplace(local_.ice, remote_.ice, std::vector{remote_.candidates.front()}, key);
    // One that is active makes us passive; everything else leaves the beginning to us.
    const auto ours = remote_.setup == sdp::setup_role::active ? dtls::role::passive : dtls::role::active;
    peer_.emplace(shared_.dtls, ours, remote_.fingerprints, *shared_.protector, now());
    ice_->start(now(), checks_);
    send_checks();
}

bool transport::failed() const {
    return (ice_ && ice_->state() == media::ice_state::failed) ||
           (peer_ && (peer_->state() == dtls::state::failed || peer_->state() == dtls::state::closed));
}

void transport::send(bytes datagram) const {
    [[maybe_unused]] const auto sent = ::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL);
}

void transport::send_checks() {
    for (const auto& one : checks_) send(one.whole());
    checks_.clear();
}

void transport::send_dtls() {
    handshake_.for_each_datagram([this](bytes one) { send(one); });
    handshake_.clear();
}

void transport::handle_stun_or_dtls(mutable_bytes datagram) {
    if (!ice_ || datagram.empty()) return;
    if (stun::looks_like_stun(datagram)) {
        const bool changed = ice_->handle(datagram, remote_.candidates.front(), now(), checks_);
        send_checks();
        if (changed && ice_->state() == media::ice_state::connected) peer_->start(now(), handshake_);
    } else {
        [[maybe_unused]] const auto nothing = peer_->handle(datagram, now(), handshake_);
    }
    send_dtls();
}

media::received_packet transport::handle_media(mutable_bytes datagram) {
    if (!peer_) return {};
    const auto got = peer_->handle(datagram, now(), handshake_);
    send_dtls();
    return got;
}

void transport::handle_timeout() {
    if (!ice_) return;
    const auto at = now();
    if (const auto due = ice_->deadline(); due && *due <= at) ice_->handle_timeout(at, checks_);
    if (const auto due = peer_->deadline(); due && *due <= at) peer_->handle_timeout(at, handshake_);
    send_checks();
    send_dtls();
}

std::uint64_t transport::drops() const {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    if (::getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return 0;
    return info[SK_MEMINFO_DROPS];
}

}  // namespace bench

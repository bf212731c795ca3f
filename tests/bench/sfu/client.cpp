#include "tests/bench/sfu/client.hpp"

#include "libconf/net/socket_address.hpp"
#include "libconf/rtp/rtcp_builder.hpp"

#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>

namespace sfu_load {
namespace {

std::int64_t read_clock(clockid_t which) noexcept {
    timespec at{};
    ::clock_gettime(which, &at);
    return std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
}

void set(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

constexpr int receive_buffer_bytes = 1 << 20;

}  // namespace

std::int64_t wall_ns() noexcept {
    return read_clock(CLOCK_REALTIME);
}

instant now() noexcept {
    return instant{std::chrono::microseconds(read_clock(CLOCK_MONOTONIC) / 1000)};
}

// One profile, so that all servers are measured with the same one.
common::common(const crypto::random_key& key)
    : certificate(dtls::certificate::generate(
          std::chrono::sys_seconds{std::chrono::seconds(wall_ns() / 1'000'000'000)})),
      dtls(certificate, {srtp::profile::aead_aes_128_gcm}),
      protector(srtp::make_protector("auto")),
      random(key) {}

void continuity::begin() noexcept {
    base_ = highest_;
    received_ = 0;
}

void continuity::note(std::uint16_t sequence) noexcept {
    if (!started_) {
        started_ = true;
        highest_ = 0x10000U + sequence;
        base_ = highest_ - 1;
        received_ = 1;
        return;
    }
    const auto step = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(highest_));
    const auto number = highest_ + static_cast<std::uint64_t>(std::int64_t{step});
    if (number > highest_) highest_ = number;
    if (number > base_) ++received_;
}

client::client(role as, common& with)
    : role_(as),
      common_(with),
      fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      own_ssrc_(static_cast<std::uint32_t>(with.random())) {
    if (fd_ < 0) throw std::runtime_error("no socket: raise the limit of open files");
    set(fd_, SOL_UDP, UDP_GRO, 1);
    set(fd_, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set(fd_, SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
    set(fd_, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_bytes);
}

client::~client() {
    ::close(fd_);
}

/// Janus wants a candidate, though it never sends a check.
endpoint client::bound() const {
    net::socket_address at{};
    at.v4.sin_family = AF_INET;
    if (::bind(fd_, &at.any, sizeof at.v4) != 0) throw std::runtime_error("no free UDP port");
    socklen_t size = sizeof at;
    ::getsockname(fd_, &at.any, &size);
    return {ip_address::v4(0x7F000001), net::from_kernel(at).port};
}

void client::join(signalling& by, const media::publication& what) {
    asked_at_ns = wall_ns();
    local_ = {.ice = ice::make_credentials(common_.random, 0),
              .certificate = common_.certificate.fingerprint_with(dtls::hash_function::sha256),
              .session_id = common_.random() >> 1,
              .candidates = {bound()}};
    remote_ = role_ == role::publisher ? by.publish(local_, what) : by.play(local_);
    if (remote_.candidates.empty()) throw std::runtime_error("the server offers no UDP candidate");
    for (const auto& section : remote_.media)
        payload_types[section.kind == sdp::media_kind::video ? 1 : 0] = section.payload_type;
    net::socket_address at{};
    const auto size = net::to_kernel(remote_.candidates.front(), at);
    if (::connect(fd_, &at.any, size) != 0) throw std::runtime_error("no way to the server's candidate");
    crypto::random_key key;
    common_.random.fill(key);
    ice_.emplace(local_.ice, remote_.ice, std::vector{remote_.candidates.front()}, key);
    // An answer that is active makes us passive; everything else leaves the beginning to us.
    const auto ours = remote_.setup == sdp::setup_role::active ? dtls::role::passive : dtls::role::active;
    peer_.emplace(common_.dtls, ours, remote_.fingerprints, *common_.protector, now());
    ice_->start(now(), checks_);
    send_checks();
}

bool client::failed() const {
    return (ice_ && ice_->state() == media::ice_state::failed) ||
           (peer_ && (peer_->state() == dtls::state::failed || peer_->state() == dtls::state::closed));
}

void client::send(bytes datagram) const {
    [[maybe_unused]] const auto sent = ::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL);
}

void client::send_checks() {
    for (const auto& one : checks_) send(one.whole());
    checks_.clear();
}

void client::send_dtls() {
    handshake_.for_each_datagram([this](bytes one) { send(one); });
    handshake_.clear();
}

void client::handle_stun_or_dtls(mutable_bytes datagram) {
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

void client::handle_timeout() {
    if (!ice_) return;
    const auto at = now();
    if (const auto due = ice_->deadline(); due && *due <= at) ice_->handle_timeout(at, checks_);
    if (const auto due = peer_->deadline(); due && *due <= at) peer_->handle_timeout(at, handshake_);
    send_checks();
    send_dtls();
}

void client::send_report() {
    std::array<std::byte, 256> buffer;
    rtp::rtcp_builder compound(mutable_bytes(buffer).first(200));
    std::array<rtp::report_block, 2> blocks;
    std::size_t count = 0;
    for (std::size_t i = 0; i < streams.size(); ++i) {
        if (!streams[i].started()) continue;
        blocks[count++] = {.ssrc = ssrcs[i], .highest_sequence = streams[i].highest() - 0x10000U};
    }
    if (count == 0 || !compound.add_receiver_report(own_ssrc_, std::span(blocks).first(count))) return;
    send(peer_->protect_rtcp(buffer, compound.finish().size()));
}

}  // namespace sfu_load

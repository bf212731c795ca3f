/// One participant: a UDP socket, our ICE client, DTLS and SRTP.
#pragma once

#include "libconf/media/ice_client.hpp"
#include "libconf/media/offer.hpp"
#include "libconf/media/peer_session.hpp"
#include "tests/bench/sfu/signalling.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace sfu_load {

using namespace conf;

/// What all participants share. Belongs to the one thread that there is.
struct common {
    explicit common(const crypto::random_key& key);

    dtls::certificate certificate;
    dtls::context dtls;
    std::unique_ptr<srtp::protector> protector;
    crypto::keyed_random random;
};

/// Nanoseconds of CLOCK_REALTIME, the clock of the kernel's timestamps.
[[nodiscard]] std::int64_t wall_ns() noexcept;
[[nodiscard]] instant now() noexcept;

/// Numbers of one stream as it arrives, since `begin`.
class continuity {
public:
    void begin() noexcept;
    void note(std::uint16_t sequence) noexcept;
    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t expected() const noexcept { return highest_ - base_; }
    [[nodiscard]] std::uint64_t lost() const noexcept {
        return expected() > received_ ? expected() - received_ : 0;
    }
    /// For a receiver report: the highest number with its cycles.
    [[nodiscard]] std::uint32_t highest() const noexcept { return static_cast<std::uint32_t>(highest_); }
    [[nodiscard]] bool started() const noexcept { return started_; }

private:
    bool started_ = false;
    std::uint64_t highest_ = 0;
    std::uint64_t base_ = 0;  // what is above it counts
    std::uint64_t received_ = 0;
};

class client {
public:
    enum class role : std::uint8_t { publisher, receiver };

    client(role as, common& with);
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    /// Asks for a session and begins to check. @param what  of a publisher.
    void join(signalling& by, const media::publication& what);
    void handle_stun_or_dtls(mutable_bytes datagram);
    void handle_timeout();
    [[nodiscard]] bool connected() const { return peer_ && peer_->connected(); }
    [[nodiscard]] bool failed() const;

    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] media::peer_session& peer() noexcept { return *peer_; }
    [[nodiscard]] const media::remote_description& remote() const noexcept { return remote_; }
    void send(bytes datagram) const;
    /// A receiver report on both streams.
    void send_report();

    std::array<continuity, 2> streams;                         // audio, video
    std::array<std::optional<std::uint8_t>, 2> payload_types;  // as they arrive
    std::array<std::uint32_t, 2> ssrcs{};                      // as they arrived last
    std::int64_t asked_at_ns = 0;                              // when `join` began
    std::optional<std::int64_t> first_media_ns;

private:
    [[nodiscard]] endpoint bound() const;
    void send_checks();
    void send_dtls();

    role role_;
    common& common_;
    int fd_;
    std::uint32_t own_ssrc_;
    media::local_transport local_;
    media::remote_description remote_;
    std::optional<media::ice_client> ice_;
    std::optional<media::peer_session> peer_;
    media::ice_client::outputs checks_;
    dtls::outputs handshake_;
};

}  // namespace sfu_load

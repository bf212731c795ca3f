/// One end of a transport to a server: a UDP socket, our ICE client, DTLS and SRTP.
#pragma once

#include "libconf/media/ice_client.hpp"
#include "libconf/media/offer.hpp"
#include "libconf/media/peer_session.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace bench {

using namespace conf;

/// What all ends of one program share. Belongs to the one thread that there is.
struct shared {
    explicit shared(const crypto::random_key& key);

    dtls::certificate certificate;
    dtls::context dtls;
    std::unique_ptr<srtp::protector> protector;
    crypto::keyed_random random;
};

class transport {
public:
    explicit transport(shared& with);
    ~transport();
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    /// Binds the socket. @return what an offer or an answer says of this end.
    const media::local_transport& open();
    /// Begins to check. Throws std::runtime_error where there is nothing to check.
    void connect(media::remote_description to);
    /// A datagram whose first byte is below 128.
    void handle_stun_or_dtls(mutable_bytes datagram);
    /// SRTP and SRTCP, decrypted where they lie.
    [[nodiscard]] media::received_packet handle_media(mutable_bytes datagram);
    void handle_timeout();
    void send(bytes datagram) const;

    [[nodiscard]] bool connected() const { return peer_ && peer_->connected(); }
    [[nodiscard]] bool failed() const;
    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] shared& with() noexcept { return shared_; }
    /// Precondition for both: `connect` was called.
    [[nodiscard]] media::peer_session& peer() noexcept { return *peer_; }
    [[nodiscard]] const media::remote_description& remote() const noexcept { return remote_; }
    [[nodiscard]] const media::local_transport& local() const noexcept { return local_; }
    /// Datagrams that this socket had no room for.
    [[nodiscard]] std::uint64_t drops() const;

private:
    [[nodiscard]] endpoint bound() const;
    void send_checks();
    void send_dtls();

    shared& shared_;
    int fd_;
    media::local_transport local_;
    media::remote_description remote_;
    std::optional<media::ice_client> ice_;
    std::optional<media::peer_session> peer_;
    media::ice_client::outputs checks_;
    dtls::outputs handshake_;
};

}  // namespace bench

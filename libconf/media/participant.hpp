/// A participant of ours: publishes a test card and a tone, or plays and checks what it gets. It has no
/// socket and no ICE of its own: whoever runs it carries its datagrams.
#pragma once

#include "libconf/media/media_receiver.hpp"
#include "libconf/media/media_sender.hpp"
#include "libconf/media/offer.hpp"
#include "libconf/media/peer_session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace conf::media {

enum class participant_role : std::uint8_t { publish, play };

struct participant_options {
    participant_role role = participant_role::publish;
    bool audio = true;
    bool video = true;
    video_format format;  ///< its codec: what is published, or asked for
    double tone_hz = 440;
    const ivf_file* file = nullptr;  ///< published instead of the test card; outlives the participant
    duration wall_offset{};          ///< what makes the calendar's time (since 1970) of `now`
};

/// One WHIP or WHEP session: offer, accept, a path, media, close. Belongs to its thread.
class participant {
public:
    /// `with` and `protector` outlive it. Precondition: audio or video.
    participant(participant_options options, const dtls::context& with, srtp::protector& protector,
                const crypto::random_key& key);

    /// The offer for those credentials of whoever does ICE.
    [[nodiscard]] std::string offer(const ice::credentials& own);
    /// @return what ICE needs to begin; `media_errc::bad_answer` where nothing of the offer was taken.
    [[nodiscard]] result<remote_description> accept(std::string_view answer, instant now);

    /// ICE has found a path.
    void start(instant now, packet_list& out);
    /// A datagram from that path that is not STUN; decrypted where it lies.
    void handle(mutable_bytes datagram, instant now, packet_list& out);
    void handle_timeout(instant now, packet_list& out);
    [[nodiscard]] std::optional<instant> deadline() const noexcept;
    void close(packet_list& out);

    [[nodiscard]] bool connected() const noexcept { return peer_ && peer_->connected(); }
    /// DTLS failed, or the other side closed it.
    [[nodiscard]] bool ended() const noexcept;
    /// Precondition: `accept` was successful.
    [[nodiscard]] const peer_session& peer() const noexcept { return *peer_; }

    [[nodiscard]] sending_counts sent() const;
    [[nodiscard]] receiving_counts received() const;
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }  ///< SRTP that was not genuine

private:
    void begin_media(instant now);
    void protect(packet_list& out);

    participant_options options_;
    const dtls::context& dtls_;
    srtp::protector& protector_;
    crypto::keyed_random random_;
    publication publication_;
    std::optional<remote_description> remote_;
    std::optional<peer_session> peer_;
    std::optional<media_sender> sender_;
    std::optional<media_receiver> receiver_;
    packet_list plain_;  // what sender and receiver made in one call
    std::uint64_t refused_ = 0;
};

}  // namespace conf::media

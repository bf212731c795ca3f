/// What a player of ours does with what it receives: repair, decode, look and listen.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/media/frame_assembler.hpp"
#include "libconf/media/opus_codec.hpp"
#include "libconf/media/packet_list.hpp"
#include "libconf/media/vpx_codec.hpp"
#include "libconf/rtp/nack_generator.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/receiver_stats.hpp"
#include "libconf/rtp/sequence.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::media {

/// A codec that may arrive, under the number of the session description.
struct incoming_format {
    std::uint8_t payload_type = 0;
    sdp::codec codec{};  ///< opus, vp8 or vp9
    std::optional<std::uint8_t> rtx_payload_type;
};

struct receiving_counts {
    std::uint64_t video_packets = 0;  ///< with those that RTX brought
    std::uint64_t video_lost = 0;     ///< never came
    std::uint64_t repaired = 0;       ///< missing packets that came, by RTX or late
    std::uint64_t repeated = 0;       ///< packets of RTX
    std::uint64_t nacked = 0;         ///< numbers asked for, each as often as it was
    std::uint64_t key_frames_asked_for = 0;
    std::uint64_t frames = 0;  ///< decoded
    std::uint64_t key_frames = 0;
    std::uint64_t undecodable = 0;
    std::uint64_t unreadable = 0;          ///< pictures without a test card's number
    std::uint64_t skipped = 0;             ///< numbers that no picture showed
    std::uint64_t backwards = 0;           ///< pictures whose number is not above the last one's
    std::optional<std::uint16_t> counter;  ///< in the last picture
    unsigned width = 0;
    unsigned height = 0;
    std::uint64_t audio_packets = 0;
    std::uint64_t concealed = 0;  ///< audio packets that did not come in time
    double level_dbfs = -120;     ///< of the last second
    double tone_share = 0;        ///< of the power of the last second, at the tone
    std::uint64_t malformed = 0;
};

/// One audio and one video stream, whatever SSRC they come with. Plain RTP and RTCP; who decrypts it is
/// somebody else. Belongs to its participant.
class media_receiver {
public:
    media_receiver(std::vector<incoming_format> formats, std::uint32_t own_ssrc, double tone_hz, instant now);

    void handle_rtp(bytes packet, instant now);
    void handle_rtcp(bytes compound, instant now);
    void handle_timeout(instant now, packet_list& out);
    [[nodiscard]] instant deadline() const noexcept;

    [[nodiscard]] receiving_counts counts() const;

    static constexpr duration report_interval = std::chrono::seconds(1);
    static constexpr duration key_frame_interval = std::chrono::milliseconds(500);  ///< between two wishes
    static constexpr std::uint64_t conceal_packets_max = 5;

private:
    struct stream {
        stream(std::uint32_t from, std::uint32_t clock_rate_hz) : ssrc(from), stats(from, clock_rate_hz) {}

        std::uint32_t ssrc;
        rtp::sequence_gate gate;
        rtp::receiver_stats stats;
    };
    struct video_stream : stream {
        video_stream(std::uint32_t from, sdp::codec which)
            : stream(from, 90'000), codec(which), assembler(which), decoder(which) {}

        sdp::codec codec;
        rtp::nack_generator missing;
        frame_assembler assembler;
        video_decoder decoder;
    };
    struct audio_stream : stream {
        explicit audio_stream(std::uint32_t from) : stream(from, 48'000) {}

        opus_decoder decoder;
        std::uint64_t played = 0;
    };

    void handle_audio(const rtp::packet_view& packet, instant now);
    void handle_repetition(const rtp::packet_view& packet, instant now);
    void handle_video(std::uint16_t sequence, std::uint32_t rtp_timestamp, bool marker, bytes payload,
                      instant now);
    void decode();
    void look_at(const picture& shown);
    void listen_to(std::span<const std::int16_t> samples);
    void want_key_frame() noexcept { key_frame_wanted_ = true; }

    std::vector<incoming_format> formats_;
    std::uint32_t own_ssrc_;
    double tone_hz_;
    std::optional<video_stream> video_;
    std::optional<audio_stream> audio_;
    std::vector<std::int16_t> heard_;  // at most a second
    bool key_frame_wanted_ = false;
    instant key_frame_at_;  // when the next wish may be sent
    instant report_at_;
    receiving_counts counts_;
};

}  // namespace conf::media

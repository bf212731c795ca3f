/// What a publisher of ours sends: a test card or a file, and a tone, as RTP; with reports and repairs.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/media/ivf.hpp"
#include "libconf/media/opus_codec.hpp"
#include "libconf/media/packet_list.hpp"
#include "libconf/media/tone.hpp"
#include "libconf/media/vpx_codec.hpp"
#include "libconf/sdp/extension.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::media {

/// One stream as it was negotiated.
struct outgoing_stream {
    std::uint32_t ssrc = 0;
    std::uint8_t payload_type = 0;
    std::optional<std::uint32_t> rtx_ssrc;
    std::optional<std::uint8_t> rtx_payload_type;
    sdp::extension_ids extensions;
    std::string mid;
};

struct sending_options {
    std::optional<outgoing_stream> audio;
    std::optional<outgoing_stream> video;
    video_format format;
    double tone_hz = 440;
    const ivf_file* file = nullptr;  ///< instead of the test card, over and over; outlives the sender
};

struct sending_counts {
    std::uint64_t frames = 0;
    std::uint64_t key_frames = 0;
    std::uint64_t packets = 0;    ///< without repetitions
    std::uint64_t repeated = 0;   ///< by RTX
    std::uint64_t asked_for = 0;  ///< in NACKs
    std::uint64_t key_frames_asked_for = 0;
    std::uint16_t counter = 0;  ///< of the last test card
};

/// Plain RTP and RTCP; who encrypts it is somebody else. Belongs to its participant.
class media_sender {
public:
    /// @param wall_offset  what makes the calendar's time (since 1970) of `now`, for sender reports.
    media_sender(sending_options options, const crypto::random_key& key, duration wall_offset, instant now);

    void handle_rtcp(bytes compound, packet_list& out);
    void handle_timeout(instant now, packet_list& out);
    [[nodiscard]] instant deadline() const noexcept;
    /// Says that the streams end.
    void say_goodbye(packet_list& out);

    [[nodiscard]] const sending_counts& counts() const noexcept { return counts_; }

    static constexpr std::size_t history_packets = 1024;
    static constexpr duration report_interval = std::chrono::seconds(1);
    static constexpr duration audio_interval = std::chrono::milliseconds(20);

private:
    struct stream {
        outgoing_stream as;
        std::uint32_t clock_rate_hz = 0;
        std::uint16_t sequence = 0;
        std::uint16_t rtx_sequence = 0;
        std::uint32_t first_timestamp = 0;
        std::uint32_t timestamp = 0;
        std::uint32_t packets = 0;
        std::uint32_t octets = 0;
    };

    stream make_stream(const outgoing_stream& as, std::uint32_t clock_rate_hz);
    [[nodiscard]] std::uint32_t timestamp_at(const stream& of, instant now) const noexcept;
    bytes write_packet(const stream& of, std::uint32_t ssrc, std::uint8_t payload_type,
                       std::uint16_t sequence, std::uint32_t timestamp, bool marker, bytes prefix,
                       bytes payload);
    void send(stream& by, bool marker, bytes payload, packet_list& out);
    void repeat(std::uint16_t sequence, packet_list& out);
    void send_audio(packet_list& out);
    void send_frame(instant now, packet_list& out);
    [[nodiscard]] std::optional<encoded_frame> next_frame();
    void send_reports(instant now, packet_list& out);

    sending_options options_;
    duration wall_offset_;
    crypto::keyed_random random_;
    std::optional<stream> audio_;
    std::optional<stream> video_;
    tone tone_;
    opus_encoder opus_;
    std::optional<video_encoder> encoder_;
    picture card_;
    duration frame_interval_{};
    std::vector<std::vector<std::byte>> history_;  // packets of the video by sequence number
    std::vector<std::byte> packet_;                // that is being written
    std::uint16_t transport_sequence_ = 0;
    std::uint16_t picture_id_ = 0;
    std::uint16_t next_counter_ = 0;
    std::size_t next_of_file_ = 0;
    bool key_frame_wanted_ = true;
    instant began_;
    instant audio_at_;
    instant video_at_;
    instant report_at_;
    sending_counts counts_;
};

}  // namespace conf::media

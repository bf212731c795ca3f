/// What a room's media counts; all of it ends up in /metrics.
#pragma once

#include <cstdint>

namespace conf::sfu {

struct counters {
    std::uint64_t packets_in = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_out = 0;  ///< without SRTP's tag

    // What was dropped, and why.
    std::uint64_t malformed = 0;  ///< no RTP, or RTCP that does not parse (SEC-RTP-1)
    std::uint64_t unknown_stream =
        0;  ///< an SSRC that nothing ties to a section, or one too many (SEC-RTP-3)
    std::uint64_t duplicate = 0;
    std::uint64_t jumped = 0;     ///< a sequence number far from the others
    std::uint64_t pool_full = 0;  ///< no room, or longer than a slot
    std::uint64_t padding = 0;    ///< probes without media
    std::uint64_t too_late = 0;   ///< older than what its subscriber has a number for
    // Above a publisher's rates (SEC-RTP-5).
    std::uint64_t over_video_rate = 0;
    std::uint64_t over_audio_rate = 0;
    std::uint64_t over_packet_rate = 0;

    std::uint64_t nack_sent = 0;  ///< packets asked for
    std::uint64_t repaired = 0;   ///< of those, the ones that came
    std::uint64_t nack_received = 0;
    std::uint64_t rtx_sent = 0;
    std::uint64_t rtx_not_possible = 0;  ///< too old, asked too often, or without RTX
    // Asked for, and not sent again for its cost (SEC-RTP-2).
    std::uint64_t over_nack_answers = 0;        ///< one message asked for too many
    std::uint64_t over_rtx_share = 0;           ///< repetitions had their part of the stream's rate
    std::uint64_t over_key_frame_requests = 0;  ///< of one subscriber
    std::uint64_t key_frame_requests_received = 0;
    std::uint64_t key_frame_requests_sent = 0;
    std::uint64_t layer_changes = 0;
    std::uint64_t pauses = 0;  ///< by the loss cap
};

}  // namespace conf::sfu

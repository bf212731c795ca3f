/// The one who is forwarded: 1 Mbit/s of VP8 at 30 frames/s and Opus every 20 ms, made up but well formed.
#pragma once

#include "tests/bench/sfu/client.hpp"

#include <array>
#include <cstdint>

namespace sfu_load {

/// Packets stand spread over their frame's interval, as a paced sender has them.
class publisher {
public:
    explicit publisher(common& with);

    [[nodiscard]] client& transport() noexcept { return client_; }
    [[nodiscard]] const media::publication& publication() const noexcept { return publication_; }

    void start(std::int64_t now_ns) noexcept;
    /// Sends what is due. @return when to come again.
    std::int64_t send_due(std::int64_t now_ns);
    /// What the server says: it may ask for a key frame.
    void take_rtcp(bytes plain);

    [[nodiscard]] std::uint64_t packets() const noexcept { return streams_[0].packets + streams_[1].packets; }
    [[nodiscard]] std::uint64_t key_frames() const noexcept { return key_frames_; }
    /// How far the load fell behind its own schedule since the last call.
    [[nodiscard]] std::int64_t take_late_ns() noexcept { return std::exchange(late_ns_, 0); }

private:
    struct stream {
        std::uint32_t ssrc = 0;
        std::uint16_t sequence = 0;
        std::uint32_t timestamp = 0;
        std::uint32_t packets = 0;
        std::uint32_t octets = 0;
    };

    void send_audio();
    void send_video();
    void begin_frame();
    void send_packet(stream& of, std::uint8_t payload_type, bool marker, mutable_bytes payload);
    void send_reports();

    common& common_;
    client client_;
    media::publication publication_;
    std::array<stream, 2> streams_;  // audio, video
    std::uint16_t transport_sequence_ = 0;
    std::int64_t audio_at_ns_ = 0;
    std::int64_t video_at_ns_ = 0;
    std::int64_t frame_at_ns_ = 0;
    std::int64_t report_at_ns_ = 0;
    std::int64_t late_ns_ = 0;
    std::uint64_t frames_ = 0;
    std::uint32_t packets_of_frame_ = 0;
    std::uint32_t packet_in_frame_ = 0;
    std::uint16_t picture_ = 0;
    bool key_frame_ = true;
    bool key_frame_wanted_ = true;
    std::uint64_t key_frames_ = 0;
};

}  // namespace sfu_load

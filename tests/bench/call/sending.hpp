/// The transport on which a caller sends: made-up Opus, and VP8 in three layers.
#pragma once

#include "tests/bench/call/media_link.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace call_load {

/// 1.5 Mbit/s in all: 1280x720, 640x360 and 320x180 at 30, 30 and 15 frames/s, and 32 kbit/s of sound.
/// Packets stand spread over their frame's interval, as a paced sender has them. Nothing is sent twice.
class sending {
public:
    sending(poller& by, bench::datagram_reader& reader, bench::shared& with, bool video);

    /// What each section of the offer is for stands behind its mid, as `publish` wants it: sound is "0".
    [[nodiscard]] std::string offer();
    /// The server's answer. Throws std::runtime_error where it is none.
    void accept(const std::string& answer);

    [[nodiscard]] bool connected() const { return link_.end.connected(); }
    [[nodiscard]] bool failed() const { return link_.end.failed(); }
    /// Consent and handshakes; call it some hundred times a second.
    void handle_timeout() { link_.end.handle_timeout(); }
    /// Sends what is due. @return when to come again; nothing is due before it is connected.
    std::int64_t send_due(std::int64_t now_ns);

    [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
    [[nodiscard]] std::uint64_t key_frames() const noexcept { return key_frames_; }
    /// How far the load fell behind its own schedule since the last call.
    [[nodiscard]] std::int64_t take_late_ns() noexcept { return std::exchange(late_ns_, 0); }

private:
    struct layer {
        std::string_view rid;  // empty: the sound
        std::uint16_t width = 0;
        std::uint16_t height = 0;
        std::int64_t interval_ns = 0;
        std::uint32_t ticks = 0;  // of an interval
        std::size_t payload_bytes = 0;
        std::uint32_t packets = 1;  // of a frame
        std::uint32_t packets_of_key_frame = 1;
    };
    struct stream {
        layer as;
        std::uint32_t ssrc = 0;
        std::uint16_t sequence = 0;
        std::uint32_t timestamp = 0;
        std::uint32_t packets = 0;
        std::uint32_t octets = 0;
        std::int64_t frame_at_ns = 0;
        std::int64_t due_ns = 0;
        std::uint32_t packets_of_frame = 1;
        std::uint32_t packet_in_frame = 0;
        std::uint16_t picture = 0;
        bool key_frame = false;
        bool key_frame_wanted = true;
    };

    static const std::array<layer, 4> layers;

    void begin(std::int64_t now_ns);
    void send_next(stream& of);
    void send_packet(stream& of, bool marker, mutable_bytes payload);
    void send_reports();
    void take(mutable_bytes datagram);

    bench::shared& shared_;
    media_link link_;
    media::publication publication_;
    std::vector<stream> streams_;
    bool started_ = false;
    std::uint16_t transport_sequence_ = 0;
    std::int64_t report_at_ns_ = 0;
    std::int64_t late_ns_ = 0;
    std::uint64_t packets_ = 0;
    std::uint64_t key_frames_ = 0;
};

}  // namespace call_load

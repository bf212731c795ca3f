/// One section of a subscriber: what it gets of which track, numbered as if there were no other.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/rtp/descriptor_patch.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sfu/counters.hpp"
#include "libconf/sfu/loss_cap.hpp"
#include "libconf/sfu/outputs.hpp"
#include "libconf/sfu/sequence_map.hpp"
#include "libconf/sfu/track.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace conf::sfu {

/// What all streams of one subscriber share.
struct subscriber_link {
    transport_id id = 0;
    bool connected = false;
    bool media_sent = false;
    std::uint16_t transport_sequence = 0;  ///< of the next packet
    duration round_trip = std::chrono::milliseconds(100);
    bool round_trip_known = false;  ///< it was measured
};

/// Chooses a layer, rewrites what has to be continuous, remembers what it sent, and answers for it. Belongs
/// to its subscriber.
class outgoing_stream {
public:
    /// The references live as long as the stream. `first_sequence`, `first_rtx`: below 2^15, so that SRTP's
    /// rollover counter begins at zero on both sides (RFC 3711 §3.3.1).
    outgoing_stream(subscriber_link& link, std::uint16_t section, const sdp::negotiated_media& media,
                    const sdp::sent_stream& sent, std::uint16_t first_sequence, std::uint16_t first_rtx);

    /// Whether some codec of that track is one that the subscriber takes.
    [[nodiscard]] bool takes(const track& offered) const noexcept;
    /// From now on this track's packets. Precondition: no track, and `takes(from)`.
    void attach(track& from, instant now);
    /// The track is gone, or will be.
    void detach() noexcept;
    [[nodiscard]] bool attached() const noexcept { return track_ != nullptr; }
    [[nodiscard]] bool attached_to(const track& which) const noexcept { return track_ == &which; }

    /// The packet path: one call for each packet of the track and subscriber.
    void forward(const packet& one, bool restarted, outputs& out, counters& count);

    void on_connected(instant now);
    /// One of the numbers that a NACK names. Repeated by RTX only: the same number again, with anything
    /// changed in its header, would be a second packet under one SRTP index.
    void on_nack(std::uint16_t sequence_number, instant now, outputs& out, counters& count);
    /// A PLI or FIR.
    void on_key_frame_request(instant now, counters& count);
    void on_report(const rtp::report_block& block, instant now, outputs& out, counters& count);
    /// Chooses the layer anew, tries a paused video again.
    void handle_timeout(instant now, outputs& out);

    /// The highest rank of layer to send, 0 is the smallest picture.
    void limit_layer(std::size_t rank) noexcept { rank_limit_ = rank; }

    /// The smallest layer of at least that height, where heights are known; 0: the largest.
    void want_height(std::uint16_t height, instant now);
    /// Nothing is sent while it is held; it goes on with a key frame.
    void hold(bool held, instant now);

    /// Packets were left out that did not get lost: it goes on with a key frame.
    void restart(instant now);

    [[nodiscard]] std::uint32_t ssrc() const noexcept { return sent_.ssrc; }
    [[nodiscard]] std::uint32_t rtx_ssrc() const noexcept { return sent_.rtx_ssrc.value_or(0); }
    [[nodiscard]] const sdp::negotiated_media& media() const noexcept { return media_; }
    [[nodiscard]] const sdp::sent_stream& sent() const noexcept { return sent_; }
    [[nodiscard]] bool has_sent() const noexcept { return sequence_.started(); }
    /// For the next sender report; nothing before the first packet. `wall`: the server's clock, `shift`: what
    /// it is ahead of the publisher's.
    [[nodiscard]] std::optional<rtp::sender_info> report(rtp::ntp_time wall,
                                                         std::optional<std::int64_t> shift,
                                                         instant now) const noexcept;
    [[nodiscard]] std::optional<std::uint8_t> current_layer() const noexcept { return current_; }
    [[nodiscard]] bool paused() const noexcept { return paused_; }

    /// Packets that can be asked for again: at 4 Mbit/s more than a second.
    static constexpr std::size_t sent_remembered = 512;
    /// As often as a browser asks. With three, a path that loses a tenth would lose one packet of ten
    /// thousand for good, and pictures stand still for the three seconds after which a browser asks for a key
    /// frame instead.
    static constexpr unsigned repetitions_max = 10;
    static constexpr duration repetition_interval_min = std::chrono::milliseconds(5);
    static constexpr duration repetition_interval_max = std::chrono::milliseconds(100);
    /// SEC-RTP-2: repetitions may have a fifth of what the stream sends, and so many bytes before that
    /// counts: a second of outage at 1 Mbit/s.
    static constexpr std::uint32_t rtx_share = 5;
    static constexpr std::uint32_t rtx_bytes_at_once = 131'072;
    /// SEC-RTP-2: key frames that one subscriber may cost a publisher.
    static constexpr std::size_t key_frame_requests_max = 3;
    static constexpr duration key_frame_requests_window = std::chrono::seconds(10);

private:
    /// Of a packet that was sent: enough to make it again from the stream's history.
    struct sent_packet {
        std::uint32_t out = 0;     // low half of the number it was sent with
        std::uint32_t source = 0;  // low half of the number it came with
        std::uint32_t timestamp = 0;
        std::uint32_t at_ms = 0;  // when it was sent last
        rtp::descriptor_patch patch;
        std::uint8_t layer = 0;
        std::uint8_t repetitions = 0;
        bool used = false;
    };
    struct rewritten {
        std::uint32_t timestamp = 0;
        rtp::descriptor_patch patch;
    };

    void switch_to(const packet& first);
    [[nodiscard]] std::uint32_t timestamp_behind(const packet& first) const noexcept;
    [[nodiscard]] rewritten rewrite(const packet& one) const noexcept;
    void write(const packet& one, std::uint64_t number, const rewritten& as,
               std::optional<std::uint16_t> repeats, outputs& out, counters& count);
    void choose_target(instant now);
    void step_down(instant now, outputs& out, counters& count);
    void step_up(instant now, outputs& out);

    static constexpr std::uint8_t no_payload_type = 0xFF;
    static constexpr std::size_t no_cap = 1000;  // above every rank

    subscriber_link& link_;
    std::uint16_t section_;
    const sdp::negotiated_media& media_;
    const sdp::sent_stream& sent_;
    track* track_ = nullptr;
    std::array<std::uint8_t, 128> payload_types_{};      // the subscriber's for each of the publisher's
    std::array<std::uint8_t, 128> rtx_payload_types_{};  // for each of the subscriber's

    // Layers.
    std::optional<std::uint8_t> current_;  // being sent; nothing: waits for a key frame
    std::optional<std::uint8_t> target_;
    std::size_t rank_limit_ = no_cap;
    std::size_t cap_ = no_cap;  // the rank that the loss cap leaves
    loss_cap loss_;
    std::uint16_t wanted_height_ = 0;  // 0: the largest
    bool paused_ = false;              // by the loss cap
    bool held_ = false;                // by its owner
    bool frame_open_ = false;          // the last packet sent was not the last of its frame

    // Rewriting.
    sequence_map sequence_;
    std::uint64_t rtx_sequence_;
    std::uint32_t timestamp_offset_ = 0;
    std::uint16_t picture_offset_ = 0;
    std::uint8_t tl0_offset_ = 0;
    std::uint16_t frame_offset_ = 0;  // of the dependency descriptor
    std::uint16_t last_picture_ = 0;
    std::uint8_t last_tl0_ = 0;
    std::uint16_t last_frame_ = 0;
    std::uint32_t last_timestamp_ = 0;
    instant last_sent_{};
    bool mid_known_ = false;  // the subscriber has reported this SSRC

    std::vector<sent_packet> sent_packets_;  // ring by number
    std::array<std::optional<instant>, key_frame_requests_max> key_frames_asked_{};
    std::uint32_t packets_ = 0;
    std::uint32_t octets_ = 0;
    std::uint32_t rtx_credit_ = rtx_bytes_at_once;  // bytes
    std::optional<std::uint32_t> reported_highest_;
    std::int32_t reported_lost_ = 0;
};

}  // namespace conf::sfu

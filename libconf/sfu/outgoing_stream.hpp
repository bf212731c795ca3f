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
class alignas(64) outgoing_stream {
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

    /// A stream was last used a packet ago, and hundreds of others since: it is far from the processor. First
    /// the stream, some calls later what it points to.
    void prefetch() const noexcept {
        const auto* const line = static_cast<const std::byte*>(static_cast<const void*>(this));
        for (std::size_t i = 0; i < hot_lines; ++i) __builtin_prefetch(line + i * cache_line_bytes, 1);
    }
    void prefetch_linked() const noexcept {
        __builtin_prefetch(&link_, 1);
        if (!sent_packets_.empty()) __builtin_prefetch(&sent_packets_[sequence_.next() % sent_remembered], 1);
    }
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

    [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }
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

    /// What a payload type of the publisher is for the subscriber.
    struct payload_types {
        std::uint8_t media = no_payload_type;
        std::uint8_t rtx = no_payload_type;
    };
    [[nodiscard]] payload_types types_of(std::uint8_t publishers) noexcept;

    static constexpr std::uint8_t no_payload_type = 0xFF;
    static constexpr std::size_t no_cap = 1000;  // above every rank
    static constexpr std::size_t cache_line_bytes = 64;
    static constexpr std::size_t hot_lines = 3;

    // What each packet needs stands first, in the lines that `prefetch` asks for.
    subscriber_link& link_;
    track* track_ = nullptr;
    std::vector<sent_packet> sent_packets_;  // ring by number
    instant last_sent_{};
    std::uint32_t ssrc_;
    std::uint32_t last_timestamp_ = 0;
    std::uint32_t timestamp_offset_ = 0;
    std::uint32_t packets_ = 0;
    std::uint32_t octets_ = 0;
    std::uint32_t rtx_credit_ = rtx_bytes_at_once;  // bytes
    std::optional<std::uint8_t> current_;           // layer that is sent; nothing: waits for a key frame
    std::optional<std::uint8_t> target_;
    std::uint16_t section_;
    std::uint16_t picture_offset_ = 0;
    std::uint16_t frame_offset_ = 0;  // of the dependency descriptor
    std::uint16_t last_picture_ = 0;
    std::uint16_t last_frame_ = 0;
    std::uint8_t tl0_offset_ = 0;
    std::uint8_t last_tl0_ = 0;
    bool paused_ = false;      // by the loss cap
    bool held_ = false;        // by its owner
    bool frame_open_ = false;  // the last packet sent was not the last of its frame
    bool mid_known_ = false;   // the subscriber has reported this SSRC
    bool allow_mixed_;
    std::uint8_t last_type_ = no_payload_type;  // the publisher's, of which last_types_ are the subscriber's
    payload_types last_types_;
    sdp::extension_ids extensions_;
    sequence_map sequence_;

    // The rest.
    const sdp::negotiated_media& media_;
    const sdp::sent_stream& sent_;
    std::array<std::uint8_t, 128> payload_types_{};      // the subscriber's for each of the publisher's
    std::array<std::uint8_t, 128> rtx_payload_types_{};  // for each of the subscriber's
    std::size_t rank_limit_ = no_cap;
    std::size_t cap_ = no_cap;  // the rank that the loss cap leaves
    loss_cap loss_;
    std::uint16_t wanted_height_ = 0;  // 0: the largest
    std::uint64_t rtx_sequence_;
    std::array<std::optional<instant>, key_frame_requests_max> key_frames_asked_{};
    std::optional<std::uint32_t> reported_highest_;
    std::int32_t reported_lost_ = 0;
};

}  // namespace conf::sfu

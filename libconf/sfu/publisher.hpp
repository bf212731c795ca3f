/// One sending transport: which packet belongs to which track, and the feedback to the sender.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/base/token_bucket.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/twcc_recorder.hpp"
#include "libconf/sfu/counters.hpp"
#include "libconf/sfu/outputs.hpp"
#include "libconf/sfu/publisher_rates.hpp"
#include "libconf/sfu/track.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace conf::sfu {

/// Belongs to its router.
class publisher {
public:
    publisher(transport_id id, std::string name, std::vector<sdp::negotiated_media> media,
              std::uint32_t own_ssrc, instant now);

    [[nodiscard]] transport_id id() const noexcept { return id_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// One for each section.
    [[nodiscard]] std::vector<std::unique_ptr<track>>& tracks() noexcept { return tracks_; }

    struct arrival {
        packet_ref what;  ///< null: dropped and counted
        track* of = nullptr;
        std::uint16_t section = 0;
        bool restarted = false;
        bool first = false;  ///< of its stream
        std::optional<std::uint8_t> audio_level;
    };
    [[nodiscard]] arrival handle_rtp(packet_pool& pool, bytes data, const publisher_rates& rates, instant now,
                                     counters& count);
    void handle_rtcp(const rtp::rtcp_compound& compound, rtp::ntp_time wall, instant now);
    /// Reports, NACK, PLI or FIR, transport-wide feedback: what is due.
    void handle_timeout(instant now, outputs& out, counters& count);
    [[nodiscard]] std::optional<instant> deadline() const noexcept;
    /// What the server's clock is ahead of the publisher's, in NTP's units: one for all its tracks.
    [[nodiscard]] std::optional<std::int64_t> clock_shift() const noexcept { return clock_shift_; }
    void on_connected() noexcept { connected_ = true; }

    /// SEC-RTP-3: SSRCs that one publisher may use; each layer has two.
    static constexpr std::size_t ssrcs_max = 32;
    static constexpr duration report_interval = std::chrono::seconds(1);
    static constexpr std::size_t rtcp_bytes_max = 1150;
    static constexpr std::size_t nacks_at_once = 128;

private:
    struct route {
        track* to = nullptr;
        std::uint16_t section = 0;
        std::uint8_t layer = 0;
        bool repeats = false;  ///< RTX
    };
    [[nodiscard]] bool within(const publisher_rates& rates, std::size_t packet_bytes, bool is_video,
                              instant now, counters& count) noexcept;
    [[nodiscard]] const route* find_route(const rtp::packet_view& view);
    [[nodiscard]] std::optional<route> discover(const rtp::packet_view& view) const;
    [[nodiscard]] std::optional<route> by_declaration(std::uint32_t ssrc) const;
    [[nodiscard]] std::optional<route> in_section(std::size_t section, const rtp::packet_view& view) const;
    [[nodiscard]] std::optional<rtp::packet_view> restore(const route& from,
                                                          const rtp::packet_view& repetition);
    [[nodiscard]] const sdp::negotiated_codec* codec_of(const track& of, std::uint8_t payload_type,
                                                        bool repeats) const noexcept;
    void add_reports(rtp::rtcp_builder& to, instant now, outputs& out);
    void ask_again(rtp::rtcp_builder& to, instant now, outputs& out, counters& count);

    transport_id id_;
    std::string name_;
    std::vector<sdp::negotiated_media> media_;
    std::vector<std::unique_ptr<track>> tracks_;  // they refer to the list above
    std::unordered_map<std::uint32_t, route> routes_;
    rtp::twcc_recorder arrivals_;
    token_bucket packets_;
    token_bucket video_bits_;
    token_bucket audio_bits_;
    std::vector<std::byte> restored_;
    std::uint32_t own_ssrc_;
    std::uint32_t last_ssrc_ = 0;  // of media that carried a transport-wide number
    std::uint8_t transport_sequence_id_ = 0;
    std::uint8_t fir_command_ = 0;
    bool connected_ = false;
    instant next_report_;
    std::optional<std::int64_t> clock_shift_;
};

}  // namespace conf::sfu

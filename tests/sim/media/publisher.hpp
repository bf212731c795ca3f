/// A microphone and a camera, maybe in three layers: known content, repaired on request.
#pragma once

#include "libconf/rtp/rtcp_feedback.hpp"
#include "tests/sim/media/client.hpp"
#include "tests/sim/media/content.hpp"
#include "tests/sim/media/offer.hpp"

#include <deque>
#include <string>
#include <vector>

namespace conf::sim::media {

class publisher final : public client {
public:
    publisher(world& in, actor_id id, std::string room, std::string name);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Whether that packet has left: nobody may hear it before.
    [[nodiscard]] bool has_sent(const content& what) const;
    /// The page is reloaded: a new session of the same name, without a word to the old one.
    void reload();

    [[nodiscard]] bool well_since(instant then) const override;
    /// Connected for so long.
    [[nodiscard]] bool well_for(duration time) const;

private:
    struct stream {
        std::uint8_t number = 0;  ///< as content::stream
        std::uint32_t ssrc = 0;
        std::uint32_t rtx_ssrc = 0;
        std::uint16_t height = 0;  ///< 0: sound
        std::uint64_t index = 0;   ///< of the next packet, as SRTP counts
        std::uint64_t rtx_index = 0;
        std::uint32_t packets = 0;
        std::uint32_t octets = 0;
        std::uint32_t first_timestamp = 0;
        std::uint32_t timestamp = 0;
        std::uint16_t picture = 0;
        std::uint8_t tl0 = 0;
        bool key_frame_wanted = true;
        instant key_frame_at{};
        std::vector<instant> asked;  ///< for key frames
        bool reported = false;       ///< so that its mid and rid need not be sent any more

        struct kept {
            std::uint16_t sequence = 0;
            std::uint32_t timestamp = 0;
            bool marker = false;
            instant repeated{};
            std::vector<std::byte> payload;
        };
        std::deque<kept> history;
    };

    [[nodiscard]] std::string offer(const ice::credentials& own) override;
    [[nodiscard]] reply request(const std::string& offer, std::uint32_t as) override;
    void on_connected() override;
    void on_rtp(bytes plain) override;
    void on_rtcp(bytes compound) override;
    [[nodiscard]] bool is_starving() const override;
    void on_end() override;

    void make_streams();
    void speak();
    void film();
    void report();
    void send_packet(stream& by, bool marker, std::vector<std::byte> payload);
    void write_and_send(stream& by, bool repeats, std::uint64_t index, std::uint32_t timestamp, bool marker,
                        bytes payload);
    void take_nack(const rtp::nack& asked);
    void take_key_frame_request(std::uint32_t ssrc);
    void take_report(const rtp::receiver_report& told);
    [[nodiscard]] stream* find(std::uint32_t ssrc);
    [[nodiscard]] rtp::ntp_time wall() const;

    static constexpr std::size_t history_max = 400;

    std::string name_;
    bool declares_;
    unsigned layers_;
    bool asks_to_take_over_ = false;
    std::vector<stream> streams_;
    std::uint16_t transport_sequence_ = 0;
    std::map<std::uint32_t, std::vector<std::uint32_t>> sent_before_;  // packets of streams, by tag
    instant connected_at_{};
    instant reported_at_{};
};

}  // namespace conf::sim::media

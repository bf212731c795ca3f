/// A browser that plays: it repairs, reports, asks for key frames, and looks at every packet.
#pragma once

#include "libconf/rtp/sequence.hpp"
#include "tests/sim/media/client.hpp"
#include "tests/sim/media/content.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace conf::sim::media {

class player final : public client {
public:
    player(world& in, actor_id id, std::string room, unsigned pairs, sfu::publisher_filter wants, bool lies);

    [[nodiscard]] bool well_since(instant then) const override;
    [[nodiscard]] std::string state() const override;
    [[nodiscard]] const sfu::publisher_filter& wants() const noexcept { return wants_; }
    [[nodiscard]] unsigned pairs() const noexcept { return pairs_; }

    /// From now on nothing may be missing.
    void begin_quiet();
    void end_quiet();
    /// Adds what is known of its repairs to the world's figures.
    void count_repairs();

private:
    /// What is remembered of a packet while its neighbours may still come.
    struct got_packet {
        content said;
        vp8_place place;
        std::uint32_t timestamp = 0;
        bool repeated = false;  ///< only a repetition of it has come
    };
    struct missing_packet {
        instant noticed{};
        instant asked{};
        unsigned tries = 0;
    };
    struct stream {
        std::uint32_t ssrc = 0;
        std::uint32_t rtx_ssrc = 0;  ///< 0: sound
        rtp::extended_sequence numbers;
        std::map<std::uint64_t, got_packet> got;  ///< the newest ones
        std::map<std::uint64_t, missing_packet> missing;
        std::unordered_map<std::uint64_t, std::uint64_t> number_of;  ///< for each source packet
        std::uint64_t first = 0;
        std::uint64_t received = 0;
        std::uint64_t given_up = 0;
        std::uint64_t reported_expected = 0;
        std::uint64_t reported_received = 0;
        std::uint32_t last_sr = 0;
        instant last_sr_at{};
        std::uint64_t repaired = 0;
        std::uint64_t repaired_fast = 0;
        instant last_packet{};
        bool picture_broken = true;
    };
    struct heard {
        instant audio{};
        instant video{};
    };

    [[nodiscard]] std::string offer(const ice::credentials& own) override;
    [[nodiscard]] reply request(const std::string& offer, std::uint32_t as) override;
    void on_answer(const sdp::session& answer) override;
    void on_connected() override;
    void on_rtp(bytes plain) override;
    void on_rtcp(bytes compound) override;
    [[nodiscard]] bool is_starving() const override;
    void on_end() override;

    void take(stream& of, std::uint16_t sequence, std::uint32_t timestamp, bool marker, bytes payload,
              bool repeated);
    void judge(stream& of, std::uint64_t number, const got_packet& one);
    void judge_neighbours(const std::pair<const std::uint64_t, got_packet>& before,
                          const std::pair<const std::uint64_t, got_packet>& after, bool audio) const;
    void note_missing(stream& of, std::uint64_t number);
    void repair();
    void report();
    void lie();
    [[nodiscard]] bool hears(const publisher& one) const;
    [[nodiscard]] bool well_with(const publisher& one, instant then) const;

    unsigned pairs_;
    sfu::publisher_filter wants_;
    bool lies_;
    duration round_trip_;
    std::vector<stream> streams_;  // audio and video by turns
    std::map<actor_id, heard> heard_;
    instant asked_for_key_frame_{};
    instant connected_at_{};
    std::uint16_t lied_ = 0;  ///< packets that no player sends
};

}  // namespace conf::sim::media

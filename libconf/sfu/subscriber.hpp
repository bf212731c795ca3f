/// One receiving transport: its sections, and the RTCP in both directions.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/sfu/outgoing_stream.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::sfu {

class publisher;

/// Whose tracks a subscriber wants.
struct publisher_filter {
    std::optional<std::string> only;  ///< this publisher's; nothing: everybody's, in the order of publishing
    std::optional<std::string> except;  ///< but not this one's
    bool by_hand = false;               ///< nothing comes by itself: see router::assign

    [[nodiscard]] bool takes(std::string_view name) const noexcept {
        return !by_hand && (!only || *only == name) && (!except || *except != name);
    }
};

/// Whose tracks a subscriber may get, whatever it wants.
struct forward_rule {
    enum class kind : std::uint8_t { everybody, only_named, all_but_named };
    kind which = kind::everybody;
    std::vector<std::string> names;  ///< of publishers

    [[nodiscard]] bool permits(std::string_view name) const noexcept {
        if (which == kind::everybody) return true;
        return (std::ranges::find(names, name) != names.end()) == (which == kind::only_named);
    }
};

/// Belongs to its router.
class subscriber {
public:
    subscriber(transport_id id, publisher_filter wants, std::vector<sdp::negotiated_media> media,
               std::vector<sdp::sent_stream> sent, std::uint64_t seed);

    [[nodiscard]] transport_id id() const noexcept { return link_.id; }
    [[nodiscard]] bool takes(std::string_view name) const noexcept {
        return wants_.takes(name) && rule_.permits(name);
    }
    /// For what is bound from now on; the router takes away what is bound already.
    void set_rule(forward_rule rule, bool own) {
        rule_ = std::move(rule);
        has_own_rule_ = own;
    }
    [[nodiscard]] bool has_own_rule() const noexcept { return has_own_rule_; }
    /// Gives the publisher's tracks the first free sections that fit. Those that have one keep it.
    void bind(publisher& from, instant now);
    /// Of a publisher that is going.
    void unbind(const publisher& from) noexcept;
    /// As `unbind`, but the other one's tracks that fit get these sections.
    void replace(const publisher& gone, publisher& by, instant now);
    void on_connected(instant now);
    /// Behind those that there are.
    void add_sections(std::vector<sdp::negotiated_media> media, std::vector<sdp::sent_stream> sent,
                      std::uint64_t seed, instant now);
    /// False where no codec fits; whatever the section carried goes. Precondition: it exists.
    bool assign(std::size_t section, publisher& from, track& which, instant now);
    /// From now on it is silent. Precondition: it exists.
    void unassign(std::size_t section) noexcept;

    void handle_rtcp(const rtp::rtcp_compound& compound, rtp::ntp_time wall, instant now, outputs& out,
                     counters& count);
    /// Once a second: looks after every stream, and reports.
    void report(rtp::ntp_time wall, instant now, outputs& out);

    void limit_layer(std::size_t section, std::size_t rank) {
        if (section < streams_.size()) streams_[section].stream->limit_layer(rank);
    }
    void want_height(std::size_t section, std::uint16_t height, instant now) {
        if (section < streams_.size()) streams_[section].stream->want_height(height, now);
    }
    void hold(std::size_t section, bool held, instant now) {
        if (section < streams_.size()) streams_[section].stream->hold(held, now);
    }
    [[nodiscard]] bool owns(const outgoing_stream& one) const noexcept {
        return std::ranges::any_of(streams_, [&](const place& at) { return at.stream.get() == &one; });
    }
    [[nodiscard]] const outgoing_stream& stream(std::size_t section) const {
        return *streams_[section].stream;
    }
    [[nodiscard]] std::size_t sections() const noexcept { return streams_.size(); }

    /// SEC-RTP-2: packets that one message may ask for; the rest can be asked for again.
    static constexpr std::size_t nack_answers_max = 100;
    /// What an MTU of 1280 leaves after IP, UDP and SRTCP.
    static constexpr std::size_t rtcp_bytes_max = 1150;

private:
    struct place {
        std::unique_ptr<outgoing_stream> stream;
        publisher* from = nullptr;
    };
    static void attach(place& to, publisher& from, track& which, instant now);
    void add_streams(std::uint64_t seed);
    [[nodiscard]] bool receives(const track& which) const noexcept {
        return std::ranges::any_of(streams_, [&](const place& at) { return at.stream->attached_to(which); });
    }
    [[nodiscard]] outgoing_stream* find(std::uint32_t ssrc) noexcept;
    void read_blocks(const rtp::report_blocks& blocks, rtp::ntp_time wall, instant now, outputs& out,
                     counters& count);

    subscriber_link link_;
    publisher_filter wants_;
    forward_rule rule_;
    bool has_own_rule_ = false;
    std::deque<sdp::negotiated_media> media_;
    std::deque<sdp::sent_stream> sent_;
    std::vector<place> streams_;  // one for each section; they refer to the lists above, which do not move
    std::optional<rtp::receiver_reference_time> reference_;  // of an XR, to be answered
    instant reference_at_{};
};

}  // namespace conf::sfu

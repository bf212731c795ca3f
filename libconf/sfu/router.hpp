/// The media of one room: who publishes what, who receives it, and every packet between them.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/rtp/dominant_speaker.hpp"
#include "libconf/rtp/ntp.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sfu/counters.hpp"
#include "libconf/sfu/outputs.hpp"
#include "libconf/sfu/publisher.hpp"
#include "libconf/sfu/report_wheel.hpp"
#include "libconf/sfu/subscriber.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace conf::sfu {

/// Plain RTP and RTCP in, plain packets out: transports, encryption and sockets are the engine's. The k-th
/// section of a kind that a subscriber offered carries the k-th publisher's track of that kind; a section
/// without a track stays silent until there is one. Nothing is renegotiated. Belongs to its shard; allocates
/// when somebody joins or a stream begins, not for each packet.
class router {
public:
    struct settings {
        std::uint64_t seed = 0;  ///< of sequence numbers and our SSRCs; from a good random source
        std::chrono::microseconds
            wall_at_zero{};  ///< since 1970 at instant zero: the NTP time of sender reports
        publisher_rates rates{};
    };
    router(packet_pool& pool, settings with);
    ~router();
    router(const router&) = delete;
    router& operator=(const router&) = delete;

    /// `media`: one for each section of the offer, in its order. `instead_of`: a publisher of the same name
    /// that goes; whoever received it receives this one in the same section, where a codec fits.
    /// Precondition: `who` is new here.
    void add_publisher(transport_id who, std::string name, std::vector<sdp::negotiated_media> media,
                       instant now, std::optional<transport_id> instead_of = std::nullopt);
    /// `sent`: one for each of `media`, as the answer told the subscriber.
    void add_subscriber(transport_id who, publisher_filter wants, std::vector<sdp::negotiated_media> media,
                        std::vector<sdp::sent_stream> sent, instant now);
    /// More sections of a subscriber, behind those it has.
    void add_sections(transport_id who, std::vector<sdp::negotiated_media> media,
                      std::vector<sdp::sent_stream> sent, instant now);
    /// Of a subscriber that is served by hand: what its section carries from now on. False where one of them
    /// is not there, or no codec fits; then it is silent.
    bool assign(transport_id who, std::size_t section, transport_id from, std::size_t track, instant now);
    void unassign(transport_id who, std::size_t section);
    /// Of a publisher's section: whether what arrives goes on to anybody.
    void open_track(transport_id from, std::size_t track, bool open, instant now);
    /// The transport can send now: before, nothing is made for it.
    void on_connected(transport_id who, instant now);
    void remove(transport_id who, instant now);

    /// Authenticated and decrypted; the bytes may be reused afterwards. What is malformed or unknown costs a
    /// counter.
    void handle_rtp(transport_id from, bytes packet, instant now, outputs& out);
    void handle_rtcp(transport_id from, bytes compound, instant now, outputs& out);
    void handle_timeout(instant now, outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const noexcept;

    /// Of every publisher, from now on.
    void set_rates(const publisher_rates& rates) noexcept { settings_.rates = rates; }
    /// The highest rank of simulcast layer a subscriber may get in that section: 0 is the smallest picture.
    void limit_layer(transport_id who, std::size_t section, std::size_t rank);
    /// Of simulcast, the smallest picture of at least that height; 0: the largest one.
    void want_height(transport_id who, std::size_t section, std::uint16_t height, instant now);
    /// While it is held, that section is silent.
    void hold(transport_id who, std::size_t section, bool held, instant now);
    /// For every subscriber without a rule of its own; at once.
    void set_rule(forward_rule rule, instant now);
    /// For that one; nothing: the room's again.
    void set_rule(transport_id who, std::optional<forward_rule> rule, instant now);

    [[nodiscard]] bool empty() const noexcept { return publishers_.empty() && subscribers_.empty(); }
    [[nodiscard]] bool has_publisher(std::string_view name) const noexcept;
    /// Nothing before somebody spoke.
    [[nodiscard]] std::optional<transport_id> speaker() const noexcept { return speakers_.dominant(); }
    /// Null for somebody who is not here.
    [[nodiscard]] publisher* find_publisher(transport_id who) const noexcept;
    [[nodiscard]] const subscriber* find_subscriber(transport_id who) const noexcept;
    [[nodiscard]] const counters& count() const noexcept { return count_; }

private:
    void bind_all(instant now);
    void obey(subscriber& to, forward_rule rule, bool own);
    [[nodiscard]] rtp::ntp_time wall(instant now) const noexcept {
        return rtp::ntp_from_unix(settings_.wall_at_zero + now.time_since_epoch());
    }
    [[nodiscard]] std::uint64_t next_random() noexcept;

    packet_pool& pool_;
    settings settings_;
    counters count_;
    forward_rule rule_;
    std::vector<std::unique_ptr<publisher>> publishers_;  // in the order of publishing
    std::vector<std::unique_ptr<subscriber>> subscribers_;
    std::unordered_map<transport_id, publisher*> publisher_of_;
    std::unordered_map<transport_id, subscriber*> subscriber_of_;
    rtp::dominant_speaker speakers_;
    report_wheel reports_;  // to connected subscribers
};

}  // namespace conf::sfu

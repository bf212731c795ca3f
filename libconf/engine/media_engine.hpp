/// The media of one shard: sessions by SDP, their transports, and the rooms that join them.
#pragma once

#include "libconf/base/flat_map.hpp"
#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/dtls/session.hpp"
#include "libconf/engine/counters.hpp"
#include "libconf/engine/limits.hpp"
#include "libconf/engine/media_transport.hpp"
#include "libconf/engine/outputs.hpp"
#include "libconf/engine/takeover.hpp"
#include "libconf/engine/timer_heap.hpp"
#include "libconf/engine/views.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sfu/router.hpp"
#include "libconf/srtp/protector.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace conf::engine {

struct setup {
    std::uint8_t shard = 0;  ///< below 64; first character of every ufrag and session name
    dtls::context dtls;
    srtp::protector& protector;              ///< of this shard; outlives the engine
    std::vector<sdp::candidate> candidates;  ///< what answers announce: all there will ever be
    sdp::capabilities capabilities;
    engine::limits limits;
    crypto::random_key key{};                  ///< of every name, credential and SSRC
    std::chrono::microseconds wall_at_zero{};  ///< since 1970 at instant zero
    std::size_t packet_slots = sfu::packet_pool::slots_max_default;
};

/// A session that was made: the 201 of WHIP and WHEP.
struct opened {
    std::string session;
    std::string answer;  ///< SDP
    std::string etag;    ///< without quotes
    seat_ref who;
};

/// What a PATCH got.
struct patched {
    int status = 204;
    std::string body;  ///< of a 200: application/trickle-ice-sdpfrag
    std::string etag;  ///< of a 200: the new one
    std::string why;   ///< of a 4xx, for its sender
};

/// Sans I/O: commands and datagrams in; datagrams and events out. Nothing a peer sends ends more than its own
/// session. Belongs to its shard. Each call may append to `out`; media waits for `flush`.
class media_engine {
public:
    /// Precondition: `with.shard` < 64.
    explicit media_engine(setup with);
    ~media_engine();
    media_engine(const media_engine&) = delete;
    media_engine& operator=(const media_engine&) = delete;

    // Commands. A refusal's status is HTTP's: 400 and 422 as in sdp, 409 for a name that publishes already or
    // does not publish yet, 503 where a limit is hit.
    /// Whoever may take the place of the one who has the name ends that one's session; its subscribers go on
    /// with the new one in the same sections.
    [[nodiscard]] sdp::outcome<opened, sdp::refusal> publish(std::string_view room, std::string_view name,
                                                             std::string_view offer, instant now,
                                                             outputs& out, takeover of = takeover::of_silent);
    /// Sections stay silent until somebody publishes for them.
    [[nodiscard]] sdp::outcome<opened, sdp::refusal> play(std::string_view room, sfu::publisher_filter wants,
                                                          std::string_view offer, instant now, outputs& out);
    /// RFC 9725 §4.3. `if_match`: the header's value; empty where there is none. `text`: the fragment.
    [[nodiscard]] patched patch(std::string_view session, std::string_view if_match, std::string_view text,
                                instant now, outputs& out);

    // For calls: receivers.cpp. Names of rooms and people are as above.
    /// Answers somebody who sends in several sections. `labels`: what each mid is for; `open`: of them, those
    /// that are forwarded from the start. The same transport again (the same fingerprint) is an ICE restart
    /// where its credentials are new; another one takes the place of the one before.
    [[nodiscard]] sdp::outcome<std::string, sdp::refusal> send(
        std::string_view room, std::string_view name, std::string_view offer,
        const std::vector<std::pair<std::string, std::string>>& labels, const std::vector<std::string>& open,
        instant now, outputs& out);
    /// Of a sender's track. False where there is no such track.
    bool open_track(std::string_view room, std::string_view name, std::string_view label, bool open,
                    instant now);
    /// False where nobody of that name sends.
    bool stop_sending(std::string_view room, std::string_view name, instant now, outputs& out);
    /// Somebody who receives: sound of everybody else, and the videos he wishes. Offers come with
    /// `outputs::receivers`. Nothing happens where he is there already.
    void add_receiver(std::string_view room, std::string_view name, instant now);
    void remove_receiver(std::string_view room, std::string_view name, instant now, outputs& out);
    void set_wishes(std::string_view room, std::string_view name, std::vector<wish> wishes, instant now);
    /// Nothing, or why the answer cannot be used; then the offer stays open.
    [[nodiscard]] std::optional<sdp::refusal> take_answer(std::string_view room, std::string_view name,
                                                          std::uint64_t number, std::string_view answer,
                                                          instant now, outputs& out);
    /// An offer with new ICE credentials.
    void restart_receiver(std::string_view room, std::string_view name, instant now);
    /// An offer of a new transport; the old one ends.
    void reset_receiver(std::string_view room, std::string_view name, instant now, outputs& out);
    /// Tells everything again: the open offer, or the assignment.
    void repeat_receiver(std::string_view room, std::string_view name, outputs& out);
    [[nodiscard]] bool sends(std::string_view room, std::string_view name) const;
    [[nodiscard]] bool receives(std::string_view room, std::string_view name) const;

    /// False for an unknown session.
    bool close(std::string_view session, instant now, outputs& out);
    /// `engine::limits::participants_per_room` from now on; nobody has to leave.
    void limit_participants(std::size_t per_room) noexcept { with_.limits.participants_per_room = per_room; }
    /// `engine::limits::rates` of every publisher from now on.
    void limit_rates(const sfu::publisher_rates& rates) noexcept;
    /// How many sessions that ended.
    std::size_t close_room(std::string_view name, instant now, outputs& out);

    /// One datagram, or one frame of RFC 4571. SRTP is decrypted where it lies; nothing of it is needed
    /// afterwards.
    void handle(const ice::path& from, mutable_bytes datagram, instant now, outputs& out);
    /// A TCP connection is gone.
    void handle_path_closed(const ice::path& gone);
    /// Whether a check came over it: what else a TCP connection says first closes it.
    [[nodiscard]] bool knows(const ice::path& from) noexcept { return find_path(from) != nullptr; }
    void handle_timeout(instant now, outputs& out);
    [[nodiscard]] std::optional<instant> deadline();

    /// Protects the media of all calls since the last one, as one batch, and appends it. Call it once a turn.
    void flush(outputs& out);
    /// Packets that wait for `flush`: a turn that makes very many may flush more than once.
    [[nodiscard]] std::size_t pending() const noexcept { return pending_.packets.size(); }

    [[nodiscard]] const counters& count() const noexcept { return count_; }
    [[nodiscard]] census now_here() const noexcept;
    /// Of all rooms there were and are.
    [[nodiscard]] sfu::counters media() const noexcept;
    [[nodiscard]] std::size_t packets_kept() const noexcept { return pool_.in_use(); }
    [[nodiscard]] bool has_publisher(std::string_view room, std::string_view name) const;

    // For our own program: owner.cpp. What is asked for something that is gone gets nothing, or false.
    [[nodiscard]] std::vector<room_view> rooms() const;
    [[nodiscard]] std::optional<room_view> find_room(std::string_view name) const;
    [[nodiscard]] std::vector<seat_view> participants(std::string_view room) const;  ///< in order of joining
    [[nodiscard]] std::optional<seat_view> find_participant(seat_ref who) const;
    [[nodiscard]] std::vector<track_view> tracks(seat_ref who, instant now) const;
    /// As a PATCH with `If-Match: *`; nothing for somebody who is gone.
    [[nodiscard]] std::optional<patched> restart(seat_ref who, std::string_view fragment, instant now,
                                                 outputs& out);
    bool remove(seat_ref who, instant now, outputs& out);
    bool want_key_frame(seat_ref publisher, std::size_t section, instant now);
    /// A player's section: see sfu::router. False for a publisher, too.
    bool want_height(seat_ref player, std::size_t section, std::uint16_t height, instant now);
    bool hold(seat_ref player, std::size_t section, bool held, instant now);
    bool set_rule(seat_ref player, std::optional<sfu::forward_rule> rule, instant now);
    /// Of a room, also one that is not there yet; kept until it is `everybody` again.
    void set_rule(std::string_view room, sfu::forward_rule rule, instant now);
    /// From now on `outputs::tapped` has the packets; asks for a key frame of every video it hears.
    [[nodiscard]] std::uint32_t add_tap(tap_filter filter, instant now);
    void remove_tap(std::uint32_t id, instant now);

private:
    using transport_id = sfu::transport_id;
    struct room_entry;
    struct seat;
    struct receiver;
    struct string_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    /// Generation in the upper half, place in the lower: what names a transport that is gone finds nothing.
    struct transport_slot {
        std::unique_ptr<seat> taken;
        std::uint16_t generation = 1;
    };
    struct timer_owner {
        std::uint32_t id = 0;
        bool is_room = false;
    };
    /// What sending to a transport takes, beside those of its neighbours: of a thousand receivers in a row,
    /// each costs one cache line.
    struct alignas(64) egress {
        transport_id id = 0;
        std::uint32_t tag_bytes = 0;
        srtp::sending_key* key = nullptr;  // null: nothing can be sent
        ice::path to{};
    };

    // commands.cpp
    struct request;
    [[nodiscard]] sdp::outcome<opened, sdp::refusal> open(request of, instant now, outputs& out);
    [[nodiscard]] std::optional<sdp::refusal> refuse(request& of, instant now);
    [[nodiscard]] seat* find_publisher(const room_entry& in, std::string_view name) const;
    [[nodiscard]] sdp::outcome<sdp::negotiated, sdp::refusal> negotiate(const request& of,
                                                                        const sdp::server_parameters& server,
                                                                        std::vector<sdp::sent_stream>& sent);
    [[nodiscard]] std::vector<sdp::sent_stream> make_streams(const sdp::session& offer);
    [[nodiscard]] ice::credentials make_credentials();
    [[nodiscard]] sdp::server_parameters make_server_parameters();
    [[nodiscard]] room_entry& enter_room(std::string_view name);
    [[nodiscard]] seat& make_seat(room_entry& in, sdp::server_parameters server, sdp::negotiated agreed,
                                  std::vector<dtls::fingerprint> fingerprints,
                                  std::optional<std::string> publishes_as, instant now);
    void leave_empty_room(room_entry& in);
    [[nodiscard]] patched restart_ice(seat& of, const sdp::ice_parameters& theirs, instant now);

    // receivers.cpp
    struct source {
        const seat* of = nullptr;
        std::uint16_t track = 0;
    };
    [[nodiscard]] receiver* find_receiver(std::string_view room, std::string_view name) const;
    [[nodiscard]] seat* find_sender(std::string_view room, std::string_view name) const;
    [[nodiscard]] std::optional<sdp::refusal> send_again(seat& of, const sdp::session& offer, instant now,
                                                         std::string& answer);
    void plan_later(room_entry& in);
    void plan_rooms(outputs& out);
    void plan(room_entry& in, receiver& to, outputs& out);
    void make_offer(room_entry& in, receiver& to, outputs& out);
    void add_places(receiver& to, sdp::media_kind kind, std::size_t count);
    [[nodiscard]] std::vector<carried> carried_by(const receiver& to) const;
    void tell_tracks(const room_entry& in, receiver& to, outputs& out);
    void receiver_lost(receiver& to, departure why, outputs& out);

    void handle_check(const ice::path& from, bytes datagram, instant now, outputs& out);
    void handle_dtls(const ice::path& from, bytes datagram, instant now, outputs& out);
    void handle_media(const ice::path& from, mutable_bytes datagram, instant now, outputs& out);
    void tell_taps(const seat& from, std::size_t first, outputs& out) const;
    void connect_taps(seat& of, instant now);
    [[nodiscard]] seat* find(seat_ref who) const noexcept;
    [[nodiscard]] seat* find_player(seat_ref who) const noexcept;
    [[nodiscard]] seat_view view_of(const seat& one) const;
    [[nodiscard]] bool claim(const ice::path& wanted, seat& by);
    void take_step(seat& of, const media_transport::step& step, instant now, outputs& out);
    void send_dtls(const seat& from, outputs& out);
    void count_handshake(seat& of) noexcept;
    void list_egress(const seat& of) noexcept;
    void leave(seat& one, departure why, instant now, outputs& out);
    void hand_over(seat& from, instant now, outputs& out);
    void flush_rtp(outputs& out);
    void flush_rtcp(outputs& out);
    void flush_events(outputs& out);

    [[nodiscard]] seat* find(transport_id id) const noexcept;
    [[nodiscard]] seat* find_session(std::string_view name) const;
    [[nodiscard]] seat* find_ufrag(std::string_view ufrag) noexcept;
    [[nodiscard]] seat* find_path(const ice::path& at) noexcept;
    [[nodiscard]] std::uint64_t hash(const ice::path& at) const noexcept;
    void list_ufrags(seat& of);
    void arm(seat& one);
    void touch(room_entry& one);
    void settle();
    [[nodiscard]] event event_of(const seat& of, event_kind what) const;

    setup with_;
    crypto::keyed_random random_;
    sdp::fingerprint certificate_;
    std::uint64_t hash_seed_;
    counters count_;
    std::size_t connected_ = 0;
    std::size_t publishers_ = 0;
    std::size_t handshakes_ = 0;  // under way
    std::uint64_t next_number_ = 0;

    sfu::packet_pool pool_;  // before everything that keeps packets
    sfu::outputs pending_;
    std::vector<transport_slot> slots_;
    std::vector<std::uint16_t> free_slots_;
    std::vector<egress> egress_;  // by place
    std::unordered_map<std::string, std::unique_ptr<room_entry>, string_hash, std::equal_to<>> rooms_;
    std::unordered_map<std::uint32_t, room_entry*> rooms_by_number_;
    std::uint32_t next_room_ = 0;
    sfu::counters of_rooms_gone_;
    std::unordered_map<std::string, transport_id, string_hash, std::equal_to<>> sessions_;
    flat_map<std::uint64_t, transport_id> by_ufrag_;  // its eight characters
    flat_map<ice::path, transport_id> by_path_;       // verified ones only

    std::unordered_map<std::string, sfu::forward_rule, string_hash, std::equal_to<>> rules_;  // of rooms
    struct tap {
        std::uint32_t id = 0;
        tap_filter filter;
    };
    std::vector<tap> taps_;
    std::uint32_t next_tap_ = 1;

    timer_heap<timer_owner> timers_;
    std::vector<std::uint32_t> touched_rooms_;  // whose deadline may have moved
    std::vector<std::uint32_t> rooms_to_plan_;  // where what is received may change
    instant now_{};                             // the newest that was told, for what `flush` does
    // Reused, so that a packet allocates nothing.
    std::vector<std::pair<instant, timer_owner>> due_;
    std::vector<srtp::job> jobs_;
    dtls::outputs dtls_out_;
};

}  // namespace conf::engine

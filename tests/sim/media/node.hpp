/// The server of a simulated conference: a media engine, and a shell that is checked at every step.
#pragma once

#include "libconf/engine/media_engine.hpp"
#include "tests/sim/alarm.hpp"
#include "tests/sim/media/world.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace conf::sim::media {

class node final : public datagram_receiver {
public:
    explicit node(world& in);

    void start();
    /// A crash: everything is forgotten.
    void stop();

    // What HTTP brings.
    [[nodiscard]] reply publish(const std::string& room, const std::string& name, const std::string& offer,
                                engine::takeover how, std::uint32_t as);
    [[nodiscard]] reply play(const std::string& room, const sfu::publisher_filter& wants,
                             const std::string& offer, std::uint32_t as);
    [[nodiscard]] reply patch(const std::string& session, const std::string& text);
    [[nodiscard]] reply close(const std::string& session);

    // What the program that runs the server does. A tag that is not here: nothing.
    void set_rule(const std::string& room, const sfu::forward_rule& rule);
    void set_rule(std::uint32_t player, const std::optional<sfu::forward_rule>& rule);
    void hold(std::uint32_t player, std::size_t section, bool held);
    void want_height(std::uint32_t player, std::size_t section, std::uint16_t height);
    void remove(std::uint32_t who);
    void close_room(const std::string& room);
    /// No rules, nothing held, no wishes.
    void forgive();

    /// Whether that player may hear that publisher, or might until a moment ago.
    [[nodiscard]] bool permits(std::uint32_t player, const std::string& room,
                               const std::string& publisher) const;
    /// The loss cap took that player's video away.
    [[nodiscard]] bool is_paused(std::uint32_t player) const {
        const auto first = paused_.lower_bound({player, 0});
        return first != paused_.end() && first->first == player;
    }
    [[nodiscard]] bool is_held(std::uint32_t player) const {
        const auto found = live_.find(player);
        return found != live_.end() && !found->second.held.empty();
    }
    [[nodiscard]] bool has(std::uint32_t tag) const { return live_.contains(tag); }
    [[nodiscard]] const ice::path& where() const noexcept { return at_; }
    [[nodiscard]] std::uint64_t sessions() const noexcept { return sessions_; }

    /// Nothing may be left of anybody.
    void check_empty();

    void receive(socket_id at, const packet& in) override;

private:
    struct kept_rule {
        std::optional<sfu::forward_rule> now;
        std::optional<sfu::forward_rule> before;
        instant changed{};

        [[nodiscard]] bool permits(const std::string& name, instant at, duration grace) const;
        void change(std::optional<sfu::forward_rule> to, instant at);
    };
    struct seat {
        engine::seat_ref who;
        std::string room;
        std::set<std::size_t> held;
        kept_rule rule;
    };

    [[nodiscard]] reply opened(sdp::outcome<engine::opened, sdp::refusal> made, const std::string& room,
                               std::uint32_t as);
    /// After each call of the engine: carries out what it made, and judges it. `asked`: the datagram that was
    /// handled.
    void settle(const packet* asked);
    void send_all(const packet* asked);
    void take_events();
    void take_taps();
    void check_laws() const;
    void check_not_taken(const engine::counters& before) const;
    void flush_later();
    void ring();

    static constexpr actor_id origin = 1;

    world& world_;
    dice chance_;
    host_id host_;
    ice::path at_;
    duration gather_;  ///< what a turn waits for more datagrams
    std::unique_ptr<srtp::protector> protector_;
    std::unique_ptr<engine::media_engine> core_;
    engine::outputs out_;
    std::optional<socket_id> socket_;
    bool flushing_ = false;
    alarm timer_;

    // What the judge knows.
    std::map<std::uint32_t, seat> live_;                // by tag
    std::map<std::uint64_t, std::uint32_t> by_number_;  // the session's
    std::map<endpoint, std::uint32_t> verified_;        // paths from which a live session's check came
    std::set<std::pair<std::uint32_t, std::uint16_t>> paused_;  // players and their sections
    std::map<std::string, kept_rule> rules_;
    std::set<std::uint64_t> tapped_;  // source packets: no tap hears one twice
    std::uint64_t datagrams_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t media_out_ = 0;
    std::uint64_t sessions_ = 0;
};

}  // namespace conf::sim::media

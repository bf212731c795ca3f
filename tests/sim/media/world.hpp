/// A whole conference: a server, publishers, players, attackers, the weather, and a judge.
#pragma once

#include "libconf/dtls/session.hpp"
#include "libconf/sfu/subscriber.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/media/profile.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/trace.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace conf::sim::media {

class node;
class client;
class publisher;
class player;
class attacker;

/// What a run ends with.
struct outcome {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    fault_tally faults;
    duration recovery{};  ///< until everything flowed again after the faults
    std::uint64_t packets_played = 0;
    std::uint64_t sessions = 0;
    // Where nothing but losses below a tenth went wrong.
    std::uint64_t measured_packets = 0;  ///< of video
    std::uint64_t measured_missing = 0;  ///< of those, never came
};

/// What a client's request over HTTP got; status 0: no answer within its patience.
struct reply {
    int status = 0;
    std::string session;
    std::string etag;
    std::string body;
};

class world {
public:
    world(const profile& how, std::uint64_t seed);
    ~world();

    /// Throws `failure`.
    outcome run();

    // For the citizens.
    event_queue queue;
    trace log;
    fault_tally faults;
    network net;
    const profile how;
    /// Then media is lost for ever, and video paused for it.
    [[nodiscard]] bool pool_too_small() const { return how.packet_slots < profile{}.packet_slots; }
    /// Every packet that is sent arrives, and in its order.
    [[nodiscard]] bool loses_nothing() const;
    bool healing = false;

    [[nodiscard]] instant now() const { return queue.now(); }
    dice fork() { return chance_.fork(); }
    /// Throws `failure` with this sentence.
    [[noreturn]] void fail(const std::string& what) const;
    void require(bool holds, const char* what) const {
        if (!holds) fail(what);
    }

    [[nodiscard]] node& server() { return *server_; }
    /// Over a connection that loses nothing but may come late, or not at all.
    void ask(host_id from, std::function<reply()> serve, std::function<void(const reply&)> done);
    /// The publisher whose content it is; null for what nobody ever was.
    [[nodiscard]] publisher* publisher_of(std::uint32_t origin) const;
    [[nodiscard]] std::vector<std::unique_ptr<publisher>>& publishers() { return publishers_; }

    struct captured {
        endpoint from;
        std::vector<std::byte> data;
    };
    void capture(const endpoint& from, const std::vector<std::byte>& data);
    [[nodiscard]] const std::vector<captured>& captures() const { return captures_; }

    /// A path that is as bad as this world allows, or better.
    [[nodiscard]] path weather(dice& chance) const;
    /// The longest that a datagram may be on its way, for those who measure rates.
    [[nodiscard]] duration way_max() const;
    std::uint64_t packets_played = 0;
    std::uint64_t measured_packets = 0;
    std::uint64_t measured_missing = 0;

    static constexpr actor_id first_publisher = 100;
    static constexpr actor_id first_player = 200;
    static constexpr actor_id first_attacker = 300;
    static constexpr duration liveness_limit = std::chrono::seconds{30};
    /// A video that the loss cap has paused is tried again after that at the latest.
    static constexpr duration paused_limit = std::chrono::seconds{75};

private:
    void settle_in();
    void schedule_trouble();
    void make_trouble();
    void act_as_owner();
    void partition(host_id host);
    void come_back(client& who);
    void run_until(instant until);
    void heal();
    void await_health();
    void stay_quiet();
    void farewell();
    [[nodiscard]] client& somebody();
    [[nodiscard]] player& some_player();

    dice chance_;
    std::unique_ptr<node> server_;
    std::vector<std::unique_ptr<publisher>> publishers_;
    std::vector<std::unique_ptr<player>> players_;
    std::vector<std::unique_ptr<attacker>> attackers_;
    std::vector<captured> captures_;
    std::size_t next_capture_ = 0;
    duration recovery_{};
};

/// Certificates and contexts that all worlds of the process share: making them takes longer than a run.
[[nodiscard]] const dtls::context& server_dtls();
[[nodiscard]] const dtls::context& client_dtls(srtp::profile only);

}  // namespace conf::sim::media

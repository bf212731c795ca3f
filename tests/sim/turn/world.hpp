/// A whole TURN simulation: servers, honest clients, peers, attackers, an operator, the weather, and a judge.
#pragma once

#include "libconf/turn/options.hpp"
#include "libconf/turn/port_table.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/trace.hpp"
#include "tests/sim/turn/profile.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace conf::sim {

class turn_node;
class participant;
class echo_peer;
class attacker;

inline constexpr duration liveness_limit = std::chrono::seconds{30};

/// What a run ends with.
struct outcome {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    fault_tally faults;
    duration recovery{};  ///< until everybody was well after the faults
    std::uint64_t packets_relayed = 0;
    std::uint64_t allocations = 0;
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
    bool healing = false;

    [[nodiscard]] instant now() const { return queue.now(); }
    dice fork() { return chance_.fork(); }
    /// Throws `failure` with this sentence.
    [[noreturn]] void fail(const std::string& what) const;
    void require(bool holds, const char* what) const {
        if (!holds) fail(what);
    }

    struct credential {
        std::string username;
        std::string password;
    };
    /// As an application's back end hands them out.
    credential new_credential(std::string_view user) const;
    /// For a server with these addresses.
    [[nodiscard]] turn::settings settings(const ip_address& v4, const ip_address& v6) const;
    [[nodiscard]] unix_time wall() const;

    // Who is who. Addresses are remembered for ever: packets to old ones may still be on their way.
    void client_uses(const endpoint& at, actor_id who) { client_at_[at] = who; }
    [[nodiscard]] actor_id client_at(const endpoint& at) const;
    void relay_belongs(const endpoint& relayed, actor_id who) { relay_owners_[relayed].insert(who); }
    [[nodiscard]] bool owned(const endpoint& relayed, actor_id who) const;
    [[nodiscard]] std::optional<actor_id> peer_at(const endpoint& at) const;
    [[nodiscard]] bool is_server_address(const ip_address& ip) const {
        return server_addresses_.contains(ip);
    }
    /// An opinion on peers that shares no code with the relay's.
    [[nodiscard]] bool may_reach(const endpoint& peer) const;
    [[nodiscard]] bool is_attacker(actor_id who) const noexcept { return who >= first_attacker; }

    [[nodiscard]] std::vector<std::unique_ptr<turn_node>>& nodes() { return nodes_; }
    [[nodiscard]] std::vector<std::unique_ptr<participant>>& participants() { return participants_; }
    [[nodiscard]] std::vector<std::unique_ptr<echo_peer>>& echoes() { return echoes_; }

    struct captured {
        endpoint from;
        endpoint to;
        std::vector<std::byte> data;
    };
    void capture(const endpoint& from, const endpoint& to, const std::vector<std::byte>& data);
    [[nodiscard]] const std::vector<captured>& captures() const { return captures_; }
    std::vector<turn::reservation_token>
        tokens;  ///< reservations that participants got and do not use themselves

    /// A path that is as bad as this world allows, or better.
    [[nodiscard]] path weather(dice& chance) const;
    std::uint64_t allocations_made = 0;
    std::uint64_t packets_relayed = 0;

    static constexpr actor_id first_participant = 100;
    static constexpr actor_id first_echo = 200;
    static constexpr actor_id first_attacker = 300;

private:
    void settle_in();
    void schedule_trouble();
    void make_trouble();
    void partition(host_id host);
    void rotate_secret();
    void step_clock();
    void run_until(instant until);
    void heal();
    void await_health();
    void farewell();
    std::vector<host_id> all_hosts_;

    dice chance_;
    duration wall_offset_{};
    std::string portal_secret_ = "secret 0";
    std::vector<std::string> server_secrets_{portal_secret_};
    unsigned rotations_ = 0;
    bool rotating_ = false;
    std::vector<std::unique_ptr<turn_node>> nodes_;
    std::vector<std::unique_ptr<participant>> participants_;
    std::vector<std::unique_ptr<echo_peer>> echoes_;
    std::vector<std::unique_ptr<attacker>> attackers_;
    std::map<endpoint, actor_id> client_at_;
    std::map<endpoint, std::set<actor_id>> relay_owners_;
    std::map<endpoint, actor_id> echo_at_;
    std::set<ip_address> server_addresses_;
    std::vector<captured> captures_;
    std::size_t next_capture_ = 0;
    duration recovery_{};
};

}  // namespace conf::sim

/// A TURN server with two honest clients and one hostile one, whose every output is checked.
#pragma once

#include "libconf/turn/server.hpp"
#include "tests/fuzz/target.hpp"

#include <cstdint>
#include <vector>

namespace fuzz {

/// Ada and Bob hold allocations and channels to each other and to a public peer. Mallory has a good password
/// too, and the same address as Ada (one NAT), so that nothing but ports, signatures and names tells them
/// apart.
///
/// Everything is seeded and the honest clients' datagrams are recorded once, so a world costs a few
/// microseconds and two of them are equal.
class turn_world {
public:
    enum class who : std::uint8_t { stranger, mallory_udp, mallory_tcp, ada };

    /// With a rate limit on answers to strangers the server has a table that takes longer to make than all
    /// the rest.
    explicit turn_world(bool rate_limited);

    /// Bytes as they are: nobody has signed them for this server.
    void give_raw(who from, bytes payload);
    /// A request of Mallory's with a right signature. `attributes` need not be well formed.
    void give_signed(who from, std::uint16_t method, bytes attributes, bool sha256);
    void give_peer(conf::turn::relay_id relay, const conf::endpoint& from, bytes payload);
    void give_icmp(conf::turn::relay_id relay, const conf::turn::icmp_error& error);
    void pass(std::chrono::milliseconds time);
    /// Her connection over TCP ends.
    void mallory_leaves();
    void reconfigure();
    void drain() { core_.drain(); }
    /// Everything of hers ends, reservations too.
    void forget_mallory();
    /// Young enough for the honest clients' permissions, and not draining.
    [[nodiscard]] bool is_reusable() const;
    /// Whether ports can be bound from now on.
    void set_bindable(bool bindable) { bindable_ = bindable; }

    /// Ada and Bob still reach each other and the peer, unless their permissions have run out.
    void check_honest_pair();
    /// Two hours later nothing is left of anybody.
    void check_all_free();

    static const conf::endpoint& public_peer();

private:
    static constexpr std::uint16_t first_port = 50'000;
    static constexpr std::uint16_t last_port = 50'031;
    struct recording;
    static const recording& recorded();

    conf::turn::client_datagram datagram(who from, bytes payload) const;
    void give_recorded(const conf::endpoint& from, conf::turn::client_socket socket, bytes payload);
    void settle();
    void check_transmits(const conf::turn::client_datagram* asked, std::size_t answer_bytes_max);

    conf::turn::port_table ports_{first_port, last_port};
    conf::turn::plain_quota_book quotas_;
    conf::turn::server core_;
    conf::turn::outputs out_;
    conf::instant now_;
    conf::instant began_;
    bool bindable_ = true;
    std::vector<conf::turn::relay_id> open_;
    std::vector<std::byte> scratch_;
    std::uint32_t sent_ = 0;
};

}  // namespace fuzz

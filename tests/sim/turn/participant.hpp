/// An honest client: gets an allocation, talks to its peers, and comes back whenever something broke.
#pragma once

#include "libconf/turn/client.hpp"
#include "tests/sim/alarm.hpp"
#include "tests/sim/turn/world.hpp"

#include <optional>
#include <vector>

namespace conf::sim {

class participant final : public datagram_receiver, public stream_receiver {
public:
    participant(world& in, actor_id id);

    /// `where` is fixed for an echo; a friend's follows its relayed address.
    void add_echo(actor_id who, const endpoint& where);
    void add_friend(participant& other);

    void join();
    /// Says good-bye to the server.
    void leave();
    void hang_up();

    /// A NAT on the way picks another port, or another address.
    void rebind();
    void reset_stream();

    [[nodiscard]] actor_id id() const noexcept { return id_; }
    [[nodiscard]] host_id host() const noexcept { return host_; }
    [[nodiscard]] bool wants_v6() const noexcept;
    [[nodiscard]] std::optional<endpoint> relayed() const;
    /// Everything a person would call working has worked since then.
    [[nodiscard]] bool well_since(instant then) const;
    [[nodiscard]] std::string state() const;

    void receive(socket_id at, const packet& in) override;
    void stream_opened(stream_id on) override;
    void stream_bytes(stream_id on, bytes data, const label& about) override;
    void stream_closed(stream_id on) override;

private:
    struct peer {
        actor_id who = 0;
        participant* partner = nullptr;
        std::optional<endpoint> where;
        bool asked = false;
        bool ready = false;
        bool by_channel = false;
        instant last_echo{};
        std::uint32_t sequence = 0;
    };

    void hear(bytes message, const label& about);
    void pump(const label& about);
    void transmit(const turn::client_transmit& out);
    void on_event(const turn::client_event& event, const label& about);
    void on_failed(const turn::client_event& event, const label& about);
    void on_data(const turn::client_event& event, const label& about);
    void on_allocated();
    void approach(peer& to);
    void ask_again_later();
    void tick();
    void talk(peer& to);
    void join_later(duration pause);
    void drop_transport();
    [[nodiscard]] turn::allocate_wish choose_wish();
    [[nodiscard]] bool is_stream() const noexcept;

    world& world_;
    actor_id id_;
    dice chance_;
    host_id host_;
    ip_address ip_;
    std::uint16_t next_port_ = 10000;
    unsigned node_ = 0;
    bool fixed_user_;

    std::uint32_t generation_ = 0;  ///< one for each attempt; what was scheduled for an older one is void
    std::optional<turn::client> core_;
    turn::client_outputs out_;
    turn::client_protocol protocol_{};
    endpoint server_;
    std::optional<socket_id> socket_;
    std::optional<stream_id> stream_;
    bool stream_ready_ = false;
    std::vector<std::byte> buffer_;
    bool buffer_tainted_ = false;
    std::vector<std::vector<std::byte>> before_open_;
    std::uint16_t next_channel_ = 0x4000;
    bool up_ = false;
    bool gone_ = true;
    instant up_since_{};
    std::vector<peer> peers_;
    alarm timer_;
};

}  // namespace conf::sim

/// The controlling end of ICE over one UDP socket, for participants of ours that talk to an ICE-lite server.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/ice/credentials.hpp"
#include "libconf/stun/message.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace conf::media {

enum class ice_state : std::uint8_t {
    checking,
    connected,  ///< `selected` holds
    failed,     ///< no candidate answered, or consent has expired; for good
};

/// Checks the server's candidates one after the other, nominates the first that answers (RFC 8445 §8.1.1),
/// and keeps consent fresh (RFC 7675). A lite server never checks us; some say that they are lite and do, so
/// signed checks are answered. Belongs to its thread.
class ice_client {
public:
    struct datagram {
        endpoint to;
        std::array<std::byte, 256> data;
        std::size_t size = 0;

        [[nodiscard]] bytes whole() const noexcept { return bytes(data).first(size); }
    };
    using outputs = std::vector<datagram>;  ///< append only; the caller sends and clears it

    /// @param candidates  the server's, the best first; at least one, at most `candidates_max` are tried.
    ice_client(ice::credentials local, ice::credentials remote, const std::vector<endpoint>& candidates,
               const crypto::random_key& key);

    void start(instant now, outputs& out);
    /// A datagram that looks like STUN. True when the state changed.
    bool handle(bytes data, const endpoint& from, instant now, outputs& out);
    void handle_timeout(instant now, outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const noexcept;

    [[nodiscard]] ice_state state() const noexcept { return state_; }
    /// Where media goes. Precondition: connected.
    [[nodiscard]] const endpoint& selected() const noexcept { return *selected_; }

    static constexpr std::size_t candidates_max = 16;
    static constexpr std::chrono::milliseconds pace{50};                ///< Ta, RFC 8445 §14.2
    static constexpr std::chrono::milliseconds first_timeout{500};      ///< RTO, RFC 8445 §14.3
    static constexpr int sends_max = 7;                                 ///< Rc, RFC 8489 §6.2.1
    static constexpr std::chrono::milliseconds consent_interval{5000};  ///< RFC 7675 §5.1, times 0.8 to 1.2
    static constexpr std::chrono::seconds consent_time{30};

private:
    enum class progress : std::uint8_t { waiting, sent, failed };
    struct pair {
        endpoint remote;
        stun::transaction_id id{};
        progress at = progress::waiting;
        int sends = 0;
        instant repeat_at{};
    };

    void answer(const stun::message& in, const endpoint& from, outputs& out) const;
    void begin_next(instant now, outputs& out);
    void begin(pair& one, instant now, outputs& out);
    void send(const pair& one, bool nominates, outputs& out);
    void nominate(const endpoint& remote, instant now, outputs& out);
    void repeat_due(instant now, outputs& out);
    void fail_if_none_is_left();
    void schedule_consent(instant now);

    ice::credentials local_;
    std::string username_;
    ice::credentials remote_;
    crypto::keyed_random random_;
    std::vector<pair> pairs_;
    std::optional<pair> nominating_;
    std::optional<endpoint> selected_;
    ice_state state_ = ice_state::checking;
    std::uint64_t tie_breaker_ = 0;
    instant next_pair_at_{};
    pair consent_{};
    instant consent_until_{};
};

}  // namespace conf::media

/// A TURN client with a real socket: UDP, TCP, TLS or DTLS. Blocks, but never for long.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/turn/client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::test {

/// Far more than anything here takes, also on a busy machine under a sanitizer; a test that waits so long has
/// failed.
inline constexpr std::chrono::seconds patience{30};

/// Asks until it is true, or until `patience` is over.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

/// What carries a client's messages.
class turn_link {
public:
    virtual ~turn_link() = default;
    virtual void send(bytes message) = 0;
    /// One whole message; nothing when none came in time, or when the server has closed.
    virtual std::optional<std::vector<std::byte>> receive(std::chrono::milliseconds wait) = 0;
    /// The server's certificate by its name; empty without TLS.
    [[nodiscard]] virtual std::string server_name() const { return {}; }
    [[nodiscard]] virtual bool closed() const { return false; }
    /// Past TLS and DTLS, as somebody would who can write the client's address into his packets.
    virtual void send_raw(bytes data) = 0;
    /// Ends a TLS or DTLS session properly.
    virtual void say_goodbye() {}
    [[nodiscard]] virtual endpoint local() const = 0;
};

/// How a client behaves that is not the usual one.
struct turn_link_options {
    std::string from{};            ///< the address to bind; empty: as the system likes
    std::uint16_t from_port = 0;   ///< with `from`; 0: any
    std::size_t piece_bytes = 0;   ///< streams: cut everything into pieces of this size; 0: do not
    int receive_buffer_bytes = 0;  ///< 0: the system's default
};

/// Connects to "udp://127.0.0.1:3478" and the like, and ends its handshake. Throws when that fails.
[[nodiscard]] std::unique_ptr<turn_link> connect_link(const std::string& url,
                                                      const turn_link_options& how = {});

/// A datagram, or the error about one.
struct turn_data {
    endpoint from;
    std::string text;
    std::optional<std::uint8_t> icmp_type{};
};

/// Requests wait for their answers and return ERROR-CODE, 0 for success; no answer at all is an exception.
class turn_client {
public:
    explicit turn_client(const std::string& url, std::string user = "alice",
                         std::string password = "wonderland", const turn_link_options& how = {});

    int allocate(const turn::allocate_wish& wish = {});
    int refresh(std::chrono::seconds lifetime);
    int permit(const std::vector<endpoint>& peers);
    int bind_channel(std::uint16_t number, const endpoint& peer);
    endpoint mapped_address();

    void send(const endpoint& peer, std::string_view text);
    /// Waits for the next datagram.
    turn_data receive();
    /// A datagram that is there already, or comes within `wait`.
    std::optional<turn_data> receive_within(std::chrono::milliseconds wait);

    [[nodiscard]] endpoint relayed(ip_family family = ip_family::v4) const;
    [[nodiscard]] const turn::client& core() const noexcept { return core_; }
    [[nodiscard]] turn_link& link() noexcept { return *link_; }
    /// ALTERNATE-SERVER of the last refused request.
    [[nodiscard]] const endpoint& alternate() const noexcept { return alternate_; }

private:
    int finish(stun::method method);
    bool take(std::chrono::milliseconds wait);
    void carry_out();

    std::unique_ptr<turn_link> link_;
    turn::client core_;
    turn::client_outputs out_;
    std::deque<turn::client_event> done_;
    std::deque<turn_data> data_;
    endpoint alternate_;
};

}  // namespace conf::test

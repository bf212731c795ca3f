/// A UDP socket with the options that batches need.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"

#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

namespace conf::net {

/// Owns a file descriptor. Belongs to its shard.
class udp_socket {
public:
    struct options {
        int receive_buffer_bytes =
            0;  ///< 0: the system's default; capped by net.core.rmem_max without CAP_NET_ADMIN
        int send_buffer_bytes = 0;
        bool reuse_port = false;         ///< several shards share the address
        bool report_local = false;       ///< tell for each datagram which local address it was sent to
        bool report_icmp = false;        ///< queue ICMP errors for `next_icmp`
        bool this_machine_only = false;  ///< see keep_to_this_machine
        bool may_fragment = false;       ///< DF clear, as RFC 8656 §15 wants it for relayed data
        /// DF set until something is too long for its path, then as Linux does by itself. So the kernel needs
        /// no number for each packet by which fragments are told apart, a twentieth of a send. See outgoing.
        bool fragments_late = false;
    };

    udp_socket() = default;
    udp_socket(udp_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    udp_socket& operator=(udp_socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~udp_socket();

    /// Makes and binds a non-blocking socket. IPv6 sockets take IPv6 only.
    static std::error_code open(const endpoint& at, const options& with, udp_socket& made);

    [[nodiscard]] int native_handle() const noexcept { return fd_; }
    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
    /// Where it was bound; the port is the real one.
    [[nodiscard]] endpoint local() const;

    /// RFC 8656 §14: DF for what is sent from now on.
    void set_dont_fragment(bool on, ip_family family) noexcept;

    struct icmp_report {
        endpoint destination;
        std::uint8_t type = 0;
        std::uint8_t code = 0;
        std::uint32_t data = 0;  ///< the MTU where the error tells one
    };
    /// The next ICMP error about a datagram that was sent here; nothing when there is none.
    [[nodiscard]] std::optional<icmp_report> next_icmp() noexcept;

private:
    int fd_ = -1;
};

}  // namespace conf::net

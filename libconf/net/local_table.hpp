/// Numbers for "this socket, and the address of ours that was hit", so that answers leave from there.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace conf::net {

/// A socket bound to every address needs a number for each of this host's addresses that peers come to. A
/// host has few, but whole prefixes can be routed to it, as 127.0.0.0/8 is; so there is a limit, and whoever
/// comes to one more is answered from the address that the kernel picks. Belongs to its shard.
class local_table {
public:
    static constexpr std::size_t size_max = 1024;

    struct local {
        int fd = -1;
        std::optional<ip_address> ip;  ///< nothing: the kernel picks
    };

    /// A socket; the answer stands for all of its addresses until one is known.
    [[nodiscard]] std::uint32_t add(int fd) {
        locals_.push_back({fd, std::nullopt});
        return static_cast<std::uint32_t>(locals_.size() - 1);
    }
    [[nodiscard]] std::uint32_t number_for(std::uint32_t socket, const std::optional<ip_address>& hit) {
        if (!hit) return socket;
        const auto fd = locals_[socket].fd;
        for (std::uint32_t i = 0; i < locals_.size(); ++i) {
            if (locals_[i].fd == fd && locals_[i].ip == hit) return i;
        }
        if (locals_.size() >= size_max) return socket;
        locals_.push_back({fd, hit});
        return static_cast<std::uint32_t>(locals_.size() - 1);
    }
    /// Precondition: `number` came from here.
    [[nodiscard]] const local& operator[](std::uint32_t number) const { return locals_[number]; }
    [[nodiscard]] std::size_t size() const noexcept { return locals_.size(); }

private:
    std::deque<local> locals_;  // senders keep pointers to `ip`
};

}  // namespace conf::net

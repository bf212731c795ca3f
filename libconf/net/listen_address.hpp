/// Addresses to listen on as they stand in the configuration: "host:port", "http://host:port",
/// "https://host:port".
#pragma once

#include "libconf/base/ip_address.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace conf::net {

/// One entry of a `*.listen` list, split but not looked up.
struct listen_address {
    std::string scheme;  ///< as written before "://", or the default
    std::string host;    ///< an IPv4 address, an IPv6 address without its brackets, or a name
    std::uint16_t port = 0;

    /// "host:port", with brackets around an IPv6 address.
    [[nodiscard]] std::string host_and_port() const;
};

/// @param default_scheme  used where `text` names none.
/// @return `listen_errc::bad_address` with `text` as context, for anything else than an optional scheme, a
/// host
///         and a port of 0 to 65535.
[[nodiscard]] result<listen_address> parse_listen_address(std::string_view text,
                                                          std::string_view default_scheme);

/// The addresses of this machine that `where` means; more than one only where it is a name such as
/// "localhost". Blocks while a name is looked up.
[[nodiscard]] result<std::vector<endpoint>> resolve_listen_address(const listen_address& where);

/// One entry of `media.listen`.
struct media_address {
    endpoint at;
    bool this_machine_only = false;
};

/// "127.0.0.1:0", "[::]:40000"; or "localhost:40000" for every address of this machine, from this machine
/// alone: Firefox sends no media to a loopback address, and this keeps others out all the same. Nothing for
/// anything else.
[[nodiscard]] std::optional<media_address> parse_media_address(std::string_view text);

/// "cannot listen on `where`" with the reason and, for the usual ones, what to do about it.
[[nodiscard]] conf::error listen_failure(const std::string& where, std::error_code reason);

enum class listen_errc {
    bad_address = 1,        ///< not "host:port"
    bad_scheme,             ///< a scheme that this list does not take
    address_in_use,         ///< as std::errc::address_in_use
    address_not_available,  ///< as std::errc::address_not_available
    permission_denied,      ///< as std::errc::permission_denied
    name_not_found,         ///< the host's name has no address
};

[[nodiscard]] const std::error_category& listen_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(listen_errc code) noexcept {
    return {static_cast<int>(code), listen_category()};
}

}  // namespace conf::net

template <>
struct std::is_error_code_enum<conf::net::listen_errc> : std::true_type {};

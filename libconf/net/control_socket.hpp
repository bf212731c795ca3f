/// The local socket that confctl speaks to: one line in, one line of JSON out.
#pragma once

#include "libconf/net/event_loop.hpp"

#include <conf/result.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace conf::net {

/// Answers requests on a Unix socket that only its owner may open (mode 0600).
///
/// Belongs to its loop, as http_server does.
class control_socket {
public:
    static constexpr std::size_t request_bytes_max = 256;
    static constexpr std::size_t connections_max = 16;

    /// Gets the request without its line feed; answers one line of JSON without one.
    using handler = std::function<std::string(std::string_view request)>;

    /// Binds `path`. A socket that nobody answers on, left by a server that was killed, is replaced.
    /// @return `control_errc::…` with `path` as context, or the error of the system call.
    static result<std::unique_ptr<control_socket>> open(event_loop& loop, const std::string& path,
                                                        handler answer);

    control_socket(const control_socket&) = delete;
    control_socket& operator=(const control_socket&) = delete;
    ~control_socket();

    /// Ends everything and removes the socket's file, unless somebody put another one in its place.
    void close();

    struct impl;

private:
    explicit control_socket(std::shared_ptr<impl> made);
    std::shared_ptr<impl> impl_;  // shared with the connections
};

enum class control_errc {
    in_use = 1,     ///< a server answers there
    not_a_socket,   ///< something else has that name; it is left alone
    path_too_long,  ///< over 107 bytes, which is what Unix sockets allow
    busy,           ///< another program is opening a socket in the same folder and does not finish
};

[[nodiscard]] const std::error_category& control_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(control_errc code) noexcept {
    return {static_cast<int>(code), control_category()};
}

}  // namespace conf::net

template <>
struct std::is_error_code_enum<conf::net::control_errc> : std::true_type {};

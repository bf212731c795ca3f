/// Why a server_options was refused.
#pragma once

#include <string>
#include <system_error>

namespace conf::api {

enum class server_errc {
    certificate_missing = 1,  ///< an https:// listener without certificate and key
};

[[nodiscard]] const std::error_category& server_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(server_errc code) noexcept {
    return {static_cast<int>(code), server_category()};
}

}  // namespace conf::api

template <>
struct std::is_error_code_enum<conf::api::server_errc> : std::true_type {};

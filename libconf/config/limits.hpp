/// Bounds on what a configuration may hold. Each has a test at it and one above it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace conf::config::limits {

inline constexpr std::size_t file_bytes = 1U << 20U;  // a list of 10 000 users fits
inline constexpr std::size_t problems = 100;          // reported at once; the rest is counted
inline constexpr std::size_t shown_value_bytes = 60;  // of a value in a message

inline constexpr std::size_t listen_entries = 64;
inline constexpr std::size_t secret_entries = 16;
inline constexpr std::size_t secret_bytes = 1024;
inline constexpr std::size_t secret_bytes_advised = 32;    // SEC-TURN-4
inline constexpr std::size_t token_secret_bytes_min = 16;  // a shorter one signs nothing
inline constexpr std::size_t user_entries = 10'000;
inline constexpr std::size_t user_name_bytes = 508;  // RFC 8489 §14.3: USERNAME is less than 509 bytes
inline constexpr std::size_t password_bytes = 1024;
inline constexpr std::size_t realm_bytes = 64;  // so that an answer to a stranger stays under 160 bytes
inline constexpr std::size_t relay_addresses = 2;
inline constexpr std::size_t external_addresses = 16;
inline constexpr std::size_t peer_entries = 1024;
inline constexpr std::size_t path_bytes = 4095;        // PATH_MAX without its terminator
inline constexpr std::size_t socket_path_bytes = 107;  // sockaddr_un::sun_path without its terminator

inline constexpr std::uint64_t port_min = 1024;
inline constexpr std::uint64_t port_max = 65535;
inline constexpr std::uint64_t threads = 64;
inline constexpr std::uint64_t allocations = 10'000'000;
inline constexpr std::uint64_t participants = 1'000'000;
inline constexpr std::uint64_t connections = 1'000'000;
inline constexpr std::uint64_t bps = 1'000'000'000'000;
inline constexpr std::uint64_t rps = 1'000'000;
inline constexpr std::uint64_t document_bytes = 1'000'000'000;  // what HTTP takes as one body
inline constexpr std::uint64_t document_pages = 1000;
inline constexpr std::uint64_t document_pixels = 500'000'000;
inline constexpr std::uint64_t document_room_bytes = 1'000'000'000'000;
inline constexpr std::uint64_t document_job_s = 86'400;
inline constexpr std::uint64_t drain_s = 7 * 86'400;

}  // namespace conf::config::limits

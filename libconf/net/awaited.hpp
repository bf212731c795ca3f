/// How our coroutines wait for Asio.
#pragma once

#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>

namespace conf::net {

/// Errors come back beside the result: most of them are the other side's, and none is worth an exception.
inline constexpr auto as_result = asio::experimental::as_tuple(asio::use_awaitable);

/// Before accepting again after "too many open files": long enough for others to end, short enough that
/// nobody notices.
inline constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace conf::net

/// One HTTP request over a connection of its own; waits for the reply.
#pragma once

#include "libconf/media/whip_client.hpp"

#include <string>

namespace sfu_load {

/// Throws std::runtime_error with what failed. Waits ten seconds at most.
[[nodiscard]] conf::media::http_response fetch(const conf::media::http_url& from, const std::string& request);

}  // namespace sfu_load

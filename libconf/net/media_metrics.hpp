/// The media threads' counters as /metrics shows them.
#pragma once

#include "libconf/net/media_host.hpp"

#include <string>

namespace conf::net {

void add(media_totals& to, const engine::counters& engine, const engine::census& now,
         const sfu::counters& media, const media_shard_counters& shell);

void write_media_metrics(const media_totals& sum, std::string& text);

}  // namespace conf::net

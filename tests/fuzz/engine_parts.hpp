/// What the targets of the media engine share: its settings, an offer, and a check of ICE that is honest.
#pragma once

#include "libconf/engine/media_engine.hpp"
#include "libconf/stun/builder.hpp"
#include "tests/fuzz/target.hpp"

#include <string>
#include <string_view>

namespace fuzz {

/// The ufrag in `offer_with`.
inline constexpr std::string_view peer_ufrag = "Yf+0";

/// Four transports, three people a room, 32 packets.
[[nodiscard]] conf::engine::media_engine make_engine();

/// One section and nothing that can be left out: offers have a target of their own, and here each input pays
/// for them.
[[nodiscard]] std::string offer_with(std::string_view direction);

/// What stands behind `name` in the answer, to the end of its line.
[[nodiscard]] std::string line_of(std::string_view answer, std::string_view name);

/// The address that everything of path `number` comes from.
[[nodiscard]] conf::ice::path path_of(unsigned number);

/// What was last made of the engine is well formed, and it keeps no more than its settings allow. Clears
/// `out`.
void check_engine(conf::engine::media_engine& core, conf::engine::outputs& out);

}  // namespace fuzz

/// When a publisher may take the place of another one of its name.
#pragma once

#include <chrono>
#include <cstdint>

namespace conf::engine {

enum class takeover : std::uint8_t {
    of_silent,  ///< nothing verified has come from the other one for `takeover_silence`: its page was
                ///< reloaded
    at_once,    ///< whoever comes has a token for that very name
};

/// A live peer is never silent for so long: its checks for consent alone come every 4 to 6 s (RFC 7675 §5.1).
inline constexpr std::chrono::seconds takeover_silence{7};

}  // namespace conf::engine

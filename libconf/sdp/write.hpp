/// Writing a session description as RFC 8866 spells it, with CRLF.
#pragma once

#include "libconf/sdp/model.hpp"

#include <string>

namespace conf::sdp {

/// Writes the lines in the order of RFC 8866 §5 and each section with "c=IN IP4 0.0.0.0", as RFC 8829 §5.2.1
/// has it: where media goes is ICE's business.
///
/// `parse(write(x)) == x` for every x that `parse` gave, as long as the lines that are always written (c= and
/// the direction) do not lift it above a limit.
///
/// Precondition: each string may stand in its place (what `parse` gave always may). Another one would let its
/// author write lines of his own, so it fails a check instead (SEC-SDP-4).
[[nodiscard]] std::string write(const session& from);
[[nodiscard]] std::string write(const fragment& from);

}  // namespace conf::sdp

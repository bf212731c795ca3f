/// Reading a session description: text of a stranger in, a bounded value or the line that is wrong out.
#pragma once

#include "libconf/sdp/model.hpp"
#include "libconf/sdp/outcome.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace conf::sdp {

/// What is wrong, for the one who sent it. Not for a log: it shows a piece of their text.
struct parse_error {
    std::size_t line = 1;       // from 1; one behind the last where something is missing at the end
    std::string excerpt;        // its beginning, printable, cut
    std::string_view expected;  // static text

    /// `line 7, "m=audio 65536 UDP...": expected a port from 0 to 65535`.
    [[nodiscard]] std::string message() const;
};

/// Reads an offer or an answer.
///
/// Lines end with CRLF or LF. Unknown attributes are left out, as RFC 8866 §5.13 wants it, and so are
/// candidates that no agent could use, fingerprints of hashes that we do not trust, and msid values that are
/// no identifier. What is known must be right: numbers in their ranges, one mid a section and no other
/// section's, a=group of mids that are there. SDES (a=crypto) is refused here: RFC 8827 §6.5 forbids it.
///
/// Takes time linear in the size, keeps a small multiple of it in memory, does not recurse.
/// @param text   at most `text_bytes_max`; see limits.hpp for the other limits.
/// @param steps  if given, how many characters and entries were looked at; a test of linearity reads it.
[[nodiscard]] outcome<session, parse_error> parse(std::string_view text, std::size_t* steps = nullptr);

/// Reads the body of a WHIP or WHEP PATCH, RFC 8840 §9; the same rules and limits. A group may name sections
/// that the fragment does not have.
[[nodiscard]] outcome<fragment, parse_error> parse_fragment(std::string_view text,
                                                            std::size_t* steps = nullptr);

}  // namespace conf::sdp

/// What every fuzz target is made of: bytes in, a crash for anything that must not be.
#pragma once

#include "libconf/base/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace fuzz {

using conf::bytes;

// A crash, a sanitizer report, a hang or a failed `require` is a bug of ours, never the input's.
namespace target {

void address(bytes input);
void board_file(bytes input);
void board_frame(bytes input);
void codecs(bytes input);
void config(bytes input);
void crdt_update_v1(bytes input);
void crdt_update_v2(bytes input);
void demux(bytes input);
void documents(bytes input);
void engine(bytes input);
void http1(bytes input);
void pad(bytes input);
void pad_formats(bytes input);
void rtcp(bytes input);
void rtp(bytes input);
void sdp(bytes input);
void sfu_router(bytes input);
void stun(bytes input);
void turn_message(bytes input);
void turn_tcp_stream(bytes input);
void websocket(bytes input);

}  // namespace target

/// Called before the process ends at a broken promise; for a target that remembers more than its last input.
inline void (*last_words)() = nullptr;

/// The input is a file that such a target left. `fuzz_replay` says so and libFuzzer never does: it would make
/// histories of everything it keeps, and each costs as much as all its inputs.
inline bool is_history = false;

/// Ends the process with the place of a broken promise.
inline void require(bool holds, const std::source_location& where = std::source_location::current()) {
    if (holds) [[likely]]
        return;
    if (last_words) last_words();
    std::fprintf(stderr, "%s:%u: a promise is broken\n", where.file_name(),
                 static_cast<unsigned>(where.line()));
    std::abort();
}

/// Reads an input from its front; zeros where there is nothing left.
class source {
public:
    explicit source(bytes input) : left_(input) {}

    [[nodiscard]] bool empty() const noexcept { return left_.empty(); }
    [[nodiscard]] std::uint8_t u8() noexcept {
        const auto piece = take(1);
        return piece.empty() ? std::uint8_t{0} : conf::load_u8(piece, 0);
    }
    [[nodiscard]] std::uint16_t u16() noexcept {
        const auto high = u8();
        return static_cast<std::uint16_t>(high << 8 | u8());
    }
    /// At most `size` bytes.
    [[nodiscard]] bytes take(std::size_t size) noexcept {
        const auto piece = left_.first(std::min(size, left_.size()));
        left_ = left_.subspan(piece.size());
        return piece;
    }

private:
    bytes left_;
};

}  // namespace fuzz

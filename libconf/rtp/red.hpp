/// Redundant audio data, RFC 2198: earlier packets before the one that is due.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp::red {

/// An encoder sends one to three blocks; the limit keeps a packet of headers from being walked again and
/// again.
inline constexpr std::size_t blocks_max = 32;

struct block {
    std::uint8_t payload_type = 0;
    std::uint16_t timestamp_offset = 0;  // ticks before the packet's timestamp; 0 for the primary
    bytes data;
};

/// The blocks of a payload, oldest first; the last one is the primary. A view.
class payload_view {
public:
    /// @return nothing where headers or blocks overrun, or for more than `blocks_max` blocks.
    [[nodiscard]] static std::optional<payload_view> parse(bytes payload) noexcept;

    template <class Visitor>
    void for_each(Visitor&& visit) const {
        auto data = data_;
        for (std::size_t at = 0; at + redundant_header_bytes <= headers_.size();
             at += redundant_header_bytes) {
            const auto header = load_u32(headers_, at);
            const std::size_t size = header & 0x3FF;
            visit(block{static_cast<std::uint8_t>(header >> 24 & 0x7F),
                        static_cast<std::uint16_t>(header >> 10 & 0x3FFF), data.first(size)});
            data = data.subspan(size);
        }
        visit(primary());
    }

    /// What a receiver gets that does not know RED.
    [[nodiscard]] block primary() const noexcept { return {primary_type_, 0, primary_}; }
    /// With the primary.
    [[nodiscard]] std::size_t size() const noexcept { return headers_.size() / redundant_header_bytes + 1; }

private:
    static constexpr std::size_t redundant_header_bytes = 4;

    bytes headers_;  // without the primary's
    bytes data_;
    bytes primary_;
    std::uint8_t primary_type_ = 0;
};

}  // namespace conf::rtp::red

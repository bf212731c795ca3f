/// RTCP feedback: NACK, PLI, FIR and REMB, RFC 4585 and RFC 5104; transport-wide feedback has its own file.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/rtp/rtcp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp {

/// The five bits that say which feedback it is. The two lists are independent.
enum class transport_format : std::uint8_t { nack = 1, transport_wide = 15 };
enum class payload_format : std::uint8_t { pli = 1, fir = 4, application = 15 };

/// RFC 4585 §6.1: both SSRCs stand in every feedback packet.
inline constexpr std::size_t feedback_header_bytes = 8;

/// RFC 4585 §6.2.1: packets that are missing. A view.
struct nack {
    std::uint32_t sender_ssrc = 0;
    std::uint32_t media_ssrc = 0;
    bytes items;  // a packet id and a mask of the sixteen behind it, four bytes each; at least one

    /// Visits each missing sequence number; up to 17 for each item, so the caller limits what it answers.
    template <class Visitor>
    void for_each(Visitor&& visit) const {
        for (std::size_t at = 0; at < items.size(); at += 4) {
            const auto first = load_u16(items, at);
            visit(first);
            for (unsigned mask = load_u16(items, at + 2), step = 1; mask != 0; mask >>= 1, ++step) {
                if ((mask & 1) != 0) visit(static_cast<std::uint16_t>(first + step));
            }
        }
    }
};

/// RFC 4585 §6.3.1: a picture is lost; send a key frame.
struct pli {
    std::uint32_t sender_ssrc = 0;
    std::uint32_t media_ssrc = 0;
};

struct fir_item {
    std::uint32_t ssrc = 0;
    std::uint8_t command = 0;  // a repeated command with the same number is the same command
};
/// RFC 5104 §4.3.1: send a key frame, for each of the sources. A view.
struct fir {
    std::uint32_t sender_ssrc = 0;
    bytes items;  // at least one

    [[nodiscard]] std::size_t size() const noexcept { return items.size() / 8; }
    /// Precondition: `index` < `size()`.
    [[nodiscard]] fir_item operator[](std::size_t index) const noexcept {
        return {load_u32(items, 8 * index), load_u8(items, 8 * index + 4)};
    }
};

/// What a receiver believes it can take, for all the sources together (draft-alvestrand-rmcat-remb). A view.
struct remb {
    std::uint32_t sender_ssrc = 0;
    std::uint64_t bitrate_bps = 0;
    ssrc_list ssrcs;
};

/// All readers answer nothing for a packet of another type or format, or of this one that is not well formed.
[[nodiscard]] std::optional<nack> read_nack(const rtcp_packet& packet) noexcept;
[[nodiscard]] std::optional<pli> read_pli(const rtcp_packet& packet) noexcept;
[[nodiscard]] std::optional<fir> read_fir(const rtcp_packet& packet) noexcept;
[[nodiscard]] std::optional<remb> read_remb(const rtcp_packet& packet) noexcept;

/// Whether an RTPFB or PSFB packet is what its format says; an unknown format needs its two SSRCs only.
[[nodiscard]] bool feedback_well_formed(const rtcp_packet& packet) noexcept;

}  // namespace conf::rtp

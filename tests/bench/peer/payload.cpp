#include "tests/bench/peer/payload.hpp"

#include "tests/bench/peer/clocks.hpp"

namespace bench {
namespace {

using namespace conf;

constexpr std::uint32_t stamp_mark = 0x5F4C'4F41;

}  // namespace

void write_stamp(mutable_bytes payload) noexcept {
    const auto at = static_cast<std::uint64_t>(wall_ns());
    store_u32(payload, stamp_at, stamp_mark);
    store_u32(payload, stamp_at + 4, static_cast<std::uint32_t>(at >> 32));
    store_u32(payload, stamp_at + 8, static_cast<std::uint32_t>(at));
}

std::optional<std::int64_t> read_stamp(bytes payload) noexcept {
    if (payload.size() < stamp_at + stamp_bytes || load_u32(payload, stamp_at) != stamp_mark)
        return std::nullopt;
    return static_cast<std::int64_t>(std::uint64_t{load_u32(payload, stamp_at + 4)} << 32 |
                                     load_u32(payload, stamp_at + 8));
}

void write_vp8_descriptor(mutable_bytes payload, bool first, std::uint16_t picture) noexcept {
    payload[0] = static_cast<std::byte>(0x80 | (first ? 0x10 : 0));  // X, S, partition 0
    payload[1] = std::byte{0xE0};                                    // I, L, T
    store_u16(payload, 2, static_cast<std::uint16_t>(0x8000 | (picture & 0x7FFF)));
    payload[4] = static_cast<std::byte>(picture & 0xFF);
    payload[5] = std::byte{0};
}

void write_vp8_tag(mutable_bytes behind_descriptor, bool key_frame, picture_size size) noexcept {
    behind_descriptor[0] = static_cast<std::byte>(key_frame ? 0x10 : 0x11);
    store_u16(behind_descriptor, 1, 0);
    behind_descriptor[3] = std::byte{0x9D};
    behind_descriptor[4] = std::byte{0x01};
    behind_descriptor[5] = std::byte{0x2A};
    // Little endian: 14 bits each, and two of scaling.
    behind_descriptor[6] = static_cast<std::byte>(size.width & 0xFF);
    behind_descriptor[7] = static_cast<std::byte>(size.width >> 8 & 0x3F);
    behind_descriptor[8] = static_cast<std::byte>(size.height & 0xFF);
    behind_descriptor[9] = static_cast<std::byte>(size.height >> 8 & 0x3F);
}

}  // namespace bench

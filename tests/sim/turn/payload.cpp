#include "tests/sim/turn/payload.hpp"

#include "libconf/base/check.hpp"
#include "libconf/base/hash.hpp"

#include <cstring>

namespace conf::sim {
namespace {

constexpr std::uint32_t magic = 0x43534D31;
constexpr std::size_t checksum_at = 24;

std::uint64_t checksum(bytes data) noexcept {
    std::uint64_t sum = data.size();
    for (std::size_t at = 0; at < data.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, data.data() + at, std::min<std::size_t>(8, data.size() - at));
        if (at == checksum_at) word = 0;
        sum = mix(sum ^ word, 0xD1342543DE82EF95);
    }
    return sum;
}

}  // namespace

std::vector<std::byte> write_payload(const payload& what, std::size_t size) {
    check(size >= payload_bytes_min);
    std::vector<std::byte> out(size);
    store_u32(out, 0, magic);
    store_u32(out, 4, static_cast<std::uint32_t>(what.what));
    store_u32(out, 8, what.from);
    store_u32(out, 12, what.to);
    store_u32(out, 16, what.sequence);
    for (std::size_t at = payload_bytes_min; at < size; ++at)
        out[at] = static_cast<std::byte>(at ^ what.sequence);
    const auto sum = checksum(out);
    store_u32(out, checksum_at, static_cast<std::uint32_t>(sum >> 32));
    store_u32(out, checksum_at + 4, static_cast<std::uint32_t>(sum));
    return out;
}

std::optional<payload> read_payload(bytes data) noexcept {
    if (data.size() < payload_bytes_min || load_u32(data, 0) != magic || load_u32(data, 4) > 1)
        return std::nullopt;
    const auto sum = std::uint64_t{load_u32(data, checksum_at)} << 32 | load_u32(data, checksum_at + 4);
    if (sum != checksum(data)) return std::nullopt;
    return payload{static_cast<payload::kind>(load_u32(data, 4)), load_u32(data, 8), load_u32(data, 12),
                   load_u32(data, 16)};
}

}  // namespace conf::sim

/// Reads the packet captures of tests/vectors/rtp-pcap: classic pcap, Ethernet, IPv4, UDP.
#pragma once

#include "tests/stun/vectors.hpp"

#include <chrono>
#include <vector>

namespace captures {

struct datagram {
    std::chrono::microseconds at{};
    vectors::buffer payload;
};

[[nodiscard]] inline std::vector<datagram> read(std::string_view name) {
    const auto file = vectors::read_file(vectors::path_of(name));
    const auto little = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 4; i > 0; --i) value = value << 8 | conf::load_u8(file, at + i - 1);
        return value;
    };
    constexpr std::size_t headers = 14 + 20 + 8;
    REQUIRE(file.size() > 24);
    REQUIRE(little(0) == 0xA1B2C3D4);
    std::vector<datagram> out;
    for (std::size_t at = 24; at < file.size();) {
        REQUIRE(file.size() - at >= 16);
        const std::size_t size = little(at + 8);
        const std::chrono::microseconds when(std::int64_t{little(at)} * 1'000'000 + little(at + 4));
        at += 16;
        REQUIRE(size > headers);
        REQUIRE(file.size() - at >= size);
        const auto frame = conf::bytes(file).subspan(at, size);
        const auto payload = frame.subspan(headers);
        out.push_back({when, {payload.begin(), payload.end()}});
        at += size;
    }
    return out;
}

}  // namespace captures

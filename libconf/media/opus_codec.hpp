/// Opus, mono, 20 ms a packet: libopus behind it.
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct OpusEncoder;
struct OpusDecoder;

namespace conf::media {

inline constexpr std::size_t opus_frame_samples = 960;  ///< 20 ms

/// Belongs to its owner.
class opus_encoder {
public:
    explicit opus_encoder(int bitrate_bps = 32'000);

    /// One packet. Valid until the next call.
    [[nodiscard]] bytes encode(std::span<const std::int16_t, opus_frame_samples> samples);

    static constexpr std::size_t packet_bytes_max = 1275;  // RFC 6716 §3.2.1

private:
    struct deleter {
        void operator()(OpusEncoder* one) const noexcept;
    };
    std::unique_ptr<OpusEncoder, deleter> encoder_;
    std::array<std::byte, packet_bytes_max> packet_{};
};

/// Mixes stereo down. Belongs to its stream.
class opus_decoder {
public:
    opus_decoder();

    /// @return the samples, at most 120 ms, valid until the next call; nothing for what is no Opus packet.
    [[nodiscard]] std::optional<std::span<const std::int16_t>> decode(bytes packet);
    /// What a lost packet may have sounded like.
    [[nodiscard]] std::span<const std::int16_t> conceal();

private:
    static constexpr std::size_t samples_max = 5760;  // 120 ms, RFC 6716 §3.2.5

    struct deleter {
        void operator()(OpusDecoder* one) const noexcept;
    };
    std::unique_ptr<OpusDecoder, deleter> decoder_;
    std::vector<std::int16_t> samples_ = std::vector<std::int16_t>(samples_max);
};

}  // namespace conf::media

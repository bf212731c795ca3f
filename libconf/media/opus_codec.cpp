#include "libconf/media/opus_codec.hpp"

#include "libconf/base/check.hpp"
#include "libconf/media/tone.hpp"

#include <opus/opus.h>

namespace conf::media {
namespace {

const unsigned char* opus_bytes(bytes from) noexcept {
    return reinterpret_cast<const unsigned char*>(from.data());
}

}  // namespace

void opus_encoder::deleter::operator()(OpusEncoder* one) const noexcept {
    opus_encoder_destroy(one);
}

void opus_decoder::deleter::operator()(OpusDecoder* one) const noexcept {
    opus_decoder_destroy(one);
}

opus_encoder::opus_encoder(int bitrate_bps) {
    int error = OPUS_OK;
    encoder_.reset(
        opus_encoder_create(static_cast<opus_int32>(sample_rate_hz), 1, OPUS_APPLICATION_AUDIO, &error));
    check(error == OPUS_OK && opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(bitrate_bps)) == OPUS_OK &&
          opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(5)) == OPUS_OK);
}

bytes opus_encoder::encode(std::span<const std::int16_t, opus_frame_samples> samples) {
    const auto size = opus_encode(encoder_.get(), samples.data(), static_cast<int>(samples.size()),
                                  reinterpret_cast<unsigned char*>(packet_.data()),
                                  static_cast<opus_int32>(packet_.size()));
    check(size > 0);
    return bytes(packet_).first(static_cast<std::size_t>(size));
}

opus_decoder::opus_decoder() {
    int error = OPUS_OK;
    decoder_.reset(opus_decoder_create(static_cast<opus_int32>(sample_rate_hz), 1, &error));
    check(error == OPUS_OK);
}

std::optional<std::span<const std::int16_t>> opus_decoder::decode(bytes packet) {
    // No data at all asks libopus to conceal a loss.
    if (packet.empty() || packet.size() > 65'535) return std::nullopt;
    const auto count = opus_decode(decoder_.get(), opus_bytes(packet), static_cast<opus_int32>(packet.size()),
                                   samples_.data(), static_cast<int>(samples_.size()), 0);
    if (count < 0) return std::nullopt;
    return std::span<const std::int16_t>(samples_).first(static_cast<std::size_t>(count));
}

std::span<const std::int16_t> opus_decoder::conceal() {
    const auto count =
        opus_decode(decoder_.get(), nullptr, 0, samples_.data(), static_cast<int>(opus_frame_samples), 0);
    check(count >= 0);
    return std::span<const std::int16_t>(samples_).first(static_cast<std::size_t>(count));
}

}  // namespace conf::media

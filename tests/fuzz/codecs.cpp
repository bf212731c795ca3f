// Payload descriptors: total, inside their bytes (SEC-RTP-4), and the same again after rewriting. The first
// byte chooses the codec.
#include "libconf/rtp/av1.hpp"
#include "libconf/rtp/dependency_descriptor.hpp"
#include "libconf/rtp/h264.hpp"
#include "libconf/rtp/opus.hpp"
#include "libconf/rtp/red.hpp"
#include "libconf/rtp/vp8.hpp"
#include "libconf/rtp/vp9.hpp"
#include "tests/fuzz/target.hpp"

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace fuzz {
namespace {

using namespace conf::rtp;

constexpr std::uint16_t picture_id = 0x1234;
constexpr std::uint8_t tl0_picture_index = 0x56;

/// The payload as a receiver gets it.
bytes patched(const descriptor_patch& patch, bytes payload) {
    static std::vector<std::byte> out;
    require(patch.replaced <= payload.size() && patch.size <= descriptor_patch::bytes_max);
    out.assign(patch.data().begin(), patch.data().end());
    const auto rest = payload.subspan(patch.replaced);
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

void run_vp8(bytes payload) {
    const auto found = vp8::parse(payload);
    if (!found) return;
    require(found->size < payload.size());
    const auto sent = patched(vp8::rewrite(*found, payload, picture_id, tl0_picture_index), payload);
    const auto again = vp8::parse(sent);
    require(again && again->has_picture_id == found->has_picture_id &&
            again->key_frame() == found->key_frame());
    require(!again->has_picture_id || again->picture_id == picture_id);
    require(again->has_tl0_picture_index == found->has_tl0_picture_index);
    require(!again->has_tl0_picture_index || again->tl0_picture_index == tl0_picture_index);
    require(again->temporal_id == found->temporal_id && again->layer_sync == found->layer_sync);
    require(std::ranges::equal(sent.subspan(again->size), payload.subspan(found->size)));
    require(vp8::read_resolution(*again, sent) == vp8::read_resolution(*found, payload));
}

void run_vp9(bytes payload) {
    const auto found = vp9::parse(payload);
    if (!found) return;
    require(found->size < payload.size());
    const auto sent = patched(vp9::rewrite(*found, payload, picture_id, tl0_picture_index), payload);
    const auto again = vp9::parse(sent);
    require(again && again->has_picture_id == found->has_picture_id &&
            again->key_frame() == found->key_frame());
    require(!again->has_picture_id || again->picture_id == picture_id);
    require(again->has_tl0_picture_index == found->has_tl0_picture_index);
    require(!again->has_tl0_picture_index || again->tl0_picture_index == tl0_picture_index);
    require(again->spatial_id == found->spatial_id && again->temporal_id == found->temporal_id);
    require(std::ranges::equal(sent.subspan(again->size), payload.subspan(found->size)));
}

void run_red(bytes payload) {
    const auto found = red::payload_view::parse(payload);
    if (!found) return;
    require(found->size() <= red::blocks_max);
    auto size = 4 * found->size() - 3;
    found->for_each([&](const red::block& block) { size += block.data.size(); });
    require(size == payload.size());
}

/// Pieces of so many bytes as the byte before them says: descriptors of one stream.
void run_dependency_descriptor(bytes input) {
    auto latest = std::make_unique<dependency_structure>();
    auto fresh = std::make_unique<dependency_structure>();
    bool known = false;
    for (source in(input); !in.empty();) {
        const auto value = in.take(in.u8());
        const auto found = parse_dependency_descriptor(value, known ? latest.get() : nullptr, *fresh);
        require(!found || parse_mandatory_descriptor(value));
        if (!found) continue;
        if (found->has_structure) {
            std::swap(latest, fresh);
            known = true;
        }
        require(found->bits <= 8 * value.size());
        require(found->spatial_id < latest->spatial_layer_count && found->temporal_id < temporal_ids_max);
        require(found->differences.count <= frame_differences_max);
        require(!found->active_decode_targets ||
                (*found->active_decode_targets & ~latest->all_targets()) == 0);
        for (std::size_t i = 0; latest->chain_count > 0 && i < latest->decode_target_count; ++i) {
            require(latest->protected_by[i] < latest->chain_count);
        }

        static std::array<std::byte, descriptor_bytes_max> memory;
        const auto mask = latest->all_targets() & 0x55555555;
        const auto size =
            write_active_decode_targets(memory, value, *found, latest->decode_target_count, mask);
        if (size == 0) continue;
        const auto again = parse_dependency_descriptor(bytes(memory).first(size), latest.get(), *fresh);
        require(again && again->active_decode_targets == mask && again->indications == found->indications);
        require(again->has_structure == found->has_structure && again->frame_number == found->frame_number);
        require(again->chain_differences == found->chain_differences);
    }
}

}  // namespace

void target::codecs(bytes input) {
    if (input.empty()) return;
    const auto payload = input.subspan(1);
    switch (conf::load_u8(input, 0) % 7) {
        case 0: run_vp8(payload); break;
        case 1: run_vp9(payload); break;
        case 2:
            if (const auto found = h264::parse(payload)) require(!payload.empty());
            break;
        case 3:
            if (const auto found = av1::parse(payload)) require(found->elements <= payload.size());
            break;
        case 4: run_red(payload); break;
        case 5:
            if (const auto found = opus::packet_duration(payload)) require(*found <= opus::duration_max);
            break;
        default: run_dependency_descriptor(payload);
    }
}

}  // namespace fuzz

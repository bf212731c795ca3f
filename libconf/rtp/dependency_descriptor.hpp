/// The dependency descriptor: which frames a frame needs and which layers need it, for any codec and for
/// media that we cannot read (RTP Payload Format For AV1, appendix A).
#pragma once

#include "libconf/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace conf::rtp {

inline constexpr std::size_t templates_max = 64;         // six bits number them
inline constexpr std::size_t decode_targets_max = 32;    // five bits count them
inline constexpr std::size_t chains_max = 32;            // never more than decode targets
inline constexpr std::size_t spatial_ids_max = 4;        // AV1 §6.2.3: two bits
inline constexpr std::size_t temporal_ids_max = 8;       // three bits
inline constexpr std::size_t frame_differences_max = 8;  // a frame refers to at most that many in any codec
inline constexpr std::size_t mandatory_descriptor_bytes = 3;

/// What a frame is to a decode target.
enum class decode_target_indication : std::uint8_t { not_present, discardable, switch_point, required };

/// The indications of one frame, two bits for each decode target.
class decode_target_indications {
public:
    [[nodiscard]] constexpr decode_target_indication operator[](std::size_t target) const noexcept {
        return static_cast<decode_target_indication>(raw_ >> (2 * target) & 3);
    }
    constexpr void set(std::size_t target, decode_target_indication value) noexcept {
        raw_ &= ~(std::uint64_t{3} << (2 * target));
        raw_ |= static_cast<std::uint64_t>(value) << (2 * target);
    }
    friend constexpr bool operator==(decode_target_indications, decode_target_indications) = default;

private:
    std::uint64_t raw_ = 0;
};

/// How far back the frames are that a frame refers to.
struct frame_differences {
    std::array<std::uint16_t, frame_differences_max> values{};
    std::uint8_t count = 0;
};

struct frame_template {
    decode_target_indications indications;
    frame_differences differences;
    std::array<std::uint8_t, chains_max>
        chain_differences{};  // to the chain's frame before; 0: the chain begins
    std::uint8_t spatial_id = 0;
    std::uint8_t temporal_id = 0;
};

/// What a key frame brings and later frames refer to. Kept for each stream; about 4 KB.
struct dependency_structure {
    std::array<frame_template, templates_max> templates{};
    std::array<std::uint8_t, decode_targets_max> protected_by{};    // the chain of each decode target
    std::array<std::uint8_t, decode_targets_max> target_spatial{};  // the highest layer of each decode target
    std::array<std::uint8_t, decode_targets_max> target_temporal{};
    std::array<std::uint16_t, spatial_ids_max> widths{};
    std::array<std::uint16_t, spatial_ids_max> heights{};
    std::uint8_t template_id_offset = 0;
    std::uint8_t template_count = 0;
    std::uint8_t decode_target_count = 0;  // 1 to 32
    std::uint8_t chain_count = 0;          // 0: no chains, and nothing in `protected_by`
    std::uint8_t spatial_layer_count = 0;  // 1 to 4
    bool has_resolutions = false;

    /// One bit for each decode target.
    [[nodiscard]] std::uint32_t all_targets() const noexcept {
        return static_cast<std::uint32_t>((std::uint64_t{1} << decode_target_count) - 1);
    }
};

/// The three bytes that every descriptor has.
struct mandatory_descriptor {
    bool start_of_frame = false;
    bool end_of_frame = false;
    std::uint8_t template_id = 0;
    std::uint16_t frame_number = 0;
};

struct dependency_descriptor : mandatory_descriptor {
    bool has_structure = false;                          // it stands in this packet: a key frame
    std::optional<std::uint32_t> active_decode_targets;  // bit by bit; a structure makes all of them active
    std::uint8_t spatial_id = 0;
    std::uint8_t temporal_id = 0;
    decode_target_indications indications;
    frame_differences differences;
    std::array<std::uint8_t, chains_max> chain_differences{};

    // For rewriting, in bits.
    std::uint16_t active_targets_at = 0;  // where the mask stands or would stand
    bool active_targets_written = false;
    std::uint16_t bits = 0;  // without zero padding

    [[nodiscard]] bool key_frame() const noexcept { return has_structure && start_of_frame; }
};

/// @return nothing for fewer than three bytes.
[[nodiscard]] std::optional<mandatory_descriptor> parse_mandatory_descriptor(bytes value) noexcept;

/// Reads a whole descriptor. `latest` is the stream's structure, null if there was none yet. A structure in
/// the packet is used instead and written to `fresh`, which may hold anything afterwards if nothing is
/// returned.
/// @return nothing for a descriptor that overruns, exceeds a limit above, or names a template that is not
/// known:
///         such a packet cannot be classified.
[[nodiscard]] std::optional<dependency_descriptor> parse_dependency_descriptor(
    bytes value, const dependency_structure* latest, dependency_structure& fresh) noexcept;

/// Numbers a frame anew. All frames of a stream must be moved by the same offset, since they refer to each
/// other. Precondition: `value` has a mandatory descriptor.
void rewrite_frame_number(mutable_bytes value, std::uint16_t frame_number) noexcept;

/// The longest descriptor that can be rewritten: one more mask and flags behind what the two-byte form holds.
inline constexpr std::size_t descriptor_bytes_max = 255;

/// Writes `value` with `mask` as its active decode targets, for a receiver that gets only some of them.
/// Precondition: `of` is what was parsed from `value`, `decode_target_count` what its structure says.
/// @return the size, or 0 if that is more than `to` has or the two-byte form can hold.
[[nodiscard]] std::size_t write_active_decode_targets(mutable_bytes to, bytes value,
                                                      const dependency_descriptor& of,
                                                      std::uint8_t decode_target_count,
                                                      std::uint32_t mask) noexcept;

}  // namespace conf::rtp

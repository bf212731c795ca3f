#include "libconf/rtp/dependency_descriptor.hpp"

#include "libconf/rtp/bit_reader.hpp"

#include <algorithm>

namespace conf::rtp {
namespace {

constexpr unsigned flag_bits = 5;  // behind the mandatory part
constexpr std::size_t active_targets_flag_at = 8 * mandatory_descriptor_bytes + 1;

/// next_layer_idc, A.8.2.
enum class next_layer : std::uint8_t { same, temporal, spatial, end };

bool read_template_layers(bit_reader& in, dependency_structure& out) noexcept {
    std::uint8_t spatial = 0;
    std::uint8_t temporal = 0;
    out.template_count = 0;
    for (;;) {
        if (out.template_count == templates_max || spatial >= spatial_ids_max ||
            temporal >= temporal_ids_max) {
            return false;
        }
        auto& made = out.templates[out.template_count++];
        made = {};
        made.spatial_id = spatial;
        made.temporal_id = temporal;
        switch (static_cast<next_layer>(in.read(2))) {
            case next_layer::same: break;
            case next_layer::temporal: ++temporal; break;
            case next_layer::spatial:
                ++spatial;
                temporal = 0;
                break;
            case next_layer::end:
                out.spatial_layer_count = static_cast<std::uint8_t>(spatial + 1);
                return !in.failed();
        }
        if (in.failed()) return false;
    }
}

void read_indications(bit_reader& in, std::size_t targets, decode_target_indications& out) noexcept {
    for (std::size_t target = 0; target < targets; ++target) {
        out.set(target, static_cast<decode_target_indication>(in.read(2)));
    }
}

bool append(frame_differences& to, std::uint32_t difference_minus_one) noexcept {
    if (to.count == frame_differences_max) return false;
    to.values[to.count++] = static_cast<std::uint16_t>(difference_minus_one + 1);
    return true;
}

bool read_template_differences(bit_reader& in, frame_differences& out) noexcept {
    while (in.flag()) {
        if (!append(out, in.read(4))) return false;
    }
    return true;
}

void read_template_chains(bit_reader& in, dependency_structure& out) noexcept {
    out.chain_count = static_cast<std::uint8_t>(in.non_symmetric(out.decode_target_count + std::uint32_t{1}));
    out.protected_by = {};
    if (out.chain_count == 0) return;
    for (std::size_t target = 0; target < out.decode_target_count; ++target) {
        out.protected_by[target] = static_cast<std::uint8_t>(in.non_symmetric(out.chain_count));
    }
    for (std::size_t i = 0; i < out.template_count; ++i) {
        for (std::size_t chain = 0; chain < out.chain_count; ++chain) {
            out.templates[i].chain_differences[chain] = static_cast<std::uint8_t>(in.read(4));
        }
    }
}

/// A.8.2, decode_target_layers(): the highest layers of the frames that a target has.
void find_target_layers(dependency_structure& out) noexcept {
    out.target_spatial = {};
    out.target_temporal = {};
    for (std::size_t target = 0; target < out.decode_target_count; ++target) {
        for (std::size_t i = 0; i < out.template_count; ++i) {
            const auto& frame = out.templates[i];
            if (frame.indications[target] == decode_target_indication::not_present) continue;
            out.target_spatial[target] = std::max(out.target_spatial[target], frame.spatial_id);
            out.target_temporal[target] = std::max(out.target_temporal[target], frame.temporal_id);
        }
    }
}

bool read_structure(bit_reader& in, dependency_structure& out) noexcept {
    out.template_id_offset = static_cast<std::uint8_t>(in.read(6));
    out.decode_target_count = static_cast<std::uint8_t>(in.read(5) + 1);
    if (!read_template_layers(in, out)) return false;
    for (std::size_t i = 0; i < out.template_count; ++i) {
        read_indications(in, out.decode_target_count, out.templates[i].indications);
    }
    for (std::size_t i = 0; i < out.template_count; ++i) {
        if (!read_template_differences(in, out.templates[i].differences)) return false;
    }
    read_template_chains(in, out);
    find_target_layers(out);
    out.has_resolutions = in.flag();
    out.widths = {};
    out.heights = {};
    if (out.has_resolutions) {
        for (std::size_t i = 0; i < out.spatial_layer_count; ++i) {
            // Minus one on the wire; 65536 does not fit and no codec has it.
            out.widths[i] = static_cast<std::uint16_t>(std::min(in.read(16) + 1, 65535U));
            out.heights[i] = static_cast<std::uint16_t>(std::min(in.read(16) + 1, 65535U));
        }
    }
    return !in.failed();
}

/// frame_fdiffs(): each is 4, 8 or 12 bits long; a size of 0 ends the list.
bool read_frame_differences(bit_reader& in, frame_differences& out) noexcept {
    out = {};
    while (const auto size = in.read(2)) {
        if (!append(out, in.read(4 * size))) return false;
    }
    return true;
}

class bit_writer {
public:
    explicit bit_writer(mutable_bytes to) noexcept : to_(to) { std::ranges::fill(to_, std::byte{0}); }

    /// Precondition: `count` is at most 32 and there is room.
    void write(std::uint32_t value, unsigned count) noexcept {
        for (; count > 0; --count, ++at_) {
            const auto bit = static_cast<std::uint8_t>(value >> (count - 1) & 1U);
            to_[at_ / 8] |= static_cast<std::byte>(bit << (7 - at_ % 8));
        }
    }
    void copy(bit_reader& from, std::size_t count) noexcept {
        for (; count > 0; count -= std::min<std::size_t>(count, 32)) {
            const auto piece = static_cast<unsigned>(std::min<std::size_t>(count, 32));
            write(from.read(piece), piece);
        }
    }

private:
    mutable_bytes to_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<mandatory_descriptor> parse_mandatory_descriptor(bytes value) noexcept {
    if (value.size() < mandatory_descriptor_bytes) return std::nullopt;
    const auto first = load_u8(value, 0);
    return mandatory_descriptor{(first & 0x80) != 0, (first & 0x40) != 0,
                                static_cast<std::uint8_t>(first & 0x3F), load_u16(value, 1)};
}

std::optional<dependency_descriptor> parse_dependency_descriptor(bytes value,
                                                                 const dependency_structure* latest,
                                                                 dependency_structure& fresh) noexcept {
    const auto mandatory = parse_mandatory_descriptor(value);
    if (!mandatory || value.size() > descriptor_bytes_max) return std::nullopt;
    dependency_descriptor found;
    static_cast<mandatory_descriptor&>(found) = *mandatory;

    bit_reader in(value);
    in.skip(8 * mandatory_descriptor_bytes);
    bool custom_indications = false;
    bool custom_differences = false;
    bool custom_chains = false;
    if (value.size() > mandatory_descriptor_bytes) {
        found.has_structure = in.flag();
        found.active_targets_written = in.flag();
        custom_indications = in.flag();
        custom_differences = in.flag();
        custom_chains = in.flag();
        if (found.has_structure) {
            if (!read_structure(in, fresh)) return std::nullopt;
            latest = &fresh;
            found.active_decode_targets = fresh.all_targets();
        }
    }
    if (latest == nullptr) return std::nullopt;
    found.active_targets_at = static_cast<std::uint16_t>(in.position());
    if (found.active_targets_written) found.active_decode_targets = in.read(latest->decode_target_count);

    const auto index = (found.template_id + templates_max - latest->template_id_offset) % templates_max;
    if (index >= latest->template_count) return std::nullopt;
    const auto& frame = latest->templates[index];
    found.spatial_id = frame.spatial_id;
    found.temporal_id = frame.temporal_id;
    found.indications = frame.indications;
    found.differences = frame.differences;
    found.chain_differences = frame.chain_differences;
    if (custom_indications) read_indications(in, latest->decode_target_count, found.indications);
    if (custom_differences && !read_frame_differences(in, found.differences)) return std::nullopt;
    if (custom_chains) {
        for (std::size_t chain = 0; chain < latest->chain_count; ++chain) {
            found.chain_differences[chain] = static_cast<std::uint8_t>(in.read(8));
        }
    }
    if (in.failed()) return std::nullopt;
    found.bits = static_cast<std::uint16_t>(in.position());
    return found;
}

void rewrite_frame_number(mutable_bytes value, std::uint16_t frame_number) noexcept {
    store_u16(value, 1, frame_number);
}

std::size_t write_active_decode_targets(mutable_bytes to, bytes value, const dependency_descriptor& of,
                                        std::uint8_t decode_target_count, std::uint32_t mask) noexcept {
    const bool extended = value.size() > mandatory_descriptor_bytes;
    const std::size_t old_mask_bits = of.active_targets_written ? decode_target_count : 0;
    const std::size_t bits = of.bits + (extended ? 0 : flag_bits) + decode_target_count - old_mask_bits;
    const auto size = (bits + 7) / 8;
    if (size > to.size() || size > descriptor_bytes_max) return 0;

    bit_reader in(value);
    bit_writer out(to.first(size));
    out.copy(in, 8 * mandatory_descriptor_bytes);
    if (extended) {
        out.copy(in, active_targets_flag_at - in.position());
        in.skip(1);
        out.write(1, 1);
        out.copy(in, of.active_targets_at - in.position());
    } else {
        out.write(0b01000, flag_bits);
    }
    out.write(mask, decode_target_count);
    in.skip(static_cast<unsigned>(old_mask_bits));
    out.copy(in, of.bits - in.position());
    return size;
}

}  // namespace conf::rtp

#include "libconf/rtp/vp9.hpp"

namespace conf::rtp::vp9 {
namespace {

/// Bytes one after the other; behind the end it gives zeros and remembers that.
class byte_cursor {
public:
    explicit byte_cursor(bytes data) noexcept : data_(data) {}

    [[nodiscard]] std::uint8_t next() noexcept {
        if (at_ < data_.size()) return load_u8(data_, at_++);
        failed_ = true;
        return 0;
    }
    [[nodiscard]] std::uint16_t next_u16() noexcept {
        const auto high = next();
        return static_cast<std::uint16_t>(high << 8 | next());
    }
    void skip(std::size_t count) noexcept {
        failed_ = failed_ || count > data_.size() - at_;
        if (!failed_) at_ += count;
    }
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    bytes data_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

void read_layers(byte_cursor& in, descriptor& found) noexcept {
    const auto layers = in.next();
    found.temporal_id = layers >> 5;
    found.switching_up_point = (layers & 0x10) != 0;
    found.spatial_id = layers >> 1 & 0x07;
    found.inter_layer_dependency = (layers & 0x01) != 0;
    found.has_tl0_picture_index = !found.flexible;
    if (found.has_tl0_picture_index) found.tl0_picture_index = in.next();
}

/// P_DIFF, N: as long as N says that another one follows.
bool skip_references(byte_cursor& in) noexcept {
    for (std::size_t i = 0; i < reference_indices_max; ++i) {
        if ((in.next() & 0x01) == 0) return true;
    }
    return false;
}

scalability_structure read_structure(byte_cursor& in) noexcept {
    const auto first = in.next();
    scalability_structure found;
    found.spatial_layers = static_cast<std::uint8_t>((first >> 5) + 1);
    found.has_resolutions = (first & 0x10) != 0;
    if (found.has_resolutions) {
        for (std::size_t i = 0; i < found.spatial_layers; ++i) {
            found.widths[i] = in.next_u16();
            found.heights[i] = in.next_u16();
        }
    }
    if ((first & 0x08) != 0) {
        for (unsigned pictures = in.next(); pictures > 0 && !in.failed(); --pictures) {
            const auto picture = in.next();
            in.skip(picture >> 2 & 0x03U);  // R references
        }
    }
    return found;
}

}  // namespace

std::optional<descriptor> parse(bytes payload) noexcept {
    byte_cursor in(payload);
    const auto first = in.next();
    descriptor found;
    found.has_picture_id = (first & 0x80) != 0;
    found.inter_predicted = (first & 0x40) != 0;
    found.has_layers = (first & 0x20) != 0;
    found.flexible = (first & 0x10) != 0;
    found.layer_start = (first & 0x08) != 0;
    found.layer_end = (first & 0x04) != 0;
    found.not_reference_above = (first & 0x01) != 0;
    if (found.has_picture_id) {
        found.picture_id = in.next();
        found.long_picture_id = (found.picture_id & 0x80) != 0;
        if (found.long_picture_id) {
            found.picture_id = static_cast<std::uint16_t>((found.picture_id & 0x7F) << 8 | in.next());
        }
    }
    if (found.has_layers) read_layers(in, found);
    if (found.flexible && found.inter_predicted && !skip_references(in)) return std::nullopt;
    if ((first & 0x02) != 0) found.structure = read_structure(in);
    if (in.failed() || in.position() >= payload.size()) return std::nullopt;
    found.size = static_cast<std::uint16_t>(in.position());  // at most 1 + 2 + 2 + 3 + 34 + 255 * 4
    return found;
}

descriptor_patch rewrite(const descriptor& of, bytes payload, std::uint16_t picture_id,
                         std::uint8_t tl0_picture_index) noexcept {
    descriptor_patch patch;
    patch.append(load_u8(payload, 0));
    patch.replaced = 1;
    if (of.has_picture_id) {
        patch.append_picture_id(picture_id);
        patch.replaced = of.long_picture_id ? 3 : 2;
    }
    if (of.has_tl0_picture_index) {
        patch.append(load_u8(payload, patch.replaced));
        patch.append(tl0_picture_index);
        patch.replaced = static_cast<std::uint8_t>(patch.replaced + 2);
    }
    return patch;
}

}  // namespace conf::rtp::vp9

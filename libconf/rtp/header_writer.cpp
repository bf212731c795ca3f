#include "libconf/rtp/header_writer.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>

namespace conf::rtp {
namespace {

constexpr std::size_t block_header_bytes = 4;

constexpr bool fits_one_byte(const extension_element& element) noexcept {
    return element.id <= one_byte_id_max && !element.value.empty() &&
           element.value.size() <= one_byte_value_bytes_max;
}

}  // namespace

header_writer::header_writer(std::span<const extension_element> elements) noexcept : elements_(elements) {
    if (elements.empty()) return;
    std::size_t values = 0;
    for (const auto& element : elements) {
        check(element.id != 0 && element.value.size() <= two_byte_value_bytes_max);
        values += element.value.size();
        two_byte_ = two_byte_ || !fits_one_byte(element);
    }
    const std::size_t element_header = two_byte_ ? 2 : 1;
    size_ = header_bytes + block_header_bytes + align4(values + element_header * elements.size());
}

std::size_t header_writer::write(mutable_bytes to, const header_fields& fields) const noexcept {
    check(to.size() >= size_);
    to[0] =
        static_cast<std::byte>(version << 6 | (fields.padding ? 0x20 : 0) | (elements_.empty() ? 0 : 0x10));
    to[1] = static_cast<std::byte>((fields.marker ? 0x80 : 0) | (fields.payload_type & 0x7F));
    store_u16(to, 2, fields.sequence_number);
    store_u32(to, 4, fields.timestamp);
    store_u32(to, 8, fields.ssrc);
    if (elements_.empty()) return size_;

    const auto words = (size_ - header_bytes - block_header_bytes) / 4;
    store_u16(to, header_bytes, two_byte_ ? two_byte_profile : one_byte_profile);
    store_u16(to, header_bytes + 2, static_cast<std::uint16_t>(words));
    auto at = header_bytes + block_header_bytes;
    for (const auto& element : elements_) {
        const auto size = element.value.size();
        if (two_byte_) {
            to[at] = static_cast<std::byte>(element.id);
            to[at + 1] = static_cast<std::byte>(size);
            at += 2;
        } else {
            to[at] = static_cast<std::byte>(unsigned{element.id} << 4 | static_cast<unsigned>(size - 1));
            at += 1;
        }
        std::ranges::copy(element.value, to.subspan(at).begin());
        at += size;
    }
    std::ranges::fill(to.subspan(at, size_ - at), std::byte{0});
    return size_;
}

}  // namespace conf::rtp

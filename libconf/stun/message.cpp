#include "libconf/stun/message.hpp"

#include <algorithm>
#include <string>

namespace conf::stun {
namespace {

// RFC 8489 §5: the class bits C1 C0 stand at 8 and 4, the twelve method bits around them.
constexpr message_class class_of(std::uint16_t type) noexcept {
    return static_cast<message_class>((type >> 7 & 2) | (type >> 4 & 1));
}
constexpr method method_of(std::uint16_t type) noexcept {
    return static_cast<method>((type & 0x000F) | (type >> 1 & 0x0070) | (type >> 2 & 0x0F80));
}
static_assert(class_of(0x0101) == message_class::success_response && method_of(0x0101) == method::binding);
static_assert(class_of(0x0113) == message_class::error_response && method_of(0x0113) == method::allocate);
static_assert(class_of(0x0017) == message_class::indication && method_of(0x0017) == method::data);

class category final : public std::error_category {
public:
    const char* name() const noexcept override { return "stun"; }
    std::string message(int value) const override {
        switch (static_cast<stun_errc>(value)) {
            case stun_errc::truncated: return "shorter than a STUN header";
            case stun_errc::not_stun: return "no STUN message";
            case stun_errc::bad_length: return "the header's length is not the datagram's";
            case stun_errc::attribute_overrun: return "an attribute reaches behind the end";
            case stun_errc::too_many_attributes: return "more than 64 attributes";
            case stun_errc::bad_attribute_length: return "an attribute has a length that it cannot have";
            case stun_errc::fingerprint_not_last: return "an attribute follows FINGERPRINT";
        }
        return "unknown STUN error";
    }
};

}  // namespace

const std::error_category& stun_category() noexcept {
    static const category instance;
    return instance;
}

bool looks_like_stun(bytes datagram) noexcept {
    return datagram.size() >= header_bytes && load_u8(datagram, 0) < 4 &&
           load_u32(datagram, 4) == magic_cookie;
}

result<message> message::parse(bytes datagram) {
    if (datagram.size() < header_bytes) return stun_errc::truncated;
    if (!looks_like_stun(datagram)) return stun_errc::not_stun;
    const std::size_t length = load_u16(datagram, 2);
    if (length % 4 != 0 || length != datagram.size() - header_bytes) return stun_errc::bad_length;

    message parsed;
    parsed.whole_ = datagram;
    const auto type = load_u16(datagram, 0);
    parsed.method_ = method_of(type);
    parsed.class_ = class_of(type);
    parsed.trusted_end_ = datagram.size();
    if (auto read = parsed.read_attributes(); !read) return read.error();
    return parsed;
}

result<void> message::read_attributes() {
    std::size_t count = 0;
    for (auto at = header_bytes; at < whole_.size();) {
        if (++count > attributes_max) return stun_errc::too_many_attributes;
        // The header always fits: both sizes are multiples of four.
        const auto padded = align4(load_u16(whole_, at + 2));
        if (padded > whole_.size() - at - attribute_header_bytes) return stun_errc::attribute_overrun;
        if (auto noted = note(at, attribute_at(at)); !noted) return noted;
        at += attribute_header_bytes + padded;
    }
    return {};
}

result<void> message::note(std::size_t at, const attribute& found) {
    if (fingerprint_at_) return stun_errc::fingerprint_not_last;
    const auto size = found.value.size();
    switch (found.type) {
        case attribute_type::message_integrity:
            if (size != 20) return stun_errc::bad_attribute_length;
            if (!integrity_at_ && !integrity_sha256_at_) integrity_at_ = at;
            break;
        case attribute_type::message_integrity_sha256:
            // RFC 8489 §14.6: may be truncated to no less than 16 bytes, in steps of four.
            if (size < 16 || size > 32 || size % 4 != 0) return stun_errc::bad_attribute_length;
            if (!integrity_sha256_at_) integrity_sha256_at_ = at;
            break;
        case attribute_type::fingerprint:
            if (size != 4) return stun_errc::bad_attribute_length;
            fingerprint_at_ = at;
            break;
        case attribute_type::username:
            if (size > username_bytes_max) return stun_errc::bad_attribute_length;
            return {};
        default: return {};
    }
    trusted_end_ = std::min(trusted_end_, at);
    return {};
}

transaction_id message::transaction_id() const noexcept {
    stun::transaction_id id;
    std::ranges::copy(whole_.subspan(8, id.size()), id.begin());
    return id;
}

attribute message::attribute_at(std::size_t at) const noexcept {
    return {static_cast<attribute_type>(load_u16(whole_, at)),
            whole_.subspan(at + attribute_header_bytes, load_u16(whole_, at + 2))};
}

std::optional<bytes> message::find(attribute_type type) const noexcept {
    for (auto at = header_bytes; at < trusted_end_;
         at += attribute_header_bytes + align4(load_u16(whole_, at + 2))) {
        if (load_u16(whole_, at) == static_cast<std::uint16_t>(type)) return attribute_at(at).value;
    }
    return std::nullopt;
}

}  // namespace conf::stun

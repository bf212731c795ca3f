/// STUN messages: reading them without copying, RFC 8489 §5 and §14.
#pragma once

#include "libconf/base/bytes.hpp"

#include <conf/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <system_error>

namespace conf::stun {

inline constexpr std::uint32_t magic_cookie = 0x2112A442;
inline constexpr std::size_t header_bytes = 20;
inline constexpr std::size_t attribute_header_bytes = 4;
inline constexpr std::size_t attributes_max = 64;       // a client needs about ten
inline constexpr std::size_t username_bytes_max = 508;  // RFC 8489 §14.3: fewer than 509

enum class method : std::uint16_t {
    binding = 0x001,
    allocate = 0x003,
    refresh = 0x004,
    send = 0x006,
    data = 0x007,
    create_permission = 0x008,
    channel_bind = 0x009,
};

enum class message_class : std::uint8_t { request, indication, success_response, error_response };

enum class attribute_type : std::uint16_t {
    mapped_address = 0x0001,
    username = 0x0006,
    message_integrity = 0x0008,
    error_code = 0x0009,
    unknown_attributes = 0x000A,
    channel_number = 0x000C,
    lifetime = 0x000D,
    xor_peer_address = 0x0012,
    data = 0x0013,
    realm = 0x0014,
    nonce = 0x0015,
    xor_relayed_address = 0x0016,
    requested_address_family = 0x0017,
    even_port = 0x0018,
    requested_transport = 0x0019,
    dont_fragment = 0x001A,
    message_integrity_sha256 = 0x001C,
    password_algorithm = 0x001D,
    userhash = 0x001E,
    xor_mapped_address = 0x0020,
    reservation_token = 0x0022,
    priority = 0x0024,
    use_candidate = 0x0025,
    additional_address_family = 0x8000,
    address_error_code = 0x8001,
    password_algorithms = 0x8002,
    icmp = 0x8004,
    software = 0x8022,
    alternate_server = 0x8023,
    fingerprint = 0x8028,
    ice_controlled = 0x8029,
    ice_controlling = 0x802A,
};

/// RFC 8489 §14: a receiver that does not know one of these must not process the message.
[[nodiscard]] constexpr bool comprehension_required(attribute_type type) noexcept {
    return static_cast<std::uint16_t>(type) < 0x8000;
}

using transaction_id = std::array<std::byte, 12>;

struct attribute {
    attribute_type type{};
    bytes value;  // without padding
};

/// A message that is well formed; whether it is genuine is another question (integrity.hpp).
///
/// A view: the bytes must outlive it. Immutable; any thread.
class message {
public:
    /// Accepts exactly one whole message.
    /// @return `stun_errc::…` for anything that RFC 8489 §6.3 calls malformed.
    static result<message> parse(bytes datagram);

    [[nodiscard]] stun::method method() const noexcept { return method_; }
    [[nodiscard]] message_class type() const noexcept { return class_; }
    [[nodiscard]] stun::transaction_id transaction_id() const noexcept;
    [[nodiscard]] bytes whole() const noexcept { return whole_; }

    /// The first attribute of that type. Attributes behind MESSAGE-INTEGRITY are not found, because nothing
    /// vouches for them (RFC 8489 §14.5).
    [[nodiscard]] std::optional<bytes> find(attribute_type type) const noexcept;

    /// Visits the same attributes in their order.
    template <class Visitor>
    void for_each(Visitor&& visit) const {
        for (auto at = header_bytes; at < trusted_end_;
             at += attribute_header_bytes + align4(load_u16(whole_, at + 2))) {
            visit(attribute_at(at));
        }
    }

    /// Where the attribute begins in `whole()`; nothing if the message has none.
    [[nodiscard]] std::optional<std::size_t> integrity_at() const noexcept { return integrity_at_; }
    [[nodiscard]] std::optional<std::size_t> integrity_sha256_at() const noexcept {
        return integrity_sha256_at_;
    }
    [[nodiscard]] std::optional<std::size_t> fingerprint_at() const noexcept { return fingerprint_at_; }
    [[nodiscard]] attribute attribute_at(std::size_t at) const noexcept;

private:
    result<void> read_attributes();
    result<void> note(std::size_t at, const attribute& found);

    bytes whole_;
    stun::method method_{};
    message_class class_{};
    std::size_t trusted_end_ = 0;
    std::optional<std::size_t> integrity_at_;
    std::optional<std::size_t> integrity_sha256_at_;
    std::optional<std::size_t> fingerprint_at_;
};

/// Whether these bytes can be the beginning of a STUN message at all: two zero bits and the cookie (RFC
/// 7983).
[[nodiscard]] bool looks_like_stun(bytes datagram) noexcept;

enum class stun_errc {
    truncated = 1,         ///< shorter than a header
    not_stun,              ///< top bits or magic cookie
    bad_length,            ///< header length differs from the datagram, or is no multiple of four
    attribute_overrun,     ///< an attribute reaches behind the end
    too_many_attributes,   ///< more than `attributes_max`
    bad_attribute_length,  ///< a length that this attribute cannot have
    fingerprint_not_last,  ///< something follows FINGERPRINT
};

[[nodiscard]] const std::error_category& stun_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(stun_errc code) noexcept {
    return {static_cast<int>(code), stun_category()};
}

}  // namespace conf::stun

template <>
struct std::is_error_code_enum<conf::stun::stun_errc> : std::true_type {};

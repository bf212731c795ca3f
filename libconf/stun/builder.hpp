/// STUN messages: writing them into a buffer of the caller's.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/ip_address.hpp"
#include "libconf/stun/attributes.hpp"
#include "libconf/stun/message.hpp"

namespace conf::stun {

/// Writes one message, attribute by attribute, in the order of the calls.
///
/// Every byte of the result is written, padding too: nothing of what was in the buffer before can leave
/// (SEC-TURN-7). A buffer that is too small is a bug of the caller and fails a check. Integrity and
/// fingerprint come last, in that order. Belongs to the function that uses it.
class message_builder {
public:
    message_builder(mutable_bytes buffer, message_class type, method which, const transaction_id& id);

    message_builder& add(attribute_type type, bytes value);
    message_builder& add_u32(attribute_type type, std::uint32_t value);
    message_builder& add_xor_address(attribute_type type, const endpoint& at);
    message_builder& add_address(attribute_type type, const endpoint& at);  ///< not masked: ALTERNATE-SERVER
    message_builder& add_error(error_code code);                            ///< with an empty reason phrase
    message_builder& add_address_error(ip_family family, error_code code);  ///< ADDRESS-ERROR-CODE
    message_builder& add_family(attribute_type type, ip_family family);

    /// Everything before is covered. `key` as from long_term_key or the short-term password.
    message_builder& add_integrity(bytes key);         ///< MESSAGE-INTEGRITY, HMAC-SHA1
    message_builder& add_integrity_sha256(bytes key);  ///< MESSAGE-INTEGRITY-SHA256, not truncated
    message_builder& add_fingerprint();

    /// Writes the attribute's header only; the caller sends `size` bytes and their padding behind `finish()`
    /// himself, so that a payload is never copied. Nothing can be added after it.
    message_builder& add_detached(attribute_type type, std::size_t size);

    /// The bytes written so far, with the right length in the header. Valid as long as the buffer.
    [[nodiscard]] bytes finish() noexcept;

private:
    mutable_bytes claim(attribute_type type, std::size_t size);
    void set_length(std::size_t behind_header) noexcept;

    mutable_bytes buffer_;
    std::size_t size_ = header_bytes;
    std::size_t detached_ = 0;
    transaction_id id_;
};

}  // namespace conf::stun

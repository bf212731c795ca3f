/// The few STUN and TURN messages a load program needs, written apart from libconf so that it shares none of
/// its faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace turn_load {

using byte_view = std::span<const std::uint8_t>;

/// An IPv4 address and port, both in host order. The bench runs on loopback and needs no other family.
struct endpoint {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
};

enum class method : std::uint16_t {
    binding = 0x001,
    allocate = 0x003,
    refresh = 0x004,
    send = 0x006,
    data = 0x007,
    create_permission = 0x008,
    channel_bind = 0x009,
};

enum class message_class : std::uint16_t {
    request = 0x000,
    indication = 0x010,
    success = 0x100,
    error = 0x110
};

enum class attribute : std::uint16_t {
    username = 0x0006,
    message_integrity = 0x0008,
    error_code = 0x0009,
    channel_number = 0x000c,
    lifetime = 0x000d,
    xor_peer_address = 0x0012,
    data = 0x0013,
    realm = 0x0014,
    nonce = 0x0015,
    xor_relayed_address = 0x0016,
    requested_transport = 0x0019,
};

inline constexpr std::size_t header_bytes = 20;
inline constexpr std::size_t channel_header_bytes = 4;
inline constexpr std::uint16_t first_channel = 0x4000;

/// What a long-term credential needs to sign: RFC 8489 §9.2.2, the MD5 form that every server knows.
std::vector<std::uint8_t> long_term_key(const std::string& user, const std::string& realm,
                                        const std::string& password);

/// Builds one message. The transaction id is `id` and eight fixed bytes: the socket is connected, nobody
/// guesses it.
class message_builder {
public:
    message_builder(method name, message_class kind, std::uint32_t id);

    void add(attribute type, byte_view value);
    void add(attribute type, const std::string& value);
    void add(attribute type, endpoint value);  // as an XOR address
    void add_word(attribute type, std::uint32_t value);
    void add_integrity(byte_view key);  // last, as HMAC-SHA1

    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

private:
    void begin(attribute type, std::size_t size);
    void set_length(std::size_t body);

    std::vector<std::uint8_t> bytes_;
};

/// A received message. The view must outlive it.
class message_view {
public:
    static std::optional<message_view> parse(byte_view datagram);

    [[nodiscard]] bool is(method name, message_class kind) const;
    [[nodiscard]] bool is_success() const;
    [[nodiscard]] std::uint32_t id() const;
    [[nodiscard]] std::optional<byte_view> find(attribute type) const;
    [[nodiscard]] std::string text(attribute type) const;
    [[nodiscard]] int error() const;  // 0: none
    [[nodiscard]] std::optional<endpoint> address(attribute type) const;

private:
    explicit message_view(byte_view datagram) : data_(datagram) {}
    byte_view data_;
};

/// A ChannelData message or a Send indication to `peer` with `payload_bytes` of zeros; where the payload
/// starts.
struct data_template {
    std::vector<std::uint8_t> bytes;
    std::size_t payload_offset = 0;
};
data_template channel_data(std::size_t payload_bytes);
data_template send_indication(endpoint peer, std::size_t payload_bytes);

/// The payload of what the server sent us: ChannelData or a Data indication. Empty: neither.
byte_view relayed_payload(byte_view datagram);

}  // namespace turn_load

// RTP packets: what parses is inside its bytes (SEC-RTP-1), and a header written anew says the same.
#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtx.hpp"
#include "tests/fuzz/target.hpp"

#include <array>
#include <vector>

namespace fuzz {
namespace {

using namespace conf::rtp;

void require_inside(bytes part, bytes whole) {
    require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

template <class Value>
void require_same(const Value& read, bytes value) {
    require(std::ranges::equal(to_bytes(read), value));
}

void read_every_way(bytes value) {
    if (const auto read = read_audio_level(value)) require_same(*read, value);
    if (const auto read = read_transport_sequence(value)) require_same(*read, value);
    if (const auto read = read_abs_send_time(value)) require_same(*read, value);
    if (const auto read = read_video_orientation(value)) require(read->rotation_degrees % 90 == 0);
    if (const auto read = read_stream_id(value)) {
        require(!read->empty() && read->size() <= stream_id_bytes_max);
        require_inside(conf::as_bytes(*read), value);
    }
}

}  // namespace

void target::rtp(bytes input) {
    const auto packet = parse_packet(input);
    if (!packet) return;
    require(packet->payload_offset + packet->payload_size + packet->padding_size == std::ssize(input));
    require_inside(packet->payload(), input);
    require_inside(packet->extension_block(), input);
    require(packet->padding_only() == (packet->payload().empty() && packet->padding_size > 0));
    require(header_bytes + 4 * std::size_t{packet->csrc_count} <= packet->payload_offset);

    static std::vector<extension_element> elements;
    elements.clear();
    packet->for_each_extension([&](const extension_element& element) {
        require(element.id != 0);
        require_inside(element.value, packet->extension_block());
        require(packet->find_extension(element.id).has_value());
        read_every_way(element.value);
        elements.push_back(element);
    });

    const header_writer writer(elements);
    require(writer.size() % 4 == 0);
    static std::vector<std::byte> memory;
    memory.assign(writer.size(), std::byte{0xA5});
    writer.write(memory, {packet->timestamp, packet->ssrc, packet->sequence_number, packet->payload_type,
                          packet->marker, false});
    const auto again = parse_packet(memory);
    require(again.has_value() == (memory.size() <= packet_bytes_max));
    if (!again) return;
    require(again->timestamp == packet->timestamp && again->ssrc == packet->ssrc);
    require(again->sequence_number == packet->sequence_number && again->marker == packet->marker);
    require(again->payload_type == packet->payload_type && again->payload_size == 0);
    std::size_t at = 0;
    again->for_each_extension([&](const extension_element& element) {
        require(at < elements.size() && element.id == elements[at].id);
        require(std::ranges::equal(element.value, elements[at].value));
        ++at;
    });
    require(at == elements.size());
    if (const auto rtx = parse_rtx(packet->payload())) require_inside(rtx->original, input);
}

}  // namespace fuzz

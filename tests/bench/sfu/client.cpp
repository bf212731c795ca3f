#include "tests/bench/sfu/client.hpp"

#include "libconf/rtp/rtcp_builder.hpp"

namespace sfu_load {

client::client(role as, common& with)
    : transport(with), role_(as), own_ssrc_(static_cast<std::uint32_t>(with.random())) {}

void client::join(signalling& by, const media::publication& what) {
    asked_at_ns = wall_ns();
    const auto& local = open();
    auto answer = role_ == role::publisher ? by.publish(local, what) : by.play(local);
    for (const auto& section : answer.media)
        payload_types[section.kind == sdp::media_kind::video ? 1 : 0] = section.payload_type;
    connect(std::move(answer));
}

void client::send_report() {
    std::array<std::byte, 256> buffer;
    rtp::rtcp_builder compound(mutable_bytes(buffer).first(200));
    std::array<rtp::report_block, 2> blocks;
    std::size_t count = 0;
    for (std::size_t i = 0; i < streams.size(); ++i) {
        if (!streams[i].started()) continue;
        blocks[count++] = {.ssrc = ssrcs[i], .highest_sequence = streams[i].highest()};
    }
    if (count == 0 || !compound.add_receiver_report(own_ssrc_, std::span(blocks).first(count))) return;
    send(peer().protect_rtcp(buffer, compound.finish().size()));
}

}  // namespace sfu_load

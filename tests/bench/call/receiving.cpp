#include "tests/bench/call/receiving.hpp"

#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/bench/peer/payload.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace call_load {

receiving::receiving(poller& by, bench::datagram_reader& reader, bench::shared& with, arrivals& count)
    : count_(count),
      link_(by, reader, with,
            [this](mutable_bytes datagram, std::int64_t arrived_ns) { take(datagram, arrived_ns); }),
      own_ssrc_(static_cast<std::uint32_t>(with.random())) {}

std::string receiving::answer(const std::string& offer) {
    const auto parsed = sdp::parse(offer);
    auto read = media::read_description(offer);
    if (!parsed || !read) throw std::runtime_error("an offer of the server that cannot be read");
    if (!begun_) (void)link_.end.open();
    auto made = sdp::write(media::answer_to(*parsed, link_.end.local()));
    for (const auto& section : read->media) {
        if (section.rtx_ssrc) repeating_.insert(*section.rtx_ssrc);
        if (!section.ssrc || by_ssrc_.contains(*section.ssrc)) continue;
        by_ssrc_.emplace(*section.ssrc, streams_.size());
        auto& one = streams_.emplace_back();
        one.mid = section.mid;
        one.is_video = section.kind == sdp::media_kind::video;
        one.ssrc = *section.ssrc;
    }
    if (!std::exchange(begun_, true)) link_.end.connect(*std::move(read));
    return made;
}

void receiving::set_tracks(const nlohmann::json& tracks) {
    for (auto& one : streams_) one.participant.clear();
    for (const auto& each : tracks) {
        const auto found = std::ranges::find(streams_, each.at("mid").get<std::string>(), &stream::mid);
        if (found == streams_.end()) throw std::runtime_error("a track in a section that no offer had");
        found->participant = each.at("participant").get<std::string>();
        found->source = each.at("source").get<std::string>();
    }
}

void receiving::take(mutable_bytes datagram, std::int64_t arrived_ns) {
    const auto got = link_.end.handle_media(datagram);
    if (got.what == media::received_packet::kind::refused) ++count_.refused;
    if (got.what != media::received_packet::kind::rtp) return;
    const auto packet = rtp::parse_packet(got.plain);
    if (!packet) {
        ++count_.refused;
        return;
    }
    const auto known = by_ssrc_.find(packet->ssrc);
    if (known == by_ssrc_.end()) {
        ++(repeating_.contains(packet->ssrc) ? count_.repeated : count_.undeclared);
        return;
    }
    ++count_.genuine;
    auto& of = streams_[known->second];
    of.numbers.note(packet->sequence_number);
    of.octets += packet->payload_size;
    if (!of.is_video && !of.participant.empty()) heard_.insert(of.participant);
    if (const auto sent_ns = bench::read_stamp(packet->payload())) {
        count_.added.note(arrived_ns - *sent_ns);
    } else {
        ++count_.unstamped;
    }
}

void receiving::send_reports() {
    if (!connected()) return;
    std::vector<rtp::report_block> blocks;
    for (const auto& one : streams_) {
        if (one.numbers.started())
            blocks.push_back({.ssrc = one.ssrc, .highest_sequence = one.numbers.highest()});
    }
    for (auto left = std::span(blocks); !left.empty();) {
        const auto part = left.first(std::min(left.size(), rtp::report_blocks_max));
        left = left.subspan(part.size());
        std::array<std::byte, 1100> buffer;
        rtp::rtcp_builder compound(mutable_bytes(buffer).first(1000));
        if (!compound.add_receiver_report(own_ssrc_, part)) return;
        link_.end.send(link_.end.peer().protect_rtcp(buffer, compound.finish().size()));
    }
}

void receiving::begin() {
    for (auto& one : streams_) {
        one.numbers.begin();
        one.octets = 0;
    }
}

}  // namespace call_load

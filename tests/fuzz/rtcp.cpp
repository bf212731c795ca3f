// RTCP compounds: what is accepted is read inside its bytes and in few steps (SEC-RTP-1, SEC-RTP-2), and what
// is built from it says the same.
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "tests/fuzz/target.hpp"

#include <array>
#include <vector>

namespace fuzz {
namespace {

using namespace conf::rtp;

std::vector<std::byte>& memory() {
    static std::vector<std::byte> bytes_of_a_datagram(65536 * 2);
    return bytes_of_a_datagram;
}

void require_inside(bytes part, bytes whole) {
    require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// The only packet of what was built.
rtcp_packet rebuilt(const rtcp_builder& out) {
    const auto compound = rtcp_compound::parse(out.finish());
    require(compound.has_value());
    int packets = 0;
    rtcp_packet found;
    compound->for_each([&](const rtcp_packet& packet) {
        found = packet;
        ++packets;
    });
    require(packets == 1);
    return found;
}

std::vector<report_block> list(const report_blocks& blocks) {
    std::vector<report_block> out;
    for (std::size_t i = 0; i < blocks.size(); ++i) out.push_back(blocks[i]);
    return out;
}

void reports(const rtcp_packet& packet) {
    rtcp_builder out(memory());
    if (const auto report = read_sender_report(packet)) {
        require(out.add_sender_report(report->sender, list(report->blocks)));
        const auto again = read_sender_report(rebuilt(out));
        require(again && again->sender == report->sender && list(again->blocks) == list(report->blocks));
    } else if (const auto receiver = read_receiver_report(packet)) {
        require(out.add_receiver_report(receiver->ssrc, list(receiver->blocks)));
        const auto again = read_receiver_report(rebuilt(out));
        require(again && again->ssrc == receiver->ssrc && list(again->blocks) == list(receiver->blocks));
    } else if (const auto bye = read_goodbye(packet)) {
        std::vector<std::uint32_t> ssrcs;
        for (std::size_t i = 0; i < bye->ssrcs.size(); ++i) ssrcs.push_back(bye->ssrcs[i]);
        if (ssrcs.empty()) return;
        require(out.add_goodbye(ssrcs));
        require(read_goodbye(rebuilt(out))->ssrcs.size() == ssrcs.size());
    }
    for_each_cname(packet, [&](const sdes_item& item) {
        require_inside(conf::as_bytes(item.text), packet.body);
        out.clear();
        require(out.add_cname(item.ssrc, item.text));
        int names = 0;
        for_each_cname(rebuilt(out), [&](const sdes_item& again) {
            require(again.ssrc == item.ssrc && again.text == item.text);
            ++names;
        });
        require(names == 1);
    });
    std::vector<dlrr_item> items;
    for_each_dlrr(packet, [&](const dlrr_item& item) { items.push_back(item); });
    if (items.empty()) return;
    out.clear();
    const auto taken = out.add_dlrr(1, items);
    require(taken == items.size());
    std::size_t at = 0;
    for_each_dlrr(rebuilt(out), [&](const dlrr_item& again) { require(again == items[at++]); });
    require(at == items.size());
}

void feedback(const rtcp_packet& packet) {
    rtcp_builder out(memory());
    if (const auto found = read_nack(packet)) {
        std::vector<std::uint16_t> missing;
        found->for_each([&](std::uint16_t number) { missing.push_back(number); });
        require(missing.size() <= found->items.size() / 4 * 17);
        // Rebuilt item by item: a sender may name them in any order.
        for (std::size_t at = 0; at < found->items.size(); at += 4) {
            nack item = *found;
            item.items = found->items.subspan(at, 4);
            missing.clear();
            item.for_each([&](std::uint16_t number) { missing.push_back(number); });
            out.clear();
            require(out.add_nack(found->sender_ssrc, found->media_ssrc, missing) == missing.size());
            require(std::ranges::equal(read_nack(rebuilt(out))->items, item.items));
        }
    }
    if (const auto found = read_fir(packet)) {
        for (std::size_t i = 0; i < found->size(); ++i) {
            out.clear();
            require(out.add_fir(found->sender_ssrc, (*found)[i].ssrc, (*found)[i].command));
            require((*read_fir(rebuilt(out)))[0].command == (*found)[i].command);
        }
    }
    if (const auto found = read_remb(packet)) {
        for (std::size_t i = 0; i < found->ssrcs.size(); ++i) static_cast<void>(found->ssrcs[i]);
    }
    const auto found = read_transport_feedback(packet);
    if (!found) return;
    struct arrival {
        std::uint16_t offset;
        conf::instant at;
    };
    std::vector<arrival> arrivals;
    found->for_each_received([&](std::uint16_t number, conf::duration at) {
        arrivals.push_back({static_cast<std::uint16_t>(number - found->base_sequence), conf::instant(at)});
    });
    require(arrivals.size() <= packet.body.size());
    if (arrivals.empty()) return;
    for (const auto& a : arrivals) require(a.offset < found->status_count);

    transport_feedback_writer writer(found->base_sequence, arrivals.front().at, 1400);
    std::size_t written = 0;
    std::size_t next = 0;
    for (const auto& a : arrivals) {
        if (!writer.add(a.offset - next, a.at)) break;
        next = a.offset + std::size_t{1};
        ++written;
    }
    if (written == 0) return;
    require(writer.statuses() == next);
    out.clear();
    require(out.add_transport_feedback(writer, found->sender_ssrc, found->media_ssrc, found->feedback_count));
    const auto again = read_transport_feedback(rebuilt(out));
    require(again && again->base_sequence == found->base_sequence && again->status_count == next);
    std::size_t at = 0;
    again->for_each_received([&](std::uint16_t number, conf::duration when) {
        require(at < written);
        require(static_cast<std::uint16_t>(number - again->base_sequence) == arrivals[at].offset);
        // The reference is 24 bits long, and what was read may lie before its zero.
        const auto error = conf::instant(when) - arrivals[at].at;
        require(error % (conf::rtp::feedback_reference_unit * 0x1000000) == conf::duration(0));
        ++at;
    });
    require(at == written);
}

}  // namespace

void target::rtcp(bytes input) {
    const auto compound = rtcp_compound::parse(input);
    if (!compound) return;
    std::size_t bodies = 0;
    compound->for_each([&](const rtcp_packet& packet) {
        require_inside(packet.body, input);
        bodies += rtcp_header_bytes + packet.body.size();
        reports(packet);
        feedback(packet);
        if (const auto found = read_receiver_reference_time(packet)) static_cast<void>(found->ntp.middle());
    });
    require(bodies <= input.size());
}

}  // namespace fuzz

// Nothing on the way of a packet allocates once the lists have grown: parsing, deciding, rewriting, feedback.
#include "libconf/rtp/av1.hpp"
#include "libconf/rtp/dependency_descriptor.hpp"
#include "libconf/rtp/dominant_speaker.hpp"
#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/h264.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/nack_generator.hpp"
#include "libconf/rtp/opus.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/receiver_stats.hpp"
#include "libconf/rtp/red.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/rtp/sequence.hpp"
#include "libconf/rtp/twcc_recorder.hpp"
#include "libconf/rtp/vp8.hpp"
#include "libconf/rtp/vp9.hpp"
#include "tests/rtp/allocation_counter.hpp"
#include "tests/rtp/dd_writer.hpp"
#include "tests/rtp/octets.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace {

using namespace conf::rtp;
using conf::duration;
using conf::instant;
using namespace std::chrono_literals;

/// A publisher's packets, one every 2 ms with losses, and all that is done with each.
class pipeline {
public:
    void run(int packets) {
        for (; packets > 0; --packets, now_ += 2ms) {
            ++number_;
            if (number_ % 17 == 0) continue;  // lost
            step(number_);
            if (number_ % 50 == 0) step(static_cast<std::uint16_t>(number_ - 16));
        }
    }

    std::size_t forwarded = 0;
    std::size_t requested = 0;
    std::size_t reported = 0;

private:
    void step(std::uint16_t number) {
        const auto sequence = to_bytes(number);
        const auto level = to_bytes(audio_level{static_cast<std::uint8_t>(number % 128), true});
        const std::array elements{extension_element{1, sequence}, extension_element{2, level}};
        const header_writer writer(elements);
        const auto size = writer.write(wire_, {number * 90U, 1, number, 96, true, false});
        std::ranges::copy(payload_, conf::mutable_bytes(wire_).subspan(size).begin());

        const auto packet = parse_packet(conf::bytes(wire_).first(size + payload_.size()));
        const auto accepted = gate_.accept(packet->sequence_number);
        stats_.on_packet(accepted.extended, packet->timestamp, now_);
        nacks_.on_packet(accepted.extended, false, now_);
        arrivals_.record(read_transport_sequence(*packet->find_extension(1)).value(), now_);
        speakers_.on_level(number % 8, read_audio_level(*packet->find_extension(2))->level, now_);
        speakers_.handle_timeout(now_);

        const auto payload = packet->payload();
        if (const auto found = vp8::parse(payload))
            forwarded += vp8::rewrite(*found, payload, number, 1).size;
        if (const auto found = vp9::parse(payload))
            forwarded += vp9::rewrite(*found, payload, number, 1).size;
        if (const auto found = h264::parse(payload)) forwarded += found->key_frame() ? 1 : 0;
        if (const auto found = av1::parse(payload)) forwarded += found->elements;
        if (const auto found = red::payload_view::parse(payload)) forwarded += found->size();
        if (const auto found = opus::packet_duration(payload)) forwarded += 1;
        if (const auto found = parse_dependency_descriptor(descriptor_, nullptr, *structure_)) {
            forwarded +=
                write_active_decode_targets(wire_, descriptor_, *found, structure_->decode_target_count, 1);
        }
        feedback();
    }

    void feedback() {
        rtcp_builder out(rtcp_);
        const auto block = stats_.report(now_);
        std::ignore = out.add_receiver_report(1, std::span(&*block, 1));
        std::ignore = out.add_cname(1, "a participant");
        std::array<std::uint16_t, 100> due;
        const auto count = nacks_.take_due(now_, 30ms, due);
        requested += count;
        if (count > 0) std::ignore = out.add_nack(1, 2, std::span(due).first(count));
        if (nacks_.take_key_frame_request()) std::ignore = out.add_pli(1, 2);
        if (arrivals_.deadline() && *arrivals_.deadline() <= now_) arrivals_.report(out, 1, 2);
        rtcp_compound::parse(out.finish())->for_each([&](const rtcp_packet& packet) {
            if (const auto found = read_transport_feedback(packet)) {
                found->for_each_received([&](std::uint16_t, duration) { ++reported; });
            }
        });
    }

    const vectors::buffer payload_ = vectors::octets("90e081230740 00dc20 9d012a 8002 e001 0102030405");
    const vectors::buffer descriptor_ = [] {
        conf::sim::dice random(1);
        const auto structure = dd::random_structure(random);
        return dd::write({{true, false, structure.template_id_offset, 1}, structure, {}, {}, {}, {}},
                         structure)
            .out();
    }();
    std::unique_ptr<dependency_structure> structure_ = std::make_unique<dependency_structure>();
    std::array<std::byte, 1500> wire_{};
    std::array<std::byte, 1200> rtcp_{};
    instant now_{1h};
    std::uint16_t number_ = 65'000;
    sequence_gate gate_;
    receiver_stats stats_{1, 90'000};
    nack_generator nacks_;
    twcc_recorder arrivals_;
    dominant_speaker speakers_;
};

}  // namespace

TEST_CASE("10 000 packets through everything: no allocation after the first thousand", "[rtp]") {
    pipeline made;
    made.run(1'000);
    const auto forwarded = made.forwarded;
    const auto before = allocations::so_far();
    made.run(10'000);
    const auto counted = allocations::so_far() - before;
    CHECK(counted == 0);
    // It did what it was to do.
    CHECK(made.forwarded > forwarded + 10'000 * 10);
    CHECK(made.requested > 500);
    CHECK(made.reported > 9'000);
}

TEST_CASE("the counter of allocations counts", "[rtp]") {
    const auto before = allocations::so_far();
    const auto made = std::make_unique<std::array<int, 100>>();
    CHECK(made);
    CHECK(allocations::so_far() > before);
}

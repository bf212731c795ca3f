// Frames into payloads and back, with packets that are lost, late, twice, or nothing of ours.
#include "libconf/media/packetize.hpp"

#include "libconf/media/frame_assembler.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using media::frame_assembler;
using verdict = frame_assembler::verdict;

namespace {

// The first byte of a VP8 frame says whether it is a key frame.
std::vector<std::byte> frame_of(std::size_t size, bool key_frame, unsigned seed) {
    std::vector<std::byte> made(size);
    for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<std::byte>(i * 7 + seed);
    made[0] = std::byte{key_frame ? std::uint8_t{0x10} : std::uint8_t{0x11}};
    return made;
}

struct packet {
    std::uint64_t number;
    std::uint32_t rtp_timestamp;
    bool marker;
    std::vector<std::byte> payload;
};

struct stream {
    explicit stream(sdp::codec which) : codec(which) {}

    sdp::codec codec;
    std::uint64_t next = 65'530;
    std::uint32_t rtp_timestamp = 0;
    std::vector<std::vector<std::byte>> frames;
    std::vector<packet> packets;

    void add(std::size_t size, bool key_frame) {
        frames.push_back(frame_of(size, key_frame, static_cast<unsigned>(frames.size())));
        const auto pieces = media::packetize(codec, frames.back(), key_frame,
                                             static_cast<std::uint16_t>(frames.size() + 0x7FFE), 100);
        for (const auto& one : pieces)
            packets.push_back({next++, rtp_timestamp, &one == &pieces.back(), one});
        rtp_timestamp += 3000;
    }
};

verdict give(frame_assembler& to, const packet& one) {
    return to.insert(one.number, one.rtp_timestamp, one.marker, one.payload);
}

}  // namespace

TEST_CASE("packetize: nearly equal pieces within the limit, put together to the same frame") {
    const auto codec = GENERATE(sdp::codec::vp8, sdp::codec::vp9);
    const auto size = GENERATE(as<std::size_t>{}, 1, 2, 95, 96, 97, 98, 193, 5000);
    const bool key_frame = GENERATE(true, false);
    const auto frame = frame_of(size, key_frame, 3);
    const auto pieces = media::packetize(codec, frame, key_frame, 0x1234, 100);
    std::size_t least = 100;
    std::size_t most = 0;
    std::vector<std::byte> again;
    for (const auto& one : pieces) {
        least = std::min(least, one.size());
        most = std::max(most, one.size());
        const auto read = media::depacketize(codec, one);
        REQUIRE(read);
        const bool first = &one == &pieces.front();
        CHECK(read->starts_frame == first);
        CHECK(read->starts_key_frame == (first && key_frame));
        again.insert(again.end(), read->data.begin(), read->data.end());
    }
    CHECK(most <= 100);
    CHECK(most - least <= 1);
    CHECK(again == frame);
}

TEST_CASE("frame assembler: in any order, each twice, across the wrap of the sequence number") {
    const auto codec = GENERATE(sdp::codec::vp8, sdp::codec::vp9);
    stream sent(codec);
    sent.add(450, true);
    for (int i = 0; i < 20; ++i) sent.add(static_cast<std::size_t>(50 + 37 * i), i == 12);
    frame_assembler assembler(codec);
    std::vector<std::vector<std::byte>> got;
    for (std::size_t i = 0; i < sent.packets.size(); i += 4) {
        // Four packets backwards, each twice.
        for (std::size_t j = std::min(i + 4, sent.packets.size()); j-- > i;) {
            CHECK(give(assembler, sent.packets[j]) == verdict::taken);
            CHECK(give(assembler, sent.packets[j]) == verdict::useless);
        }
        while (auto frame = assembler.take()) got.push_back(std::move(frame->data));
    }
    CHECK(got == sent.frames);
    CHECK(give(assembler, sent.packets[3]) == verdict::useless);
}

TEST_CASE("frame assembler: a hole stops it until it is filled or a whole key frame comes") {
    stream sent(sdp::codec::vp8);
    for (int i = 0; i < 6; ++i) sent.add(250, i == 0 || i == 4);  // three packets each
    frame_assembler assembler(sdp::codec::vp8);
    const auto hole = std::size_t{4};
    for (std::size_t i = 0; i < 14; ++i) {
        if (i != hole) CHECK(give(assembler, sent.packets[i]) == verdict::taken);
    }
    CHECK(assembler.take()->data == sent.frames[0]);
    CHECK_FALSE(assembler.take());  // of the key frame, the last packet is not there yet
    SECTION("filled") {
        CHECK(give(assembler, sent.packets[hole]) == verdict::taken);
        CHECK(assembler.take()->data == sent.frames[1]);
        CHECK(assembler.take()->data == sent.frames[2]);
        CHECK(assembler.take()->data == sent.frames[3]);
        CHECK_FALSE(assembler.take());
    }
    SECTION("a key frame") {
        CHECK(give(assembler, sent.packets[14]) == verdict::taken);
        const auto frame = assembler.take();
        REQUIRE(frame);
        CHECK(frame->key_frame);
        CHECK(frame->data == sent.frames[4]);
        CHECK(give(assembler, sent.packets[hole]) == verdict::useless);
    }
    SECTION("given up") {
        assembler.wait_for_key_frame();
        CHECK(give(assembler, sent.packets[hole]) == verdict::taken);
        CHECK_FALSE(assembler.take());
        CHECK(give(assembler, sent.packets[14]) == verdict::taken);
        CHECK(assembler.take()->data == sent.frames[4]);
    }
}

TEST_CASE("frame assembler: probes between frames have numbers and nothing else") {
    stream sent(sdp::codec::vp8);
    sent.add(50, true);
    sent.next += 2;
    sent.add(50, false);
    frame_assembler assembler(sdp::codec::vp8);
    CHECK(give(assembler, sent.packets[0]) == verdict::taken);
    CHECK(assembler.take());
    CHECK(give(assembler, sent.packets[1]) == verdict::taken);
    CHECK_FALSE(assembler.take());
    for (const auto number : {sent.packets[0].number + 2, sent.packets[0].number + 1})
        CHECK(assembler.insert(number, 0, false, {}) == verdict::taken);
    CHECK(assembler.take()->data == sent.frames[1]);
}

TEST_CASE("frame assembler: a start without a key frame, and at most so many packets wait") {
    stream sent(sdp::codec::vp8);
    while (sent.packets.size() <= frame_assembler::packets_max) sent.add(50, false);
    frame_assembler assembler(sdp::codec::vp8);
    for (std::size_t i = 0; i < frame_assembler::packets_max; ++i)
        REQUIRE(give(assembler, sent.packets[i]) == verdict::taken);
    CHECK(assembler.waits_for_key_frame());
    CHECK_FALSE(assembler.take());
    CHECK(give(assembler, sent.packets[frame_assembler::packets_max]) == verdict::overfull);
    sent.add(50, true);
    CHECK(give(assembler, sent.packets.back()) == verdict::taken);
    CHECK(assembler.take()->key_frame);
}

TEST_CASE("frame assembler: malformed payloads are refused") {
    frame_assembler vp8(sdp::codec::vp8);
    frame_assembler vp9(sdp::codec::vp9);
    CHECK(vp8.insert(1, 0, true, std::vector(1, std::byte{0x90})) == verdict::malformed);
    CHECK(vp8.insert(1, 0, true, std::vector(3, std::byte{0xFF})) == verdict::malformed);
    CHECK(vp9.insert(1, 0, true, std::vector(1, std::byte{0x80})) == verdict::malformed);
    CHECK(vp9.insert(1, 0, true, std::vector(4, std::byte{0xFF})) == verdict::malformed);
    CHECK_FALSE(media::depacketize(sdp::codec::h264, std::vector(9, std::byte{0x61})));
}

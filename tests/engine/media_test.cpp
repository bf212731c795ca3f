// From a publisher's camera to its players through one engine, everything encrypted.
#include "libconf/rtp/rtcp_feedback.hpp"
#include "tests/engine/peer.hpp"
#include "tests/sfu/room.hpp"

using namespace engine_test;

namespace {

constexpr std::uint32_t video_ssrc = 2001;

std::vector<std::byte> vp8_packet(std::uint16_t sequence, bool key) {
    return sfu_test::sent_packet{.ssrc = video_ssrc,
                                 .sequence = sequence,
                                 .timestamp = sequence * 3000U,
                                 .payload_type = 96,
                                 .marker = true,
                                 .payload = sfu_test::vp8_payload(key, true, sequence, 0)}
        .bytes_of();
}

/// The payloads of what a player got in one section, by the SSRC that its answer tells.
std::vector<std::vector<std::byte>> payloads_of(const peer& player, std::size_t section) {
    const auto ssrc = player.answer.media.at(section).ssrcs.front().ssrc;
    std::vector<std::vector<std::byte>> found;
    for (const auto& one : player.rtp) {
        const auto view = rtp::parse_packet(one);
        REQUIRE(view);
        if (view->ssrc == ssrc) found.emplace_back(view->payload().begin(), view->payload().end());
    }
    return found;
}

template <class Read>
std::size_t count_rtcp(const peer& of, Read&& read) {
    std::size_t found = 0;
    for (const auto& one : of.rtcp) {
        const auto parsed = rtp::rtcp_compound::parse(one);
        REQUIRE(parsed);
        parsed->for_each([&](const rtp::rtcp_packet& packet) { found += read(packet) ? 1 : 0; });
    }
    return found;
}

}  // namespace

TEST_CASE("what one publishes is what the others get", "[engine]") {
    world on;
    auto& early = on.play("room", {}, 2);  // before anybody publishes
    auto& ann = on.publish("room", "ann");
    auto& late = on.play("room", {.only = "ann", .except = {}});
    auto& elsewhere = on.play("another room");
    auto& ann_herself = on.play("room", {.only = {}, .except = "ann"});
    std::vector<std::vector<std::byte>> audio;
    std::vector<std::vector<std::byte>> video;
    for (std::uint16_t i = 0; i < 50; ++i) {
        // Over the roll-over of the sequence number.
        const auto number = static_cast<std::uint16_t>(65'510 + i);
        const auto sound = audio_packet(number);
        const auto picture = vp8_packet(number, i == 0);
        audio.push_back({sound.begin() + 12, sound.end()});
        video.push_back({picture.begin() + 12, picture.end()});
        ann.send_rtp(sound, 65'510U + i);
        ann.send_rtp(picture, 65'510U + i);
        on.carry();
        on.wait(20ms);
    }
    for (const auto* player : {&early, &late}) {
        CHECK(payloads_of(*player, 0) == audio);
        CHECK(payloads_of(*player, 1) == video);
        CHECK(player->rtp.size() == audio.size() + video.size());
    }
    CHECK(elsewhere.rtp.empty());
    CHECK(ann_herself.rtp.empty());
    CHECK(on.strays.empty());
    CHECK(on.core.media().packets_in == 100);
    CHECK(on.core.media().packets_out == 200);
    CHECK(on.core.count().rtp_in == 100);
    CHECK(on.core.now_here().connected == 5);
    CHECK(on.core.now_here().publishers == 1);
    CHECK(on.core.now_here().rooms == 2);
}

TEST_CASE("SEC-DTLS-5 each section has SSRCs of its own; two publishers share the streams by their order",
          "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& bob = on.publish("room", "bob");
    auto& player = on.play("room", {}, 2);
    ann.send_rtp(audio_packet(1), 1);
    bob.send_rtp(audio_packet(2), 2);
    on.carry();
    CHECK(payloads_of(player, 0) == std::vector<datagram>{datagram(30, std::byte{1})});
    CHECK(payloads_of(player, 2) == std::vector<datagram>{datagram(30, std::byte{2})});

    const auto& sections = player.answer.media;
    std::vector<std::string> streams;
    std::vector<std::uint32_t> ssrcs;
    for (const auto& one : sections) {
        streams.push_back(one.msids.front().stream);
        for (const auto& source : one.ssrcs) {
            ssrcs.push_back(source.ssrc);
            CHECK(source.cname == sections.front().ssrcs.front().cname);
        }
    }
    CHECK(streams == std::vector<std::string>{"conf-0", "conf-0", "conf-1", "conf-1"});
    CHECK(ssrcs.size() == 6);  // two with RTX
    std::ranges::sort(ssrcs);
    CHECK(std::ranges::adjacent_find(ssrcs) == ssrcs.end());
}

TEST_CASE("every profile carries media", "[engine]") {
    const auto which = GENERATE(srtp::profile::aead_aes_128_gcm, srtp::profile::aead_aes_256_gcm,
                                srtp::profile::aes128_cm_sha1_80);
    INFO(srtp::name_of(which));
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.join("room", std::nullopt, offer_of(player_offer(1)), {},
                           std::make_unique<peer>(path_of(7), "client", std::vector{which}));
    on.connect(player);
    REQUIRE(player.connected());
    CHECK(on.news.back().what == event_kind::connected);
    CHECK(on.news.back().profile == which);
    ann.send_rtp(audio_packet(9), 9);
    on.wait(3s);  // reports too
    CHECK(payloads_of(player, 0).size() == 1);
    CHECK_FALSE(player.rtcp.empty());
}

TEST_CASE("a player's NACK brings RTX, encrypted with its original sequence number", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& player = on.play("room");
    for (std::uint16_t i = 100; i < 110; ++i) ann.send_rtp(vp8_packet(i, i == 100), i);
    on.carry();
    REQUIRE(player.rtp.size() == 10);
    const auto lost = *rtp::parse_packet(player.rtp[4]);
    on.wait(50ms);
    const auto before = player.rtp.size();
    player.send_rtcp([&](rtp::rtcp_builder& to) {
        REQUIRE(to.add_nack(1, lost.ssrc, std::array{lost.sequence_number}) == 1);
    });
    on.carry();
    REQUIRE(player.rtp.size() == before + 1);
    const auto again = *rtp::parse_packet(player.rtp.back());
    CHECK(again.ssrc == player.answer.media.at(1).ssrcs.at(1).ssrc);
    CHECK(again.payload_type == 97);
    CHECK(load_u16(again.payload(), 0) == lost.sequence_number);
    CHECK(std::ranges::equal(again.payload().subspan(2), lost.payload()));
    CHECK(on.core.media().rtx_sent == 1);
}

TEST_CASE("a publisher is asked for a key frame and told how its packets arrive", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    ann.send_rtp(vp8_packet(1, true), 1);
    on.carry();
    on.play("room");
    on.wait(2s);
    CHECK(count_rtcp(ann, [](const rtp::rtcp_packet& packet) {
              const auto read = rtp::read_pli(packet);
              return read && read->media_ssrc == video_ssrc;
          }) >= 1);
    CHECK(count_rtcp(ann, [](const rtp::rtcp_packet& packet) {
              return rtp::read_receiver_report(packet).has_value();
          }) >= 1);
    CHECK(on.core.count().packets_out >= ann.rtcp.size());
}

TEST_CASE("what a packet makes urgent is done in time", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    on.play("room");
    ann.send_rtp(vp8_packet(1, true), 1);
    on.carry();
    on.wait(1100ms);  // the next reports are far
    ann.send_rtp(vp8_packet(3, false), 3);
    on.carry();
    on.wait(80ms);
    CHECK(count_rtcp(ann,
                     [](const rtp::rtcp_packet& packet) { return rtp::read_nack(packet).has_value(); }) >= 1);
}

TEST_CASE("one turn's packets are one batch", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    for (int i = 0; i < 20; ++i) on.play("room");
    for (std::uint16_t i = 0; i < 100; ++i) {
        auto data = ann.protect(audio_packet(i), i);
        on.core.handle(ann.at(), data, on.now, on.out);
    }
    CHECK(on.out.transmits.empty());
    CHECK(on.core.pending() == 2000);
    on.core.flush(on.out);
    CHECK(on.core.pending() == 0);
    CHECK(on.out.transmits.size() == 2000);  // their bytes stay where they are: peers decrypt each of them
    on.carry();
    for (const auto& one : on.peers) {
        if (one.get() != &ann) CHECK(payloads_of(*one, 0).size() == 100);
    }
    CHECK(on.core.packets_kept() <= 1024);
}

TEST_CASE("packets for somebody who has just left go nowhere", "[engine]") {
    world on;
    auto& ann = on.publish("room", "ann");
    auto& stays = on.play("room");
    auto& goes = on.play("room");
    auto data = ann.protect(audio_packet(1), 1);
    on.core.handle(ann.at(), data, on.now, on.out);
    REQUIRE(on.core.pending() == 2);
    CHECK(on.core.close(ann.session_name, on.now, on.out));  // its packet is still being sent
    CHECK(on.core.close(goes.session_name, on.now, on.out));
    // The next one takes the place of the one that left, and must not get its packets.
    on.holds_media = true;
    auto& next = on.play("other");
    CHECK(on.core.pending() == 2);
    on.holds_media = false;
    on.carry();
    CHECK(payloads_of(stays, 0).size() == 1);
    CHECK(goes.rtp.empty());
    CHECK(next.rtp.empty());
    CHECK(on.core.count().not_sent == 1);
}

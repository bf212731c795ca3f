// What we offer to those who receive, and how their answers are read.
#include "libconf/sdp/offer.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"

using namespace sdp_test;

namespace {

std::vector<offered_section> sections_of(std::size_t audio, std::size_t video) {
    std::vector<offered_section> made;
    for (std::size_t i = 0; i < audio + video; ++i) {
        const auto kind = i < audio ? media_kind::audio : media_kind::video;
        const auto number = static_cast<std::uint32_t>(i);
        const auto stream = "conf-" + std::to_string(i);
        made.push_back({.kind = kind,
                        .mid = std::to_string(i),
                        .sent = {.ssrc = 100 + number,
                                 .rtx_ssrc = 200 + number,
                                 .cname = "c",
                                 .msid = {stream, stream + "-t"}}});
    }
    return made;
}

/// A browser that takes everything.
session answer_to(const session& offer) {
    auto made = offer;
    made.ice_lite = false;
    for (auto& section : made.media) {
        section.direction = direction::recvonly;
        section.setup = setup_role::active;
        section.ice = {"Yf+0", "abcdefghijklmnopqrstuvwx", {}};
        section.msids.clear();
        section.ssrcs.clear();
        section.ssrc_groups.clear();
        section.candidates.clear();
    }
    return made;
}

}  // namespace

TEST_CASE("an offer has everything, reads back as it was written, and a sound stays a sound", "[sdp]") {
    const auto sections = sections_of(2, 2);
    const auto offer = make_offer({}, server(), sections);
    const auto text = write(offer);
    CHECK(parsed(text) == offer);
    CHECK(text.find("a=ice-lite\r\n") != std::string::npos);
    CHECK(text.find("a=group:BUNDLE 0 1 2 3\r\n") != std::string::npos);
    CHECK(text.find("a=msid:conf-2 conf-2-t\r\n") != std::string::npos);
    CHECK(text.find("a=ssrc-group:FID 102 202\r\n") != std::string::npos);
    CHECK(text.find("a=ssrc-group:FID 100 200\r\n") == std::string::npos);  // sound is not repeated
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        const auto& section = offer.media[i];
        CHECK(section.direction == direction::sendonly);
        CHECK(section.setup == setup_role::actpass);
        CHECK(section.candidates.empty() == (i != 0));
        for (const auto& one : section.formats) {
            const auto format = format_of(one);
            if (is_rtx(one)) {
                CHECK(section.kind == media_kind::video);
            } else {
                REQUIRE(format);
                CHECK(kind_of(format->codec) == section.kind);
            }
        }
        // Every codec that we know, each in a profile of its own.
        std::size_t codecs = 0;
        for (const auto& each : capabilities{}.codecs) {
            if (kind_of(each.codec) != section.kind) continue;
            ++codecs;
            CHECK(std::ranges::count_if(section.formats,
                                        [&](const auto& one) { return format_of(one) == each; }) == 1);
        }
        CHECK(section.formats.size() == (section.kind == media_kind::audio ? codecs : 2 * codecs));
    }
}

TEST_CASE("a longer offer changes nothing of a shorter one", "[sdp]") {
    const auto sections = sections_of(2, 3);
    const auto longer = make_offer({}, server(), sections);
    const auto shorter = make_offer({}, server(), std::span(sections).first(3));
    for (std::size_t i = 0; i < shorter.media.size(); ++i) CHECK(longer.media[i] == shorter.media[i]);
}

TEST_CASE("an answer tells what can be sent", "[sdp]") {
    const auto sections = sections_of(1, 1);
    const auto offer = make_offer({}, server(), sections);
    const auto whole = read_answer(parsed(write(answer_to(offer))), offer, {}, server(), sections);
    REQUIRE(whole);
    CHECK(whole->media.size() == 2);
    CHECK(whole->media[0].codecs.front().payload_type == 111);
    CHECK(whole->media[1].codecs.front().rtx_payload_type == 97);
    CHECK(whole->remote.ice.ufrag == "Yf+0");
    CHECK(whole->remote.setup == setup_role::active);

    auto vp8_only = answer_to(offer);
    std::erase_if(vp8_only.media[1].formats,
                  [](const payload_format& one) { return one.payload_type != 96; });
    const auto part = read_answer(vp8_only, offer, {}, server(), sections);
    REQUIRE(part);
    REQUIRE(part->media[1].codecs.size() == 1);
    CHECK_FALSE(part->media[1].codecs.front().rtx_payload_type);
}

TEST_CASE("an answer that means something else is refused, and says where", "[sdp]") {
    const auto sections = sections_of(1, 1);
    const auto offer = make_offer({}, server(), sections);
    const auto refusal_of = [&](const auto& spoil) {
        auto answer = answer_to(offer);
        spoil(answer);
        const auto read = read_answer(answer, offer, {}, server(), sections);
        REQUIRE_FALSE(read);
        return std::pair(read.error().status, read.error().message());
    };
    CHECK(refusal_of([](session& one) {
              one.media.pop_back();
              one.groups.front().mids.pop_back();
          }) == std::pair(400, std::string("session part: the offer has 2 sections, the answer 1")));
    CHECK(refusal_of([](session& one) { std::swap(one.media[0], one.media[1]); }) ==
          std::pair(400, std::string("section 1 (mid \"1\"): it does not answer the section of the offer "
                                     "in its place")));
    CHECK(refusal_of([](session& one) { one.media[1].formats[0].payload_type = 120; }) ==
          std::pair(400, std::string("section 2 (mid \"1\"): payload type 120 was not offered for that")));
    CHECK(refusal_of([](session& one) { one.media[1].extensions[0].id = 9; }) ==
          std::pair(400, std::string("section 2 (mid \"1\"): extension id 9 was not offered for that")));
    CHECK(refusal_of([](session& one) { one.media[1].direction = direction::inactive; }).first == 422);
    CHECK(refusal_of([](session& one) { one.media[0].fingerprints.clear(); }).first == 422);
    CHECK(refusal_of([](session& one) { one.media[0].setup = setup_role::passive; }).first == 422);
}

TEST_CASE("who calls may send in several sections, up to a limit", "[sdp]") {
    auto offer = parsed(publisher);
    auto another = offer.media;
    another[0].mid = "2";
    another[1].mid = "3";
    another[1].ssrcs.clear();
    another[1].ssrc_groups.clear();
    for (auto& one : another) offer.media.push_back(one);
    offer.groups.front().mids = {"0", "1", "2", "3"};
    CHECK(answer_whip(offer, {}, server()).error().status == 422);
    const auto answered = answer_sender(offer, {}, server(), 4);
    REQUIRE(answered);
    CHECK(answered->media.size() == 4);
    CHECK(answered->answer.media[3].direction == direction::recvonly);
    CHECK(answer_sender(offer, {}, server(), 3).error().message() ==
          "session part: at most 3 media sections");
}

// Codecs, RTX, feedback, extensions and simulcast: what of the offer is taken.
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"

namespace {

using namespace sdp_test;

/// The video section of a publisher with these formats and lines instead of its own.
std::string video_with(std::string_view formats, std::string_view lines) {
    const auto at = publisher.find("m=video");
    const auto rtpmap = publisher.find("a=rtpmap:96");
    auto section = replaced(publisher.substr(at, rtpmap - at), "96 97 98 99 45 46", formats);
    return std::string(publisher.substr(0, at)) + section + std::string(lines);
}

negotiated_media video_of(std::string_view formats, std::string_view lines, const capabilities& ours = {}) {
    auto got = whip(video_with(formats, lines), ours);
    INFO((got ? "" : got.error().message()));
    REQUIRE(got);
    CHECK(parsed(write(got->answer)) == got->answer);
    return got->media.at(1);
}

/// The payload types that the answer has, in its order.
std::vector<int> answered_formats(std::string_view offer, std::size_t section) {
    const auto got = whip(offer);
    INFO((got ? "" : got.error().message()));
    REQUIRE(got);
    std::vector<int> types;
    for (const auto& format : got->answer.media.at(section).formats) types.push_back(format.payload_type);
    return types;
}

struct formats_case {
    std::string why;
    std::string formats;
    std::string lines;
    std::vector<int> expected;
};

struct audio_case {
    std::string why;
    std::string what, by;
    std::vector<int> expected;
    std::string fmtp;
};

struct extension_case {
    std::string why;
    std::string line;
    std::uint8_t expected;
    direction answered = direction::sendrecv;
};

struct simulcast_case {
    std::string why;
    std::string lines;
    std::vector<std::string> rids;
    std::string answered;
};

}  // namespace

TEST_CASE("video formats that both sides have are taken, in the offer's order", "[sdp]") {
    const std::string vp8 = "a=rtpmap:96 VP8/90000\r\n";
    const auto c = GENERATE_COPY(values<formats_case>({
        {"VP8", "96", vp8, {96}},
        {"case of the name", "96", "a=rtpmap:96 vp8/90000\r\n", {96}},
        {"the offer's order", "98 96", vp8 + "a=rtpmap:98 VP9/90000\r\n", {98, 96}},
        {"VP9 profiles 0 and 2, not 1 and 3",
         "100 101 102 103",
         "a=rtpmap:100 VP9/90000\r\na=fmtp:100 profile-id=0\r\na=rtpmap:101 VP9/90000\r\n"
         "a=fmtp:101 profile-id=1\r\na=rtpmap:102 VP9/90000\r\na=fmtp:102 profile-id=2\r\n"
         "a=rtpmap:103 VP9/90000\r\na=fmtp:103 profile-id=3\r\n",
         {100, 102}},
        {"H.264 with packetization-mode 1 only",
         "100 101 102",
         "a=rtpmap:100 H264/90000\r\na=fmtp:100 packetization-mode=0;profile-level-id=42e01f\r\n"
         "a=rtpmap:101 H264/90000\r\na=fmtp:101 profile-level-id=42e01f;packetization-mode=1\r\n"
         "a=rtpmap:102 H264/90000\r\na=fmtp:102 profile-level-id=42e01f\r\n",
         {101}},
        {"H.264 profiles, but neither extended nor high 4:4:4",
         "100 101 102 103 104 105",
         "a=rtpmap:100 H264/90000\r\na=fmtp:100 packetization-mode=1;profile-level-id=42001f\r\n"
         "a=rtpmap:101 H264/90000\r\na=fmtp:101 packetization-mode=1;profile-level-id=4d001f\r\n"
         "a=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=1;profile-level-id=64001f\r\n"
         "a=rtpmap:103 H264/90000\r\na=fmtp:103 packetization-mode=1;profile-level-id=640c1f\r\n"
         "a=rtpmap:104 H264/90000\r\na=fmtp:104 packetization-mode=1;profile-level-id=f4001f\r\n"
         "a=rtpmap:105 H264/90000\r\na=fmtp:105 packetization-mode=1;profile-level-id=58001f\r\n",
         {100, 101, 102, 103}},
        {"AV1 main, not high",
         "45 46",
         "a=rtpmap:45 AV1/90000\r\na=rtpmap:46 AV1/90000\r\na=fmtp:46 profile=1\r\n",
         {45}},
        {"RTX before what it repairs",
         "97 96",
         vp8 + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n",
         {97, 96}},
        {"RTX of nothing that is there",
         "96 97",
         vp8 + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=55\r\n",
         {96}},
        {"RTX without apt", "96 97", vp8 + "a=rtpmap:97 rtx/90000\r\n", {96}},
        {"RTX of what is not taken",
         "96 97 98",
         vp8 + "a=rtpmap:98 H265/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=98\r\n",
         {96}},
        {"RTX of RTX",
         "96 97 98",
         vp8 + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\n",
         {96, 97}},
        {"a second RTX",
         "96 97 98",
         vp8 + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=96\r\n",
         {96, 97}},
        {"RTX with another clock", "96 97", vp8 + "a=rtpmap:97 rtx/8000\r\na=fmtp:97 apt=96\r\n", {96}},
        {"no FEC, no RED of video",
         "96 116 117",
         vp8 + "a=rtpmap:116 red/90000\r\na=rtpmap:117 ulpfec/90000\r\n",
         {96}},
        {"audio in a video section", "96 111", vp8 + "a=rtpmap:111 opus/48000/2\r\n", {96}},
    }));
    INFO(c.why);
    CHECK(answered_formats(video_with(c.formats, c.lines), 1) == c.expected);
}

TEST_CASE("audio formats", "[sdp]") {
    const auto c = GENERATE(values<audio_case>({
        {"as offered", "s=-", "s=-", {111, 63}, "minptime=10;useinbandfec=1"},
        {"RED before Opus", "SAVPF 111 63 0", "SAVPF 63 111", {63, 111}, "minptime=10;useinbandfec=1"},
        {"RED without fmtp", "a=fmtp:63 111/111\r\n", "", {111, 63}, "minptime=10;useinbandfec=1"},
        {"RED of what is not Opus",
         "a=fmtp:63 111/111",
         "a=fmtp:63 111/0",
         {111},
         "minptime=10;useinbandfec=1"},
        {"RED of nonsense", "a=fmtp:63 111/111", "a=fmtp:63 x", {111}, "minptime=10;useinbandfec=1"},
        {"stereo",
         "useinbandfec=1",
         "useinbandfec=1;stereo=1",
         {111, 63},
         "minptime=10;useinbandfec=1;stereo=1"},
        {"stereo of a sender",
         "useinbandfec=1",
         "sprop-stereo=1",
         {111, 63},
         "minptime=10;useinbandfec=1;stereo=1"},
        {"mono", "useinbandfec=1", "stereo=0", {111, 63}, "minptime=10;useinbandfec=1"},
    }));
    INFO(c.why);
    const auto offer = replaced(publisher, c.what, c.by);
    CHECK(answered_formats(offer, 0) == c.expected);
    const auto got = whip(offer);
    REQUIRE(got);
    CHECK(write(got->answer).find("a=fmtp:111 " + c.fmtp + "\r\n") != std::string::npos);
}

TEST_CASE("to a stereo player we say that we send stereo", "[sdp]") {
    const auto got = whep(replaced(player(), "useinbandfec=1", "useinbandfec=1;stereo=1"));
    REQUIRE(got);
    CHECK(write(got->answer).find("a=fmtp:111 minptime=10;useinbandfec=1;sprop-stereo=1\r\n") !=
          std::string::npos);
}

TEST_CASE("a player without RTX is not told that it may send generic NACKs", "[sdp]") {
    const auto no_rtx = [](const std::string& offer) {
        return replaced(offer, "a=rtpmap:97 rtx/90000\r\n", "");
    };
    const auto with = whep(player());
    REQUIRE(with);
    CHECK(with->media[1].codecs[0].feedback.nack);
    const auto without = whep(no_rtx(player()));
    REQUIRE(without);
    CHECK_FALSE(without->media[1].codecs[0].rtx_payload_type);
    CHECK_FALSE(without->media[1].codecs[0].feedback.nack);
    CHECK(without->media[1].codecs[0].feedback.nack_pli);
    const auto published =
        whip(no_rtx(std::string(publisher)));  // the publisher may repeat packets as they were
    REQUIRE(published);
    CHECK(published->media[1].codecs[0].feedback.nack);
}

TEST_CASE("only what the server can is taken", "[sdp]") {
    capabilities ours;
    ours.codecs = {{codec::opus}, {codec::vp8}};
    ours.video = {.nack = true};
    ours.audio = {};
    ours.extensions = {extension::mid};
    const auto got = whip(publisher, ours);
    REQUIRE(got);
    CHECK(got->media[0].codecs.size() == 1);
    CHECK(got->media[0].codecs[0].feedback == feedback{});
    REQUIRE(got->media[1].codecs.size() == 1);
    CHECK(got->media[1].codecs[0].feedback == feedback{.nack = true});
    CHECK(got->media[1].codecs[0].rtx_payload_type == 97);
    CHECK(got->answer.media[1].extensions ==
          std::vector<extension_map>{{4, "urn:ietf:params:rtp-hdrext:sdes:mid"}});
    ours.codecs = {{codec::opus}};
    const auto refused = whip(publisher, ours);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().section == 2);
    // RED alone is no codec.
    ours.codecs = {{codec::red}, {codec::vp8}};
    CHECK_FALSE(whip(publisher, ours));
}

TEST_CASE("feedback for all payload types counts for each", "[sdp]") {
    const auto media = video_of("96 98",
                                "a=rtpmap:96 VP8/90000\r\na=rtpmap:98 VP9/90000\r\n"
                                "a=rtcp-fb:* nack\r\na=rtcp-fb:* goog-remb\r\na=rtcp-fb:98 nack pli\r\n");
    REQUIRE(media.codecs.size() == 2);
    CHECK(media.codecs[0].feedback == feedback{.nack = true});
    CHECK(media.codecs[1].feedback == feedback{.nack = true, .nack_pli = true});
}

TEST_CASE("an extension is taken if we want it and can use it", "[sdp]") {
    const std::string uri = " urn:3gpp:video-orientation";
    const auto c = GENERATE_COPY(values<extension_case>({
        {"as offered", "a=extmap:13" + uri, 13},
        {"the largest id of a one-byte header", "a=extmap:14" + uri, 14},
        {"15 ends a one-byte header", "a=extmap:15" + uri, 0},
        {"two-byte header, with extmap-allow-mixed", "a=extmap:16" + uri, 16},
        {"the largest", "a=extmap:255" + uri, 255},
        {"one that we only receive", "a=extmap:13/sendonly" + uri, 13, direction::recvonly},
        {"one that the peer will not send", "a=extmap:13/recvonly" + uri, 0},
        {"one that is off", "a=extmap:13/inactive" + uri, 0},
        {"the second id is not used", "a=extmap:13" + uri + "\r\na=extmap:12" + uri, 13},
        {"an id that means something else in another section", "a=extmap:1" + uri, 0},
        {"one that we do not know", "a=extmap:13 urn:ietf:params:rtp-hdrext:toffset", 0},
    }));
    INFO(c.why);
    const auto got = whip(replaced(publisher, "a=extmap:13" + uri, c.line));
    REQUIRE(got);
    CHECK(got->media[1].extensions[extension::video_orientation] == c.expected);
    const auto& list = got->answer.media[1].extensions;
    const auto found = std::ranges::find(list, uri.substr(1), &extension_map::uri);
    REQUIRE((found != list.end()) == (c.expected != 0));
    if (c.expected != 0) {
        CHECK(found->id == c.expected);
        CHECK(found->direction == c.answered);
    }
}

TEST_CASE("two-byte headers need extmap-allow-mixed, of the session or of the section", "[sdp]") {
    const auto large = replaced(publisher, "a=extmap:13 ", "a=extmap:16 ");
    const auto without = replaced(large, "a=extmap-allow-mixed\r\n", "");
    const auto refused = whip(without);
    REQUIRE(refused);
    CHECK(refused->media[1].extensions[extension::video_orientation] == 0);
    CHECK_FALSE(refused->media[1].extmap_allow_mixed);
    CHECK_FALSE(refused->answer.extmap_allow_mixed);
    const auto taken = whip(replaced(without, "a=mid:1\r\n", "a=mid:1\r\na=extmap-allow-mixed\r\n"));
    REQUIRE(taken);
    CHECK(taken->media[1].extensions[extension::video_orientation] == 16);
    CHECK(taken->answer.media[1].extmap_allow_mixed);
    CHECK_FALSE(taken->media[0].extmap_allow_mixed);
}

TEST_CASE("every extension that libconf uses is answered with the offer's id", "[sdp]") {
    std::string lines;
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        lines += "a=extmap:" + std::to_string(i + 20) + " " + std::string(extension_uris[i]) + "\r\n";
    }
    const auto got = whip(replaced(
        replaced(
            replaced(
                replaced(
                    replaced(replaced(publisher, "a=extmap:13 urn:3gpp:video-orientation\r\n", lines),
                             "a=extmap:3 "
                             "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
                             ""),
                    "a=extmap:3 "
                    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
                    ""),
                "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:10", "a=extmap:10"),
            "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", ""),
        "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n", ""));
    REQUIRE(got);
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        CHECK(got->media[1].extensions[static_cast<extension>(i)] == i + 20);
    }
}

TEST_CASE("simulcast is taken with the offer's rids, three at most", "[sdp]") {
    const auto c = GENERATE(values<simulcast_case>({
        {"three",
         "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f",
         {"q", "h", "f"},
         "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n"},
        {"the order of the list",
         "a=rid:q send\r\na=rid:f send\r\na=simulcast:send f;q",
         {"f", "q"},
         "a=rid:f recv\r\na=rid:q recv\r\na=simulcast:recv f;q\r\n"},
        {"four",
         "a=rid:1 send\r\na=rid:2 send\r\na=rid:3 send\r\na=rid:4 send\r\na=simulcast:send 1;2;3;4",
         {"1", "2", "3"},
         "a=simulcast:recv 1;2;3\r\n"},
        {"paused", "a=rid:q send\r\na=simulcast:send ~q", {"q"}, "a=simulcast:recv q\r\n"},
        {"alternatives",
         "a=rid:q send\r\na=rid:r send\r\na=simulcast:send x,r,q",
         {"r"},
         "a=rid:r recv\r\na=simulcast:recv r\r\n"},
        {"a rid that nobody describes",
         "a=rid:q send\r\na=simulcast:send x;q",
         {"q"},
         "a=simulcast:recv q\r\n"},
        {"a rid of the other direction",
         "a=rid:q recv\r\na=rid:h send\r\na=simulcast:send q;h",
         {"h"},
         "a=simulcast:recv h\r\n"},
        {"a rid twice", "a=rid:q send\r\na=simulcast:send q;q", {"q"}, "a=simulcast:recv q\r\n"},
        {"a rid of a payload type that is not taken",
         "a=rid:q send pt=46\r\na=rid:h send pt=46,96\r\na=simulcast:send q;h",
         {"h"},
         "a=rid:h recv pt=96\r\na=simulcast:recv h\r\n"},
        {"restrictions that are numbers",
         "a=rid:q send "
         "max-width=640;max-height=360;max-fps=15;max-br=200000;depend=h;odd=1\r\na=simulcast:send q",
         {"q"},
         "a=rid:q recv max-width=640;max-height=360;max-fps=15;max-br=200000\r\n"},
        {"rids without simulcast", "a=rid:q send\r\na=rid:h send", {}, ""},
        {"simulcast to receive", "a=rid:q recv\r\na=simulcast:recv q", {}, ""},
        {"nothing described", "a=simulcast:send q;h", {}, ""},
    }));
    INFO(c.why);
    const auto got = whip(std::string(publisher) + c.lines + "\r\n");
    REQUIRE(got);
    CHECK(got->media[1].rids == c.rids);
    const auto text = write(got->answer);
    CHECK((text.find("simulcast") != std::string::npos) == !c.rids.empty());
    CHECK(text.find(c.answered) != std::string::npos);
    CHECK(parsed(text) == got->answer);
}

TEST_CASE("eight rids are read, and three of them taken", "[sdp]") {
    std::string lines;
    std::string list;
    for (int i = 0; i < 8; ++i) {
        lines += "a=rid:r" + std::to_string(i) + " send\r\n";
        list += (i == 0 ? "r" : ";r") + std::to_string(i);
    }
    const auto offer = std::string(publisher) + lines + "a=simulcast:send " + list + "\r\n";
    CHECK(parsed(offer).media[1].rids.size() == 8);
    const auto got = whip(offer);
    REQUIRE(got);
    CHECK(got->media[1].rids == std::vector<std::string>{"r0", "r1", "r2"});
    capabilities ours;
    ours.rids_max = 1;
    const auto one = whip(offer, ours);
    REQUIRE(one);
    CHECK(one->media[1].rids == std::vector<std::string>{"r0"});
}

TEST_CASE("a player's simulcast is none of our business", "[sdp]") {
    const auto got = whep(player() + "a=rid:q recv\r\na=simulcast:recv q\r\n");
    REQUIRE(got);
    CHECK(got->media[1].rids.empty());
    CHECK(write(got->answer).find("simulcast") == std::string::npos);
}

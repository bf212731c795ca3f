// The rules by which an offer is answered, and each way to be refused.
#include "libconf/sdp/negotiate.hpp"

#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"

#include <array>

namespace {

using namespace sdp_test;

constexpr std::string_view ice_and_dtls =
    "a=ice-ufrag:Yf+0\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n";

std::string fingerprint_line() {
    const auto at = publisher.find("a=fingerprint:");
    return std::string(publisher.substr(at, publisher.find("\r\n", at) + 2 - at));
}

struct refused_case {
    std::string why;
    std::string offer;
    int status;
    std::size_t section;
    std::string expected;
};

struct accepted_case {
    std::string why;
    std::string offer;
};

void check_refused(const answered& got, const refused_case& c) {
    REQUIRE_FALSE(got);
    INFO(got.error().message());
    CHECK(got.error().status == c.status);
    CHECK(got.error().section == c.section);
    CHECK(got.error().why.find(c.expected) != std::string::npos);
    CHECK(got.error().message().find(c.section == 0 ? "session part" : "section ") != std::string::npos);
}

}  // namespace

TEST_CASE("a publisher is answered", "[sdp]") {
    const auto got = whip(publisher);
    REQUIRE(got);
    const std::string certificate =
        "a=fingerprint:sha-256 CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:"
        "CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE:CE\r\n";
    const std::string ours = "a=ice-ufrag:srvUfrag\r\na=ice-pwd:srvPwd0123456789srvPwd0123456789\r\n" +
                             certificate + "a=setup:passive\r\na=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n";
    CHECK(write(got->answer) ==
          "v=0\r\no=- 7 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=extmap-allow-mixed\r\n"
          "a=ice-lite\r\na=ice-options:trickle ice2\r\n"
          "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n" +
              ours +
              "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
              "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
              "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
              "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
              "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
              "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"
              "a=candidate:1 1 udp 2130706431 203.0.113.7 40000 typ host\r\n"
              "a=candidate:1 1 tcp 1671430143 203.0.113.7 40000 typ host tcptype passive\r\n"
              "a=end-of-candidates\r\n"
              "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 45\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n" +
              ours +
              "a=extmap:13 urn:3gpp:video-orientation\r\n"
              "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
              "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
              "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
              "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
              "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\n"
              "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
              "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
              "a=rtpmap:98 H264/90000\r\na=rtcp-fb:98 nack\r\n"
              "a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
              "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\n"
              "a=rtpmap:45 AV1/90000\r\na=fmtp:45 level-idx=5;profile=0;tier=0\r\n");
    CHECK(parsed(write(got->answer)) == got->answer);
}

TEST_CASE("what was agreed with a publisher", "[sdp]") {
    const auto got = whip(publisher);
    REQUIRE(got);
    CHECK(got->remote.ice == ice_parameters{"Yf+0", "abcdefghijklmnopqrstuvwx", {"trickle"}});
    REQUIRE(got->remote.fingerprints.size() == 1);
    CHECK(got->remote.fingerprints[0].value.at(31) == std::byte{0x1F});
    CHECK(got->remote.setup == setup_role::actpass);
    CHECK(got->tagged == 0);
    REQUIRE(got->media.size() == 2);

    const auto& audio = got->media[0];
    CHECK(audio.mid == "0");
    CHECK(audio.kind == media_kind::audio);
    REQUIRE(audio.codecs.size() == 2);
    CHECK(audio.codecs[0] == negotiated_codec{.format = {codec::opus},
                                              .payload_type = 111,
                                              .rtx_payload_type = {},
                                              .clock_rate_hz = 48000,
                                              .feedback = {.transport_cc = true}});
    CHECK(audio.codecs[1].format.codec == codec::red);
    CHECK(audio.extensions[extension::audio_level] == 1);
    CHECK(audio.extensions[extension::transport_cc] == 3);
    CHECK(audio.extensions[extension::mid] == 4);
    CHECK(audio.extensions[extension::rtp_stream_id] == 0);
    CHECK(audio.ssrcs == std::vector<ssrc_source>{{1001, "x", {}}});
    CHECK(audio.extmap_allow_mixed);

    const auto& video = got->media[1];
    REQUIRE(video.codecs.size() == 3);
    CHECK(video.codecs[0] ==
          negotiated_codec{
              .format = {codec::vp8},
              .payload_type = 96,
              .rtx_payload_type = 97,
              .clock_rate_hz = 90000,
              .feedback = {.nack = true, .nack_pli = true, .ccm_fir = true, .transport_cc = true}});
    CHECK(video.codecs[1] == negotiated_codec{.format = h264(h264_profile::constrained_baseline),
                                              .payload_type = 98,
                                              .rtx_payload_type = 99,
                                              .clock_rate_hz = 90000,
                                              .feedback = {.nack = true},
                                              .profile_level_id = 0x42E01F});
    CHECK(video.codecs[2].format == codec_format{codec::av1, 0});
    CHECK(video.codecs[2].rtx_payload_type == std::nullopt);
    CHECK(video.extensions[extension::repaired_rtp_stream_id] == 11);
    CHECK(video.rids.empty());
    CHECK(video.ssrcs == std::vector<ssrc_source>{{2001, "x", {}}, {2002, "x", {}}});
    CHECK(video.ssrc_groups == std::vector<ssrc_group>{{ssrc_group_semantics::flow_id, {2001, 2002}}});
}

TEST_CASE("an offer that cannot be served is refused whole, and the section is named", "[sdp]") {
    const auto section_of = [](media_kind kind) {
        const auto at = publisher.find(kind == media_kind::audio ? "m=audio" : "m=video");
        return std::string(publisher.substr(
            at, kind == media_kind::audio ? publisher.find("m=video") - at : std::string_view::npos));
    };
    const std::string head(publisher.substr(0, publisher.find("m=audio")));
    const auto third = [&](std::string_view section, std::string_view mid) {
        return replaced(publisher, "BUNDLE 0 1", "BUNDLE 0 1 2") + replaced(section, mid, "a=mid:2");
    };
    const auto c = GENERATE_COPY(values<refused_case>({
        {"no media", replaced(head, "a=group:BUNDLE 0 1\r\n", ""), 422, 0, "no media section"},
        {"a lite agent", replaced(publisher, "s=-\r\nt=0 0\r\n", "s=-\r\nt=0 0\r\na=ice-lite\r\n"), 422, 0,
         "full ICE agent"},
        {"no BUNDLE", replaced(publisher, "a=group:BUNDLE 0 1\r\n", ""), 422, 0, "BUNDLE with every section"},
        {"an empty BUNDLE", replaced(publisher, "BUNDLE 0 1", "BUNDLE"), 422, 0, "BUNDLE with every section"},
        {"two BUNDLE groups",
         replaced(publisher, "a=group:BUNDLE 0 1", "a=group:BUNDLE 0\r\na=group:BUNDLE 1"), 422, 0,
         "more than one"},
        {"a section outside of it", replaced(publisher, "BUNDLE 0 1", "BUNDLE 0"), 422, 2,
         "not in the BUNDLE group"},
        {"no mid", replaced(replaced(publisher, "BUNDLE 0 1", "BUNDLE 0"), "a=mid:1\r\n", ""), 422, 2,
         "a=mid is required"},
        {"no rtcp-mux", replaced(publisher, "a=rtcp-mux\r\n", ""), 422, 1, "a=rtcp-mux is required"},
        {"plain RTP (SEC-DTLS-4)", replaced(publisher, "m=video 9 UDP/TLS/RTP/SAVPF", "m=video 9 RTP/AVP"),
         422, 2, "only DTLS-SRTP"},
        {"plain RTP with feedback", replaced(publisher, "m=audio 9 UDP/TLS/RTP/SAVPF", "m=audio 9 RTP/AVPF"),
         422, 1, "only DTLS-SRTP"},
        {"a data channel",
         replaced(publisher, "BUNDLE 0 1", "BUNDLE 0 1 2") +
             "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n",
         422, 3, "data channels are not accepted"},
        {"a section that is not in use", replaced(publisher, "m=video 9", "m=video 0"), 422, 2, "port 0"},
        {"a publisher who only receives", replaced(publisher, "a=sendonly", "a=recvonly"), 422, 1,
         "sendonly or sendrecv"},
        {"a publisher who does nothing", replaced(publisher, "a=sendonly", "a=inactive"), 422, 1,
         "sendonly or sendrecv"},
        {"two audio sections", third(section_of(media_kind::audio), "a=mid:0"), 422, 3, "at most one audio"},
        {"two video sections", third(section_of(media_kind::video), "a=mid:1"), 422, 3, "at most one audio"},
        {"two streams", replaced(publisher, "a=msid:stream camera", "a=msid:other camera"), 422, 2,
         "one MediaStream only"},
        {"no ufrag", replaced(publisher, "a=ice-ufrag:Yf+0\r\n", ""), 422, 1, "a=ice-ufrag and a=ice-pwd"},
        {"no pwd", replaced(publisher, "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", ""), 422, 1,
         "a=ice-ufrag and a=ice-pwd"},
        {"no fingerprint (SEC-DTLS-4)", replaced(publisher, fingerprint_line(), ""), 422, 1,
         "a=fingerprint with sha-256"},
        {"a fingerprint of SHA-1 alone",
         replaced(publisher, fingerprint_line(), "a=fingerprint:sha-1 AB\r\n"), 422, 1,
         "a=fingerprint with sha-256"},
        {"no setup", replaced(publisher, "a=setup:actpass\r\n", ""), 422, 1, "actpass or active"},
        {"passive only", replaced(publisher, "a=setup:actpass", "a=setup:passive"), 422, 1,
         "actpass or active"},
        {"holdconn", replaced(publisher, "a=setup:actpass", "a=setup:holdconn"), 422, 1, "actpass or active"},
        {"no audio codec of ours", replaced_everywhere(publisher, "opus/48000/2", "speex/16000"), 422, 1,
         "offer opus/48000/2"},
        {"no video codec of ours",
         replaced(replaced(replaced(publisher, "VP8/90000", "H263/90000"), "H264/90000", "H265/90000"),
                  "AV1/90000", "H261/90000"),
         422, 2, "offer VP8"},
        {"RTX of itself", replaced(publisher, "a=fmtp:97 apt=96", "a=fmtp:97 apt=97"), 400, 2,
         "RTX of itself"},
        {"a payload type with two meanings",
         replaced(replaced_everywhere(publisher, "a=rtpmap:96 ", "a=rtpmap:111 "), "SAVPF 96 97",
                  "SAVPF 111 97"),
         400, 2, "payload type 111 means two things"},
    }));
    INFO(c.why);
    check_refused(whip(c.offer), c);
}

TEST_CASE("a text that does not parse is refused by its line", "[sdp]") {
    const auto got = whip(replaced(publisher, "a=mid:1", "a=mid:1 2"));
    REQUIRE_FALSE(got);
    CHECK(got.error().status == 400);
    CHECK(got.error().line == 37);
    CHECK(got.error().section == 0);
    CHECK(got.error().message().starts_with("line 37, \"a=mid:1 2\": expected a mid"));
}

TEST_CASE("what clients may do", "[sdp]") {
    const auto bundle_only = replaced(replaced(publisher, "m=video 9", "m=video 0"), "a=mid:1\r\n",
                                      "a=mid:1\r\na=bundle-only\r\n");
    const auto video = publisher.find("m=video");
    const auto second = [&](std::string_view what, std::string_view by) {
        return std::string(publisher.substr(0, video)) + replaced(publisher.substr(video), what, by);
    };
    const auto c = GENERATE_COPY(values<accepted_case>({
        {"sendrecv", replaced_everywhere(publisher, "a=sendonly\r\n", "a=sendrecv\r\n")},
        {"no direction is sendrecv", replaced_everywhere(publisher, "a=sendonly\r\n", "")},
        {"setup:active (RFC 9725 4.4)", replaced_everywhere(publisher, "a=setup:actpass", "a=setup:active")},
        {"bundle-only with port 0", bundle_only},
        {"the transport in the first section alone", second(ice_and_dtls, "")},
        {"another transport in a bundled section", second("a=ice-ufrag:Yf+0", "a=ice-ufrag:other")},
        {"no fingerprint in a bundled section", second(fingerprint_line(), "")},
        {"passive in a bundled section", second("a=setup:actpass", "a=setup:passive")},
        {"an older protocol", replaced_everywhere(publisher, "UDP/TLS/RTP/SAVPF", "RTP/SAVPF")},
        {"over TCP", replaced_everywhere(publisher, "UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF")},
        {"rtcp-mux-only", replaced(publisher, "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rtcp-mux-only\r\n")},
        {"tracks of no stream", replaced_everywhere(publisher, "a=msid:stream", "a=msid:-")},
        {"one track of no stream", replaced(publisher, "a=msid:stream camera", "a=msid:- camera")},
        {"a second fingerprint of SHA-1",
         replaced(publisher, fingerprint_line(), "a=fingerprint:sha-1 AB\r\n" + fingerprint_line())},
        {"an LS group", replaced(publisher, "a=group:BUNDLE 0 1", "a=group:LS 0 1\r\na=group:BUNDLE 0 1")},
    }));
    INFO(c.why);
    const auto got = whip(c.offer);
    INFO((got ? "" : got.error().message()));
    REQUIRE(got);
    CHECK(parsed(write(got->answer)) == got->answer);
    for (const auto& section : got->answer.media) {
        CHECK(section.direction == direction::recvonly);
        CHECK(section.setup == setup_role::passive);
        CHECK(section.rtcp_mux);
        CHECK_FALSE(section.rtcp_mux_only);
        CHECK(section.port == 9);
    }
    CHECK(got->answer.groups == std::vector<group>{{group_semantics::bundle, {"0", "1"}}});
    CHECK(got->remote.ice.ufrag == "Yf+0");
}

TEST_CASE("transport parameters may stand in the session part", "[sdp]") {
    auto offer = replaced_everywhere(publisher, ice_and_dtls, "");
    offer = replaced_everywhere(offer, fingerprint_line(), "");
    offer = replaced_everywhere(offer, "a=setup:actpass\r\n", "");
    offer = replaced_everywhere(offer, "a=ice-options:trickle\r\n", "");
    offer = replaced(offer, "t=0 0\r\n",
                     "t=0 0\r\n" + std::string(ice_and_dtls) + "a=ice-options:renomination\r\n" +
                         fingerprint_line() + "a=setup:active\r\n");
    const auto got = whip(offer);
    REQUIRE(got);
    CHECK(got->remote.ice == ice_parameters{"Yf+0", "abcdefghijklmnopqrstuvwx", {"renomination"}});
    CHECK(got->remote.fingerprints.size() == 1);
    CHECK(got->remote.setup == setup_role::active);
}

TEST_CASE("the first mid of the group carries the transport", "[sdp]") {
    const auto got = whip(replaced(publisher, "BUNDLE 0 1", "BUNDLE 1 0"));
    REQUIRE(got);
    CHECK(got->tagged == 1);
    CHECK(got->answer.media[0].candidates.empty());
    CHECK_FALSE(got->answer.media[0].end_of_candidates);
    CHECK(got->answer.media[1].candidates.size() == 2);
    CHECK(got->answer.media[1].end_of_candidates);
    CHECK(make_fragment(*got, server()).media.at(0).mid == "1");
}

TEST_CASE("remote candidates that could be nobody's own are left out (SEC-ICE-5)", "[sdp]") {
    std::string lines;
    for (const auto* address : {"192.0.2.4", "127.0.0.1", "0.0.0.0", "::1", "::", "224.0.0.1", "ff02::1",
                                "internal.example", "8e2bc.local", "2001:db8::4"}) {
        lines += "a=candidate:1 1 udp 2122260223 " + std::string(address) + " 4000 typ host\r\n";
    }
    lines += "a=candidate:1 2 udp 2122260222 192.0.2.4 4001 typ host\r\n";  // RTCP of its own
    const auto got = whip(replaced(publisher, "a=setup:actpass\r\n", "a=setup:actpass\r\n" + lines));
    REQUIRE(got);
    REQUIRE(got->remote.candidates.size() == 2);
    CHECK(got->remote.candidates[0].ip->to_string() == "192.0.2.4");
    CHECK(got->remote.candidates[1].ip->to_string() == "2001:db8::4");
}

TEST_CASE("a player is answered section by section", "[sdp]") {
    const auto got = whep(player());
    REQUIRE(got);
    REQUIRE(got->answer.media.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& section = got->answer.media[i];
        const auto number = static_cast<std::uint32_t>(i);
        CHECK(section.direction == direction::sendonly);
        CHECK(section.setup == setup_role::passive);
        CHECK(section.msids ==
              std::vector<media_stream_id>{{"s" + std::to_string(i), "t" + std::to_string(i)}});
        CHECK(section.ssrcs.at(0) == ssrc_source{5000 + number, "room", {}});
        CHECK(got->media[i].rids.empty());
        CHECK(got->media[i].ssrcs.empty());
    }
    // Audio has no RTX, so no second SSRC.
    CHECK(got->answer.media[0].ssrcs.size() == 1);
    CHECK(got->answer.media[0].ssrc_groups.empty());
    CHECK(got->answer.media[1].ssrcs.at(1) == ssrc_source{6001, "room", {}});
    CHECK(got->answer.media[1].ssrc_groups ==
          std::vector<ssrc_group>{{ssrc_group_semantics::flow_id, {5001, 6001}}});
    CHECK(parsed(write(got->answer)) == got->answer);
}

TEST_CASE("a player may have as many sections as it likes", "[sdp]") {
    constexpr std::size_t count = 100;
    const auto one = player();
    const auto video = one.find("m=video");
    std::string offer = one.substr(0, one.find("m=audio"));
    std::string mids;
    for (std::size_t i = 0; i < count; ++i) {
        offer += replaced(one.substr(video), "a=mid:1\r\n", "a=mid:v" + std::to_string(i) + "\r\n");
        mids += " v" + std::to_string(i);
    }
    const auto got = whep(replaced(offer, "BUNDLE 0 1", "BUNDLE" + mids));
    INFO((got ? "" : got.error().message()));
    REQUIRE(got);
    CHECK(got->media.size() == count);
    CHECK(got->answer.media.at(99).ssrcs.at(0).ssrc == 5099);
    CHECK(parsed(write(got->answer)) == got->answer);
}

TEST_CASE("what players may do, and what not", "[sdp]") {
    CHECK(whep(replaced_everywhere(player(), "a=recvonly", "a=sendrecv")));
    const auto c = GENERATE_COPY(values<refused_case>({
        {"a player who only sends", replaced(player(), "a=recvonly", "a=sendonly"), 422, 1,
         "recvonly or sendrecv"},
        {"a player who does nothing", replaced(player(), "a=recvonly", "a=inactive"), 422, 1,
         "recvonly or sendrecv"},
        {"passive only", replaced(player(), "a=setup:actpass", "a=setup:passive"), 422, 1,
         "actpass or active"},
        {"plain RTP", replaced(player(), "UDP/TLS/RTP/SAVPF", "RTP/AVP"), 422, 1, "only DTLS-SRTP"},
        {"no BUNDLE", replaced(player(), "a=group:BUNDLE 0 1\r\n", ""), 422, 0, "BUNDLE"},
    }));
    INFO(c.why);
    check_refused(whep(c.offer), c);
}

TEST_CASE("nothing of one participant's text reaches another (SEC-SDP-4)", "[sdp]") {
    const auto hostile = replaced(
        replaced(replaced(replaced(simulcast_publisher(), "s=-", "s=EVIL"), "a=mid:0\r\n",
                          "a=mid:0\r\na=EVIL:EVIL\r\na=ssrc:77 cname:EVIL\r\na=ice-options:EVIL\r\n"),
                 "a=fmtp:111 minptime=10", "a=fmtp:111 EVIL=EVIL;minptime=10"),
        "a=rid:q send", "a=rid:q send EVIL=EVIL;max-width=640");
    const auto joined =
        whip(replaced(hostile, "a=rtcp-fb:96 nack\r\n", "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 EVIL\r\n"));
    REQUIRE(joined);
    CHECK(write(joined->answer).find("EVIL") == std::string::npos);
    CHECK(write(joined->answer).find("max-width=640") != std::string::npos);
    const auto other = whep(player());
    REQUIRE(other);
    CHECK(write(other->answer).find("EVIL") == std::string::npos);
    // What would end its line or its word is refused before anybody could write it.
    for (const auto* mid : {"0 a", "0;x", "<0>", "0\ta"}) {
        CHECK_FALSE(whip(replaced(publisher, "a=mid:0", std::string("a=mid:") + mid)));
    }
    for (const auto* rid : {"q,h", "q;h", "~q", "q\x7F"}) {
        CHECK_FALSE(
            whip(replaced(simulcast_publisher(), "a=rid:q send", "a=rid:" + std::string(rid) + " send")));
    }
}

TEST_CASE("ids keep their meaning in a session (SEC-SDP-5)", "[sdp]") {
    const auto before = whip(publisher);
    REQUIRE(before);
    const auto again = [&](std::string_view offer) {
        const auto after = whip(offer);
        REQUIRE(after);
        return changed_meaning(*before, *after);
    };
    CHECK_FALSE(again(publisher));
    // Another number for an old thing is no new meaning of an old number.
    CHECK_FALSE(again(replaced(publisher, "a=extmap:13 ", "a=extmap:12 ")));
    const auto swapped = again(replaced(publisher, "a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP9/90000"));
    REQUIRE(swapped);
    CHECK(swapped->section == 2);
    CHECK(swapped->message() == "section 2 (mid \"1\"): payload type 96 does not mean what it meant before");
    const auto extension =
        again(replaced(replaced(publisher, "a=extmap:10 ", "a=extmap:9 "), "a=extmap:11 ", "a=extmap:10 "));
    REQUIRE(extension);
    CHECK(extension->why == "extension id 10 does not mean what it meant before");
    const auto rtx =
        again(replaced(replaced(publisher, "a=fmtp:99 apt=98", "a=fmtp:99 apt=96"), "apt=96", "apt=98"));
    REQUIRE(rtx);
    CHECK(rtx->why == "payload type 99 does not mean what it meant before");
}

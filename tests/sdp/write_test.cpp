// How a description is spelled.
#include "libconf/sdp/write.hpp"

#include "libconf/sdp/parse.hpp"
#include "tests/sdp/offers.hpp"

namespace {

using namespace sdp_test;

session everything() {
    session made;
    made.origin = {"me", 1, 2, conf::ip_family::v6, "::1"};
    made.name = "A meeting";
    made.bandwidths = {{"AS", 500}};
    made.groups = {{group_semantics::bundle, {"0", "1"}}, {group_semantics::lip_sync, {"0"}}};
    made.extmap_allow_mixed = true;
    made.ice_lite = true;
    made.ice = {"sess", "abcdefghijklmnopqrstuv", {"trickle", "ice2"}};
    made.fingerprints = {{hash_function::sha256, std::vector(32, std::byte{0xAB})}};
    made.setup = setup_role::actpass;

    media_section video;
    video.kind = media_kind::video;
    video.protocol = "UDP/TLS/RTP/SAVPF";
    video.formats = {
        {.payload_type = 96,
         .encoding = "VP8",
         .clock_rate_hz = 90000,
         .channels = 1,
         .parameters = {{"max-fs", "12288"}, {"bare", ""}},
         .feedback = {"nack", "nack pli"}},
        {.payload_type = 111,
         .encoding = "opus",
         .clock_rate_hz = 48000,
         .channels = 2,
         .parameters = {},
         .feedback = {}},
        {.payload_type = 0, .encoding = {}, .parameters = {}, .feedback = {}},
    };
    video.bandwidths = {{"TIAS", 1}};
    video.mid = "0";
    video.direction = direction::sendonly;
    video.bundle_only = video.rtcp_mux = video.rtcp_mux_only = video.rtcp_rsize = true;
    video.extmap_allow_mixed = video.end_of_candidates = true;
    video.ice = {"vide", "abcdefghijklmnopqrstuv", {"ice2"}};
    video.fingerprints = {{hash_function::sha256, std::vector(32, std::byte{0x01})}};
    video.setup = setup_role::passive;
    video.candidates = {host_candidate("2001:db8::1", 9), host_candidate("192.0.2.1", 40000)};
    video.candidates[0].transport = candidate_transport::tcp;
    video.candidates[0].tcp = tcp_type::so;
    video.candidates[1].ip.reset();
    video.candidates[1].name = "a.local";
    video.candidates[1].type = candidate_type::relay;
    video.feedback_for_all = {"ccm fir"};
    video.extensions = {{1, "urn:x", direction::sendrecv}, {2, "urn:y", direction::recvonly}};
    video.msids = {{"s", "t"}, {"-", ""}};
    video.rids = {{"f", rid_direction::send, {96, 0}, {{"max-width", "1280"}}},
                  {"h", rid_direction::send, {}, {{"max-fps", "30"}, {"odd", ""}}},
                  {"q", rid_direction::recv, {}, {}}};
    video.simulcast = {{{{"f", false}, {"h", true}}, {{"x", false}}}, {{{"q", true}}}};
    video.ssrc_groups = {{ssrc_group_semantics::flow_id, {1, 2}}};
    video.ssrcs = {{1, "c", media_stream_id{"s", "t"}}, {2, "", {}}};
    video.ptime_ms = 20;
    video.maxptime_ms = 60;

    media_section data;
    data.kind = media_kind::application;
    data.port = 0;
    data.protocol = "UDP/DTLS/SCTP";
    data.mid = "1";
    data.sctp_port = 5000;
    data.max_message_bytes = 262144;
    made.media = {video, data};
    return made;
}

}  // namespace

TEST_CASE("every part of the model has its line, in the order of RFC 8866", "[sdp]") {
    const std::string ab = "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB";
    const std::string one = "01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01";
    const std::string expected =
        "v=0\r\no=me 1 2 IN IP6 ::1\r\ns=A meeting\r\nb=AS:500\r\nt=0 0\r\n"
        "a=group:BUNDLE 0 1\r\na=group:LS 0\r\na=extmap-allow-mixed\r\na=ice-lite\r\n"
        "a=ice-ufrag:sess\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=ice-options:trickle ice2\r\n"
        "a=fingerprint:sha-256 " +
        ab + ":" + ab +
        "\r\na=setup:actpass\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96 111 0\r\nc=IN IP4 0.0.0.0\r\nb=TIAS:1\r\na=mid:0\r\na=bundle-only\r\n"
        "a=ice-ufrag:vide\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=ice-options:ice2\r\n"
        "a=fingerprint:sha-256 " +
        one + ":" + one +
        "\r\na=setup:passive\r\n"
        "a=sendonly\r\na=rtcp-mux\r\na=rtcp-mux-only\r\na=rtcp-rsize\r\na=extmap-allow-mixed\r\n"
        "a=extmap:1 urn:x\r\na=extmap:2/recvonly urn:y\r\n"
        "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=fmtp:96 "
        "max-fs=12288;bare\r\n"
        "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:* ccm fir\r\na=ptime:20\r\na=maxptime:60\r\n"
        "a=msid:s t\r\na=msid:-\r\n"
        "a=rid:f send pt=96,0;max-width=1280\r\na=rid:h send max-fps=30;odd\r\na=rid:q recv\r\n"
        "a=simulcast:send f,~h;x recv ~q\r\na=ssrc-group:FID 1 2\r\n"
        "a=ssrc:1 cname:c\r\na=ssrc:1 msid:s t\r\na=ssrc:2\r\n"
        "a=candidate:1 1 tcp 2130706431 2001:db8::1 9 typ host tcptype so\r\n"
        "a=candidate:1 1 udp 2130706431 a.local 40000 typ relay\r\na=end-of-candidates\r\n"
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendrecv\r\n"
        "a=sctp-port:5000\r\na=max-message-size:262144\r\n";
    CHECK(write(everything()) == expected);
    CHECK(parsed(expected) == everything());
}

TEST_CASE("a description of nobody in particular is the smallest there is", "[sdp]") {
    CHECK(write(session{}) == "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
    CHECK(parsed(write(session{})) == session{});
}

TEST_CASE("what is written again is the same", "[sdp]") {
    for (const auto& text : {std::string(publisher), player(), simulcast_publisher()}) {
        const auto read = parsed(text);
        const auto written = write(read);
        CHECK(parsed(written) == read);
        CHECK(write(parsed(written)) == written);
    }
}

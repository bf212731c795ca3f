// What is read from each line, and which line is named when it is wrong.
#include "libconf/sdp/parse.hpp"

#include "libconf/sdp/limits.hpp"
#include "tests/sdp/offers.hpp"

#include <algorithm>

namespace {

using namespace sdp_test;

/// The smallest description with room for a line of the session part and lines of a media section.
std::string around(std::string_view session_lines, std::string_view media_lines) {
    return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + std::string(session_lines) +
           "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n" + std::string(media_lines);
}

media_section section_with(std::string_view line) {
    return parsed(around("", std::string(line) + "\r\n")).media.at(0);
}

struct bad_line {
    std::string why;
    std::string line;
    std::string expected;  // a part of the message
};

struct bad_text {
    std::string why;
    std::string text;
    std::size_t line;
    std::string expected;
};

}  // namespace

TEST_CASE("the session part is read", "[sdp]") {
    const auto read = parsed(
        "v=0\r\n"
        "o=alice 18446744073709551615 42 IN IP6 ::1\r\n"
        "s=A \xC3\xA9t\xC3\xA9 meeting\r\n"
        "i=information\r\nu=http://www.example.com/\r\ne=a@example.com\r\np=+1\r\nc=IN IP4 0.0.0.0\r\n"
        "b=AS:1000\r\nt=0 0\r\nr=7d 1h 0 25h\r\nz=0 -1h\r\nk=clear:x\r\n"
        "a=group:BUNDLE 0\r\na=group:LS 0\r\na=group:FID 0\r\n"
        "a=ice-lite\r\na=ice-options:trickle ice2 rtp+ecn\r\na=extmap-allow-mixed\r\n"
        "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:active\r\na=recvonly\r\n"
        "a=fingerprint:SHA-384 "
        "0a:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:"
        "0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A:0A\r\n"
        "a=unknown\r\na=unknown:thing\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n");
    CHECK(read.origin == origin{"alice", 18446744073709551615ULL, 42, conf::ip_family::v6, "::1"});
    CHECK(read.name == "A \xC3\xA9t\xC3\xA9 meeting");
    CHECK(read.bandwidths == std::vector<bandwidth>{{"AS", 1000}});
    CHECK(read.groups ==
          std::vector<group>{{group_semantics::bundle, {"0"}}, {group_semantics::lip_sync, {"0"}}});
    CHECK(read.ice_lite);
    CHECK(read.extmap_allow_mixed);
    CHECK(read.ice == ice_parameters{"abcd", "abcdefghijklmnopqrstuv", {"trickle", "ice2", "rtp+ecn"}});
    CHECK(read.setup == setup_role::active);
    CHECK(read.fingerprints ==
          std::vector<fingerprint>{{hash_function::sha384, std::vector(48, std::byte{0x0A})}});
    REQUIRE(read.media.size() == 1);
    CHECK(read.media[0].direction == direction::recvonly);  // from the session part
}

TEST_CASE("the m= line is read", "[sdp]") {
    const auto read = parsed(around("",
                                    "m=application 5000 UDP/DTLS/SCTP webrtc-datachannel \r\n"
                                    "a=sctp-port:5000\r\na=max-message-size:262144\r\n"
                                    "m=audio 0 RTP/AVP 0 127 \r\n"));
    REQUIRE(read.media.size() == 3);
    CHECK(read.media[0].kind == media_kind::video);
    CHECK(read.media[0].port == 9);
    CHECK(read.media[0].protocol == "UDP/TLS/RTP/SAVPF");
    CHECK(read.media[0].direction == direction::sendrecv);
    REQUIRE(read.media[0].formats.size() == 2);
    CHECK(read.media[0].formats[1].payload_type == 97);
    CHECK(read.media[1].kind == media_kind::application);
    CHECK(read.media[1].formats.empty());
    CHECK(read.media[1].sctp_port == 5000);
    CHECK(read.media[1].max_message_bytes == 262144);
    CHECK(read.media[2].formats[1].payload_type == 127);
    CHECK(read.media[2].port == 0);
}

TEST_CASE("formats are read", "[sdp]") {
    const auto read = parsed(around("",
                                    "a=rtpmap:97 opus/48000/2\r\n"
                                    "a=rtpmap:96 VP8/90000\r\n"
                                    "a=rtpmap:98 nobody/8000\r\n"
                                    "a=fmtp:97 a=1; b = 2 ;;c;d=;0-15\r\n"
                                    "a=fmtp:98 a=1\r\n"
                                    "a=rtcp-fb:96 nack  pli\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:* ccm fir\r\n"
                                    "a=rtcp-fb:98 nack\r\n"));
    const auto& formats = read.media[0].formats;
    REQUIRE(formats.size() == 2);
    CHECK(formats[0].encoding == "VP8");
    CHECK(formats[0].clock_rate_hz == 90000);
    CHECK(formats[0].channels == 1);
    CHECK(formats[0].feedback == std::vector<std::string>{"nack pli", "nack"});
    CHECK(formats[1].encoding == "opus");
    CHECK(formats[1].channels == 2);
    CHECK(formats[1].parameters ==
          std::vector<parameter>{{"a", "1"}, {"b", "2"}, {"c", ""}, {"d", ""}, {"0-15", ""}});
    CHECK(read.media[0].feedback_for_all == std::vector<std::string>{"ccm fir"});
}

TEST_CASE("the attributes of a section are read", "[sdp]") {
    CHECK(section_with("a=mid:a.b_c-9").mid == "a.b_c-9");
    CHECK(section_with("a=sendonly").direction == direction::sendonly);
    CHECK(section_with("a=inactive").direction == direction::inactive);
    CHECK(section_with("a=bundle-only").bundle_only);
    CHECK(section_with("a=rtcp-mux").rtcp_mux);
    CHECK(section_with("a=rtcp-mux-only").rtcp_mux_only);
    CHECK_FALSE(section_with("a=rtcp-mux-only").rtcp_mux);
    CHECK(section_with("a=rtcp-rsize").rtcp_rsize);
    CHECK(section_with("a=extmap-allow-mixed").extmap_allow_mixed);
    CHECK(section_with("a=end-of-candidates").end_of_candidates);
    CHECK(section_with("a=setup:holdconn").setup == setup_role::holdconn);
    CHECK(section_with("a=ptime:20").ptime_ms == 20);
    CHECK(section_with("a=maxptime:60").maxptime_ms == 60);
    CHECK(section_with("a=ptime:2.5").ptime_ms == std::nullopt);
    CHECK(section_with("b=TIAS:256000").bandwidths == std::vector<bandwidth>{{"TIAS", 256000}});
    CHECK(section_with("a=extmap:1 urn:x").extensions == std::vector<extension_map>{{1, "urn:x"}});
    CHECK(section_with("a=extmap:255/recvonly urn:x vad=on").extensions ==
          std::vector<extension_map>{{255, "urn:x", direction::recvonly}});
    CHECK(section_with("a=msid:s t").msids == std::vector<media_stream_id>{{"s", "t"}});
    CHECK(section_with("a=msid:-").msids == std::vector<media_stream_id>{{"-", ""}});
    CHECK(section_with("a=ssrc:4294967295 cname:{a:b}").ssrcs ==
          std::vector<ssrc_source>{{4294967295, "{a:b}", {}}});
    CHECK(section_with("a=ssrc:1 msid:s t\r\na=ssrc:1 cname:c\r\na=ssrc:2 label:l").ssrcs ==
          std::vector<ssrc_source>{{1, "c", media_stream_id{"s", "t"}}, {2, "", {}}});
    CHECK(section_with("a=ssrc-group:SIM 1 2 3").ssrc_groups ==
          std::vector<ssrc_group>{{ssrc_group_semantics::simulcast, {1, 2, 3}}});
    CHECK(section_with("a=ssrc-group:FEC-FR 1 2").ssrc_groups.at(0).semantics ==
          ssrc_group_semantics::fec_fr);
    CHECK(section_with("a=ssrc-group:DUP 1 x").ssrc_groups.empty());
    CHECK(section_with("i=title\r\nk=clear:x\r\nc=IN IP6 ::1\r\na=rtcp:9").port == 9);
}

TEST_CASE("rid and simulcast are read", "[sdp]") {
    const auto read = section_with(
        "a=rid:f send pt=96,97;max-width=1280;max-fps=30\r\na=rid:h recv max-br=1\r\na=rid:q send\r\n"
        "a=simulcast:send f,~h;q recv ~x");
    CHECK(read.rids == std::vector<restriction_id>{
                           {"f", rid_direction::send, {96, 97}, {{"max-width", "1280"}, {"max-fps", "30"}}},
                           {"h", rid_direction::recv, {}, {{"max-br", "1"}}},
                           {"q", rid_direction::send, {}, {}},
                       });
    CHECK(read.simulcast.send == std::vector<simulcast_stream>{{{"f", false}, {"h", true}}, {{"q", false}}});
    CHECK(read.simulcast.recv == std::vector<simulcast_stream>{{{"x", true}}});
}

TEST_CASE("candidates are read, and those of no use are left out (SEC-ICE-5)", "[sdp]") {
    const auto kept = [](std::string_view line) {
        return section_with("a=candidate:" + std::string(line)).candidates;
    };
    const auto udp =
        kept("a0+B/1 1 UDP 2122260223 192.0.2.4 4000 typ srflx raddr 10.0.0.1 rport 9 generation 0");
    REQUIRE(udp.size() == 1);
    CHECK(udp[0] == candidate{.foundation = "a0+B/1",
                              .component = 1,
                              .transport = candidate_transport::udp,
                              .priority = 2122260223,
                              .ip = conf::ip_address::parse("192.0.2.4"),
                              .name = {},
                              .port = 4000,
                              .type = candidate_type::srflx,
                              .tcp = {}});
    const auto tcp = kept("1 256 tcp 1 2001:db8::1 9 typ host tcptype active network-id 3");
    REQUIRE(tcp.size() == 1);
    CHECK(tcp[0].tcp == tcp_type::active);
    CHECK(tcp[0].ip == conf::ip_address::parse("2001:db8::1"));
    const auto mdns = kept("1 1 udp 1 8e2bc9d4-1.local 4000 typ host");
    REQUIRE(mdns.size() == 1);
    CHECK_FALSE(mdns[0].is_resolved());
    CHECK(mdns[0].name == "8e2bc9d4-1.local");
    CHECK(kept("1 1 udp 1 192.0.2.4 1 typ relay").at(0).type == candidate_type::relay);
    CHECK(kept("1 1 udp 1 192.0.2.4 1 typ prflx").at(0).type == candidate_type::prflx);

    for (const auto* useless : {
             "1 0 udp 1 192.0.2.4 4000 typ host",
             "1 257 udp 1 192.0.2.4 4000 typ host",
             "1 1 udp 1 192.0.2.4 0 typ host",
             "1 1 udp 1 192.0.2.4 65536 typ host",
             "1 1 udp 0 192.0.2.4 1 typ host",
             "1 1 udp 4294967296 192.0.2.4 1 typ host",
             "1 1 sctp 1 192.0.2.4 1 typ host",
             "1 1 udp 1 192.0.2.4 1 typ other",
             "1 1 udp 1 192.0.2.4 1 host",
             "1 1 udp 1 a_b 1 typ host",
             "1 1 tcp 1 192.0.2.4 9 typ host",
             "1 1 tcp 1 192.0.2.4 9 typ host tcptype other",
             "1 1 udp 1 192.0.2.4 1 typ host tcptype passive",
             "1_2 1 udp 1 192.0.2.4 1 typ host",
             "123456789012345678901234567890123 1 udp 1 192.0.2.4 1 typ host",
             "",
             "1",
             "1 1 udp",
         }) {
        INFO(useless);
        CHECK(kept(useless).empty());
    }
}

TEST_CASE("what nobody needs is left out rather than refused", "[sdp]") {
    CHECK(section_with("a=fingerprint:md5 AB").fingerprints.empty());
    CHECK(section_with("a=fingerprint:sha-1 AB:CD").fingerprints.empty());
    CHECK(section_with("a=msid:{braces} {braces}").msids.empty());
    CHECK(section_with("a=msid:").msids.empty());
    CHECK(section_with("a=ssrc:1 msid:{a} b").ssrcs.at(0).msid == std::nullopt);
    CHECK(section_with("a=ssrc:1 cname:a b").ssrcs.at(0).cname.empty());
    CHECK(section_with("a=ssrc:1 cname:" + std::string(cname_chars_max + 1, 'a')).ssrcs.at(0).cname.empty());
    CHECK(section_with("a=ssrc:1 cname:" + std::string(cname_chars_max, 'a')).ssrcs.at(0).cname.size() ==
          cname_chars_max);
    CHECK(section_with("a=ice-options:google-ice ice2").ice.options == std::vector<std::string>{"ice2"});
    CHECK(section_with("a=group:BUNDLE nobody").mid.empty());  // not where it belongs
    CHECK(parsed(around("a=mid:0\r\na=candidate:x\r\na=rtpmap:999\r\n", "")).media.size() == 1);
    CHECK(parsed(around("a=end-of-candidates\r\n", "")).media[0].end_of_candidates);
}

TEST_CASE("a wrong line of a section is named (SEC-SDP-1)", "[sdp]") {
    const auto c = GENERATE(values<bad_line>({
        {"payload type 2^32", "m=audio 9 UDP/TLS/RTP/SAVPF 4294967296", "payload types from 0 to 127"},
        {"payload type 128", "m=audio 9 UDP/TLS/RTP/SAVPF 128", "payload types from 0 to 127"},
        {"payload type -1", "m=audio 9 UDP/TLS/RTP/SAVPF -1", "payload types from 0 to 127"},
        {"a payload type twice", "m=audio 9 UDP/TLS/RTP/SAVPF 8 8", "each payload type once"},
        {"no payload type", "m=audio 9 UDP/TLS/RTP/SAVPF", "at least one format"},
        {"no SCTP format", "m=application 9 UDP/DTLS/SCTP", "at least one format"},
        {"port 65536", "m=audio 65536 UDP/TLS/RTP/SAVPF 8", "a port from 0 to 65535"},
        {"a negative port", "m=audio -9 UDP/TLS/RTP/SAVPF 8", "a port from 0 to 65535"},
        {"two ports", "m=audio 9/2 UDP/TLS/RTP/SAVPF 8", "a port from 0 to 65535"},
        {"no protocol", "m=audio 9", "a protocol like"},
        {"another kind", "m=message 9 TCP/MSRP *", "audio, video or application"},
        {"nothing in m=", "m=", "audio, video or application"},
        {"rtpmap of 128", "a=rtpmap:128 VP8/90000", "a payload type from 0 to 127"},
        {"clock 0", "a=rtpmap:96 VP8/0", "a clock rate from 1 to 1000000"},
        {"clock 1000001", "a=rtpmap:96 VP8/1000001", "a clock rate from 1 to 1000000"},
        {"clock above 2^64", "a=rtpmap:96 VP8/99999999999999999999", "a clock rate from 1 to 1000000"},
        {"no clock", "a=rtpmap:96 VP8", "a clock rate from 1 to 1000000"},
        {"no name", "a=rtpmap:96 /90000", "an encoding name"},
        {"0 channels", "a=rtpmap:96 L16/8000/0", "1 to 255 channels"},
        {"256 channels", "a=rtpmap:96 L16/8000/256", "1 to 255 channels"},
        {"rtpmap twice", "a=rtpmap:96 VP8/90000\r\na=rtpmap:96 VP9/90000", "one a=rtpmap"},
        {"fmtp of 128", "a=fmtp:128 a=1", "a payload type from 0 to 127"},
        {"fmtp twice", "a=fmtp:96 a=1\r\na=fmtp:96 a=2", "one a=fmtp"},
        {"fmtp beyond ASCII", "a=fmtp:96 a=\xFF", "visible ASCII"},
        {"rtcp-fb of 128", "a=rtcp-fb:128 nack", "a payload type from 0 to 127, or *"},
        {"rtcp-fb of nothing", "a=rtcp-fb:96 ", "a kind of feedback"},
        {"rtcp-fb beyond ASCII", "a=rtcp-fb:96 \xFF", "visible ASCII"},
        {"extmap 0", "a=extmap:0 urn:x", "an extension id from 1 to 255"},
        {"extmap 256", "a=extmap:256 urn:x", "an extension id from 1 to 255"},
        {"extmap without URI", "a=extmap:1", "the URI of an extension"},
        {"extmap direction", "a=extmap:1/both urn:x", "sendrecv, sendonly"},
        {"extmap id twice", "a=extmap:1 urn:a\r\na=extmap:1 urn:b", "each extension id once"},
        {"mid", "a=mid:a b", "a mid of at most 64"},
        {"no mid", "a=mid:", "a mid of at most 64"},
        {"mid with markup (SEC-SDP-4)", "a=mid:<script>", "a mid of at most 64"},
        {"mid twice", "a=mid:0\r\na=mid:1", "one a=mid in a section"},
        {"directions that differ", "a=sendonly\r\na=recvonly", "one direction"},
        {"ufrag of 3", "a=ice-ufrag:abc", "4 to 256"},
        {"ufrag of 257", "a=ice-ufrag:" + std::string(257, 'u'), "4 to 256"},
        {"ufrag twice", "a=ice-ufrag:abcd\r\na=ice-ufrag:abcd", "one a=ice-ufrag"},
        {"pwd of 21", "a=ice-pwd:" + std::string(21, 'p'), "22 to 256"},
        {"pwd of 257", "a=ice-pwd:" + std::string(257, 'p'), "22 to 256"},
        {"pwd twice", "a=ice-pwd:" + std::string(22, 'p') + "\r\na=ice-pwd:" + std::string(22, 'p'),
         "one a=ice-pwd"},
        {"setup", "a=setup:server", "actpass, active, passive or holdconn"},
        {"setup twice", "a=setup:active\r\na=setup:passive", "one a=setup"},
        {"a fingerprint too short", "a=fingerprint:sha-256 AB:CD", "as many bytes as the hash has"},
        {"a fingerprint of letters", "a=fingerprint:sha-256 ZZ:ZZ", "hexadecimal digits"},
        {"a fingerprint without colons", "a=fingerprint:sha-256 ABCD", "hexadecimal digits"},
        {"no hash", "a=fingerprint:", "a hash and a fingerprint"},
        {"SDES", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "SDES (a=crypto) is not accepted"},
        {"rid", "a=rid:a;b send", "a rid of at most 64"},
        {"rid direction", "a=rid:a sendrecv", "send or recv"},
        {"rid twice", "a=rid:a send\r\na=rid:a recv", "each rid once"},
        {"rid payload type", "a=rid:a send pt=128", "payload types from 0 to 127"},
        {"rid restriction", "a=rid:a send max width=1", "restrictions like"},
        {"simulcast direction", "a=simulcast:both a", "send or recv"},
        {"simulcast of nothing", "a=simulcast:send ", "rids with"},
        {"simulcast with a gap", "a=simulcast:send a;;b", "rids with"},
        {"simulcast send twice", "a=simulcast:send a send b", "send once, recv once"},
        {"simulcast twice", "a=simulcast:send a\r\na=simulcast:recv b", "one a=simulcast"},
        {"ssrc 2^32", "a=ssrc:4294967296 cname:x", "an SSRC from 0 to 4294967295"},
        {"ssrc -1", "a=ssrc:-1 cname:x", "an SSRC from 0 to 4294967295"},
        {"ssrc-group 2^32", "a=ssrc-group:FID 1 4294967296", "an SSRC from 0 to 4294967295"},
        {"ssrc-group of nobody", "a=ssrc-group:FID", "an SSRC from 0 to 4294967295"},
        {"sctp-port 65536", "a=sctp-port:65536", "a port from 0 to 65535"},
        {"max-message-size", "a=max-message-size:-1", "a number of bytes"},
        {"b= without type", "b=1000", "b=type:number"},
        {"b= above 2^64", "b=AS:18446744073709551616", "b=type:number"},
        {"c= of another net", "c=ATM NSAP 1", "c=IN IP4 or IP6 address"},
        {"a line of the session part", "t=0 0", "in a media section"},
        {"an unknown type", "y=1", "in a media section"},
        {"no type", "nonsense", "a line like x=value"},
        {"one character", "a", "a line like x=value"},
        {"an empty line", "\r\na=x", "no empty line"},
        {"CR inside", "a=x\ry", "CR only before LF"},
    }));
    INFO(c.why);
    const auto text = around("", "a=first\r\n" + c.line + "\r\n");
    const auto read = parse(text);
    REQUIRE_FALSE(read);
    // The last line that was given is the wrong one, but an empty line is only wrong if something follows.
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    CHECK(read.error().line == lines);
    CHECK(read.error().message().find(c.expected) != std::string::npos);
    CHECK(read.error().message().starts_with("line " + std::to_string(lines)));
}

TEST_CASE("a wrong head, order or whole is named", "[sdp]") {
    const std::string head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    const std::string media = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
    const auto c = GENERATE_COPY(values<bad_text>({
        {"nothing", "", 1, "v=0"},
        {"another version", "v=1\r\n", 1, "v=0"},
        {"no version", "o=- 1 2 IN IP4 127.0.0.1\r\n", 1, "v=0"},
        {"only a version", "v=0\r\n", 2, "o= after v="},
        {"no origin", "v=0\r\ns=-\r\n", 2, "o= after v="},
        {"no name", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nt=0 0\r\n", 3, "s= after o="},
        {"ends before the name", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n", 3, "s= after o="},
        {"no timing", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n", 4, "t="},
        {"no timing before media", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n" + media, 4, "t= before"},
        {"bad timing", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=now\r\n", 4, "t=start stop"},
        {"session id above 2^64", "v=0\r\no=- 18446744073709551616 2 IN IP4 127.0.0.1\r\n", 2, "o="},
        {"origin without address", "v=0\r\no=- 1 2 IN IP4\r\n", 2, "o="},
        {"origin of another net", "v=0\r\no=- 1 2 ATM IP4 x\r\n", 2, "o="},
        {"origin of another family", "v=0\r\no=- 1 2 IN IP5 x\r\n", 2, "o="},
        {"control characters in the name", "v=0\r\no=- 1 2 IN IP4 x\r\ns=a\x1B\r\n", 3, "control"},
        {"version twice", head + "v=0\r\n", 5, "a= or m="},
        {"only CR", "v=0\ro=- 1 2 IN IP4 127.0.0.1\rs=-\rt=0 0\r", 1, "CR only before LF"},
        {"NUL", head + std::string("a=x\0y\r\n", 7), 5, "no NUL"},
        {"NUL in an unknown attribute's name", head + media + std::string("a=fmtp\0:1 a\r\n", 13), 6,
         "no NUL"},
        {"NUL behind the end", head + media + std::string("\0", 1), 6, "no NUL"},
        {"group of a mid that is not there", head + "a=group:BUNDLE 0 9\r\n" + media + "a=mid:0\r\n", 5,
         "an a=mid for each name"},
        {"group with a name twice", head + "a=group:BUNDLE 0 0\r\n" + media + "a=mid:0\r\n", 5,
         "each name once"},
        {"group of no identifier", head + "a=group:BUNDLE <x>\r\n", 5, "mids of at most 64"},
        {"the same mid in two sections", head + media + "a=mid:0\r\n" + media + "a=mid:0\r\n", 8,
         "a mid that no other section has"},
        {"SDES in the session part", head + "a=crypto:1 x\r\n", 5, "SDES"},
        {"an empty line inside", head + "\r\n" + media, 6, "no empty line"},
    }));
    INFO(c.why);
    const auto read = parse(c.text);
    REQUIRE_FALSE(read);
    CHECK(read.error().line == c.line);
    INFO(read.error().message());
    CHECK(read.error().message().find(c.expected) != std::string::npos);
}

TEST_CASE("LF alone, a missing last end, empty lines at the end", "[sdp]") {
    const auto expected = parsed(publisher);
    CHECK(parsed(replaced_everywhere(publisher, "\r\n", "\n")) == expected);
    CHECK(parsed(publisher.substr(0, publisher.size() - 2)) == expected);
    CHECK(parsed(std::string(publisher) + "\r\n\n\r\n") == expected);
    CHECK(parsed(replaced(publisher, "s=-", "s=")) == expected);
}

TEST_CASE("an error shows the line as far as it is fit to be shown", "[sdp]") {
    const auto read = parse(replaced(publisher, "a=setup:actpass", "a=setup:\x07oops"));
    REQUIRE_FALSE(read);
    CHECK(read.error().message() ==
          "line 15, \"a=setup:?oops\": expected actpass, active, passive or holdconn");
    const auto secret = parse(replaced(publisher, "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=ice-pwd:short"));
    REQUIRE_FALSE(secret);
    CHECK(secret.error().message().find("short") == std::string::npos);
}

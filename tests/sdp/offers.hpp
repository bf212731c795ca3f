/// Offers to begin with, ways to spoil them, and our end of the transport.
#pragma once

#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/parse.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace sdp_test {

using namespace conf::sdp;

/// A publisher's audio and video, as browsers write it, without what they have too much of.
inline constexpr std::string_view publisher =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS stream\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Yf+0\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 "
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=sendonly\r\n"
    "a=msid:stream microphone\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=rtcp-fb:111 transport-cc\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "a=rtpmap:63 red/48000/2\r\n"
    "a=fmtp:63 111/111\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
    "a=ssrc:1001 cname:x\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 45 46\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Yf+0\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
    "a=fingerprint:sha-256 "
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n"
    "a=setup:actpass\r\n"
    "a=mid:1\r\n"
    "a=extmap:13 urn:3gpp:video-orientation\r\n"
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
    "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
    "a=sendonly\r\n"
    "a=msid:stream camera\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtcp-fb:96 goog-remb\r\n"
    "a=rtcp-fb:96 transport-cc\r\n"
    "a=rtcp-fb:96 ccm fir\r\n"
    "a=rtcp-fb:96 nack\r\n"
    "a=rtcp-fb:96 nack pli\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n"
    "a=rtpmap:98 H264/90000\r\n"
    "a=rtcp-fb:98 nack\r\n"
    "a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
    "a=rtpmap:99 rtx/90000\r\n"
    "a=fmtp:99 apt=98\r\n"
    "a=rtpmap:45 AV1/90000\r\n"
    "a=fmtp:45 level-idx=5;profile=0;tier=0\r\n"
    "a=rtpmap:46 ulpfec/90000\r\n"
    "a=ssrc-group:FID 2001 2002\r\n"
    "a=ssrc:2001 cname:x\r\n"
    "a=ssrc:2002 cname:x\r\n";

/// The text with the first `what` replaced; there must be one.
[[nodiscard]] inline std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
    std::string out(text);
    const auto at = out.find(what);
    REQUIRE(at != std::string::npos);
    return out.replace(at, what.size(), by);
}

[[nodiscard]] inline std::string replaced_everywhere(std::string_view text, std::string_view what,
                                                     std::string_view by) {
    std::string out(text);
    std::size_t count = 0;
    for (std::size_t at = 0; (at = out.find(what, at)) != std::string::npos; at += by.size(), ++count) {
        out.replace(at, what.size(), by);
    }
    REQUIRE(count > 0);
    return out;
}

/// The same from somebody who wants to receive.
[[nodiscard]] inline std::string player() {
    auto out = replaced_everywhere(publisher, "a=sendonly", "a=recvonly");
    for (const auto* line :
         {"a=msid:stream microphone\r\n", "a=msid:stream camera\r\n", "a=ssrc:1001 cname:x\r\n",
          "a=ssrc-group:FID 2001 2002\r\n", "a=ssrc:2001 cname:x\r\n", "a=ssrc:2002 cname:x\r\n"}) {
        out = replaced(out, line, "");
    }
    return out;
}

/// A publisher who sends three layers.
[[nodiscard]] inline std::string simulcast_publisher() {
    auto out =
        replaced(publisher, "a=ssrc-group:FID 2001 2002\r\na=ssrc:2001 cname:x\r\na=ssrc:2002 cname:x\r\n",
                 "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n");
    return out;
}

[[nodiscard]] inline session parsed(std::string_view text) {
    auto read = parse(text);
    INFO((read ? "" : read.error().message()));
    REQUIRE(read);
    return *std::move(read);
}

[[nodiscard]] inline candidate host_candidate(std::string_view address, std::uint16_t port) {
    return {.foundation = "1",
            .component = 1,
            .transport = candidate_transport::udp,
            .priority = 2130706431,
            .ip = conf::ip_address::parse(address),
            .name = {},
            .port = port,
            .type = candidate_type::host,
            .tcp = {}};
}

[[nodiscard]] inline server_parameters server() {
    server_parameters made{.session_id = 7,
                           .session_version = 1,
                           .ufrag = "srvUfrag",
                           .pwd = "srvPwd0123456789srvPwd0123456789",
                           .certificate = {hash_function::sha256, std::vector(32, std::byte{0xCE})},
                           .candidates = {host_candidate("203.0.113.7", 40000)}};
    auto tcp = host_candidate("203.0.113.7", 40000);
    tcp.transport = candidate_transport::tcp;
    tcp.tcp = tcp_type::passive;
    tcp.priority = 1671430143;
    made.candidates.push_back(tcp);
    return made;
}

/// One stream for each section, with names that nobody else has.
[[nodiscard]] inline std::vector<sent_stream> streams_for(const session& offer) {
    std::vector<sent_stream> made;
    for (std::uint32_t i = 0; i < offer.media.size(); ++i) {
        made.push_back({.ssrc = 5000 + i,
                        .rtx_ssrc = 6000 + i,
                        .cname = "room",
                        .msid = {"s" + std::to_string(i), "t" + std::to_string(i)}});
    }
    return made;
}

using answered = outcome<negotiated, refusal>;

[[nodiscard]] inline answered whip(std::string_view text, const capabilities& ours = {}) {
    auto read = parse(text);
    if (!read) return to_refusal(read.error());
    return answer_whip(*read, ours, server());
}

[[nodiscard]] inline answered whep(std::string_view text, const capabilities& ours = {}) {
    auto read = parse(text);
    if (!read) return to_refusal(read.error());
    return answer_whep(*read, ours, server(), streams_for(*read));
}

}  // namespace sdp_test

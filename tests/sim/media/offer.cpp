#include "tests/sim/media/offer.hpp"

#include <fmt/format.h>

#include <array>

namespace conf::sim::media {
namespace {

std::string begin_session(unsigned sections) {
    std::string text = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE";
    for (unsigned i = 0; i < sections; ++i) text += fmt::format(" {}", i);
    return text + "\r\na=extmap-allow-mixed\r\n";
}

std::string transport_lines(const ice::credentials& own, const std::string& fingerprint, unsigned mid,
                            std::string_view direction) {
    return fmt::format(
        "c=IN IP4 0.0.0.0\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{}\r\na=setup:actpass\r\n"
        "a=mid:{}\r\na=rtcp-mux\r\na=rtcp-rsize\r\na={}\r\n"
        "a=extmap:{} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
        "a=extmap:{} urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
        own.ufrag, own.pwd, fingerprint, mid, direction, sequence_id, mid_id);
}

std::string audio_section(const ice::credentials& own, const std::string& fingerprint, unsigned mid,
                          std::string_view direction) {
    return fmt::format("m=audio 9 UDP/TLS/RTP/SAVPF {}\r\n", opus_type) +
           transport_lines(own, fingerprint, mid, direction) +
           fmt::format(
               "a=extmap:{} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
               "a=rtpmap:{} opus/48000/2\r\na=rtcp-fb:{} transport-cc\r\n",
               level_id, opus_type, opus_type);
}

std::string video_section(const ice::credentials& own, const std::string& fingerprint, unsigned mid,
                          std::string_view direction) {
    return fmt::format("m=video 9 UDP/TLS/RTP/SAVPF {} {}\r\n", vp8_type, rtx_type) +
           transport_lines(own, fingerprint, mid, direction) +
           fmt::format(
               "a=extmap:{0} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
               "a=extmap:{1} urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
               "a=rtpmap:{2} VP8/90000\r\na=rtcp-fb:{2} transport-cc\r\na=rtcp-fb:{2} ccm fir\r\n"
               "a=rtcp-fb:{2} nack\r\na=rtcp-fb:{2} nack pli\r\n"
               "a=rtpmap:{3} rtx/90000\r\na=fmtp:{3} apt={2}\r\n",
               rid_id, repaired_rid_id, vp8_type, rtx_type);
}

}  // namespace

std::string_view rid_of(unsigned layer) {
    static constexpr std::array<std::string_view, 3> names{"q", "h", "f"};
    return names.at(layer);
}

std::string publisher_offer(const ice::credentials& own, const std::string& fingerprint,
                            const published_ssrcs* declared, unsigned layers) {
    auto text = begin_session(2) + audio_section(own, fingerprint, 0, "sendonly");
    if (declared != nullptr) text += fmt::format("a=ssrc:{} cname:x\r\n", declared->audio);
    text += video_section(own, fingerprint, 1, "sendonly");
    if (layers > 1) {
        std::string names;
        for (unsigned i = 0; i < layers; ++i) {
            text += fmt::format("a=rid:{} send\r\n", rid_of(i));
            names += fmt::format("{}{}", i == 0 ? "" : ";", rid_of(i));
        }
        return text + fmt::format("a=simulcast:send {}\r\n", names);
    }
    if (declared != nullptr) {
        text += fmt::format("a=ssrc-group:FID {0} {1}\r\na=ssrc:{0} cname:x\r\na=ssrc:{1} cname:x\r\n",
                            declared->video, declared->video_rtx);
    }
    return text;
}

std::string player_offer(const ice::credentials& own, const std::string& fingerprint, unsigned pairs) {
    auto text = begin_session(2 * pairs);
    for (unsigned i = 0; i < pairs; ++i) {
        text += audio_section(own, fingerprint, 2 * i, "recvonly");
        text += video_section(own, fingerprint, 2 * i + 1, "recvonly");
    }
    return text;
}

std::string restart_fragment(const ice::credentials& own) {
    return fmt::format(
        "a=ice-options:trickle ice2\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
        "a=mid:0\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\n",
        own.ufrag, own.pwd);
}

}  // namespace conf::sim::media

#include "tests/fuzz/engine_parts.hpp"

#include <algorithm>
#include <chrono>

namespace fuzz {

using namespace std::chrono_literals;

namespace {

const conf::dtls::context& server_dtls() {
    static const conf::dtls::context made(
        conf::dtls::certificate::generate(std::chrono::sys_seconds{1'790'000'000s}));
    return made;
}

conf::srtp::protector& protector() {
    static const auto made = conf::srtp::make_evp_protector();
    return *made;
}

}  // namespace

conf::engine::media_engine make_engine() {
    return conf::engine::media_engine({.shard = 5,
                                       .dtls = server_dtls(),
                                       .protector = protector(),
                                       .candidates = {},
                                       .capabilities = {},
                                       .limits = {.participants_per_room = 3, .transports = 4},
                                       .key = conf::crypto::key_from_seed(5),
                                       .wall_at_zero = 1'700'000'000s,
                                       .packet_slots = 32});
}

std::string offer_with(std::string_view direction) {
    std::string made =
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=ice-ufrag:Yf+0\r\n"
        "a=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
        "a=fingerprint:sha-256 "
        "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:"
        "1C:1D:1E:1F\r\na=";
    return made.append(direction).append("\r\n");
}

std::string line_of(std::string_view answer, std::string_view name) {
    const auto at = answer.find(name);
    require(at != std::string_view::npos);
    const auto rest = answer.substr(at + name.size());
    return std::string(rest.substr(0, rest.find('\r')));
}

conf::ice::path path_of(unsigned number) {
    return {1, {*conf::ip_address::parse("192.0.2.1"), static_cast<std::uint16_t>(4000 + number)}};
}

void check_engine(conf::engine::media_engine& core, conf::engine::outputs& out) {
    core.flush(out);
    for (const auto& one : out.transmits) require(!one.data.empty() && one.data.size() <= 1500);
    out.clear();
    const auto here = core.now_here();
    require(here.transports <= 4 && here.paths <= conf::ice::lite_agent::paths_max * here.transports);
    require(here.ufrags <= 2 * here.transports && core.packets_kept() <= 32);
}

}  // namespace fuzz

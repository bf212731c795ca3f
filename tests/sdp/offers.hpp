/// Offers to begin with, ways to spoil them, and our end of the transport.
#pragma once

#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/parse.hpp"
#include "tests/sdp/publisher_offer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace sdp_test {

using namespace conf::sdp;

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

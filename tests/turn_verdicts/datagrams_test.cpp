// The first byte decides, RFC 7983: RTP, RTCP, DTLS and SRTP on the port of a plain TURN server end in a
// counter.
#include "tests/stun/vectors.hpp"
#include "tests/turn_verdicts/relay.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace turn_verdicts;

std::uint64_t dropped(const relay& server) {
    const auto& count = server.core.count();
    return count.dropped_unknown_protocol + count.dropped_malformed + count.dropped_no_allocation;
}

}  // namespace

TEST_CASE("33 of 33 datagrams of other protocols get no answer and leave nothing", "[turn][vectors]") {
    const auto rows = vectors::read_table("datagrams/cases.tsv");
    REQUIRE(rows.size() == 33);
    relay server(usual_settings(deny_list()));
    const client stranger("nobody", "203.0.113.9:40000");
    std::uint64_t given = 0;
    for (const auto& columns : rows) {
        INFO(columns[0]);
        const auto wire = vectors::read_file(vectors::path_of("datagrams/" + columns[0] + ".bin"));
        server.give(stranger.datagram(wire));
        ++given;
        CHECK(server.out.transmits.empty());
        CHECK(server.out.commands.empty());
        CHECK(server.out.events.empty());
        CHECK(dropped(server) == given);
    }
}

TEST_CASE("each of the 256 first bytes goes where RFC 7983 says", "[turn]") {
    for (unsigned first = 0; first < 256; ++first) {
        INFO(first);
        relay server(usual_settings(deny_list()));
        const client stranger("nobody", "203.0.113.9:40000");
        vectors::buffer wire(32);
        wire[0] = static_cast<std::byte>(first);
        server.give(stranger.datagram(wire));
        const auto& count = server.core.count();
        CHECK(count.dropped_malformed == (first < 4 ? 1 : 0));  // STUN, without its cookie
        CHECK(count.dropped_no_allocation == (first >= 64 && first <= 79 ? 1 : 0));  // a channel
        CHECK(count.dropped_unknown_protocol == (first < 4 || (first >= 64 && first <= 79) ? 0 : 1));
        CHECK(server.out.transmits.empty());
    }
}

TEST_CASE("the STUN and TURN corpora get short answers or none, and no allocation", "[turn][vectors]") {
    for (const auto* folder : {"stun", "stun-turn", "turn", "stun-bad", "rfc5769"}) {
        for (const auto& path : vectors::files_of(folder)) {
            INFO(path);
            relay server(usual_settings(deny_list()));
            const client stranger("nobody", "203.0.113.9:40000");
            const auto wire = vectors::read_file(path);
            server.give(stranger.datagram(wire));
            CHECK(server.out.commands.empty());
            CHECK(server.out.transmits.size() <= 1);
            for (const auto& sent : server.out.transmits) {
                CHECK(sent.via == turn::transmit::door::client);
                CHECK(sent.destination == stranger.remote());
                CHECK(sent.head.size() + sent.body.size() + sent.padding <=
                      turn::unauthenticated_answer_bytes_max);
            }
            CHECK(server.core.empty());
        }
    }
}

// application/trickle-ice-sdpfrag: what WHIP and WHEP clients PATCH, and what they get for an ICE restart.
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"

namespace {

using namespace sdp_test;

fragment read_fragment(std::string_view text) {
    auto read = parse_fragment(text);
    INFO((read ? "" : read.error().message()));
    REQUIRE(read);
    return *std::move(read);
}

struct bad_fragment {
    std::string why;
    std::string text;
    std::size_t line;
    std::string expected;
};

}  // namespace

TEST_CASE("a trickled candidate is read", "[sdp]") {
    const auto read = read_fragment(
        "a=ice-options:trickle ice2\r\n"
        "a=group:BUNDLE 0 1\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
        "a=mid:0\r\n"
        "a=ice-ufrag:EsAw\r\n"
        "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
        "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id "
        "1\r\n"
        "a=candidate:3471623853 1 udp 2122194687 8e2bc9d4.local 61765 typ host generation 0\r\n"
        "a=end-of-candidates\r\n");
    CHECK(read.ice.options == std::vector<std::string>{"trickle", "ice2"});
    CHECK(read.groups == std::vector<group>{{group_semantics::bundle, {"0", "1"}}});
    REQUIRE(read.media.size() == 1);
    CHECK(read.media[0].kind == media_kind::audio);
    CHECK(read.media[0].mid == "0");
    CHECK(read.media[0].end_of_candidates);
    REQUIRE(read.media[0].candidates.size() == 2);
    CHECK(read.media[0].candidates[0].port == 61764);
    CHECK(read.media[0].candidates[1].name == "8e2bc9d4.local");
    CHECK(credentials_of(read) == ice_parameters{"EsAw", "P2uYro0UCOQ4zxjKXaWCBui1", {}});
}

TEST_CASE("credentials may stand in the session part, or be missing", "[sdp]") {
    const auto in_session =
        read_fragment("a=ice-ufrag:EsAw\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\nm=audio 9 RTP/AVP 0\na=mid:0\n");
    CHECK(credentials_of(in_session) == ice_parameters{"EsAw", "P2uYro0UCOQ4zxjKXaWCBui1", {}});
    CHECK(credentials_of(read_fragment("m=audio 9 RTP/AVP 0\na=mid:0\na=end-of-candidates\n")) ==
          std::nullopt);
    CHECK(credentials_of(read_fragment("a=ice-ufrag:EsAw\n")) == std::nullopt);
    CHECK(read_fragment("") == fragment{});
    CHECK(read_fragment("a=end-of-candidates\r\n").end_of_candidates);
    CHECK(read_fragment("a=ice-lite\r\n").ice_lite);
}

TEST_CASE("a fragment says nothing else", "[sdp]") {
    const auto read = read_fragment(
        "a=setup:active\r\na=crypto:1 x\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=rtpmap:0 "
        "PCMU/0\r\na=ssrc:x\r\n");
    CHECK(read.media == std::vector<fragment_section>{
                            {.kind = media_kind::audio, .mid = "0", .ice = {}, .candidates = {}}});
}

TEST_CASE("a wrong line of a fragment is named", "[sdp]") {
    const auto c = GENERATE(values<bad_fragment>({
        {"a section without mid", "m=audio 9 RTP/AVP 0\r\n", 2, "an a=mid in each section"},
        {"the same mid twice", "m=audio 9 RTP/AVP 0\r\na=mid:0\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n", 4,
         "a mid that no other section has"},
        {"hostile mid (SEC-SDP-4)", "m=audio 9 RTP/AVP 0\r\na=mid:a b\r\n", 2, "a mid of at most 64"},
        {"ufrag", "a=ice-ufrag:abc\r\n", 1, "4 to 256"},
        {"pwd (SEC-ICE-6)", "a=ice-pwd:abc\r\n", 1, "22 to 256"},
        {"NUL (SEC-SDP-1)", std::string("a=x\r\na=\0\r\n", 10), 2, "no NUL"},
        {"a whole description", std::string(publisher), 1, "a= or m="},
        {"another type", "y=1\r\n", 1, "a= or m="},
    }));
    INFO(c.why);
    const auto read = parse_fragment(c.text);
    REQUIRE_FALSE(read);
    CHECK(read.error().line == c.line);
    CHECK(read.error().message().find(c.expected) != std::string::npos);
}

TEST_CASE("the answer to an ICE restart brings new credentials and every candidate", "[sdp]") {
    const auto answered = whip(publisher);
    REQUIRE(answered);
    auto fresh = server();
    fresh.ufrag = "newUfrag";
    fresh.pwd = "newPwd0123456789newPwd0123456789";
    const auto made = make_fragment(*answered, fresh);
    CHECK(write(made) ==
          "a=group:BUNDLE 0 1\r\n"
          "a=ice-lite\r\n"
          "a=ice-options:trickle ice2\r\n"
          "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
          "a=mid:0\r\n"
          "a=ice-ufrag:newUfrag\r\n"
          "a=ice-pwd:newPwd0123456789newPwd0123456789\r\n"
          "a=candidate:1 1 udp 2130706431 203.0.113.7 40000 typ host\r\n"
          "a=candidate:1 1 tcp 1671430143 203.0.113.7 40000 typ host tcptype passive\r\n"
          "a=end-of-candidates\r\n");
    CHECK(read_fragment(write(made)) == made);
    CHECK(credentials_of(made) == ice_parameters{"newUfrag", "newPwd0123456789newPwd0123456789", {}});
}

TEST_CASE("a fragment of a data section is still a fragment", "[sdp]") {
    fragment made;
    made.end_of_candidates = true;
    made.media.push_back({.kind = media_kind::application, .mid = "2", .ice = {}, .candidates = {}});
    CHECK(read_fragment(write(made)) == made);
}

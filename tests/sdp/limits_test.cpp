// Every limit at its value and one above it (SEC-SDP-2), and what reading costs (SEC-SDP-3).
#include "libconf/sdp/limits.hpp"
#include "libconf/sdp/parse.hpp"
#include "tests/sdp/offers.hpp"

#include <functional>

namespace {

using namespace sdp_test;

constexpr std::string_view head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";  // 4 lines
constexpr std::string_view media = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";

std::string times(std::size_t count, std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

/// `count` lines or words, each with its number.
std::string numbered(std::size_t count, std::string_view before, std::string_view behind) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += before;
        out += std::to_string(i);
        out += behind;
    }
    return out;
}

std::string in_section(std::string_view lines) {
    return std::string(head) + std::string(media) + std::string(lines);
}

struct limit_case {
    std::string why;
    std::size_t limit;
    std::function<std::string(std::size_t)> text;
    std::string expected;
};

struct cost_case {
    std::string why;
    std::function<std::string(std::size_t)> line;  // the n-th of a section
};

/// Sections of as many lines as may be, up to that size; the widest text that there is.
std::string filled(std::size_t bytes, const cost_case& with) {
    std::string out(head);
    std::size_t sections = 0;
    while (sections < sections_max) {
        std::string section("m=audio 9 UDP/TLS/RTP/SAVPF 0 8 96 97 98 99 100 101 102 103 127\r\n");
        for (std::size_t i = 1; i < lines_per_section_max && out.size() + section.size() < bytes; ++i) {
            section += with.line(i) + "\r\n";
        }
        if (out.size() + section.size() > bytes + line_bytes_max) break;
        out += section;
        ++sections;
        if (out.size() >= bytes) break;
    }
    return out.substr(0, std::min(out.rfind('\n') + 1, text_bytes_max));
}

}  // namespace

TEST_CASE("each limit holds at its value and refuses one more (SEC-SDP-2)", "[sdp]") {
    const auto c = GENERATE(values<limit_case>({
        {"1 MiB", text_bytes_max,
         [](std::size_t size) {
             // Lines of an attribute that nobody knows, in as many sections as it takes.
             std::string out(head);
             const auto section =
                 in_section(times(300, "a=x:" + std::string(1000, 'x') + "\r\n")).substr(head.size());
             while (out.size() + section.size() < size) out += section;
             out += media;
             while (out.size() + 1500 < size) out += "a=x:" + std::string(1000, 'x') + "\r\n";
             out += "a=x:";
             return out + std::string(size - out.size(), 'x');
         },
         "at most 1 MiB"},
        {"line", line_bytes_max,
         [](std::size_t size) { return in_section("a=x:" + std::string(size - 4, 'x') + "\r\n"); },
         "at most 4096 bytes in a line"},
        {"sections", sections_max, [](std::size_t count) { return std::string(head) + times(count, media); },
         "at most 512 media sections"},
        {"lines of a section", lines_per_section_max,
         [](std::size_t count) { return in_section(times(count - 1, "a=x\r\n")); }, "at most 400 lines"},
        {"lines of the section before the last", lines_per_section_max,
         [](std::size_t count) { return in_section(times(count - 1, "a=x\r\n")) + std::string(media); },
         "at most 400 lines"},
        {"lines of the session part", lines_per_section_max,
         [](std::size_t count) { return std::string(head) + times(count - 4, "a=x\r\n"); },
         "at most 400 lines"},
        {"rids", rids_per_section_max,
         [](std::size_t count) { return in_section(numbered(count, "a=rid:r", " send\r\n")); },
         "at most 8 rids"},
        {"streams of a simulcast", rids_per_section_max,
         [](std::size_t count) {
             return in_section("a=simulcast:send " + numbered(count - 1, "r", ";") + "last\r\n");
         },
         "at most 8"},
        {"alternatives of a simulcast", rids_per_section_max,
         [](std::size_t count) {
             return in_section("a=simulcast:recv " + numbered(count - 1, "r", ",") + "last\r\n");
         },
         "at most 8"},
        {"SSRCs of a section (SEC-RTP-3)", ssrcs_per_section_max,
         [](std::size_t count) { return in_section(numbered(count, "a=ssrc:", " cname:x\r\n")); },
         "at most 16 SSRCs"},
        {"SSRCs of a group", ssrcs_per_section_max,
         [](std::size_t count) { return in_section("a=ssrc-group:SIM" + numbered(count, " ", "") + "\r\n"); },
         "at most 16 SSRCs"},
        {"fingerprints", fingerprints_per_section_max,
         [](std::size_t count) {
             return in_section(times(count, "a=fingerprint:sha-256 AB" + times(31, ":AB") + "\r\n"));
         },
         "at most 8 fingerprints"},
        {"parameters of a format", parameters_per_line_max,
         [](std::size_t count) { return in_section("a=fmtp:96 " + numbered(count, "p", "=1;") + "\r\n"); },
         "at most 32 format parameters"},
        {"restrictions of a rid", parameters_per_line_max,
         [](std::size_t count) { return in_section("a=rid:r send " + numbered(count, "p", "=1;") + "\r\n"); },
         "at most 32 restrictions"},
        {"payload types of a rid", 128,
         [](std::size_t count) { return in_section("a=rid:r send pt=1" + times(count - 1, ",1") + "\r\n"); },
         "each payload type once"},
        {"names in a group", sections_max,
         [](std::size_t count) {
             // Known names, so that nothing but their number can be wrong; they fit one line.
             std::string out(head);
             out += "a=group:BUNDLE" + numbered(count, " ", "") + "\r\n";
             for (std::size_t i = 0; i < sections_max; ++i) {
                 out += std::string(media) + "a=mid:" + std::to_string(i) + "\r\n";
             }
             return out;
         },
         "at most 512 names"},
    }));
    INFO(c.why);
    const auto at = parse(c.text(c.limit));
    INFO((at ? "" : at.error().message()));
    CHECK(at);
    const auto above = parse(c.text(c.limit + 1));
    REQUIRE_FALSE(above);
    CHECK(above.error().expected.find(c.expected) != std::string_view::npos);
}

TEST_CASE("of what is too much but harmless the first are kept (SEC-ICE-5)", "[sdp]") {
    const auto candidates = [](std::size_t count) {
        return parsed(in_section(numbered(count, "a=candidate:1 1 udp 1 192.0.2.", " 4000 typ host\r\n")))
            .media[0]
            .candidates;
    };
    CHECK(candidates(candidates_per_section_max).size() == candidates_per_section_max);
    CHECK(candidates(candidates_per_section_max + 1) == candidates(candidates_per_section_max));
    const auto options = [](std::size_t count) {
        return parsed(in_section("a=ice-options:" + numbered(count, "o", " ") + "\r\n")).media[0].ice.options;
    };
    CHECK(options(ice_options_max).size() == ice_options_max);
    CHECK(options(ice_options_max + 1) == options(ice_options_max));
}

TEST_CASE("an offer of 5000 candidates is refused whole (SEC-ICE-5)", "[sdp]") {
    const auto read = parse(in_section(times(5000, "a=candidate:1 1 udp 1 192.0.2.1 22 typ host\r\n")));
    REQUIRE_FALSE(read);
    CHECK(read.error().line == 4 + lines_per_section_max + 1);
}

TEST_CASE("twice the text is twice the work (SEC-SDP-3)", "[sdp]") {
    const auto c = GENERATE(values<cost_case>({
        {"unknown attributes", [](std::size_t) { return std::string("a=") + std::string(500, 'x'); }},
        {"short unknown attributes", [](std::size_t) { return std::string("a=x"); }},
        {"candidates",
         [](std::size_t) { return std::string("a=candidate:1 1 udp 1 192.0.2.1 22 typ host"); }},
        {"candidates of many words",
         [](std::size_t) { return "a=candidate:1 1 udp 1 192.0.2.1 22 typ host" + times(900, " a b"); }},
        {"the same SSRCs again and again",
         [](std::size_t i) { return "a=ssrc:" + std::to_string(i % ssrcs_per_section_max) + " cname:x"; }},
        {"SSRC groups", [](std::size_t) { return "a=ssrc-group:SIM" + times(ssrcs_per_section_max, " 1"); }},
        {"feedback", [](std::size_t) { return std::string("a=rtcp-fb:* a"); }},
        {"feedback of many words", [](std::size_t) { return "a=rtcp-fb:96" + times(2000, " a"); }},
        {"formats nobody mapped", [](std::size_t) { return "a=fmtp:126 " + times(1000, "a=1;"); }},
        {"empty parameters",
         [](std::size_t i) {
             return i > 8 ? std::string("a=x") : "a=fmtp:" + std::to_string(95 + i) + " " + times(1500, ";;");
         }},
        {"extensions",
         [](std::size_t i) {
             return i > extension_id_max ? std::string("a=x") : "a=extmap:" + std::to_string(i) + " u";
         }},
        {"msid", [](std::size_t) { return std::string("a=msid:a b"); }},
        {"ice options", [](std::size_t) { return "a=ice-options:" + times(2000, "a "); }},
        {"spaces", [](std::size_t) { return "a=msid:" + std::string(4000, ' '); }},
        {"bandwidths", [](std::size_t) { return std::string("b=A:1"); }},
        {"connections", [](std::size_t) { return std::string("c=IN IP4 0.0.0.0"); }},
        {"fingerprints of nobody's hash",
         [](std::size_t) { return "a=fingerprint:md5 " + times(1000, "AB:"); }},
    }));
    INFO(c.why);
    const auto half = filled(text_bytes_max / 4, c);
    const auto whole = filled(text_bytes_max / 2, c);
    std::size_t half_steps = 0;
    std::size_t whole_steps = 0;
    const auto half_read = parse(half, &half_steps);
    const auto whole_read = parse(whole, &whole_steps);
    INFO((half_read ? "" : half_read.error().message()));
    CHECK(half_read);
    CHECK(whole_read);
    const auto size_ratio = static_cast<double>(whole.size()) / static_cast<double>(half.size());
    const auto step_ratio = static_cast<double>(whole_steps) / static_cast<double>(half_steps);
    CHECK(size_ratio > 1.4);
    CHECK(step_ratio < size_ratio * 1.05);
    // Each byte is looked at some few times, whatever it is.
    CHECK(whole_steps < whole.size() * 12);
    CHECK(whole_steps >= whole.size());
}

TEST_CASE("groups of the whole width cost what they are long (SEC-SDP-3)", "[sdp]") {
    const auto text = [](std::size_t groups) {
        std::string out(head);
        out += times(groups, "a=group:LS" + numbered(sections_max, " ", "") + "\r\n");
        for (std::size_t i = 0; i < sections_max; ++i) {
            out += std::string(media) + "a=mid:" + std::to_string(i) + "\r\n";
        }
        return out;
    };
    std::size_t base = 0;
    std::size_t half = 0;
    std::size_t whole = 0;
    CHECK(parse(text(1), &base));
    CHECK(parse(text(101), &half));
    CHECK(parse(text(201), &whole));
    CHECK(whole - base == 2 * (half - base));
}

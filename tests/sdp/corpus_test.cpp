// Other people's descriptions: the shared corpora with their verdicts, and offers of browsers and stacks.
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"
#include "tests/stun/vectors.hpp"

#include <map>
#include <set>

namespace {

using namespace sdp_test;

std::string text_of(const std::filesystem::path& path) {
    const auto raw = vectors::read_file(path);
    return std::string(conf::as_text(raw));
}

/// What must come of a file of sdp-bad, offered by a publisher.
struct judgement {
    int status;        // 200, or of the refusal
    std::size_t line;  // 0: a section is named
    std::size_t section;
    std::string why;
};

const std::map<std::string, judgement>& judgements() {
    static const std::map<std::string, judgement> table{
        {"ok-baseline.sdp", {200, 0, 0, ""}},
        {"empty.sdp", {400, 1, 0, "v=0"}},
        {"no-v.sdp", {400, 1, 0, "v=0"}},
        {"v-1.sdp", {400, 1, 0, "v=0"}},
        {"fmt-2pow32.sdp", {400, 7, 0, "payload types from 0 to 127"}},
        {"fmt-negative.sdp", {400, 7, 0, "payload types from 0 to 127"}},
        {"fmt-128.sdp", {400, 7, 0, "payload types from 0 to 127"}},
        {"nul-in-attr-name.sdp", {400, 18, 0, "no NUL"}},
        {"port-65536.sdp", {400, 7, 0, "a port from 0 to 65535"}},
        {"port-neg.sdp", {400, 7, 0, "a port from 0 to 65535"}},
        {"rtp-avp-plain.sdp", {422, 0, 1, "only DTLS-SRTP"}},
        {"sdes-crypto.sdp", {400, 38, 0, "SDES"}},
        {"no-fingerprint.sdp", {422, 0, 1, "a=fingerprint with"}},
        {"fingerprint-md5.sdp", {422, 0, 1, "a=fingerprint with"}},
        {"fingerprint-short.sdp", {400, 12, 0, "as many bytes"}},
        {"fingerprint-nonhex.sdp", {400, 12, 0, "hexadecimal"}},
        {"ufrag-3.sdp", {400, 10, 0, "4 to 256"}},
        {"pwd-21.sdp", {400, 11, 0, "22 to 256"}},
        {"ufrag-257.sdp", {400, 10, 0, "4 to 256"}},
        {"dup-mid.sdp", {400, 26, 0, "no other section"}},
        {"bundle-unknown-mid.sdp", {400, 5, 0, "each name of the group"}},
        {"rtpmap-clock-0.sdp", {400, 17, 0, "a clock rate"}},
        {"rtpmap-clock-huge.sdp", {400, 17, 0, "a clock rate"}},
        {"apt-self.sdp", {400, 0, 2, "RTX of itself"}},
        {"apt-missing.sdp", {200, 0, 0, ""}},
        {"extmap-0.sdp", {400, 38, 0, "from 1 to 255"}},
        {"extmap-15.sdp", {200, 0, 0, ""}},
        {"extmap-256.sdp", {400, 38, 0, "from 1 to 255"}},
        {"extmap-dup-id.sdp", {400, 39, 0, "each extension id once"}},
        {"lf-only.sdp", {200, 0, 0, ""}},
        {"cr-only.sdp", {400, 1, 0, "CR only before LF"}},
        {"line-70000.sdp", {400, 38, 0, "at most 4096 bytes"}},
        {"5000-lines.sdp", {400, 420, 0, "at most 400 lines"}},
        {"1000-m-lines.sdp", {400, 548, 0, "at most 512 media sections"}},
        {"candidate-port-0.sdp", {200, 0, 0, ""}},
        {"candidate-loopback.sdp", {200, 0, 0, ""}},
        {"candidate-component-300.sdp", {200, 0, 0, ""}},
        {"candidate-fqdn.sdp", {200, 0, 0, ""}},
        {"ssrc-2pow32.sdp", {400, 38, 0, "an SSRC from 0"}},
        {"simulcast-50-rids.sdp", {400, 46, 0, "at most 8 rids"}},
        {"setup-missing.sdp", {422, 0, 1, "actpass or active"}},
        {"bad-utf8.sdp", {200, 0, 0, ""}},
    };
    return table;
}

/// Whether the verdict of the shared table allows that status.
bool allows(std::string_view verdict, int status) {
    if (verdict.starts_with("reject-or-") || verdict.starts_with("accept-or-")) return true;
    if (verdict.starts_with("reject")) return status == 400 || status == 422;
    return status == 200;  // accept, ignore-candidate
}

/// What may stand in an answer to a browser: nothing it did not offer.
void check_answer(const session& offer, const negotiated& got, direction expected) {
    REQUIRE(got.answer.media.size() == offer.media.size());
    REQUIRE(got.media.size() == offer.media.size());
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        INFO("section " << i);
        const auto& asked = offer.media[i];
        const auto& said = got.answer.media[i];
        CHECK(said.kind == asked.kind);
        CHECK(said.mid == asked.mid);
        CHECK(said.port != 0);
        CHECK(said.direction == expected);
        CHECK(said.setup == setup_role::passive);
        CHECK_FALSE(got.media[i].codecs.empty());
        CHECK_FALSE(said.formats.empty());
        std::set<int> types;
        for (const auto& format : asked.formats) types.insert(format.payload_type);
        for (const auto& format : said.formats) CHECK(types.contains(format.payload_type));
        for (const auto& extension : said.extensions) {
            const auto found = std::ranges::find(asked.extensions, extension.id, &extension_map::id);
            REQUIRE(found != asked.extensions.end());
            CHECK(found->uri == extension.uri);
        }
    }
    const auto text = write(got.answer);
    const auto again = parse(text);
    INFO((again ? "" : again.error().message()));
    REQUIRE(again);
    CHECK(*again == got.answer);
}

}  // namespace

TEST_CASE("every file of sdp-bad has its verdict (SEC-SDP-1, SEC-SDP-2)", "[sdp]") {
    std::size_t files = 0;
    for (const auto& row : vectors::read_table("sdp-bad/expected.tsv")) {
        INFO(row.at(0));
        const auto& expected = judgements().at(row[0]);
        REQUIRE(allows(row.at(1), expected.status));
        const auto got = whip(text_of(vectors::path_of("sdp-bad/" + row[0])));
        ++files;
        if (expected.status == 200) {
            INFO((got ? "" : got.error().message()));
            REQUIRE(got);
            CHECK(got->remote.candidates.empty());
            continue;
        }
        REQUIRE_FALSE(got);
        INFO(got.error().message());
        CHECK(got.error().status == expected.status);
        CHECK(got.error().line == expected.line);
        CHECK(got.error().section == expected.section);
        CHECK(got.error().why.find(expected.why) != std::string::npos);
    }
    CHECK(files == judgements().size());
    CHECK(files + 1 == vectors::files_of("sdp-bad").size());
}

TEST_CASE("the corpus of WebRTC is read and written again, or its line named", "[sdp]") {
    std::size_t read_count = 0;
    for (const auto& path : vectors::files_of("sdp")) {
        INFO(path.filename().string());
        const auto text = text_of(path);
        const auto read = parse(text);
        if (!read) {
            INFO(read.error().message());
            // These have passwords of nine letters, SDES keys, or begin in the middle.
            CHECK(path.filename().string().find("unittest") != std::string::npos);
            continue;
        }
        ++read_count;
        CHECK(parsed(write(*read)) == *read);
        const auto got = answer_whip(*read, {}, server());
        const bool old_phone = text.find("RTP/AVP ") != std::string::npos;
        CHECK((!got || !old_phone));
        if (!got) CHECK_FALSE(got.error().message().empty());
    }
    CHECK(read_count == 36);
}

TEST_CASE("the browsers of the WebRTC corpus are answered, as far as they ask for what we do", "[sdp]") {
    const auto simulcast = text_of(vectors::path_of("sdp/webrtc-7f87e831366f-simulcast.1.sdp"));
    const auto got = whip(simulcast);
    REQUIRE(got);
    check_answer(parsed(simulcast), *got, direction::recvonly);
    CHECK(got->media[0].rids == std::vector<std::string>{"f", "h", "q"});
    CHECK(got->media[0].extensions[extension::rtp_stream_id] == 4);
    // Firefox of 2016 and Opera offer a data channel too; without it they get an answer.
    const std::pair<const char*, const char*> browsers[]{
        {"sdp/webrtc-2b1e5d141abf-firefox-1.sdp", " sdparta_2"},
        {"sdp/webrtc-d809a75de4b8-opera-1.sdp", " data"},
    };
    for (const auto& [name, data_mid] : browsers) {
        INFO(name);
        const auto whole = text_of(vectors::path_of(name));
        const auto refused = whip(whole);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().section == 3);
        const auto offer = replaced(whole.substr(0, whole.find("m=application")), data_mid, "");
        const auto taken = whip(offer);
        INFO((taken ? "" : taken.error().message()));
        REQUIRE(taken);
        check_answer(parsed(offer), *taken, direction::recvonly);
    }
}

TEST_CASE("recorded offers of browsers and stacks are answered", "[sdp]") {
    std::size_t files = 0;
    for (const auto& row : vectors::read_table("sdp-offers/expected.tsv")) {
        INFO(row.at(0));
        ++files;
        const auto offer = parsed(text_of(vectors::path_of("sdp-offers/" + row[0])));
        CHECK(parsed(write(offer)) == offer);
        const bool publishes = row.at(1) == "whip";
        const auto got = publishes ? answer_whip(offer, {}, server())
                                   : answer_whep(offer, {}, server(), streams_for(offer));
        if (row.at(2).starts_with("refused-")) {
            REQUIRE_FALSE(got);
            CHECK(std::to_string(got.error().section) == row[2].substr(8));
            continue;
        }
        INFO((got ? "" : got.error().message()));
        REQUIRE(got);
        CHECK(std::to_string(got->media.size()) == row[2]);
        check_answer(offer, *got, publishes ? direction::recvonly : direction::sendonly);
        for (std::size_t i = 0; i < got->media.size(); ++i) {
            const auto& codecs = got->media[i].codecs;
            const auto wanted = got->media[i].kind == media_kind::audio ? codec::opus : codec::vp8;
            CHECK(std::ranges::any_of(codecs, [&](const auto& c) { return c.format.codec == wanted; }));
        }
    }
    CHECK(files + 1 == vectors::files_of("sdp-offers").size());
}

TEST_CASE("what Chromium and Firefox of today agree to", "[sdp]") {
    const auto chromium = whip(text_of(vectors::path_of("sdp-offers/chromium-156-publish-simulcast.sdp")));
    REQUIRE(chromium);
    const auto& video = chromium->media[1];
    CHECK(video.rids == std::vector<std::string>{"q", "h", "f"});
    CHECK(video.codecs.size() == 7);  // VP8, H.264 in three profiles, AV1, VP9 in two
    for (const auto& chosen : video.codecs) {
        CHECK(chosen.rtx_payload_type.has_value());
        CHECK(chosen.feedback ==
              feedback{.nack = true, .nack_pli = true, .ccm_fir = true, .transport_cc = true});
    }
    for (std::size_t i = 0; i < extension_uris.size(); ++i) {
        const auto which = static_cast<extension>(i);
        CHECK((video.extensions[which] != 0) == (which != extension::audio_level));
    }
    CHECK(chromium->remote.candidates.empty());  // names of mDNS, never resolved

    const auto firefox = whip(text_of(vectors::path_of("sdp-offers/firefox-153-publish-simulcast.sdp")));
    REQUIRE(firefox);
    CHECK(firefox->media[1].rids == std::vector<std::string>{"q", "h", "f"});
    CHECK(firefox->media[1].ssrcs.size() == 6);
    CHECK(firefox->media[1].ssrc_groups.size() == 3);
    CHECK(firefox->media[1].extensions[extension::dependency_descriptor] == 8);
    const auto& list = firefox->answer.media[1].extensions;
    const auto dd = std::ranges::find(list, uri_of(extension::dependency_descriptor), &extension_map::uri);
    REQUIRE(dd != list.end());
    CHECK(dd->direction == direction::recvonly);
}

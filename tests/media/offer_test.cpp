// Our offers are answered by our own server, and its answers read back.
#include "libconf/media/offer.hpp"

#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace conf;

media::local_transport local() {
    const auto print =
        dtls::fingerprint::make("sha-256", std::vector<std::byte>(32, std::byte{0xAB})).value();
    return {.ice = {"ourUfrag", "ourPwd0123456789ourPwd0123456789"}, .certificate = print, .session_id = 9};
}

constexpr std::size_t bundled(const sdp::session& of) {
    return of.groups.empty() ? 0 : of.groups.front().mids.size();
}

}  // namespace

TEST_CASE("offer: a publisher's is accepted with every codec, extension and SSRC of it") {
    const auto made =
        media::publish_offer(local(), {.audio_ssrc = 11, .video_ssrc = 22, .video_rtx_ssrc = 23, .rids = {}});
    const auto text = sdp::write(made);
    CHECK(sdp_test::parsed(text) == made);
    const auto answered = sdp_test::whip(text);
    INFO((answered ? "" : answered.error().message()));
    REQUIRE(answered);
    REQUIRE(answered->media.size() == 2);
    CHECK(answered->remote.ice.ufrag == "ourUfrag");
    const auto& audio = answered->media[0];
    CHECK(audio.codecs.at(0).payload_type == media::opus_payload_type);
    CHECK(audio.ssrcs.at(0).ssrc == 11);
    CHECK(audio.extensions[sdp::extension::audio_level] == media::audio_level_id);
    const auto& video = answered->media[1];
    CHECK(video.codecs.at(0).rtx_payload_type == media::vp8_rtx_payload_type);
    CHECK(video.codecs.at(0).feedback == sdp::feedback{true, true, true, true});
    CHECK(video.ssrc_groups.at(0).ssrcs == std::vector<std::uint32_t>{22, 23});
    CHECK(video.extensions[sdp::extension::transport_cc] == media::transport_cc_id);
    CHECK(video.extensions[sdp::extension::mid] == media::mid_id);
}

TEST_CASE("offer: a publisher has what it says: one kind alone, or simulcast") {
    const auto audio_only =
        media::publish_offer(local(), {.audio_ssrc = 11, .video_ssrc = {}, .video_rtx_ssrc = {}, .rids = {}});
    CHECK(bundled(audio_only) == 1);
    CHECK(sdp_test::whip(sdp::write(audio_only)));
    const auto layers = media::publish_offer(
        local(), {.audio_ssrc = {}, .video_ssrc = {}, .video_rtx_ssrc = {}, .rids = {"q", "h", "f"}});
    const auto answered = sdp_test::whip(sdp::write(layers));
    REQUIRE(answered);
    CHECK(answered->media.at(0).rids == std::vector<std::string>{"q", "h", "f"});
    CHECK(answered->media.at(0).ssrcs.empty());
}

TEST_CASE("offer: a player's has as many sections of a kind as asked for") {
    struct row {
        std::size_t audio, video;
        std::string kinds;
    };
    for (const auto& [audio, video, kinds] :
         std::vector<row>{{1, 1, "av"}, {2, 2, "avav"}, {3, 1, "avaa"}, {0, 2, "vv"}, {1, 0, "a"}}) {
        const auto made = media::play_offer(local(), audio, video);
        std::string got;
        for (const auto& each : made.media) got += each.kind == sdp::media_kind::audio ? 'a' : 'v';
        CHECK(got == kinds);
        CHECK(bundled(made) == kinds.size());
        const auto answered = sdp_test::whep(sdp::write(made));
        REQUIRE(answered);
        CHECK(answered->answer.media.size() == kinds.size());
    }
}

TEST_CASE("offer: our own candidates stand in every section, in our order") {
    auto from = local();
    from.candidates = {*endpoint::parse("192.0.2.1:5000"), *endpoint::parse("[2001:db8::1]:5001")};
    const auto read = media::read_description(sdp::write(media::play_offer(from, 1, 1)));
    REQUIRE(read);
    CHECK(read->candidates == from.candidates);
    const auto answered = sdp_test::whep(sdp::write(media::play_offer(from, 1, 1)));
    REQUIRE(answered);
    CHECK(answered->remote.candidates.size() == 2);
}

TEST_CASE("offer: the server's answer tells where to go and what will come") {
    const auto answered = sdp_test::whep(sdp::write(media::play_offer(local(), 1, 1)));
    REQUIRE(answered);
    const auto read = media::read_description(sdp::write(answered->answer));
    INFO((read ? "" : read.error().message()));
    REQUIRE(read);
    CHECK(read->ice_lite);
    CHECK(read->ice.ufrag == "srvUfrag");
    CHECK(read->ice.pwd == "srvPwd0123456789srvPwd0123456789");
    CHECK(read->setup == sdp::setup_role::passive);
    CHECK(read->fingerprints.at(0).to_string().starts_with("sha-256 CE:CE:"));
    CHECK(read->candidates == std::vector{*endpoint::parse("203.0.113.7:40000")});  // TCP is left out
    REQUIRE(read->media.size() == 2);
    CHECK(read->media[0].codec == sdp::codec::opus);
    CHECK(read->media[0].ssrc == 5000U);
    CHECK_FALSE(read->media[0].rtx_ssrc);
    CHECK(read->media[1].payload_type == media::vp8_payload_type);
    CHECK(read->media[1].rtx_payload_type == media::vp8_rtx_payload_type);
    CHECK(read->media[1].ssrc == 5001U);
    CHECK(read->media[1].rtx_ssrc == 6001U);
    CHECK(read->media[1].extensions[sdp::extension::mid] == media::mid_id);
    CHECK(read->media[1].direction == sdp::direction::sendonly);
}

TEST_CASE("offer: a description without what a transport needs says what it lacks") {
    struct row {
        std::string without, says;
    };
    const auto answered = sdp_test::whep(sdp::write(media::play_offer(local(), 1, 0)));
    REQUIRE(answered);
    const auto whole = sdp::write(answered->answer);
    const auto line_of = [&](std::string_view begins) {
        const auto from = whole.find(begins);
        REQUIRE(from != std::string::npos);
        return whole.substr(from, whole.find('\n', from) + 1 - from);
    };
    for (const auto& [without, says] : std::vector<row>{{"a=ice-ufrag", "a=ice-ufrag"},
                                                        {"a=fingerprint", "a=fingerprint"},
                                                        {"a=setup", "a=setup"},
                                                        {"v=0", "line 1"}}) {
        INFO(without);
        const auto read = media::read_description(sdp_test::replaced(whole, line_of(without), ""));
        REQUIRE_FALSE(read);
        CHECK(read.error() == make_error_code(media::media_errc::bad_answer));
        CHECK(read.error().message().find(says) != std::string::npos);
    }
    CHECK_FALSE(media::read_description("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"));
}

TEST_CASE("offer: candidates come best first, each once") {
    auto server = sdp_test::server();
    auto better = sdp_test::host_candidate("203.0.113.9", 5);
    better.priority += 1;
    server.candidates.push_back(better);
    server.candidates.push_back(better);
    const auto offer = media::play_offer(local(), 1, 0);
    const auto answered = sdp::answer_whep(offer, {}, server, sdp_test::streams_for(offer));
    REQUIRE(answered);
    const auto read = media::read_description(sdp::write(answered->answer));
    REQUIRE(read);
    CHECK(read->candidates ==
          std::vector{*endpoint::parse("203.0.113.9:5"), *endpoint::parse("203.0.113.7:40000")});
}

TEST_CASE("offer: we answer a foreign offer with Opus and VP8 under its numbers, as the active side") {
    auto offer = sdp_test::parsed(sdp_test::publisher);
    offer.media[1].formats[0].payload_type = 120;
    offer.media[1].formats[1].payload_type = 121;
    offer.media[1].formats[1].parameters = {{"apt", "120"}};
    const auto made = media::answer_to(offer, local());
    REQUIRE(made.media.size() == 2);
    CHECK(made.media[0].formats.size() == 1);
    CHECK(made.media[0].setup == sdp::setup_role::active);
    CHECK(made.media[0].direction == sdp::direction::recvonly);
    CHECK(made.media[1].mid == "1");
    REQUIRE(made.media[1].formats.size() == 2);
    CHECK(made.media[1].formats[0].payload_type == 120);
    CHECK(made.media[1].formats[1].payload_type == 121);
    CHECK(sdp_test::parsed(sdp::write(made)).media.size() == 2);

    auto wants = sdp_test::parsed(sdp_test::player());
    wants.media[1].formats.erase(wants.media[1].formats.begin());  // no VP8 there
    const auto sends = media::answer_to(
        wants, local(), {.audio_ssrc = 11, .video_ssrc = 22, .video_rtx_ssrc = {}, .rids = {}});
    CHECK(sends.media[0].direction == sdp::direction::sendonly);
    CHECK(sends.media[0].ssrcs.at(0).ssrc == 11);
    CHECK(sends.media[1].port == 0);
    CHECK(sends.media[1].direction == sdp::direction::inactive);
}

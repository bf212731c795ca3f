// People in a call: one transport to send in several sections, one to receive what the engine offers.
#include "libconf/sdp/write.hpp"
#include "tests/engine/peer.hpp"
#include "tests/sfu/room.hpp"

using namespace engine_test;
using engine::carried;
using news_kind = engine::receiver_news::kind;

namespace {

/// Everything in the client's answer to an offer of ours.
std::string answer_to(std::string_view offer, std::string_view ufrag = "Yf+0") {
    auto made = sdp_test::parsed(offer);
    CHECK(made.ice_lite);
    made.ice_lite = false;
    const auto print = certificate_of("client").fingerprint_with(dtls::hash_function::sha256);
    for (auto& section : made.media) {
        CHECK(section.direction == sdp::direction::sendonly);
        section.direction = sdp::direction::recvonly;
        section.setup = sdp::setup_role::active;
        section.ice.ufrag = ufrag;
        section.ice.pwd = "abcdefghijklmnopqrstuvwx";
        section.fingerprints = {{sdp::hash_function::sha256, {print.digest().begin(), print.digest().end()}}};
        section.ssrcs.clear();
        section.ssrc_groups.clear();
        section.msids.clear();
        section.candidates.clear();
        section.end_of_candidates = false;
    }
    return sdp::write(made);
}

datagram picture(std::uint16_t sequence, bool key) {
    const auto payload = sfu_test::vp8_payload(key, true, sequence, 0);
    datagram made(rtp::header_bytes + payload.size());
    const rtp::header_writer header;
    header.write(made, {.timestamp = sequence * 3000U,
                        .ssrc = 2001,
                        .sequence_number = sequence,
                        .payload_type = 96,
                        .marker = true});
    std::ranges::copy(payload, made.begin() + rtp::header_bytes);
    return made;
}

using labels = std::vector<std::pair<std::string, std::string>>;
const labels both_labels{{"0", "microphone"}, {"1", "camera"}};

/// A room whose engine tells its news of receivers.
class call : public world {
public:
    peer& send(const std::string& name, const std::vector<std::string>& open = {"microphone", "camera"}) {
        const auto answer =
            core.send("room", name, offer_of(sdp_test::publisher), both_labels, open, now, out);
        INFO((answer ? "" : answer.error().message()));
        REQUIRE(answer);
        auto& one = *peers.emplace_back(std::make_unique<peer>(path_of(next_++)));
        one.take_answer(*answer, now);
        connect(one);
        REQUIRE(one.connected());
        return one;
    }
    /// The newest that was told to that receiver, of that kind.
    [[nodiscard]] const engine::receiver_news* newest(const std::string& name, news_kind kind) {
        const engine::receiver_news* found = nullptr;
        for (const auto& one : told) {
            if (one.receiver == name && one.what == kind) found = &one;
        }
        return found;
    }
    [[nodiscard]] const engine::receiver_news& offer(const std::string& name) {
        settle();
        const auto* const found = newest(name, news_kind::offer);
        REQUIRE(found != nullptr);
        return *found;
    }
    [[nodiscard]] std::vector<carried> tracks(const std::string& name) {
        settle();
        const auto* const found = newest(name, news_kind::tracks);
        return found == nullptr ? std::vector<carried>() : found->tracks;
    }
    [[nodiscard]] std::size_t offers(const std::string& name) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            told, [&](const auto& one) { return one.receiver == name && one.what == news_kind::offer; }));
    }
    void answer(const std::string& name, std::string_view ufrag = "Yf+0") {
        const auto& open = offer(name);
        const auto refused =
            core.take_answer("room", name, open.number, answer_to(open.sdp, ufrag), now, out);
        INFO((refused ? refused->message() : ""));
        REQUIRE_FALSE(refused);
        settle();
    }
    peer& receive(const std::string& name) {
        core.add_receiver("room", name, now);
        const auto sdp = offer(name).sdp;
        answer(name);
        auto& one = *peers.emplace_back(std::make_unique<peer>(path_of(next_++)));
        one.take_answer(sdp, now);
        connect(one);
        REQUIRE(one.connected());
        return one;
    }
    /// Sends what there is, and keeps what was told.
    void settle() {
        core.flush(out);
        keep();
        carry();
    }
    void speak(peer& from, std::uint16_t number) {
        from.send_rtp(audio_packet(number), number);
        settle();
        settle();
    }
    void show(peer& from, std::uint16_t number, bool key) {
        from.send_rtp(picture(number, key), number);
        settle();
        settle();
    }

    std::vector<engine::receiver_news> told;

private:
    void on_turn() override { keep(); }
    void keep() {
        std::ranges::move(out.receivers, std::back_inserter(told));
        out.receivers.clear();
    }
    std::uint16_t next_ = 50'000;
};

std::size_t packets_in(const peer& of, const engine::receiver_news& offer, std::string_view mid) {
    const auto sections = sdp_test::parsed(offer.sdp);
    const auto section = std::ranges::find(sections.media, mid, &sdp::media_section::mid);
    REQUIRE(section != sections.media.end());
    const auto ssrc = section->ssrcs.front().ssrc;
    return static_cast<std::size_t>(std::ranges::count_if(of.rtp, [&](const datagram& one) {
        const auto view = rtp::parse_packet(one);
        return view && view->ssrc == ssrc;
    }));
}

}  // namespace

TEST_CASE("who receives gets an offer before anybody sends, with some sections of each kind", "[engine]") {
    call on;
    on.core.add_receiver("room", "bob", on.now);
    const auto offer = on.offer("bob");
    CHECK(offer.number == 1);
    CHECK(offer.tracks.empty());
    const auto sections = sdp_test::parsed(offer.sdp);
    CHECK(sections.media.size() == 2 * engine::receiver_sections_first);
    CHECK(sections.media.front().setup == sdp::setup_role::actpass);
    CHECK_FALSE(sections.media.front().candidates.empty());
    on.core.add_receiver("room", "bob", on.now);  // he is there already
    on.settle();
    CHECK(on.offers("bob") == 1);
    CHECK(on.core.now_here().rooms == 1);
    on.core.remove_receiver("room", "bob", on.now, on.out);
    CHECK(on.core.now_here().rooms == 0);
}

TEST_CASE("sound of everybody else comes by itself, pictures come when they are wished", "[engine]") {
    call on;
    auto& bob = on.receive("bob");
    auto& ann = on.send("ann");
    CHECK(on.tracks("bob").empty());  // nothing has come from her yet
    on.speak(ann, 1);
    CHECK(on.tracks("bob") == std::vector<carried>{{"0", "ann", "microphone"}});
    on.speak(ann, 2);
    CHECK(packets_in(bob, on.offer("bob"), "0") == 1);
    on.show(ann, 1, true);
    CHECK(on.tracks("bob").size() == 1);

    on.core.set_wishes("room", "bob", {{"ann", "camera", 360}, {"nobody", "camera", 360}}, on.now);
    CHECK(on.tracks("bob") == std::vector<carried>{{"0", "ann", "microphone"}, {"4", "ann", "camera"}});
    on.show(ann, 2, false);
    CHECK(packets_in(bob, on.offer("bob"), "4") == 0);  // it begins with a key frame
    on.show(ann, 3, true);
    CHECK(packets_in(bob, on.offer("bob"), "4") == 1);

    on.core.set_wishes("room", "bob", {}, on.now);
    CHECK(on.tracks("bob") == std::vector<carried>{{"0", "ann", "microphone"}});
    on.show(ann, 4, true);
    CHECK(packets_in(bob, on.offer("bob"), "4") == 1);
    CHECK(on.offers("bob") == 1);
}

TEST_CASE("nobody hears himself", "[engine]") {
    call on;
    auto& in = on.receive("ann");
    auto& out = on.send("ann");
    on.speak(out, 1);
    on.speak(out, 2);
    CHECK(on.tracks("ann").empty());
    CHECK(in.rtp.empty());
}

TEST_CASE("what is off goes to nobody, and does not make its owner the speaker", "[engine]") {
    call on;
    auto& bob = on.receive("bob");
    auto& ann = on.send("ann", {});
    on.core.set_wishes("room", "bob", {{"ann", "camera", 0}}, on.now);
    on.speak(ann, 1);
    on.show(ann, 1, true);
    on.speak(ann, 2);
    CHECK(on.tracks("bob") == std::vector<carried>{{"0", "ann", "microphone"}});  // it keeps its place
    CHECK(bob.rtp.empty());

    CHECK(on.core.open_track("room", "ann", "microphone", true, on.now));
    on.speak(ann, 3);
    CHECK(packets_in(bob, on.offer("bob"), "0") == 1);
    CHECK(on.core.open_track("room", "ann", "camera", true, on.now));
    CHECK(on.tracks("bob").size() == 2);
    on.show(ann, 2, false);
    on.show(ann, 3, true);
    CHECK(packets_in(bob, on.offer("bob"), "4") == 1);

    CHECK(on.core.open_track("room", "ann", "microphone", false, on.now));
    CHECK(on.core.open_track("room", "ann", "camera", false, on.now));
    on.speak(ann, 4);
    on.show(ann, 4, true);
    CHECK(on.tracks("bob").size() == 1);
    CHECK(bob.rtp.size() == 2);
    // Numbers go on without a gap, so that nobody asks for what was not said.
    CHECK(on.core.open_track("room", "ann", "microphone", true, on.now));
    on.speak(ann, 5);
    REQUIRE(bob.rtp.size() == 3);
    const auto before = rtp::parse_packet(bob.rtp[0]);
    const auto after = rtp::parse_packet(bob.rtp[2]);
    CHECK(after->sequence_number == static_cast<std::uint16_t>(before->sequence_number + 1));
    CHECK_FALSE(on.core.open_track("room", "ann", "screen", true, on.now));
    CHECK_FALSE(on.core.open_track("room", "nobody", "camera", true, on.now));
}

TEST_CASE("a room that fills is offered anew, with the old sections as they were", "[engine]") {
    call on;
    auto& bob = on.receive("bob");
    std::vector<peer*> others;
    for (int i = 0; i < 6; ++i) {
        others.push_back(&on.send("p" + std::to_string(i)));
        on.speak(*others.back(), 1);
    }
    REQUIRE(on.offers("bob") == 2);
    CHECK(on.tracks("bob").size() == 4);
    const auto grown = on.offer("bob");
    CHECK(grown.number == 2);
    CHECK(grown.tracks.size() == 4);
    const auto first = sdp_test::parsed(on.told.front().sdp);
    const auto second = sdp_test::parsed(grown.sdp);
    REQUIRE(second.media.size() > first.media.size());
    for (std::size_t i = 0; i < first.media.size(); ++i) CHECK(second.media[i] == first.media[i]);
    CHECK(second.origin.session_id == first.origin.session_id);
    CHECK(second.origin.session_version > first.origin.session_version);

    on.answer("bob");
    const auto now = on.tracks("bob");
    // The offer was for as many as there were when the fourth section was not enough.
    CHECK(now.size() == 6);
    const auto heard = bob.rtp.size();
    for (auto* const one : others) on.speak(*one, 2);
    CHECK(bob.rtp.size() == heard + 6);
}

TEST_CASE("an offer of the same transport with new credentials restarts ICE, another one takes its place",
          "[engine]") {
    call on;
    auto& ann = on.send("ann");
    const auto again =
        on.core.send("room", "ann", offer_of(sdp_test::publisher, "Zz+1"), both_labels, {}, on.now, on.out);
    REQUIRE(again);
    const auto answer = sdp_test::parsed(*again);
    CHECK(answer.media.front().ice.ufrag != ann.answer.media.front().ice.ufrag);
    CHECK(answer.origin.session_id == ann.answer.origin.session_id);
    CHECK(answer.origin.session_version > ann.answer.origin.session_version);
    CHECK(on.core.count().restarts == 1);
    CHECK(on.core.now_here().transports == 1);
    ann.restart({answer.media.front().ice.ufrag, answer.media.front().ice.pwd}, "Zz+1");
    ann.move_to(path_of(60'000));
    ann.check();
    on.carry();
    CHECK(ann.checks_answered == 2);

    const auto stranger =
        certificate_of("stranger").fingerprint_with(dtls::hash_function::sha256).to_string();
    const auto other = sdp_test::replaced_everywhere(
        sdp_test::publisher, std::string("sha-256 ").append(fingerprint_of_offers), stranger);
    REQUIRE(on.core.send("room", "ann", other, both_labels, {}, on.now, on.out));
    on.carry();
    CHECK(on.core.now_here().transports == 1);
    CHECK(on.left(departure::removed) == 1);

    const auto shorter = offer_of(sdp_test::publisher, "Yy+2");
    REQUIRE(on.core.send("room", "ann", shorter, both_labels, {}, on.now, on.out));
    auto spoiled = sdp_test::replaced(shorter, "Yy+2", "Xx+3");
    spoiled = sdp_test::replaced(spoiled, "a=mid:1", "a=mid:7");
    spoiled = sdp_test::replaced(spoiled, "BUNDLE 0 1", "BUNDLE 0 7");
    const auto refused = on.core.send("room", "ann", spoiled, both_labels, {}, on.now, on.out);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status == 422);
}

TEST_CASE("an answer that does not fit the offer changes nothing", "[engine]") {
    call on;
    on.core.add_receiver("room", "bob", on.now);
    const auto offer = on.offer("bob");
    const auto good = answer_to(offer.sdp);
    const auto status = [&](std::uint64_t number, const std::string& answer) {
        const auto refused = on.core.take_answer("room", "bob", number, answer, on.now, on.out);
        return refused ? refused->status : 200;
    };
    CHECK(status(2, good) == 409);
    CHECK(status(1, "v=0\r\nnonsense") == 400);
    CHECK(status(1, sdp_test::replaced(good, "a=rtpmap:111 opus/48000/2", "a=rtpmap:112 opus/48000/2")) ==
          422);
    CHECK(status(1, sdp_test::replaced(good, "a=mid:0", "a=mid:1")) == 400);
    CHECK(status(1, sdp_test::replaced_everywhere(good, "a=setup:active", "a=setup:passive")) == 422);
    CHECK(status(1, sdp_test::replaced(good, "a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
                                       "a=extmap:9 urn:ietf:params:rtp-hdrext:ssrc-audio-level")) == 400);
    CHECK(on.core.now_here().transports == 0);
    CHECK(status(1, good) == 200);
    CHECK(on.core.now_here().transports == 1);
    CHECK(status(1, good) == 409);
}

TEST_CASE("a receiver can restart ICE, and begin anew", "[engine]") {
    call on;
    auto& bob = on.receive("bob");
    auto& ann = on.send("ann");
    on.speak(ann, 1);
    const auto first = sdp_test::parsed(on.offer("bob").sdp);
    on.core.restart_receiver("room", "bob", on.now);
    const auto restart = sdp_test::parsed(on.offer("bob").sdp);
    CHECK(restart.media.front().ice.ufrag != first.media.front().ice.ufrag);
    CHECK(restart.media.size() == first.media.size());
    on.answer("bob", "Zz+1");
    CHECK(on.core.count().restarts == 1);
    on.speak(ann, 2);
    CHECK(bob.rtp.size() == 1);  // still over the old path

    on.core.reset_receiver("room", "bob", on.now, on.out);
    const auto fresh = on.offer("bob");
    CHECK(fresh.number == 3);
    CHECK(fresh.tracks.empty());
    CHECK(on.core.now_here().transports == 1);  // hers
    on.answer("bob");
    CHECK(on.tracks("bob") == std::vector<carried>{{"0", "ann", "microphone"}});
}

TEST_CASE("whose transport is lost is told so, and gets another one when he asks", "[engine]") {
    call on;
    auto& bob = on.receive("bob");
    auto& ann = on.send("ann");
    on.speak(ann, 1);
    CHECK(on.core.receives("room", "bob"));
    CHECK(on.core.sends("room", "ann"));
    bob.keeps_consent = false;
    on.wait(40s);
    on.settle();
    const auto* const lost = on.newest("bob", news_kind::ended);
    REQUIRE(lost != nullptr);
    CHECK(lost->why == departure::consent_expired);
    CHECK_FALSE(on.core.receives("room", "bob"));
    const auto offers = on.offers("bob");
    on.speak(ann, 2);
    CHECK(on.offers("bob") == offers);
    on.core.reset_receiver("room", "bob", on.now, on.out);
    on.answer("bob");
    CHECK(on.core.receives("room", "bob"));
    CHECK(on.tracks("bob").size() == 1);

    ann.say_goodbye();
    on.carry();
    CHECK_FALSE(on.core.sends("room", "ann"));
    CHECK(on.tracks("bob").empty());
}

TEST_CASE("who stops sending leaves the sections to others", "[engine]") {
    call on;
    auto& bob = on.receive("bob");
    auto& ann = on.send("ann");
    on.speak(ann, 1);
    CHECK(on.core.stop_sending("room", "ann", on.now, on.out));
    CHECK_FALSE(on.core.stop_sending("room", "ann", on.now, on.out));
    CHECK(on.tracks("bob").empty());
    auto& cid = on.send("cid");
    on.speak(cid, 1);
    on.speak(cid, 2);
    CHECK(on.tracks("bob") == std::vector<carried>{{"0", "cid", "microphone"}});
    CHECK(bob.rtp.size() == 1);
    CHECK(on.offers("bob") == 1);
}

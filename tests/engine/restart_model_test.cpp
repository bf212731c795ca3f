// SEC-SRTP-5: whatever restarts, no packet is sent or taken without protection. Random histories of one
// publisher and one player against a small model of which ICE credentials and numbers are good.
#include "libconf/sdp/parse.hpp"
#include "tests/engine/peer.hpp"

#include <random>

using namespace engine_test;

namespace {

class history {
public:
    explicit history(std::uint64_t seed) : random_(seed) {
        ann_ = &on_.publish("room", "ann");
        player_ = &on_.play("room");
    }

    void step() {
        switch (below(8)) {
            case 0: return restart(*ann_);
            case 1: return restart(*player_);
            case 2: return move(*ann_);
            case 3: return move(*player_);
            case 4: return on_.wait(std::chrono::milliseconds(below(3000)));
            case 5: return send_plain();
            default: return send();
        }
    }
    /// Media flows in the end, with the keys of the one handshake that there was.
    void end() {
        for (auto* one : {ann_, player_}) one->check();
        on_.carry();
        const auto before = player_->rtp.size();
        send();
        CHECK(player_->rtp.size() == before + 1);
        CHECK(on_.core.count().connected == 2);
        CHECK(on_.core.now_here().connected == 2);
    }

private:
    std::uint64_t below(std::uint64_t end) { return random_() % end; }

    /// As RFC 9725 §4.3.3 does it; the check with the new credentials may come later or never.
    void restart(peer& who) {
        const auto ufrag = "again" + std::to_string(++restarts_);
        const auto fragment = "a=ice-ufrag:" + ufrag + "\r\na=ice-pwd:0123456789012345678901\r\n";
        const auto told = on_.core.patch(who.session_name, "*", fragment, on_.now, on_.out);
        REQUIRE(told.status == 200);
        const auto answer = sdp::parse_fragment(told.body);
        REQUIRE(answer);
        const auto ours = sdp::credentials_of(*answer);
        REQUIRE(ours);
        who.restart({ours->ufrag, ours->pwd}, ufrag);
        if (below(3) != 0) who.check();
        on_.carry();
    }
    void move(peer& who) {
        who.move_to(path_of(static_cast<std::uint16_t>(20'000 + ++moves_)));
        who.check();
        on_.carry();
    }
    void send() {
        ++sequence_;
        const auto before = player_->rtp.size();
        ann_->send_rtp(audio_packet(sequence_), sequence_);
        on_.carry();  // every peer decrypts what it gets, or the test ends there
        CHECK(player_->rtp.size() <= before + 1);
    }
    /// From a verified path, and from another.
    void send_plain() {
        const auto taken = on_.core.count().rtp_in + on_.core.count().rtcp_in;
        const auto before = player_->rtp.size();
        for (const auto& from : {ann_->at(), player_->at(), path_of(777)}) {
            on_.inject(from, audio_packet(static_cast<std::uint16_t>(sequence_ + 1)));
            datagram report(40, std::byte{0});
            report[0] = std::byte{0x80};
            report[1] = std::byte{200};
            on_.inject(from, report);
        }
        CHECK(on_.core.count().rtp_in + on_.core.count().rtcp_in == taken);
        CHECK(player_->rtp.size() == before);
    }

    std::mt19937_64 random_;
    world on_;
    peer* ann_ = nullptr;
    peer* player_ = nullptr;
    std::uint16_t sequence_ = 0;
    unsigned restarts_ = 0;
    unsigned moves_ = 0;
};

}  // namespace

TEST_CASE("SEC-SRTP-5 over restarts and moves nothing goes unprotected", "[engine][property]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed << "; repeat: unit_tests \"SEC-SRTP-5*\"");
        history one(seed);
        for (int i = 0; i < 60; ++i) one.step();
        one.end();
    }
}

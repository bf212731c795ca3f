// One datagram to a media engine with one session, over a path that a check has verified and over one that
// none has: STUN, DTLS, RTP and RTCP are told apart by their first byte (RFC 9443), a stranger gets no answer
// (SEC-ICE-2, SEC-ICE-7, SEC-DTLS-1), and the session's own check is answered whatever came before.
#include "tests/fuzz/engine_parts.hpp"
#include "tests/fuzz/long_life.hpp"

#include <algorithm>
#include <chrono>

namespace fuzz {
namespace {

using namespace std::chrono_literals;

constexpr unsigned verified = 0;
constexpr unsigned strange = 1;
constexpr conf::instant start{1h};
/// A session that does not connect is given up after longer than this.
constexpr conf::duration life = 5s;

class one_session {
public:
    one_session() {
        const auto made = core_.publish("room", "ann", offer_with("sendonly"), now_, out_);
        require(made.has_value());
        ufrag_ = line_of(made->answer, "a=ice-ufrag:");
        pwd_ = line_of(made->answer, "a=ice-pwd:");
        check();
    }

    void run(bytes input) {
        give(strange, input);
        core_.flush(out_);
        require(
            std::ranges::none_of(out_.transmits, [](const auto& one) { return one.to == path_of(strange); }));
        check_engine(core_, out_);
        give(verified, input);
        check_engine(core_, out_);
        now_ += 10ms;
        if (const auto due = core_.deadline(); due && *due <= now_) core_.handle_timeout(now_, out_);
        check_engine(core_, out_);
        require(core_.now_here().transports == 1);
    }
    [[nodiscard]] bool is_reusable() const { return now_ - start < life; }
    void end() {
        check();
        core_.close_room("room", now_, out_);
        check_engine(core_, out_);
        const auto here = core_.now_here();
        require(here.transports == 0 && here.paths == 0 && here.ufrags == 0 && core_.packets_kept() == 0);
    }

private:
    void give(unsigned path, bytes data) {
        std::vector<std::byte> copy(data.begin(), data.end());
        core_.handle(path_of(path), copy, now_, out_);
    }
    /// An honest check, and its answer.
    void check() {
        std::array<std::byte, 200> memory;
        conf::stun::message_builder made(memory, conf::stun::message_class::request,
                                         conf::stun::method::binding, {});
        made.add(conf::stun::attribute_type::username,
                 conf::as_bytes(ufrag_ + ":" + std::string(peer_ufrag)));
        made.add_integrity(conf::as_bytes(pwd_)).add_fingerprint();
        give(verified, made.finish());
        core_.flush(out_);
        require(
            std::ranges::any_of(out_.transmits, [](const auto& one) { return one.to == path_of(verified); }));
        check_engine(core_, out_);
    }

    conf::engine::media_engine core_ = make_engine();
    conf::engine::outputs out_;
    conf::instant now_ = start;
    std::string ufrag_;
    std::string pwd_;
};

}  // namespace

void target::demux(bytes input) {
    long_life<one_session>::run_input(input, "demux");
}

}  // namespace fuzz

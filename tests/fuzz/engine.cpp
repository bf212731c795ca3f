// A media engine with sessions, under a schedule of datagrams, checks, patches and clock steps that the input
// writes: STUN, DTLS and SRTP are told apart by their first byte (RFC 9443), nobody gets an answer over a
// path that no check of a session has verified (SEC-ICE-2, SEC-ICE-7, SEC-DTLS-1), and nothing outlives its
// session.
#include "tests/fuzz/engine_parts.hpp"
#include "tests/fuzz/long_life.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {
namespace {

using namespace std::chrono_literals;

constexpr int steps_max = 16;
constexpr unsigned paths = 4;

/// Between two inputs the paths go and the sessions stay: making one takes longer than most inputs.
class fuzzed_engine {
public:
    void run(bytes input) {
        if (core_.now_here().transports != sessions_.size()) {
            core_.close_room("room", now_, out_);
            for (std::size_t which = 0; which < sessions_.size(); ++which) open(which);
            settle();
        }
        source in(input);
        has_ended_or_opened_ = false;
        for (int i = 0; i < steps_max && !in.empty(); ++i) step(in);
        for (unsigned number = 0; number < paths; ++number) close_path(number);
        settle();
    }
    [[nodiscard]] bool is_reusable() const { return true; }
    void end() {
        core_.close_room("room", now_, out_);
        settle();
        const auto here = core_.now_here();
        require(here.rooms == 0 && here.transports == 0 && here.paths == 0 && here.ufrags == 0);
        require(core_.packets_kept() == 0);
    }

private:
    struct session {
        std::string name;
        std::string ufrag;
        std::string pwd;
        std::string etag;
    };

    void step(source& in) {
        const auto what = in.u8();
        const auto which = static_cast<std::size_t>(what >> 3U & 1U);
        const auto number = what >> 4U & (paths - 1);
        switch (what & 7U) {
            case 0: give(number, in.take(in.u16())); break;
            case 1: check(which, number, in); break;
            case 2: give_record(number, in); break;
            case 3: pass(2ms * in.u8()); break;
            case 4: patch(which, in); break;
            case 5: close_path(number); break;
            case 6: end_or_open(which, in); break;
            default: give(number, in.take(in.u8())); break;
        }
        settle();
    }
    /// Once an input and seldom, because sessions take so long to make: a byte is 0 or 255 more often than a
    /// letter.
    void end_or_open(std::size_t which, source& in) {
        if (std::exchange(has_ended_or_opened_, true)) return;
        switch (in.u8()) {
            case 'o': open(which); break;
            case 'c': static_cast<void>(core_.close(sessions_[which].name, now_, out_)); break;
            case 'p': pass(1s * in.u8()); break;
            default: has_ended_or_opened_ = false;
        }
    }
    void close_path(unsigned number) {
        core_.handle_path_closed(path_of(number));
        verified_.erase(number);
    }

    /// The first one publishes, the other one plays.
    void open(std::size_t which) {
        static const auto publishes = offer_with("sendonly");
        static const auto plays = offer_with("recvonly");
        const auto made = which == 0 ? core_.publish("room", "ann", publishes, now_, out_)
                                     : core_.play("room", {}, plays, now_, out_);
        if (!made) return;
        sessions_[which] = {made->session, line_of(made->answer, "a=ice-ufrag:"),
                            line_of(made->answer, "a=ice-pwd:"), made->etag};
    }
    void give(unsigned number, bytes data) {
        const auto from = path_of(number);
        std::vector<std::byte> copy(data.begin(), data.end());
        core_.handle(from, copy, now_, out_);
        // No MAC can be guessed: whoever was not verified before gets nothing.
        if (!verified_.contains(number)) {
            require(std::ranges::none_of(out_.transmits, [&](const auto& one) { return one.to == from; }));
        }
    }
    /// A check with the session's own key and whatever else.
    void check(std::size_t which, unsigned number, source& in) {
        const auto& of = sessions_[which];
        std::array<std::byte, 700> memory;
        conf::stun::message_builder made(memory, conf::stun::message_class::request,
                                         conf::stun::method::binding, {});
        const auto flags = in.u8();
        const auto peer = (flags & 1U) != 0 ? std::string(peer_ufrag) : std::string("Other");
        made.add(conf::stun::attribute_type::username, conf::as_bytes(of.ufrag + ":" + peer));
        if ((flags & 2U) != 0) made.add_u32(conf::stun::attribute_type::priority, in.u16());
        if ((flags & 4U) != 0) made.add(conf::stun::attribute_type::use_candidate, {});
        if ((flags & 8U) != 0) {
            made.add(static_cast<conf::stun::attribute_type>(in.u16()), in.take(in.u8()));
        }
        made.add_integrity(conf::as_bytes(of.pwd)).add_fingerprint();
        const auto whole = made.finish();
        std::vector<std::byte> copy(whole.begin(), whole.end());
        core_.handle(path_of(number), copy, now_, out_);
        verified_.insert(number);
    }
    /// A DTLS record with an honest header.
    void give_record(unsigned number, source& in) {
        const auto type = in.u8();
        const auto body = in.take(in.u16());
        std::vector<std::byte> made(13);
        made[0] = static_cast<std::byte>(20 + type % 4);
        conf::store_u16(made, 1, 0xFEFD);
        conf::store_u16(made, 9, record_++);
        conf::store_u16(made, 11, static_cast<std::uint16_t>(body.size()));
        made.insert(made.end(), body.begin(), body.end());
        give(number, made);
    }
    void patch(std::size_t which, source& in) {
        const auto flags = in.u8();
        const auto text = in.take(in.u16());
        const std::string words(reinterpret_cast<const char*>(text.data()), text.size());
        const auto& of = sessions_[which];
        const auto said =
            core_.patch(of.name, (flags & 1U) != 0 ? "\"" + of.etag + "\"" : "*", words, now_, out_);
        require(said.status == 200 || said.status == 204 || (said.status >= 400 && said.status < 500));
    }
    void pass(conf::duration time) {
        const auto end = now_ + time;
        for (auto next = core_.deadline(); next && *next <= end; next = core_.deadline()) {
            now_ = std::max(now_, *next);
            core_.handle_timeout(now_, out_);
            settle();
            const auto after = core_.deadline();
            require(!after || *after > now_);  // or time would stand still
        }
        now_ = end;
    }
    void settle() { check_engine(core_, out_); }

    conf::engine::media_engine core_ = make_engine();
    conf::engine::outputs out_;
    conf::instant now_{1h};
    std::array<session, 2> sessions_;
    std::set<unsigned> verified_;  // paths over which somebody checked with a key
    std::uint16_t record_ = 0;
    bool has_ended_or_opened_ = false;  // in this input
};

}  // namespace

void target::engine(bytes input) {
    long_life<fuzzed_engine>::run_input(input, "engine");
}

}  // namespace fuzz

/// A client in memory: it offers, checks, shakes hands, and speaks SRTP; and an engine with many of them.
#pragma once

#include "libconf/engine/media_engine.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "tests/sdp/offers.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace engine_test {

using namespace std::chrono_literals;
using namespace conf;
using engine::departure;
using engine::event_kind;
using engine::media_engine;

using datagram = std::vector<std::byte>;

inline constexpr std::chrono::sys_seconds calendar{1'790'000'000s};

inline const dtls::certificate& certificate_of(std::string_view who) {
    static const auto server = dtls::certificate::generate(calendar);
    static const auto client = dtls::certificate::generate(calendar);
    static const auto stranger = dtls::certificate::generate(calendar);
    if (who == "stranger") return stranger;
    return who == "server" ? server : client;
}

inline ice::path path_of(std::uint16_t port, std::uint32_t socket = 1) {
    return {socket, {*ip_address::parse("192.0.2.1"), port}};
}

inline constexpr std::string_view fingerprint_of_offers =
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";

/// The offer with a certificate of ours and its own fragment.
inline std::string offer_of(std::string_view text, std::string_view ufrag = "Yf+0") {
    const auto print = certificate_of("client").fingerprint_with(dtls::hash_function::sha256).to_string();
    auto made =
        sdp_test::replaced_everywhere(text, std::string("sha-256 ").append(fingerprint_of_offers), print);
    return sdp_test::replaced_everywhere(made, "a=ice-ufrag:Yf+0", std::string("a=ice-ufrag:").append(ufrag));
}

/// A player's offer with so many sections of both kinds.
inline std::string player_offer(std::size_t pairs) {
    const auto one = sdp_test::player();
    const auto audio_at = one.find("m=audio");
    const auto video_at = one.find("m=video");
    std::string made(one.substr(0, audio_at));
    std::string mids;
    for (std::size_t i = 0; i < pairs; ++i) {
        const auto mid = std::to_string(2 * i);
        const auto next = std::to_string(2 * i + 1);
        mids.append(" ").append(mid).append(" ").append(next);
        made += sdp_test::replaced(one.substr(audio_at, video_at - audio_at), "a=mid:0", "a=mid:" + mid);
        made += sdp_test::replaced(one.substr(video_at), "a=mid:1", "a=mid:" + next);
    }
    return sdp_test::replaced(made, "BUNDLE 0 1", "BUNDLE" + mids);
}

/// A plain RTP packet of the publisher's audio section, or of an SSRC that it did not declare.
inline datagram audio_packet(std::uint16_t sequence, std::uint32_t ssrc = 1001) {
    datagram made(rtp::header_bytes + 30, static_cast<std::byte>(sequence));
    const rtp::header_writer header;
    header.write(made, {.timestamp = sequence * 960U,
                        .ssrc = ssrc,
                        .sequence_number = sequence,
                        .payload_type = 111,
                        .marker = false});
    return made;
}

class peer {
public:
    explicit peer(ice::path at, std::string_view certificate = "client",
                  const std::vector<srtp::profile>& profiles = dtls::context::default_profiles())
        : at_(at), context_(certificate_of(certificate), profiles) {}

    void take_answer(std::string_view text, instant now) {
        answer = sdp_test::parsed(text);
        const auto& first = answer.media.front();
        server_ = {first.ice.ufrag, first.ice.pwd};
        const auto expected = dtls::fingerprint::make("sha-256", first.fingerprints.front().value);
        REQUIRE(expected);
        dtls_ = std::make_unique<dtls::session>(context_, dtls::role::active, std::vector{*expected}, now);
    }
    void restart(ice::credentials server, std::string ufrag) {
        server_ = std::move(server);
        ufrag_ = std::move(ufrag);
    }
    void move_to(ice::path at) { at_ = at; }

    /// An ICE check from where the peer is, or as if from elsewhere.
    [[nodiscard]] datagram make_check(bool nominates = true, std::string_view pwd = {}) const {
        std::array<std::byte, 256> buffer;
        stun::message_builder made(buffer, stun::message_class::request, stun::method::binding, {});
        made.add(stun::attribute_type::username, as_bytes(server_.ufrag + ":" + ufrag_));
        made.add_u32(stun::attribute_type::priority, 1);
        if (nominates) made.add(stun::attribute_type::use_candidate, {});
        made.add_integrity(as_bytes(pwd.empty() ? server_.pwd : pwd)).add_fingerprint();
        const auto whole = made.finish();
        return {whole.begin(), whole.end()};
    }
    void check(bool nominates = true) { outbox.emplace_back(at_, make_check(nominates)); }
    void begin_handshake(instant now) {
        dtls_->start(now, dtls_out_);
        take_dtls();
    }
    /// Nothing came for a while: what may have been lost goes out again.
    void repeat(instant now) {
        if (checks_answered == 0) return check();
        if (const auto due = dtls_->deadline(); due && *due <= now) dtls_->handle_timeout(now, dtls_out_);
        take_dtls();
    }
    void say_goodbye() {
        dtls_->close(dtls_out_);
        take_dtls();
    }

    [[nodiscard]] datagram protect(bytes plain, std::uint64_t index) {
        const auto view = rtp::parse_packet(plain);
        REQUIRE(view);
        datagram out(plain.size() + srtp::sizes_of(dtls_->profile()).tag);
        const auto header = view->header();
        const srtp::job one{key_.get(), header, {}, plain.subspan(header.size()), index, out.data()};
        protector_->protect(std::span(&one, 1));
        return out;
    }
    void send_rtp(bytes plain, std::uint64_t index) { outbox.emplace_back(at_, protect(plain, index)); }
    void send_rtcp(const std::function<void(rtp::rtcp_builder&)>& fill) {
        datagram buffer(1400);
        rtp::rtcp_builder builder(mutable_bytes(buffer).first(1300));
        fill(builder);
        auto size = builder.finish().size();
        REQUIRE(srtp_->protect_rtcp(buffer, size) == srtp::verdict::good);
        buffer.resize(size);
        outbox.emplace_back(at_, std::move(buffer));
    }

    void receive(bytes data, instant now) {
        const auto first = load_u8(data, 0);
        if (first <= 3) {
            const auto read = stun::message::parse(data);
            REQUIRE(read);
            CHECK(stun::integrity_holds(*read, as_bytes(server_.pwd)));
            ++checks_answered;
        } else if (first <= 63) {
            dtls_->handle(data, now, dtls_out_);
            take_dtls();
        } else {
            receive_media(data);
        }
    }

    [[nodiscard]] bool connected() const { return dtls_ && dtls_->state() == dtls::state::connected; }
    [[nodiscard]] const dtls::session& session() const { return *dtls_; }
    [[nodiscard]] const ice::path& at() const { return at_; }

    std::string session_name;
    std::string etag;
    sdp::session answer;
    std::deque<std::pair<ice::path, datagram>> outbox;
    std::size_t checks_answered = 0;
    std::vector<datagram> rtp;  // decrypted
    std::vector<datagram> rtcp;
    bool keeps_consent = true;

private:
    void take_dtls() {
        dtls_out_.for_each_datagram(
            [&](bytes one) { outbox.emplace_back(at_, datagram(one.begin(), one.end())); });
        dtls_out_.clear();
        if (!connected() || srtp_) return;
        srtp_ = std::make_unique<srtp::session>(dtls_->keys());
        key_ = protector_->make_key(dtls_->keys().outbound);
    }
    void receive_media(bytes data) {
        REQUIRE(srtp_);
        datagram copy(data.begin(), data.end());
        mutable_bytes view(copy);
        const bool is_rtcp = rtp::is_rtcp(view);
        REQUIRE((is_rtcp ? srtp_->unprotect_rtcp(view) : srtp_->unprotect_rtp(view)) == srtp::verdict::good);
        copy.resize(view.size());
        (is_rtcp ? rtcp : rtp).push_back(std::move(copy));
    }

    ice::path at_;
    dtls::context context_;
    ice::credentials server_;
    std::string ufrag_ = "Yf+0";
    std::unique_ptr<dtls::session> dtls_;
    dtls::outputs dtls_out_;
    std::unique_ptr<srtp::protector> protector_ = srtp::make_evp_protector();
    std::unique_ptr<srtp::session> srtp_;
    std::unique_ptr<srtp::sending_key> key_;
};

/// An engine, its peers, and a network that loses nothing.
class world {
public:
    explicit world(engine::limits limits = {}, std::uint8_t shard = 5)
        : core(engine::setup{.shard = shard,
                             .dtls = dtls::context(certificate_of("server")),
                             .protector = *protector,
                             .candidates = sdp_test::server().candidates,
                             .capabilities = {},
                             .limits = limits,
                             .key = crypto::key_from_seed(shard),
                             .wall_at_zero = 1'700'000'000s,
                             .packet_slots = 1024}) {}
    world(const world&) = delete;
    world& operator=(const world&) = delete;
    virtual ~world() = default;

    /// A session that has its answer and nothing more.
    peer& join(std::string_view room, std::optional<std::string_view> publishes_as, std::string_view offer,
               const sfu::publisher_filter& wants = {}, std::unique_ptr<peer> as = nullptr,
               engine::takeover of = engine::takeover::of_silent) {
        auto made = publishes_as ? core.publish(room, *publishes_as, offer, now, out, of)
                                 : core.play(room, wants, offer, now, out);
        INFO((made ? "" : made.error().message()));
        REQUIRE(made);
        if (!as) as = std::make_unique<peer>(path_of(next_port_++));
        auto& one = *peers.emplace_back(std::move(as));
        one.session_name = made->session;
        one.etag = made->etag;
        one.take_answer(made->answer, now);
        return one;
    }
    void connect(peer& one) {
        one.check();
        carry();
        one.begin_handshake(now);
        carry();
    }
    peer& publish(std::string_view room, std::string_view name) {
        auto& one = join(room, name, offer_of(sdp_test::publisher));
        connect(one);
        REQUIRE(one.connected());
        return one;
    }
    peer& play(std::string_view room, const sfu::publisher_filter& wants = {}, std::size_t pairs = 1) {
        auto& one = join(room, std::nullopt, offer_of(player_offer(pairs)), wants);
        connect(one);
        REQUIRE(one.connected());
        return one;
    }

    /// Carries datagrams until everybody is quiet.
    void carry() {
        for (bool busy = true; busy;) {
            busy = false;
            for (const auto& one : peers) {
                while (!one->outbox.empty()) {
                    auto [from, data] = std::move(one->outbox.front());
                    one->outbox.pop_front();
                    core.handle(from, data, now, out);
                    busy = true;
                }
            }
            busy = deliver() || busy;
        }
    }
    /// One datagram from anywhere; tells how many datagrams were the answer.
    std::size_t inject(const ice::path& from, datagram data) {
        core.handle(from, data, now, out);
        core.flush(out);
        const auto answers = out.transmits.size();
        deliver();
        return answers;
    }
    /// Time passes; every deadline on the way is kept. Peers check every 2.5 s.
    void wait(duration time) {
        const auto end = now + time;
        while (now < end) {
            auto next = std::min(end, next_check_);
            if (const auto due = core.deadline()) next = std::min(next, std::max(*due, now));
            now = next;
            core.handle_timeout(now, out);
            if (now == next_check_) {
                next_check_ += 2500ms;
                for (const auto& one : peers) {
                    if (one->keeps_consent) one->check();
                }
            }
            carry();
            if (const auto due = core.deadline()) REQUIRE(*due > now);  // or time would stand still
        }
    }

    [[nodiscard]] std::size_t events(event_kind what) const {
        return static_cast<std::size_t>(std::ranges::count(news, what, &engine::event::what));
    }
    [[nodiscard]] std::size_t left(departure why) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            news, [&](const engine::event& one) { return one.what == event_kind::left && one.why == why; }));
    }

    std::unique_ptr<srtp::protector> protector = srtp::make_protector("auto");
    instant now{1h};
    media_engine core;
    engine::outputs out;
    std::vector<std::unique_ptr<peer>> peers;
    std::vector<engine::event> news;
    std::vector<std::pair<ice::path, datagram>> strays;  // sent to where no peer is
    bool holds_media = false;                            // a long turn: nothing is flushed

protected:
    /// Before what the turn made is thrown away.
    virtual void on_turn() {}

private:
    bool deliver() {
        if (!holds_media) core.flush(out);
        const bool any = !out.transmits.empty();
        for (const auto& one : out.transmits) {
            const auto to =
                std::ranges::find_if(peers, [&](const auto& each) { return each->at() == one.to; });
            if (to == peers.end()) {
                strays.emplace_back(one.to, datagram(one.data.begin(), one.data.end()));
            } else {
                (*to)->receive(one.data, now);
            }
        }
        news.insert(news.end(), out.events.begin(), out.events.end());
        on_turn();
        out.clear();
        return any;
    }

    std::uint16_t next_port_ = 40'000;
    instant next_check_ = now + 2500ms;
};

}  // namespace engine_test

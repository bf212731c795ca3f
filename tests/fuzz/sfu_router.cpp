// A room under a schedule of packets, reports, joins, departures, orders and clock steps that the input
// writes: no SRTP index is ever used twice, what comes out is RTP and RTCP inside its bytes, and nothing
// outlives the room (SEC-RTP-1, SEC-RTP-2, SEC-RTP-3).
#include "libconf/rtp/extensions.hpp"
#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/rtcp.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/sfu/router.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/sfu/sections.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace fuzz {
namespace {

using namespace std::chrono_literals;
namespace rtp = conf::rtp;
namespace sdp = conf::sdp;
namespace sfu = conf::sfu;

constexpr int steps_max = 64;
constexpr std::size_t slots = 32;  // few, so that a full pool is usual
constexpr std::array<std::string_view, 3> names{"ann", "ben", "cid"};
constexpr std::array<std::string_view, 4> mids{"", "a", "v", "x"};
constexpr std::array<std::string_view, 4> rids{"", "q", "h", "nope"};

class fuzzed_room {
public:
    fuzzed_room() : pool_(slots), router_(pool_, {.seed = 7, .wall_at_zero = 1'700'000'000s}) {
        for (std::size_t i = 0; i < publishers_.size(); ++i) come(i, false);
        for (std::size_t i = 0; i < subscribers_.size(); ++i) subscribe(i);
    }

    void step(source& in) {
        const auto what = in.u8();
        const auto who = static_cast<std::size_t>(what >> 4U) & 1U;
        switch (what & 7U) {
            case 0: router_.handle_rtp(anybody(what), in.take(in.u8()), now_, out_); break;
            case 1:
            case 2: send(who, in); break;
            case 3: router_.handle_rtcp(anybody(what), in.take(in.u8()), now_, out_); break;
            case 4: report(who, in); break;
            case 5: pass(1ms * (in.u8() * (in.u8() % 16))); break;
            case 6: move(who, what); break;
            default: order(who, in); break;
        }
        judge();
    }

    /// Everybody goes, and nothing is left.
    void close() {
        for (auto& one : publishers_) leave(one);
        for (auto& one : subscribers_) leave(one);
        judge();
        require(router_.empty() && pool_.in_use() == 0);
    }

private:
    using seat = std::optional<sfu::transport_id>;

    void come(std::size_t which, bool takes_over) {
        auto& at = publishers_[which];
        if (at && !takes_over) return;
        const auto before = at;
        at = ++last_;
        std::vector<sdp::negotiated_media> media{sfu_test::section("a", {sfu_test::opus})};
        media.push_back(which == 0 ? sfu_test::section("v", {sfu_test::vp8})
                                   : sfu_test::section("v", {sfu_test::vp8}, {"q", "h"}));
        router_.add_publisher(*at, std::string(names[which]), std::move(media), now_, before);
        router_.on_connected(*at, now_);
    }
    void subscribe(std::size_t which) {
        auto& at = subscribers_[which];
        if (at) return;
        at = ++last_;
        std::vector<sdp::negotiated_media> media;
        std::vector<sdp::sent_stream> sent;
        for (std::uint32_t i = 0; i < 4; ++i) {
            auto mid = std::to_string(i);
            media.push_back(i % 2 == 0 ? sfu_test::section(std::move(mid), {sfu_test::opus})
                                       : sfu_test::section(std::move(mid), {sfu_test::vp8}));
            sent.push_back({ssrc_of(*at, i), ssrc_of(*at, i) + 1, "cname", {"conf", "t"}});
        }
        router_.add_subscriber(*at, {}, std::move(media), std::move(sent), now_);
        router_.on_connected(*at, now_);
    }
    void leave(seat& who) {
        if (who) router_.remove(*who, now_);
        who.reset();
    }
    void move(std::size_t who, unsigned what) {
        switch (what >> 5U & 3U) {
            case 0:
                if (!publishers_[who]) return come(who, false);
                return leave(publishers_[who]);
            case 1: return come(who, true);
            default:
                if (!subscribers_[who]) return subscribe(who);
                return leave(subscribers_[who]);
        }
    }
    [[nodiscard]] sfu::transport_id anybody(unsigned what) const {
        const auto& all = (what & 8U) != 0 ? subscribers_ : publishers_;
        return all[what >> 4U & 1U].value_or(999);
    }
    static std::uint32_t ssrc_of(sfu::transport_id who, std::uint32_t section) {
        return who * 100 + 2 * section;
    }

    void send(std::size_t who, source& in) {
        if (!publishers_[who]) return;
        const auto choice = in.u8();
        const auto fields = in.u8();
        const std::array<std::uint8_t, 4> types{111, 96, 97, 5};
        const auto mid = mids[fields & 3U];
        const auto rid = rids[fields >> 2U & 3U];
        const auto sequence = in.u16();
        const auto number = rtp::to_bytes(in.u16());
        std::vector<rtp::extension_element> elements;
        if (!mid.empty()) elements.push_back({sfu_test::mid_id, conf::as_bytes(mid)});
        if (!rid.empty()) {
            elements.push_back(
                {(fields & 0x40U) != 0 ? sfu_test::repaired_id : sfu_test::rid_id, conf::as_bytes(rid)});
        }
        if ((fields & 0x10U) != 0) elements.push_back({sfu_test::sequence_id, number});
        const auto level = rtp::to_bytes(rtp::audio_level{static_cast<std::uint8_t>(choice & 0x7FU), true});
        if ((fields & 0x20U) != 0) elements.push_back({sfu_test::level_id, level});
        const rtp::header_writer header(elements);
        std::vector<std::byte> packet(header.size());
        header.write(packet, {.timestamp = static_cast<std::uint32_t>(sequence * 960),
                              .ssrc = 50U + (choice >> 2U & 7U),
                              .sequence_number = sequence,
                              .payload_type = types[choice & 3U],
                              .marker = (fields & 0x80U) != 0});
        const auto payload = in.take(in.u8());
        packet.insert(packet.end(), payload.begin(), payload.end());
        router_.handle_rtp(*publishers_[who], packet, now_, out_);
    }
    void report(std::size_t who, source& in) {
        if (!subscribers_[who]) return;
        std::array<std::byte, 600> memory;
        rtp::rtcp_builder builder(memory);
        const auto choice = in.u8();
        const auto ssrc = ssrc_of(*subscribers_[who], choice & 3U);
        const auto number = in.u16();
        switch (choice >> 2U & 3U) {
            case 0: {
                std::vector<std::uint16_t> lost;
                for (int i = 0; i < 1 + (choice >> 4); ++i)
                    lost.push_back(static_cast<std::uint16_t>(number + i));
                static_cast<void>(builder.add_nack(1, ssrc, lost));
                break;
            }
            case 1: static_cast<void>(builder.add_pli(1, ssrc)); break;
            case 2: static_cast<void>(builder.add_fir(1, ssrc, static_cast<std::uint8_t>(number))); break;
            default: {
                rtp::report_block made{.ssrc = ssrc, .cumulative_lost = in.u16(), .highest_sequence = number};
                made.fraction_lost = in.u8();
                const std::array block{made};
                static_cast<void>(builder.add_receiver_report(1, block));
            }
        }
        router_.handle_rtcp(*subscribers_[who], builder.finish(), now_, out_);
    }
    void order(std::size_t who, source& in) {
        const auto choice = in.u8();
        const auto to = subscribers_[who].value_or(999);
        const auto section = static_cast<std::size_t>(choice & 7U);
        switch (choice >> 3U & 3U) {
            case 0: router_.hold(to, section % 4, (choice & 0x80U) != 0, now_); break;
            case 1: router_.want_height(to, section % 4, in.u16(), now_); break;
            case 2: router_.limit_layer(to, section % 4, in.u8()); break;
            default: {
                const sfu::forward_rule rule{static_cast<sfu::forward_rule::kind>((choice >> 5U) % 3U),
                                             {std::string(names[section % names.size()])}};
                if ((choice & 1U) != 0) {
                    router_.set_rule(rule, now_);
                } else {
                    router_.set_rule(to, rule, now_);
                }
            }
        }
    }
    void pass(conf::duration time) {
        const auto end = now_ + time;
        for (auto next = router_.deadline(); next && *next <= end; next = router_.deadline()) {
            now_ = std::max(now_, *next);
            router_.handle_timeout(now_, out_);
            const auto after = router_.deadline();
            require(!after || *after > now_);  // or time would stand still
            judge();
        }
        now_ = end;
    }

    [[nodiscard]] bool is_subscriber(sfu::transport_id who) const {
        return subscribers_[0] == who || subscribers_[1] == who;
    }
    void judge() {
        for (const auto& one : out_.packets) {
            require(is_subscriber(one.to));
            require(std::size_t{one.head_at} + one.head <= out_.memory.size() && one.clear <= one.head);
            std::vector<std::byte> whole;
            const auto head = out_.head_of(one);
            whole.assign(head.begin(), head.end());
            if (one.shared != nullptr) {
                require(std::size_t{one.from} + one.size <= one.shared->view.whole.size());
                const auto rest = one.shared->view.whole.subspan(one.from, one.size);
                whole.insert(whole.end(), rest.begin(), rest.end());
            }
            const auto view = rtp::parse_packet(whole);
            require(view && view->header().size() == one.clear);
            require(view->sequence_number == (one.index & 0xFFFFU));
            require(used_.emplace(one.to, view->ssrc, one.index).second);  // GCM: never twice with one key
            ++sent_;
        }
        require(router_.count().packets_out == sent_);
        for (const auto& one : out_.rtcp) {
            require(std::size_t{one.at} + one.size <= out_.memory.size());
            require(rtp::rtcp_compound::parse(out_.data_of(one)).has_value());
        }
        out_.clear();
        require(pool_.in_use() <= slots);
    }

    sfu::packet_pool pool_;
    sfu::router router_;
    sfu::outputs out_;
    conf::instant now_{1h};
    std::array<seat, 2> publishers_;
    std::array<seat, 2> subscribers_;
    sfu::transport_id last_ = 0;
    std::uint64_t sent_ = 0;
    std::set<std::tuple<sfu::transport_id, std::uint32_t, std::uint64_t>> used_;
};

}  // namespace

void target::sfu_router(bytes input) {
    source in(input);
    fuzzed_room room;
    for (int i = 0; i < steps_max && !in.empty(); ++i) room.step(in);
    room.close();
}

}  // namespace fuzz

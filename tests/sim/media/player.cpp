#include "tests/sim/media/player.hpp"

#include "libconf/rtp/header_writer.hpp"
#include "libconf/rtp/ntp.hpp"
#include "libconf/rtp/rtcp_feedback.hpp"
#include "libconf/rtp/rtx.hpp"
#include "tests/sim/media/node.hpp"
#include "tests/sim/media/offer.hpp"
#include "tests/sim/media/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sim::media {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr duration repair_pause = milliseconds{20};
constexpr duration missing_max = seconds{2};  // nobody can show it any more
constexpr unsigned tries_max = 10;
constexpr duration key_frame_request_pause = seconds{1};
constexpr std::size_t remembered = 400;
constexpr duration silence_max = seconds{5};

std::uint64_t name_of(const content& what) {
    return std::uint64_t{what.origin} << 32 | std::uint64_t{what.stream} << 28 | what.number;
}

}  // namespace

player::player(world& in, actor_id id, std::string room, unsigned pairs, sfu::publisher_filter wants,
               bool lies)
    : client(in, id, std::move(room)),
      pairs_(pairs),
      wants_(std::move(wants)),
      lies_(lies),
      round_trip_(round_trip()) {}

std::string player::offer(const ice::credentials& own) {
    return player_offer(own, fingerprint(), pairs_);
}

reply player::request(const std::string& offer, std::uint32_t as) {
    return world_.server().play(room(), wants_, offer, as);
}

void player::on_answer(const sdp::session& answer) {
    streams_.clear();
    heard_.clear();
    for (const auto& section : answer.media) {
        stream made;
        world_.require(!section.ssrcs.empty(), "a section of the answer has no SSRC");
        made.ssrc = section.ssrcs.front().ssrc;
        if (section.ssrcs.size() > 1) made.rtx_ssrc = section.ssrcs[1].ssrc;
        world_.require((made.rtx_ssrc != 0) == (section.kind == sdp::media_kind::video),
                       "video has RTX, and sound has none");
        streams_.push_back(std::move(made));
    }
}

void player::on_connected() {
    connected_at_ = world_.now();
    repair();
    report();
    if (lies_) lie();
}

void player::on_end() {
    count_repairs();
    streams_.clear();
}

bool player::hears(const publisher& one) const {
    return one.room() == room() && wants_.takes(one.name()) &&
           world_.server().permits(tag(), room(), one.name());
}

bool player::is_starving() const {
    if (world_.now() - connected_at_ < silence_max || world_.server().is_held(tag())) return false;
    return std::ranges::any_of(world_.publishers(), [&](const auto& one) {
        if (!hears(*one) || !one->well_since(world_.now() - seconds{2}) || !one->well_for(silence_max))
            return false;
        const auto found = heard_.find(one->id());
        return found == heard_.end() || world_.now() - found->second.audio > silence_max;
    });
}

bool player::well_with(const publisher& one, instant then) const {
    const auto found = heard_.find(one.id());
    if (found == heard_.end() || found->second.audio < then) return false;
    return found->second.video >= then || world_.server().is_paused(tag()) || world_.pool_too_small();
}

bool player::well_since(instant then) const {
    return connected() && std::ranges::all_of(world_.publishers(), [&](const auto& one) {
               return !hears(*one) || well_with(*one, then);
           });
}

std::string player::state() const {
    auto text = client::state();
    for (const auto& one : world_.publishers()) {
        if (!hears(*one)) continue;
        const auto found = heard_.find(one->id());
        const auto ago = [&](instant at) { return static_cast<double>((world_.now() - at).count()) / 1e6; };
        text += found == heard_.end() ? fmt::format(", hears nothing of {}", one->id())
                                      : fmt::format(", heard {} {:.2f} s and saw it {:.2f} s ago", one->id(),
                                                    ago(found->second.audio), ago(found->second.video));
    }
    return text;
}

// --- packets

void player::on_rtp(bytes plain) {
    const auto read = rtp::parse_packet(plain);
    world_.require(read.has_value(), "the server's RTP does not parse");
    for (auto& of : streams_) {
        if (read->ssrc == of.ssrc) {
            const bool audio = of.rtx_ssrc == 0;
            world_.require(read->payload_type == (audio ? opus_type : vp8_type),
                           "a payload type of another codec");
            return take(of, read->sequence_number, read->timestamp, read->marker, read->payload(), false);
        }
        if (of.rtx_ssrc != 0 && read->ssrc == of.rtx_ssrc) {
            const auto inside = rtp::parse_rtx(read->payload());
            world_.require(read->payload_type == rtx_type && inside, "a repetition that repeats nothing");
            return take(of, inside->original_sequence_number, read->timestamp, read->marker, inside->original,
                        true);
        }
    }
    world_.fail("media with an SSRC that the answer does not have");
}

void player::take(stream& of, std::uint16_t sequence, std::uint32_t timestamp, bool marker, bytes payload,
                  bool repeated) {
    const bool audio = of.rtx_ssrc == 0;
    got_packet one{.said = {}, .place = {}, .timestamp = timestamp, .repeated = repeated};
    if (!audio) {
        const auto place = read_vp8_head(payload);
        world_.require(place.has_value(), "a picture's beginning arrived changed");
        one.place = *place;
        payload = payload.subspan(vp8_head_bytes);
    }
    const auto said = read_content(payload);
    world_.require(said.has_value(), "content arrived changed");
    one.said = *said;
    world_.require(said->marker == marker, "a marker bit arrived changed");
    world_.require((said->stream == 0) == audio, "sound and picture are mixed up");
    const auto* const by = world_.publisher_of(said->origin);
    world_.require(by != nullptr && by->has_sent(*said), "a packet that nobody has sent");
    world_.require(by->room() == room(), "a packet of another room");
    world_.require(wants_.takes(by->name()), "a packet of somebody who was not wanted");
    world_.require(world_.server().permits(tag(), room(), by->name()), "a packet that a rule forbids");

    world_.require(!repeated || of.numbers.started(), "a repetition before the first packet");
    const auto number = repeated ? of.numbers.extend(sequence) : of.numbers.update(sequence);
    if (of.first == 0) of.first = number;
    if (const auto known = of.got.find(number); known != of.got.end()) {
        // The packet itself may come behind its repetition, but only once: the network's copies fail SRTP.
        world_.require(repeated || known->second.repeated, "two packets with the same number");
        known->second.repeated = known->second.repeated && repeated;
        world_.require(known->second.said == one.said && known->second.timestamp == timestamp &&
                           known->second.place == one.place,
                       "a repetition differs from what it repeats");
        return;
    }
    if (of.got.size() >= remembered && number < of.got.begin()->first) return;  // too late to be judged
    judge(of, number, one);
    ++of.received;
    of.last_packet = world_.now();
    ++world_.packets_played;
    world_.log.note(world_.now(), repeated ? "repaired" : "plays", id_, name_of(one.said), number);
    if (by->tag() == said->origin) (audio ? heard_[by->id()].audio : heard_[by->id()].video) = world_.now();
}

void player::judge(stream& of, std::uint64_t number, const got_packet& one) {
    const bool audio = of.rtx_ssrc == 0;
    const auto [known, fresh] = of.number_of.emplace(name_of(one.said), number);
    world_.require(fresh || known->second == number, "one packet came under two numbers");
    const auto at = of.got.emplace(number, one).first;
    if (at != of.got.begin()) judge_neighbours(*std::prev(at), *at, audio);
    if (std::next(at) != of.got.end()) judge_neighbours(*at, *std::next(at), audio);

    if (const auto lost = of.missing.find(number); lost != of.missing.end()) {
        ++of.repaired;
        duration upstream{};
        for (const auto& each : world_.publishers()) upstream = std::max(upstream, each->round_trip());
        if (world_.now() - lost->second.noticed <= 5 * (round_trip_ + upstream)) ++of.repaired_fast;
        of.missing.erase(lost);
    } else if (std::next(at) == of.got.end() && at != of.got.begin()) {
        for (auto gone = std::prev(at)->first + 1; gone != number; ++gone) note_missing(of, gone);
    }
    if (one.place.key && one.place.starts_frame) {
        of.picture_broken = false;
        // What was before can no longer be shown; also the number that a change of layers leaves out.
        of.missing.erase(of.missing.begin(), of.missing.lower_bound(number));
    }
    while (of.got.size() > remembered) of.got.erase(of.got.begin());
}

void player::judge_neighbours(const std::pair<const std::uint64_t, got_packet>& before,
                              const std::pair<const std::uint64_t, got_packet>& after, bool audio) const {
    const auto& [a, one] = before;
    const auto& [b, next] = after;
    world_.require(rtp::distance(one.timestamp, next.timestamp) >= 0, "time runs backwards in a stream");
    const bool same = one.said.origin == next.said.origin && one.said.stream == next.said.stream;
    const bool key = next.place.key && next.place.starts_frame;
    if (same) world_.require(next.said.number > one.said.number, "the order of a stream was changed");
    const bool adjacent = b == a + 1;
    if (!audio && adjacent && !key) {
        world_.require(same && next.said.number == one.said.number + 1,
                       "pictures go on from another place, and not with a key frame");
    }
    const auto pictures = (next.place.picture - one.place.picture) & 0x7FFF;
    if (!audio) world_.require(pictures < 0x4000, "picture ids run backwards");
    if (!audio && adjacent && key)
        world_.require(pictures == 1, "picture ids leave a gap where nothing is lost");
    if (!audio && b == a + 2 && key) {
        world_.require(!one.said.marker || !world_.loses_nothing(),
                       "a number is left out where nothing is missing");
    }
    // Where nothing was left out, all differences are the publisher's own.
    const bool one_run =
        same && next.said.number - one.said.number == b - a && !key && (!audio || !world_.how.owner_acts);
    if (!one_run) return;
    world_.require(next.timestamp - one.timestamp == next.said.timestamp - one.said.timestamp,
                   "timestamps were stretched");
    world_.require(audio || next.place.starts_frame == (pictures != 0) || b != a + 1,
                   "picture ids and frames differ");
}

void player::note_missing(stream& of, std::uint64_t number) {
    if (of.missing.size() < 1000)
        of.missing.emplace(number, missing_packet{.noticed = world_.now(), .asked = {}});
}

// --- what goes back

void player::repair() {
    if (!connected()) return;
    const auto now = world_.now();
    for (auto& of : streams_) {
        const bool video = of.rtx_ssrc != 0;
        std::vector<std::uint16_t> ask;
        for (auto at = of.missing.begin(); at != of.missing.end();) {
            auto& lost = at->second;
            if (now - lost.noticed > missing_max || lost.tries > tries_max) {
                if (video) {
                    world_.log.note(now, "gives up", id_, at->first, lost.tries);
                    ++of.given_up;
                    of.picture_broken = true;
                }
                at = of.missing.erase(at);
                continue;
            }
            const auto pause = std::max<duration>(milliseconds{30}, round_trip_ * 6 / 5);
            if (video && now - lost.noticed >= milliseconds{10} && now - lost.asked >= pause &&
                ask.size() < 100) {
                lost.asked = now;
                ++lost.tries;
                ask.push_back(static_cast<std::uint16_t>(at->first));
            }
            ++at;
        }
        if (!ask.empty()) {
            send_rtcp([&](rtp::rtcp_builder& to) {
                world_.require(to.add_nack(1, of.ssrc, ask) > 0, "a NACK does not fit");
            });
        }
        if (video && of.received > 0 && of.picture_broken &&
            now - asked_for_key_frame_ >= key_frame_request_pause) {
            asked_for_key_frame_ = now;
            send_rtcp([&](rtp::rtcp_builder& to) { static_cast<void>(to.add_pli(1, of.ssrc)); });
        }
    }
    world_.queue.after(repair_pause, [this, mine = generation_] {
        if (mine == generation_) repair();
    });
}

void player::report() {
    if (!connected()) return;
    std::vector<rtp::report_block> blocks;
    for (auto& of : streams_) {
        if (of.received == 0) continue;
        const auto expected = of.numbers.highest() - of.first + 1;
        const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(of.received);
        const auto expected_now = expected - of.reported_expected;
        const auto received_now = of.received - of.reported_received;
        const auto fraction =
            expected_now > received_now ? (expected_now - received_now) * 255 / expected_now : 0;
        of.reported_expected = expected;
        of.reported_received = of.received;
        blocks.push_back(
            {.ssrc = of.ssrc,
             .cumulative_lost = static_cast<std::int32_t>(lost),
             .highest_sequence = static_cast<std::uint32_t>(of.numbers.highest()),
             .jitter_ticks = 10,
             .last_sr = of.last_sr,
             .delay_since_last_sr = of.last_sr == 0 ? 0 : rtp::to_short_ntp(world_.now() - of.last_sr_at),
             .fraction_lost = static_cast<std::uint8_t>(fraction)});
    }
    if (!blocks.empty()) {
        send_rtcp([&](rtp::rtcp_builder& to) {
            world_.require(to.add_receiver_report(1, blocks), "a report does not fit");
        });
    }
    world_.queue.after(seconds{1}, [this, mine = generation_] {
        if (mine == generation_) report();
    });
}

void player::on_rtcp(bytes compound) {
    const auto parsed = rtp::rtcp_compound::parse(compound);
    world_.require(parsed.has_value(), "the server's RTCP does not parse");
    parsed->for_each([&](const rtp::rtcp_packet& one) {
        const auto told = rtp::read_sender_report(one);
        if (!told) return;
        const auto of = std::ranges::find(streams_, told->sender.ssrc, &stream::ssrc);
        world_.require(of != streams_.end(), "a report on a stream that the answer does not have");
        of->last_sr = told->sender.ntp.middle();
        of->last_sr_at = world_.now();
    });
}

/// It asks for everything, at every moment, and reports what was never so.
void player::lie() {
    if (!connected() || world_.healing) return;
    world_.faults.count(fault::hostile_insider);
    const auto ssrc = chance_.chance(0.8) ? streams_[chance_.below(streams_.size())].ssrc
                                          : static_cast<std::uint32_t>(chance_.next());
    send_rtcp([&](rtp::rtcp_builder& to) {
        switch (chance_.below(5)) {
            case 0: static_cast<void>(to.add_pli(1, ssrc)); break;
            case 1: static_cast<void>(to.add_fir(1, ssrc, static_cast<std::uint8_t>(chance_.next()))); break;
            case 2: {
                std::vector<std::uint16_t> all(chance_.between(1, 200));
                auto number = static_cast<std::uint16_t>(chance_.next());
                for (auto& each : all) each = number++;
                static_cast<void>(to.add_nack(1, ssrc, all));
                break;
            }
            case 3: {
                const std::array block{rtp::report_block{
                    .ssrc = ssrc,
                    .cumulative_lost = static_cast<std::int32_t>(chance_.below(1 << 23)) - (1 << 22),
                    .highest_sequence = static_cast<std::uint32_t>(chance_.next()),
                    .jitter_ticks = static_cast<std::uint32_t>(chance_.next()),
                    .last_sr = static_cast<std::uint32_t>(chance_.next()),
                    .delay_since_last_sr = static_cast<std::uint32_t>(chance_.next()),
                    .fraction_lost = static_cast<std::uint8_t>(chance_.next())}};
                static_cast<void>(to.add_receiver_report(static_cast<std::uint32_t>(chance_.next()), block));
                break;
            }
            default: static_cast<void>(to.add_goodbye(std::array{ssrc}));
        }
    });
    if (chance_.chance(0.3)) {
        // A player has nothing to send: what it sends all the same goes nowhere.
        std::vector<std::byte> noise(rtp::header_bytes + chance_.below(100));
        chance_.fill(noise);
        const rtp::header_writer header;
        header.write(noise, {.timestamp = 1,
                             .ssrc = static_cast<std::uint32_t>(chance_.below(8)),
                             .sequence_number = lied_++,
                             .payload_type = vp8_type,
                             .marker = false});
        send_rtp(noise, static_cast<std::uint16_t>(lied_ - 1));
    }
    world_.queue.after(chance_.between(milliseconds{10}, milliseconds{200}), [this, mine = generation_] {
        if (mine == generation_) lie();
    });
}

// --- the judge's questions

void player::begin_quiet() {
    for (auto& of : streams_) of.missing.clear();
}

void player::end_quiet() {
    for (const auto& of : streams_) {
        if (of.missing.empty()) continue;
        world_.fail(fmt::format("player {}: number {} of SSRC {} is missing though nothing is lost any more",
                                id_, of.missing.begin()->first, of.ssrc));
    }
}

void player::count_repairs() {
    if (!world_.how.measures_repair || lies_) return;
    for (const auto& of : streams_) {
        if (of.rtx_ssrc == 0) continue;
        world_.measured_packets += of.received;
        world_.measured_missing += of.given_up;
        if (of.given_up > 4 + of.received / 100)
            world_.fail(fmt::format("losses below a tenth were not repaired: {} of {} given up", of.given_up,
                                    of.received));
        world_.require(of.repaired < 40 || of.repaired_fast * 10 >= of.repaired * 8,
                       "repairs take more than five round trips");
    }
}

}  // namespace conf::sim::media

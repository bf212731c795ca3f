#include "libconf/sdp/negotiate.hpp"

#include "libconf/base/check.hpp"
#include "libconf/sdp/negotiate_media.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace conf::sdp {
namespace {

/// RFC 8829 §5.1.2: what may stand in an m= line for DTLS-SRTP.
constexpr std::array<std::string_view, 6> protocols{
    "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVP", "RTP/SAVPF", "RTP/SAVP",
};

/// Made while the offer is read once, section by section.
class negotiation {
public:
    negotiation(const session& offer, const capabilities& ours, const server_parameters& server,
                direction answered, std::span<const sent_stream> sent, std::size_t sections_max = 0)
        : offer_(offer),
          ours_(ours),
          server_(server),
          answered_(answered),
          sent_(sent),
          sections_max_(sections_max) {}

    outcome<negotiated, refusal> run() {
        if (auto refused = check_session()) return *std::move(refused);
        if (auto refused = check_bundle()) return *std::move(refused);
        for (at_ = 1; at_ <= offer_.media.size(); ++at_) {
            if (auto refused = check_section(section())) return *std::move(refused);
        }
        if (answered_ == direction::recvonly && sections_max_ == 0) {
            if (auto refused = check_publisher()) return *std::move(refused);
        }
        at_ = made_.tagged + 1;
        if (auto refused = read_transport(section())) return *std::move(refused);
        begin_answer();
        for (at_ = 1; at_ <= offer_.media.size(); ++at_) {
            if (auto refused = answer_section()) return *std::move(refused);
        }
        return std::move(made_);
    }

private:
    [[nodiscard]] const media_section& section() const { return offer_.media[at_ - 1]; }

    [[nodiscard]] refusal refuse(int status, std::string why) const {
        return {.status = status,
                .section = at_,
                .why = std::move(why),
                .mid = at_ == 0 ? std::string() : section().mid};
    }

    std::optional<refusal> check_session() {
        if (offer_.media.empty()) return refuse(422, "there is no media section");
        // RFC 8445 §2.5: two lite agents would wait for each other for ever.
        if (offer_.ice_lite) return refuse(422, "a=ice-lite: the client must be a full ICE agent");
        if (sections_max_ != 0 && offer_.media.size() > sections_max_)
            return refuse(422, fmt::format("at most {} media sections", sections_max_));
        return std::nullopt;
    }

    /// RFC 8843 §7.2: one group with every section in it.
    std::optional<refusal> check_bundle() {
        const group* bundle = nullptr;
        for (const auto& entry : offer_.groups) {
            if (entry.semantics != group_semantics::bundle || entry.mids.empty()) continue;
            if (bundle != nullptr) return refuse(422, "more than one BUNDLE group");
            bundle = &entry;
        }
        if (bundle == nullptr) return refuse(422, "a=group:BUNDLE with every section is required");
        const std::set<std::string_view> bundled(bundle->mids.begin(), bundle->mids.end());
        for (at_ = 1; at_ <= offer_.media.size(); ++at_) {
            if (section().mid.empty()) return refuse(422, "a=mid is required");
            if (!bundled.contains(section().mid)) return refuse(422, "it is not in the BUNDLE group");
            if (section().mid == bundle->mids.front()) made_.tagged = at_ - 1;
        }
        at_ = 0;
        made_.answer.groups = {*bundle};
        return std::nullopt;
    }

    std::optional<refusal> check_section(const media_section& offered) {
        if (offered.kind == media_kind::application) {
            return refuse(422, "data channels are not accepted; leave m=application out");
        }
        if (offered.port == 0 && !offered.bundle_only) {
            return refuse(422, "port 0 without a=bundle-only: leave out what is not in use");
        }
        if (std::ranges::find(protocols, offered.protocol) == protocols.end()) {
            return refuse(422, "only DTLS-SRTP is accepted: m=... UDP/TLS/RTP/SAVPF");
        }
        if (!offered.rtcp_mux) return refuse(422, "a=rtcp-mux is required");
        if (answered_ == direction::recvonly && !sends(offered.direction)) {
            return refuse(422, "a publisher's section is sendonly or sendrecv");
        }
        if (answered_ == direction::sendonly && !receives(offered.direction)) {
            return refuse(422, "a player's section is recvonly or sendrecv");
        }
        return std::nullopt;
    }

    /// RFC 9725 §4.4: one stream with at most one track of a kind.
    std::optional<refusal> check_publisher() {
        std::array<bool, 2> seen{};
        std::set<std::string_view> streams;
        for (at_ = 1; at_ <= offer_.media.size(); ++at_) {
            const auto& offered = section();
            if (std::exchange(seen[static_cast<std::size_t>(offered.kind)], true)) {
                return refuse(422, "at most one audio and one video section");
            }
            std::set<std::string_view> own;
            for (const auto& msid : offered.msids) {
                if (msid.stream != "-") own.insert(msid.stream);  // RFC 8830 §2: "-" is no stream
            }
            if (!own.empty() && !streams.empty() && own != streams) {
                return refuse(422, "one MediaStream only: the same a=msid stream in each section");
            }
            if (!own.empty()) streams = std::move(own);
        }
        return std::nullopt;
    }

    std::optional<refusal> read_transport(const media_section& tagged) {
        auto& remote = made_.remote;
        remote.ice = tagged.ice;
        if (remote.ice.ufrag.empty()) remote.ice.ufrag = offer_.ice.ufrag;
        if (remote.ice.pwd.empty()) remote.ice.pwd = offer_.ice.pwd;
        if (remote.ice.options.empty()) remote.ice.options = offer_.ice.options;
        if (remote.ice.ufrag.empty() || remote.ice.pwd.empty()) {
            return refuse(422, "a=ice-ufrag and a=ice-pwd are required");
        }
        remote.fingerprints = tagged.fingerprints.empty() ? offer_.fingerprints : tagged.fingerprints;
        if (remote.fingerprints.empty()) {
            return refuse(422, "a=fingerprint with sha-256, sha-384 or sha-512 is required");
        }
        const auto setup = tagged.setup ? tagged.setup : offer_.setup;
        // We are the DTLS server, since the server chooses the SRTP profile.
        if (setup != setup_role::actpass && setup != setup_role::active) {
            return refuse(422, "a=setup:actpass or active is required");
        }
        remote.setup = *setup;
        std::ranges::copy_if(tagged.candidates, std::back_inserter(remote.candidates),
                             [](const candidate& c) {
                                 return c.component == 1 && c.ip && !c.ip->is_loopback() &&
                                        !c.ip->is_unspecified() && !c.ip->is_multicast();
                             });
        return std::nullopt;
    }

    void begin_answer() {
        auto& answer = made_.answer;
        answer.origin.session_id = server_.session_id;
        answer.origin.session_version = server_.session_version;
        answer.ice_lite = true;
        answer.extmap_allow_mixed = offer_.extmap_allow_mixed;
        answer.ice.options = {"trickle", "ice2"};  // RFC 8838 §4.1, RFC 8445 §10
    }

    std::optional<refusal> answer_section() {
        section_negotiation both(offer_, section(), ours_, answered_, meanings_);
        if (auto refused = both.run()) return refuse(refused->status, std::move(refused->why));
        if (auto twice = meanings_.add(both.media())) {
            return refuse(400, *twice + " means two things in the BUNDLE group");
        }
        auto& answer = both.answer();
        answer.ice.ufrag = server_.ufrag;
        answer.ice.pwd = server_.pwd;
        answer.fingerprints = {server_.certificate};
        answer.setup = setup_role::passive;
        if (at_ - 1 == made_.tagged) {
            answer.candidates = server_.candidates;
            answer.end_of_candidates = true;
        }
        if (answered_ == direction::sendonly) add_sent(sent_[at_ - 1], both.media(), answer);
        made_.media.push_back(std::move(both.media()));
        made_.answer.media.push_back(std::move(answer));
        return std::nullopt;
    }

    static void add_sent(const sent_stream& sent, const negotiated_media& media, media_section& answer) {
        answer.msids = {sent.msid};
        answer.ssrcs.push_back({sent.ssrc, sent.cname, {}});
        const bool has_rtx = std::ranges::any_of(
            media.codecs, [](const negotiated_codec& chosen) { return chosen.rtx_payload_type.has_value(); });
        if (!sent.rtx_ssrc || !has_rtx) return;
        answer.ssrc_groups.push_back({ssrc_group_semantics::flow_id, {sent.ssrc, *sent.rtx_ssrc}});
        answer.ssrcs.push_back({*sent.rtx_ssrc, sent.cname, {}});
    }

    const session& offer_;
    const capabilities& ours_;
    const server_parameters& server_;
    direction answered_;
    std::span<const sent_stream> sent_;
    std::size_t sections_max_;  // of somebody who calls; 0: the rules of WHIP
    std::size_t at_ = 0;        // the section that is looked at, from 1; 0: the session part
    bundle_meanings meanings_;
    negotiated made_;
};

}  // namespace

std::string refusal::message() const {
    if (line != 0) return why;
    if (section == 0) return fmt::format("session part: {}", why);
    if (mid.empty()) return fmt::format("section {}: {}", section, why);
    return fmt::format("section {} (mid \"{}\"): {}", section, mid, why);
}

refusal to_refusal(const parse_error& wrong) {
    return {.status = 400, .line = wrong.line, .why = wrong.message(), .mid = {}};
}

outcome<negotiated, refusal> answer_whip(const session& offer, const capabilities& ours,
                                         const server_parameters& server) {
    return negotiation(offer, ours, server, direction::recvonly, {}).run();
}

outcome<negotiated, refusal> answer_sender(const session& offer, const capabilities& ours,
                                           const server_parameters& server, std::size_t sections_max) {
    check(sections_max > 0);
    return negotiation(offer, ours, server, direction::recvonly, {}, sections_max).run();
}

outcome<negotiated, refusal> answer_whep(const session& offer, const capabilities& ours,
                                         const server_parameters& server, std::span<const sent_stream> sent) {
    check(sent.size() == offer.media.size());
    return negotiation(offer, ours, server, direction::sendonly, sent).run();
}

std::optional<refusal> changed_meaning(const negotiated& before, const negotiated& after) {
    bundle_meanings meanings;
    for (const auto& media : before.media) check(!meanings.add(media));
    for (std::size_t i = 0; i < after.media.size(); ++i) {
        if (auto changed = meanings.add(after.media[i])) {
            return refusal{.status = 400,
                           .section = i + 1,
                           .why = *changed + " does not mean what it meant before",
                           .mid = after.media[i].mid};
        }
    }
    return std::nullopt;
}

fragment make_fragment(const negotiated& of, const server_parameters& server) {
    const auto& tagged = of.media.at(of.tagged);
    return {.groups = of.answer.groups,
            .ice_lite = true,
            .ice = {.ufrag = {}, .pwd = {}, .options = of.answer.ice.options},
            .end_of_candidates = false,
            .media = {{.kind = tagged.kind,
                       .mid = tagged.mid,
                       .ice = {.ufrag = server.ufrag, .pwd = server.pwd, .options = {}},
                       .candidates = server.candidates,
                       .end_of_candidates = true}}};
}

std::optional<ice_parameters> credentials_of(const fragment& from) {
    const auto has_both = [](const ice_parameters& ice) { return !ice.ufrag.empty() && !ice.pwd.empty(); };
    for (const auto& section : from.media) {
        if (has_both(section.ice)) return section.ice;
    }
    return has_both(from.ice) ? std::optional(from.ice) : std::nullopt;
}

}  // namespace conf::sdp

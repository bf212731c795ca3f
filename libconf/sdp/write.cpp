#include "libconf/sdp/write.hpp"

#include "libconf/base/check.hpp"
#include "libconf/sdp/limits.hpp"
#include "libconf/sdp/names.hpp"
#include "libconf/sdp/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace conf::sdp {
namespace {

std::string_view identifier(std::string_view text) {
    check(is_identifier(text));
    return text;
}
std::string_view token(std::string_view text) {
    check(is_token(text));
    return text;
}
std::string_view visible(std::string_view text) {
    check(is_visible(text));
    return text;
}

class text_writer {
public:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
        text_ += "\r\n";
    }
    void flag(bool is_set, std::string_view name) {
        if (is_set) line("a={}", name);
    }

    void add(const session& from);
    void add(const fragment& from);
    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

private:
    void add_section(const media_section& from);
    void add_formats(const media_section& from);
    void add_streams(const media_section& from);
    void add_fragment_section(const fragment_section& from);
    void add_bandwidths(const std::vector<bandwidth>& from);
    void add_groups(const std::vector<group>& from);
    void add_ice(const ice_parameters& from);
    void add_dtls(const std::vector<fingerprint>& fingerprints, const std::optional<setup_role>& setup);
    void add_candidate(const candidate& from);
    void add_parameters(const std::vector<parameter>& from, bool is_first);
    void add_simulcast(std::string_view way, const std::vector<simulcast_stream>& streams);
    void add_msid(const media_stream_id& from);

    std::string text_;
};

void text_writer::add_bandwidths(const std::vector<bandwidth>& from) {
    for (const auto& entry : from) line("b={}:{}", token(entry.type), entry.value);
}

void text_writer::add_groups(const std::vector<group>& from) {
    for (const auto& entry : from) {
        text_ += "a=group:";
        text_ += name_of(group_names, entry.semantics);
        for (const auto& mid : entry.mids) {
            text_ += ' ';
            text_ += identifier(mid);
        }
        text_ += "\r\n";
    }
}

void text_writer::add_ice(const ice_parameters& from) {
    if (!from.ufrag.empty()) {
        check(is_ice_text(from.ufrag, ufrag_chars_min, ice_chars_max));
        line("a=ice-ufrag:{}", from.ufrag);
    }
    if (!from.pwd.empty()) {
        check(is_ice_text(from.pwd, pwd_chars_min, ice_chars_max));
        line("a=ice-pwd:{}", from.pwd);
    }
    if (from.options.empty()) return;
    for (const auto& option : from.options) check(is_ice_text(option, 1, token_chars_max));
    line("a=ice-options:{}", fmt::join(from.options, " "));
}

void text_writer::add_dtls(const std::vector<fingerprint>& fingerprints,
                           const std::optional<setup_role>& setup) {
    for (const auto& entry : fingerprints) {
        check(entry.value.size() == bytes_of(entry.hash));
        text_ += fmt::format("a=fingerprint:{} ", name_of(hash_names, entry.hash));
        for (const auto byte : entry.value) text_ += fmt::format("{:02X}:", std::to_integer<unsigned>(byte));
        text_.pop_back();
        text_ += "\r\n";
    }
    if (setup) line("a=setup:{}", name_of(setup_names, *setup));
}

void text_writer::add_candidate(const candidate& from) {
    check(is_ice_text(from.foundation, 1, foundation_chars_max));
    check(from.ip.has_value() != is_host_name(from.name));
    text_ += fmt::format("a=candidate:{} {} {} {} {} {} typ {}", from.foundation, from.component,
                         name_of(candidate_transport_names, from.transport), from.priority,
                         from.ip ? from.ip->to_string() : from.name, from.port,
                         name_of(candidate_type_names, from.type));
    if (from.tcp) text_ += fmt::format(" tcptype {}", name_of(tcp_type_names, *from.tcp));
    text_ += "\r\n";
}

/// "key=value;key", with a semicolon before each but the first.
void text_writer::add_parameters(const std::vector<parameter>& from, bool is_first) {
    for (const auto& entry : from) {
        check(!entry.key.empty() && is_printable(entry.key) && is_printable(entry.value));
        check(entry.key.find_first_of(";=") == std::string::npos);
        check(entry.value.find(';') == std::string::npos);
        if (!is_first) text_ += ';';
        is_first = false;
        text_ += entry.key;
        if (entry.value.empty()) continue;
        text_ += '=';
        text_ += entry.value;
    }
}

void text_writer::add_formats(const media_section& from) {
    for (const auto& format : from.formats) {
        if (!format.encoding.empty()) {
            text_ += fmt::format("a=rtpmap:{} {}/{}", format.payload_type, token(format.encoding),
                                 format.clock_rate_hz);
            if (format.channels > 1) text_ += fmt::format("/{}", format.channels);
            text_ += "\r\n";
        }
        for (const auto& feedback : format.feedback) {
            check(!feedback.empty() && is_printable(feedback));
            line("a=rtcp-fb:{} {}", format.payload_type, feedback);
        }
        if (format.parameters.empty()) continue;
        text_ += fmt::format("a=fmtp:{} ", format.payload_type);
        add_parameters(format.parameters, true);
        text_ += "\r\n";
    }
    for (const auto& feedback : from.feedback_for_all) {
        check(!feedback.empty() && is_printable(feedback));
        line("a=rtcp-fb:* {}", feedback);
    }
}

void text_writer::add_msid(const media_stream_id& from) {
    text_ += fmt::format("msid:{}", identifier(from.stream));
    if (!from.track.empty()) text_ += fmt::format(" {}", identifier(from.track));
    text_ += "\r\n";
}

void text_writer::add_simulcast(std::string_view way, const std::vector<simulcast_stream>& streams) {
    if (streams.empty()) return;
    text_ += way;
    for (const auto& stream : streams) {
        check(!stream.empty());
        for (const auto& alternative : stream) {
            if (alternative.paused) text_ += '~';
            text_ += identifier(alternative.rid);
            text_ += ',';
        }
        text_.back() = ';';
    }
    text_.back() = ' ';
}

void text_writer::add_streams(const media_section& from) {
    for (const auto& msid : from.msids) {
        text_ += "a=";
        add_msid(msid);
    }
    for (const auto& rid : from.rids) {
        text_ += fmt::format("a=rid:{} {}", identifier(rid.id), name_of(rid_direction_names, rid.direction));
        if (!rid.payload_types.empty()) text_ += fmt::format(" pt={}", fmt::join(rid.payload_types, ","));
        if (!rid.restrictions.empty() && rid.payload_types.empty()) text_ += ' ';
        add_parameters(rid.restrictions, rid.payload_types.empty());
        text_ += "\r\n";
    }
    if (!from.simulcast.send.empty() || !from.simulcast.recv.empty()) {
        text_ += "a=simulcast:";
        add_simulcast("send ", from.simulcast.send);
        add_simulcast("recv ", from.simulcast.recv);
        text_.pop_back();
        text_ += "\r\n";
    }
    for (const auto& group : from.ssrc_groups) {
        line("a=ssrc-group:{} {}", name_of(ssrc_group_names, group.semantics), fmt::join(group.ssrcs, " "));
    }
    for (const auto& source : from.ssrcs) {
        if (!source.cname.empty()) line("a=ssrc:{} cname:{}", source.ssrc, visible(source.cname));
        if (source.msid) {
            text_ += fmt::format("a=ssrc:{} ", source.ssrc);
            add_msid(*source.msid);
        }
        if (source.cname.empty() && !source.msid) line("a=ssrc:{}", source.ssrc);
    }
}

void text_writer::add_section(const media_section& from) {
    check(is_protocol(from.protocol));
    text_ += fmt::format("m={} {} {}", name_of(kind_names, from.kind), from.port, from.protocol);
    if (from.kind == media_kind::application) {
        text_ += " webrtc-datachannel";  // RFC 8841 §4.3
    } else {
        check(!from.formats.empty());
        for (const auto& format : from.formats) text_ += fmt::format(" {}", format.payload_type);
    }
    text_ += "\r\n";
    line("c=IN IP4 0.0.0.0");
    add_bandwidths(from.bandwidths);
    if (!from.mid.empty()) line("a=mid:{}", identifier(from.mid));
    flag(from.bundle_only, "bundle-only");
    add_ice(from.ice);
    add_dtls(from.fingerprints, from.setup);
    line("a={}", name_of(direction_names, from.direction));
    flag(from.rtcp_mux, "rtcp-mux");
    flag(from.rtcp_mux_only, "rtcp-mux-only");
    flag(from.rtcp_rsize, "rtcp-rsize");
    flag(from.extmap_allow_mixed, "extmap-allow-mixed");
    for (const auto& extension : from.extensions) {
        text_ += fmt::format("a=extmap:{}", extension.id);
        if (extension.direction != direction::sendrecv) {
            text_ += fmt::format("/{}", name_of(direction_names, extension.direction));
        }
        text_ += fmt::format(" {}\r\n", visible(extension.uri));
    }
    add_formats(from);
    if (from.ptime_ms) line("a=ptime:{}", *from.ptime_ms);
    if (from.maxptime_ms) line("a=maxptime:{}", *from.maxptime_ms);
    add_streams(from);
    if (from.sctp_port) line("a=sctp-port:{}", *from.sctp_port);
    if (from.max_message_bytes) line("a=max-message-size:{}", *from.max_message_bytes);
    for (const auto& entry : from.candidates) add_candidate(entry);
    flag(from.end_of_candidates, "end-of-candidates");
}

void text_writer::add(const session& from) {
    check(std::ranges::none_of(from.name, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }));
    check(!from.name.empty());
    line("v=0");
    line("o={} {} {} IN {} {}", visible(from.origin.username), from.origin.session_id,
         from.origin.session_version, from.origin.family == ip_family::v4 ? "IP4" : "IP6",
         visible(from.origin.address));
    line("s={}", from.name);
    add_bandwidths(from.bandwidths);
    line("t=0 0");
    add_groups(from.groups);
    flag(from.extmap_allow_mixed, "extmap-allow-mixed");
    flag(from.ice_lite, "ice-lite");
    add_ice(from.ice);
    add_dtls(from.fingerprints, from.setup);
    for (const auto& section : from.media) add_section(section);
}

void text_writer::add_fragment_section(const fragment_section& from) {
    // RFC 8840 §9.2: only the mid counts; the rest makes it an m= line.
    line("m={} 9 {}", name_of(kind_names, from.kind),
         from.kind == media_kind::application ? "UDP/DTLS/SCTP webrtc-datachannel" : "UDP/TLS/RTP/SAVPF 0");
    line("a=mid:{}", identifier(from.mid));
    add_ice(from.ice);
    for (const auto& entry : from.candidates) add_candidate(entry);
    flag(from.end_of_candidates, "end-of-candidates");
}

void text_writer::add(const fragment& from) {
    add_groups(from.groups);
    flag(from.ice_lite, "ice-lite");
    add_ice(from.ice);
    flag(from.end_of_candidates, "end-of-candidates");
    for (const auto& section : from.media) add_fragment_section(section);
}

}  // namespace

std::string write(const session& from) {
    text_writer out;
    out.add(from);
    return out.take();
}

std::string write(const fragment& from) {
    text_writer out;
    out.add(from);
    return out.take();
}

}  // namespace conf::sdp

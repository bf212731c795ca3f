#include "libconf/sdp/parse.hpp"

#include "libconf/sdp/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace conf::sdp {
namespace {

constexpr auto any_u64 = std::numeric_limits<std::uint64_t>::max();

/// Which line must come next, RFC 8866 §5.
enum class stage : std::uint8_t { version, origin, name, rest };

complaint read_origin(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    auto& made = in.made.origin;
    const auto username = scan.word();
    const auto id = to_number(scan.word(), 0, any_u64);
    const auto version = to_number(scan.word(), 0, any_u64);
    const auto net = scan.word();
    const auto family = scan.word();
    const auto address = scan.word();
    if (!is_visible(username) || !id || !version || net != "IN" || (family != "IP4" && family != "IP6") ||
        !is_visible(address)) {
        return "o=username id version IN IP4 or IP6 address";
    }
    made.username = username;
    made.session_id = *id;
    made.session_version = *version;
    made.family = family == "IP4" ? ip_family::v4 : ip_family::v6;
    made.address = address;
    return fine;
}

complaint read_name(reading& in, std::string_view value) {
    in.steps += value.size();
    if (std::ranges::any_of(value, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; })) {
        return "a session name without control characters";
    }
    in.made.name = value.empty() ? "-" : value;  // RFC 8866 §5.3: never empty, but old senders do it
    return fine;
}

complaint read_bandwidth(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto type = scan.until(':');
    const auto number = to_number(scan.rest(), 0, any_u64);
    if (!is_token(type) || !number) return "b=type:number";
    auto& list = in.in_media() ? in.section().bandwidths : in.made.bandwidths;
    list.push_back({std::string(type), *number});
    return fine;
}

complaint check_connection(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto net = scan.word();
    const auto family = scan.word();
    if (net != "IN" || (family != "IP4" && family != "IP6") || !is_visible(scan.word())) {
        return "c=IN IP4 or IP6 address";
    }
    return fine;
}

complaint check_timing(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const bool right = to_number(scan.word(), 0, any_u64) && to_number(scan.word(), 0, any_u64);
    return right ? fine : complaint("t=start stop");
}

/// One description or fragment, line by line.
class text_reader {
public:
    text_reader(std::string_view text, bool whole)
        : text_(text), in_(whole), stage_(whole ? stage::version : stage::rest), has_timing_(!whole) {}

    /// Nothing, or the first line that is wrong.
    std::optional<parse_error> run() {
        if (text_.size() > text_bytes_max) return error("at most 1 MiB");
        // Asterisk and others once read up to a NUL here and beyond it there (SEC-SDP-1).
        if (const auto nul = text_.find('\0'); nul != std::string_view::npos) {
            const auto before = text_.substr(0, nul);
            in_.at.number = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
            in_.at.text = before.substr(std::min(before.rfind('\n') + 1, before.size()));
            return error("no NUL");
        }
        in_.steps += text_.size();
        while (next_line()) {
            if (const auto wrong = read_line(); !wrong.empty()) return error(wrong);
        }
        return finish();
    }

    [[nodiscard]] std::size_t steps() const noexcept { return in_.steps; }
    [[nodiscard]] reading& result() noexcept { return in_; }

private:
    [[nodiscard]] parse_error error(complaint expected) const {
        return {std::max(in_.at.number, std::size_t{1}), excerpt_of(in_.at.text), expected};
    }

    bool next_line() {
        if (text_.empty()) return false;
        const auto end = std::min(text_.find('\n'), text_.size());
        auto line = text_.substr(0, end);
        in_.steps += end + 1;
        text_.remove_prefix(std::min(end + 1, text_.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        in_.at = {in_.at.number + 1, line};
        return true;
    }

    complaint read_line() {
        const auto line = in_.at.text;
        if (line.size() > line_bytes_max) return "at most 4096 bytes in a line";
        in_.steps += line.size();
        if (line.find('\r') != std::string_view::npos) return "CR only before LF";
        if (line.empty()) {
            ended_ = true;
            return fine;
        }
        if (ended_) return "no empty line before the last";
        if (line.size() < 2 || line[1] != '=') return "a line like x=value";
        if (line[0] == 'm') {
            lines_ = 0;
        }
        if (++lines_ > lines_per_section_max) return "at most 400 lines in a section";
        const auto value = line.substr(2);
        if (stage_ != stage::rest) return read_head(line[0], value);
        return in_.in_media() ? read_in_media(line[0], value) : read_in_session(line[0], value);
    }

    complaint read_head(char type, std::string_view value) {
        switch (stage_) {
            case stage::version:
                if (type != 'v' || value != "0") return "v=0";
                stage_ = stage::origin;
                return fine;
            case stage::origin:
                if (type != 'o') return "o= after v=";
                stage_ = stage::name;
                return read_origin(in_, value);
            case stage::name:
                if (type != 's') return "s= after o=";
                stage_ = stage::rest;
                return read_name(in_, value);
            case stage::rest: break;
        }
        return fine;
    }

    complaint read_in_session(char type, std::string_view value) {
        switch (type) {
            case 'a': return read_attribute(in_, value);
            case 'b': return read_bandwidth(in_, value);
            case 'c': return check_connection(in_, value);
            case 'm': return has_timing_ ? read_media(in_, value) : complaint("t= before the first m=");
            case 't': has_timing_ = true; return check_timing(in_, value);
            case 'i':
            case 'u':
            case 'e':
            case 'p':
            case 'r':
            case 'z':
            case 'k': return fine;
            default: return "i=, u=, e=, p=, c=, b=, t=, r=, z=, k=, a= or m=";
        }
    }

    complaint read_in_media(char type, std::string_view value) {
        switch (type) {
            case 'a': return read_attribute(in_, value);
            case 'b': return read_bandwidth(in_, value);
            case 'c': return check_connection(in_, value);
            case 'm': return read_media(in_, value);
            case 'i':
            case 'k': return fine;
            default: return "i=, c=, b=, k=, a= or m= in a media section";
        }
    }

    std::optional<parse_error> finish() {
        in_.at = {in_.at.number + 1, {}};
        switch (stage_) {
            case stage::version: return error("v=0");
            case stage::origin: return error("o= after v=");
            case stage::name: return error("s= after o=");
            case stage::rest: break;
        }
        if (!has_timing_) return error("t=");
        return in_.whole ? check_groups() : check_fragment_mids();
    }

    std::optional<parse_error> check_groups() {
        for (std::size_t group = 0; group < in_.made.groups.size(); ++group) {
            for (const auto& mid : in_.made.groups[group].mids) {
                ++in_.steps;
                const auto found = in_.mids.find(mid);
                in_.at = in_.group_lines[group];
                if (found == in_.mids.end()) return error("an a=mid for each name of the group");
                if (std::exchange(found->second, group + 1) == group + 1) {
                    return error("each name once in the group");
                }
            }
        }
        return std::nullopt;
    }

    std::optional<parse_error> check_fragment_mids() {
        for (const auto& section : in_.made.media) {
            if (section.mid.empty()) return error("an a=mid in each section");  // RFC 8840 §9.2
        }
        return std::nullopt;
    }

    std::string_view text_;  // what is left
    reading in_;
    stage stage_;
    bool has_timing_;
    bool ended_ = false;
    std::size_t lines_ = 0;
};

}  // namespace

std::string parse_error::message() const {
    if (excerpt.empty()) return fmt::format("line {}: expected {}", line, expected);
    return fmt::format("line {}, \"{}\": expected {}", line, excerpt, expected);
}

outcome<session, parse_error> parse(std::string_view text, std::size_t* steps) {
    text_reader reader(text, true);
    auto wrong = reader.run();
    if (steps != nullptr) *steps = reader.steps();
    if (wrong) return *std::move(wrong);
    return std::move(reader.result().made);
}

outcome<fragment, parse_error> parse_fragment(std::string_view text, std::size_t* steps) {
    text_reader reader(text, false);
    auto wrong = reader.run();
    if (steps != nullptr) *steps = reader.steps();
    if (wrong) return *std::move(wrong);
    auto& read = reader.result().made;
    fragment made{.groups = std::move(read.groups),
                  .ice_lite = read.ice_lite,
                  .ice = std::move(read.ice),
                  .end_of_candidates = reader.result().end_of_candidates,
                  .media = {}};
    for (auto& section : read.media) {
        made.media.push_back({section.kind, std::move(section.mid), std::move(section.ice),
                              std::move(section.candidates), section.end_of_candidates});
    }
    return made;
}

}  // namespace conf::sdp

#include "libconf/sdp/reading.hpp"

#include <optional>

namespace conf::sdp {
namespace {

constexpr complaint a_payload_type = "a payload type from 0 to 127";

std::optional<std::uint8_t> to_payload_type(std::string_view text) noexcept {
    return to_number<std::uint8_t>(text, 0, 127);
}

}  // namespace

complaint read_rtpmap(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto payload_type = to_payload_type(scan.word());
    if (!payload_type) return a_payload_type;
    auto map = in.scan(scan.trimmed_rest());
    const auto encoding = map.until('/');
    if (!is_token(encoding)) return "an encoding name";
    const auto clock_rate = to_number<std::uint32_t>(map.until('/'), 1, 1'000'000);
    if (!clock_rate) return "a clock rate from 1 to 1000000";
    const bool has_channels = !map.at_end();
    const auto channels = to_number<std::uint8_t>(map.rest(), 1, 255);
    if (has_channels && !channels) return "1 to 255 channels";
    auto* const format = in.format(*payload_type);
    if (format == nullptr) return fine;  // not in the m= line
    if (!format->encoding.empty()) return "one a=rtpmap for a payload type";
    format->encoding = encoding;
    format->clock_rate_hz = *clock_rate;
    format->channels = channels.value_or(1);
    return fine;
}

complaint read_fmtp(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto word = scan.word();
    if (in.section().kind == media_kind::application) return fine;
    const auto payload_type = to_payload_type(word);
    if (!payload_type) return a_payload_type;
    auto* const format = in.format(*payload_type);
    if (format == nullptr) return fine;
    if (in.notes.has_fmtp.test(*payload_type)) return "one a=fmtp for a payload type";  // RFC 8866 §6.15
    in.notes.has_fmtp.set(*payload_type);
    while (!scan.at_end()) {
        const auto piece = trimmed(scan.until(';'));
        if (!is_printable(piece)) return "visible ASCII";
        auto pair = in.scan(piece);
        const auto key = trimmed(pair.until('='));
        if (key.empty()) continue;
        if (format->parameters.size() == parameters_per_line_max) return "at most 32 format parameters";
        format->parameters.push_back({std::string(key), std::string(pair.trimmed_rest())});
    }
    return fine;
}

complaint read_rtcp_fb(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto target = scan.word();
    const auto payload_type = to_payload_type(target);
    if (!payload_type && target != "*") return "a payload type from 0 to 127, or *";
    std::string feedback;
    while (!scan.at_end()) {
        const auto word = scan.word();
        if (word.empty()) break;
        if (!is_visible(word)) return "visible ASCII";
        if (!feedback.empty()) feedback += ' ';
        feedback += word;
    }
    if (feedback.empty()) return "a kind of feedback";
    if (!payload_type) {
        in.section().feedback_for_all.push_back(std::move(feedback));
    } else if (auto* const format = in.format(*payload_type)) {
        format->feedback.push_back(std::move(feedback));
    }
    return fine;
}

complaint read_extmap(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    auto number = in.scan(scan.word());
    const auto id = to_number<std::uint8_t>(number.until('/'), 1, extension_id_max);
    if (!id) return "an extension id from 1 to 255";
    const bool has_direction = !number.at_end();
    const auto way = named(direction_names, number.rest());
    if (has_direction && !way) return "sendrecv, sendonly, recvonly or inactive";
    const auto uri = scan.word();
    if (!is_visible(uri)) return "the URI of an extension";
    if (in.notes.extension_ids.test(*id)) return "each extension id once in a section";
    in.notes.extension_ids.set(*id);
    in.section().extensions.push_back({*id, std::string(uri), way.value_or(direction::sendrecv)});
    return fine;
}

}  // namespace conf::sdp

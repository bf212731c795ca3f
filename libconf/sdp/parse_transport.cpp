#include "libconf/sdp/reading.hpp"

#include <limits>
#include <optional>

namespace conf::sdp {
namespace {

ice_parameters& ice_of(reading& in) {
    return in.in_media() ? in.section().ice : in.made.ice;
}

std::optional<std::byte> hex_pair(std::string_view text) noexcept {
    unsigned value = 0;
    for (const char c : text) {
        const auto digit = std::string_view("0123456789abcdef").find(lower(c));
        if (digit == std::string_view::npos) return std::nullopt;
        value = value * 16 + static_cast<unsigned>(digit);
    }
    return text.size() == 2 ? std::optional(static_cast<std::byte>(value)) : std::nullopt;
}

/// "candidate" of RFC 8839 §5.1; nothing for one that no agent could use, or that breaks the grammar.
std::optional<candidate> to_candidate(scanner scan) {
    candidate made;
    const auto foundation = scan.word();
    const auto component = to_number<std::uint16_t>(scan.word(), 1, 256);
    const auto transport_text = scan.word();
    const auto priority = to_number<std::uint32_t>(scan.word(), 1, std::numeric_limits<std::uint32_t>::max());
    const auto address = scan.word();
    const auto port = to_number<std::uint16_t>(scan.word(), 1, std::numeric_limits<std::uint16_t>::max());
    if (!is_ice_text(foundation, 1, foundation_chars_max) || !component || !priority || !port) {
        return std::nullopt;
    }
    std::optional<candidate_transport> transport;
    for (const auto& name : candidate_transport_names) {
        if (equal_ignoring_case(name.text, transport_text)) transport = name.value;
    }
    if (!transport || scan.word() != "typ") return std::nullopt;
    const auto type = named(candidate_type_names, scan.word());
    if (!type) return std::nullopt;
    // raddr, rport and what browsers append (generation, ufrag, network-id, …) are pairs of no use here.
    while (!scan.at_end()) {
        const auto name = scan.word();
        const auto value = scan.word();
        if (name == "tcptype") made.tcp = named(tcp_type_names, value);
    }
    made.ip = ip_address::parse(address);
    if (!made.ip) {
        if (!is_host_name(address)) return std::nullopt;
        made.name = address;
    }
    made.foundation = foundation;
    made.component = *component;
    made.transport = *transport;
    made.priority = *priority;
    made.port = *port;
    made.type = *type;
    // RFC 6544 §4.5: a TCP candidate says how it connects, a UDP candidate does not.
    if (made.tcp.has_value() != (made.transport == candidate_transport::tcp)) return std::nullopt;
    return made;
}

}  // namespace

complaint read_ufrag(reading& in, std::string_view value) {
    in.steps += value.size();
    if (!is_ice_text(value, ufrag_chars_min, ice_chars_max)) return "4 to 256 letters, digits, + or /";
    if (!ice_of(in).ufrag.empty()) return "one a=ice-ufrag in a section";
    ice_of(in).ufrag = value;
    return fine;
}

complaint read_pwd(reading& in, std::string_view value) {
    in.steps += value.size();
    if (!is_ice_text(value, pwd_chars_min, ice_chars_max)) return "22 to 256 letters, digits, + or /";
    if (!ice_of(in).pwd.empty()) return "one a=ice-pwd in a section";
    ice_of(in).pwd = value;
    return fine;
}

complaint read_ice_options(reading& in, std::string_view value) {
    auto& options = ice_of(in).options;
    for (auto scan = in.scan(value); !scan.at_end();) {
        const auto option = scan.word();
        if (options.size() < ice_options_max && is_ice_text(option, 1, token_chars_max)) {
            options.emplace_back(option);
        }
    }
    return fine;
}

complaint read_fingerprint(reading& in, std::string_view value) {
    auto scan = in.scan(value);
    const auto function = scan.word();
    std::optional<hash_function> hash;
    for (const auto& name : hash_names) {
        if (equal_ignoring_case(name.text, function)) hash = name.value;
    }
    // RFC 8122 §5.1: several may be there, and those of an unknown hash do not count.
    if (!hash) return is_token(function) ? fine : complaint("a hash and a fingerprint");
    auto& list = in.in_media() ? in.section().fingerprints : in.made.fingerprints;
    if (list.size() == fingerprints_per_section_max) return "at most 8 fingerprints in a section";
    fingerprint made{*hash, {}};
    auto digits = in.scan(scan.trimmed_rest());
    while (!digits.at_end() && made.value.size() <= bytes_of(*hash)) {
        const auto pair = hex_pair(digits.until(':'));
        if (!pair) return "pairs of hexadecimal digits with colons between";
        made.value.push_back(*pair);
    }
    if (made.value.size() != bytes_of(*hash)) return "as many bytes as the hash has";
    list.push_back(std::move(made));
    return fine;
}

complaint read_setup(reading& in, std::string_view value) {
    in.steps += value.size();
    const auto role = named(setup_names, value);
    if (!role) return "actpass, active, passive or holdconn";
    auto& kept = in.in_media() ? in.section().setup : in.made.setup;
    if (kept) return "one a=setup in a section";
    kept = role;
    return fine;
}

complaint read_candidate(reading& in, std::string_view value) {
    auto& list = in.section().candidates;
    if (list.size() == candidates_per_section_max) return fine;
    if (auto made = to_candidate(in.scan(value))) list.push_back(*std::move(made));
    return fine;
}

}  // namespace conf::sdp

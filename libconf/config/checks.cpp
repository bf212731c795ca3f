#include "libconf/config/checks.hpp"

#include "libconf/base/ip_address.hpp"
#include "libconf/config/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>

namespace conf::config {
namespace {

constexpr std::string_view make_secret = "make one with `openssl rand -hex 32`";

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

struct listen_parts {
    std::string_view scheme;  // without "://"
    std::string_view rest;
};

listen_parts split_scheme(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == text.npos || colon == 0) return {{}, text};
    return {text.substr(0, colon), text.substr(colon + 3)};
}

/// `what` is how the whole should look, for the last resort.
verdict check_host_and_port(std::string_view text, std::string_view what) {
    if (endpoint::parse(text)) return std::nullopt;
    if (ip_address::parse(text)) {
        return text.find(':') == text.npos
                   ? fmt::format("the port is missing: expected {}", what)
                   : fmt::format("an IPv6 address stands in brackets: expected {}", what);
    }
    const auto colon = text.rfind(':');
    const bool in_brackets = text.ends_with(']') && text.starts_with('[');
    if (colon == text.npos || in_brackets) return fmt::format("the port is missing: expected {}", what);
    auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    if (host.empty() || host == "*") {
        return "the address is missing: 0.0.0.0 stands for every IPv4 address, [::] for every IPv6 address";
    }
    if (const auto number = parse_number(port); !number || *number > limits::port_max) {
        return fmt::format("the port: expected 0 to {}", limits::port_max);
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        return fmt::format("not an IPv6 address in the brackets: expected {}", what);
    }
    if (host.find(':') != host.npos)
        return fmt::format("an IPv6 address stands in brackets: expected {}", what);
    return fmt::format("not an IP address (names are not looked up here): expected {}", what);
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_port_range(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    const auto first = parse_number(text.substr(0, dash));
    const auto last = parse_number(text.substr(dash + 1));
    if (!first || !last || *first < limits::port_min || *last > limits::port_max || *first > *last) {
        return std::nullopt;
    }
    return std::pair{*first, *last};
}

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text,
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// Addresses that nothing can be sent from or to.
bool is_no_host(const ip_address& ip) {
    return ip.is_unspecified() || ip.is_multicast();
}

/// Which kind of never-allowed address all of `prefix` is (security: allow_peers never opens these); empty
/// for none.
std::string_view never_a_peer(const ip_prefix& prefix) {
    struct range {
        std::string_view text;
        std::string_view kind;
    };
    constexpr std::array never = std::to_array<range>({
        {"0.0.0.0/8", "unspecified"},
        {"::/128", "unspecified"},
        {"224.0.0.0/4", "multicast"},
        {"ff00::/8", "multicast"},
        {"169.254.0.0/16", "link-local"},
        {"fe80::/10", "link-local"},
    });
    for (const auto& [text, kind] : never) {
        const auto range = ip_prefix::parse(text);
        if (range && prefix.length >= range->length && range->contains(prefix.network)) return kind;
    }
    return {};
}

}  // namespace

std::string tidy_listen(std::string_view text) {
    auto [scheme, rest] = split_scheme(text);
    if (!scheme.empty() && rest.ends_with('/')) rest.remove_suffix(1);
    std::string made = scheme.empty() ? "" : std::string(scheme) + "://";
    constexpr std::string_view localhost = "localhost:";
    if (rest.starts_with(localhost)) return made + "127.0.0.1:" + std::string(rest.substr(localhost.size()));
    return made + std::string(rest);
}

verdict check_turn_listen(std::string_view text) {
    constexpr std::string_view what =
        R"("udp://", "tcp://", "tls://" or "dtls://", an address and a port, as in "udp://0.0.0.0:3478")";
    const auto [scheme, rest] = split_scheme(text);
    constexpr std::array<std::string_view, 4> schemes = {"udp", "tcp", "tls", "dtls"};
    if (std::ranges::find(schemes, scheme) == schemes.end()) return fmt::format("expected {}", what);
    return check_host_and_port(rest, what);
}

verdict check_http_listen(std::string_view text) {
    constexpr std::string_view what =
        R"("host:port", "http://host:port" or "https://host:port", as in "127.0.0.1:8080")";
    const auto [scheme, rest] = split_scheme(text);
    if (!scheme.empty() && scheme != "http" && scheme != "https") return fmt::format("expected {}", what);
    if (rest.find('/') != rest.npos) return fmt::format("there is no path here: expected {}", what);
    return check_host_and_port(rest, what);
}

/// RFC 6454 §6.2: browsers leave the default port out, and write letters small.
verdict check_origin(std::string_view text) {
    constexpr std::string_view what =
        R"("https://host" or "https://host:port", as in "https://conf.example.org")";
    const auto [scheme, rest] = split_scheme(text);
    if (scheme != "http" && scheme != "https") return fmt::format("expected {}", what);
    if (rest.empty() || rest.find('/') != rest.npos)
        return fmt::format("there is no path here: expected {}", what);
    const auto is_odd = [](char c) {
        return c <= ' ' || (c >= 'A' && c <= 'Z') || c == '@' || c == '?' || c == '#';
    };
    if (std::ranges::any_of(rest, is_odd)) return fmt::format("small letters, no spaces: expected {}", what);
    if (rest.ends_with(scheme == "https" ? ":443" : ":80")) return "browsers leave the default port out";
    return {};
}

verdict check_metrics_listen(std::string_view text) {
    constexpr std::string_view what = R"("host:port", as in "127.0.0.1:9641")";
    if (!split_scheme(text).scheme.empty()) return fmt::format("there is no scheme here: expected {}", what);
    return check_host_and_port(text, what);
}

verdict check_token_secret(std::string_view text) {
    if (text.size() < limits::token_secret_bytes_min) {
        return fmt::format("a secret is too short: {}", make_secret);
    }
    return check_secret(text);
}

verdict check_media_listen(std::string_view text) {
    constexpr std::string_view what =
        R"("address:port" with an IP address, as in "0.0.0.0:40000", or "localhost:port")";
    if (!split_scheme(text).scheme.empty()) return fmt::format("there is no scheme here: expected {}", what);
    constexpr std::string_view local = "localhost:";
    const auto numeric =
        text.starts_with(local) ? "127.0.0.1:" + std::string(text.substr(local.size())) : std::string(text);
    if (!endpoint::parse(numeric)) return fmt::format("expected {}", what);
    return {};
}

verdict check_realm(std::string_view text) {
    const auto printable = [](char c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\'; };
    if (!text.empty() && text.size() <= limits::realm_bytes && std::ranges::all_of(text, printable)) {
        return std::nullopt;
    }
    return fmt::format("expected 1 to {} printable ASCII characters without \" and \\", limits::realm_bytes);
}

verdict check_secret(std::string_view text) {
    if (std::ranges::all_of(text, [](char c) { return c == ' '; })) {
        return fmt::format("a secret is empty: {}", make_secret);
    }
    if (text.size() > limits::secret_bytes) {
        return fmt::format("a secret is too long: expected at most {} bytes", limits::secret_bytes);
    }
    if (has_control_character(text)) {
        return "a secret holds a line end or another control character: expected one line of text";
    }
    if (is_example_secret(text)) {
        return fmt::format("a secret is one that stands in examples, so everybody knows it: {}", make_secret);
    }
    return std::nullopt;
}

verdict check_user_name(std::string_view text) {
    if (!text.empty() && text.size() <= limits::user_name_bytes && text.find(':') == text.npos &&
        !has_control_character(text)) {
        return std::nullopt;
    }
    return fmt::format("a user's name: expected 1 to {} bytes without colon and control characters",
                       limits::user_name_bytes);
}

verdict check_password(std::string_view text) {
    if (!text.empty() && text.size() <= limits::password_bytes && !has_control_character(text))
        return std::nullopt;
    return fmt::format("a password: expected 1 to {} bytes without control characters",
                       limits::password_bytes);
}

verdict check_relay_address(std::string_view text) {
    const auto ip = ip_address::parse(text);
    if (ip && !is_no_host(*ip)) return std::nullopt;
    return R"(expected an IPv4 or IPv6 address of this machine, as in "192.0.2.7")";
}

verdict check_one_of_each_family(const std::vector<std::string>& addresses) {
    std::size_t v4 = 0;
    std::size_t v6 = 0;
    for (const auto& text : addresses) {
        if (const auto ip = ip_address::parse(text)) ++(ip->is_v4() ? v4 : v6);
    }
    if (v4 <= 1 && v6 <= 1) return std::nullopt;
    return "two addresses of one family: expected at most one IPv4 and one IPv6 address";
}

verdict check_external_address(std::string_view text) {
    const auto slash = text.find('/');
    const auto outside = ip_address::parse(text.substr(0, slash));
    const auto inside = slash == text.npos ? outside : ip_address::parse(text.substr(slash + 1));
    if (!outside || !inside || is_no_host(*outside) || is_no_host(*inside)) {
        return R"(expected "public" or "public/private", as in "203.0.113.7/10.0.0.7")";
    }
    if (outside->family() != inside->family()) {
        return "both addresses must be of one family: expected two IPv4 or two IPv6 addresses";
    }
    return std::nullopt;
}

verdict check_relay_ports(std::string_view text) {
    if (parse_port_range(text)) return std::nullopt;
    return fmt::format("expected \"first-last\" within {} to {}, as in \"49152-65535\"", limits::port_min,
                       limits::port_max);
}

verdict check_allowed_peer(std::string_view text) {
    const auto prefix = ip_prefix::parse(text);
    if (!prefix) {
        const auto slash = text.find('/');
        if (ip_address::parse(text.substr(0, slash)) && slash != text.npos) {
            return "the prefix has bits behind its length, or the length is wrong: expected for example "
                   "\"10.1.0.0/16\"";
        }
        return R"(expected an address or a prefix, as in "10.1.0.0/16" or "2001:db8:1::/48")";
    }
    if (const auto kind = never_a_peer(*prefix); !kind.empty()) {
        return fmt::format("{} addresses are never relayed to: expected another prefix", kind);
    }
    return std::nullopt;
}

verdict check_sfu_address(std::string_view text) {
    const auto at = endpoint::parse(text);
    const auto ip = ip_address::parse(text);
    if ((ip && !is_no_host(*ip)) || (at && at->port != 0 && !is_no_host(at->ip))) return std::nullopt;
    return R"(expected "address" or "address:port", as in "192.0.2.7:40000" or "[2001:db8::7]:40000")";
}

verdict check_alternate_server(std::string_view text) {
    if (text.empty()) return std::nullopt;  // none
    const auto at = endpoint::parse(text);
    if (at && at->port != 0 && !is_no_host(at->ip)) return std::nullopt;
    return "expected \"address:port\", as in \"192.0.2.8:3478\"; a name would not do, since the answer to a "
           "client "
           "carries an address";
}

verdict check_converter(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto is_socket = text.starts_with("unix:");
    if (is_socket) text.remove_prefix(5);
    const auto bytes_max = is_socket ? limits::socket_path_bytes : limits::path_bytes;
    if (text.starts_with('/') && text.size() <= bytes_max) return std::nullopt;
    return "expected an absolute path, \"unix:\" and the absolute path of a socket of at most 107 bytes, or "
           "nothing";
}

bool is_example_secret(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        if (c >= 'A' && c <= 'Z') {
            plain += static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            plain += c;
        }
    }
    // What is left of "<...>" or "****" is nothing; a real secret in another script has bytes above ASCII.
    if (plain.empty())
        return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (std::ranges::all_of(text, [&](char c) { return c == text.front(); })) return true;
    constexpr std::array known = std::to_array<std::string_view>({
        "8cd8ef52e8e101574e400365b55e11a6",  // BigBlueButton's public test server
        "abc123",
        "authsecret",
        "changeit",
        "changeme",
        "changethis",
        "default",
        "example",
        "examplesecret",
        "foobar",
        "insertsecrethere",
        "key",
        "letmein",
        "logen",
        "mysecret",
        "none",
        "north",
        "null",
        "pass",
        "passwd",
        "password",
        "placeholder",
        "pleasechange",
        "pleasechangeme",
        "replaceme",
        "replacethis",
        "s3cr3t",
        "s3cret",
        "secret",
        "secretkey",
        "sharedsecret",
        "somesecret",
        "staticauthsecret",
        "supersecret",
        "test",
        "testsecret",
        "todo",
        "topsecret",
        "turnsecret",
        "yourauthsecret",
        "yoursecret",
        "yoursecrethere",
        "yoursharedsecret",
    });
    static_assert(std::ranges::is_sorted(known));
    if (std::ranges::binary_search(known, std::string_view(plain))) return true;
    // "1", "1234", "12345678": counting up is no secret either.
    constexpr std::string_view counting = "01234567890123456789";
    return counting.find(plain) != counting.npos;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::uint64_t unit_s = 1;
    switch (text.back()) {
        case 's': unit_s = 1; break;
        case 'm': unit_s = 60; break;
        case 'h': unit_s = 3600; break;
        case 'd': unit_s = 86'400; break;
        default: unit_s = 0;
    }
    if (unit_s > 0) text.remove_suffix(1);
    const auto number = parse_number(text);
    constexpr std::uint64_t number_max = 1'000'000'000;  // so that a product stays far from 64 bits
    if (!number || *number > number_max) return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(*number * std::max<std::uint64_t>(unit_s, 1)));
}

std::optional<std::size_t> relay_port_count(std::string_view text) {
    const auto range = parse_port_range(text);
    if (!range) return std::nullopt;
    return range->second - range->first + 1;
}

bool is_loopback_listen(std::string_view text) {
    const auto at = endpoint::parse(split_scheme(text).rest);
    return at && at->ip.is_loopback();
}

}  // namespace conf::config

#include "libconf/net/listen_address.hpp"

#include <fmt/format.h>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace conf::net {
namespace {

class listen_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.listen"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<listen_errc>(code)) {
            case listen_errc::bad_address:
                return R"(not an address to listen on; write "127.0.0.1:8080" or "[::1]:8080")";
            case listen_errc::bad_scheme: return R"(unknown scheme; write "http://", "https://" or none)";
            case listen_errc::address_in_use:
                return "Address already in use; stop the other program or listen on another address";
            case listen_errc::address_not_available:
                return "no such address on this machine; use one of its own, 0.0.0.0 or [::]";
            case listen_errc::permission_denied:
                return "Permission denied; a port below 1024 needs root or the capability "
                       "CAP_NET_BIND_SERVICE";
            case listen_errc::name_not_found: return "the host name has no address; write an address instead";
        }
        return "unknown listen error";
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        switch (static_cast<listen_errc>(code)) {
            case listen_errc::address_in_use: return std::errc::address_in_use;
            case listen_errc::address_not_available: return std::errc::address_not_available;
            case listen_errc::permission_denied: return std::errc::permission_denied;
            default: return {code, *this};
        }
    }
};

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

}  // namespace

std::string listen_address::host_and_port() const {
    const auto bracketed = host.find(':') == std::string::npos ? host : '[' + host + ']';
    return bracketed + ':' + std::to_string(port);
}

result<listen_address> parse_listen_address(std::string_view text, std::string_view default_scheme) {
    const conf::error refusal(listen_errc::bad_address, '"' + std::string(text) + '"');
    listen_address made{std::string(default_scheme), {}, 0};
    auto rest = text;
    if (const auto slashes = rest.find("://"); slashes != std::string_view::npos) {
        made.scheme = rest.substr(0, slashes);
        rest.remove_prefix(slashes + 3);
    }
    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return refusal;
    const auto host = rest.substr(0, colon);
    const auto port = rest.substr(colon + 1);

    if (host.starts_with('[') && host.ends_with(']')) {
        const auto ip = ip_address::parse(host.substr(1, host.size() - 2));
        if (!ip || !ip->is_v6()) return refusal;
        made.host = host.substr(1, host.size() - 2);
    } else {
        if (!std::ranges::all_of(host, is_host_character)) return refusal;
        made.host = host;
    }
    const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), made.port);
    if (status != std::errc() || end != port.data() + port.size()) return refusal;
    return made;
}

result<std::vector<endpoint>> resolve_listen_address(const listen_address& where) {
    if (const auto ip = ip_address::parse(where.host)) return std::vector{endpoint{*ip, where.port}};

    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* raw = nullptr;
    if (::getaddrinfo(where.host.c_str(), nullptr, &hints, &raw) != 0) {
        return conf::error(listen_errc::name_not_found, where.host_and_port());
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, ::freeaddrinfo);
    std::vector<endpoint> all;
    for (const auto* one = found.get(); one; one = one->ai_next) {
        endpoint at{{}, where.port};
        if (one->ai_family == AF_INET) {
            const auto* v4 = reinterpret_cast<const sockaddr_in*>(one->ai_addr);
            at.ip = ip_address::from_bytes(std::as_bytes(std::span(&v4->sin_addr, 1)));
        } else if (one->ai_family == AF_INET6) {
            const auto* v6 = reinterpret_cast<const sockaddr_in6*>(one->ai_addr);
            at.ip = ip_address::from_bytes(std::as_bytes(std::span(&v6->sin6_addr, 1)));
        } else {
            continue;
        }
        if (std::ranges::find(all, at) == all.end()) all.push_back(at);
    }
    if (all.empty()) return conf::error(listen_errc::name_not_found, where.host_and_port());
    // IPv4 first: where port 0 was asked for, the port it gets is then tried for IPv6 too.
    std::ranges::stable_sort(all, {}, [](const endpoint& at) { return at.ip.is_v6(); });
    return all;
}

std::optional<media_address> parse_media_address(std::string_view text) {
    constexpr std::string_view local = "localhost:";
    if (!text.starts_with(local)) {
        const auto at = endpoint::parse(text);
        return at ? std::optional(media_address{*at, false}) : std::nullopt;
    }
    const auto at = endpoint::parse(fmt::format("0.0.0.0:{}", text.substr(local.size())));
    return at ? std::optional(media_address{*at, true}) : std::nullopt;
}

conf::error listen_failure(const std::string& where, std::error_code reason) {
    const auto context = "cannot listen on " + where;
    if (reason == std::errc::address_in_use) return {make_error_code(listen_errc::address_in_use), context};
    if (reason == std::errc::address_not_available) {
        return {make_error_code(listen_errc::address_not_available), context};
    }
    if (reason == std::errc::permission_denied)
        return {make_error_code(listen_errc::permission_denied), context};
    return {reason, context};
}

const std::error_category& listen_category() noexcept {
    static const listen_error_category category;
    return category;
}

}  // namespace conf::net

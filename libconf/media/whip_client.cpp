#include "libconf/media/whip_client.hpp"

#include "libconf/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace conf::media {
namespace {

conf::error failure(media_errc code, std::string context) {
    return {make_error_code(code), std::move(context)};
}

std::string lower(std::string_view text) {
    std::string made(text);
    for (auto& c : made) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return made;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Nothing that could begin a line of its own in a request.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

result<http_url> http_url::parse(std::string_view text) {
    const auto bad = [&] { return failure(media_errc::bad_url, fmt::format("\"{:.100}\"", text)); };
    constexpr std::string_view scheme = "http://";
    if (!text.starts_with(scheme) || !is_plain(text)) return bad();
    auto rest = text.substr(scheme.size());
    const auto path_at = std::min(rest.find_first_of("/?#"), rest.size());
    auto authority = rest.substr(0, path_at);
    rest.remove_prefix(path_at);
    http_url made;
    made.target = std::string(rest.substr(0, rest.find('#')));
    if (!made.target.starts_with('/')) made.target.insert(0, 1, '/');
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == authority.npos) return bad();
        made.host = std::string(authority.substr(1, end - 1));
        authority.remove_prefix(end + 1);
    } else {
        const auto end = std::min(authority.find(':'), authority.size());
        made.host = std::string(authority.substr(0, end));
        authority.remove_prefix(end);
    }
    if (made.host.empty() || made.host.find('@') != std::string::npos) return bad();
    if (!authority.empty()) {
        const auto port = number_of<std::uint16_t>(authority.substr(1));
        if (authority.front() != ':' || !port || *port == 0) return bad();
        made.port = *port;
    }
    return made;
}

result<http_url> http_url::resolve(std::string_view location) const {
    if (location.starts_with("http")) return parse(location);
    if (!location.starts_with('/') || location.starts_with("//") || !is_plain(location))
        return failure(media_errc::bad_url, fmt::format("Location \"{:.100}\"", location));
    auto made = *this;
    made.target = std::string(location);
    return made;
}

std::string http_url::authority() const {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

std::string_view http_response::field(std::string_view name) const noexcept {
    const auto found = std::ranges::find(fields, name, [](const auto& one) { return one.first; });
    return found == fields.end() ? std::string_view{} : std::string_view(found->second);
}

http_response_reader::progress http_response_reader::feed(bytes data) {
    if (done_) return progress::done;
    if (text_.size() + data.size() > response_bytes_max) return progress::broken;
    text_ += as_text(data);
    while (!has_head_) {
        const auto step = read_head();
        if (step != progress::done) return step;
    }
    return read_body();
}

http_response_reader::progress http_response_reader::read_head() {
    const auto end = text_.find("\r\n\r\n");
    if (end == std::string::npos) return progress::more;
    std::string_view head(text_.data(), end + 2);
    const auto take_line = [&head] {
        const auto at = head.find("\r\n");
        const auto line = head.substr(0, at);
        head.remove_prefix(at + 2);
        return line;
    };
    const auto status_line = take_line();
    constexpr std::string_view version = "HTTP/1.1 ";
    const auto status = status_line.starts_with(version) && status_line.size() >= version.size() + 3
                            ? number_of<int>(status_line.substr(version.size(), 3))
                            : std::nullopt;
    if (!status || *status < 100) return progress::broken;
    made_ = {.status = *status, .fields = {}, .body = {}};
    body_bytes_.reset();
    while (!head.empty()) {
        const auto line = take_line();
        const auto colon = line.find(':');
        if (colon == line.npos || colon == 0) return progress::broken;
        made_.fields.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    text_.erase(0, end + 4);
    if (*status < 200) return progress::done;  // and the next head
    has_head_ = true;
    if (*status == 204 || *status == 304) body_bytes_ = 0;
    if (!made_.field("transfer-encoding").empty()) return progress::broken;  // nobody sends SDP in chunks
    if (const auto said = made_.field("content-length"); !said.empty()) {
        body_bytes_ = number_of<std::size_t>(said);
        if (!body_bytes_ || *body_bytes_ > response_bytes_max) return progress::broken;
    }
    return progress::done;
}

http_response_reader::progress http_response_reader::read_body() {
    if (!body_bytes_ || text_.size() < *body_bytes_) return progress::more;
    made_.body = text_.substr(0, *body_bytes_);
    done_ = true;
    return progress::done;
}

http_response_reader::progress http_response_reader::end() {
    if (done_) return progress::done;
    if (!has_head_ || body_bytes_) return progress::broken;
    made_.body = std::move(text_);
    done_ = true;
    return progress::done;
}

std::string whip_client::request(std::string_view method, std::string_view content_type,
                                 std::string_view body, std::string_view if_match) const {
    auto made = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", method, target().target,
                            target().authority());
    check(is_plain(token_) && is_plain(if_match));
    if (!token_.empty()) made += fmt::format("Authorization: Bearer {}\r\n", token_);
    if (!if_match.empty()) made += fmt::format("If-Match: {}\r\n", if_match);
    if (!content_type.empty())
        made += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", content_type, body.size());
    return made.append("\r\n").append(body);
}

std::string whip_client::post_request(std::string_view offer) const {
    check(!session_);
    return request("POST", "application/sdp", offer, {});
}

namespace {

conf::error refused(const http_response& reply) {
    const std::string_view body(reply.body);
    return failure(media_errc::refused, fmt::format("{} {:.300}", reply.status, body));
}

}  // namespace

result<std::string> whip_client::take_post(http_response reply) {
    if (reply.status != 201) return refused(reply);
    const auto location = reply.field("location");
    if (location.empty()) return failure(media_errc::bad_reply, "201 without a Location");
    auto session = endpoint_.resolve(location);
    if (!session) return session.error();
    session_ = *std::move(session);
    etag_ = reply.field("etag");
    return std::move(reply.body);
}

std::string whip_client::restart_request(std::string_view fragment) const {
    check(session_.has_value());
    return request("PATCH", "application/trickle-ice-sdpfrag", fragment, "*");
}

result<std::string> whip_client::take_restart(http_response reply) {
    if (reply.status != 200) return refused(reply);
    etag_ = reply.field("etag");
    return std::move(reply.body);
}

std::string whip_client::delete_request() const {
    check(session_.has_value());
    return request("DELETE", {}, {}, {});
}

}  // namespace conf::media

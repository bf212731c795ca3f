#include "libconf/net/http_guard.hpp"

#include "libconf/net/http_rules.hpp"

#include <algorithm>

namespace conf::net {
namespace {

constexpr int empty_lines_max = 2;
// Method, two spaces and version beside the target: longer than any method there is.
constexpr std::size_t request_line_slack_bytes = 64;

constexpr http_refusal bad_line_end{400, "every line must end with CR LF.", {}};
constexpr http_refusal bad_character{400, "there is a control character in the head.", {}};
constexpr http_refusal folded{400, "a line must not begin with a space or a tab.", {}};
constexpr http_refusal empty_head{400, "there is no request line.", {}};
constexpr http_refusal bad_request_line{400, R"(the first line must be "METHOD target HTTP/1.1".)", {}};
constexpr http_refusal bad_chunk{400, "the chunked body is malformed.", {}};

constexpr bool is_control(char c) noexcept {
    return (c >= 0 && c < ' ') || c == 0x7F;
}

constexpr bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

http_head_guard::step http_head_guard::feed(std::string_view data) {
    for (std::size_t at = 0; at < data.size(); ++at) {
        if (auto why = take(data[at])) {
            refusal_ = *why;
            return {verdict::refused, at};
        }
        if (whole_) return {verdict::whole, at + 1};
    }
    return {verdict::more, data.size()};
}

std::optional<http_refusal> http_head_guard::take(char c) {
    if (after_cr_ != (c == '\n')) return bad_line_end;
    after_cr_ = c == '\r';
    if (c != '\r' && c != '\n') {
        if (is_control(c) && c != '\t') return bad_character;
        if (line_bytes_ == 0 && (c == ' ' || c == '\t')) return folded;
        ++line_bytes_;
    }
    head_ += c;
    if (lines_ == 0 && line_bytes_ > limits_.target_bytes + request_line_slack_bytes) {
        return http_refusal{414, "the address is too long.", http_limit::target_bytes};
    }
    if (head_.size() > limits_.head_bytes) {
        return http_refusal{431, "the header fields are too long.", http_limit::head_bytes};
    }
    return c == '\n' ? end_line() : std::nullopt;
}

std::optional<http_refusal> http_head_guard::end_line() {
    const auto empty = line_bytes_ == 0;
    line_bytes_ = 0;
    if (!empty) {
        if (++lines_ > limits_.fields + 1) {
            return http_refusal{431, "there are too many header fields.", http_limit::fields};
        }
        return std::nullopt;
    }
    if (lines_ > 0) {
        whole_ = true;
        return std::nullopt;
    }
    head_.clear();
    if (++empty_lines_ > empty_lines_max) return empty_head;
    return std::nullopt;
}

void http_head_guard::reset() {
    head_.clear();
    lines_ = 0;
    line_bytes_ = 0;
    empty_lines_ = 0;
    after_cr_ = false;
    whole_ = false;
}

http_request_line split_request_line(std::string_view head, const http_limits& limits) {
    http_request_line made;
    const auto line = head.substr(0, head.find('\r'));
    const auto first = line.find(' ');
    const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) {
        made.refusal = bad_request_line;
        return made;
    }
    made.method = line.substr(0, first);
    made.target = line.substr(first + 1, second - first - 1);
    const auto version = line.substr(second + 1);
    const auto visible = std::ranges::all_of(made.target, [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_token(made.method) || made.target.empty() || !visible || version.size() != 8 ||
        !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7])) {
        made.refusal = bad_request_line;
    } else if (made.target.size() > limits.target_bytes) {
        made.refusal = http_refusal{414, "the address is too long.", http_limit::target_bytes};
    } else if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        made.refusal = http_refusal{505, "this server speaks HTTP/1.1.", {}};
    } else if (made.method == "CONNECT") {
        made.refusal = http_refusal{501, "this server is not a proxy.", {}};
    }
    made.version_minor = version.ends_with('0') ? 0 : 1;
    return made;
}

std::optional<http_refusal> http_chunk_guard::feed(std::string_view framing) {
    for (const char c : framing) {
        if (auto why = take(c)) return why;
    }
    return std::nullopt;
}

std::optional<http_refusal> http_chunk_guard::take(char c) {
    if (after_cr_ != (c == '\n')) return bad_line_end;
    if (c == '\n') {
        after_cr_ = false;
        end_line();
        return std::nullopt;
    }
    if (place_ == place::trailer && ++trailer_bytes_ > limits_.trailer_bytes) {
        return http_refusal{400, "the trailer fields are too long.", http_limit::trailer_bytes};
    }
    if (c == '\r') {
        if (place_ == place::size && line_bytes_ == 0) return bad_chunk;
        after_cr_ = true;
        return std::nullopt;
    }
    ++line_bytes_;
    if (is_control(c) && c != '\t') return bad_character;
    switch (place_) {
        case place::data_end: return bad_chunk;
        case place::trailer:
            if (line_bytes_ == 1 && (c == ' ' || c == '\t')) return folded;
            return std::nullopt;
        case place::size:
            if (c == ';' && line_bytes_ > 1) {
                place_ = place::extension;
            } else if (is_hex(c)) {
                zero_ = zero_ && c == '0';
            } else {
                return bad_chunk;
            }
            break;
        case place::extension: break;
    }
    if (line_bytes_ > limits_.chunk_line_bytes) {
        return http_refusal{400, "a chunk's size line is too long.", http_limit::chunk_line_bytes};
    }
    return std::nullopt;
}

void http_chunk_guard::end_line() {
    line_bytes_ = 0;
    if (place_ == place::trailer) return;
    if (place_ == place::data_end) {
        place_ = place::size;
        zero_ = true;
    } else {
        place_ = zero_ ? place::trailer : place::data_end;
    }
}

}  // namespace conf::net

// HTTP/1.1 requests: however the bytes are cut into pieces, the same requests come out, and all within the
// limits.
#include "libconf/net/http_request_parser.hpp"
#include "tests/fuzz/target.hpp"

#include <string>
#include <vector>

namespace fuzz {
namespace {

using conf::net::http_request_parser;
using event = http_request_parser::event;

constexpr conf::net::http_limits limits = [] {
    conf::net::http_limits made;  // small, so that inputs of a usual size reach them
    made.head_bytes = 2048;
    made.target_bytes = 512;
    made.fields = 20;
    made.body_bytes = 1024;
    made.chunk_line_bytes = 32;
    made.trailer_bytes = 128;
    return made;
}();

struct reading {
    std::vector<std::string> requests;
    int refused = 0;

    friend bool operator==(const reading&, const reading&) = default;
};

std::string text_of(const conf::net::http_request& request) {
    require(!request.method.empty() && request.target.size() <= limits.target_bytes);
    require(request.path == "*" || request.path.starts_with('/'));
    require(request.path.find('\0') == std::string::npos && request.path.find("/../") == std::string::npos);
    require(request.fields.size() <= limits.fields && request.body.size() <= limits.body_bytes);
    std::string text = request.method + " " + request.path + "?" + request.query + "\n";
    std::size_t head = 0;
    for (const auto& [name, value] : request.fields) {
        require(conf::net::is_token(name) &&
                value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos);
        head += name.size() + value.size();
        text.append(name).append(": ").append(value).append("\n");
    }
    require(head <= limits.head_bytes);
    return text + (request.keep_alive ? "keep" : "close") + request.body;
}

/// Gives a piece; false once the parser has refused.
bool feed(http_request_parser& parser, bytes piece, reading& into) {
    while (into.refused == 0) {
        const auto [what, consumed] = parser.feed(piece);
        require(consumed <= piece.size());
        piece = piece.subspan(consumed);
        if (what == event::failed) into.refused = parser.refusal().status;
        if (what == event::complete) into.requests.push_back(text_of(parser.take()));
        if (what == event::need_more) {
            require(piece.empty());
            return true;
        }
    }
    require(into.refused >= 400 && into.refused < 600);
    return false;
}

}  // namespace

void target::http1(bytes input) {
    reading whole;
    http_request_parser one(limits);
    feed(one, input, whole);

    reading pieces;
    http_request_parser two(limits);
    auto cut = static_cast<std::uint32_t>(input.size());  // the state of a small generator
    for (std::size_t at = 0; at < input.size();) {
        cut = cut * 1103515245 + 12345;
        const auto end = std::min(input.size(), at + 1 + (cut >> 16) % 61);
        if (!feed(two, input.subspan(at, end - at), pieces)) break;
        at = end;
    }
    require(whole == pieces);
}

}  // namespace fuzz

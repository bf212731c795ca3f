// Frames of a WebSocket: however the bytes are cut into pieces, the same messages come out and the same end,
// and nothing grows beyond its limit.
#include "libconf/net/websocket_session.hpp"
#include "tests/fuzz/target.hpp"

#include <string>
#include <vector>

namespace fuzz {
namespace {

using conf::instant;
using conf::net::websocket_kind;
using conf::net::websocket_message;
using conf::net::websocket_session;

constexpr conf::net::websocket_limits limits = [] {
    conf::net::websocket_limits made;  // small, so that inputs of a usual size reach them
    made.message_bytes = 512;
    made.fragments = 16;
    made.frames_per_second = 0;
    return made;
}();

struct reading {
    std::vector<std::string> messages;
    std::string answers;
    int code = 0;
};

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto head = static_cast<unsigned char>(text[at]);
        const std::size_t size = head < 0x80 ? 1 : head < 0xE0 ? 2 : head < 0xF0 ? 3 : 4;
        if ((head >= 0x80 && head < 0xC2) || head > 0xF4 || text.size() - at < size) return false;
        for (std::size_t i = 1; i < size; ++i) {
            if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) return false;
        }
        at += size;
    }
    return true;
}

void feed(websocket_session& session, bytes piece, reading& into) {
    std::vector<websocket_message> messages;
    session.receive(piece, instant{}, messages);
    for (const auto& one : messages) {
        require(one.data.size() <= limits.message_bytes);
        require(one.kind == websocket_kind::binary || is_utf8(one.data));
        into.messages.push_back((one.kind == websocket_kind::text ? "t" : "b") + one.data);
    }
    into.answers += session.take_output(1 << 20);
    session.sent();
    require(session.queued_bytes() == 0);
    // What is wrong in two ways may be refused for either.
    const auto code = session.finished() ? session.end().code : 0;
    into.code = code == conf::net::close_code::invalid_data ? conf::net::close_code::protocol_error : code;
}

/// What our frames look like from outside: no mask, no reserved bit, control frames short.
void check_answers(bytes answers) {
    auto closed = false;
    while (!answers.empty()) {
        require(!closed && answers.size() >= 2);
        const auto head = conf::load_u8(answers, 0);
        const auto size = conf::load_u8(answers, 1);
        require(head == 0x88 || head == 0x8A);  // this session says nothing of its own: Close and Pong
        require(size <= 125 && answers.size() - 2 >= size);
        require(head == 0x8A || size == 0 || size >= 2);
        closed = head == 0x88;
        answers = answers.subspan(std::size_t{2} + size);
    }
}

}  // namespace

void target::websocket(bytes input) {
    conf::net::websocket_stats stats;
    reading whole;
    websocket_session one(limits, stats, instant{});
    feed(one, input, whole);

    reading pieces;
    websocket_session two(limits, stats, instant{});
    auto cut = static_cast<std::uint32_t>(input.size());  // the state of a small generator
    for (std::size_t at = 0; at < input.size();) {
        cut = cut * 1103515245 + 12345;
        const auto end = std::min(input.size(), at + 1 + (cut >> 16) % 29);
        feed(two, input.subspan(at, end - at), pieces);
        at = end;
    }
    check_answers(conf::as_bytes(whole.answers));
    check_answers(conf::as_bytes(pieces.answers));
    require(whole.messages == pieces.messages);
    // wslay looks at a Close frame's text piece by piece: it may refuse a wrong one before its last byte, and
    // one that is cut inside its code though it is right. And once the end is known a ping needs no pong (RFC
    // 6455 §5.5.2).
    const auto refused = [](const reading& got) { return got.code == conf::net::close_code::protocol_error; };
    if (whole.code != 0 && pieces.code != 0 && !refused(whole) && !refused(pieces)) {
        require(whole.code == pieces.code);
    }
    if (whole.code == 0 && pieces.code == 0) require(whole.answers == pieces.answers);
}

}  // namespace fuzz

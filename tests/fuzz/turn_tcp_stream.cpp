// Messages on a stream: however the stream is cut into pieces, the same messages come out of it.
#include "libconf/stun/message.hpp"
#include "libconf/turn/channel_data.hpp"
#include "tests/fuzz/target.hpp"

#include <vector>

namespace fuzz {
namespace {

using conf::turn::frame;

struct reading {
    std::vector<std::size_t> frames;  // sizes; they follow one another without a gap
    bool broken = false;

    friend bool operator==(const reading&, const reading&) = default;
};

void check_frame(bytes message) {
    if (conf::turn::looks_like_channel_data(message)) {
        const auto data = conf::turn::channel_data::parse(message);
        require(data && data->payload.size() + conf::turn::channel_header_bytes <= message.size());
        require(message.size() - data->payload.size() < conf::turn::channel_header_bytes + 4);
    } else {
        require(conf::stun::looks_like_stun(message));
        const auto parsed = conf::stun::message::parse(message);
        require(parsed || parsed.error().code() != conf::stun::stun_errc::bad_length);
    }
}

/// Takes frames from the front of `buffered` until there is none; returns how many bytes they had.
std::size_t drain(bytes buffered, reading& into) {
    std::size_t taken = 0;
    while (!into.broken && taken < buffered.size()) {
        const auto next = conf::turn::next_frame(buffered.subspan(taken));
        into.broken = next.is == frame::state::invalid;
        if (next.is != frame::state::complete) break;
        require(next.bytes >= conf::turn::channel_header_bytes && next.bytes <= buffered.size() - taken);
        check_frame(buffered.subspan(taken, next.bytes));
        into.frames.push_back(next.bytes);
        taken += next.bytes;
    }
    return taken;
}

}  // namespace

void target::turn_tcp_stream(bytes input) {
    reading whole;
    drain(input, whole);

    // The same in pieces, whose sizes come from a small generator.
    auto cut = static_cast<std::uint32_t>(input.size());
    reading pieces;
    std::size_t begin = 0;
    for (std::size_t end = 0; end < input.size() && !pieces.broken;) {
        cut = cut * 1103515245 + 12345;
        end = std::min(input.size(), end + 1 + (cut >> 16) % 23);
        begin += drain(input.subspan(begin, end - begin), pieces);
    }
    require(whole == pieces);
}

}  // namespace fuzz

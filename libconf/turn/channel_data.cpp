#include "libconf/turn/channel_data.hpp"

#include "libconf/stun/message.hpp"

namespace conf::turn {

frame next_frame(bytes buffered) noexcept {
    if (buffered.empty()) return {};
    if (looks_like_channel_data(buffered)) {
        if (buffered.size() < channel_header_bytes) return {};
        const auto size = channel_header_bytes + align4(load_u16(buffered, 2));
        return {buffered.size() < size ? frame::state::incomplete : frame::state::complete, size};
    }
    if (load_u8(buffered, 0) >= 4) return {frame::state::invalid, 0};
    if (buffered.size() < stun::header_bytes) return {};
    if (!stun::looks_like_stun(buffered) || load_u16(buffered, 2) % 4 != 0) return {frame::state::invalid, 0};
    const auto size = stun::header_bytes + load_u16(buffered, 2);
    return {buffered.size() < size ? frame::state::incomplete : frame::state::complete, size};
}

}  // namespace conf::turn

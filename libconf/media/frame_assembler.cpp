#include "libconf/media/frame_assembler.hpp"

#include "libconf/media/packetize.hpp"

#include <iterator>

namespace conf::media {

frame_assembler::verdict frame_assembler::insert(std::uint64_t extended, std::uint32_t rtp_timestamp,
                                                 bool marker, bytes payload) {
    if (extended < gone_ || waiting_.contains(extended)) return verdict::useless;
    packet made{.data = {}, .rtp_timestamp = rtp_timestamp, .marker = marker};
    if (payload.empty()) {
        made.padding = true;  // a probe has a number, too
    } else {
        const auto read = depacketize(codec_, payload);
        if (!read) return verdict::malformed;
        made.data.assign(read->data.begin(), read->data.end());
        made.starts_frame = read->starts_frame;
        made.starts_key_frame = read->starts_key_frame;
    }
    if (waiting_.size() == packets_max) {
        reset();
        return verdict::overfull;
    }
    waiting_.emplace(extended, std::move(made));
    return verdict::taken;
}

frame_assembler::packets::iterator frame_assembler::last_of(packets::iterator first) {
    const auto rtp_timestamp = first->second.rtp_timestamp;
    auto expected = first->first;
    for (auto at = first; at != waiting_.end() && at->first == expected; ++at, ++expected) {
        const auto& one = at->second;
        const bool another = one.rtp_timestamp != rtp_timestamp || (one.starts_frame && at != first);
        if (another || one.padding) break;
        if (one.marker) return at;
    }
    return waiting_.end();
}

void frame_assembler::skip_padding() {
    for (auto at = waiting_.find(next_); at != waiting_.end() && at->second.padding;
         at = waiting_.find(++next_))
        waiting_.erase(at);
}

std::optional<frame_assembler::frame> frame_assembler::take() {
    auto first = waiting_.end();
    auto last = waiting_.end();
    if (next_ != 0) {
        skip_padding();
        first = waiting_.find(next_);
        if (first != waiting_.end() && first->second.starts_frame) last = last_of(first);
    }
    if (last == waiting_.end()) {
        for (first = waiting_.begin(); first != waiting_.end(); ++first) {
            if (!first->second.starts_key_frame) continue;
            last = last_of(first);
            if (last != waiting_.end()) break;
        }
    }
    if (last == waiting_.end()) return std::nullopt;
    frame made{.data = {},
               .rtp_timestamp = first->second.rtp_timestamp,
               .key_frame = first->second.starts_key_frame};
    next_ = last->first + 1;
    gone_ = next_;
    const auto behind = std::next(last);
    for (auto at = first; at != behind; ++at)
        made.data.insert(made.data.end(), at->second.data.begin(), at->second.data.end());
    waiting_.erase(waiting_.begin(), behind);
    return made;
}

void frame_assembler::reset() noexcept {
    waiting_.clear();
    next_ = 0;
    gone_ = 0;
}

}  // namespace conf::media

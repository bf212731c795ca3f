#include "libconf/pad/wire.hpp"

#include <utility>

namespace conf::pads {

std::optional<client_message> frame_reader::next() noexcept {
    if (fault_ != frame_fault::none || from_.left() == 0) return std::nullopt;
    client_message made;
    const auto on = from_.var_uint();
    if (on == static_cast<std::uint64_t>(channel::query_awareness)) {
        made.on = channel::query_awareness;
        return made;
    }
    if (on > static_cast<std::uint64_t>(channel::awareness)) {
        fault_ = frame_fault::unknown_channel;
        return std::nullopt;
    }
    made.on = static_cast<channel>(on);
    if (made.on == channel::sync) {
        const auto step = from_.var_uint();
        if (step > static_cast<std::uint64_t>(sync_step::update)) {
            fault_ = frame_fault::unknown_step;
            return std::nullopt;
        }
        made.step = static_cast<sync_step>(step);
    }
    made.payload = from_.var_bytes();
    if (!from_.ok()) {
        fault_ = frame_fault::truncated;
        return std::nullopt;
    }
    return made;
}

message sync_message(sync_step step, bytes payload) {
    crdt::wire_writer made;
    made.reserve(payload.size() + 8);
    made.var_uint(static_cast<std::uint64_t>(channel::sync));
    made.var_uint(static_cast<std::uint64_t>(step));
    made.var_bytes(payload);
    return std::move(made).take();
}

message awareness_message(bytes update) {
    crdt::wire_writer made;
    made.reserve(update.size() + 8);
    made.var_uint(static_cast<std::uint64_t>(channel::awareness));
    made.var_bytes(update);
    return std::move(made).take();
}

message auth_message(auth_kind kind, std::string_view reason) {
    crdt::wire_writer made;
    made.var_uint(static_cast<std::uint64_t>(channel::auth));
    made.var_uint(static_cast<std::uint64_t>(kind));
    made.var_string(reason);
    return std::move(made).take();
}

}  // namespace conf::pads

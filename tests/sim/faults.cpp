#include "tests/sim/faults.hpp"

namespace conf::sim {

std::string_view name_of(fault kind) noexcept {
    switch (kind) {
        case fault::drop: return "drop";
        case fault::burst_drop: return "burst drop";
        case fault::jitter: return "jitter";
        case fault::reorder: return "reorder";
        case fault::duplicate: return "duplicate";
        case fault::corrupt: return "corrupt";
        case fault::partition_up: return "partition up";
        case fault::partition_down: return "partition down";
        case fault::partition_both: return "partition both";
        case fault::rebind: return "rebind";
        case fault::unreachable: return "unreachable";
        case fault::stream_reset: return "stream reset";
        case fault::short_read: return "short read";
        case fault::bind_failure: return "bind failure";
        case fault::late_timer: return "late timer";
        case fault::clock_step: return "clock step";
        case fault::restart: return "restart";
        case fault::secret_rotation: return "secret rotation";
        case fault::drain: return "drain";
        case fault::abandon: return "abandon";
        case fault::comes_back: return "comes back";
        case fault::takeover: return "takeover";
        case fault::ice_restart: return "ice restart";
        case fault::key_frame_storm: return "key frame storm";
        case fault::owner_act: return "owner act";
        case fault::hostile_random: return "hostile random";
        case fault::hostile_corpus: return "hostile corpus";
        case fault::hostile_mutated: return "hostile mutated";
        case fault::hostile_built: return "hostile built";
        case fault::hostile_spoofed: return "hostile spoofed";
        case fault::hostile_insider: return "hostile insider";
        case fault::hostile_peer: return "hostile peer";
        case fault::hostile_stream: return "hostile stream";
        case fault::count_: break;
    }
    return "?";
}

}  // namespace conf::sim

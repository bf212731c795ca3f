/// What a TURN core counts. Names and meanings as in metrics; every packet ends in exactly one of them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace conf::turn {

struct traffic {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;

    void add(std::size_t payload_bytes) noexcept {
        ++packets;
        bytes += payload_bytes;
    }
    void add(const traffic& more) noexcept {
        packets += more.packets;
        bytes += more.bytes;
    }
};

/// Data of one allocation or of all, as it arrived and as it left.
struct flows {
    traffic from_clients;
    traffic to_peers;
    traffic from_peers;
    traffic to_clients;

    void add(const flows& more) noexcept {
        from_clients.add(more.from_clients);
        to_peers.add(more.to_peers);
        from_peers.add(more.from_peers);
        to_clients.add(more.to_clients);
    }
};

/// Plain integers of one relay thread; the shell copies and sums them. Monotonic but for `allocations`.
struct counters : flows {
    // Current.
    std::uint64_t allocations = 0;
    // What came of messages that are not data.
    std::uint64_t allocations_created = 0;
    std::uint64_t binding_requests = 0;
    std::uint64_t binding_responses = 0;  // of success_responses
    std::uint64_t binding_errors = 0;     // of error_responses
    std::uint64_t requests = 0;           // of every other method
    std::uint64_t success_responses = 0;
    std::uint64_t error_responses = 0;            // other than the next two
    std::uint64_t unauthenticated_requests = 0;   // worth a 401
    std::uint64_t unauthenticated_responses = 0;  // that got it
    std::uint64_t stale_nonce_responses = 0;      // 438
    std::uint64_t answers_suppressed = 0;         // turn.limits.unauthenticated_rps
    flows of_the_ended;                           // of the data, what allocations had that are gone
    // Datagrams that were dropped, by reason.
    std::uint64_t dropped_unknown_protocol = 0;  // first byte is neither STUN nor a channel
    std::uint64_t dropped_malformed = 0;         // not well formed, or a message a server never gets
    std::uint64_t dropped_no_allocation = 0;     // data without an allocation
    std::uint64_t dropped_no_channel = 0;
    std::uint64_t dropped_no_permission = 0;  // either direction
    std::uint64_t dropped_peer_denied = 0;    // policy, at the moment of sending
    std::uint64_t dropped_family = 0;         // no relayed address of the peer's family
    std::uint64_t dropped_bandwidth = 0;      // turn.limits.allocation_bps, turn.limits.total_bps
    // Limits that were hit.
    std::uint64_t quota_refusals = 0;     // 486
    std::uint64_t capacity_refusals = 0;  // 508
    std::uint64_t peer_refusals = 0;      // 403
    std::uint64_t icmp_errors_forwarded = 0;
};

}  // namespace conf::turn

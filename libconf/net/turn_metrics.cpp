#include "libconf/net/turn_metrics.hpp"

#include "libconf/metrics/text_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace conf::net {
namespace {

using metrics::kind;

struct drop_reason {
    std::string_view name;
    std::uint64_t turn::counters::* count;
};

constexpr std::array core_drops{
    drop_reason{"unknown_protocol", &turn::counters::dropped_unknown_protocol},
    drop_reason{"malformed", &turn::counters::dropped_malformed},
    drop_reason{"no_allocation", &turn::counters::dropped_no_allocation},
    drop_reason{"no_channel", &turn::counters::dropped_no_channel},
    drop_reason{"no_permission", &turn::counters::dropped_no_permission},
    drop_reason{"peer_denied", &turn::counters::dropped_peer_denied},
    drop_reason{"address_family", &turn::counters::dropped_family},
    drop_reason{"bandwidth_limit", &turn::counters::dropped_bandwidth},
};

/// As coturn counts: an allocation's data when it has ended.
struct ended_flow {
    std::string_view name;
    std::string_view what;
    turn::traffic turn::flows::* which;
};
constexpr std::array ended_flows{
    ended_flow{"turn_traffic_rcv", "Received from clients by allocations that have ended",
               &turn::flows::from_clients},
    ended_flow{"turn_traffic_sent", "Sent to clients by allocations that have ended",
               &turn::flows::to_clients},
    ended_flow{"turn_traffic_peer_rcv", "Received from peers by allocations that have ended",
               &turn::flows::from_peers},
    ended_flow{"turn_traffic_peer_sent", "Sent to peers by allocations that have ended",
               &turn::flows::to_peers},
};

}  // namespace

std::uint64_t dropped_packets(const turn_totals& sum) noexcept {
    std::uint64_t all = sum.shell.sent.dropped + sum.shell.stream_dropped + sum.shell.hand_over_dropped;
    for (const auto& reason : core_drops) all += sum.core.*reason.count;
    return all;
}

void write_turn_metrics(const turn_totals& sum, std::string& text) {
    metrics::text_writer out(text);
    const auto& core = sum.core;
    const auto& shell = sum.shell;

    // coturn's names.
    out.single("stun_binding_request", kind::counter, "STUN Binding requests received.",
               core.binding_requests);
    out.single("stun_binding_response", kind::counter, "Of them, those that were answered.",
               core.binding_responses);
    out.single("stun_binding_error", kind::counter, "And those that were refused.", core.binding_errors);
    out.single("turn_total_allocations", kind::gauge, "Allocations that are alive.", core.allocations);
    out.single("turn_unauthenticated_401_requests", kind::counter,
               "Requests without good credentials, answered or not.", core.unauthenticated_requests);
    out.single("turn_unauthenticated_401_responses", kind::counter, "Requests answered with 401 and a nonce.",
               core.unauthenticated_responses);
    out.single("turn_unauthenticated_401_dropped_responses", kind::counter,
               "Answers to unverified sources that turn.limits.unauthenticated_rps held back.",
               core.answers_suppressed);
    out.single("turn_total_traffic_rcvp", kind::counter, "Data packets received from clients.",
               core.from_clients.packets);
    out.single("turn_total_traffic_rcvb", kind::counter, "Bytes of payload received from clients.",
               core.from_clients.bytes);
    out.single("turn_total_traffic_sentp", kind::counter, "Data packets sent to clients.",
               core.to_clients.packets);
    out.single("turn_total_traffic_sentb", kind::counter, "Bytes of payload sent to clients.",
               core.to_clients.bytes);
    out.single("turn_total_traffic_peer_rcvp", kind::counter, "Packets received from peers.",
               core.from_peers.packets);
    out.single("turn_total_traffic_peer_rcvb", kind::counter, "Bytes of payload received from peers.",
               core.from_peers.bytes);
    out.single("turn_total_traffic_peer_sentp", kind::counter, "Packets sent to peers.",
               core.to_peers.packets);
    out.single("turn_total_traffic_peer_sentb", kind::counter, "Bytes of payload sent to peers.",
               core.to_peers.bytes);
    for (const auto& row : ended_flows) {
        const auto& of = core.of_the_ended.*row.which;
        out.single(fmt::format("{}p", row.name), kind::counter, fmt::format("{}, packets.", row.what),
                   of.packets);
        out.single(fmt::format("{}b", row.name), kind::counter, fmt::format("{}, bytes.", row.what),
                   of.bytes);
    }
    out.single("turn_packet_processed", kind::counter, "Packets relayed, both directions.",
               core.to_peers.packets + core.to_clients.packets);
    out.single("turn_packet_dropped", kind::counter,
               "Packets dropped for any reason; conf_turn_dropped_total has the reasons.",
               dropped_packets(sum));
    out.single("turn_udp_recvmmsg_calls", kind::counter, "System calls that read datagrams.",
               shell.receive_calls);
    out.single("turn_udp_recvmmsg_packets", kind::counter, "Datagrams that they read.",
               shell.datagrams_received);
    out.single("turn_udp_sendmmsg_flushes", kind::counter, "System calls that sent datagrams.",
               shell.sent.system_calls);
    out.single("turn_udp_sendmmsg_datagrams", kind::counter, "Datagrams that they sent.",
               shell.sent.datagrams);
    out.single("turn_udp_sendmmsg_gso_datagrams", kind::counter,
               "Of these, datagrams that left as part of a run.", shell.sent.segmented);

    // Ours.
    out.single("conf_turn_allocations_created_total", kind::counter, "Allocations made.",
               core.allocations_created);
    out.single("conf_turn_requests_total", kind::counter, "Requests other than Binding.", core.requests);
    out.single("conf_turn_success_responses_total", kind::counter, "Success responses sent.",
               core.success_responses);
    out.single("conf_turn_error_responses_total", kind::counter,
               "Error responses sent other than 401 and 438.", core.error_responses);
    out.single("conf_turn_stale_nonce_responses_total", kind::counter, "Requests answered with 438.",
               core.stale_nonce_responses);
    out.family("conf_turn_refused_total", kind::counter, "Requests refused, by what refused them.");
    out.sample(core.quota_refusals, {{"by", "quota"}});
    out.sample(core.capacity_refusals, {{"by", "capacity"}});
    out.sample(core.peer_refusals, {{"by", "peer_policy"}});
    out.family("conf_turn_dropped_total", kind::counter, "Datagrams dropped, by reason.");
    for (const auto& reason : core_drops) out.sample(core.*reason.count, {{"reason", reason.name}});
    out.sample(shell.sent.dropped, {{"reason", "send_failed"}});
    out.sample(shell.stream_dropped, {{"reason", "slow_stream"}});
    out.sample(shell.hand_over_dropped, {{"reason", "busy_thread"}});
    out.single("conf_turn_icmp_errors_forwarded_total", kind::counter, "ICMP errors passed on to clients.",
               core.icmp_errors_forwarded);
    out.single("conf_turn_wake_ups_total", kind::counter, "Times a relay thread woke up for datagrams.",
               shell.wake_ups);
    out.single("conf_turn_received_in_runs_total", kind::counter,
               "Datagrams the kernel delivered as part of a run.", shell.received_in_runs);
    out.single("conf_turn_handed_over_total", kind::counter,
               "Packets passed to another relay thread inside the process.", shell.handed_over);
    out.single("conf_turn_stream_connections", kind::gauge, "TCP and TLS connections that are open.",
               shell.stream_connections);
    out.single("conf_turn_stream_refused_total", kind::counter,
               "TCP and TLS connections refused or closed before their first message.", shell.stream_refused);
    out.single("conf_turn_dtls_sessions", kind::gauge, "DTLS sessions that are open.", shell.dtls_sessions);
    out.single("conf_turn_dtls_refused_total", kind::counter,
               "DTLS handshakes that failed or were pushed out.", shell.dtls_refused);
    out.single("conf_turn_relay_ports_in_use", kind::gauge, "Relay ports in use, both families.",
               sum.ports_in_use);
    out.single("conf_turn_relay_ports", kind::gauge, "Relay ports of each family.", sum.ports);
    out.single("conf_turn_draining", kind::gauge, "1 while no new allocations are made.",
               sum.draining ? 1U : 0U);
    if (sum.certificate_not_after.time_since_epoch().count() != 0) {
        out.single("conf_turn_certificate_expiry_timestamp_seconds", kind::gauge,
                   "When the certificate expires, seconds of UTC.",
                   static_cast<std::uint64_t>(sum.certificate_not_after.time_since_epoch().count()));
    }
}

}  // namespace conf::net

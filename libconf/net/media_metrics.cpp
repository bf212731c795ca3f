#include "libconf/net/media_metrics.hpp"

#include "libconf/metrics/text_writer.hpp"

#include <array>
#include <string_view>

namespace conf::net {
namespace {

using metrics::kind;

template <class Counters>
struct named_count {
    std::string_view name;
    std::uint64_t Counters::* count;
};

constexpr std::array arrivals{
    named_count<engine::counters>{"stun", &engine::counters::checks_answered},
    named_count<engine::counters>{"dtls", &engine::counters::dtls_in},
    named_count<engine::counters>{"rtp", &engine::counters::rtp_in},
    named_count<engine::counters>{"rtcp", &engine::counters::rtcp_in},
};
constexpr std::array engine_drops{
    named_count<engine::counters>{"unknown_protocol", &engine::counters::unknown_protocol},
    named_count<engine::counters>{"too_long", &engine::counters::too_long},
    named_count<engine::counters>{"malformed", &engine::counters::malformed},
    named_count<engine::counters>{"not_a_check", &engine::counters::not_a_check},
    named_count<engine::counters>{"unknown_ufrag", &engine::counters::unknown_ufrag},
    named_count<engine::counters>{"forged_check", &engine::counters::forged_check},
    named_count<engine::counters>{"path_taken", &engine::counters::path_taken},
    named_count<engine::counters>{"unknown_path", &engine::counters::unknown_path},
    named_count<engine::counters>{"not_connected", &engine::counters::not_connected},
    named_count<engine::counters>{"too_many_ssrcs", &engine::counters::too_many_ssrcs},
    named_count<engine::counters>{"forged", &engine::counters::forged},
    named_count<engine::counters>{"replayed", &engine::counters::replayed},
};
constexpr std::array media_drops{
    named_count<sfu::counters>{"media_malformed", &sfu::counters::malformed},
    named_count<sfu::counters>{"unknown_stream", &sfu::counters::unknown_stream},
    named_count<sfu::counters>{"duplicate", &sfu::counters::duplicate},
    named_count<sfu::counters>{"sequence_jump", &sfu::counters::jumped},
    named_count<sfu::counters>{"pool_full", &sfu::counters::pool_full},
    named_count<sfu::counters>{"padding", &sfu::counters::padding},
    named_count<sfu::counters>{"too_late", &sfu::counters::too_late},
    named_count<sfu::counters>{"video_bps", &sfu::counters::over_video_rate},
    named_count<sfu::counters>{"audio_bps", &sfu::counters::over_audio_rate},
    named_count<sfu::counters>{"packets_per_second", &sfu::counters::over_packet_rate},
};
// Those that drop what arrives are among the reasons above.
constexpr std::array engine_limits{
    named_count<engine::counters>{"participants", &engine::counters::rooms_full},
    named_count<engine::counters>{"transports", &engine::counters::transports_full},
    named_count<engine::counters>{"paths", &engine::counters::paths_pushed_out},
    named_count<engine::counters>{"handshakes", &engine::counters::handshakes_put_off},
    named_count<engine::counters>{"handshake_records", &engine::counters::handshake_records_refused},
};
constexpr std::array media_limits{
    named_count<sfu::counters>{"nack_answers", &sfu::counters::over_nack_answers},
    named_count<sfu::counters>{"rtx_share", &sfu::counters::over_rtx_share},
    named_count<sfu::counters>{"key_frame_requests", &sfu::counters::over_key_frame_requests},
};
constexpr std::array repairs{
    named_count<sfu::counters>{"nack_sent", &sfu::counters::nack_sent},
    named_count<sfu::counters>{"repaired", &sfu::counters::repaired},
    named_count<sfu::counters>{"nack_received", &sfu::counters::nack_received},
    named_count<sfu::counters>{"rtx_sent", &sfu::counters::rtx_sent},
    named_count<sfu::counters>{"rtx_not_possible", &sfu::counters::rtx_not_possible},
    named_count<sfu::counters>{"key_frame_requests_received", &sfu::counters::key_frame_requests_received},
    named_count<sfu::counters>{"key_frame_requests_sent", &sfu::counters::key_frame_requests_sent},
};

template <class Counters, std::size_t Size>
void add_all(Counters& to, const Counters& from, const std::array<named_count<Counters>, Size>& which) {
    for (const auto& one : which) to.*one.count += from.*one.count;
}

}  // namespace

void add(media_totals& to, const engine::counters& engine, const engine::census& now,
         const sfu::counters& media, const media_shard_counters& shell) {
    add_all(to.engine, engine, arrivals);
    add_all(to.engine, engine, engine_drops);
    add_all(to.engine, engine, engine_limits);
    to.engine.packets_out += engine.packets_out;
    to.engine.not_sent += engine.not_sent;
    to.engine.opened += engine.opened;
    to.engine.refused += engine.refused;
    to.engine.connected += engine.connected;
    to.engine.restarts += engine.restarts;
    for (std::size_t i = 0; i < engine.left.size(); ++i) to.engine.left[i] += engine.left[i];

    to.now.rooms += now.rooms;
    to.now.transports += now.transports;
    to.now.publishers += now.publishers;
    to.now.connected += now.connected;

    add_all(to.media, media, media_drops);
    add_all(to.media, media, repairs);
    add_all(to.media, media, media_limits);
    to.media.packets_in += media.packets_in;
    to.media.bytes_in += media.bytes_in;
    to.media.packets_out += media.packets_out;
    to.media.bytes_out += media.bytes_out;
    to.media.layer_changes += media.layer_changes;
    to.media.pauses += media.pauses;

    to.shell.wake_ups += shell.wake_ups;
    to.shell.receive_calls += shell.receive_calls;
    to.shell.datagrams_received += shell.datagrams_received;
    to.shell.received_in_runs += shell.received_in_runs;
    to.shell.stream_connections += shell.stream_connections;
    to.shell.stream_refused += shell.stream_refused;
    to.shell.stream_dropped += shell.stream_dropped;
    to.shell.sent.system_calls += shell.sent.system_calls;
    to.shell.sent.datagrams += shell.sent.datagrams;
    to.shell.sent.segmented += shell.sent.segmented;
    to.shell.sent.dropped += shell.sent.dropped;
}

void write_media_metrics(const media_totals& sum, std::string& text) {
    metrics::text_writer out(text);
    out.single("conf_rooms", kind::gauge, "Rooms with somebody in them.", sum.now.rooms);
    out.single("conf_media_sessions", kind::gauge, "Media sessions, publishing and playing.",
               sum.now.transports);
    out.single("conf_media_publishers", kind::gauge, "Media sessions that publish.", sum.now.publishers);
    out.single("conf_media_connected", kind::gauge, "Media sessions whose handshake is done.",
               sum.now.connected);
    out.single("conf_media_sessions_opened_total", kind::counter, "Offers that were answered.",
               sum.engine.opened);
    out.single("conf_media_sessions_refused_total", kind::counter, "Offers that were refused.",
               sum.engine.refused);
    out.single("conf_media_ice_restarts_total", kind::counter, "ICE restarts.", sum.engine.restarts);
    out.family("conf_media_sessions_left_total", kind::counter, "Media sessions that ended, by reason.");
    for (std::size_t i = 1; i < sum.engine.left.size(); ++i) {
        out.sample(sum.engine.left[i], {{"why", engine::to_string(static_cast<engine::departure>(i))}});
    }
    out.family("conf_media_datagrams_total", kind::counter,
               "Datagrams and frames that were taken, by protocol.");
    for (const auto& row : arrivals) out.sample(sum.engine.*row.count, {{"protocol", row.name}});
    out.family("conf_media_dropped_total", kind::counter, "What arrived and was dropped, by reason.");
    for (const auto& row : engine_drops) out.sample(sum.engine.*row.count, {{"reason", row.name}});
    for (const auto& row : media_drops) out.sample(sum.media.*row.count, {{"reason", row.name}});
    out.family("conf_media_limit_hits_total", kind::counter,
               "How often a limit was met, by its name; those that drop packets are reasons above.");
    for (const auto& row : engine_limits) out.sample(sum.engine.*row.count, {{"limit", row.name}});
    for (const auto& row : media_limits) out.sample(sum.media.*row.count, {{"limit", row.name}});
    out.single("conf_media_packets_received_total", kind::counter, "RTP packets of publishers.",
               sum.media.packets_in);
    out.single("conf_media_bytes_received_total", kind::counter, "Bytes of those packets, decrypted.",
               sum.media.bytes_in);
    out.single("conf_media_packets_forwarded_total", kind::counter, "RTP packets to players.",
               sum.media.packets_out);
    out.single("conf_media_bytes_forwarded_total", kind::counter,
               "Bytes of those packets, before encryption.", sum.media.bytes_out);
    out.single("conf_media_packets_sent_total", kind::counter,
               "RTP and RTCP packets that were encrypted and sent.", sum.engine.packets_out);
    out.single("conf_media_packets_not_sent_total", kind::counter,
               "Packets for sessions that had no path just then.", sum.engine.not_sent);
    out.family("conf_media_repairs_total", kind::counter, "Losses and what was done about them.");
    for (const auto& row : repairs) out.sample(sum.media.*row.count, {{"what", row.name}});
    out.single("conf_media_layer_changes_total", kind::counter,
               "Players that were moved to another simulcast layer.", sum.media.layer_changes);
    out.single("conf_media_video_pauses_total", kind::counter, "Videos that lasting loss took from a player.",
               sum.media.pauses);
    out.single("conf_media_packets_kept", kind::gauge, "Packets in memory, for repetitions.",
               sum.packets_kept);
    out.single("conf_media_tcp_connections", kind::gauge, "ICE-TCP connections.",
               sum.shell.stream_connections);
    out.single("conf_media_tcp_refused_total", kind::counter,
               "TCP connections that said no good check in time.", sum.shell.stream_refused);
    out.single("conf_media_tcp_dropped_total", kind::counter, "Packets for a TCP peer that reads too slowly.",
               sum.shell.stream_dropped);
    out.single("conf_media_wake_ups_total", kind::counter, "Times a media thread woke up.",
               sum.shell.wake_ups);
    out.single("conf_media_receive_calls_total", kind::counter, "System calls that received.",
               sum.shell.receive_calls);
    out.single("conf_media_datagrams_received_total", kind::counter, "Datagrams that arrived.",
               sum.shell.datagrams_received);
    out.single("conf_media_send_calls_total", kind::counter, "System calls that sent.",
               sum.shell.sent.system_calls);
    out.single("conf_media_datagrams_sent_total", kind::counter, "Datagrams that left.",
               sum.shell.sent.datagrams);
    out.single("conf_media_datagrams_sent_in_runs_total", kind::counter, "Of those, in runs (UDP_SEGMENT).",
               sum.shell.sent.segmented);
    out.single("conf_media_datagrams_refused_total", kind::counter, "Datagrams that the kernel refused.",
               sum.shell.sent.dropped);
    out.family("conf_media_protector_info", kind::gauge, "What encrypts media; always 1.");
    out.sample(1U, {{"name", sum.protector}});
}

}  // namespace conf::net

/// The transport on which a caller receives, and what arrives on it.
#pragma once

#include "tests/bench/call/latencies.hpp"
#include "tests/bench/call/media_link.hpp"
#include "tests/bench/peer/continuity.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace call_load {

/// Of all callers of a program.
struct arrivals {
    latencies added;               // from the send call of a caller to the kernel's receipt for another
    std::uint64_t genuine = 0;     // RTP packets, authenticated and decrypted
    std::uint64_t refused = 0;     // forged, replayed: must be 0
    std::uint64_t unstamped = 0;   // decrypted to something else than was sent: must be 0
    std::uint64_t undeclared = 0;  // of an SSRC that no offer had, RTX aside: must be 0
    std::uint64_t repeated = 0;    // RTX
};

/// Answers the server's offers and counts. Every packet is decrypted.
class receiving {
public:
    /// One section: the same stream for whomever it carries.
    struct stream {
        std::string mid;
        bool is_video = false;
        std::uint32_t ssrc = 0;
        bench::continuity numbers;
        std::uint64_t octets = 0;
        std::string participant;  // whom it carries now; empty: nobody
        std::string source;
    };

    receiving(poller& by, bench::datagram_reader& reader, bench::shared& with, arrivals& count);

    /// @return the answer. Throws std::runtime_error where the offer cannot be read.
    [[nodiscard]] std::string answer(const std::string& offer);
    /// TRACKS of the protocol.
    void set_tracks(const nlohmann::json& tracks);

    [[nodiscard]] bool connected() const { return link_.end.connected(); }
    [[nodiscard]] bool failed() const { return link_.end.failed(); }
    void handle_timeout() { link_.end.handle_timeout(); }
    /// Receiver reports; once a second is enough.
    void send_reports();

    /// Counts from here.
    void begin();
    [[nodiscard]] const std::vector<stream>& streams() const noexcept { return streams_; }
    [[nodiscard]] std::uint64_t drops() const { return link_.end.drops(); }
    /// Whose sound has come since the transport was made.
    [[nodiscard]] const std::set<std::string>& heard() const noexcept { return heard_; }

private:
    void take(mutable_bytes datagram, std::int64_t arrived_ns);

    arrivals& count_;
    media_link link_;
    bool begun_ = false;
    std::uint32_t own_ssrc_;
    std::vector<stream> streams_;
    std::unordered_map<std::uint32_t, std::size_t> by_ssrc_;
    std::set<std::uint32_t> repeating_;  // SSRCs of RTX
    std::set<std::string> heard_;
};

}  // namespace call_load

/// Options of the media path: where participants' audio and video arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::inline v0 {

/// Fields have the names of the configuration's keys in `media.*`, but for `protector`, which has none.
struct media_options {
    /// "address:port" for UDP and, on the same number, ICE-TCP (RFC 6544): one for each shard. Fewer than
    /// shards: the last address goes on with the ports that follow. "localhost:port": all addresses of this
    /// machine, from this machine alone (Firefox sends no media to a loopback address). Empty: no media.
    std::vector<std::string> listen{};
    /// IP addresses that participants are told, where they are others than those of `listen` (1:1 NAT).
    /// Empty: those of `listen`; where that is every address, those of this machine's interfaces.
    std::vector<std::string> public_addresses{};
    /// Threads; a room stays in one. 0: as many as there are processors.
    std::uint32_t shards = 0;
    /// Of the library that encrypts media: "auto" or a name that the server's log shows.
    std::string protector = "auto";
};

/// Fields have the names of the configuration's keys in `rooms.*`.
struct room_options {
    /// Nobody needs a token, and a room is there as soon as somebody enters it.
    /// Nothing said: only while `http.listen` and `media.listen` are on loopback.
    std::optional<bool> open;
    /// Sign the tokens of rooms that are not open: all are valid at once, the first one signs. Empty: one is
    /// drawn at the start.
    std::vector<std::string> secrets;
    struct {
        /// Publishers of one room, and as many players. 0: off.
        std::uint32_t participants = 500;
        /// What one publisher may send, all its pictures or sounds together; what is above is dropped. 0:
        /// off.
        std::uint64_t video_bps = 8'000'000;
        std::uint64_t audio_bps = 512'000;
        std::uint64_t packets_per_second = 2'000;
    } limits;
};

}  // namespace conf::inline v0

/// What the program does, and with what.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>

namespace board_load {

struct settings {
    std::uint16_t port = 0;  // of the server's HTTP, or of the bare writer
    int pid = 0;             // of either: its CPU time is measured
    std::size_t viewers = 200;
    std::size_t pens = 1;
    double seconds = 10;
    std::size_t bytes = 16;            // of a message of the bare writer
    std::size_t operations = 100'000;  // of the replay
};

/// A room with pens and viewers.
[[nodiscard]] nlohmann::json run_watch(const settings& asked);
/// As many readers of the bare writer.
[[nodiscard]] nlohmann::json run_bare_readers(const settings& asked);
/// A long log into an empty page, without a server: CPU seconds.
[[nodiscard]] nlohmann::json run_replay(const settings& asked);
/// Two hours of drawing, without a server and as fast as it goes: figures for every ten minutes of them.
[[nodiscard]] nlohmann::json run_hours(const settings& asked);
/// Writes the same bytes to everybody who has connected, 30 times a second, until it is killed.
int run_bare_writer(const settings& asked);

}  // namespace board_load

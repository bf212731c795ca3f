/// What the program was asked for on its command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace call_load {

enum class mode { room, burst, hold };

struct settings {
    mode what = mode::room;
    std::uint16_t port = 0;  // of the server's HTTP, on 127.0.0.1
    int pid = 0;             // of the server; 0: it is not measured
    int core = -1;           // of this program
    std::size_t people = 30;
    std::size_t rooms = 20;
    double seconds = 10;
    double warm_up = 2;
    double patience = 60;  // for what has to happen before something is measured
    std::string room = "load";
    bool sound = true;
    bool picture = true;
    bool control = false;
};

/// Throws std::runtime_error, with how it is used, for what it does not know.
[[nodiscard]] settings read_arguments(int count, char** words);

}  // namespace call_load

/// What the library tells its host while it runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// One thing that happened: a name that does not change between releases, a sentence, and its facts.
///
/// Addresses of clients appear in `fields` only where `log_client_addresses` was asked for.
struct log_event {
    struct field {
        std::string key;
        std::string value;
    };

    log_level level = log_level::info;
    std::string name;     ///< for example "turn.allocation_created"
    std::string message;  ///< one sentence, without line ends
    std::vector<field> fields;
};

/// Receives events. The library calls it from its own threads, one call at a time for each server object; it
/// must not block for long. An empty function switches logging off. libconf itself never writes to stdout or
/// stderr.
using log_sink = std::function<void(const log_event&)>;

}  // namespace conf::inline v0

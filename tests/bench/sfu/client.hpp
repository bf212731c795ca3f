/// One participant: a transport, and what it has received.
#pragma once

#include "tests/bench/peer/clocks.hpp"
#include "tests/bench/peer/continuity.hpp"
#include "tests/bench/peer/transport.hpp"
#include "tests/bench/sfu/signalling.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace sfu_load {

using namespace conf;
using bench::now;
using bench::wall_ns;
using common = bench::shared;

class client : public bench::transport {
public:
    enum class role : std::uint8_t { publisher, receiver };

    client(role as, common& with);

    /// Asks for a session and begins to check. @param what  of a publisher.
    void join(signalling& by, const media::publication& what);
    /// A receiver report on both streams.
    void send_report();

    std::array<bench::continuity, 2> streams;                  // audio, video
    std::array<std::optional<std::uint8_t>, 2> payload_types;  // as they arrive
    std::array<std::uint32_t, 2> ssrcs{};                      // as they arrived last
    std::int64_t asked_at_ns = 0;                              // when `join` began
    std::optional<std::int64_t> first_media_ns;

private:
    role role_;
    std::uint32_t own_ssrc_;
};

}  // namespace sfu_load

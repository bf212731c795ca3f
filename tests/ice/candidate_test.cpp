#include "libconf/ice/candidate.hpp"

#include <catch2/catch.hpp>

using conf::ice::host_priority;

TEST_CASE("priorities of host candidates", "[ice]") {
    // RFC 8445 §5.1.2.1: 126 * 2^24 + 65535 * 2^8 + 256 - 1.
    CHECK(host_priority(false, 65535) == 2130706431);
    CHECK(host_priority(false, 65535) > host_priority(false, 65534));
    CHECK(host_priority(false, 65530) > host_priority(true, 65535));
    CHECK(host_priority(true, 65535) > host_priority(true, 65534));
}

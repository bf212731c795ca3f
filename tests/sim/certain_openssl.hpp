/// OpenSSL with the chance and the clock of a simulation: the same seed gives the same handshakes, byte for
/// byte.
#pragma once

#include "libconf/base/time.hpp"

#include <cstdint>

namespace conf::sim {

/// From now on every random number that OpenSSL draws in this process comes from `seed`: keys, nonces of
/// signatures, hellos. For test programs with one thread alone.
void seed_openssl(std::uint64_t seed);

/// What OpenSSL's DTLS timers take for the time. They ask `gettimeofday`, which a program that links this
/// file answers itself.
void set_openssl_clock(instant now);

}  // namespace conf::sim

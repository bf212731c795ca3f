// The old interface for random numbers is the one that replaces them all; OpenSSL 3 still asks it first.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "tests/sim/certain_openssl.hpp"

#include "libconf/base/check.hpp"
#include "tests/sim/dice.hpp"

#include <openssl/rand.h>
#include <sys/time.h>
#include <time.h>

#include <optional>

namespace conf::sim {
namespace {

dice chance(0);
std::optional<instant> clock_now;

int draw(unsigned char* out, int size) {
    for (int i = 0; i < size; ++i) out[i] = static_cast<unsigned char>(chance.next() >> 56);
    return 1;
}
int is_seeded() {
    return 1;
}
int ignore_seed(const void*, int) {
    return 1;
}
int ignore_entropy(const void*, int, double) {
    return 1;
}

constexpr RAND_METHOD from_dice{ignore_seed, draw, nullptr, ignore_entropy, draw, is_seeded};

}  // namespace

void seed_openssl(std::uint64_t seed) {
    chance = dice(seed);
    check(RAND_set_rand_method(&from_dice) == 1);
}

void set_openssl_clock(instant now) {
    clock_now = now;
}

}  // namespace conf::sim

/// Instead of the C library's, for the shared libraries of this program.
extern "C" [[gnu::visibility("default")]] int gettimeofday(timeval* out, void*) noexcept {
    using std::chrono::seconds;
    if (conf::sim::clock_now) {
        const auto since = conf::sim::clock_now->time_since_epoch();
        const auto whole = std::chrono::floor<seconds>(since);
        *out = {.tv_sec = static_cast<time_t>(whole.count()),
                .tv_usec = static_cast<suseconds_t>((since - whole).count())};
        return 0;
    }
    timespec real{};
    clock_gettime(CLOCK_REALTIME, &real);
    *out = {.tv_sec = real.tv_sec, .tv_usec = static_cast<suseconds_t>(real.tv_nsec / 1000)};
    return 0;
}

// A TURN server under a schedule of datagrams, clock steps and failures that the input writes.
#include "tests/fuzz/long_life.hpp"
#include "tests/fuzz/turn_world.hpp"

#include <array>

namespace fuzz {
namespace {

constexpr int steps_max = 32;
// First byte of an input that has a world of its own: a schedule with turn.limits.unauthenticated_rps.
constexpr std::uint8_t rate_limited = 0xFF;

conf::endpoint read_endpoint(source& in) {
    static const std::array known{turn_world::public_peer(),
                                  conf::endpoint::parse("[2606:4700::1]:4000").value(),
                                  conf::endpoint::parse("10.0.0.1:4000").value()};
    const auto choice = in.u8();
    if (choice < known.size()) return known[choice];
    const auto port = in.u16();
    const std::size_t size = choice % 2 == 0 ? 4 : 16;
    const auto raw = in.take(size);
    return raw.size() == size ? conf::endpoint{conf::ip_address::from_bytes(raw), port} : known[0];
}

void run_step(turn_world& world, source& in) {
    const auto what = in.u8();
    const auto from = static_cast<turn_world::who>(what >> 6);
    switch (what & 7) {
        case 0: return world.give_raw(from, in.take(in.u16()));
        case 1:
        case 2: {
            const auto method = in.u8();
            return world.give_signed(from, method & 0x0F, in.take(in.u16()), (what & 7) == 2);
        }
        case 3: {
            const auto relay = in.u8() % 12U;
            const auto peer = read_endpoint(in);
            return world.give_peer(relay, peer, in.take(in.u8()));
        }
        case 4: return world.pass(std::chrono::milliseconds(in.u8() * in.u8() * 10));
        case 5: {
            const auto relay = in.u8() % 12U;
            const auto peer = read_endpoint(in);
            const auto type = in.u8();
            return world.give_icmp(relay, {.peer = peer, .type = type, .code = in.u8(), .data = in.u16()});
        }
        case 6: return world.mallory_leaves();
        default:
            if ((what & 8) != 0) world.drain();
            if ((what & 16) != 0) world.reconfigure();
            world.set_bindable((what & 32) != 0);
    }
}

/// An input that begins as STUN or ChannelData does is one datagram, so the corpora of raw messages are seeds
/// too. Any other first byte begins a schedule.
void run_input(turn_world& world, bytes input) {
    const auto first = input.empty() ? std::uint8_t{0} : conf::load_u8(input, 0);
    if (first < 4 || (first >= 0x40 && first <= 0x4F)) {
        using enum turn_world::who;
        for (const auto from : {stranger, mallory_udp, mallory_tcp, ada}) world.give_raw(from, input);
        if (input.size() > conf::stun::header_bytes) {
            const auto method = static_cast<std::uint16_t>(conf::load_u8(input, 1) & 0x0F);
            world.give_signed(mallory_udp, method, input.subspan(conf::stun::header_bytes), false);
        }
    } else {
        source in(input.subspan(1));
        for (int step = 0; step < steps_max && !in.empty(); ++step) run_step(world, in);
    }
    world.check_honest_pair();
}

/// Between two inputs Mallory goes, and the server is as it was but for its clock and the order of its free
/// slots.
class reusable_world : public turn_world {
public:
    reusable_world() : turn_world(false) {}
    void run(bytes input) {
        run_input(*this, input);
        forget_mallory();
    }
    void end() { check_all_free(); }
};

}  // namespace

void target::turn_message(bytes input) {
    if (!input.empty() && conf::load_u8(input, 0) == rate_limited) {
        turn_world world(true);
        run_input(world, input);
        world.check_all_free();
    } else {
        long_life<reusable_world>::run_input(input, "turn_message");
    }
}

}  // namespace fuzz

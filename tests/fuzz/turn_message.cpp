// A TURN server under a schedule of datagrams, clock steps and failures that the input writes.
#include "libconf/base/check.hpp"
#include "tests/fuzz/turn_world.hpp"

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace fuzz {
namespace {

constexpr int steps_max = 32;
// First bytes of inputs that have a world of their own.
constexpr std::uint8_t rate_limited = 0xFF;  // a schedule with turn.limits.unauthenticated_rps
constexpr std::uint8_t history = 0xFE;       // inputs one after the other, each behind its size

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

/// One world for many inputs, since making it takes longer than they do. Between two inputs Mallory goes and
/// the server is as it was but for its clock and the order of its free slots; so an input usually fails alone
/// as well. Where it does not, the file that the last words leave repeats it: a history, which is an input
/// too.
class long_life {
public:
    void run(bytes input) {
        if (!world_ || seen_.size() >= inputs_max || !world_->is_reusable()) {
            end();
            world_ = std::make_unique<turn_world>(false);
        }
        seen_.emplace_back(input.begin(), input.end());
        run_input(*world_, input);
        world_->forget_mallory();
    }
    void end() {
        if (world_) world_->check_all_free();
        world_.reset();
        seen_.clear();
    }
    void write_history() const {
        std::ofstream out("turn_message-history", std::ios::binary);
        out.put(static_cast<char>(history));
        for (const auto& input : seen_) {
            out.put(static_cast<char>(input.size() >> 8)).put(static_cast<char>(input.size()));
            out.write(reinterpret_cast<const char*>(input.data()),
                      static_cast<std::streamsize>(input.size()));
        }
    }

private:
    static constexpr std::size_t inputs_max = 200;

    std::unique_ptr<turn_world> world_;
    std::vector<std::vector<std::byte>> seen_;
};

long_life shared;

}  // namespace

void target::turn_message(bytes input) {
    last_words = [] { shared.write_history(); };
    conf::set_check_handler([](const std::source_location&) noexcept { shared.write_history(); });
    const auto first = input.empty() ? std::uint8_t{0} : conf::load_u8(input, 0);
    if (first == rate_limited) {
        turn_world world(true);
        run_input(world, input);
        world.check_all_free();
    } else if (first == history) {
        source in(input.subspan(1));
        long_life own;
        while (!in.empty()) own.run(in.take(in.u16()));
        own.end();
    } else {
        shared.run(input.first(std::min<std::size_t>(input.size(), 0xFFFF)));
    }
}

}  // namespace fuzz

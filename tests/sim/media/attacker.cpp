#include "tests/sim/media/attacker.hpp"

#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "tests/sim/media/node.hpp"

#include <array>
#include <utility>

namespace conf::sim::media {

using std::chrono::milliseconds;

attacker::attacker(world& in, actor_id id)
    : world_(in),
      id_(id),
      chance_(in.fork()),
      host_(in.net.add_host({}, {})),
      socket_(in.net.open(host_, {ip_address::v4(0x07000000 + id * 256), 666}, *this).value()) {}

void attacker::receive(socket_id, const packet&) {
    world_.fail("the server answered somebody without a session");
}

void attacker::act() {
    if (stopped_) return;
    const auto& how = world_.how;
    const auto& seen = world_.captures();
    const auto to = world_.server().where().remote;
    const label about{id_ << 16, true};
    switch (chance_.below(3)) {
        case 0:
            if (!how.hostile_random) break;
            world_.faults.count(fault::hostile_random);
            world_.net.send(socket_, to, random_bytes(), about);
            break;
        case 1:
            if (!how.hostile_mutated || seen.empty()) break;
            world_.faults.count(fault::hostile_mutated);
            world_.net.send(socket_, to, mutated(seen[chance_.below(seen.size())].data), about);
            break;
        default: {
            if (!how.hostile_spoofed || seen.empty()) break;
            world_.faults.count(fault::hostile_spoofed);
            const auto& one = seen[chance_.below(seen.size())];
            auto data = chance_.chance(0.7) ? mutated(one.data) : random_bytes();
            world_.net.send_forged(host_, one.from, to, std::move(data), about);
        }
    }
    world_.queue.after(chance_.between(milliseconds{5}, milliseconds{200}), [this] { act(); });
}

std::vector<std::byte> attacker::random_bytes() {
    std::vector<std::byte> data(chance_.below(chance_.chance(0.1) ? 1500 : 80));
    chance_.fill(data);
    if (data.empty()) return data;
    // STUN, DTLS, RTP, and what is nothing.
    constexpr std::array<std::uint8_t, 6> firsts{0, 1, 22, 128, 144, 70};
    if (chance_.chance(0.8)) data[0] = static_cast<std::byte>(firsts.at(chance_.below(firsts.size())));
    if (data.size() >= 8 && chance_.chance(0.5)) store_u32(data, 4, stun::magic_cookie);
    if (data.size() >= 4 && chance_.chance(0.5))
        store_u16(data, 2, static_cast<std::uint16_t>(data.size() - 4));
    if (data.size() >= 13 && load_u8(data, 0) == 22) {
        store_u16(data, 1, 0xFEFD);  // DTLS 1.2
        store_u16(data, 3, 0);
        store_u16(data, 11, static_cast<std::uint16_t>(data.size() - 13));
    }
    return data;
}

/// A FINGERPRINT needs no secret: only MESSAGE-INTEGRITY keeps a changed check out.
void attacker::sign_anew(std::vector<std::byte>& data) {
    const auto read = stun::message::parse(data);
    if (!read || !read->fingerprint_at()) return;
    const auto at = *read->fingerprint_at();
    store_u32(data, at + stun::attribute_header_bytes, stun::fingerprint_of(bytes(data).first(at)));
}

std::vector<std::byte> attacker::mutated(std::vector<std::byte> data) {
    if (data.empty()) return random_bytes();
    const auto original = data;
    do {
        data = original;
        const auto changes = chance_.between(1, 4);
        for (std::uint64_t i = 0; i < changes && !data.empty(); ++i) {
            const auto at = chance_.below(data.size());
            switch (chance_.below(5)) {
                case 0: data[at] ^= static_cast<std::byte>(1U << chance_.below(8)); break;
                case 1: data[at] = static_cast<std::byte>(chance_.next()); break;
                case 2: data.resize(at); break;
                case 3: data.push_back(static_cast<std::byte>(chance_.next())); break;
                default:
                    if (data.size() >= 2)
                        store_u16(data, chance_.below(data.size() - 1),
                                  static_cast<std::uint16_t>(chance_.next()));
            }
        }
        if (chance_.chance(0.5)) sign_anew(data);
    } while (data == original);
    return data;
}

}  // namespace conf::sim::media

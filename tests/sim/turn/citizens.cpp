#include "tests/sim/turn/citizens.hpp"

#include "libconf/base/check.hpp"
#include "libconf/stun/builder.hpp"
#include "tests/sim/turn/node.hpp"
#include "tests/sim/turn/payload.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace conf::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t datagram_bytes_max = 65'507;

using datagrams = std::vector<std::vector<std::byte>>;

datagrams read_corpus() {
    datagrams all;
    for (const auto* folder : {"stun", "stun-bad", "stun-turn", "turn", "datagrams"}) {
        std::vector<std::filesystem::path> files;
        const auto top = std::filesystem::path(CONF_TESTS_DIR) / "vectors" / folder;
        for (const auto& entry : std::filesystem::directory_iterator(top)) {
            if (entry.path().extension() != ".tsv") files.push_back(entry.path());
        }
        // A folder has no order of its own, and a run must be repeatable.
        std::ranges::sort(files);
        for (const auto& file : files) {
            std::ifstream in(file, std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(in), {}};
            const auto data = as_bytes(text).first(std::min(text.size(), datagram_bytes_max));
            all.emplace_back(data.begin(), data.end());
        }
    }
    check(!all.empty());
    return all;
}

/// The hostile datagrams that the fuzzers begin with.
const datagrams& corpus() {
    static const auto all = read_corpus();
    return all;
}

}  // namespace

// --- echo

echo_peer::echo_peer(world& in, actor_id id, const endpoint& at)
    : world_(in),
      id_(id),
      chance_(in.fork()),
      host_(in.net.add_host(in.weather(chance_), in.weather(chance_))),
      at_(at),
      socket_(in.net.open(host_, at, *this).value()) {}

void echo_peer::receive(socket_id, const packet& in) {
    const auto said = read_payload(in.data);
    if (in.about.tainted || world_.is_attacker(in.about.origin)) return;
    world_.require(said.has_value(), "an honest client's data arrived changed");
    world_.require(world_.is_server_address(in.from.ip), "a client's data came from no relay");
    world_.require(said->to == id_, "data for another peer arrived here");
    world_.require(said->from == in.about.origin, "somebody spoke as another");
    world_.require(world_.owned(in.from, said->from),
                   "data came from a relayed address its sender never had");
    const auto size = chance_.chance(0.1) ? chance_.between(payload_bytes_min, 1200) : in.data.size();
    world_.net.send(socket_, in.from,
                    write_payload({payload::kind::echo, id_, said->from, said->sequence}, size),
                    {id_, false});
}

// --- attacker

attacker::attacker(world& in, actor_id id)
    : world_(in),
      id_(id),
      chance_(in.fork()),
      host_(in.net.add_host({}, {})),
      at_{ip_address::v4(0x07000000 + id * 256), 666},
      socket_(in.net.open(host_, at_, *this).value()),
      timer_(in.queue, [this] {
          if (!core_ || stopped_) return;
          core_->handle_timeout(world_.now(), out_);
          flush();
      }) {
    in.client_uses(at_, id);
}

void attacker::start() {
    server_ = some_server();
    world_.queue.after(chance_.between(milliseconds{20}, milliseconds{300}), [this] { act(); });
}

endpoint attacker::some_server() {
    const auto& node = world_.nodes()[chance_.below(world_.nodes().size())];
    return node->udp(static_cast<unsigned>(chance_.below(node->shards())));
}

endpoint attacker::some_peer() {
    static constexpr auto texts = std::to_array<std::string_view>(
        {"127.0.0.1:22", "0.0.0.0:80", "10.0.0.1:5432", "172.16.9.9:389", "192.168.1.1:80",
         "169.254.169.254:80", "224.0.0.1:5353", "255.255.255.255:1", "[::1]:22", "[::]:22",
         "[::ffff:127.0.0.1]:22", "[fe80::1]:22", "[fd00::1]:22", "[2002:7f00:1::]:22",
         "[64:ff9b::7f00:1]:22", "[ff02::1]:22", "[2001:db8::1]:22"});
    switch (chance_.below(5)) {
        case 0: {
            const auto& node = world_.nodes()[chance_.below(world_.nodes().size())];
            const auto port = static_cast<std::uint16_t>(chance_.chance(0.5) ? chance_.below(65536) : 3478);
            return {chance_.chance(0.5) ? node->v4() : node->v6(), port};
        }
        case 1: return world_.echoes()[chance_.below(world_.echoes().size())]->where();
        case 2:
            return {ip_address::v4(static_cast<std::uint32_t>(chance_.next())),
                    static_cast<std::uint16_t>(chance_.below(65536))};
        default: return endpoint::parse(texts[chance_.below(texts.size())]).value();
    }
}

void attacker::act() {
    if (stopped_) return;
    struct door {
        bool open;
        fault kind;
    };
    const auto& how = world_.how;
    const std::array doors{
        door{how.hostile_random, fault::hostile_random},   door{how.hostile_mutated, fault::hostile_mutated},
        door{how.hostile_built, fault::hostile_built},     door{how.hostile_spoofed, fault::hostile_spoofed},
        door{how.hostile_insider, fault::hostile_insider}, door{how.hostile_peer, fault::hostile_peer},
        door{how.hostile_stream, fault::hostile_stream},   door{how.hostile_corpus, fault::hostile_corpus},
    };
    const auto& chosen = doors[chance_.below(doors.size())];
    const auto& seen = world_.captures();
    const bool needs_captures =
        chosen.kind == fault::hostile_mutated || chosen.kind == fault::hostile_spoofed;
    if (chosen.open && !(needs_captures && seen.empty())) {
        world_.faults.count(chosen.kind);
        switch (chosen.kind) {
            case fault::hostile_random: send(random_bytes()); break;
            case fault::hostile_mutated: send(mutated(seen[chance_.below(seen.size())].data)); break;
            case fault::hostile_built: send(built_message()); break;
            case fault::hostile_corpus: {
                auto one = corpus()[chance_.below(corpus().size())];
                send(chance_.chance(0.5) ? std::move(one) : mutated(std::move(one)));
                break;
            }
            case fault::hostile_spoofed: {
                const auto& one = seen[chance_.below(seen.size())];
                world_.net.send_forged(host_, one.from, one.to, mutated(one.data), {id_, true});
                break;
            }
            case fault::hostile_insider: act_as_insider(); break;
            case fault::hostile_peer: act_as_peer(); break;
            default: act_on_stream();
        }
    }
    world_.queue.after(chance_.between(milliseconds{5}, how.ping_pause_max), [this] { act(); });
}

void attacker::send(std::vector<std::byte> data) {
    world_.net.send(socket_, chance_.chance(0.8) ? server_ : some_server(), std::move(data), {id_, true});
}

std::vector<std::byte> attacker::random_bytes() {
    std::vector<std::byte> data(chance_.below(chance_.chance(0.1) ? 1500 : 64));
    chance_.fill(data);
    if (!data.empty() && chance_.chance(0.7)) {
        data[0] = static_cast<std::byte>(chance_.chance(0.5) ? chance_.below(4) : 0x40 + chance_.below(16));
    }
    if (data.size() >= 8 && chance_.chance(0.7)) store_u32(data, 4, stun::magic_cookie);
    if (data.size() >= 4 && chance_.chance(0.7))
        store_u16(data, 2, static_cast<std::uint16_t>(data.size() - 4));
    return data;
}

std::vector<std::byte> attacker::mutated(std::vector<std::byte> data) {
    if (data.empty()) return random_bytes();
    const auto original = data;
    do {
        data = original;
        const auto changes = chance_.between(1, 4);
        for (std::uint64_t i = 0; i < changes && !data.empty(); ++i) {
            const auto at = static_cast<std::ptrdiff_t>(chance_.below(data.size()));
            switch (chance_.below(6)) {
                case 0:
                    data[static_cast<std::size_t>(at)] ^= static_cast<std::byte>(1U << chance_.below(8));
                    break;
                case 1: data[static_cast<std::size_t>(at)] = static_cast<std::byte>(chance_.next()); break;
                case 2: data.resize(static_cast<std::size_t>(at)); break;
                case 3:
                    data.insert(data.begin() + at, chance_.between(1, 4),
                                static_cast<std::byte>(chance_.next()));
                    break;
                case 4: data.erase(data.begin() + at); break;
                default:
                    // A length that lies: of the message or of an attribute.
                    if (data.size() >= 4)
                        store_u16(data, chance_.chance(0.5) ? 2 : chance_.below(data.size() - 1),
                                  static_cast<std::uint16_t>(chance_.next()));
            }
        }
    } while (data == original);
    return data;
}

std::vector<std::byte> attacker::built_message() {
    static constexpr auto methods = std::to_array<std::uint16_t>({1, 3, 4, 6, 7, 8, 9, 10, 0x7F});
    std::array<std::byte, 2048> buffer;
    stun::transaction_id id;
    chance_.fill(id);
    stun::message_builder body(buffer, static_cast<stun::message_class>(chance_.below(4)),
                               static_cast<stun::method>(methods[chance_.below(methods.size())]), id);
    const auto count = chance_.below(chance_.chance(0.05) ? 64 : 8);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::array<std::byte, 24> value;
        chance_.fill(value);
        const auto size = chance_.chance(0.6) ? std::size_t{4} : chance_.below(value.size());
        const auto type = chance_.chance(0.8) ? chance_.below(0x30) : 0x8000 + chance_.below(0x30);
        if (chance_.chance(0.2)) {
            body.add_xor_address(stun::attribute_type::xor_peer_address, some_peer());
        } else {
            body.add(static_cast<stun::attribute_type>(type), bytes(value).first(size));
        }
    }
    if (chance_.chance(0.5)) body.add_integrity(as_bytes("no key"));
    if (chance_.chance(0.3)) body.add_fingerprint();
    const auto written = body.finish();
    return {written.begin(), written.end()};
}

void attacker::act_as_insider() {
    const auto now = world_.now();
    if (!core_ || chance_.chance(0.02)) {
        turn::client_options options;
        const auto credential = world_.new_credential("mallory");
        options.username = credential.username;
        options.password = credential.password;
        options.keep_alive = false;
        core_.emplace(options, crypto::key_from_seed(chance_.next()));
    }
    static constexpr std::array<std::byte, 40> noise{};
    switch (chance_.below(7)) {
        case 0: {
            turn::allocate_wish wish;
            wish.also_v6 = chance_.chance(0.7);
            wish.lifetime = seconds{chance_.below(5000)};
            if (chance_.chance(0.2)) wish.parity = turn::port_parity::even_and_reserve_next;
            core_->allocate(wish, now, out_);
            break;
        }
        case 1:
            core_->refresh(seconds{chance_.below(3) == 0 ? 0 : chance_.below(4000)}, std::nullopt, now, out_);
            break;
        case 2: core_->create_permission({some_peer(), some_peer()}, now, out_); break;
        case 3: core_->create_permission({some_peer()}, now, out_); break;
        case 4:
            core_->bind_channel(static_cast<std::uint16_t>(0x3FF0 + chance_.below(0x40)), some_peer(), now,
                                out_);
            break;
        default: core_->send(some_peer(), noise, out_); break;
    }
    flush();
}

void attacker::flush() {
    for (const auto& one : out_.transmits) {
        std::vector<std::byte> joined(one.head.begin(), one.head.end());
        joined.insert(joined.end(), one.body.begin(), one.body.end());
        joined.insert(joined.end(), one.padding, std::byte{0});
        world_.net.send(socket_, server_, std::move(joined), {id_, false});
    }
    for (const auto& event : out_.events) {
        const bool about_peer =
            event.method == stun::method::create_permission || event.method == stun::method::channel_bind;
        if (event.what != turn::client_event::kind::done || !about_peer) continue;
        // Permissions are for addresses, so only the address is judged; a port of an own relay may be meant.
        const auto address_only = endpoint{event.address.ip, 1};
        world_.require(world_.may_reach(address_only) || world_.may_reach(event.address) ||
                           world_.is_server_address(event.address.ip),
                       "a denied peer was admitted");
    }
    out_.clear();
    if (core_) timer_.set(core_->deadline());
}

void attacker::act_as_peer() {
    const auto relays = world_.nodes()[chance_.below(world_.nodes().size())]->open_relays();
    if (relays.empty()) return;
    const auto& target = relays[chance_.below(relays.size())];
    auto data = random_bytes();
    if (chance_.chance(0.5))
        data = write_payload({payload::kind::echo, world::first_echo, world::first_participant, 1}, 40);
    world_.net.send(socket_, target, std::move(data), {id_, false});
}

void attacker::act_on_stream() {
    if (!stream_) {
        const endpoint local{at_.ip, static_cast<std::uint16_t>(chance_.between(1024, 65535))};
        stream_ = world_.net.connect(host_, local, server_, *this);
        return;
    }
    if (chance_.chance(0.1)) {
        world_.net.close_stream(*stream_, this);
        stream_.reset();
        return;
    }
    auto data = chance_.chance(0.5) ? built_message() : random_bytes();
    if (chance_.chance(0.3) && !data.empty()) data.resize(chance_.below(data.size()));
    world_.net.write(*stream_, *this, std::move(data), {id_, true});
}

void attacker::stream_closed(stream_id on) {
    if (stream_ == on) stream_.reset();
}

void attacker::receive(socket_id, const packet& in) {
    if (!core_ || stopped_) return;
    core_->handle(in.data, world_.now(), out_);
    flush();
}

}  // namespace conf::sim

#include "tests/fuzz/turn_world.hpp"

#include "tests/turn_verdicts/relay.hpp"

#include <array>

namespace fuzz {

namespace stun = conf::stun;
namespace turn = conf::turn;
using conf::endpoint;
using std::chrono::seconds;
using turn_verdicts::client;

namespace {

constexpr conf::instant start{seconds(1000)};
constexpr std::string_view ada_at = "203.0.113.7:40000";
constexpr std::string_view bob_at = "203.0.113.8:40000";
constexpr std::string_view mallory_at = "203.0.113.7:50000";
constexpr std::string_view stranger_at = "198.51.100.9:9";
constexpr turn::client_socket udp_socket = 1;
constexpr turn::client_socket tcp_socket = 2;
constexpr std::uint16_t to_each_other = 0x4001;
constexpr std::uint16_t to_peer = 0x4002;
/// More than the largest answer to a user who is known.
constexpr std::size_t answer_bytes_max = 512;
constexpr std::size_t request_bytes_max = 8192;

turn::settings world_settings(bool rate_limited) {
    auto made = turn_verdicts::usual_settings(turn_verdicts::deny_list());
    made.policy.own = {turn_verdicts::relay_v4.ip, turn_verdicts::relay_v6.ip};
    made.limits.allocation_bps = 10'000'000;
    made.limits.allocations_per_user = 2;
    made.limits.allocations_total = 4;
    made.limits.unauthenticated_rps = rate_limited ? 2 : 0;
    return made;
}

const turn::identity& world_identity() {
    static const auto made = turn_verdicts::usual_identity();
    return made;
}

}  // namespace

/// What the honest clients send at the start, and what Mallory needs to sign.
struct turn_world::recording {
    struct message {
        endpoint from;
        turn::client_socket socket = 0;
        std::vector<std::byte> payload;
    };
    std::vector<message> messages;
    std::string mallory_nonce;
    stun::long_term_key mallory_md5{stun::password_algorithm::md5, "eve", turn_verdicts::realm,
                                    turn_verdicts::password};
    stun::long_term_key mallory_sha256{stun::password_algorithm::sha256, "eve", turn_verdicts::realm,
                                       turn_verdicts::password};
    std::array<endpoint, 2> relayed;  // Ada's and Bob's, IPv4
    turn::settings settings = world_settings(false);
    turn::settings limited_settings = world_settings(true);

    recording() {
        static_assert(first_port == turn_verdicts::first_port && last_port == turn_verdicts::last_port,
                      "else the same seed draws other ports");
        turn_verdicts::relay server(settings, world_identity());
        server.now = start;
        client ada("ada", ada_at, udp_socket);
        client bob("bob", bob_at, udp_socket);
        client mallory("eve", mallory_at, udp_socket);
        mallory.greet(server);
        mallory_nonce = mallory.nonce();
        const auto send = [&](client& by, stun::method which, const client::add_attributes& add) {
            const auto payload = by.request(which, add);
            messages.push_back({by.remote(), udp_socket, {payload.begin(), payload.end()}});
            server.give(by.datagram(payload));
            require(client::verdict(server) == 0);
        };
        for (auto* by : {&ada, &bob}) {
            by->greet(server);
            send(*by, stun::method::allocate, [](auto& out) {
                out.add_u32(stun::attribute_type::requested_transport, 17U << 24)
                    .add_family(stun::attribute_type::additional_address_family, conf::ip_family::v6);
            });
            const auto answer = stun::message::parse(server.out.transmits.at(0).head);
            relayed[by == &ada ? 0 : 1] =
                stun::read_xor_address(answer->find(stun::attribute_type::xor_relayed_address).value(),
                                       answer->transaction_id())
                    .value();
        }
        const auto bind = [&](client& by, std::uint16_t number, const endpoint& peer) {
            send(by, stun::method::channel_bind, [&](auto& out) {
                out.add_u32(stun::attribute_type::channel_number, std::uint32_t{number} << 16)
                    .add_xor_address(stun::attribute_type::xor_peer_address, peer);
            });
        };
        bind(ada, to_each_other, relayed[1]);
        bind(bob, to_each_other, relayed[0]);
        bind(ada, to_peer, public_peer());
    }
};

const turn_world::recording& turn_world::recorded() {
    static const recording made;
    return made;
}

const endpoint& turn_world::public_peer() {
    static const auto at = endpoint::parse("8.8.8.8:4000").value();
    return at;
}

turn_world::turn_world(bool rate_limited)
    : core_(world_identity(), rate_limited ? recorded().limited_settings : recorded().settings, ports_,
            quotas_),
      now_(start),
      began_(start) {
    core_.set_clock(conf::unix_time(seconds(1'800'000'000)), conf::instant{});
    for (const auto& message : recorded().messages)
        give_recorded(message.from, message.socket, message.payload);
    require(open_.size() == 4);
}

turn::client_datagram turn_world::datagram(who from, bytes payload) const {
    static const std::array remotes{endpoint::parse(stranger_at).value(), endpoint::parse(mallory_at).value(),
                                    endpoint::parse(mallory_at).value(), endpoint::parse(ada_at).value()};
    const bool tcp = from == who::mallory_tcp;
    return {.socket = tcp ? tcp_socket : udp_socket,
            .protocol = tcp ? turn::client_protocol::tcp : turn::client_protocol::udp,
            .remote = remotes[static_cast<std::size_t>(from)],
            .payload = payload};
}

void turn_world::give_recorded(const endpoint& from, turn::client_socket socket, bytes payload) {
    out_.clear();
    core_.handle(
        {.socket = socket, .protocol = turn::client_protocol::udp, .remote = from, .payload = payload}, now_,
        out_);
    settle();
}

void turn_world::give_raw(who from, bytes payload) {
    out_.clear();
    const auto in = datagram(from, payload);
    core_.handle(in, now_, out_);
    check_transmits(&in, turn::unauthenticated_answer_bytes_max);
    require(out_.commands.empty() && out_.events.empty());
}

void turn_world::give_signed(who from, std::uint16_t method, bytes attributes, bool sha256) {
    scratch_.resize(request_bytes_max);
    attributes = attributes.first(std::min<std::size_t>(attributes.size(), 4096) & ~std::size_t{3});
    stun::transaction_id id{};
    conf::store_u32(id, 8, ++sent_);
    stun::message_builder out(scratch_, stun::message_class::request, stun::method{method}, id);
    // Raw bytes in place of attributes: the builder's memory is ours, so they are put where an attribute was
    // written.
    for (std::size_t at = 0; at < attributes.size(); at += 4) out.add(stun::attribute_type::software, {});
    std::ranges::copy(attributes, scratch_.begin() + stun::header_bytes);
    out.add(stun::attribute_type::username, conf::as_bytes("eve"))
        .add(stun::attribute_type::realm, conf::as_bytes(turn_verdicts::realm))
        .add(stun::attribute_type::nonce, conf::as_bytes(recorded().mallory_nonce));
    if (sha256) {
        const auto list = std::to_array<std::byte>({{}, std::byte{2}, {}, {}, {}, std::byte{1}, {}, {}});
        out.add(stun::attribute_type::password_algorithms, list)
            .add(stun::attribute_type::password_algorithm, bytes(list).first(4))
            .add_integrity_sha256(recorded().mallory_sha256.raw());
    } else {
        out.add_integrity(recorded().mallory_md5.raw());
    }
    out_.clear();
    const auto in = datagram(from, out.finish());
    core_.handle(in, now_, out_);
    settle();
    check_transmits(&in, answer_bytes_max);
}

void turn_world::give_peer(turn::relay_id relay, const endpoint& from, bytes payload) {
    out_.clear();
    core_.handle_peer(relay, from, payload, now_, out_);
    check_transmits(nullptr, 0);
}

void turn_world::give_icmp(turn::relay_id relay, const turn::icmp_error& error) {
    out_.clear();
    core_.handle_icmp(relay, error, now_, out_);
    check_transmits(nullptr, 0);
}

void turn_world::pass(std::chrono::milliseconds time) {
    now_ += time;
    out_.clear();
    core_.handle_timeout(now_, out_);
    settle();
    require(out_.transmits.empty());
    require(!core_.deadline() || *core_.deadline() > now_);
}

void turn_world::mallory_leaves() {
    out_.clear();
    core_.handle_client_gone(tcp_socket, endpoint::parse(mallory_at).value(), now_, out_);
    settle();
}

void turn_world::forget_mallory() {
    out_.clear();
    for (const auto socket : {udp_socket, tcp_socket}) {
        core_.handle_client_gone(socket, endpoint::parse(mallory_at).value(), now_, out_);
    }
    settle();
    bindable_ = true;
    // What is due before the honest allocations can be is a reservation of hers.
    while (core_.deadline() && *core_.deadline() < began_ + turn::allocation_lifetime_default) {
        pass(std::chrono::ceil<std::chrono::milliseconds>(
            std::max(*core_.deadline() - now_, conf::duration{0})));
        if (!is_reusable()) return;
    }
}

bool turn_world::is_reusable() const {
    return now_ - began_ < turn::permission_lifetime / 2 && !core_.draining();
}

void turn_world::reconfigure() {
    core_.reconfigure(recorded().settings);
}

/// Carries out what the core asks of its shell, in the order of its contract.
void turn_world::settle() {
    for (std::size_t i = 0; i < out_.commands.size(); ++i) {
        const auto command = out_.commands[i];
        if (command.what == turn::relay_command::action::close) {
            // A port that is still being opened may be closed too; it is not in the list then.
            std::erase(open_, command.relay);
            continue;
        }
        require(std::ranges::find(open_, command.relay) == open_.end());
        if (bindable_) open_.push_back(command.relay);
        core_.handle_relay_opened(command.relay, bindable_, now_, out_);
    }
}

void turn_world::check_transmits(const turn::client_datagram* asked, std::size_t size_max) {
    std::size_t answers = 0;
    for (const auto& sent : out_.transmits) {
        const auto size = sent.head.size() + sent.body.size() + sent.padding;
        if (sent.via == turn::transmit::door::relay) {
            require(!turn::is_denied_address(sent.destination.ip) && sent.destination.port != 0);
            require(sent.destination.ip != turn_verdicts::relay_v4.ip &&
                    sent.destination.ip != turn_verdicts::relay_v6.ip);
            require(std::ranges::find(open_, sent.socket) != open_.end());
        } else if (asked) {
            // An answer goes to the one who asked, and there is one at most.
            require(sent.destination == asked->remote && sent.socket == asked->socket && size <= size_max);
            require(++answers == 1);
        } else if (conf::load_u8(sent.head, 0) < 4) {
            require(stun::header_bytes + conf::load_u16(sent.head, 2) == size);
        }
    }
    // As the shell does after each input; the receiver's policy is its permissions.
    const auto passed = out_.deliveries;
    out_.clear();
    for (const auto& in : passed) core_.handle_delivery(in, now_, out_);
    require(out_.deliveries.empty() && out_.commands.empty());
    for (const auto& sent : out_.transmits) require(sent.via == turn::transmit::door::client);
}

void turn_world::check_honest_pair() {
    if (now_ - began_ >= turn::permission_lifetime) return;
    const auto hello =
        std::to_array<std::byte>({std::byte{0x40}, std::byte{0x01}, {}, std::byte{1}, std::byte{'!'}});
    static const auto bob = endpoint::parse(bob_at).value();
    out_.clear();
    core_.handle(datagram(who::ada, hello), now_, out_);
    require(out_.deliveries.size() == 1 && out_.transmits.empty());
    const auto passed = out_.deliveries[0];
    core_.handle_delivery(passed, now_, out_);
    require(out_.transmits.size() == 1 && out_.transmits[0].destination == bob);
    require(std::ranges::equal(out_.transmits[0].head, bytes(hello).first(4)));
    require(std::ranges::equal(out_.transmits[0].body, bytes(hello).subspan(4)));

    out_.clear();
    core_.handle_peer(open_.front(), public_peer(), hello, now_, out_);
    require(out_.transmits.size() == 1 && out_.transmits[0].destination == datagram(who::ada, {}).remote);
    require(conf::load_u16(out_.transmits[0].head, 0) == to_peer);
}

void turn_world::check_all_free() {
    pass(std::chrono::hours(2));
    require(core_.empty() && open_.empty() && ports_.in_use() == 0);
    require(quotas_.total() == 0 && quotas_.users() == 0);
    require(!core_.deadline());
    for (std::uint16_t port = first_port; port <= last_port; ++port) {
        require(!ports_.owner(conf::ip_family::v4, port) && !ports_.owner(conf::ip_family::v6, port));
    }
}

}  // namespace fuzz

/// SEC-TURN-9: random operations in virtual time, judged by a model that shares no code with the core.
#include "tests/turn/fixture.hpp"

#include <map>
#include <random>
#include <set>
#include <tuple>

namespace conf::turn::test {
namespace {

/// RFC 8656 §9 and §12 in the fewest words. Times are plain microseconds.
class model {
public:
    std::int64_t now = 0;

    bool permitted(const std::string& ip) const {
        const auto found = permissions_.find(ip);
        return found != permissions_.end() && now < found->second;
    }

    void permit(const std::string& ip) { permissions_[ip] = now + 300'000'000; }

    /// Whether the server must agree.
    bool bind(std::uint16_t number, const std::string& ip, std::uint16_t port) {
        for (const auto& [known_number, known_ip, known_port, until] : channels_) {
            const bool same_number = known_number == number;
            const bool same_peer = known_ip == ip && known_port == port;
            const bool reserved = now < until + 300'000'000;
            if (same_number != same_peer && reserved) return false;
        }
        std::erase_if(channels_, [&](const auto& known) {
            return std::get<0>(known) == number || (std::get<1>(known) == ip && std::get<2>(known) == port);
        });
        channels_.emplace_back(number, ip, port, now + 600'000'000);
        permit(ip);
        return true;
    }

    std::optional<std::pair<std::string, std::uint16_t>> peer_of(std::uint16_t number) const {
        for (const auto& [known_number, ip, port, until] : channels_) {
            if (known_number == number && now < until) return std::pair(ip, port);
        }
        return std::nullopt;
    }

    std::optional<std::uint16_t> number_of(const std::string& ip, std::uint16_t port) const {
        for (const auto& [number, known_ip, known_port, until] : channels_) {
            if (known_ip == ip && known_port == port && now < until) return number;
        }
        return std::nullopt;
    }

    void clear() {
        permissions_.clear();
        channels_.clear();
    }

    std::optional<std::int64_t> expires;  // of the allocation

private:
    std::map<std::string, std::int64_t> permissions_;
    std::vector<std::tuple<std::uint16_t, std::string, std::uint16_t, std::int64_t>> channels_;
};

const std::vector<std::string> addresses{"9.9.9.1", "9.9.9.2", "9.9.9.3", "2620:fe::9", "10.0.0.1"};

struct client_under_test {
    visitor who;
    model expected;
    std::map<ip_family, relay_id> relays;
};

struct run {
    explicit run(std::uint64_t seed) : dice(seed) {
        for (std::uint16_t i = 0; i < 2; ++i) {
            clients[i].who.remote.port = static_cast<std::uint16_t>(1000 + i);
            clients[i].expected.now = fix.now.time_since_epoch().count();
        }
    }

    std::uint64_t below(std::uint64_t bound) { return dice() % bound; }

    void pass_time(std::int64_t by) {
        fix.advance(std::chrono::microseconds(by));
        for (auto& one : clients) {
            auto& m = one.expected;
            m.now += by;
            if (m.expires && *m.expires <= m.now) {
                m.expires.reset();
                m.clear();
            }
        }
    }

    void step() {
        auto& one = clients[below(2)];
        auto& m = one.expected;
        one.who.nonce.clear();
        const auto ip_text = addresses[below(addresses.size())];
        const auto port = static_cast<std::uint16_t>(4000 + below(2));
        const endpoint peer{ip(ip_text), port};
        const bool denied = ip_text == "10.0.0.1";
        const auto number = static_cast<std::uint16_t>(0x3FFF + below(5));
        const auto code = [&](int otherwise) { return !m.expires ? 437 : denied ? 403 : otherwise; };
        switch (below(9)) {
            case 0: {
                const auto got = fix.allocate(one.who, family(attribute_type::additional_address_family, 2));
                REQUIRE(got.error() == (m.expires ? 437 : 0));
                if (m.expires) break;
                m.expires = m.now + 600'000'000;
                for (const auto& relayed : got.relayed()) {
                    for (const auto& [relay, bound] : fix.open) {
                        if (bound == relayed) one.relays[relayed.ip.family()] = relay;
                    }
                }
                break;
            }
            case 1: {
                const auto wanted = static_cast<std::uint32_t>(below(8) == 0 ? 0 : 600 + below(1200));
                REQUIRE(fix.refresh(one.who, wanted).error() == (m.expires ? 0 : 437));
                if (!m.expires) break;
                m.expires = m.now + std::int64_t{wanted} * 1'000'000;
                if (wanted == 0) {
                    m.expires.reset();
                    m.clear();
                }
                break;
            }
            case 2:
                REQUIRE(fix.permit(one.who, {peer}).error() == code(0));
                if (code(0) == 0) m.permit(ip_text);
                break;
            case 3: {
                const bool bad_number = number < 0x4000;
                const auto got = fix.bind(one.who, number, peer).error();
                if (!m.expires) {
                    REQUIRE(got == 437);
                } else if (bad_number) {
                    REQUIRE(got == 400);
                } else if (denied) {
                    REQUIRE(got == 403);
                } else {
                    REQUIRE(got == (m.bind(number, ip_text, port) ? 0 : 400));
                }
                break;
            }
            case 4: {
                const auto got = fix.send(one.who, peer, "indication");
                const bool expected = m.expires && m.permitted(ip_text);
                REQUIRE(got.size() == (expected ? 1 : 0));
                if (expected) {
                    CHECK(got[0].destination == peer);
                    CHECK(got[0].socket == one.relays.at(peer.ip.family()));
                }
                break;
            }
            case 5: {
                const auto got = fix.send_channel(one.who, number, "channel");
                const auto to = m.expires ? m.peer_of(number) : std::nullopt;
                const bool expected = to && m.permitted(to->first);
                REQUIRE(got.size() == (expected ? 1 : 0));
                if (expected) REQUIRE(got[0].destination == endpoint{ip(to->first), to->second});
                break;
            }
            case 6: {
                if (!m.expires) break;
                const auto got = fix.receive_peer(one.relays.at(peer.ip.family()), peer, "from peer");
                REQUIRE(got.size() == (m.permitted(ip_text) ? 1 : 0));
                if (got.empty()) break;
                REQUIRE(got[0].destination == one.who.remote);
                const auto channel = m.number_of(ip_text, port);
                if (channel) {
                    REQUIRE(load_u16(got[0].data, 0) == *channel);
                } else {
                    REQUIRE(got[0].message().method() == method::data);
                }
                break;
            }
            case 7: pass_time(static_cast<std::int64_t>(below(60'000'000))); break;
            default: {
                // Exactly to a boundary, or one microsecond beside it.
                const auto unit = std::int64_t{300'000'000} * static_cast<std::int64_t>(below(4));
                pass_time(below(6) == 0 ? unit + static_cast<std::int64_t>(below(3)) : 1);
            }
        }
        std::uint64_t alive = 0;
        for (const auto& c : clients) alive += c.expected.expires ? 1 : 0;
        REQUIRE(fix.core.count().allocations == alive);
    }

    std::mt19937_64 dice;
    fixture fix;
    std::array<client_under_test, 2> clients;
};

}  // namespace

TEST_CASE("random operations agree with the model", "[turn]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        run one(seed);
        for (int i = 0; i < 400; ++i) {
            INFO("step " << i);
            one.step();
        }
    }
}

}  // namespace conf::turn::test

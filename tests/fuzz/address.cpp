// Addresses, endpoints and prefixes: what is read from text and written again is the same, and so for raw
// bytes.
#include "libconf/base/ip_address.hpp"
#include "libconf/turn/peer_policy.hpp"
#include "tests/fuzz/target.hpp"

#include <string>

namespace fuzz {
namespace {

using conf::endpoint;
using conf::ip_address;
using conf::ip_prefix;

constexpr std::size_t text_bytes_max = 64;  // "[" 45 "]:65535" and some

void check_text(std::string_view text) {
    if (const auto ip = ip_address::parse(text)) {
        require(ip_address::parse(ip->to_string()) == ip);
        require(!ip->is_loopback() || conf::turn::is_denied_address(*ip));
        require(!ip->is_multicast() || conf::turn::is_denied_address(*ip));
        require(!ip->is_link_local() || conf::turn::is_denied_address(*ip));
        require(!ip->is_unspecified() || conf::turn::is_denied_address(*ip));
    }
    if (const auto at = endpoint::parse(text)) require(endpoint::parse(at->to_string()) == at);
    if (const auto prefix = ip_prefix::parse(text)) {
        require(ip_prefix::parse(prefix->to_string()) == prefix);
        require(prefix->contains(prefix->network));
        require(prefix->length <= prefix->network.raw().size() * 8);
    }
}

void check_raw(bytes raw, std::uint8_t length, std::uint16_t port) {
    const auto ip = ip_address::from_bytes(raw);
    const auto text = ip.to_string();
    require(text.size() < text_bytes_max && ip_address::parse(text) == ip);
    const endpoint at{ip, port};
    require(endpoint::parse(at.to_string()) == at);
    const auto prefix = ip_prefix::parse(text + "/" + std::to_string(length));
    require(!prefix || (prefix->contains(ip) && length <= raw.size() * 8));
    require(conf::hash_of(at, 1) == conf::hash_of(endpoint{ip, port}, 1));
}

}  // namespace

void target::address(bytes input) {
    check_text(conf::as_text(input.first(std::min(input.size(), text_bytes_max))));
    source in(input);
    const auto length = in.u8();
    const auto port = in.u16();
    if (const auto raw = in.take(4); raw.size() == 4) check_raw(raw, length, port);
    if (const auto raw = in.take(16); raw.size() == 16) check_raw(raw, length, port);
}

}  // namespace fuzz

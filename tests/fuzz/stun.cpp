// STUN messages: what parses is inside its bytes (SEC-TURN-8), and written anew it is the same message.
#include "libconf/stun/attributes.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "tests/fuzz/target.hpp"

#include <array>
#include <tuple>

namespace fuzz {
namespace {

using namespace conf::stun;

void read_every_way(const attribute& found, const conf::stun::transaction_id& id) {
    std::array<std::byte, address_value_bytes_max> again{};
    if (const auto at = read_xor_address(found.value, id)) {
        const auto size = write_xor_address(again, *at, id);
        require(size == found.value.size() && read_xor_address(bytes(again).first(size), id) == at);
    }
    if (const auto code = read_error_code(found.value)) require(*code >= 300 && *code < 700);
    std::ignore = read_address(found.value);
    std::ignore = read_u32(found.value);
    std::ignore = read_channel_number(found.value);
    std::ignore = read_requested_transport(found.value);
    std::ignore = read_address_family(found.value);
    std::ignore = read_even_port(found.value);
    std::ignore = read_password_algorithm(found.value);
}

}  // namespace

void target::stun(bytes input) {
    const auto in = message::parse(input);
    require(!in || looks_like_stun(input));
    if (!in) return;
    static std::array<std::byte, 65536 + 64> memory;
    static constexpr auto key = std::to_array({std::byte{'k'}, std::byte{'e'}, std::byte{'y'}});

    message_builder out(memory, in->type(), in->method(), in->transaction_id());
    std::size_t attributes = 0;
    in->for_each([&](const attribute& found) {
        require(found.value.data() >= input.data() &&
                found.value.data() + found.value.size() <= input.data() + input.size());
        require(in->find(found.type).has_value());
        read_every_way(found, in->transaction_id());
        out.add(found.type, found.value);
        ++attributes;
    });
    require(attributes <= attributes_max);
    const auto bare = out.finish().size();
    require(bare <= input.size());

    const bool genuine = integrity_holds(*in, key) || integrity_sha256_holds(*in, key);
    require(!genuine || in->integrity_at() || in->integrity_sha256_at());
    if (in->integrity_at()) out.add_integrity(key);
    if (in->integrity_sha256_at()) out.add_integrity_sha256(key);
    if (in->fingerprint_at()) out.add_fingerprint();
    const auto again = message::parse(out.finish());
    require(again.has_value());
    require(again->type() == in->type() && again->method() == in->method());
    require(integrity_holds(*again, key) == in->integrity_at().has_value());
    require(integrity_sha256_holds(*again, key) == in->integrity_sha256_at().has_value());
    require(fingerprint_holds(*again) == in->fingerprint_at().has_value());
    again->for_each([&](const attribute& found) {
        require(std::ranges::equal(*in->find(found.type), *again->find(found.type)));
    });
}

}  // namespace fuzz

#include "libconf/srtp/keys.hpp"

#include "tests/srtp/packets.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace conf;

namespace {

std::vector<std::byte> from_hex(std::string_view text) {
    std::vector<std::byte> made;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        made.push_back(static_cast<std::byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return made;
}

std::vector<std::byte> derived(const srtp::master_key& from, srtp::key_label label, std::size_t size) {
    std::vector<std::byte> out(size);
    srtp::derive(from, label, out);
    return out;
}

}  // namespace

TEST_CASE("session keys as in RFC 3711 B.3", "[srtp]") {
    const srtp::master_key master(srtp::profile::aes128_cm_sha1_80,
                                  from_hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
                                  from_hex("0EC675AD498AFEEBB6960B3AABE6"));
    using enum srtp::key_label;
    CHECK(derived(master, encryption, 16) == from_hex("C61E7A93744F39EE10734AFE3FF7A087"));
    CHECK(derived(master, salt, 14) == from_hex("30CBBC08863D8C85D49DB34A9AE1"));
    CHECK(derived(master, authentication, 20) == from_hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

TEST_CASE("exported keys are cut as RFC 5764 4.2 says", "[srtp]") {
    for (const auto which : test::profiles) {
        INFO(srtp::name_of(which));
        const auto [key, salt, tag] = srtp::sizes_of(which);
        std::vector<std::byte> exported;
        const auto append = [&](std::size_t count, int value) {
            exported.insert(exported.end(), count, static_cast<std::byte>(value));
        };
        append(key, 1);   // client key
        append(key, 2);   // server key
        append(salt, 3);  // client salt
        append(salt, 4);  // server salt
        REQUIRE(exported.size() == srtp::exported_bytes(which));
        const auto as_server = srtp::split_exported(which, exported, false);
        CHECK(as_server.inbound.key()[0] == std::byte{1});
        CHECK(as_server.inbound.salt()[salt - 1] == std::byte{3});
        CHECK(as_server.outbound.key()[key - 1] == std::byte{2});
        CHECK(as_server.outbound.salt()[0] == std::byte{4});
        const auto as_client = srtp::split_exported(which, exported, true);
        CHECK(std::ranges::equal(as_client.inbound.key(), as_server.outbound.key()));
        CHECK(std::ranges::equal(as_client.outbound.salt(), as_server.inbound.salt()));
    }
}

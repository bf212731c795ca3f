#include "libconf/srtp/protector.hpp"

#include "tests/srtp/packets.hpp"

#include <catch2/catch.hpp>

using namespace conf;

TEST_CASE("every protector writes what libsrtp writes", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(1));
    const auto oracle = srtp::make_libsrtp_protector();
    for (const auto name : srtp::protector_names()) {
        const auto protector = srtp::make_protector(name);
        REQUIRE(protector);
        for (const auto which : test::profiles) {
            INFO(name << ' ' << srtp::name_of(which));
            const auto tag = srtp::sizes_of(which).tag;
            const auto master = test::random_key(which, random);
            const auto ours = protector->make_key(master);
            const auto theirs = oracle->make_key(master);
            std::uint64_t index = 65'400;  // crosses into the next roll-over
            for (int i = 0; i < 300; ++i, ++index) {
                const auto header =
                    test::rtp_header(0x12345678, static_cast<std::uint16_t>(index), random.below(6), random);
                const auto payload = test::random_bytes(random, random.below(1400));
                const auto expected = test::protect_one(*oracle, *theirs, header, payload, index, tag);
                REQUIRE(test::protect_one(*protector, *ours, header, payload, index, tag) == expected);
            }
        }
    }
}

TEST_CASE("a prefix is encrypted as the beginning of the payload", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(4));
    for (const auto name : srtp::protector_names()) {
        const auto protector = srtp::make_protector(name);
        REQUIRE(protector);
        for (const auto which : test::profiles) {
            const auto tag = srtp::sizes_of(which).tag;
            const auto master = test::random_key(which, random);
            const auto whole = protector->make_key(master);
            const auto in_parts = protector->make_key(master);
            std::uint64_t next = 0;
            // Around the ciphers' blocks of 16 bytes, up to a payload that is all prefix.
            for (const auto prefix : std::vector<std::size_t>{0, 1, 2, 5, 15, 16, 17, 31, 32, 33, 63, 64}) {
                for (const auto rest : std::vector<std::size_t>{0, 1, 15, 16, 17, 1100}) {
                    INFO(name << ' ' << srtp::name_of(which) << ' ' << prefix << " + " << rest);
                    const std::uint64_t index = ++next;
                    const auto header =
                        test::rtp_header(7, static_cast<std::uint16_t>(index), rest % 3, random);
                    const auto payload = test::random_bytes(random, prefix + rest);
                    const auto expected = test::protect_one(*protector, *whole, header, payload, index, tag);
                    REQUIRE(test::protect_one(*protector, *in_parts, header, payload, index, tag, prefix) ==
                            expected);
                }
            }
        }
    }
}

TEST_CASE("a batch is what its packets are one by one", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(2));
    for (const auto name : srtp::protector_names()) {
        const auto protector = srtp::make_protector(name);
        REQUIRE(protector);
        INFO(name);
        constexpr std::size_t receivers = 50;
        const auto payload = test::random_bytes(random, 1171);
        std::vector<srtp::master_key> masters;
        std::vector<std::unique_ptr<srtp::sending_key>> keys;
        std::vector<std::vector<std::byte>> headers;
        std::vector<std::vector<std::byte>> outs;
        std::vector<srtp::job> jobs;
        for (std::size_t i = 0; i < receivers; ++i) {
            masters.push_back(test::random_key(test::profiles.at(i % 3), random));
            keys.push_back(protector->make_key(masters.back()));
            headers.push_back(test::rtp_header(static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(i),
                                               i % 3, random));
            outs.emplace_back(headers.back().size() + payload.size() + srtp::tag_bytes_max);
        }
        for (std::size_t i = 0; i < receivers; ++i)
            jobs.push_back({keys[i].get(), headers[i], {}, payload, i, outs[i].data()});
        protector->protect(jobs);
        for (std::size_t i = 0; i < receivers; ++i) {
            const auto tag = srtp::sizes_of(masters[i].profile()).tag;
            const auto again = protector->make_key(masters[i]);
            outs[i].resize(headers[i].size() + payload.size() + tag);
            CHECK(test::protect_one(*protector, *again, headers[i], payload, i, tag) == outs[i]);
        }
    }
}

TEST_CASE("protectors have names", "[srtp]") {
    CHECK_FALSE(srtp::make_protector("rot13"));
    REQUIRE(srtp::make_protector("auto"));
    CHECK(srtp::make_protector("evp")->name() == "evp");
}

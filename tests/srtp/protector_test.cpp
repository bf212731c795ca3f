#include "libconf/srtp/protector.hpp"

#include "tests/srtp/packets.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

using namespace conf;

namespace {

struct packet {
    std::vector<std::byte> header;
    std::vector<std::byte> payload;
    std::uint64_t index = 0;

    [[nodiscard]] std::size_t size_with(std::size_t tag) const {
        return header.size() + payload.size() + tag;
    }
};

/// Of one stream: every length of payload up to a full packet, with every number of CSRCs, with and without
/// header extensions, over several roll-overs.
std::vector<packet> packets_of_all_lengths(crypto::keyed_random& random) {
    std::vector<packet> made;
    std::uint64_t index = 60'000;
    for (std::size_t size = 0; size <= 1500; ++size, index += 97) {
        made.push_back(
            {test::rtp_header(0x12345678, static_cast<std::uint16_t>(index), size % 7, random, size % 16),
             test::random_bytes(random, size), index});
    }
    return made;
}

std::vector<std::byte> joined(const std::vector<std::vector<std::byte>>& packets) {
    std::vector<std::byte> all;
    for (const auto& one : packets) all.insert(all.end(), one.begin(), one.end());
    return all;
}

constexpr std::byte untouched{0xA5};

/// Room for packets without a gap, as the engine has it, with a margin that nobody may write to.
class tight_room {
public:
    explicit tight_room(std::size_t size) : data_(margin + size + margin, untouched) {}
    [[nodiscard]] std::byte* take(std::size_t size) {
        used_ += size;
        return data_.data() + used_ - size;
    }
    /// Holds what was expected, and nothing beside it was written to.
    [[nodiscard]] bool holds(bytes expected) const {
        const std::vector<std::byte> whole_margin(margin, untouched);
        return same(bytes(data_).first(margin), whole_margin) &&
               same(bytes(data_).last(margin), whole_margin) &&
               same(bytes(data_).subspan(margin, used_ - margin), expected);
    }

private:
    // std::ranges::equal takes seconds where nothing is optimised.
    static bool same(bytes a, bytes b) {
        return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
    }

    static constexpr std::size_t margin = 128;
    std::vector<std::byte> data_;
    std::size_t used_ = margin;
};

}  // namespace

TEST_CASE("every protector writes what libsrtp writes", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(1));
    const auto packets = packets_of_all_lengths(random);
    const auto protectors = test::protectors_here();
    const auto oracle = srtp::make_libsrtp_protector();
    for (const auto which : test::profiles) {
        const auto tag = srtp::sizes_of(which).tag;
        const auto master = test::random_key(which, random);
        const auto theirs = oracle->make_key(master);
        std::vector<std::vector<std::byte>> expected;
        for (const auto& one : packets) {
            expected.push_back(test::protect_one(*oracle, *theirs, one.header, one.payload, one.index, tag));
        }
        const auto all_expected = joined(expected);
        for (const auto& [name, protector] : protectors) {
            if (name == "libsrtp") continue;
            INFO(name << ' ' << srtp::name_of(which));
            const auto ours = protector->make_key(master);
            for (std::size_t i = 0; i < packets.size(); ++i) {
                const auto& one = packets[i];
                tight_room room(one.size_with(tag));
                const srtp::job alone{ours.get(),  one.header, {},
                                      one.payload, one.index,  room.take(one.size_with(tag))};
                protector->protect(std::span(&alone, 1));
                INFO(one.payload.size() << " bytes of payload");
                REQUIRE(room.holds(expected[i]));
            }
            // The second time all at once, as a repetition: the same index gives the same packet.
            tight_room room(all_expected.size());
            std::vector<srtp::job> jobs;
            for (const auto& one : packets) {
                jobs.push_back(
                    {ours.get(), one.header, {}, one.payload, one.index, room.take(one.size_with(tag))});
            }
            protector->protect(jobs);
            REQUIRE(room.holds(all_expected));
        }
    }
}

TEST_CASE("a prefix is encrypted as the beginning of the payload", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(4));
    for (const auto& [name, protector] : test::protectors_here()) {
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

TEST_CASE("one packet goes to a thousand receivers in one call, each with a key of its own", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(2));
    constexpr std::size_t receivers = 1000;
    const auto payload = test::random_bytes(random, 1171);
    const auto shared = payload;
    const auto reference = srtp::make_evp_protector();
    std::vector<srtp::master_key> masters;
    std::vector<std::vector<std::byte>> headers;
    std::vector<std::vector<std::byte>> expected;
    for (std::size_t i = 0; i < receivers; ++i) {
        const auto which = test::profiles.at(random.below(3));
        masters.push_back(test::random_key(which, random));
        headers.push_back(
            test::rtp_header(static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(i), i % 3, random));
        const auto key = reference->make_key(masters[i]);
        expected.push_back(
            test::protect_one(*reference, *key, headers[i], payload, i, srtp::sizes_of(which).tag));
    }
    const auto all_expected = joined(expected);
    for (const auto& [name, protector] : test::protectors_here()) {
        INFO(name);
        std::vector<std::unique_ptr<srtp::sending_key>> keys;
        for (const auto& one : masters) keys.push_back(protector->make_key(one));
        tight_room room(all_expected.size());
        std::vector<srtp::job> jobs;
        for (std::size_t i = 0; i < receivers; ++i) {
            const auto prefix = i % 9;  // what each receiver has of its own
            jobs.push_back({keys[i].get(), headers[i], bytes(payload).first(prefix),
                            bytes(payload).subspan(prefix), i, room.take(expected[i].size())});
        }
        protector->protect(jobs);
        CHECK(room.holds(all_expected));
        CHECK(payload == shared);
    }
}

TEST_CASE("a batch of any size is what its packets are one by one", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(3));
    // Over what is hashed side by side (up to 16) and what is done at once (64).
    std::vector<std::size_t> counts{31, 32, 33, 63, 64, 65, 66, 67, 127, 128, 129, 300};
    for (std::size_t i = 0; i < 20; ++i) counts.push_back(i);
    const auto reference = srtp::make_evp_protector();
    for (const auto& [name, protector] : test::protectors_here()) {
        for (const auto which : test::profiles) {
            const auto tag = srtp::sizes_of(which).tag;
            const auto master = test::random_key(which, random);
            const auto ours = protector->make_key(master);
            const auto theirs = reference->make_key(master);
            std::uint64_t index = 0;
            for (const auto count : counts) {
                INFO(name << ' ' << srtp::name_of(which) << ' ' << count);
                std::vector<packet> packets;
                std::vector<std::vector<std::byte>> expected;
                std::size_t size = 0;
                for (std::size_t i = 0; i < count; ++i, ++index) {
                    packets.push_back(
                        {test::rtp_header(1, static_cast<std::uint16_t>(index), 0, random),
                         test::random_bytes(random, random.below(5) == 0 ? 0 : random.below(90)), index});
                    expected.push_back(test::protect_one(*reference, *theirs, packets[i].header,
                                                         packets[i].payload, index, tag));
                    size += expected.back().size();
                }
                tight_room room(size);
                std::vector<srtp::job> jobs;
                for (const auto& one : packets) {
                    jobs.push_back(
                        {ours.get(), one.header, {}, one.payload, one.index, room.take(one.size_with(tag))});
                }
                protector->protect(jobs);
                REQUIRE(room.holds(joined(expected)));
            }
        }
    }
}

TEST_CASE("packets longer than any from a socket", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(5));
    const auto reference = srtp::make_evp_protector();
    for (const auto& [name, protector] : test::protectors_here()) {
        if (name == "libsrtp") continue;  // has limits of its own
        for (const auto which : test::profiles) {
            const auto tag = srtp::sizes_of(which).tag;
            const auto master = test::random_key(which, random);
            const auto ours = protector->make_key(master);
            const auto theirs = reference->make_key(master);
            // What AES-CM hashes side by side ends with 16 KiB.
            for (const auto size : std::vector<std::size_t>{16'384, 16'385, 65'535, 65'536, 70'000}) {
                INFO(name << ' ' << srtp::name_of(which) << ' ' << size);
                const auto header = test::rtp_header(1, static_cast<std::uint16_t>(size), 0, random);
                const auto payload = test::random_bytes(random, size - header.size());
                const auto index = std::uint64_t{static_cast<std::uint16_t>(size)};
                const auto expected = test::protect_one(*reference, *theirs, header, payload, index, tag);
                std::vector<std::vector<std::byte>> outs(20, std::vector<std::byte>(expected.size()));
                std::vector<srtp::job> jobs;
                for (auto& out : outs) jobs.push_back({ours.get(), header, {}, payload, index, out.data()});
                protector->protect(jobs);
                CHECK(std::ranges::count(outs, expected) == 20);
            }
        }
    }
}

TEST_CASE("the last index of a key is protected like any other", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(6));
    const auto reference = srtp::make_evp_protector();
    for (const auto& [name, protector] : test::protectors_here()) {
        if (name == "libsrtp") continue;  // counts by itself, from 0
        for (const auto which : test::profiles) {
            INFO(name << ' ' << srtp::name_of(which));
            const auto tag = srtp::sizes_of(which).tag;
            const auto master = test::random_key(which, random);
            const auto header = test::rtp_header(1, 0xFFFF, 1, random);
            const auto payload = test::random_bytes(random, 99);
            const auto ours = protector->make_key(master);
            const auto theirs = reference->make_key(master);
            const auto last = srtp::index_end - 1;
            CHECK(test::protect_one(*protector, *ours, header, payload, last, tag) ==
                  test::protect_one(*reference, *theirs, header, payload, last, tag));
        }
    }
}

TEST_CASE("protectors have names", "[srtp]") {
    CHECK_FALSE(srtp::make_protector("rot13"));
    CHECK(srtp::make_protector("evp")->name() == "evp");
    const auto chosen = srtp::make_protector("auto");
    REQUIRE(chosen);
    const auto fastest = srtp::make_ipsec_mb_protector();
    CHECK(chosen->name() == (fastest ? "ipsec_mb" : "evp"));
}

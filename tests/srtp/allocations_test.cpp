// Protecting a packet allocates nothing, from the first one on.
#include "tests/rtp/allocation_counter.hpp"
#include "tests/srtp/packets.hpp"

#include <catch2/catch.hpp>

using namespace conf;

TEST_CASE("no protector of our own allocates for a packet", "[srtp]") {
    crypto::keyed_random random(crypto::key_from_seed(1));
    for (const auto& [name, protector] : test::protectors_here()) {
        INFO(name);
        std::vector<std::unique_ptr<srtp::sending_key>> keys;
        std::vector<srtp::job> jobs;
        const auto header = test::rtp_header(1, 1, 2, random);
        const auto payload = test::random_bytes(random, 900);
        std::vector<std::vector<std::byte>> outs(300, std::vector<std::byte>(1000));
        for (auto& out : outs) {
            const auto which = test::profiles.at(keys.size() % 3);
            keys.push_back(protector->make_key(test::random_key(which, random)));
            jobs.push_back({keys.back().get(), header, {}, payload, 1, out.data()});
        }
        const auto before = allocations::so_far();
        protector->protect(jobs);
        CHECK(allocations::so_far() == before);
    }
}

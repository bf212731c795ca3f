// Our controlling agent against our own lite agent, with a network that the test holds in its hands.
#include "libconf/media/ice_client.hpp"

#include "libconf/ice/lite_agent.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;
using namespace conf;
using media::ice_client;
using media::ice_state;

const ice::credentials ours{"ourUfrag", "ourPwd0123456789ourPwd0123456789"};
const ice::credentials theirs{"srvUfrag", "srvPwd0123456789srvPwd0123456789"};

endpoint at(std::uint16_t port) {
    return {*ip_address::parse("192.0.2.1"), port};
}

/// A client and the agent that it should find; checks that go elsewhere are lost.
struct call {
    explicit call(std::vector<endpoint> candidates, endpoint server = at(1000))
        : client(ours, theirs, candidates, crypto::key_from_seed(1)),
          agent(theirs, ours.ufrag, now),
          home(server) {
        client.start(now, out);
    }
    /// Whether the agent answered each check that reached it.
    void carry() {
        const auto batch = std::exchange(out, {});
        for (const auto& one : batch) {
            checks.emplace_back(now, one.to);
            if (one.to != home || cut) continue;
            const auto read = stun::message::parse(one.whole());
            REQUIRE(read);
            std::array<std::byte, ice::lite_agent::answer_bytes_max> buffer;
            const auto told = agent.handle(*read, {1, at(40'000)}, now, buffer);
            REQUIRE(told.verdict == ice::lite_agent::verdict::answered);
            client.handle(told.answer, home, now, out);
        }
        if (!out.empty()) carry();
    }
    void wait(duration time) {
        const auto end = now + time;
        for (;;) {
            carry();
            const auto due = client.deadline();
            if (!due || *due > end) break;
            REQUIRE(*due >= now);
            now = *due;
            client.handle_timeout(now, out);
        }
        now = end;
    }

    instant now{1h};
    ice_client client;
    ice::lite_agent agent;
    endpoint home;
    bool cut = false;
    ice_client::outputs out;
    std::vector<std::pair<instant, endpoint>> checks;
};

}  // namespace

TEST_CASE("ice client: the server's candidate answers and is nominated") {
    call one({at(1000)});
    one.wait(0s);
    REQUIRE(one.client.state() == ice_state::connected);
    CHECK(one.client.selected() == at(1000));
    CHECK(one.checks.size() == 2);  // RFC 8445 §8.1.1: a check, then the same with USE-CANDIDATE
    REQUIRE(one.agent.selected());
    CHECK(one.agent.selected()->remote == at(40'000));
}

TEST_CASE("ice client: candidates are tried in order, 50 ms apart, until one answers") {
    call one({at(1), at(2), at(1000), at(3)});
    const auto began = one.now;
    one.wait(1s);
    REQUIRE(one.client.state() == ice_state::connected);
    CHECK(one.client.selected() == at(1000));
    REQUIRE(one.checks.size() == 4);
    CHECK(one.checks[1] == std::pair{began + 50ms, at(2)});
    CHECK(one.checks[2] == std::pair{began + 100ms, at(1000)});
    CHECK(one.checks[3] == std::pair{began + 100ms, at(1000)});
}

TEST_CASE("ice client: a lost check is repeated, doubled each time, seven times in all") {
    call one({at(1000)});
    one.cut = true;
    SECTION("until it gets through") {
        one.wait(1400ms);
        CHECK(one.checks.size() == 2);
        one.cut = false;
        one.wait(200ms);
        CHECK(one.client.state() == ice_state::connected);
    }
    SECTION("or fails") {
        one.wait(63s);
        CHECK(one.client.state() == ice_state::checking);
        one.wait(2s);
        CHECK(one.checks.size() == 7);
        CHECK(one.client.state() == ice_state::failed);
        CHECK_FALSE(one.client.deadline());
    }
}

TEST_CASE("ice client: no more candidates are tried than the limit") {
    const auto count = GENERATE(std::size_t{0}, std::size_t{1}) + ice_client::candidates_max;
    std::vector<endpoint> many;
    for (std::size_t i = 0; i < count; ++i) many.push_back(at(static_cast<std::uint16_t>(i + 1)));
    call one(many);
    one.wait(850ms);
    std::vector<endpoint> tried;
    for (const auto& [when, to] : one.checks) {
        if (std::ranges::find(tried, to) == tried.end()) tried.push_back(to);
    }
    CHECK(tried.size() == ice_client::candidates_max);
}

TEST_CASE("ice client: consent is asked for about every 5 s, and lost 30 s after the last answer") {
    call one({at(1000)});
    one.wait(300s);
    CHECK(one.client.state() == ice_state::connected);
    CHECK(one.checks.size() > 2 + 50 - 10);
    CHECK(one.checks.size() < 2 + 75);
    CHECK(one.agent.has_consent());
    one.cut = true;
    one.wait(23s);
    CHECK(one.client.state() == ice_state::connected);
    one.wait(8s);
    CHECK(one.client.state() == ice_state::failed);
}

TEST_CASE("ice client: what is no answer to a check changes nothing") {
    call one({at(1000)});
    REQUIRE(one.out.size() == 1);
    const auto request = one.out.front();
    one.out.clear();
    const auto asked = stun::message::parse(request.whole());
    REQUIRE(asked);
    struct row {
        std::string why;
        stun::message_class type;
        bool same_id;
        std::string_view pwd;
        endpoint from;
        bool accepted;
    };
    const auto rows = std::vector<row>{
        {"another id", stun::message_class::success_response, false, theirs.pwd, at(1000), false},
        {"signed by nobody we know", stun::message_class::success_response, true, ours.pwd, at(1000), false},
        {"from elsewhere", stun::message_class::success_response, true, theirs.pwd, at(1001), false},
        {"a request", stun::message_class::request, true, theirs.pwd, at(1000), false},
        {"an indication", stun::message_class::indication, true, theirs.pwd, at(1000), false},
        {"the answer", stun::message_class::success_response, true, theirs.pwd, at(1000), true},
    };
    for (const auto& one_row : rows) {
        INFO(one_row.why);
        auto id = asked->transaction_id();
        if (!one_row.same_id) id[0] ^= std::byte{1};
        std::array<std::byte, 256> buffer;
        stun::message_builder made(buffer, one_row.type, stun::method::binding, id);
        made.add_xor_address(stun::attribute_type::xor_mapped_address, at(40'000));
        made.add_integrity(as_bytes(one_row.pwd)).add_fingerprint();
        one.client.handle(made.finish(), one_row.from, one.now, one.out);
        CHECK(one.out.size() == (one_row.accepted ? 1 : 0));  // the nomination
    }
    CHECK_FALSE(one.client.handle(as_bytes("no STUN"), at(1000), one.now, one.out));
}

TEST_CASE("ice client: a signed check is answered, another one is not") {
    struct row {
        std::string why, username;
        std::string_view pwd;
        bool answered;
    };
    call one({at(1000)});
    one.out.clear();
    for (const auto& each : std::vector<row>{{"ours", "ourUfrag:srvUfrag", ours.pwd, true},
                                             {"of another session", "other:srvUfrag", ours.pwd, false},
                                             {"forged", "ourUfrag:srvUfrag", theirs.pwd, false}}) {
        INFO(each.why);
        std::array<std::byte, 256> buffer;
        stun::message_builder made(buffer, stun::message_class::request, stun::method::binding, {});
        made.add(stun::attribute_type::username, as_bytes(each.username));
        made.add_integrity(as_bytes(each.pwd)).add_fingerprint();
        CHECK_FALSE(one.client.handle(made.finish(), at(1000), one.now, one.out));
        REQUIRE(one.out.size() == (each.answered ? 1 : 0));
        if (!each.answered) continue;
        const auto reply = stun::message::parse(one.out.front().whole());
        REQUIRE(reply);
        CHECK(reply->type() == stun::message_class::success_response);
        CHECK(stun::integrity_holds(*reply, as_bytes(ours.pwd)));
        CHECK(one.out.front().to == at(1000));
        one.out.clear();
    }
}

TEST_CASE("ice client: a refused check is not repeated") {
    call one({at(1000)});
    const auto request = one.out.front();
    const auto asked = stun::message::parse(request.whole());
    std::array<std::byte, 256> buffer;
    stun::message_builder made(buffer, stun::message_class::error_response, stun::method::binding,
                               asked->transaction_id());
    made.add_integrity(as_bytes(theirs.pwd)).add_fingerprint();
    CHECK(one.client.handle(made.finish(), at(1000), one.now, one.out));
    CHECK(one.client.state() == ice_state::failed);
}

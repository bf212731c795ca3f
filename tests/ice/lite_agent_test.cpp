#include "libconf/ice/lite_agent.hpp"

#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace conf;
using namespace std::chrono_literals;
using ice::lite_agent;
using stun::attribute_type;
using verdict = lite_agent::verdict;

namespace {

const ice::credentials ours{"AAAAAAAA", "our password has 32 characters.."};
const ice::credentials newer{"ABBBBBBB", "the next password, 32 characters"};
constexpr auto theirs = "peer";

ice::path at(std::uint16_t port, std::uint32_t socket = 1) {
    return {socket, {*ip_address::parse("192.0.2.1"), port}};
}

/// A check as a browser sends it; each field can be spoilt.
struct check_options {
    ice::credentials to = ours;
    std::string from = theirs;
    bool nominates = false;
    bool sha256 = false;
    bool integrity = true;
    bool fingerprint = true;
    std::optional<std::uint32_t> nomination = std::nullopt;
    std::function<void(stun::message_builder&)> more = nullptr;
};

class fixture {
public:
    lite_agent::outcome check(const ice::path& from, const check_options& how = {}) {
        stun::message_builder request(request_, stun::message_class::request, stun::method::binding, {});
        request.add(attribute_type::username, as_bytes(how.to.ufrag + ":" + how.from));
        request.add_u32(attribute_type::priority, 1);
        if (how.nominates) request.add(attribute_type::use_candidate, {});
        if (how.nomination) request.add_u32(static_cast<attribute_type>(0xC001), *how.nomination);
        if (how.more) how.more(request);
        if (how.integrity && how.sha256) request.add_integrity_sha256(as_bytes(how.to.pwd));
        if (how.integrity && !how.sha256) request.add_integrity(as_bytes(how.to.pwd));
        if (how.fingerprint) request.add_fingerprint();
        return agent.handle(stun::message::parse(request.finish()).value(), from, now, answer_);
    }

    instant now{1h};
    lite_agent agent{ours, theirs, now};

private:
    std::array<std::byte, 512> request_{};
    std::array<std::byte, lite_agent::answer_bytes_max> answer_{};
};

}  // namespace

TEST_CASE("a check is answered with where it came from", "[ice]") {
    fixture on;
    CHECK_FALSE(on.agent.selected());
    const auto sha256 = GENERATE(false, true);
    const auto told = on.check(at(5000), {.sha256 = sha256});
    REQUIRE(told.verdict == verdict::answered);
    const auto answer = stun::message::parse(told.answer).value();
    CHECK(answer.type() == stun::message_class::success_response);
    CHECK(stun::read_xor_address(*answer.find(attribute_type::xor_mapped_address), answer.transaction_id()) ==
          at(5000).remote);
    CHECK((sha256 ? stun::integrity_sha256_holds(answer, as_bytes(ours.pwd))
                  : stun::integrity_holds(answer, as_bytes(ours.pwd))));
    CHECK(stun::fingerprint_holds(answer));
    CHECK(told.new_path);
    CHECK(on.agent.is_verified(at(5000)));
    CHECK(on.agent.selected() == at(5000));
}

TEST_CASE("SEC-ICE-2 SEC-ICE-3 what nobody vouches for is not answered and moves nothing", "[ice]") {
    struct bad_check {
        std::string why;
        check_options how;
        verdict expected;
    };
    auto wrong_pwd = ours;
    wrong_pwd.pwd = "another password of 32 character";
    auto wrong_ufrag = ours;
    wrong_ufrag.ufrag = "AAAAAAAB";
    const auto bad = GENERATE_COPY(values<bad_check>({
        {"another password", {.to = wrong_pwd}, verdict::forged},
        {"another password, SHA-256", {.to = wrong_pwd, .sha256 = true}, verdict::forged},
        {"another fragment", {.to = wrong_ufrag}, verdict::not_ours},
        {"another peer", {.from = "someone"}, verdict::not_ours},
        {"the peer's fragment and more", {.from = "peers"}, verdict::not_ours},
        {"no integrity", {.integrity = false}, verdict::not_a_check},
        {"no fingerprint", {.fingerprint = false}, verdict::not_a_check},
    }));
    INFO(bad.why);
    fixture on;
    REQUIRE(on.check(at(5000), {.nominates = true}).verdict == verdict::answered);
    auto how = bad.how;
    how.nominates = true;
    const auto told = on.check(at(6666), how);
    CHECK(told.verdict == bad.expected);
    CHECK(told.answer.empty());
    CHECK_FALSE(on.agent.is_verified(at(6666)));
    CHECK(on.agent.selected() == at(5000));
}

TEST_CASE("SEC-ICE-5 messages that are no checks get no answer", "[ice]") {
    fixture on;
    std::array<std::byte, 256> buffer{};
    std::array<std::byte, lite_agent::answer_bytes_max> answer{};
    for (const auto type : {stun::message_class::indication, stun::message_class::success_response}) {
        stun::message_builder other(buffer, type, stun::method::binding, {});
        other.add(attribute_type::username, as_bytes("AAAAAAAA:peer"));
        other.add_integrity(as_bytes(ours.pwd)).add_fingerprint();
        CHECK(on.agent.handle(stun::message::parse(other.finish()).value(), at(1), on.now, answer).verdict ==
              verdict::not_a_check);
    }
    stun::message_builder nameless(buffer, stun::message_class::request, stun::method::binding, {});
    nameless.add(attribute_type::username, as_bytes("no colon"));
    nameless.add_integrity(as_bytes(ours.pwd)).add_fingerprint();
    CHECK(on.agent.handle(stun::message::parse(nameless.finish()).value(), at(1), on.now, answer).verdict ==
          verdict::not_ours);
}

TEST_CASE("an attribute that must be understood and is not", "[ice]") {
    fixture on;
    const auto told = on.check(at(1), {.more = [](stun::message_builder& to) {
                                   for (int i = 0; i < 20; ++i)
                                       to.add(static_cast<attribute_type>(0x7000 + i), {});
                               }});
    REQUIRE(told.verdict == verdict::unknown_attributes);
    const auto answer = stun::message::parse(told.answer).value();
    CHECK(answer.type() == stun::message_class::error_response);
    CHECK(answer.find(attribute_type::unknown_attributes)->size() == 2 * lite_agent::unknown_attributes_max);
    CHECK(stun::integrity_holds(answer, as_bytes(ours.pwd)));
    CHECK_FALSE(on.agent.selected());
    CHECK(
        on.check(at(1),
                 {.more = [](stun::message_builder& to) { to.add(static_cast<attribute_type>(0xC057), {}); }})
            .verdict == verdict::answered);
}

TEST_CASE("nomination chooses the path", "[ice]") {
    fixture on;
    CHECK(on.check(at(1)).selection_changed);
    CHECK(on.check(at(2)).selection_changed);  // before any is nominated, the newest
    CHECK(on.check(at(1), {.nominates = true}).selection_changed);
    CHECK_FALSE(on.check(at(2)).selection_changed);
    CHECK(on.agent.selected() == at(1));
    CHECK(on.check(at(2), {.nominates = true}).selection_changed);
    CHECK(on.agent.selected() == at(2));
    // The same address over another socket of ours is another path.
    CHECK(on.check(at(2, 7), {.nominates = true}).selection_changed);
    CHECK(on.agent.selected() == at(2, 7));
}

TEST_CASE("a late nomination does not win over a later one", "[ice]") {
    fixture on;
    CHECK(on.check(at(1), {.nominates = true, .nomination = 3}).selection_changed);
    CHECK_FALSE(on.check(at(2), {.nominates = true, .nomination = 2}).selection_changed);
    CHECK(on.agent.selected() == at(1));
    CHECK(on.check(at(2), {.nominates = true, .nomination = 4}).selection_changed);
}

TEST_CASE("eight paths, and the ninth takes the place of the oldest that is not used", "[ice]") {
    fixture on;
    REQUIRE(on.check(at(1), {.nominates = true}).verdict == verdict::answered);
    for (std::uint16_t port = 2; port <= 8; ++port) REQUIRE_FALSE(on.check(at(port)).dropped);
    REQUIRE(on.agent.paths().size() == lite_agent::paths_max);
    REQUIRE_FALSE(on.check(at(2)).dropped);  // now 3 is the oldest
    const auto told = on.check(at(9));
    CHECK(told.dropped == at(3));
    CHECK(on.agent.paths().size() == lite_agent::paths_max);
    CHECK(on.agent.selected() == at(1));
    CHECK_FALSE(on.agent.is_verified(at(3)));
}

TEST_CASE("a connection that closes takes its path along", "[ice]") {
    fixture on;
    (void)on.check(at(1));
    (void)on.check(at(2), {.nominates = true});
    CHECK_FALSE(on.agent.remove(at(7)));
    CHECK(on.agent.remove(at(2)));
    CHECK(on.agent.selected() == at(1));
    CHECK(on.agent.remove(at(1)));
    CHECK_FALSE(on.agent.selected());
}

TEST_CASE("SEC-ICE-4 consent lasts 30 s behind the last check", "[ice]") {
    fixture on;
    (void)on.check(at(1), {.nominates = true});
    on.now += 20s;
    REQUIRE(on.agent.handle_timeout(on.now) == lite_agent::expired::nothing);
    (void)on.check(at(1));
    const auto until = on.now + 30s;
    CHECK(on.agent.deadline() == until);
    CHECK(on.agent.handle_timeout(until - 1us) == lite_agent::expired::nothing);
    CHECK(on.agent.selected());
    CHECK(on.agent.handle_timeout(until) == lite_agent::expired::consent);
    CHECK_FALSE(on.agent.selected());
    CHECK_FALSE(on.agent.has_consent());
    CHECK_FALSE(on.agent.deadline());
    on.now = until + 5s;
    CHECK(on.check(at(1)).selection_changed);
    CHECK(on.agent.has_consent());
}

TEST_CASE("SEC-ICE-6 a restart keeps the old path until the new credentials nominate one", "[ice]") {
    fixture on;
    (void)on.check(at(1), {.nominates = true});
    on.agent.restart(newer, "peer2", on.now);
    CHECK(on.agent.local() == newer);
    CHECK(on.check(at(1), {.nominates = true}).verdict == verdict::answered);
    CHECK(on.agent.selected() == at(1));
    CHECK(on.check(at(2), {.to = newer, .from = theirs}).verdict == verdict::not_ours);
    CHECK(on.check(at(2), {.to = newer, .from = "peer2"}).verdict == verdict::answered);
    CHECK(on.agent.selected() == at(1));
    CHECK(on.check(at(2), {.to = newer, .from = "peer2", .nominates = true}).selection_changed);
    CHECK(on.agent.selected() == at(2));
    CHECK(on.check(at(1), {.nominates = true}).verdict == verdict::not_ours);
    int fragments = 0;
    on.agent.for_each_ufrag([&](std::string_view ufrag) { fragments += ufrag == newer.ufrag ? 1 : 10; });
    CHECK(fragments == 1);
}

TEST_CASE("SEC-ICE-6 old credentials end after 30 s whatever happens", "[ice]") {
    fixture on;
    (void)on.check(at(1), {.nominates = true});
    on.agent.restart(newer, "peer2", on.now);
    on.now += 29s;
    CHECK(on.check(at(1)).verdict == verdict::answered);
    CHECK(on.agent.deadline() == on.now + 1s);
    on.now += 1s;
    CHECK(on.agent.handle_timeout(on.now) == lite_agent::expired::old_generation);
    CHECK(on.check(at(1)).verdict == verdict::not_ours);
    CHECK(on.check(at(1), {.to = newer, .from = "peer2"}).verdict == verdict::answered);
}

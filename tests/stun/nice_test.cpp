// Two implementations, one verdict: libnice's STUN code and ours, on the vectors, the corpora and damaged
// messages.
#include "libconf/stun/integrity.hpp"
#include "libconf/stun/message.hpp"
#include "tests/stun/random_messages.hpp"

#include <catch2/catch.hpp>

#include <stun/stunagent.h>

#include <cstring>
#include <map>
#include <optional>
#include <string>

namespace {

using namespace conf::stun;
using vectors::buffer;

const std::uint8_t* raw(const buffer& wire) {
    return reinterpret_cast<const std::uint8_t*>(wire.data());
}

/// Known to libnice's agent: everything, so that it never stops before it has judged the signature.
const std::vector<std::uint16_t>& all_attributes() {
    static const auto list = [] {
        std::vector<std::uint16_t> made;
        for (std::uint16_t type = 1; type < 0x8000; ++type) made.push_back(type);
        made.push_back(0);
        return made;
    }();
    return list;
}

bool give_key(StunAgent*, StunMessage*, std::uint8_t*, std::uint16_t, std::uint8_t** password,
              std::size_t* size, void* key) {
    auto& given = *static_cast<buffer*>(key);
    *password = reinterpret_cast<std::uint8_t*>(given.data());
    *size = given.size();
    return true;
}

/// What libnice says of the form of a message.
bool nice_accepts(const buffer& wire) {
    if (wire.size() < header_bytes || conf::load_u32(wire, 4) != magic_cookie) return false;
    return stun_message_validate_buffer_length(raw(wire), wire.size(), true) == static_cast<int>(wire.size());
}

/// What libnice says of a message's FINGERPRINT and MESSAGE-INTEGRITY.
bool nice_trusts(const buffer& wire, buffer key) {
    StunAgent agent{};
    const auto flags = STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT |
                       STUN_AGENT_USAGE_FORCE_VALIDATER;
    auto known = all_attributes();
    stun_agent_init(&agent, known.data(), STUN_COMPATIBILITY_RFC5389,
                    static_cast<StunAgentUsageFlags>(flags));
    if (wire.size() >= header_bytes) {  // responses are judged only where the agent remembers the request
        auto& sent = agent.sent_ids[0];
        std::memcpy(sent.id, raw(wire) + 4, sizeof sent.id);
        if (const auto parsed = message::parse(wire)) sent.method = static_cast<StunMethod>(parsed->method());
        sent.key = reinterpret_cast<std::uint8_t*>(key.data());
        sent.key_len = key.size();
        sent.valid = true;
    }
    StunMessage parsed{};
    const auto verdict = stun_agent_validate(&agent, &parsed, raw(wire), wire.size(), give_key, &key);
    return verdict == STUN_VALIDATION_SUCCESS || verdict == STUN_VALIDATION_UNKNOWN_ATTRIBUTE ||
           verdict == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE;
}

bool we_trust(const buffer& wire, const buffer& key) {
    const auto parsed = message::parse(wire);
    return parsed && fingerprint_holds(*parsed) && integrity_holds(*parsed, key);
}

/// Where the two may differ, and why ours is as it is. Everything else must agree.
enum class difference {
    we_limit_attributes,  // attributes_max: a flood of empty attributes is refused before it is walked again
    we_check_lengths,     // MESSAGE-INTEGRITY, its SHA-256 sister, FINGERPRINT and USERNAME have fixed bounds
    we_want_fingerprint_last,  // RFC 8489 14.7: it must be the last attribute
    we_follow_rfc_7983,        // methods above 0xFF begin with a byte that belongs to DTLS and others
    unexplained,
};

difference explain(const buffer& wire) {
    const auto parsed = message::parse(wire);
    if (parsed) return difference::unexplained;
    const auto& code = parsed.error().code();
    if (code == stun_errc::too_many_attributes) return difference::we_limit_attributes;
    if (code == stun_errc::bad_attribute_length) return difference::we_check_lengths;
    if (code == stun_errc::fingerprint_not_last) return difference::we_want_fingerprint_last;
    if (code == stun_errc::not_stun && conf::load_u8(wire, 0) >= 4) return difference::we_follow_rfc_7983;
    return difference::unexplained;
}

/// Two more differences, where both accept the form and libnice does not look at the signature. With
/// short-term credentials it wants USERNAME in requests and indications; ours leaves that to the one who
/// knows what they are for. And 0x0115 is an indication to libnice, as in the first drafts of TURN, not an
/// error response of method 5.
bool libnice_wants_a_user_name(const buffer& wire) {
    const auto parsed = message::parse(wire);
    const bool answers =
        parsed->type() == message_class::success_response || parsed->type() == message_class::error_response;
    return (!answers || conf::load_u16(wire, 0) == 0x0115) && !parsed->find(attribute_type::username);
}

/// Appends so many empty attributes; the header counts them.
void append_empty_attributes(buffer& wire, std::size_t count) {
    for (; count > 0; --count) {
        const auto empty = vectors::from_hex("80220000");
        wire.insert(wire.end(), empty.begin(), empty.end());
    }
    conf::store_u16(wire, 2, static_cast<std::uint16_t>(wire.size() - header_bytes));
}

std::string seed_line(std::uint64_t seed, int round, const buffer& wire) {
    return "seed " + std::to_string(seed) + " round " + std::to_string(round) + " " + vectors::to_hex(wire);
}

}  // namespace

TEST_CASE("libnice and we agree on the form of every file of the corpora", "[stun][nice]") {
    int agreed = 0;
    for (const auto* folder : {"rfc5769", "stun", "stun-bad", "stun-turn", "turn", "datagrams"}) {
        for (const auto& path : vectors::files_of(folder)) {
            INFO(path);
            const auto wire = vectors::read_file(path);
            const bool ours = message::parse(wire).has_value();
            const bool theirs = nice_accepts(wire);
            if (ours == theirs) ++agreed;
            if (ours && !theirs) FAIL("libnice refuses what we accept");
            if (theirs && !ours) CHECK(explain(wire) != difference::unexplained);
        }
    }
    CHECK(agreed >= 90);
}

TEST_CASE("libnice and we agree that the vectors of RFC 5769 are genuine", "[stun][nice]") {
    for (const auto& row : vectors::read_table("rfc5769/vectors.tsv")) {
        if (row[5] != "ok") continue;  // the fourth has no FINGERPRINT, which both of us want here
        INFO(row[0]);
        auto wire = vectors::from_hex(row[3]);
        const auto key = vectors::from_hex(row[2]);
        CHECK(we_trust(wire, key));
        CHECK(nice_trusts(wire, key));
        wire[30] ^= std::byte{1};
        CHECK_FALSE(we_trust(wire, key));
        CHECK_FALSE(nice_trusts(wire, key));
    }
}

TEST_CASE("libnice and we agree on 10 000 damaged messages, form and trust", "[stun][nice][property]") {
    constexpr std::uint64_t seed = 3489;
    vectors::generator random(seed);
    std::array<std::byte, 2048> memory{};
    const buffer key = vectors::from_text("the right key");
    const buffer other_key = vectors::from_text("another key");
    std::map<difference, int> differences;
    int both_accept = 0, both_trust = 0, neither_trusts = 0;
    for (int round = 0; round < 10'000; ++round) {
        auto made = vectors::make_random_message(random);
        if (vectors::chance(random, 80)) {
            made.attributes.insert(made.attributes.begin(),
                                   {attribute_type::username, vectors::from_text("a:b")});
        }
        made.integrity = vectors::chance(random, 90);
        made.integrity_sha256 = false;  // libnice 0.1.21 does not know it
        made.fingerprint = vectors::chance(random, 90);
        const auto wire = made.build(memory, vectors::chance(random, 80) ? key : other_key);
        buffer damaged(wire.begin(), wire.end());
        if (vectors::chance(random, 60)) {
            for (auto hits = vectors::below(random, 4); hits > 0; --hits) {
                damaged[vectors::below(random, damaged.size())] = static_cast<std::byte>(random() & 0xFF);
            }
            if (vectors::chance(random, 20)) damaged.resize(vectors::below(random, damaged.size() + 1));
        }
        if (vectors::chance(random, 5) && damaged.size() == wire.size()) {
            append_empty_attributes(damaged, vectors::chance(random, 50) ? 1 : attributes_max);
        }
        const bool ours = message::parse(damaged).has_value();
        const bool theirs = nice_accepts(damaged);
        if (ours && !theirs) FAIL("libnice refuses what we accept: " << seed_line(seed, round, damaged));
        if (theirs && !ours) {
            const auto why = explain(damaged);
            ++differences[why];
            if (why == difference::unexplained)
                FAIL("we refuse what libnice accepts: " << seed_line(seed, round, damaged));
            continue;
        }
        if (!ours) continue;
        ++both_accept;
        if (libnice_wants_a_user_name(damaged)) continue;
        const bool we = we_trust(damaged, key);
        const bool they = nice_trusts(damaged, key);
        if (we != they)
            FAIL("we say " << we << ", libnice says " << they << ": " << seed_line(seed, round, damaged));
        ++(we ? both_trust : neither_trusts);
    }
    INFO("both accept " << both_accept << ", both trust " << both_trust << ", neither trusts "
                        << neither_trusts);
    CHECK(both_accept > 6'000);
    CHECK(both_trust > 2'000);
    CHECK(neither_trusts > 2'000);
    // The table above has no entry that nothing exercises.
    CHECK(differences[difference::we_limit_attributes] > 0);
    CHECK(differences[difference::we_check_lengths] > 0);
    CHECK(differences[difference::we_want_fingerprint_last] > 0);
    CHECK(differences[difference::we_follow_rfc_7983] > 0);
}

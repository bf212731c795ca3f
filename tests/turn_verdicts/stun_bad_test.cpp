// The table of malformed messages: each row through the STUN parser and through the TURN server.
#include "tests/stun/vectors.hpp"
#include "tests/turn_verdicts/relay.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <optional>

namespace {

using namespace turn_verdicts;
using vectors::buffer;

/// How a row is given to the server. The rows of the table are signed with a short-term key, as between ICE
/// agents; a TURN server has no such key. So what it knows of signatures is judged with the row's own
/// attributes and a signature that the server can verify.
enum class door {
    as_it_is,       ///< the row's bytes
    signed_anew,    ///< the row's attributes in a request of a client that holds an allocation
    no_allocation,  ///< the same, from a client that has none yet
    forged,         ///< the row's attributes in an Allocate that somebody else signed
};

constexpr int silence = -2;

struct row_judgement {
    bool parses;  ///< the STUN parser takes it
    door through;
    int outcome;  ///< silence, 0 for a success response, or the number of the error response
    std::string why;
};

const std::map<std::string, row_judgement>& judgements() {
    static const std::map<std::string, row_judgement> table{
        {"ok-binding",
         {true, door::as_it_is, 0, "a server answers Binding; a signature it has no key for is nobody's"}},
        {"empty", {false, door::as_it_is, silence, "no datagram at all"}},
        {"one-byte", {false, door::as_it_is, silence, "shorter than a header"}},
        {"header-19", {false, door::as_it_is, silence, "a byte short of a header"}},
        {"len-not-mult4", {false, door::as_it_is, silence, "RFC 8489 5"}},
        {"len-too-long", {false, door::as_it_is, silence, "header length is not the datagram's"}},
        {"len-too-short-trailing", {false, door::as_it_is, silence, "header length is not the datagram's"}},
        {"attr-overrun", {false, door::as_it_is, silence, "an attribute reaches behind the end"}},
        {"attr-len-ffff", {false, door::as_it_is, silence, "an attribute reaches behind the end"}},
        {"bad-cookie-in-ice", {false, door::as_it_is, silence, "no cookie, no STUN of RFC 8489"}},
        {"top-bits-set",
         {false, door::as_it_is, silence, "its first byte is that of a channel; nobody bound it"}},
        {"bad-fingerprint", {true, door::as_it_is, silence, "a FINGERPRINT that is there must be right"}},
        {"bad-mi",
         {true, door::forged, 401, "Binding is not authenticated on a TURN server, so judged as Allocate"}},
        {"mi-length-4", {false, door::as_it_is, silence, "MESSAGE-INTEGRITY is 20 bytes"}},
        {"attr-after-fingerprint",
         {false, door::as_it_is, silence, "RFC 8489 14.7: FINGERPRINT is the last"}},
        {"unknown-comprehension-required", {true, door::as_it_is, 420, "RFC 8489 6.3.1"}},
        {"unknown-optional", {true, door::as_it_is, 0, "skipped"}},
        {"username-600", {false, door::as_it_is, silence, "RFC 8489 14.3: fewer than 509 bytes"}},
        {"xor-addr-family-0", {true, door::signed_anew, 400, "no such family"}},
        {"xor-addr-family-9", {true, door::signed_anew, 400, "no such family"}},
        {"xor-addr-v6-short", {true, door::signed_anew, 400, "IPv6 needs 20 bytes"}},
        {"xor-addr-len-1", {true, door::signed_anew, 400, "shorter than a family and a port"}},
        {"channelbind-0x3fff", {true, door::signed_anew, 400, "channels begin at 0x4000"}},
        {"channelbind-0x5000", {true, door::signed_anew, 400, "channels end at 0x4FFF"}},
        {"allocate-no-transport", {true, door::no_allocation, 400, "RFC 8656 7.2 step 3"}},
        {"allocate-transport-tcp-in-udp", {true, door::no_allocation, 442, "RFC 8656 7.2 step 3"}},
        {"lifetime-len-0", {true, door::signed_anew, 400, "LIFETIME is 4 bytes"}},
        {"create-permission-100-peers",
         {false, door::signed_anew, silence, "the cap is 64 attributes a message"}},
        {"channeldata-len-overrun",
         {false, door::as_it_is, silence, "its length reaches behind the datagram"}},
        {"channeldata-hdr-only", {false, door::as_it_is, silence, "half a channel header"}},
        {"channeldata-zero",
         {false, door::as_it_is, silence, "no answer; an empty datagram if the channel is bound"}},
        {"response-unsolicited", {true, door::as_it_is, silence, "a server never asked"}},
        {"error-response-short", {true, door::as_it_is, silence, "a server never asked"}},
        {"300-attrs", {false, door::as_it_is, silence, "refused at the 65th, before anything is looked up"}},
    };
    return table;
}

/// Whether the verdict of the shared table holds.
bool holds(std::string_view verdict, int outcome, bool permissions_within_cap) {
    const bool dropped = outcome == silence;
    if (verdict == "accept") return outcome == 0;
    if (verdict == "drop" || verdict == "accept-empty-or-drop" || verdict == "drop-or-bounded-cpu")
        return dropped;
    if (verdict == "reject-401-or-drop") return dropped || outcome == 401;
    if (verdict == "drop-or-400") return dropped || outcome == 400;
    if (verdict == "drop-or-ignore-late") return dropped || outcome == 0;
    if (verdict == "cap") return permissions_within_cap;
    if (verdict.starts_with("error-")) return outcome == std::stoi(std::string(verdict.substr(6)));
    return false;
}

const endpoint honest_peer = endpoint::parse("8.8.8.8:4000").value();

/// The attributes of a message that may be malformed, up to its signature.
void copy_attributes(const buffer& wire, stun::message_builder& out) {
    for (std::size_t at = stun::header_bytes; at + 4 <= wire.size();) {
        const auto type = static_cast<stun::attribute_type>(conf::load_u16(wire, at));
        const std::size_t size = conf::load_u16(wire, at + 2);
        if (type == stun::attribute_type::message_integrity || type == stun::attribute_type::fingerprint)
            return;
        if (size > wire.size() - at - 4) return;
        out.add(type, bytes(wire).subspan(at + 4, size));
        at += 4 + conf::align4(size);
    }
}

struct scene {
    relay server{usual_settings(deny_list())};
    client ada{"ada", "203.0.113.7:40000", 1};
    client bob{"bob", "203.0.113.8:40000", 2};
    client stranger{"nobody", "203.0.113.9:40000", 3};

    scene() {
        REQUIRE(ada.allocate(server) == 0);
        REQUIRE(ada.create_permission(server, honest_peer) == 0);
        bob.greet(server);
    }

    int outcome() const { return client::verdict(server).value_or(silence); }

    int give(door through, const buffer& wire) {
        const auto add = [&](stun::message_builder& out) { copy_attributes(wire, out); };
        const auto which =
            stun::method{static_cast<std::uint16_t>(wire.size() >= 2 ? conf::load_u16(wire, 0) : 0)};
        switch (through) {
            case door::as_it_is: server.give(stranger.datagram(wire)); break;
            case door::signed_anew: server.give(ada.datagram(ada.request(which, add))); break;
            case door::no_allocation: server.give(bob.datagram(bob.request(which, add))); break;
            case door::forged: {
                const stun::long_term_key wrong(stun::password_algorithm::md5, "bob", realm, "a guess");
                server.give(bob.datagram(bob.request(
                    stun::method::allocate,
                    [](auto& out) { out.add_u32(stun::attribute_type::requested_transport, 17U << 24); },
                    &wrong)));
                break;
            }
        }
        return outcome();
    }

    /// The honest client relays as if nothing had happened, and nobody holds anything that he should not.
    void check_unharmed() {
        CHECK(server.core.count().allocations == 1);
        CHECK(server.ports.in_use() == 2);
        ada.send(server, honest_peer, "hello");
        CHECK(sent_to_peers(server) == std::vector{honest_peer});
    }
};

}  // namespace

TEST_CASE("34 of 34 malformed messages get their verdict from the parser and from the server",
          "[turn][stun][vectors]") {
    const auto rows = vectors::read_table("stun-bad/cases.tsv");
    REQUIRE(rows.size() == 34);
    REQUIRE(judgements().size() == 34);
    int right = 0;
    for (const auto& columns : rows) {
        const auto& name = columns.at(0);
        const auto& verdict = columns.at(1);
        INFO(name << ": " << verdict);
        const auto wire = vectors::from_hex(columns.size() > 2 ? columns[2] : "");
        if (!wire.empty()) CHECK(wire == vectors::read_file(vectors::path_of("stun-bad/" + name + ".bin")));
        REQUIRE(judgements().contains(name));
        const auto& [parses, through, expected, why] = judgements().at(name);
        INFO(why);

        CHECK(stun::message::parse(wire).has_value() == parses);
        scene on;
        const auto outcome = on.give(through, wire);
        CHECK(outcome == expected);
        CHECK(holds(verdict, outcome, on.server.core.count().success_responses == 2));
        on.check_unharmed();

        // Whatever the row is, its own bytes from a stranger get at most one short answer and leave nothing
        // behind.
        scene stranger;
        stranger.give(door::as_it_is, wire);
        CHECK(stranger.server.out.transmits.size() <= 1);
        CHECK(stranger.server.out.commands.empty());
        for (const auto& sent : stranger.server.out.transmits) {
            CHECK(sent.head.size() + sent.body.size() + sent.padding <=
                  turn::unauthenticated_answer_bytes_max);
        }
        stranger.check_unharmed();
        ++right;
    }
    CHECK(right == 34);
}

TEST_CASE("the same requests without their fault succeed, so the verdicts above are about the fault",
          "[turn]") {
    scene on;
    CHECK(on.ada.bind_channel(on.server, 0x4000, endpoint::parse("8.8.4.4:1").value()) == 0);
    CHECK(on.ada.bind_channel(on.server, 0x4FFF, endpoint::parse("8.8.4.4:2").value()) == 0);
    CHECK(on.ada.create_permission(on.server, endpoint::parse("8.8.4.4:3").value()) == 0);
    CHECK(on.ada.ask(on.server, stun::method::refresh,
                     [](auto& out) { out.add_u32(stun::attribute_type::lifetime, 600); }) == 0);
    CHECK(on.bob.ask(on.server, stun::method::allocate, [](auto& out) {
        out.add_u32(stun::attribute_type::requested_transport, 17U << 24);
    }) == 0);
}

TEST_CASE("bad-mi: the short-term check of the STUN layer refuses it too", "[stun][vectors]") {
    const auto key = conf::as_bytes("libconf-test-key-0123456");
    for (const auto& columns : vectors::read_table("stun-bad/cases.tsv")) {
        const auto wire = vectors::from_hex(columns.size() > 2 ? columns[2] : "");
        const auto parsed = stun::message::parse(wire);
        if (!parsed || !parsed->integrity_at()) continue;
        INFO(columns[0]);
        CHECK(stun::integrity_holds(*parsed, key) == (columns[0] != "bad-mi"));
        if (parsed->fingerprint_at())
            CHECK(stun::fingerprint_holds(*parsed) == (columns[0] != "bad-fingerprint"));
    }
}

TEST_CASE("channeldata-zero on a bound channel is an empty datagram to its peer", "[turn]") {
    scene on;
    REQUIRE(on.ada.bind_channel(on.server, 0x4000, honest_peer) == 0);
    on.server.give(on.ada.datagram(vectors::from_hex("40000000")));
    REQUIRE(sent_to_peers(on.server) == std::vector{honest_peer});
    CHECK(on.server.out.transmits[0].body.empty());
}

TEST_CASE("64 permissions fit an allocation, the 65th is refused with 508 and takes nothing", "[turn]") {
    scene on;  // it has one already
    for (int i = 1; i < 64; ++i) {
        CHECK(on.ada.create_permission(
                  on.server, {conf::ip_address::v4(0x08080000U + static_cast<unsigned>(i)), 1}) == 0);
    }
    CHECK(on.ada.create_permission(on.server, {conf::ip_address::v4(0x08090000U), 1}) == 508);
    on.ada.send(on.server, {conf::ip_address::v4(0x08090000U), 1}, "hello");
    CHECK(sent_to_peers(on.server).empty());
    CHECK(on.ada.create_permission(on.server, honest_peer) == 0);
}

// Each limit of the pad's engine at it and one above it, and what lies: refused with its error, the document
// unchanged.
#include "tests/crdt/invariants.hpp"
#include "tests/crdt/yjs_vectors.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace crdt_test;

namespace {

/// An update of one block of structs that `write` writes, without deletions.
buffer one_block(client_id client, std::uint64_t clock, std::uint64_t structs,
                 const std::function<void(wire_writer&)>& write) {
    wire_writer to;
    for (const std::uint64_t number : {std::uint64_t{1}, structs, client, clock}) to.var_uint(number);
    write(to);
    to.var_uint(0);
    return std::move(to).take();
}

/// Some structs of one unit under the root "t".
buffer units(client_id client, std::uint64_t clock, std::uint64_t count) {
    return one_block(client, clock, count, [&](wire_writer& to) {
        for (std::uint64_t i = 0; i < count; ++i) {
            to.u8(4);
            to.var_uint(1);
            to.var_string("t");
            to.var_string("a");
        }
    });
}

buffer collected(std::uint64_t clock, std::uint64_t length) {
    return one_block(5, clock, 1, [&](wire_writer& to) {
        to.u8(0);
        to.var_uint(length);
    });
}

buffer deletion(std::uint64_t clock, std::uint64_t length) {
    wire_writer to;
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{5}, std::uint64_t{1}, clock, length})
        to.var_uint(number);
    return std::move(to).take();
}

buffer value_of_depth(std::size_t depth) {
    return one_block(5, 0, 1, [&](wire_writer& to) {
        to.u8(8);
        to.var_uint(1);
        to.var_string("a");
        to.var_uint(1);
        for (std::size_t i = 0; i < depth; ++i) {
            to.u8(117);
            to.var_uint(1);
        }
        to.u8(126);
    });
}

buffer json_of_depth(std::size_t depth) {
    return one_block(5, 0, 1, [&](wire_writer& to) {
        to.u8(5);
        to.var_uint(1);
        to.var_string("t");
        to.var_string(std::string(depth, '[') + std::string(depth, ']'));
    });
}

/// Types in types, each the only child of the one before.
buffer types_of_depth(std::uint64_t depth) {
    return one_block(5, 0, depth, [&](wire_writer& to) {
        for (std::uint64_t i = 0; i < depth; ++i) {
            to.u8(7);
            to.var_uint(i == 0 ? 1 : 0);
            if (i == 0) {
                to.var_string("a");
            } else {
                to.var_uint(5);
                to.var_uint(i - 1);
            }
            to.var_uint(0);
        }
    });
}

/// Structs of that many clients.
buffer clients(std::uint64_t count) {
    wire_writer to;
    to.var_uint(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        for (const std::uint64_t number : {std::uint64_t{1}, 100 + i, std::uint64_t{0}}) to.var_uint(number);
        to.u8(0);
        to.var_uint(1);
    }
    to.var_uint(0);
    return std::move(to).take();
}

struct limit_case {
    const char* why;
    buffer update;
    std::optional<crdt_errc> refused;
    limits within = {};
};

limits with(const std::function<void(limits&)>& set) {
    limits made;
    set(made);
    return made;
}

std::vector<limit_case> cases() {
    const auto structs3 = units(5, 0, 3);
    const auto bytes = with([&](limits& to) { to.update_bytes_max = structs3.size(); });
    const auto of_update = with([](limits& to) { to.update_structs_max = 3; });
    // What the test's document has before: one struct, its own client, six bytes.
    const auto of_document = with([](limits& to) { to.structs_max = 4; });
    const auto content = with([&](limits& to) { to.content_bytes_max = 6 + structs3.size(); });
    const auto of_clients = with([](limits& to) { to.clients_max = 4; });
    const auto depth = with([](limits& to) { to.type_depth_max = 5; });
    const auto pending = with([](limits& to) { to.pending_bytes_max = 3000; });
    return {
        {"an update as long as allowed", structs3, {}, bytes},
        {"one byte longer", units(500, 0, 3), crdt_errc::too_large, bytes},
        {"as many structs as an update may have", structs3, {}, of_update},
        {"one more", units(5, 0, 4), crdt_errc::too_many_structs, of_update},
        {"as many structs as the document may have", structs3, {}, of_document},
        {"one more", units(5, 0, 4), crdt_errc::too_many_structs, of_document},
        {"as many bytes as the document may have", structs3, {}, content},
        {"one more", units(500, 0, 3), crdt_errc::too_large, content},
        {"as many clients as allowed", clients(3), {}, of_clients},
        {"one more", clients(4), crdt_errc::too_many_clients, of_clients},
        {"types as deep as allowed", types_of_depth(5), {}, depth},
        {"one deeper", types_of_depth(6), crdt_errc::too_deep, depth},
        {"values as deep as allowed", value_of_depth(value_depth_max), {}, {}},
        {"one deeper", value_of_depth(value_depth_max + 1), crdt_errc::too_deep, {}},
        {"JSON as deep as allowed", json_of_depth(value_depth_max), {}, {}},
        {"one deeper", json_of_depth(value_depth_max + 1), crdt_errc::too_deep, {}},
        {"a run as long as allowed", collected(0, run_length_max), {}, {}},
        {"one longer", collected(0, run_length_max + 1), crdt_errc::too_large, {}},
        {"the last clock", collected(clock_end - 1, 1), {}, {}},
        {"one behind it", collected(clock_end - 1, 2), crdt_errc::bad_number, {}},
        {"a clock that is none", collected(clock_end, 1), crdt_errc::bad_number, {}},
        {"a deletion up to the last clock", deletion(0, clock_end), {}, {}},
        {"one behind it", deletion(1, clock_end), crdt_errc::bad_number, {}},
        {"a deletion over all numbers",
         deletion(wire_integer_max, wire_integer_max),
         crdt_errc::bad_number,
         {}},
        {"little that waits", units(5, 7, 2), {}, pending},
        {"too much that waits", units(5, 7, 40), crdt_errc::too_much_pending, pending},
        {"the largest client id", units(wire_integer_max, 0, 1), {}, {}},
        {"a larger one", from_hex("0101ffffffffffffff1f0004010174016100"), crdt_errc::bad_number, {}},
        {"a struct without length", collected(0, 0), crdt_errc::bad_content, {}},
        {"a kind that is not known", from_hex("010105000b0100"), crdt_errc::bad_content, {}},
        {"a type that is not known",
         from_hex("010105000701017407"
                  "00"),
         crdt_errc::bad_type,
         {}},
        {"a value that is not known", from_hex("0101050008010174011000"), crdt_errc::bad_value, {}},
        {"an embed that is not JSON",
         from_hex("010105000501017401"
                  "7b00"),
         crdt_errc::bad_json,
         {}},
        {"text that is a lone surrogate",
         from_hex("0101050004010174"
                  "03eda0bd00"),
         crdt_errc::bad_text,
         {}},
        {"a struct that is its own origin",
         from_hex("0101050084"
                  "0500"
                  "016100"),
         crdt_errc::bad_reference,
         {}},
        {"a struct that is its own parent",
         from_hex("0101050004"
                  "000500"
                  "016100"),
         crdt_errc::bad_reference,
         {}},
        {"a right origin that comes later",
         from_hex("0101050044"
                  "0501"
                  "016100"),
         crdt_errc::bad_reference,
         {}},
        {"more structs than bytes", from_hex("01ffffffff0f0500"), crdt_errc::truncated, {}},
    };
}

}  // namespace

TEST_CASE("limits hold and what is over one changes nothing", "[crdt]") {
    for (const auto& each : cases()) {
        INFO(each.why << " "
                      << to_hex(
                             conf::bytes(each.update).first(std::min<std::size_t>(each.update.size(), 40))));
        document made({.client = 9, .within = each.within});
        made.transact([&] { made.get_text("t").insert(0, "before").value(); });
        const auto before = made.encode_state();
        const auto version = made.version();
        const auto done = made.apply(each.update);
        if (each.refused) {
            REQUIRE_FALSE(done);
            CHECK(done.error().code() == make_error_code(*each.refused));
            CHECK(to_hex(made.encode_state()) == to_hex(before));
            CHECK(made.version() == version);
            CHECK_FALSE(done.error().message().empty());
        } else {
            if (!done) FAIL(done.error().message());
        }
        CHECK(broken_promise(made).empty());
    }
}

TEST_CASE("what was done before a limit is reached is taken back", "[crdt]") {
    // Behind something that goes well, something that does not: a map's value is replaced, a text is split, a
    // type is made and filled.
    limits within;
    within.type_depth_max = 3;
    document made({.client = 9, .within = within});
    made.transact([&] {
        made.get_text("t").insert(0, "abcdef").value();
        made.get_map("m").set("k", "value");
        made.get_map("m").set_type("deep", type_kind::text).as_text().insert(0, "inside").value();
    });
    document other({.client = 5});
    other.apply(made.encode_state()).value();
    const auto good = other.transact([&] {
        other.get_text("t").insert(3, "XY").value();
        other.get_text("t").insert(8, "end").value();
        other.get_map("m").set("k", "other");
        other.get_map("m").erase("deep");
        other.get_map("m").set_type("new", type_kind::array).as_array().push(std::vector<any>{1, 2});
        auto list = other.get_array("a");
        for (int depth = 0; depth < 4; ++depth)
            list = list.insert_type(0, type_kind::array).value().as_array();
    });
    const auto before = made.encode_state();
    const auto done = made.apply(good);
    REQUIRE_FALSE(done);
    CHECK(done.error().code() == make_error_code(crdt_errc::too_deep));
    CHECK(broken_promise(made) == "");
    CHECK(to_hex(made.encode_state()) == to_hex(before));
    CHECK(made.get_text("t").to_string() == "abcdef");
    CHECK(made.get_map("m").entries().size() == 2);
    // And the document goes on.
    made.transact([&] { made.get_text("t").insert(3, "-").value(); });
    CHECK(made.get_text("t").to_string() == "abc-def");
    CHECK(broken_promise(made) == "");
}

TEST_CASE("what waits for too long a way is dropped, not the update that brings it", "[crdt]") {
    limits within;
    within.type_depth_max = 3;
    document made({.client = 9, .within = within});
    const auto deep = types_of_depth(4);
    document cut({.client = 1});
    // Its last type waits for the first three.
    const auto whole = update::parse(deep).value();
    wire_writer last;
    for (const std::uint64_t number : {1U, 1U, 5U, 3U}) last.var_uint(number);
    write_struct(last, whole.structs()[3], 0);
    last.var_uint(0);
    made.apply(last.written()).value();
    CHECK(made.has_pending());
    made.apply(types_of_depth(3)).value();
    CHECK_FALSE(made.has_pending());
    CHECK(made.states().clock_of(5) == 3);
    CHECK(broken_promise(made) == "");
}

TEST_CASE("what waits for edits of our own is done with the next update", "[crdt]") {
    // As after a restart from an old state: others know more of us than we do.
    document old({.client = 1});
    document peer({.client = 2});
    const auto first = old.transact([&] { old.get_text("t").insert(0, "abc").value(); });
    peer.apply(first).value();
    const auto deleted = peer.transact([&] { peer.get_text("t").erase(1, 1).value(); });
    const auto added = peer.transact([&] { peer.get_text("t").insert(1, "x").value(); });
    document again({.client = 1});
    again.apply(deleted).value();
    again.apply(added).value();
    CHECK(again.has_pending());
    again.transact([&] { again.get_text("t").insert(0, "abc").value(); });
    CHECK(broken_promise(again) == "");
    again.apply(from_hex("0000")).value();
    CHECK_FALSE(again.has_pending());
    CHECK(again.get_text("t").to_string() == "axc");
    CHECK(broken_promise(again) == "");
    again.apply(added).value();
    again.set_client(5);
    CHECK(again.client() == 5);
}

TEST_CASE("an update says whose clocks it brings", "[crdt]") {
    document a({.client = 3});
    document b({.client = 4});
    const auto first = a.transact([&] { a.get_text("t").insert(0, "abc").value(); });
    b.apply(first).value();
    b.transact([&] { b.get_text("t").insert(1, "xy").value(); });
    b.transact([&] { b.get_text("t").erase(0, 1).value(); });
    const auto both = b.encode_state();
    const auto parsed = update::parse(both).value();
    CHECK(parsed.brought() == std::vector<clock_range>{{4, 0, 2}, {3, 0, 3}});
    CHECK(std::vector<clock_range>(parsed.deleted().begin(), parsed.deleted().end()) ==
          std::vector<clock_range>{{3, 0, 1}});
}

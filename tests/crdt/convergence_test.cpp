// Any order of delivery gives the same document, and what is not whole changes nothing.
#include "libconf/crdt/algebra.hpp"
#include "libconf/crdt/json.hpp"
#include "tests/crdt/invariants.hpp"
#include "tests/crdt/random_edits.hpp"
#include "tests/crdt/yjs_vectors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <random>

using namespace crdt_test;

namespace {

/// The first seed and how many; more of them with CONF_CRDT_SEEDS=FIRST-LAST, which a failure names.
struct seed_range {
    std::uint32_t first = 1;
    std::uint32_t last = 0;
};

seed_range seeds(std::uint32_t count) {
    seed_range range{1, count};
    if (const auto* chosen = std::getenv("CONF_CRDT_SEEDS")) {
        char* end = nullptr;
        range.first = static_cast<std::uint32_t>(std::strtoul(chosen, &end, 10));
        range.last =
            *end == '-' ? static_cast<std::uint32_t>(std::strtoul(end + 1, nullptr, 10)) : range.first;
    }
    return range;
}

std::string again(std::uint32_t seed) {
    return "repeat: CONF_CRDT_SEEDS=" + std::to_string(seed) + " unit_tests \"[crdt-random]\"";
}

}  // namespace

TEST_CASE("the random lists of yjs give their text in any order", "[crdt][crdt-random]") {
    const auto range = seeds(12);
    for (const auto& list : group("random")) {
        INFO(text_at(list, "name"));
        std::vector<buffer> updates;
        for (const auto& each : *at(list, "updates").elements()) updates.push_back(bytes_at(each, "update"));
        document straight({.client = 98});
        for (const auto& each : updates) straight.apply(each).value();
        for (auto seed = range.first; seed <= range.last; ++seed) {
            INFO(again(seed));
            std::mt19937 random(seed);
            std::ranges::shuffle(updates, random);
            document made({.client = 99});
            // Cleaning formats up is an edit, and a different one in each order; the text stays the same.
            document cleaned(as_yjs(97, seed % 2 == 0));
            for (const auto& each : updates) {
                REQUIRE(made.apply(each));
                REQUIRE(cleaned.apply(each));
            }
            for (auto* of : {&made, &cleaned}) {
                REQUIRE(broken_promise(*of).empty());
                CHECK(of->get_text("t").to_string() == text_at(list, "text"));
                CHECK_FALSE(of->has_pending());
            }
            CHECK(to_hex(made.encode_state()) == to_hex(straight.encode_state()));
        }
    }
}

TEST_CASE("replicas that edit at random and hear in any order end equal", "[crdt][crdt-random]") {
    const auto range = seeds(16);
    for (auto seed = range.first; seed <= range.last; ++seed) {
        INFO(again(seed));
        replicas all(seed, 3);
        for (int i = 0; i < 40; ++i) {
            all.edit();
            all.exchange();
            if (i % 10 == 0) {
                for (std::size_t each = 0; each < all.size(); ++each)
                    REQUIRE(broken_promise(all[each]).empty());
            }
        }
        all.settle();
        const auto state = all[0].encode_state();
        for (std::size_t each = 0; each < all.size(); ++each) {
            REQUIRE(broken_promise(all[each]).empty());
            CHECK_FALSE(all[each].has_pending());
            CHECK(all[each].states() == all[0].states());
            CHECK(all[each].deleted() == all[0].deleted());
            CHECK(to_hex(all[each].encode_state()) == to_hex(state));
        }
        // From its state, from a merge of all updates, and from both, the same document comes.
        document copy({.client = 90});
        copy.apply(state).value();
        CHECK(to_hex(copy.encode_state()) == to_hex(state));
        copy.apply(state).value();
        CHECK(to_hex(copy.encode_state()) == to_hex(state));
        const std::vector<conf::bytes> updates(all.updates().begin(), all.updates().end());
        document merged({.client = 91});
        merged.apply(merge_updates(updates).value()).value();
        REQUIRE(broken_promise(merged).empty());
        CHECK(to_hex(merged.encode_state()) == to_hex(state));
    }
}

TEST_CASE("a replica that stops at any point goes on from what it encoded", "[crdt][crdt-random]") {
    const auto range = seeds(6);
    for (auto seed = range.first; seed <= range.last; ++seed) {
        INFO(again(seed));
        replicas all(seed, 3);
        for (int i = 0; i < 30; ++i) all.edit();
        auto updates = all.updates();
        std::ranges::shuffle(updates, all.random());
        document whole({.client = 80});
        for (std::size_t i = 0; i < updates.size(); ++i) {
            // What waits is part of the state that is stored.
            document restarted({.client = 81});
            restarted.apply(whole.encode_state()).value();
            REQUIRE(broken_promise(restarted).empty());
            CHECK(to_hex(restarted.encode_state()) == to_hex(whole.encode_state()));
            CHECK(restarted.has_pending() == whole.has_pending());
            whole.apply(updates[i]).value();
        }
        all.settle();
        CHECK(to_hex(whole.encode_state()) == to_hex(all[0].encode_state()));
    }
}

TEST_CASE("a diff brings somebody up to date", "[crdt][crdt-random]") {
    const auto range = seeds(6);
    for (auto seed = range.first; seed <= range.last; ++seed) {
        INFO(again(seed));
        replicas all(seed, 2);
        for (int i = 0; i < 30; ++i) {
            all.edit();
            if (i % 3 == 0) all.exchange();
        }
        const auto state = all[0].encode_state();
        all[1].apply(all[0].encode_state(all[1].states())).value();
        all[0].apply(all[1].encode_state(all[0].states())).value();
        CHECK(to_hex(all[0].encode_state()) == to_hex(all[1].encode_state()));
        const auto without = diff_update(state, state_vector(), {}).value();
        CHECK(to_hex(without) == to_hex(state));
    }
}

TEST_CASE("an update cut at any byte is refused and changes nothing", "[crdt]") {
    replicas all(7, 2);
    for (int i = 0; i < 25; ++i) all.edit();
    all.settle();
    const auto state = all[0].encode_state();
    document made({.client = 9});
    made.transact([&] { made.get_text("t").insert(0, "before").value(); });
    const auto before = made.encode_state();
    for (std::size_t size = 0; size < state.size(); ++size) {
        INFO(size);
        REQUIRE_FALSE(made.apply(conf::bytes(state).first(size)));
    }
    CHECK(to_hex(made.encode_state()) == to_hex(before));
    CHECK(broken_promise(made).empty());
}

TEST_CASE("an update with a wrong bit is refused whole or leaves a whole document", "[crdt]") {
    replicas all(8, 2);
    for (int i = 0; i < 12; ++i) all.edit();
    all.settle();
    const auto state = all[0].encode_state();
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < state.size() * 8; bit += 5) {
        auto wrong = state;
        wrong[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        document made({.client = 9});
        made.transact([&] { made.get_text("t").insert(0, "before").value(); });
        const auto before = made.encode_state();
        INFO(bit);
        if (!made.apply(wrong)) {
            ++refused;
            REQUIRE(made.encode_state() == before);
        }
        REQUIRE(broken_promise(made).empty());
    }
    CHECK(refused > 0);
}

namespace {

/// As many writers as that, who all type at one place and know nothing of each other. The scan is quadratic.
void write_at_one_place(std::uint32_t writers) {
    document base({.client = 1});
    const auto first = base.transact([&] { base.get_text("t").insert(0, "><").value(); });
    std::vector<buffer> updates;
    for (std::uint32_t i = 0; i < writers; ++i) {
        document writer({.client = 10 + i});
        writer.apply(first).value();
        updates.push_back(
            writer.transact([&] { writer.get_text("t").insert(1, std::to_string(i % 10)).value(); }));
    }
    std::string expected = ">";
    for (std::uint32_t i = 0; i < writers; ++i) expected += static_cast<char>('0' + i % 10);
    expected += '<';
    document made({.client = 2});
    made.apply(first).value();
    for (const auto& each : updates) made.apply(each).value();
    CHECK(made.get_text("t").to_string() == expected);

    document backwards({.client = 3});
    for (auto each = updates.rbegin(); each != updates.rend(); ++each) backwards.apply(*each).value();
    backwards.apply(first).value();
    CHECK(to_hex(backwards.encode_state()) == to_hex(made.encode_state()));

    // All in one update, with and without enough steps for it.
    const std::vector<conf::bytes> views(updates.begin(), updates.end());
    const auto merged = merge_updates(views).value();
    limits within;
    for (const std::uint64_t most :
         {std::uint64_t{writers} * (writers + 1) / 2, std::uint64_t{writers} * 3}) {
        within.conflict_steps_max = most;
        document bounded({.client = 4, .within = within});
        bounded.apply(first).value();
        const auto before = bounded.encode_state();
        const auto done = bounded.apply(merged);
        INFO(most);
        REQUIRE(broken_promise(bounded).empty());
        if (!done) {
            CHECK(done.error() == make_error_code(crdt_errc::too_many_conflicts));
            CHECK(to_hex(bounded.encode_state()) == to_hex(before));
        } else {
            CHECK(bounded.get_text("t").to_string() == expected);
        }
    }
}

}  // namespace

TEST_CASE("many concurrent insertions at one place cost what is promised", "[crdt]") {
    write_at_one_place(300);
}

// Fifty million steps each time; the long run has the time for it.
TEST_CASE("ten thousand concurrent insertions at one place", "[.][crdt-long]") {
    write_at_one_place(10'000);
}

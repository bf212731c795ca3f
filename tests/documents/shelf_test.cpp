// The files of a room: how they become pages, what survives, and when nothing needs them any more.
#include "libconf/documents/shelf.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace conf::documents;

namespace {

constexpr rooms::wall_time noon{1'700'000'000'000};

struct world {
    explicit world(limits within = {}) : shelf(within) {}

    void add(document_number number, const std::string& content = "c1") {
        REQUIRE(shelf.put(number, {"a.pdf", content, 1000, "p1"}, {}, noon, out));
    }
    void convert(document_number which, std::uint32_t pages = 2) {
        shelf.handle(which, kind_found{"pdf"}, out);
        shelf.handle(which, pages_found{std::vector<paper_size>(pages, {960, 540})}, out);
        for (std::uint32_t i = 1; i <= pages; ++i) shelf.handle(which, page_made{i}, out);
        shelf.handle(which, conversion_done{}, out);
        REQUIRE(shelf.find(which)->state == file_state::ready);
    }
    /// What a store would have.
    std::vector<rooms::record> kept() {
        for (const auto& one : out.records) {
            std::erase_if(store, [&](const auto& old) { return old.key == one.key; });
            if (!one.value.empty()) store.push_back(one);
        }
        out.records.clear();
        return store;
    }

    documents::shelf shelf;
    outputs out;
    std::vector<rooms::record> store;
};

}  // namespace

TEST_CASE("pages are usable one after the other", "[documents]") {
    world w;
    w.add(3);
    CHECK(w.out.jobs == std::vector<conversion_job>{{3, "c1", "a.pdf"}});
    CHECK(w.shelf.find(3)->state == file_state::waiting);
    w.shelf.handle(3, kind_found{"pptx"}, w.out);
    w.shelf.handle(3, pages_found{{{960, 540}, {540, 960}}}, w.out);
    CHECK(w.shelf.find(3)->state == file_state::converting);
    REQUIRE(w.shelf.find(3)->pages.size() == 2);
    CHECK(w.shelf.find(3)->pages[0].height == 810);
    CHECK_FALSE(w.shelf.find(3)->pages[0].made);
    w.shelf.handle(3, page_made{1, true}, w.out);
    w.shelf.handle(3, page_made{0}, w.out);  // no such pages
    w.shelf.handle(3, page_made{3}, w.out);
    CHECK(w.shelf.find(3)->pages[0].made);
    CHECK(w.shelf.find(3)->pages[0].picture);
    w.shelf.handle(3, page_made{2}, w.out);
    w.shelf.handle(3, conversion_done{}, w.out);
    CHECK(w.shelf.find(3)->state == file_state::ready);
    CHECK(w.shelf.find(3)->ending == "pptx");
    CHECK(w.out.events == std::vector<shelf_event>{{shelf_event_kind::pages_known, 3},
                                                   {shelf_event_kind::page_ready, 3, 1},
                                                   {shelf_event_kind::page_ready, 3, 2},
                                                   {shelf_event_kind::ready, 3}});
    const auto before = *w.shelf.find(3);
    w.shelf.handle(3, conversion_failed{plain_problem(problem_code::broken)}, w.out);  // too late
    CHECK(*w.shelf.find(3) == before);
    w.shelf.handle(99, conversion_done{}, w.out);
}

TEST_CASE("a converter that says done too early has failed", "[documents]") {
    world w;
    w.add(1);
    w.add(2);
    w.shelf.handle(1, conversion_done{}, w.out);
    CHECK(w.shelf.find(1)->state == file_state::failed);
    w.shelf.handle(2, pages_found{{{4, 3}, {4, 3}}}, w.out);
    w.shelf.handle(2, page_made{1}, w.out);
    w.shelf.handle(2, conversion_done{}, w.out);
    CHECK(w.shelf.find(2)->state == file_state::failed);
}

TEST_CASE("a conversion that fails leaves a sentence and no file", "[documents]") {
    world w;
    w.add(1);
    w.out.clear();
    w.shelf.handle(1, conversion_failed{plain_problem(problem_code::encrypted)}, w.out);
    CHECK(w.shelf.find(1)->state == file_state::failed);
    CHECK(w.shelf.find(1)->why->code == problem_code::encrypted);
    CHECK(w.out.unused == std::vector<std::string>{"c1"});
    CHECK(w.shelf.bytes() == 0);
    // Another document's same file is still needed.
    w.add(2, "c2");
    w.add(3, "c2");
    w.out.clear();
    w.shelf.handle(2, conversion_failed{plain_problem(problem_code::broken)}, w.out);
    CHECK(w.out.unused.empty());
    w.shelf.remove(3, w.out);
    CHECK(w.out.unused == std::vector<std::string>{"c2"});
    CHECK(w.out.cancelled == std::vector<document_number>{3});
    w.shelf.remove(3, w.out);  // again: nothing
    CHECK(w.out.unused.size() == 1);
}

TEST_CASE("a converter that goes away is tried once more", "[documents]") {
    world w;
    w.add(1);
    w.shelf.handle(1, pages_found{{{4, 3}, {4, 3}}}, w.out);
    w.shelf.handle(1, page_made{1}, w.out);
    w.out.clear();
    w.shelf.handle(1, conversion_lost{}, w.out);
    CHECK(w.out.jobs.size() == 1);
    CHECK(w.out.events == std::vector<shelf_event>{{shelf_event_kind::restarted, 1}});
    CHECK(w.shelf.find(1)->pages.empty());
    w.shelf.handle(1, conversion_lost{}, w.out);
    CHECK(w.shelf.find(1)->state == file_state::failed);
}

TEST_CASE("what is known already is ready at once", "[documents]") {
    world w;
    const known_pages known{"pdf", {{960, 540}, {960, 540}}, {{1}, {2, true}}};
    REQUIRE(w.shelf.put(1, {"a.pdf", "c1", 10}, known, noon, w.out));
    CHECK(w.out.jobs.empty());
    CHECK(w.shelf.find(1)->state == file_state::ready);
    CHECK(w.shelf.find(1)->pages[1].picture);
    // What was kept of another conversion may be torn.
    for (const auto& torn : {known_pages{"pdf", {{4, 3}, {4, 3}}, {{1}}}, known_pages{"pdf", {}, {}},
                             known_pages{"pdf", {{4, 3}, {4, 3}}, {{1}, {1}}}}) {
        w.out.clear();
        REQUIRE(w.shelf.put(2, {"a.pdf", "c2", 10}, torn, noon, w.out));
        CHECK(w.out.jobs.size() == 1);
    }
    // The same content again stays.
    w.out.clear();
    REQUIRE(w.shelf.put(1, {"b.pdf", "c1", 10}, known, noon, w.out));
    CHECK(w.out.unused.empty());
}

TEST_CASE("a room holds so much and no more", "[documents]") {
    limits within;
    within.room_bytes_max = 2500;
    within.bytes_max = 2000;
    world w(within);
    w.add(1, "c1");
    CHECK(w.shelf.admits("c.pdf", 1500));
    CHECK(w.shelf.admits("c.pdf", 1501).error() == make_error_code(shelf_errc::room_full));
    CHECK(w.shelf.admits("c.pdf", 1000, 501).error() == make_error_code(shelf_errc::room_full));
    CHECK(w.shelf.admits("c.pdf", 2001).error() == make_error_code(shelf_errc::too_large));
    CHECK(w.shelf.admits("../c.pdf", 1).error() == make_error_code(shelf_errc::bad_name));
    CHECK_FALSE(w.shelf.admits("c.pdf", UINT64_MAX));
    CHECK_FALSE(w.shelf.put(2, {"c.pdf", "c2", 1501}, {}, noon, w.out));
    CHECK(w.shelf.find(2) == nullptr);

    world many;
    for (document_number i = 1; i <= documents_per_room_max; ++i) many.add(i);
    CHECK(many.shelf.admits("b.pdf", 1).error() == make_error_code(shelf_errc::room_full));
}

TEST_CASE("a shelf comes back as it was, and unfinished work begins again", "[documents]") {
    world w;
    w.add(1, "c1");
    w.convert(1);
    w.add(2, "c2");
    w.shelf.handle(2, pages_found{{{4, 3}}}, w.out);

    world again;
    again.store = w.kept();
    CHECK(again.shelf.restore(again.store, again.out) == 0);
    CHECK(*again.shelf.find(1) == *w.shelf.find(1));
    CHECK(again.out.jobs == std::vector<conversion_job>{{2, "c2", "a.pdf"}});

    world third;
    third.store = again.kept();
    third.store.push_back({shelf::kept_as, "torn", "x"});
    third.store.push_back({rooms::record_kind::chat, "1", "not ours"});
    CHECK(third.shelf.restore(third.store, third.out) == 1);
    CHECK(third.shelf.find(2)->state == file_state::failed);
    CHECK(third.shelf.find(2)->why->code == problem_code::restarted);
    CHECK(third.out.unused == std::vector<std::string>{"c2"});
}

TEST_CASE("the end of a meeting leaves nothing", "[documents]") {
    world w;
    w.add(1, "c1");
    w.convert(1);
    w.add(2, "c2");
    w.kept();
    w.out.clear();
    w.shelf.clear(w.out);
    CHECK(w.out.unused == std::vector<std::string>{"c1", "c2"});
    CHECK(w.out.cancelled.size() == 1);
    CHECK(w.kept().empty());
    CHECK(w.shelf.all().empty());
}

TEST_CASE("every error of documents has a text", "[documents]") {
    for (int i = 1; i <= static_cast<int>(shelf_errc::room_full); ++i) {
        CHECK(shelf_category().message(i) != shelf_category().message(0));
    }
}

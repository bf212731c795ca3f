// A file's record comes back as it was, and a torn one is none.
#include "libconf/documents/stored_file.hpp"
#include "libconf/documents/limits.hpp"
#include "libconf/room/record_format.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace conf;
using namespace conf::documents;

namespace {

stored_file full() {
    stored_file made;
    made.number = 7;
    made.name = "Talk.pptx";
    made.state = file_state::ready;
    made.content = std::string(64, 'a');
    made.ending = "pptx";
    made.bytes = 12'345;
    made.owner = "p1";
    made.added = rooms::wall_time(1'700'000'000'000);
    made.attempts = 1;
    made.pages = {{1440, 810, true}, {1440, 1080.5, true, true, false}, {1440, 810, true, true, true}};
    return made;
}

}  // namespace

TEST_CASE("a file is read as it was written", "[documents]") {
    const auto key = rooms::key_of(7);
    auto one = full();
    CHECK(read_record(key, write_record(one)) == one);
    one.state = file_state::failed;
    one.pages.clear();
    one.content.clear();
    one.why = problem{problem_code::too_many_pages, "Too many.", limit_from("pages"), 201};
    CHECK(read_record(key, write_record(one)) == one);
    // What is under way begins anew, so its pages are not kept.
    auto moving = full();
    moving.state = file_state::converting;
    const auto back = read_record(key, write_record(moving));
    REQUIRE(back);
    CHECK(back->pages.empty());
}

TEST_CASE("a torn record is no file", "[documents]") {
    const auto whole = write_record(full());
    std::size_t readable = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto back = read_record(rooms::key_of(7), std::string_view(whole).substr(0, size));
        if (!back) continue;
        ++readable;  // cut between two fields
        CHECK((back->state != file_state::ready || !back->pages.empty()));
    }
    CHECK(readable < 20);
    CHECK_FALSE(read_record("", whole));
    CHECK_FALSE(read_record("seven", whole));
    CHECK_FALSE(read_record(rooms::key_of(7), "nonsense"));
}

TEST_CASE("paper of any size becomes a page of our width", "[documents]") {
    CHECK(fit_page(595, 842) == page_size{1440, 2037.782});
    CHECK(fit_page(960, 540) == page_size{1440, 810});
    CHECK(fit_page(1, 8) == page_size{1440, 1440 * page_aspect_max});
    CHECK(fit_page(1, 9) == page_size{1440, 1440 * page_aspect_max});
    CHECK(fit_page(9, 1) == page_size{1440, 180});
    for (const auto bad :
         {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(fit_page(bad, 100) == page_size{});
        CHECK(fit_page(100, bad) == page_size{});
    }
}

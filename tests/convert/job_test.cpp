// The lines that go to a converter and come back.
#include "libconf/convert/job.hpp"

#include <catch2/catch.hpp>

using namespace conf::convert;
using conf::documents::problem;
using conf::documents::problem_code;

TEST_CASE("jobs are read, and what is no job is none", "[convert]") {
    const auto job = read_job(R"({"job":"pages","in":"/a","name":"talk.pdf","out":"/b",)"
                              R"("limits":{"pages":7,"bytes":8,"pixels":9,"seconds":10}})");
    REQUIRE(job);
    const auto& pages = std::get<pages_job>(*job);
    CHECK(pages.in == "/a");
    CHECK(pages.name == "talk.pdf");
    CHECK(pages.within.pages_max == 7);
    CHECK(pages.within.bytes_max == 8);
    CHECK(pages.within.pixels_max == 9);
    CHECK(pages.within.job_time == std::chrono::seconds(10));

    const auto exported =
        read_job(R"({"job":"export","format":"pdf","out":"/b","pages":[)"
                 R"({"drawing":"/1.svg","document":"/d.pdf","page":3},{"width":4.5,"height":3}]})");
    REQUIRE(exported);
    CHECK(std::get<export_job>(*exported).pages[0].page == 3);
    CHECK(std::get<export_job>(*exported).pages[1].width == 4.5);
    CHECK(read_job(R"({"job":"check"})"));
    CHECK(read_job(R"({"job":"picture","in":"/d.pdf","page":2,"width":2048,"out":"/b"})"));
    CHECK(read_job(R"({"job":"text","in":"/h","format":"docx","out":"/b"})"));

    for (const auto* const bad :
         {"", "{", "[]", R"({"job":"dance"})", R"({"job":"pages","in":1,"name":"a","out":"b"})",
          R"({"job":"pages"})", R"({"job":"pages","in":"a","name":"a","out":"b","limits":{"pages":-1}})",
          R"({"job":"picture","in":"/d.pdf","page":2,"width":2049,"out":"/b"})",
          R"({"job":"picture","in":"/d.pdf","page":0,"width":64,"out":"/b"})",
          R"({"job":"export","format":"doc","out":"/b","pages":[{"document":"/d.pdf"}]})",
          R"({"job":"export","format":"pdf","out":"/b","pages":[]})",
          R"({"job":"export","format":"pdf","out":"/b","pages":[{"drawing":"/1.svg"}]})",
          R"({"job":"text","in":"/h","format":"exe","out":"/b"})"}) {
        INFO(bad);
        CHECK_FALSE(read_job(bad));
    }
}

TEST_CASE("events are read as they were written", "[convert]") {
    const auto back = [](const any_event& what) {
        const auto line = write_event(what);
        CHECK(line.ends_with("}\n"));
        const auto read = read_event(std::string_view(line).substr(0, line.size() - 1));
        REQUIRE(read);
        CHECK(write_event(*read) == line);
        return *read;
    };
    CHECK(std::get<kind_event>(back(kind_event{"office", "pptx"})).ending == "pptx");
    const auto pages = std::get<pages_event>(back(pages_event{{{595.276, 841.89}, {600, 400}}}));
    REQUIRE(pages.papers.size() == 2);
    CHECK(pages.papers[0].width == Approx(595.276));
    const auto page = std::get<page_event>(back(page_event{3, true, true}));
    CHECK(page.picture);
    CHECK(page.missing);
    back(abilities_event{true, false, true, {"no \"office\""}});
    back(done_event{});
    const problem why{problem_code::too_many_pages, "Too many.", conf::documents::limit_from("pages"), 201};
    CHECK(std::get<problem>(back(why)) == why);

    for (const auto* const bad :
         {"", "{}", R"({"event":"failed","code":"joy","message":""})", R"({"event":"page","page":"1"})"}) {
        INFO(bad);
        CHECK_FALSE(read_event(bad));
    }
}

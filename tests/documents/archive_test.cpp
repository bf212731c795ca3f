// Archives are judged by their list, and a list that lies is no list.
#include "libconf/documents/archive.hpp"
#include "libconf/documents/limits.hpp"
#include "tests/documents/fixtures.hpp"

#include <catch2/catch.hpp>

using namespace conf;
using namespace conf::documents;
using test::make_zip;

namespace {

std::optional<problem> wrong(const std::string& file) {
    auto read = read_archive(as_bytes(file));
    if (auto* const why = std::get_if<problem>(&read)) return *why;
    return std::nullopt;
}

std::string many(std::size_t count) {
    std::vector<test::zip_file> files;
    for (std::size_t i = 0; i < count; ++i) files.push_back({std::to_string(i), "x"});
    return make_zip(files);
}

}  // namespace

TEST_CASE("an archive's entries are read from its list", "[documents]") {
    const auto file = make_zip({{"mimetype", "text"}, {"a/b.xml", "<a/>"}});
    const auto read = read_archive(as_bytes(file));
    const auto& entries = std::get<std::vector<archive_entry>>(read);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].name == "mimetype");
    CHECK(as_text(entries[0].stored) == "text");
    CHECK(entries[1].unpacked_bytes == 4);
}

TEST_CASE("an archive that unpacks to too much is told by its list", "[documents]") {
    struct bomb_case {
        std::string why;
        std::string file;
        std::optional<problem_code> expected;
    };
    const auto packed = std::string(20'000, 'x');
    const auto says = [&](std::uint64_t bytes, std::size_t entries = 1) {
        std::vector<test::zip_file> files;
        for (std::size_t i = 0; i < entries; ++i) {
            files.push_back({std::to_string(i), packed, static_cast<std::uint32_t>(bytes), 8});
        }
        return make_zip(files);
    };
    const auto c = GENERATE_COPY(values<bomb_case>({
        {"ratio at the limit", says(2'000'000), std::nullopt},
        {"ratio above it", says(2'020'000), problem_code::archive_too_large},
        {"a short one may pack well", make_zip({{"a", "xx", 1'000'000, 8}}), std::nullopt},
        {"one byte more may not", make_zip({{"a", "xx", 1'000'001, 8}}), problem_code::archive_too_large},
        {"in all at the limit", says(2'000'000, 150), std::nullopt},
        {"in all above it", says(2'000'000, 151), problem_code::archive_too_large},
        {"so many entries", many(archive_entries_max), std::nullopt},
        {"one more", many(archive_entries_max + 1), problem_code::archive_too_large},
    }));
    INFO(c.why);
    const auto found = wrong(c.file);
    CHECK(found.has_value() == c.expected.has_value());
    if (found && c.expected) CHECK(found->code == *c.expected);
    if (found) CHECK_FALSE(found->limit.empty());
}

TEST_CASE("an archive that is cut off or contradicts itself is broken", "[documents]") {
    const auto good = make_zip({{"mimetype", "text"}, {"content.xml", std::string(500, 'x')}});
    REQUIRE_FALSE(wrong(good));
    for (std::size_t size = 0; size < good.size(); ++size) {
        INFO(size << " bytes of " << good.size());
        const auto found = wrong(good.substr(0, size));
        REQUIRE(found);
        REQUIRE(found->code == problem_code::broken);
    }
    CHECK(wrong(make_zip({{"a", "text", 9000}}))->code == problem_code::broken);
    CHECK(wrong(make_zip({{"a", "text", 9000, 0, true}}))->code == problem_code::broken);
}

#include "common/file_watch.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace fs = std::filesystem;

TEST_CASE("a changed file is noticed once, when it has come to rest", "[apps]") {
    auto name = (fs::temp_directory_path() / "conf-watch-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    const fs::path folder = name;
    const auto write = [&](const std::string& file, const std::string& text) {
        std::ofstream(folder / file) << text;
    };

    write("a", "1");
    conf::apps::file_watch watch({(folder / "a").string(), (folder / "none").string()});
    CHECK_FALSE(watch.changed());

    SECTION("written") {
        write("a", "12");
        CHECK_FALSE(watch.changed());  // it may still be written to
        CHECK(watch.changed());
        CHECK_FALSE(watch.changed());
    }
    SECTION("written in steps") {
        write("a", "12");
        CHECK_FALSE(watch.changed());
        write("a", "123");
        CHECK_FALSE(watch.changed());
        CHECK(watch.changed());
    }
    SECTION("replaced, as editors do") {
        write("b", "1");
        fs::rename(folder / "b", folder / "a");
        CHECK_FALSE(watch.changed());
        CHECK(watch.changed());
    }
    SECTION("a link that points elsewhere now, as certbot does") {
        write("first", "1");
        write("second", "1");
        fs::create_symlink(folder / "first", folder / "link");
        conf::apps::file_watch links({(folder / "link").string()});
        fs::create_symlink(folder / "second", folder / "new");
        fs::rename(folder / "new", folder / "link");
        CHECK_FALSE(links.changed());
        CHECK(links.changed());
    }
    SECTION("gone, and back as it was") {
        fs::rename(folder / "a", folder / "away");
        CHECK_FALSE(watch.changed());
        fs::rename(folder / "away", folder / "a");
        CHECK_FALSE(watch.changed());
        CHECK_FALSE(watch.changed());
    }
    SECTION("made") {
        write("none", "");
        CHECK_FALSE(watch.changed());
        CHECK(watch.changed());
    }
    fs::remove_all(folder);
}

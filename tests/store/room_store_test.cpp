// What rooms keep comes back as it was, from a file as from memory, also after a crash and a full disk.
#include "libconf/store/sqlite_store.hpp"
#include "tests/store/loop.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

using conf::rooms::record;
using conf::rooms::record_kind;
using namespace conf::store;
using store_test::loop;

namespace {

class folder {
public:
    folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "conf-store-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    [[nodiscard]] std::string file() const { return path_ + "/rooms.db"; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::unique_ptr<sqlite_store> open(const std::string& file, loop& on, std::vector<bool>* changes = nullptr) {
    auto made = sqlite_store::open(
        file, {.post_back = [&on](std::function<void()> task) { on.post(std::move(task)); },
               .on_change =
                   [changes](const conf::result<void>& works) {
                       if (changes != nullptr) changes->push_back(works.has_value());
                   }});
    INFO((made ? "" : made.error().message()));
    REQUIRE(made);
    return *std::move(made);
}

bool save(room_store& to, loop& on, const std::string& room, std::vector<record> records) {
    std::optional<bool> good;
    to.save(room, std::move(records), [&](const conf::result<void>& how) { good = how.has_value(); });
    on.run_until([&] { return good.has_value(); });
    return *good;
}

std::vector<record> load(room_store& from, loop& on, const std::string& room) {
    std::optional<std::vector<record>> found;
    from.load(room, [&](conf::result<std::vector<record>> records) {
        REQUIRE(records);
        found = *std::move(records);
    });
    on.run_until([&] { return found.has_value(); });
    std::ranges::sort(*found, {}, [](const record& one) { return std::pair(one.kind, one.key); });
    return *found;
}

std::vector<std::string> list(room_store& from, loop& on) {
    std::optional<std::vector<std::string>> found;
    from.list([&](conf::result<std::vector<std::string>> names) {
        REQUIRE(names);
        found = *std::move(names);
    });
    on.run_until([&] { return found.has_value(); });
    return *found;
}

const std::string odd_value("a\0\xFF\n'--", 7);

}  // namespace

TEST_CASE("stores keep the newest value of each key, room by room", "[store]") {
    const bool in_memory = GENERATE(true, false);
    loop on;
    const folder here;
    std::unique_ptr<room_store> store;
    if (in_memory) {
        store = std::make_unique<memory_store>([&on](auto task) { on.post(std::move(task)); });
    } else {
        store = open(here.file(), on);
    }
    CHECK(load(*store, on, "a").empty());
    CHECK(save(*store, on, "a", {{record_kind::chat, "1", odd_value}, {record_kind::person, "1", "ann"}}));
    CHECK(save(*store, on, "b", {{record_kind::chat, "1", "other"}}));
    CHECK(load(*store, on, "a") ==
          std::vector<record>{{record_kind::person, "1", "ann"}, {record_kind::chat, "1", odd_value}});
    CHECK(save(*store, on, "a", {{record_kind::person, "1", "bob"}, {record_kind::chat, "1", ""}}));
    CHECK(load(*store, on, "a") == std::vector<record>{{record_kind::person, "1", "bob"}});
    CHECK(list(*store, on) == std::vector<std::string>{"a", "b"});
    CHECK(save(*store, on, "a", {{record_kind::person, "1", ""}, {record_kind::person, "2", ""}}));
    CHECK(list(*store, on) == std::vector<std::string>{"b"});
}

TEST_CASE("a file is there for the next start, and for its owner alone", "[store]") {
    loop on;
    const folder here;
    CHECK(save(*open(here.file(), on), on, "a", {{record_kind::room, "", "x"}}));
    struct stat about{};
    REQUIRE(::stat(here.file().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0600U);
    const auto again = open(here.file(), on);
    CHECK(load(*again, on, "a") == std::vector<record>{{record_kind::room, "", "x"}});
}

TEST_CASE("what was acknowledged survives SIGKILL", "[store]") {
    const folder here;
    // The child writes the number of what was acknowledged, and never ends by itself.
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        loop on;
        auto made = sqlite_store::open(
            here.file(), {.post_back = [&on](std::function<void()> task) { on.post(std::move(task)); }});
        if (!made) ::_exit(1);
        for (std::uint32_t i = 0;; ++i) {
            bool done = false;
            (*made)->save("a", {{record_kind::chat, std::to_string(i), "text"}}, [&](const auto& how) {
                if (!how) ::_exit(2);
                done = true;
            });
            on.run_until([&] { return done; });
            if (::write(pipe[1], &i, sizeof i) != sizeof i) ::_exit(3);
        }
    }
    ::close(pipe[1]);
    std::uint32_t last = 0;
    while (last < 50) REQUIRE(::read(pipe[0], &last, sizeof last) == sizeof last);
    REQUIRE(::kill(child, SIGKILL) == 0);
    while (::read(pipe[0], &last, sizeof last) == sizeof last) {}
    ::close(pipe[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    loop on;
    const auto store = open(here.file(), on);
    const auto found = load(*store, on, "a");
    CHECK(found.size() >= last + 1);
    CHECK(found.size() <= last + 2);  // the one that was not acknowledged may be there
}

TEST_CASE("while nothing can be written it says so, goes on reading, and catches up afterwards", "[store]") {
    loop on;
    const folder here;
    std::vector<bool> changes;
    const auto store = open(here.file(), on, &changes);
    REQUIRE(save(*store, on, "a", {{record_kind::chat, "1", "kept"}}));

    // Another process holds the only right to write.
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(here.file().c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK_FALSE(save(*store, on, "a", {{record_kind::chat, "2", "lost?"}, {record_kind::chat, "1", ""}}));
    CHECK(changes == std::vector{false});
    CHECK(load(*store, on, "a") == std::vector<record>{{record_kind::chat, "2", "lost?"}});
    REQUIRE(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    on.run_until([&] { return changes.size() == 2; });  // by itself
    CHECK(changes == std::vector{false, true});
    CHECK(load(*open(here.file(), on), on, "a") == std::vector<record>{{record_kind::chat, "2", "lost?"}});
}

TEST_CASE("what is no store of ours is refused and left as it is", "[store]") {
    const folder here;
    const auto why = [&](const std::string& file) {
        auto made = sqlite_store::open(file, {.post_back = [](const auto&) {}});
        REQUIRE_FALSE(made);
        CHECK(made.error().context().find(file) != std::string::npos);
        return made.error().code();
    };
    CHECK(why(here.path() + "/nowhere/rooms.db") == make_error_code(store_errc::cannot_open));
    std::ofstream(here.file()) << "this is a letter to my aunt, and long enough to be read";
    CHECK(why(here.file()) == make_error_code(store_errc::cannot_open));
    std::ifstream letter(here.file());
    CHECK(std::string(std::istreambuf_iterator<char>(letter), {}).starts_with("this is a letter"));

    sqlite3* newer = nullptr;
    const auto other = here.path() + "/newer.db";
    REQUIRE(sqlite3_open(other.c_str(), &newer) == SQLITE_OK);
    REQUIRE(sqlite3_exec(newer, "PRAGMA user_version = 2", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(newer);
    CHECK(why(other) == make_error_code(store_errc::newer_version));
}

#include "libconf/host/revoked_invitations.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <functional>
#include <utility>

using namespace conf;
using namespace conf::host;
using namespace std::chrono_literals;

namespace {

struct links {
    void run() {
        while (!posted.empty()) {
            const auto task = std::move(posted.front());
            posted.pop_front();
            task();
        }
    }
    std::size_t kept() {
        std::size_t count = 0;
        memory.load("//revoked",
                    [&](const result<std::vector<rooms::record>>& records) { count = records->size(); });
        run();
        return count;
    }

    std::deque<std::function<void()>> posted;
    store::memory_store memory{[this](std::function<void()> task) { posted.push_back(std::move(task)); }};
    rooms::wall_time now{1'800'000'000'000};
};

}  // namespace

TEST_CASE("a link that was taken back stays so until it would have expired", "[host]") {  // SEC-ROOM-2
    links f;
    {
        revoked_invitations book(f.memory);
        CHECK_FALSE(book.known());
        f.run();
        CHECK(book.known());
        book.add("a", f.now + 1h, f.now);
        book.add("b", f.now + 2h, f.now);
        CHECK(book.has("a"));
        CHECK_FALSE(book.has("c"));
        f.run();
    }
    revoked_invitations later(f.memory);
    CHECK_FALSE(later.has("a"));
    // What is taken back before the rest is known is no less so.
    later.add("c", f.now + 3h, f.now);
    f.run();
    for (const auto* id : {"a", "b", "c"}) CHECK(later.has(id));
    CHECK(f.kept() == 3);
    later.add("gone", f.now, f.now + 1h);
    CHECK_FALSE(later.has("a"));
    CHECK_FALSE(later.has("gone"));
    CHECK(later.has("b"));
    CHECK(f.kept() == 2);
}

TEST_CASE("whoever asks for taken back links may leave before the answer", "[host]") {
    links f;
    { const revoked_invitations book(f.memory); }
    f.run();
    CHECK(f.posted.empty());
}

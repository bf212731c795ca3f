// A program, or a socket, is asked one line and answers lines; whoever asks may leave at any time.
#include "libconf/net/line_exchange.hpp"
#include "libconf/net/event_loop.hpp"
#include "tests/net/temp_folder.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace conf;
using namespace std::chrono_literals;
using net::line_exchange;

namespace {

struct conversation {
    std::vector<std::string> lines;
    std::promise<void> ended;
};

/// A shell script as a program.
std::string program(const test::temp_folder& folder, const std::string& script) {
    const auto path = folder.write("program", "#!/bin/sh\n" + script + "\n");
    REQUIRE(chmod(path.c_str(), 0700) == 0);
    return path;
}

}  // namespace

TEST_CASE("a program answers in lines and ends", "[net]") {
    const test::temp_folder folder;
    net::event_loop loop;
    loop.start();
    auto talk = std::make_shared<conversation>();
    std::unique_ptr<line_exchange> exchange;
    const auto path = program(
        folder, "read line; echo \"got $line\"; echo; env | grep -v -e PWD -e SHLVL -e '^_='; echo -n rest");
    loop.call([&] {
        exchange = std::make_unique<line_exchange>(
            loop, net::line_target{path, {}}, "question",
            line_exchange::callbacks{[talk](std::string_view line) { talk->lines.emplace_back(line); },
                                     [talk] { talk->ended.set_value(); }});
        CHECK(talk->lines.empty());
    });
    REQUIRE(talk->ended.get_future().wait_for(20s) == std::future_status::ready);
    loop.call([&] { exchange.reset(); });
    CHECK(talk->lines == std::vector<std::string>{"got question", "", "PATH=/usr/bin:/bin"});
    loop.stop();
}

TEST_CASE("nobody to ask, and one who says too much, is an end", "[net]") {
    const test::temp_folder folder;
    const auto loud = program(folder, "read line; yes | tr -d '\\n'");
    net::event_loop loop;
    loop.start();
    for (const auto& target : {net::line_target{folder.file("nothing"), {}},
                               net::line_target{{}, folder.file("nothing")}, net::line_target{loud, {}}}) {
        auto talk = std::make_shared<conversation>();
        std::unique_ptr<line_exchange> exchange;
        loop.call([&] {
            exchange = std::make_unique<line_exchange>(
                loop, target, "question", line_exchange::callbacks{{}, [talk] { talk->ended.set_value(); }});
        });
        CHECK(talk->ended.get_future().wait_for(20s) == std::future_status::ready);
        loop.call([&] { exchange.reset(); });
    }
    loop.stop();
}

TEST_CASE("a program that nobody listens to any more sees the end, or is killed", "[net]") {
    const test::temp_folder folder;
    // The first leaves at the end of its input, the second does not care.
    for (const auto* const script : {"echo $$; read line; read more; exit 0", "echo $$; exec sleep 1000"}) {
        const auto path = program(folder, script);
        auto talk = std::make_shared<std::promise<pid_t>>();
        auto told = std::make_shared<bool>(false);
        pid_t id = 0;
        {
            net::event_loop loop;
            loop.start();
            std::unique_ptr<line_exchange> exchange;
            loop.call([&] {
                exchange = std::make_unique<line_exchange>(
                    loop, net::line_target{path, {}}, "question",
                    line_exchange::callbacks{[talk, told](std::string_view line) {
                                                 if (!*told) talk->set_value(std::stoi(std::string(line)));
                                                 *told = true;
                                             },
                                             [] { FAIL("nobody listens any more"); }});
            });
            auto number = talk->get_future();
            REQUIRE(number.wait_for(20s) == std::future_status::ready);
            id = number.get();
            loop.call([&] { exchange.reset(); });
            loop.stop();
        }
        // With the loop everything of it is gone.
        CHECK(kill(id, 0) != 0);
    }
}

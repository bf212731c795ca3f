// Hands that draw and people who watch, made up. README.md says how it is used.
#include "tests/bench/board/runs.hpp"
#include "tests/bench/peer/arguments.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view usage =
    R"(usage: board_load (--watch | --replay | --hours | --bare-readers | --bare-writer) [OPTION VALUE]...
  --watch         pens draw and viewers watch, in a room of the server
  --replay        a long log into an empty page, without a server
  --hours         two hours of drawing at once, without a server
  --bare-writer   a program that only writes; prints its port
  --bare-readers  those who read from it
  --port N        of the server's HTTP on 127.0.0.1, or of the bare writer
  --pid N         of either: its CPU time is measured
  --viewers N     (200)
  --pens N        (1)
  --seconds S     length of the measurement (10)
  --bytes N       of a message of the bare writer (16)
  --operations N  of the replay (100000)
  --cpu N         core of this program
)";

int run(int count, char** words) {
    board_load::settings asked;
    std::string_view what;
    int core = -1;
    for (int i = 1; i < count; ++i) {
        const std::string_view name = words[i];
        if (name == "--watch" || name == "--replay" || name == "--hours" || name == "--bare-readers" ||
            name == "--bare-writer") {
            what = name;
            continue;
        }
        if (i + 1 == count) throw std::runtime_error(std::string(usage));
        const std::string_view value = words[++i];
        if (name == "--port") {
            asked.port = bench::number_of<std::uint16_t>(value);
        } else if (name == "--pid") {
            asked.pid = bench::number_of<int>(value);
        } else if (name == "--viewers") {
            asked.viewers = bench::number_of<std::size_t>(value);
        } else if (name == "--pens") {
            asked.pens = bench::number_of<std::size_t>(value);
        } else if (name == "--seconds") {
            asked.seconds = bench::number_of<double>(value);
        } else if (name == "--bytes") {
            asked.bytes = bench::number_of<std::size_t>(value);
        } else if (name == "--operations") {
            asked.operations = bench::number_of<std::size_t>(value);
        } else if (name == "--cpu") {
            core = bench::number_of<int>(value);
        } else {
            throw std::runtime_error(std::string(usage));
        }
    }
    if (what.empty()) throw std::runtime_error(std::string(usage));
    bench::settle_in(core);
    if (what == "--bare-writer") return board_load::run_bare_writer(asked);
    const auto got = what == "--watch"    ? board_load::run_watch(asked)
                     : what == "--replay" ? board_load::run_replay(asked)
                     : what == "--hours"  ? board_load::run_hours(asked)
                                          : board_load::run_bare_readers(asked);
    std::puts(got.dump().c_str());
    return 0;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(count, words);
    } catch (const std::exception& wrong) {
        std::fprintf(stderr, "board_load: %s\n", wrong.what());
        return 1;
    }
}

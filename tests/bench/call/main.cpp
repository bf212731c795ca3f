// People in calls, made up: full rooms, bursts of joins, people who come back. README.md says how it is used.
#include "tests/bench/call/runs.hpp"
#include "tests/bench/peer/process_usage.hpp"

#include <cstdio>
#include <exception>

int main(int count, char** words) {
    using namespace call_load;
    try {
        const auto asked = read_arguments(count, words);
        bench::settle_in(asked.core);
        if (asked.what == mode::hold) return run_hold(asked);
        std::puts((asked.what == mode::room ? run_room(asked) : run_burst(asked)).dump().c_str());
        return 0;
    } catch (const std::exception& wrong) {
        std::fprintf(stderr, "call_load: %s\n", wrong.what());
        return 1;
    }
}

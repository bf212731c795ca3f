#include "libconf/metrics/process.hpp"

#include "libconf/metrics/text_check.hpp"

#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace conf::metrics;

namespace {

std::string scrape() {
    std::string text;
    text_writer writer(text);
    write_process_metrics(writer);
    return text;
}

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

TEST_CASE("the process tells its own numbers", "[metrics]") {
    const auto text = scrape();
    CHECK(check_exposition(text).empty());

    rusage used{};
    REQUIRE(::getrusage(RUSAGE_SELF, &used) == 0);
    const auto cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    CHECK(find_sample(text, "process_cpu_seconds_total").value() == Approx(cpu).margin(0.5));
    CHECK(find_sample(text, "process_resident_memory_bytes").value() > 1e6);
    CHECK(find_sample(text, "process_virtual_memory_bytes").value() >
          find_sample(text, "process_resident_memory_bytes").value());
    CHECK(find_sample(text, "process_max_fds").value() >= find_sample(text, "process_open_fds").value());
    const auto started = find_sample(text, "process_start_time_seconds").value();
    CHECK(started <= now() + 1);
    CHECK(started > now() - 24 * 3600);
}

TEST_CASE("an open file is counted, a closed one is not", "[metrics]") {
    const auto before = find_sample(scrape(), "process_open_fds").value();
    const auto one = ::dup(STDERR_FILENO);
    CHECK(find_sample(scrape(), "process_open_fds") == before + 1);
    ::close(one);
    CHECK(find_sample(scrape(), "process_open_fds") == before);
}

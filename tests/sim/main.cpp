/// Runs seeds of the simulation. The same seed and profile give the same run, event for event.
#include "libconf/base/check.hpp"
#include "tests/sim/turn/citizens.hpp"
#include "tests/sim/turn/node.hpp"
#include "tests/sim/turn/participant.hpp"
#include "tests/sim/turn/world.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using conf::sim::fault;
using conf::sim::fault_kinds;

struct range {
    std::uint64_t first = 1;
    std::uint64_t last = 1000;
};

struct options {
    std::optional<range> seeds;
    std::string profile = "swarm";
    std::optional<double> minutes;
    std::optional<std::uint64_t> replay_checks;
    bool verbose = false;
    bool usage = false;
    std::string wrong;
};

struct regression {
    std::uint64_t seed = 0;
    std::string profile;
};

constexpr const char* usage =
    "usage: sim_tests [--seeds A..B | --seed N] [--profile NAME] [--minutes M] [--replay-check K] "
    "[--verbose]\n"
    "  Without arguments: the seeds of regression_seeds.txt, seeds 1..1000, and 100 of them twice.\n"
    "  --profile       swarm (default), calm, storm, long, tight\n"
    "  --minutes M     goes on with further seeds until M minutes are over\n"
    "  --replay-check K  runs the first K seeds twice and compares\n"
    "  --verbose       a line for each seed\n";

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

options read_arguments(const std::vector<std::string>& words) {
    options read;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (word == "--verbose") {
            read.verbose = true;
            continue;
        }
        if (word == "--help") {
            read.usage = true;
            continue;
        }
        if (i + 1 == words.size()) {
            read.wrong = word;
            break;
        }
        const auto& value = words[++i];
        const auto dots = value.find("..");
        const auto whole = number(value);
        if (word == "--seeds" && dots != value.npos && number(value.substr(0, dots)) &&
            number(value.substr(dots + 2))) {
            read.seeds = range{*number(value.substr(0, dots)), *number(value.substr(dots + 2))};
        } else if (word == "--seed" && whole) {
            read.seeds = range{*whole, *whole};
        } else if (word == "--profile") {
            read.profile = value;
        } else if (word == "--minutes" && whole) {
            read.minutes = static_cast<double>(*whole);
        } else if (word == "--replay-check" && whole) {
            read.replay_checks = whole;
        } else {
            read.wrong = word + " " + value;
            break;
        }
    }
    return read;
}

/// For the check handler: what was running when the library stopped itself.
const conf::sim::world* running = nullptr;
std::string running_as;

void show_last_events(const std::source_location& where) noexcept {
    std::fputs(fmt::format("FAILED sim: a check failed at {}:{}\n  {}\n", where.file_name(), where.line(),
                           running_as)
                   .c_str(),
               stderr);
    if (running != nullptr) std::fputs(running->log.last().c_str(), stderr);
}

struct runner {
    options how;
    conf::sim::fault_tally faults;
    std::uint64_t events = 0;
    std::uint64_t packets = 0;
    std::uint64_t allocations = 0;
    conf::duration worst_recovery{};
    std::uint64_t runs = 0;
    int failures = 0;

    /// The event hash; nothing for a failed run.
    std::optional<std::uint64_t> run(std::uint64_t seed, std::string_view profile) {
        conf::sim::dice chance(seed);
        const auto drawn = conf::sim::make_profile(profile, chance);
        if (!drawn) {
            fmt::print("FAILED sim there is no profile \"{}\"\n", profile);
            ++failures;
            return std::nullopt;
        }
        conf::sim::world made(*drawn, chance.next());
        running = &made;
        running_as = fmt::format("sim_tests --seed {} --profile {}", seed, profile);
        ++runs;
        std::optional<std::uint64_t> hash;
        try {
            const auto end = made.run();
            faults.add(end.faults);
            events += end.events;
            packets += end.packets_relayed;
            allocations += end.allocations;
            worst_recovery = std::max(worst_recovery, end.recovery);
            hash = end.hash;
            if (how.verbose) {
                fmt::print(
                    "seed {} {:016x} {} events, {} packets relayed, {} allocations, well after {:.2f} s\n",
                    seed, end.hash, end.events, end.packets_relayed, end.allocations,
                    static_cast<double>(end.recovery.count()) / 1e6);
            }
        } catch (const conf::sim::failure& why) {
            ++failures;
            fmt::print("FAILED sim seed {}: {}\n  again with: {}\n  the last events:\n{}", seed, why.what(),
                       running_as, made.log.last());
        }
        running = nullptr;
        return hash;
    }
};

std::vector<regression> regressions() {
    std::vector<regression> all;
    std::ifstream file(CONF_TESTS_DIR "/sim/regression_seeds.txt");
    std::string line;
    while (std::getline(file, line)) {
        // "SEED PROFILE what it found"; a hash begins a comment.
        const auto space = line.find(' ');
        const auto seed = number(line.substr(0, space));
        if (line.empty() || line[0] == '#' || !seed || space == line.npos) continue;
        const auto end = line.find(' ', space + 1);
        all.push_back({*seed, line.substr(space + 1, end == line.npos ? end : end - space - 1)});
    }
    return all;
}

void report(const runner& done, double took) {
    fmt::print(
        "{} runs in {:.1f} s: {} events, {} packets relayed, {} allocations, slowest recovery {:.2f} s\n",
        done.runs, took, done.events, done.packets, done.allocations,
        static_cast<double>(done.worst_recovery.count()) / 1e6);
    for (std::size_t i = 0; i < fault_kinds; ++i) {
        fmt::print("  {:<16} {}\n", name_of(static_cast<fault>(i)), done.faults.injected[i]);
    }
}

}  // namespace

int main(int count, char** words) {
    const auto how = read_arguments({words + 1, words + count});
    if (how.usage || !how.wrong.empty()) {
        if (!how.wrong.empty()) fmt::print("sim_tests: what is \"{}\"?\n", how.wrong);
        fmt::print("{}", usage);
        return how.usage ? 0 : 2;
    }
    conf::set_check_handler(show_last_events);
    const auto began = std::chrono::steady_clock::now();
    const auto took = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };
    runner work;
    work.how = how;
    const bool everything = !how.seeds && !how.minutes;
    const auto seeds = how.seeds.value_or(range{});

    if (everything) {
        const auto old = regressions();
        for (const auto& one : old) work.run(one.seed, one.profile);
        if (work.failures == 0) fmt::print("ok sim {} regression seeds\n", old.size());
    }
    std::vector<std::optional<std::uint64_t>> hashes;
    for (auto seed = seeds.first; work.failures < 5; ++seed) {
        if (how.minutes ? took() > *how.minutes * 60 : seed > seeds.last) break;
        hashes.push_back(work.run(seed, how.profile));
    }
    const auto swept = hashes.size();
    if (work.failures == 0)
        fmt::print("ok sim {} seeds from {}, profile {}\n", swept, seeds.first, how.profile);

    const auto checks = std::min<std::uint64_t>(how.replay_checks.value_or(everything ? 100 : 0), swept);
    std::uint64_t equal = 0;
    for (std::uint64_t i = 0; i < checks && work.failures == 0; ++i) {
        equal += work.run(seeds.first + i, how.profile) == hashes[i] ? 1 : 0;
    }
    if (work.failures == 0 && checks > 0) {
        fmt::print("{} sim {} of {} replays equal\n", equal == checks ? "ok" : "FAILED", equal, checks);
        work.failures += equal == checks ? 0 : 1;
    }
    report(work, took());
    if (swept >= 1000 && work.failures == 0) {
        // A kind that never happens is a kind that is not tested.
        std::string missing;
        for (std::size_t i = 0; i < fault_kinds; ++i) {
            if (work.faults.injected[i] == 0) missing += fmt::format(" {}", name_of(static_cast<fault>(i)));
        }
        fmt::print("{} sim every kind of fault happened{}\n", missing.empty() ? "ok" : "FAILED", missing);
        work.failures += missing.empty() ? 0 : 1;
    }
    return work.failures == 0 ? 0 : 1;
}

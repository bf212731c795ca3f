/// Runs seeds of the simulations. The same seed and profile give the same run, event for event.
#include "libconf/base/check.hpp"
#include "tests/sim/board/world.hpp"
#include "tests/sim/media/attacker.hpp"
#include "tests/sim/media/node.hpp"
#include "tests/sim/media/player.hpp"
#include "tests/sim/media/publisher.hpp"
#include "tests/sim/turn/citizens.hpp"
#include "tests/sim/turn/node.hpp"
#include "tests/sim/turn/participant.hpp"
#include "tests/sim/turn/world.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using conf::sim::fault;

struct range {
    std::uint64_t first = 1;
    std::uint64_t last = 1;
};

struct options {
    std::string simulation;  // empty: all
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
    std::string simulation;
    std::string profile;
};

constexpr const char* usage =
    "usage: sim_tests [--sim NAME] [--seeds A..B | --seed N] [--profile NAME] [--minutes M] [--replay-check "
    "K] "
    "[--verbose]\n"
    "  Without arguments: the seeds of regression_seeds.txt; of turn seeds 1..1000, and 100 of them twice; "
    "of\n"
    "  media seeds 1..200, and 20 of them twice; of board seeds 1..60, and 10 of them twice.\n"
    "  --sim           turn, media or board; all if not given\n"
    "  --profile       swarm (default), calm, storm; of turn also long, tight; of media also loss, crowd; of "
    "board\n"
    "                  also crowd\n"
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
        } else if (word == "--sim" && (value == "turn" || value == "media" || value == "board")) {
            read.simulation = value;
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
const conf::sim::trace* running = nullptr;
std::string running_as;

void show_last_events(const std::source_location& where) noexcept {
    std::fputs(fmt::format("FAILED sim: a check failed at {}:{}\n  {}\n", where.file_name(), where.line(),
                           running_as)
                   .c_str(),
               stderr);
    if (running != nullptr) std::fputs(running->last().c_str(), stderr);
}

double in_seconds(conf::duration time) {
    return static_cast<double>(time.count()) / 1e6;
}

/// TURN: relayed data between clients and peers.
struct turn {
    using world = conf::sim::world;
    static constexpr std::string_view name = "turn";
    static constexpr range seeds{1, 1000};
    static constexpr std::uint64_t replay_checks = 100;
    static constexpr std::array kinds{fault::drop,
                                      fault::burst_drop,
                                      fault::jitter,
                                      fault::reorder,
                                      fault::duplicate,
                                      fault::corrupt,
                                      fault::partition_up,
                                      fault::partition_down,
                                      fault::partition_both,
                                      fault::rebind,
                                      fault::unreachable,
                                      fault::stream_reset,
                                      fault::short_read,
                                      fault::bind_failure,
                                      fault::late_timer,
                                      fault::clock_step,
                                      fault::restart,
                                      fault::secret_rotation,
                                      fault::drain,
                                      fault::abandon,
                                      fault::hostile_random,
                                      fault::hostile_corpus,
                                      fault::hostile_mutated,
                                      fault::hostile_built,
                                      fault::hostile_spoofed,
                                      fault::hostile_insider,
                                      fault::hostile_peer,
                                      fault::hostile_stream};
    static auto profile_of(std::string_view named, conf::sim::dice& chance) {
        return conf::sim::make_profile(named, chance);
    }

    std::uint64_t packets = 0;
    std::uint64_t allocations = 0;

    void add(const conf::sim::outcome& end) {
        packets += end.packets_relayed;
        allocations += end.allocations;
    }
    [[nodiscard]] std::string text() const {
        return fmt::format("{} packets relayed, {} allocations", packets, allocations);
    }
    [[nodiscard]] bool good() const { return true; }
};

/// Media: publishers and players through the engine, by ICE, DTLS and SRTP.
struct media {
    using world = conf::sim::media::world;
    static constexpr std::string_view name = "media";
    static constexpr range seeds{1, 200};
    static constexpr std::uint64_t replay_checks = 20;
    static constexpr std::array kinds{fault::drop,           fault::burst_drop,      fault::jitter,
                                      fault::reorder,        fault::duplicate,       fault::corrupt,
                                      fault::partition_up,   fault::partition_down,  fault::partition_both,
                                      fault::rebind,         fault::late_timer,      fault::restart,
                                      fault::abandon,        fault::comes_back,      fault::takeover,
                                      fault::ice_restart,    fault::key_frame_storm, fault::owner_act,
                                      fault::hostile_random, fault::hostile_mutated, fault::hostile_spoofed,
                                      fault::hostile_insider};
    static auto profile_of(std::string_view named, conf::sim::dice& chance) {
        return conf::sim::media::make_profile(named, chance);
    }

    std::uint64_t packets = 0;
    std::uint64_t sessions = 0;
    std::uint64_t measured = 0;
    std::uint64_t missing = 0;

    void add(const conf::sim::media::outcome& end) {
        packets += end.packets_played;
        sessions += end.sessions;
        measured += end.measured_packets;
        missing += end.measured_missing;
    }
    [[nodiscard]] std::string text() const {
        return fmt::format("{} packets played in {} sessions; of {} under losses below a tenth {} never came",
                           packets, sessions, measured, missing);
    }
    /// REL-NET of 10 %: at most a packet of a thousand; fewer packets than this prove nothing.
    [[nodiscard]] bool good() const { return measured < 100'000 || missing * 1000 <= measured; }
};

/// Boards: people who draw, undo and moderate over bad paths, and a server that is killed.
struct board {
    using world = conf::sim::board::world;
    static constexpr std::string_view name = "board";
    static constexpr range seeds{1, 60};
    static constexpr std::uint64_t replay_checks = 10;
    static constexpr std::array kinds{fault::jitter,         fault::stream_reset, fault::late_timer,
                                      fault::clock_step,     fault::restart,      fault::owner_act,
                                      fault::hostile_mutated};
    static auto profile_of(std::string_view named, conf::sim::dice& chance) {
        return conf::sim::board::make_profile(named, chance);
    }

    std::uint64_t changes = 0;
    std::uint64_t shapes = 0;
    std::uint64_t kills = 0;

    void add(const conf::sim::board::outcome& end) {
        changes += end.changes;
        shapes += end.shapes;
        kills += end.kills;
    }
    [[nodiscard]] std::string text() const {
        return fmt::format("{} changes, {} shapes left, {} kills of the server", changes, shapes, kills);
    }
    [[nodiscard]] bool good() const { return true; }
};

template <class Simulation>
class runner {
public:
    explicit runner(const options& how) : how_(how) {}

    /// True when nothing failed.
    bool run_all(const std::vector<regression>& old) {
        const auto began = std::chrono::steady_clock::now();
        const auto took = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        };
        const bool everything = !how_.seeds && !how_.minutes;
        const auto seeds = how_.seeds.value_or(Simulation::seeds);
        std::uint64_t known = 0;
        for (const auto& one : old) {
            if (!everything || one.simulation != Simulation::name) continue;
            run(one.seed, one.profile);
            ++known;
        }
        if (failures_ == 0 && known > 0)
            fmt::print("ok sim {} {} regression seeds\n", Simulation::name, known);

        std::vector<std::optional<std::uint64_t>> hashes;
        for (auto seed = seeds.first; failures_ < 5; ++seed) {
            if (how_.minutes ? took() > *how_.minutes * 60 : seed > seeds.last) break;
            hashes.push_back(run(seed, how_.profile));
        }
        const auto swept = hashes.size();
        if (failures_ == 0) {
            fmt::print("ok sim {} {} seeds from {}, profile {}\n", Simulation::name, swept, seeds.first,
                       how_.profile);
        }
        check_replays(seeds.first, hashes, everything);
        report(took());
        if (swept >= 1000 && failures_ == 0) check_kinds();
        if (failures_ == 0 && !total_.good()) {
            fmt::print("FAILED sim {}: too much was lost for good\n", Simulation::name);
            ++failures_;
        }
        return failures_ == 0;
    }

private:
    /// The run's hash; nothing for a failed run.
    std::optional<std::uint64_t> run(std::uint64_t seed, std::string_view profile) {
        conf::sim::dice chance(seed);
        const auto drawn = Simulation::profile_of(profile, chance);
        if (!drawn) {
            fmt::print("FAILED sim {} has no profile \"{}\"\n", Simulation::name, profile);
            ++failures_;
            return std::nullopt;
        }
        typename Simulation::world made(*drawn, chance.next());
        running = &made.log;
        running_as =
            fmt::format("sim_tests --sim {} --seed {} --profile {}", Simulation::name, seed, profile);
        ++runs_;
        std::optional<std::uint64_t> hash;
        try {
            const auto end = made.run();
            faults_.add(end.faults);
            events_ += end.events;
            total_.add(end);
            worst_recovery_ = std::max(worst_recovery_, end.recovery);
            hash = end.hash;
            if (how_.verbose) {
                Simulation one;
                one.add(end);
                fmt::print("seed {} {:016x} {} events, {}, well after {:.2f} s\n", seed, end.hash, end.events,
                           one.text(), in_seconds(end.recovery));
            }
        } catch (const conf::sim::failure& why) {
            ++failures_;
            fmt::print("FAILED sim {} seed {}: {}\n  again with: {}\n  the last events:\n{}",
                       Simulation::name, seed, why.what(), running_as, made.log.last());
        }
        running = nullptr;
        return hash;
    }

    void check_replays(std::uint64_t first, std::span<const std::optional<std::uint64_t>> hashes,
                       bool everything) {
        const auto wanted = how_.replay_checks.value_or(everything ? Simulation::replay_checks : 0);
        const auto checks = std::min<std::uint64_t>(wanted, hashes.size());
        std::uint64_t equal = 0;
        for (std::uint64_t i = 0; i < checks && failures_ == 0; ++i) {
            equal += run(first + i, how_.profile) == hashes[i] ? 1 : 0;
        }
        if (failures_ > 0 || checks == 0) return;
        fmt::print("{} sim {} {} of {} replays equal\n", equal == checks ? "ok" : "FAILED", Simulation::name,
                   equal, checks);
        failures_ += equal == checks ? 0 : 1;
    }

    void report(double took) const {
        fmt::print("{} runs of {} in {:.1f} s: {} events, {}, slowest recovery {:.2f} s\n", runs_,
                   Simulation::name, took, events_, total_.text(), in_seconds(worst_recovery_));
        for (const auto kind : Simulation::kinds) {
            fmt::print("  {:<16} {}\n", conf::sim::name_of(kind), injected(kind));
        }
    }

    /// A kind that never happens is a kind that is not tested.
    void check_kinds() {
        std::string missing;
        for (const auto kind : Simulation::kinds) {
            if (injected(kind) == 0) missing += fmt::format(" {}", conf::sim::name_of(kind));
        }
        fmt::print("{} sim {} every kind of fault happened{}\n", missing.empty() ? "ok" : "FAILED",
                   Simulation::name, missing);
        failures_ += missing.empty() ? 0 : 1;
    }

    [[nodiscard]] std::uint64_t injected(fault kind) const {
        return faults_.injected[static_cast<std::size_t>(kind)];
    }

    const options& how_;
    int failures_ = 0;
    conf::sim::fault_tally faults_;
    std::uint64_t runs_ = 0;
    std::uint64_t events_ = 0;
    Simulation total_;
    conf::duration worst_recovery_{};
};

std::vector<regression> regressions() {
    std::vector<regression> all;
    std::ifstream file(CONF_TESTS_DIR "/sim/regression_seeds.txt");
    std::string line;
    while (std::getline(file, line)) {
        // "SEED SIMULATION PROFILE what it found"; a hash begins a comment.
        const auto first = line.find(' ');
        const auto second = first == line.npos ? first : line.find(' ', first + 1);
        const auto seed = number(line.substr(0, first));
        if (line.empty() || line[0] == '#' || !seed || second == line.npos) continue;
        const auto third = line.find(' ', second + 1);
        all.push_back({*seed, line.substr(first + 1, second - first - 1),
                       line.substr(second + 1, third == line.npos ? third : third - second - 1)});
    }
    return all;
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
    const auto old = regressions();
    bool good = true;
    const auto wanted = [&](std::string_view name) {
        return how.simulation.empty() || how.simulation == name;
    };
    if (wanted("turn")) good = runner<turn>(how).run_all(old) && good;
    if (wanted("media")) good = runner<media>(how).run_all(old) && good;
    if (wanted("board")) good = runner<board>(how).run_all(old) && good;
    return good ? 0 : 1;
}

#include "common/program.hpp"

#include "common/command_line.hpp"
#include "common/file_watch.hpp"
#include "common/logger.hpp"
#include "common/process.hpp"

#include <conf/config.hpp>
#include <conf/version.hpp>

#include <fmt/core.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace conf::apps {
namespace {

constexpr int look_every_ms = 1000;  // at the files, and for counts that the log owes

/// "conf.toml:3:11", or as much of it as there is.
std::string place_of(const config_problem& problem) {
    return problem.line > 0 ? fmt::format("{}:{}:{}", problem.file, problem.line, problem.column)
                            : problem.file;
}

/// A running server and what it was made from. Belongs to the main thread.
class service {
public:
    service(const program& of, const command_line& flags, configuration first)
        : of_(of), flags_(flags), first_(first), current_(std::move(first)), log_(current_.log()) {}

    exit_code run(const signals& signals);

private:
    server_options complete_options(const configuration& from);
    [[nodiscard]] bool prepare_data();
    void say_warnings(const std::vector<std::string>& already_said);
    void reload(server& of);
    void stop_or_drain(server& of, int signal);
    void say(log_level level, std::string name, std::string message,
             std::vector<log_event::field> fields = {}) {
        log_.write({level, std::move(name), std::move(message), std::move(fields)});
    }

    const program& of_;
    const command_line& flags_;
    const configuration first_;  // what needs a restart is compared with this
    configuration current_;
    logger log_;
    bool draining_ = false;
};

server_options service::complete_options(const configuration& from) {
    auto options = from.options();
    options.log = log_.sink();
    if (of_.complete) of_.complete(options, options.log);
    return options;
}

bool service::prepare_data() {
    const auto folder = current_.data_path();
    const bool socket_is_in_it = current_.options().control.socket.starts_with(folder + "/");
    if (!of_.keeps_data && !socket_is_in_it) return true;
    const auto failure = prepare_folder(folder);
    if (!failure) return true;
    say(log_level::error, "program.no_data_folder",
        *failure + "; choose another with data.path, as in --set data.path=FOLDER");
    return false;
}

void service::say_warnings(const std::vector<std::string>& already_said) {
    for (const auto& warning : current_.warnings()) {
        if (std::ranges::find(already_said, warning) != already_said.end()) continue;
        say(log_level::warning, "config.warning", warning);
    }
}

void service::reload(server& running) {
    std::vector<config_problem> problems;
    auto loaded = configuration::load(flags_.config, flags_.set, of_.name, problems);
    if (!loaded) {
        for (const auto& problem : problems) {
            say(log_level::error, "config.problem", problem.message,
                {{"at", place_of(problem)}, {"key", problem.key}, {"value", problem.value}});
        }
        say(log_level::error, "config.kept", "the configuration was not changed, since the new one is wrong");
        return;
    }
    auto applied = running.apply(complete_options(*loaded));
    if (!applied) {
        say(log_level::error, "config.kept",
            "the configuration was not changed: " + applied.error().message());
        return;
    }
    auto waiting = *std::move(applied);
    for (const auto& [key, needs_restart] : loaded->changes_since(first_)) {
        if (needs_restart && std::ranges::find(waiting, key) == waiting.end()) waiting.push_back(key);
    }
    std::size_t changed = 0;
    for (const auto& [key, _] : loaded->changes_since(current_)) {
        if (std::ranges::find(waiting, key) != waiting.end()) continue;
        ++changed;
        say(log_level::info, "config.changed", "a key has a new value", {{"key", key}});
    }
    for (const auto& key : waiting) {
        say(log_level::warning, "config.needs_restart", "a key has a new value that waits for the next start",
            {{"key", key}});
    }
    const auto said = current_.warnings();
    current_ = *std::move(loaded);
    log_.set(current_.log());
    say(log_level::info, "config.reloaded", "the configuration and its files were read again",
        {{"changed", std::to_string(changed)}, {"needs_restart", std::to_string(waiting.size())}});
    say_warnings(said);
}

void service::stop_or_drain(server& running, int signal) {
    if (draining_) {
        say(log_level::info, "program.stopping", "a second signal: leaving at once");
        running.stop();
        return;
    }
    draining_ = true;
    tell_service_manager("STOPPING=1");
    say(log_level::info, "program.draining",
        "no new clients from now on; leaving when the last one is gone, or at the next signal",
        {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"},
         {"limit_s", std::to_string(current_.options().turn.drain_limit.count())}});
    running.drain();
}

exit_code service::run(const signals& signals) {
    if (is_root()) {
        say(log_level::warning, "program.root", "running as root; a user of its own would be safer");
    }
    say_warnings({});
    if (!prepare_data()) return exit_code::failed;

    auto made = server::create(complete_options(current_));
    if (!made) {
        say(log_level::error, "program.start_failed", made.error().message());
        return exit_code::failed;
    }
    auto& running = *made;
    for (const auto& url : running.listening()) {
        say(log_level::info, "program.listening", of_.name + " listens", {{"url", url}});
    }
    say(log_level::info, "program.started", of_.name + " is up",
        {{"version", std::string(version())},
         {"pid", std::to_string(getpid())},
         {"control", current_.options().control.socket}});

    tell_service_manager("READY=1");

    const descriptor ended(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::jthread waiter([&running, &ended] {
        running.wait();
        const std::uint64_t one = 1;
        // An eventfd takes eight bytes or, with its counter full, none; this is the only write to it.
        [[maybe_unused]] const auto written = write(ended.get(), &one, sizeof one);
    });
    file_watch files(current_.files());
    for (;;) {
        std::array<pollfd, 2> waiting{{{signals.fd(), POLLIN, 0}, {ended.get(), POLLIN, 0}}};
        const int ready = poll(waiting.data(), waiting.size(), look_every_ms);
        if (ready < 0 && errno != EINTR) {
            say(log_level::error, "program.failed", "poll: " + std::generic_category().message(errno));
            running.stop();
            return exit_code::failed;
        }
        if (ready > 0 && waiting[1].revents != 0) break;
        bool reload_wanted = files.changed();
        for (int signal = signals.next(); signal != 0; signal = signals.next()) {
            if (signal == SIGHUP) {
                reload_wanted = true;
            } else {
                stop_or_drain(running, signal);
            }
        }
        if (reload_wanted) {
            files = file_watch(current_.files());
            reload(running);
            // The new configuration may name other files; what changed while it was read is seen next time.
            if (auto now = current_.files(); now != files.files()) files = file_watch(std::move(now));
        }
        log_.tick();
    }
    say(log_level::info, "program.stopped", of_.name + " is down");
    return exit_code::good;
}

exit_code serve(const program& of, const command_line& flags) {
    std::vector<config_problem> problems;
    auto loaded = configuration::load(flags.config, flags.set, of.name, problems);
    if (!loaded) {
        for (const auto& problem : problems) fmt::print(stderr, "{}\n", problem.to_string());
        return exit_code::misused;
    }
    if (flags.check_config) {
        for (const auto& warning : loaded->warnings()) fmt::print(stderr, "warning: {}\n", warning);
        fmt::print("the configuration is good\n");
        return exit_code::good;
    }
    forbid_dumps();
    raise_file_limit();
    const signals signals;
    return service(of, flags, *std::move(loaded)).run(signals);
}

}  // namespace

int run(int argc, char** argv, const program& of) {
    const auto arguments = take_arguments(argc, argv);
    auto parsed = parse_command_line(arguments, of.name, of.purpose);
    if (const auto* done = std::get_if<nothing_to_do>(&parsed)) return static_cast<int>(done->status);
    const auto& flags = std::get<command_line>(parsed);
    if (flags.print_config) {
        fmt::print("{}", configuration::reference(of.name));
        return static_cast<int>(exit_code::good);
    }
    return static_cast<int>(serve(of, flags));
}

}  // namespace conf::apps

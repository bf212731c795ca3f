// Asks a running server, makes tokens, and answers questions about configurations.
#include "confctl/control_client.hpp"
#include "confctl/status_table.hpp"

#include <conf/config.hpp>
#include <conf/version.hpp>

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int good = 0;
constexpr int failed = 1;
constexpr int misused = 2;

const std::vector<std::string> programs = {"conf-server", "conf-turn"};

struct wishes {
    std::string socket;
    std::string config;
    std::string program;
    std::string file;
    std::string key;
    bool json = false;
    std::string room;
    std::string right = "both";
    std::string name;
    std::int64_t life_s = 3600;
    std::string role = "viewer";
    std::uint32_t uses = 0;
    std::string pad;
    std::string pad_right = "write";
    std::string person;
    std::string base = "http://localhost:8080";
};

/// Every socket where the server may be.
std::vector<std::string> sockets_for(const wishes& wanted) {
    if (!wanted.socket.empty()) return {wanted.socket};
    std::vector<std::string> sockets;
    std::vector<conf::config_problem> first_problems;
    for (const auto& program : programs) {
        if (!wanted.program.empty() && program != wanted.program) continue;
        // Only the place of the socket is wanted; a user keeps the relay's check for credentials quiet.
        std::vector<std::string> set;
        if (wanted.config.empty()) set.emplace_back("turn.users.confctl=unused");
        std::vector<conf::config_problem> problems;
        const auto loaded = conf::configuration::load(wanted.config, set, program, problems);
        if (!loaded) {
            if (first_problems.empty()) first_problems = problems;
            continue;
        }
        const auto path = loaded->options().control.socket;
        if (!path.empty() && std::ranges::find(sockets, path) == sockets.end()) sockets.push_back(path);
    }
    if (sockets.empty()) {
        for (const auto& problem : first_problems) fmt::print(stderr, "{}\n", problem.to_string());
        if (first_problems.empty()) fmt::print(stderr, "control.socket is empty in {}\n", wanted.config);
    }
    return sockets;
}

/// Asks the first server that answers; `show` makes the exit status of the path and the answer.
template <class Show>
int ask_any(const wishes& wanted, std::string_view request, Show show) {
    const auto sockets = sockets_for(wanted);
    if (sockets.empty()) return misused;
    std::vector<std::string> failures;
    for (const auto& path : sockets) {
        const auto [text, failure] = conf::apps::ask_server(path, request);
        if (failure.empty()) return show(path, text);
        failures.push_back(failure);
    }
    for (const auto& failure : failures) fmt::print(stderr, "{}\n", failure);
    return failed;
}

int status(const wishes& wanted) {
    return ask_any(wanted, "status", [&](const std::string& path, const std::string& text) {
        const auto table = conf::apps::status_table(text);
        if (!table) {
            fmt::print(stderr, "what listens at {} is no server of ours: its answer is not a JSON object\n",
                       path);
            return failed;
        }
        fmt::print("{}", wanted.json ? text + "\n" : *table);
        return good;
    });
}

/// Asks for a token and prints it, as `print` does; else says why there is none.
template <class Print>
int ask_for_token(const wishes& wanted, const std::string& request, const Print& print) {
    return ask_any(wanted, request, [&](const std::string& path, const std::string& text) {
        const auto answer = nlohmann::json::parse(text, nullptr, false);
        if (answer.is_object() && answer.contains("token")) {
            print(answer["token"].get<std::string>());
            return good;
        }
        fmt::print(stderr, "{}: {}\n", path,
                   answer.is_object() ? answer.value("error", "it gave no token") : "its answer is not JSON");
        return failed;
    });
}

void print_line(const std::string& text) {
    fmt::print("{}\n", text);
}

int token(const wishes& wanted) {
    return ask_for_token(wanted,
                         fmt::format("token room={} right={} name={} seconds={}", wanted.room, wanted.right,
                                     wanted.name, wanted.life_s),
                         print_line);
}

int invite(const wishes& wanted) {
    return ask_for_token(
        wanted,
        fmt::format("invite room={} role={} uses={} seconds={} name={}", wanted.room, wanted.role,
                    wanted.uses, wanted.life_s, wanted.name),
        [&](const std::string& made) { fmt::print("{}/r/{}#token={}\n", wanted.base, wanted.room, made); });
}

int pad_token(const wishes& wanted) {
    const auto request = fmt::format("pad room={} pad={} right={} seconds={} person={} name={}", wanted.room,
                                     wanted.pad, wanted.pad_right, wanted.life_s, wanted.person, wanted.name);
    return ask_for_token(wanted, request, print_line);
}

int check_config(const wishes& wanted) {
    std::vector<conf::config_problem> problems;
    const auto loaded = conf::configuration::load(wanted.file, {}, wanted.program, problems);
    if (!loaded) {
        for (const auto& problem : problems) fmt::print(stderr, "{}\n", problem.to_string());
        return misused;
    }
    for (const auto& warning : loaded->warnings()) fmt::print(stderr, "warning: {}\n", warning);
    fmt::print("{} is good for {}\n", wanted.file, wanted.program);
    return good;
}

int explain(const wishes& wanted) {
    if (wanted.key.empty()) {
        for (const auto& key : conf::configuration::keys()) fmt::print("{}\n", key);
        return good;
    }
    const auto text = conf::configuration::explain(wanted.key);
    if (!text) {
        fmt::print(stderr, "{}\n", text.error().message());
        return misused;
    }
    fmt::print("{}", *text);
    return good;
}

}  // namespace

int main(int argc, char** argv) {
    wishes wanted;
    CLI::App flags("Asks a running conf-server or conf-turn, and explains configurations.", "confctl");
    flags.set_version_flag("--version", "confctl " + std::string(conf::version()));
    flags.require_subcommand(1);
    flags.footer("Exit status: 0 good, 1 no server answered, 2 wrong flags, key or configuration.");

    auto* show = flags.add_subcommand("status", "Show what a server on this machine does");
    show->add_option("--socket", wanted.socket, "The server's control socket")->type_name("PATH");
    show->add_option("--config", wanted.config, "The server's configuration, which names the socket")
        ->type_name("FILE");
    show->add_option("--program", wanted.program,
                     "Which program, where both run; else the first that answers")
        ->check(CLI::IsMember(programs));
    show->add_flag("--json", wanted.json, "Write what the server answered, as it is");

    auto* config = flags.add_subcommand("config", "Questions about configurations");
    config->require_subcommand(1);
    auto* check = config->add_subcommand("check", "Say what is wrong with a file");
    check->add_option("file", wanted.file, "A TOML file")->required()->type_name("FILE");
    check->add_option("--program", wanted.program, "For which program; conf-server where it is not given")
        ->check(CLI::IsMember(programs));
    auto* tell =
        config->add_subcommand("explain", "Say what a key or a section means; without one, list the keys");
    tell->add_option("key", wanted.key, "As in turn.realm")->type_name("KEY");

    auto* sign = flags.add_subcommand("token", "Make a token for a room that is not open");
    sign->add_option("room", wanted.room, "The room's name")->required()->type_name("ROOM");
    sign->add_option("--right", wanted.right, "What it is good for")
        ->check(CLI::IsMember({"publish", "play", "both"}))
        ->capture_default_str();
    sign->add_option("--name", wanted.name, "The only name to publish as; any where it is not given")
        ->type_name("NAME");
    sign->add_option("--for", wanted.life_s, "How long it is good")
        ->transform(CLI::AsNumberWithUnit(
            std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}))
        ->default_str("1h")
        ->type_name("TIME");
    sign->add_option("--socket", wanted.socket, "The server's control socket")->type_name("PATH");
    sign->add_option("--config", wanted.config, "The server's configuration, which names the socket")
        ->type_name("FILE");

    auto* bid = flags.add_subcommand("invite", "Make a link into a room, with a role");
    bid->add_option("room", wanted.room, "The room's name")->required()->type_name("ROOM");
    bid->add_option("--role", wanted.role, "Who enters with it is a")
        ->check(CLI::IsMember({"viewer", "presenter", "moderator"}))
        ->capture_default_str();
    bid->add_option("--name", wanted.name, "The person's name; who enters says it where it is not given")
        ->type_name("NAME");
    bid->add_option("--uses", wanted.uses, "How many may enter with it; 0: any number")
        ->capture_default_str();
    bid->add_option("--for", wanted.life_s, "How long it is good")
        ->transform(CLI::AsNumberWithUnit(
            std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}))
        ->default_str("1h")
        ->type_name("TIME");
    bid->add_option("--base", wanted.base, "The server's public address")->capture_default_str();
    bid->add_option("--socket", wanted.socket, "The server's control socket")->type_name("PATH");
    bid->add_option("--config", wanted.config, "The server's configuration, which names the socket")
        ->type_name("FILE");

    auto* open = flags.add_subcommand("pad", "Make a token for the pads of a room");
    open->add_option("room", wanted.room, "The room's name")->required()->type_name("ROOM");
    open->add_option("pad", wanted.pad, "The pad's name; all of the room where it is not given")
        ->type_name("PAD");
    open->add_option("--right", wanted.pad_right, "What it is good for")
        ->check(CLI::IsMember({"read", "write", "manage"}))
        ->capture_default_str();
    open->add_option("--person", wanted.person,
                     "Whose the text is that is written with it; a guest's where not given")
        ->type_name("PERSON");
    open->add_option("--name", wanted.name, "The person's name; who writes says it where it is not given")
        ->type_name("NAME");
    open->add_option("--for", wanted.life_s, "How long it is good")
        ->transform(CLI::AsNumberWithUnit(
            std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}))
        ->default_str("1h")
        ->type_name("TIME");
    open->add_option("--socket", wanted.socket, "The server's control socket")->type_name("PATH");
    open->add_option("--config", wanted.config, "The server's configuration, which names the socket")
        ->type_name("FILE");

    try {
        flags.parse(argc, argv);
    } catch (const CLI::ParseError& stopped) {
        return flags.exit(stopped) == 0 ? good : misused;
    }
    if (*show) return status(wanted);
    if (*sign) return token(wanted);
    if (*bid) return invite(wanted);
    if (*open) return pad_token(wanted);
    if (*check) {
        if (wanted.program.empty()) wanted.program = programs.front();
        return check_config(wanted);
    }
    return explain(wanted);
}

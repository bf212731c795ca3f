// Converts documents for conf-server, outside of it.
#include "common/command_line.hpp"
#include "common/process.hpp"

#include <conf/convert.hpp>
#include <conf/version.hpp>

#include <fmt/core.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

namespace {

using conf::apps::exit_code;

exit_code check() {
    const auto found = conf::check_converter();
    const auto say = [](const char* what, bool works) {
        fmt::print("{:<42}{}\n", what, works ? "yes" : "no");
    };
    say("PDF, pictures, text", found.documents);
    say("files of office programs", found.office);
    say("export of annotated documents", found.overlay);
    for (const auto& one : found.problems) fmt::print("{}\n", one);
    return found.documents ? exit_code::good : exit_code::failed;
}

/// As a text of JSON (RFC 8259 §7).
std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            made += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            made += c;
        }
    }
    return made + '"';
}

exit_code convert_file(const std::string& file, const std::string& folder) {
    namespace fs = std::filesystem;
    if (const auto failure = conf::apps::prepare_folder(folder)) {
        fmt::print(stderr, "{}\n", *failure);
        return exit_code::failed;
    }
    const auto job =
        fmt::format(R"({{"job":"pages","in":{},"name":{},"out":{}}})", quoted(fs::absolute(file).string()),
                    quoted(fs::path(file).filename().string()), quoted(fs::absolute(folder).string()));
    return conf::run_conversion(job, STDOUT_FILENO, -1) ? exit_code::good : exit_code::failed;
}

exit_code serve(const conf::converter_socket& at) {
    const conf::apps::signals signals;
    const auto ended = conf::serve_conversions(at, signals.fd());
    if (ended) return exit_code::good;
    fmt::print(stderr, "{}\n", ended.error().message());
    return exit_code::failed;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App flags(
        "Converts documents to pages, each in a sandbox. Without arguments it takes one job, a line of JSON, "
        "from standard input, as conf-server starts it; the end of the input cancels the job.",
        "conf-convert");
    flags.set_version_flag("--version", "conf-convert " + std::string(conf::version()));
    conf::converter_socket socket;
    bool only_check = false;
    std::string file;
    std::string folder;
    flags.add_flag("--check", only_check,
                   "Say what this machine can convert, and what is missing, and leave");
    auto* const path =
        flags.add_option("--socket", socket.path, "Take jobs from this socket, until a signal ends it")
            ->type_name("PATH");
    flags.add_option("--jobs", socket.jobs_at_once, "So many at once from the socket")
        ->needs(path)
        ->check(CLI::Range(1, 64));
    auto* const input =
        flags.add_option("file", file, "Convert this file")->check(CLI::ExistingFile)->excludes(path);
    flags.add_option("folder", folder, "Put its pages there")->needs(input);
    flags.footer("Exit status: 0 good, 1 failed, 2 wrong flags.");
    try {
        flags.parse(argc, argv);
        if (!file.empty() && folder.empty()) throw CLI::RequiredError("folder");
    } catch (const CLI::ParseError& stopped) {
        return static_cast<int>(flags.exit(stopped) == 0 ? exit_code::good : exit_code::misused);
    }
    std::signal(SIGPIPE, SIG_IGN);  // who asked may be gone before the answer
    conf::apps::forbid_dumps();
    if (only_check) return static_cast<int>(check());
    if (!file.empty()) return static_cast<int>(convert_file(file, folder));
    if (!socket.path.empty()) return static_cast<int>(serve(socket));
    return static_cast<int>(conf::run_conversion_from(STDIN_FILENO, STDOUT_FILENO) ? exit_code::good
                                                                                   : exit_code::failed);
}

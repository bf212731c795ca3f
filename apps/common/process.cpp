#include "common/process.hpp"

#include <conf/config.hpp>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace conf::apps {
namespace {

void blank_value(char* setting) {
    char* const equals = std::strchr(setting, '=');
    if (equals != nullptr) std::fill(equals + 1, equals + std::strlen(equals), '*');
}

int block_and_open() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted, signal);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    // A parent may have had these ignored (nohup does); a signal that is ignored never waits to be read.
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGHUP, SIG_DFL);
    std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may leave first
    return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

std::vector<std::string> take_arguments(int argc, char** argv) {
    std::vector<std::string> arguments(argv, argv + argc);
    constexpr std::string_view flag = "--set";
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == flag && i + 1 < argc) {
            ++i;
            if (configuration::carries_secret(argv[i])) blank_value(argv[i]);
        } else if (argument.starts_with("--set=")) {
            char* const setting = argv[i] + flag.size() + 1;
            if (configuration::carries_secret(setting)) blank_value(setting);
        }
    }
    return arguments;
}

void forbid_dumps() {
#if !defined(__SANITIZE_ADDRESS__)  // the leak checker traces its own process
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool is_root() {
    return geteuid() == 0;
}

std::string path_beside(std::string_view program) {
    std::error_code failed;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed) return {};
    auto made = (own.parent_path() / program).string();
    return access(made.c_str(), X_OK) == 0 ? made : std::string();
}

std::optional<std::string> prepare_folder(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
        const auto mask = umask(0077);
        fs::create_directories(path, failed);
        umask(mask);
        if (failed) return fmt::format("the folder {} cannot be made: {}", path, failed.message());
    }
    if (access(path.c_str(), W_OK | X_OK) != 0) {
        return fmt::format("nothing can be written to the folder {}: {}", path,
                           std::generic_category().message(errno));
    }
    return std::nullopt;
}

void tell_service_manager(std::string_view state) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof to.sun_path) return;
    std::strcpy(to.sun_path, path);
    if (*path == '@') to.sun_path[0] = '\0';  // an abstract name, which ends where the address does
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    const descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // Nobody to tell it to if this fails.
    [[maybe_unused]] const auto sent = ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                                                reinterpret_cast<const sockaddr*>(&to), size);
}

std::string random_secret() {
    std::array<unsigned char, 32> drawn{};
    // Up to 256 bytes come at once or not at all, getrandom(2); without them nothing here is safe.
    if (getrandom(drawn.data(), drawn.size(), 0) != static_cast<ssize_t>(drawn.size())) std::abort();
    std::string made;
    for (const auto byte : drawn) made += fmt::format("{:02x}", byte);
    return made;
}

descriptor::~descriptor() {
    if (fd_ >= 0) close(fd_);
}

signals::signals() : fd_(block_and_open()) {}

int signals::next() const {
    signalfd_siginfo info{};
    if (read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace conf::apps

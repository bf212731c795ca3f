#include "libconf/convert/child.hpp"

#include "libconf/convert/files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace conf::convert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct pipe_ends {
    descriptor read;
    descriptor write;
};

std::optional<pipe_ends> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return pipe_ends{descriptor(ends[0]), descriptor(ends[1])};
}

/// False at the end.
bool read_some(int from, std::string& into, std::size_t max) {
    std::array<char, 16 * 1024> buffer{};
    const auto count = ::read(from, buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    if (count == 0) return false;
    into.append(buffer.data(), std::min(static_cast<std::size_t>(count), max - std::min(max, into.size())));
    return true;
}

struct spawn_actions {
    spawn_actions() {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
    }
    ~spawn_actions() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
    }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;

    posix_spawn_file_actions_t files{};
    posix_spawnattr_t attributes{};
};

pid_t start(const std::vector<std::string>& command, int out, int error,
            const std::vector<passed_descriptor>& descriptors) {
    spawn_actions how;
    posix_spawn_file_actions_addopen(&how.files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&how.files, out, 1);
    posix_spawn_file_actions_adddup2(&how.files, error, 2);
    for (const auto& one : descriptors) posix_spawn_file_actions_adddup2(&how.files, one.ours, one.theirs);
    // Signals as a program expects them: ours may have been blocked or ignored.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&how.attributes, &none);
    posix_spawnattr_setsigdefault(&how.attributes, &all);
    posix_spawnattr_setflags(&how.attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::vector<char*> arguments;
    for (const auto& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/bin:/bin";
    std::array<char*, 2> environment{path.data(), nullptr};
    pid_t made = -1;
    const auto failed = posix_spawn(&made, command.front().c_str(), &how.files, &how.attributes,
                                    arguments.data(), environment.data());
    return failed == 0 ? made : -1;
}

int status_of(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

child_end run_child(const std::vector<std::string>& command, const child_limits& within,
                    const std::vector<passed_descriptor>& descriptors) {
    child_end made;
    auto out = make_pipe();
    auto error = make_pipe();
    if (!out || !error) return made;
    const auto child = start(command, out->write.get(), error->write.get(), descriptors);
    if (child < 0) return made;
    out->write.reset();
    error->write.reset();
    // glibc 2.36 declares pidfd_open for C only.
    const descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));

    made.how = child_end::kind::ended;
    const auto deadline = steady_clock::now() + within.time;
    std::array<pollfd, 4> waiting{{{out->read.get(), POLLIN, 0},
                                   {error->read.get(), POLLIN, 0},
                                   {process.get(), POLLIN, 0},
                                   {within.cancel, POLLIN | POLLRDHUP, 0}}};
    // A grandchild may hold the pipes open; the end of the child counts.
    for (bool ended = false; !ended;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
        if (left <= milliseconds(0)) {
            made.how = child_end::kind::too_slow;
            break;
        }
        const auto ready = poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) break;
        if (ready <= 0) continue;
        if (waiting[3].revents != 0) {
            made.how = child_end::kind::cancelled;
            break;
        }
        ended = waiting[2].revents != 0;
        if (waiting[0].revents != 0 && !read_some(out->read.get(), made.out, within.output_bytes_max)) {
            waiting[0].fd = -1;
        }
        if (waiting[1].revents != 0 && !read_some(error->read.get(), made.error, within.output_bytes_max)) {
            waiting[1].fd = -1;
        }
    }
    kill(-child, SIGKILL);
    made.status = status_of(child);
    // What is still in the pipes.
    for (auto [end, text] :
         {std::pair{out->read.get(), &made.out}, std::pair{error->read.get(), &made.error}}) {
        if (fcntl(end, F_SETFL, O_NONBLOCK) != 0) continue;
        std::size_t before = 0;
        do {
            before = text->size();
        } while (read_some(end, *text, within.output_bytes_max) && text->size() > before);
    }
    return made;
}

}  // namespace conf::convert

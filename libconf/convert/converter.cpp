#include "libconf/convert/converter.hpp"

#include "libconf/convert/files.hpp"

#include <conf/convert.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace conf::convert {
namespace {

using documents::problem;
using documents::problem_code;

template <class Job>
const std::string* folder_of(const Job& job) {
    if constexpr (std::is_same_v<Job, check_job>) {
        return nullptr;
    } else {
        return &job.out;
    }
}

/// A job that failed leaves nothing behind, whatever it had made.
void empty_folder(const std::string& path) {
    std::error_code ignored;
    for (const auto& one : std::filesystem::directory_iterator(path, ignored)) {
        std::filesystem::remove_all(one.path(), ignored);
    }
}

std::optional<problem> run(const check_job&, const event_sink& sink, int) {
    auto found = check_converter();
    sink(abilities_event{found.documents, found.office, found.overlay, std::move(found.problems)});
    return std::nullopt;
}

std::optional<problem> run_any(const any_job& job, const event_sink& sink, int cancel) {
    return std::visit(
        [&](const auto& one) -> std::optional<problem> {
            const auto* const folder = folder_of(one);
            if (folder != nullptr) {
                std::error_code ignored;
                if (!std::filesystem::is_directory(*folder, ignored))
                    return plain_problem(problem_code::failed);
                if (auto why = sandbox_problem(); !why.empty()) {
                    return problem{problem_code::no_sandbox, std::move(why), {}, 0};
                }
            }
            auto why = run(one, sink, cancel);
            if (why && folder != nullptr) empty_folder(*folder);
            return why;
        },
        job);
}

/// The first line that comes; nothing where the other end is gone before, or says too much.
std::optional<std::string> read_line(int from) {
    std::string made;
    std::array<char, 4096> buffer{};
    while (made.size() <= job_bytes_max) {
        const auto count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        made.append(buffer.data(), static_cast<std::size_t>(count));
        if (const auto end = made.find('\n'); end != std::string::npos) {
            made.resize(end);
            return made;
        }
    }
    return std::nullopt;
}

/// So many at once; the others wait for their turn or until they are cancelled.
class turnstile {
public:
    explicit turnstile(unsigned at_once) : left_(at_once) {}

    void enter() {
        std::unique_lock lock(mutex_);
        freed_.wait(lock, [this] { return left_ > 0; });
        --left_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        ++left_;
        freed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable freed_;
    unsigned left_;
};

conf::error last_error(std::string what) {
    return {std::error_code(errno, std::generic_category()), std::move(what)};
}

result<descriptor> listen_at(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof at.sun_path) {
        errno = ENAMETOOLONG;
        return last_error(path);
    }
    std::memcpy(at.sun_path, path.data(), path.size());
    const auto* const address = reinterpret_cast<const sockaddr*>(&at);
    {
        const descriptor other(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (other && ::connect(other.get(), address, sizeof at) == 0) {
            errno = EADDRINUSE;
            return last_error(path);
        }
        struct stat about{};
        if (lstat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode)) ::unlink(path.c_str());
    }
    descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!made || ::bind(made.get(), address, sizeof at) != 0) return last_error(path);
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(made.get(), SOMAXCONN) != 0)
        return last_error(path);
    return made;
}

bool is_friend(int connection) {
    ucred who{};
    socklen_t size = sizeof who;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return false;
    return who.uid == 0 || who.uid == geteuid();
}

}  // namespace
}  // namespace conf::convert

namespace conf::inline v0 {

using namespace conf::convert;  // NOLINT(google-build-using-namespace)

bool run_conversion(std::string_view job, int events, int cancel) {
    const event_sink sink = [events](const any_event& what) { write_all(events, write_event(what)); };
    const auto read = read_job(job);
    if (!read) {
        auto why = plain_problem(documents::problem_code::failed);
        why.message = "This is no job.";
        sink(why);
        return false;
    }
    if (auto why = run_any(*read, sink, cancel)) {
        sink(*why);
        return false;
    }
    sink(done_event{});
    return true;
}

bool run_conversion_from(int requests, int events) {
    const auto line = read_line(requests);
    return line && run_conversion(*line, events, requests);
}

result<void> serve_conversions(const converter_socket& at, int stop) {
    auto listening = listen_at(at.path);
    if (!listening) return listening.error();
    turnstile doors(at.jobs_at_once == 0 ? 1 : at.jobs_at_once);
    struct guest {
        std::thread thread;
        std::shared_ptr<std::atomic<bool>> gone;
        std::shared_ptr<descriptor> connection;
    };
    std::vector<guest> guests;
    const auto clear = [&](bool all) {
        std::erase_if(guests, [&](guest& one) {
            if (!all && !*one.gone) return false;
            one.thread.join();
            return true;
        });
    };
    for (;;) {
        std::array<pollfd, 2> waiting{{{listening->get(), POLLIN, 0}, {stop, POLLIN, 0}}};
        if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return last_error("poll");
        if (waiting[1].revents != 0) break;
        if (waiting[0].revents == 0) continue;
        auto came = std::make_shared<descriptor>(::accept4(listening->get(), nullptr, nullptr, SOCK_CLOEXEC));
        clear(false);
        if (!*came || !is_friend(came->get()) || guests.size() >= documents::jobs_waiting_max) continue;
        auto gone = std::make_shared<std::atomic<bool>>(false);
        guests.push_back({std::thread([&doors, gone, came] {
                              if (const auto line = read_line(came->get())) {
                                  doors.enter();
                                  run_conversion(*line, came->get(), came->get());
                                  doors.leave();
                              }
                              // Who waits for the end must not wait for the next guest.
                              ::shutdown(came->get(), SHUT_RDWR);
                              *gone = true;
                          }),
                          gone, came});
    }
    // Their jobs see the end and leave.
    for (const auto& one : guests) {
        ::shutdown(one.connection->get(), SHUT_RDWR);
    }
    clear(true);
    ::unlink(at.path.c_str());
    return {};
}

}  // namespace conf::inline v0

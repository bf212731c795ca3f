#include "libconf/net/line_exchange.hpp"

#include "libconf/net/awaited.hpp"
#include "libconf/net/event_loop.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace conf::net {
namespace {

using descriptor = asio::posix::stream_descriptor;

constexpr std::chrono::seconds leave_time{3};
constexpr std::size_t read_bytes_most = 16 * 1024;

/// A started program. It is killed with its owner if it has not ended.
class child {
public:
    child(asio::io_context& on, pid_t id)
        : id_(id), ended_(on, static_cast<int>(syscall(SYS_pidfd_open, id, 0))) {}
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        ::kill(-id_, SIGKILL);
        while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {}
    }
    descriptor& ended() { return ended_; }

private:
    pid_t id_;
    descriptor ended_;  // readable once it has
};

pid_t spawn(const std::string& program, int in, int out) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string name = program;
    std::string path = "PATH=/usr/bin:/bin";
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::array<char*, 2> environment{path.data(), nullptr};
    pid_t made = -1;
    const int failed =
        posix_spawn(&made, program.c_str(), &files, &attributes, arguments.data(), environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failed == 0 ? made : -1;
}

int connect_to(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    if (path.size() >= sizeof at.sun_path) return -1;
    path.copy(at.sun_path, path.size());
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) return -1;
    if (::connect(made, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return made;
    ::close(made);
    return -1;
}

}  // namespace

struct line_exchange::impl : std::enable_shared_from_this<impl> {
    impl(event_loop& on, callbacks given)
        : loop(on), call(std::move(given)), to(on.context()), from(on.context()) {}

    /// False: there is nobody to ask.
    bool open(const line_target& target) {
        if (!target.socket.empty()) {
            const int both = connect_to(target.socket);
            if (both < 0) return false;
            from.assign(both);
            to.assign(::fcntl(both, F_DUPFD_CLOEXEC, 0));
            is_socket = true;
            return true;
        }
        std::array<int, 2> in{-1, -1};
        std::array<int, 2> out{-1, -1};
        if (::pipe2(in.data(), O_CLOEXEC) != 0) return false;
        to.assign(in[1]);
        if (::pipe2(out.data(), O_CLOEXEC) != 0) {
            ::close(in[0]);
            return false;
        }
        from.assign(out[0]);
        const auto id = spawn(target.program, in[0], out[1]);
        ::close(in[0]);
        ::close(out[1]);
        if (id < 0) return false;
        process = std::make_unique<child>(loop.context(), id);
        return true;
    }

    static asio::awaitable<void> ask(std::shared_ptr<impl> self, std::string question) {
        question += '\n';
        co_await asio::async_write(self->to, asio::buffer(question), as_result);
    }

    static asio::awaitable<void> listen(std::shared_ptr<impl> self) {
        std::string line;
        std::array<char, read_bytes_most> buffer{};
        for (bool goes_on = self->from.is_open(); goes_on;) {
            auto [error, count] = co_await self->from.async_read_some(asio::buffer(buffer), as_result);
            if (error) break;
            line.append(buffer.data(), count);
            std::size_t at = 0;
            for (auto end = line.find('\n'); end != std::string::npos; end = line.find('\n', at)) {
                // A copy: the owner may end the exchange from within.
                const auto on_line = self->call.on_line;
                if (on_line) on_line(std::string_view(line).substr(at, end - at));
                at = end + 1;
            }
            line.erase(0, at);
            goes_on = line.size() <= exchange_line_bytes_max;
        }
        self->hang_up();
        if (const auto end = std::exchange(self->call, {}).on_end) end();
        co_await leave(self);
    }

    /// Lets the program go by itself for a while.
    static asio::awaitable<void> leave(std::shared_ptr<impl> self) {
        if (!self->process) co_return;
        asio::steady_timer patience(self->loop.context(), leave_time);
        auto& ended = self->process->ended();
        patience.async_wait([&ended](std::error_code error) {
            std::error_code ignored;
            if (!error) ended.cancel(ignored);
        });
        co_await ended.async_wait(descriptor::wait_read, as_result);
        patience.cancel();
        self->process.reset();
    }

    void hang_up() {
        std::error_code ignored;
        if (is_socket && from.is_open()) ::shutdown(from.native_handle(), SHUT_RDWR);
        to.close(ignored);
        from.close(ignored);
    }

    event_loop& loop;
    callbacks call;
    descriptor to;
    descriptor from;
    std::unique_ptr<child> process;
    bool is_socket = false;
};

line_exchange::line_exchange(event_loop& loop, const line_target& target, std::string question,
                             callbacks call)
    : impl_(std::make_shared<impl>(loop, std::move(call))) {
    if (impl_->open(target))
        asio::co_spawn(loop.context(), impl::ask(impl_, std::move(question)), asio::detached);
    asio::co_spawn(loop.context(), impl::listen(impl_), asio::detached);
}

line_exchange::~line_exchange() {
    impl_->call = {};
    impl_->hang_up();
}

}  // namespace conf::net

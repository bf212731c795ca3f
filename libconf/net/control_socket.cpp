#include "libconf/net/control_socket.hpp"

#include "libconf/net/awaited.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <filesystem>
#include <thread>
#include <utility>

namespace conf::net {
namespace {

using local_stream = asio::local::stream_protocol;
using socket_type = local_stream::socket;

constexpr std::chrono::seconds connection_time{5};
constexpr std::chrono::milliseconds lock_time{1000};
constexpr mode_t owner_only = 0600;

class file_descriptor {
public:
    explicit file_descriptor(int number) : number_(number) {}
    file_descriptor(file_descriptor&& other) noexcept : number_(other.release()) {}
    ~file_descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

private:
    int number_;
};

std::error_code last_error() {
    return {errno, std::system_category()};
}

// Held while the socket is bound: of two servers that start together, one must see the other.
result<file_descriptor> lock_folder(const std::string& path) {
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    file_descriptor held(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (held.get() < 0) return conf::error(last_error(), folder.string());
    const auto until = std::chrono::steady_clock::now() + lock_time;
    while (::flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
        if (std::chrono::steady_clock::now() > until) return conf::error(control_errc::busy);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return held;
}

// Binds with the mode already set: at no moment can anybody else connect. (On Linux the file takes the mode
// that the socket had, and a umask can only take bits away.)
result<file_descriptor> bind_socket(const sockaddr_un& where) {
    file_descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (made.get() < 0 || ::fchmod(made.get(), owner_only) != 0 ||
        ::bind(made.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
        ::listen(made.get(), static_cast<int>(control_socket::connections_max)) != 0) {
        return conf::error(last_error());
    }
    return made;
}

// What has the name already: an error unless it is a socket that nobody listens on.
result<void> remove_stale(const std::string& path, const sockaddr_un& where) {
    struct stat there{};
    if (::lstat(path.c_str(), &there) != 0) return conf::error(last_error());
    if (!S_ISSOCK(there.st_mode)) return conf::error(control_errc::not_a_socket);
    const file_descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (probe.get() < 0) return conf::error(last_error());
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0 ||
        errno == EAGAIN) {
        return conf::error(control_errc::in_use);  // EAGAIN: its queue is full, so it lives
    }
    if (errno != ECONNREFUSED) return conf::error(last_error());
    if (::unlink(path.c_str()) != 0) return conf::error(last_error());
    return {};
}

result<file_descriptor> claim(const std::string& path) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof where.sun_path) return conf::error(control_errc::path_too_long);
    path.copy(where.sun_path, path.size());

    const auto lock = lock_folder(path);
    if (!lock) return lock.error();
    auto bound = bind_socket(where);
    if (bound || bound.error().code() != std::errc::address_in_use) return bound;
    if (auto removed = remove_stale(path, where); !removed) return removed.error();
    return bind_socket(where);
}

class control_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.control"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<control_errc>(code)) {
            case control_errc::in_use: return "another server answers there; stop it or set control.socket";
            case control_errc::not_a_socket:
                return "this file is not a socket; remove it or set control.socket";
            case control_errc::path_too_long:
                return "the path of a socket has 1 to 107 bytes; set control.socket";
            case control_errc::busy:
                return "another program keeps the folder locked; try again or set control.socket";
        }
        return "unknown control socket error";
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        if (static_cast<control_errc>(code) == control_errc::in_use) return std::errc::address_in_use;
        return {code, *this};
    }
};

}  // namespace

struct control_socket::impl {
    impl(asio::io_context& io, std::string where, handler what)
        : context(io), acceptor(io), path(std::move(where)), answer(std::move(what)) {}

    static asio::awaitable<void> accept_loop(std::shared_ptr<impl> self) {
        while (self->acceptor.is_open()) {
            auto [error, socket] = co_await self->acceptor.async_accept(as_result);
            if (!self->acceptor.is_open()) co_return;
            if (error) {
                asio::steady_timer pause(self->context, std::chrono::milliseconds(100));
                co_await pause.async_wait(as_result);
            } else if (self->connections < connections_max) {
                ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
                asio::co_spawn(self->context, serve(self, std::make_shared<socket_type>(std::move(socket))),
                               asio::detached);
            }
        }
    }

    // The socket is shared with the timer that ends a connection which says nothing.
    static asio::awaitable<void> serve(std::shared_ptr<impl> self, std::shared_ptr<socket_type> socket) {
        ++self->connections;
        asio::steady_timer timer(self->context, connection_time);
        timer.async_wait([socket](std::error_code error) {
            std::error_code ignored;
            if (!error) socket->close(ignored);
        });
        std::array<char, request_bytes_max + 1> in{};
        std::size_t size = 0;
        std::error_code error;
        while (!error && size < in.size() &&
               std::string_view(in.data(), size).find('\n') == std::string_view::npos) {
            std::size_t count = 0;
            std::tie(error, count) =
                co_await socket->async_read_some(asio::buffer(in.data() + size, in.size() - size), as_result);
            size += count;
        }
        const std::string_view received(in.data(), size);
        const auto end = received.find('\n');
        std::string out;
        if (end != std::string_view::npos) {
            auto line = received.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            out = self->answer_safely(line) + '\n';
        } else if (size == in.size()) {
            out = "{\"error\":\"a request has at most 256 bytes\"}\n";
        }
        if (!out.empty()) co_await asio::async_write(*socket, asio::buffer(out), as_result);
        socket->close(error);
        --self->connections;
    }

    std::string answer_safely(std::string_view line) {
        try {
            return answer(line);
        } catch (const std::exception&) {
            return "{\"error\":\"the server failed to answer\"}";
        }
    }

    void close() {
        if (!acceptor.is_open()) return;
        // The file first: as long as the socket listens, nobody takes it for a stale one and puts his own
        // there.
        struct stat there{};
        if (::lstat(path.c_str(), &there) == 0 && there.st_ino == file && there.st_dev == device) {
            ::unlink(path.c_str());
        }
        std::error_code ignored;
        acceptor.close(ignored);
    }

    asio::io_context& context;
    local_stream::acceptor acceptor;
    std::string path;
    handler answer;
    ino_t file = 0;
    dev_t device = 0;
    std::size_t connections = 0;
};

result<std::unique_ptr<control_socket>> control_socket::open(event_loop& loop, const std::string& path,
                                                             handler answer) {
    auto bound = claim(path);
    if (!bound) return conf::error(bound.error().code(), path);
    auto made = std::make_shared<impl>(loop.context(), path, std::move(answer));
    struct stat there{};
    if (::lstat(path.c_str(), &there) != 0) return conf::error(last_error(), path);
    made->file = there.st_ino;
    made->device = there.st_dev;
    std::error_code error;
    made->acceptor.assign(local_stream(), bound->get(), error);
    if (error) return conf::error(std::error_code(error.value(), std::system_category()), path);
    static_cast<void>(bound->release());
    asio::co_spawn(loop.context(), impl::accept_loop(made), asio::detached);
    return std::unique_ptr<control_socket>(new control_socket(std::move(made)));
}

control_socket::control_socket(std::shared_ptr<impl> made) : impl_(std::move(made)) {}

control_socket::~control_socket() {
    close();
}

void control_socket::close() {
    impl_->close();
}

const std::error_category& control_category() noexcept {
    static const control_error_category category;
    return category;
}

}  // namespace conf::net

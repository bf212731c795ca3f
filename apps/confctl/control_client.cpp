#include "confctl/control_client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace conf::apps {
namespace {

class local_socket {
public:
    local_socket() : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval limit{answer_limit.count(), 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    local_socket(const local_socket&) = delete;
    local_socket& operator=(const local_socket&) = delete;
    ~local_socket() {
        if (fd_ >= 0) close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

std::string advice(const std::string& path, int why) {
    switch (why) {
        case ENOENT:
        case ENOTDIR:
            return fmt::format(
                "no server: there is no socket {}; is one running? Name its socket with --socket PATH, or "
                "its "
                "configuration with --config FILE",
                path);
        case ECONNREFUSED:
            return fmt::format(
                "no server: nobody listens at {}; it was left by a server that was killed, start it again",
                path);
        case EACCES:
        case EPERM:
            return fmt::format(
                "{} belongs to another user: run confctl as the user of the server, or as root", path);
        default: return fmt::format("{}: {}", path, std::generic_category().message(why));
    }
}

std::string lost(const std::string& path, int why) {
    if (why == EAGAIN || why == EWOULDBLOCK) {
        return fmt::format("the server at {} did not answer within {} s", path, answer_limit.count());
    }
    return fmt::format("the server at {} broke off: {}", path, std::generic_category().message(why));
}

}  // namespace

control_answer ask_server(const std::string& path, std::string_view request) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return {{}, fmt::format("a socket's path has 1 to {} bytes: {}", sizeof address.sun_path - 1, path)};
    }
    std::ranges::copy(path, address.sun_path);
    const local_socket connection;
    if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return {{}, advice(path, errno)};
    }
    const auto line = std::string(request) + "\n";
    if (send(connection.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) {
        return {{}, lost(path, errno)};
    }
    control_answer answer;
    std::array<char, 4096> piece{};
    for (;;) {
        const auto got = recv(connection.get(), piece.data(), piece.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return {{}, lost(path, errno)};
        if (got == 0) break;
        answer.text.append(piece.data(), static_cast<std::size_t>(got));
        if (answer.text.size() > answer_bytes_max) {
            return {{},
                    fmt::format("the server at {} answered with more than {} bytes", path, answer_bytes_max)};
        }
    }
    if (!answer.text.ends_with('\n')) return {{}, fmt::format("the server at {} broke off its answer", path)};
    answer.text.pop_back();
    return answer;
}

}  // namespace conf::apps

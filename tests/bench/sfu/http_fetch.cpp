#include "tests/bench/sfu/http_fetch.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace sfu_load {
namespace {

using conf::media::http_response_reader;

[[noreturn]] void fail(const conf::media::http_url& from, const std::string& what) {
    throw std::runtime_error(from.authority() + from.target + ": " + what);
}

struct connection {
    explicit connection(int made) : fd(made) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { ::close(fd); }
    int fd;
};

}  // namespace

conf::media::http_response fetch(const conf::media::http_url& from, const std::string& request) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(from.host.c_str(), std::to_string(from.port).c_str(), &hints, &found) != 0)
        fail(from, "no such host");
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    const connection one(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{10, 0};
    ::setsockopt(one.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(one.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(one.fd, found->ai_addr, found->ai_addrlen) != 0) fail(from, "no connection");
    for (std::size_t sent = 0; sent < request.size();) {
        const auto step = ::send(one.fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
        if (step <= 0) fail(from, "the request cannot be sent");
        sent += static_cast<std::size_t>(step);
    }
    http_response_reader reader;
    auto progress = http_response_reader::progress::more;
    while (progress == http_response_reader::progress::more) {
        std::array<std::byte, 16 * 1024> buffer;
        const auto got = ::recv(one.fd, buffer.data(), buffer.size(), 0);
        if (got < 0) fail(from, "no reply");
        progress =
            got == 0 ? reader.end() : reader.feed(conf::bytes(buffer).first(static_cast<std::size_t>(got)));
    }
    if (progress == http_response_reader::progress::broken) fail(from, "a reply that cannot be read");
    return reader.take();
}

}  // namespace sfu_load

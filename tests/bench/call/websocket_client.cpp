#include "tests/bench/call/websocket_client.hpp"

#include "libconf/net/socket_address.hpp"
#include "tests/net/websocket_frames.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace call_load {
namespace {

using namespace conf::test;

// RFC 6455 §1.3: the key of the document's example, and what a server has to answer to it.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t read_bytes = 64 * 1024;

}  // namespace

websocket_client::websocket_client(poller& by, const conf::endpoint& server, const std::string& path,
                                   handlers what)
    : poller_(by),
      host_(server.to_string()),
      path_(path),
      handlers_(std::move(what)),
      fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0) throw std::runtime_error("no socket: raise the limit of open files");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    conf::net::socket_address at{};
    const auto size = conf::net::to_kernel(server, at);
    poller_.add(fd_, *this, EPOLLIN | EPOLLOUT);
    if (::connect(fd_, &at.any, size) != 0 && errno != EINPROGRESS) end();
}

websocket_client::~websocket_client() {
    handlers_ = {};
    end();
}

void websocket_client::end(std::string why) {
    if (state_ == state::ended) return;
    state_ = state::ended;
    why_ = std::move(why);
    poller_.remove(fd_);
    ::close(fd_);
}

void websocket_client::send(std::string_view text) {
    if (state_ != state::open) return;
    output_ += text_frame(text);
    flush();
}

void websocket_client::send_binary(std::string_view data) {
    if (state_ != state::open) return;
    output_ += frame(fin | op_binary, data);
    flush();
}

void websocket_client::request() {
    state_ = state::upgrading;
    output_ = "GET " + path_ + " HTTP/1.1\r\nHost: " + host_ +
              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Protocol: conf.1\r\nSec-WebSocket-Key: " +
              std::string(key) + "\r\n\r\n";
}

void websocket_client::on_ready(std::uint32_t events) {
    if (state_ == state::connecting) {
        int wrong = 0;
        socklen_t size = sizeof wrong;
        ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &wrong, &size);
        if (wrong != 0) return end();
        if ((events & EPOLLOUT) == 0) return;
        request();
    }
    flush();
    if (state_ != state::ended && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read();
}

void websocket_client::flush() {
    while (!output_.empty()) {
        const auto sent = ::send(fd_, output_.data(), output_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) break;
        if (sent <= 0) return end();
        output_.erase(0, static_cast<std::size_t>(sent));
    }
    if (wants_to_write_ == !output_.empty()) return;
    wants_to_write_ = !output_.empty();
    poller_.change(fd_, *this, wants_to_write_ ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void websocket_client::read() {
    std::array<char, read_bytes> buffer;
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return end();
    input_.append(buffer.data(), static_cast<std::size_t>(got));
    if (state_ == state::upgrading) take_answer();
    if (state_ == state::open) take_frames();
}

void websocket_client::take_answer() {
    const auto head = input_.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const auto answer = input_.substr(0, head);
    input_.erase(0, head + 4);
    if (!answer.starts_with("HTTP/1.1 101 ") || answer.find(accept) == std::string::npos)
        return end("not a WebSocket: " + answer.substr(0, answer.find('\r')));
    state_ = state::open;
    handlers_.opened();
}

void websocket_client::take_frames() {
    while (state_ == state::open) {
        const auto one = take_frame(input_);
        if (!one) return;
        switch (one->head) {
            case fin | op_text: handlers_.text(one->payload); break;
            case fin | op_binary:
                if (!handlers_.binary) return end("a binary message");
                handlers_.binary(one->payload);
                break;
            case fin | op_ping:
                output_ += frame(fin | op_pong, one->payload);
                flush();
                break;
            case fin | op_pong: break;
            case fin | op_close:
                close_code_ = one->code();
                output_ += frame(fin | op_close, one->payload);
                flush();
                end(one->payload.size() > 2 ? one->payload.substr(2) : std::string());
                break;
            default: end("a frame that the protocol does not know"); break;
        }
    }
}

}  // namespace call_load

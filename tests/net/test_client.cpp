#include "tests/net/test_client.hpp"

#include "libconf/net/socket_address.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace conf::test {
namespace {

constexpr timeval wait_max{20, 0};

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error("test client: " + what + " (errno " + std::to_string(errno) + ")");
}

}  // namespace

test_client::test_client(const endpoint& to) : test_client(to, 0) {}

test_client::test_client(const endpoint& to, int receive_bytes) {
    net::socket_address address{};
    const auto size = net::to_kernel(to, address);
    socket_ = ::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_bytes > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connect(address.any.sa_family, &address.any, size);
}

test_client::test_client(const std::string& unix_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connect(AF_UNIX, &address, sizeof address);
}

test_client::test_client(test_client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      buffered_(std::move(other.buffered_)),
      context_(std::move(other.context_)),
      tls_(std::move(other.tls_)) {}

test_client::~test_client() {
    if (socket_ >= 0) ::close(socket_);
}

void test_client::connect(int, const void* address, unsigned size) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait_max, sizeof wait_max);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait_max, sizeof wait_max);
    if (::connect(socket_, static_cast<const sockaddr*>(address), size) != 0) {
        ::close(std::exchange(socket_, -1));
        fail("cannot connect");
    }
}

test_client::tls_result test_client::start_tls(const std::string& alpn, int version_max) {
    context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (version_max) {
        SSL_CTX_set_security_level(context_.get(), 0);  // so that old versions are offered at all
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), version_max);
    }
    tls_.reset(SSL_new(context_.get()), SSL_free);
    if (!alpn.empty()) {
        const auto wire = std::string(1, static_cast<char>(alpn.size())) + alpn;
        SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()));
    }
    SSL_set_fd(tls_.get(), socket_);
    ERR_clear_error();
    tls_result made;
    if (SSL_connect(tls_.get()) != 1) {
        ERR_clear_error();
        return made;
    }
    made.done = true;
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &size);
    made.alpn.assign(reinterpret_cast<const char*>(name), size);
    if (auto* certificate = SSL_get0_peer_certificate(tls_.get())) {
        char text[128] = {};
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof text);
        made.common_name = text;
    }
    made.chain = sk_X509_num(SSL_get_peer_cert_chain(tls_.get()));
    return made;
}

void test_client::send(std::string_view data) {
    if (!try_send(data)) fail("cannot send");
}

bool test_client::try_send(std::string_view data) {
    while (!data.empty()) {
        errno = 0;
        const auto sent = tls_ ? SSL_write(tls_.get(), data.data(), static_cast<int>(data.size()))
                               : ::send(socket_, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void test_client::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

std::string test_client::read_some() {
    if (!buffered_.empty()) return std::exchange(buffered_, {});
    std::string data(64 * 1024, '\0');
    const auto read = [&]() -> ssize_t {
        errno = 0;
        return tls_ ? SSL_read(tls_.get(), data.data(), static_cast<int>(data.size()))
                    : ::recv(socket_, data.data(), data.size(), 0);
    };
    auto count = read();
    // A converter that ends interrupts us: no handler's flags restart a read that has a time limit,
    // signal(7).
    while (count < 0 && errno == EINTR) count = read();
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("nothing came for 20 s");
    data.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return data;
}

std::string test_client::read_all() {
    std::string all;
    for (auto piece = read_some(); !piece.empty(); piece = read_some()) all += piece;
    return all;
}

std::string test_client::read_line() {
    std::string all;
    while (all.find('\n') == std::string::npos) {
        const auto piece = read_some();
        if (piece.empty()) return all;
        all += piece;
    }
    const auto end = all.find('\n');
    buffered_ = all.substr(end + 1);
    return all.substr(0, end);
}

test_client::answer test_client::read_answer(bool head_only) {
    std::string all;
    while (all.find("\r\n\r\n") == std::string::npos) {
        const auto piece = read_some();
        if (piece.empty()) return {};
        all += piece;
    }
    answer made;
    const auto end = all.find("\r\n\r\n") + 4;
    made.head = all.substr(0, end);
    if (all.starts_with("HTTP/1.1 ")) std::from_chars(all.data() + 9, all.data() + 12, made.status);
    std::size_t length = 0;
    const auto text = made.field("Content-Length");
    if (!head_only) std::from_chars(text.data(), text.data() + text.size(), length);
    while (all.size() < end + length) {
        const auto piece = read_some();
        if (piece.empty()) fail("the body was cut off");
        all += piece;
    }
    made.body = all.substr(end, length);
    buffered_ = all.substr(end + length);
    return made;
}

std::string test_client::answer::field(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace conf::test

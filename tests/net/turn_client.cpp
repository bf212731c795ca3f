#include "tests/net/turn_client.hpp"

#include "libconf/net/clock.hpp"
#include "libconf/net/socket_address.hpp"
#include "libconf/turn/channel_data.hpp"

#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <thread>
#include <utility>

namespace conf::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error("TURN test client: " + what);
}

milliseconds left_until(steady_clock::time_point end) {
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(end - steady_clock::now()));
}

/// Whether `fd` became ready in time.
bool wait_for(int fd, short events, milliseconds wait) {
    pollfd one{fd, events, 0};
    return ::poll(&one, 1, static_cast<int>(wait.count())) > 0;
}

class connected_socket {
public:
    connected_socket(int type, const endpoint& to, const turn_link_options& how) {
        net::socket_address address{};
        const auto size = net::to_kernel(to, address);
        fd_ = ::socket(address.any.sa_family, type | SOCK_CLOEXEC, 0);
        if (how.receive_buffer_bytes > 0) {
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &how.receive_buffer_bytes,
                         sizeof how.receive_buffer_bytes);
        }
        if (type == SOCK_STREAM) {
            const int yes = 1;
            ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        }
        if (!how.from.empty()) {
            net::socket_address from{};
            const auto from_size = net::to_kernel({ip_address::parse(how.from).value(), how.from_port}, from);
            if (::bind(fd_, &from.any, from_size) != 0) fail("cannot bind " + how.from);
        }
        if (::connect(fd_, &address.any, size) != 0) {
            ::close(fd_);
            fail("cannot connect to " + to.to_string());
        }
    }
    connected_socket(const connected_socket&) = delete;
    connected_socket& operator=(const connected_socket&) = delete;
    ~connected_socket() { ::close(fd_); }

    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] endpoint local() const {
        net::socket_address at{};
        socklen_t size = sizeof at;
        ::getsockname(fd_, &at.any, &size);
        return net::from_kernel(at);
    }

private:
    int fd_ = -1;
};

/// TLS or DTLS over a connected socket.
class tls_session {
public:
    tls_session(int fd, bool datagrams) : fd_(fd) {
        context_.reset(SSL_CTX_new(datagrams ? DTLS_client_method() : TLS_client_method()), SSL_CTX_free);
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
        ssl_.reset(SSL_new(context_.get()), SSL_free);
        auto* bio = datagrams ? BIO_new_dgram(fd, BIO_NOCLOSE) : BIO_new_socket(fd, BIO_NOCLOSE);
        if (datagrams) {
            net::socket_address peer{};
            socklen_t size = sizeof peer;
            ::getpeername(fd, &peer.any, &size);
            BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, &peer);
            SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
            SSL_set_mtu(ssl_.get(), 1400);
        }
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_connect_state(ssl_.get());
        const auto end = steady_clock::now() + patience;
        while (SSL_do_handshake(ssl_.get()) != 1) {
            if (SSL_get_error(ssl_.get(), -1) != SSL_ERROR_WANT_READ || steady_clock::now() >= end) {
                ERR_clear_error();
                fail("the handshake failed");
            }
            if (!wait_for(fd_, POLLIN, milliseconds{250}) && datagrams) DTLSv1_handle_timeout(ssl_.get());
        }
    }
    ~tls_session() { ERR_clear_error(); }

    void write(bytes data) {
        ERR_clear_error();
        if (SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())) <= 0) closed_ = true;
    }

    /// Up to `room.size()` bytes; 0 when nothing came in time or the other side has closed.
    std::size_t read(std::span<std::byte> room, milliseconds wait) {
        const auto end = steady_clock::now() + wait;
        for (;;) {
            ERR_clear_error();
            const auto count = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
            if (count > 0) return static_cast<std::size_t>(count);
            if (SSL_get_error(ssl_.get(), count) != SSL_ERROR_WANT_READ) {
                closed_ = true;
                return 0;
            }
            if (!wait_for(fd_, POLLIN, left_until(end))) return 0;
        }
    }

    [[nodiscard]] std::string server_name() const {
        std::array<char, 128> text{};
        if (auto* certificate = SSL_get0_peer_certificate(ssl_.get())) {
            X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text.data(),
                                      static_cast<int>(text.size()));
        }
        return text.data();
    }
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    void say_goodbye() { SSL_shutdown(ssl_.get()); }

private:
    int fd_;
    bool closed_ = false;
    std::shared_ptr<SSL_CTX> context_;
    std::shared_ptr<SSL> ssl_;
};

void make_non_blocking(int fd) {
    timeval soon{0, 1000};  // for OpenSSL, which then says that it wants to read
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
}

class datagram_link final : public turn_link {
public:
    datagram_link(const endpoint& to, bool dtls, const turn_link_options& how)
        : socket_(SOCK_DGRAM, to, how) {
        if (!dtls) return;
        make_non_blocking(socket_.fd());
        tls_.emplace(socket_.fd(), true);
    }
    void send(bytes message) override { tls_ ? tls_->write(message) : send_raw(message); }
    void send_raw(bytes data) override {
        if (::send(socket_.fd(), data.data(), data.size(), 0) < 0 && errno != ECONNREFUSED)
            fail("cannot send");
    }
    void say_goodbye() override {
        if (tls_) tls_->say_goodbye();
    }
    std::optional<std::vector<std::byte>> receive(milliseconds wait) override {
        std::vector<std::byte> room(65536);
        if (tls_) {
            room.resize(tls_->read(room, wait));
        } else {
            if (!wait_for(socket_.fd(), POLLIN, wait)) return std::nullopt;
            const auto count = ::recv(socket_.fd(), room.data(), room.size(), MSG_DONTWAIT);
            room.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        }
        if (room.empty()) return std::nullopt;
        return room;
    }
    [[nodiscard]] std::string server_name() const override {
        return tls_ ? tls_->server_name() : std::string{};
    }
    [[nodiscard]] bool closed() const override { return tls_ && tls_->closed(); }
    [[nodiscard]] endpoint local() const override { return socket_.local(); }

private:
    connected_socket socket_;
    std::optional<tls_session> tls_;
};

class stream_link final : public turn_link {
public:
    stream_link(const endpoint& to, bool tls, const turn_link_options& how)
        : socket_(SOCK_STREAM, to, how), piece_(how.piece_bytes) {
        if (!tls) return;
        make_non_blocking(socket_.fd());
        tls_.emplace(socket_.fd(), false);
    }
    void send(bytes message) override {
        const auto piece = piece_ > 0 ? piece_ : message.size();
        for (std::size_t at = 0; at < message.size(); at += piece) {
            write(message.subspan(at, std::min(piece, message.size() - at)));
        }
    }
    std::optional<std::vector<std::byte>> receive(milliseconds wait) override {
        const auto end = steady_clock::now() + wait;
        for (;;) {
            if (const auto next = turn::next_frame(buffer_); next.is == turn::frame::state::complete) {
                const auto behind = buffer_.begin() + static_cast<std::ptrdiff_t>(next.bytes);
                std::vector<std::byte> message(buffer_.begin(), behind);
                buffer_.erase(buffer_.begin(), behind);
                return message;
            } else if (next.is == turn::frame::state::invalid) {
                fail("the server sent something that is no message");
            }
            if (!fill(left_until(end))) return std::nullopt;
        }
    }
    [[nodiscard]] std::string server_name() const override {
        return tls_ ? tls_->server_name() : std::string{};
    }
    [[nodiscard]] bool closed() const override { return closed_ || (tls_ && tls_->closed()); }
    [[nodiscard]] endpoint local() const override { return socket_.local(); }

    void send_raw(bytes data) override {
        while (!data.empty()) {
            const auto count = ::send(socket_.fd(), data.data(), data.size(), MSG_NOSIGNAL);
            if (count < 0) {
                closed_ = true;
                return;
            }
            data = data.subspan(static_cast<std::size_t>(count));
        }
    }
    void say_goodbye() override {
        if (tls_) tls_->say_goodbye();
    }

private:
    void write(bytes data) { tls_ ? tls_->write(data) : send_raw(data); }
    bool fill(milliseconds wait) {
        std::array<std::byte, 16384> room;
        std::size_t size = 0;
        if (tls_) {
            size = tls_->read(room, wait);
        } else {
            if (!wait_for(socket_.fd(), POLLIN, wait)) return false;
            const auto count = ::recv(socket_.fd(), room.data(), room.size(), MSG_DONTWAIT);
            closed_ = count == 0 || (count < 0 && errno != EAGAIN);
            size = count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        buffer_.insert(buffer_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size));
        return size > 0;
    }

    connected_socket socket_;
    std::size_t piece_;
    std::vector<std::byte> buffer_;
    bool closed_ = false;
    std::optional<tls_session> tls_;
};

turn::client_protocol protocol_of(const std::string& url) {
    if (url.starts_with("tcp://")) return turn::client_protocol::tcp;
    if (url.starts_with("tls://")) return turn::client_protocol::tls;
    if (url.starts_with("dtls://")) return turn::client_protocol::dtls;
    return turn::client_protocol::udp;
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
    const auto end = steady_clock::now() + patience;
    while (!condition()) {
        if (steady_clock::now() >= end) return false;
        std::this_thread::yield();
    }
    return true;
}

std::unique_ptr<turn_link> connect_link(const std::string& url, const turn_link_options& how) {
    const auto to = endpoint::parse(url.substr(url.find("//") + 2));
    if (!to) fail("no address in " + url);
    switch (protocol_of(url)) {
        case turn::client_protocol::udp: return std::make_unique<datagram_link>(*to, false, how);
        case turn::client_protocol::dtls: return std::make_unique<datagram_link>(*to, true, how);
        case turn::client_protocol::tcp: return std::make_unique<stream_link>(*to, false, how);
        case turn::client_protocol::tls: return std::make_unique<stream_link>(*to, true, how);
    }
    return nullptr;
}

turn_client::turn_client(const std::string& url, std::string user, std::string password,
                         const turn_link_options& how)
    : link_(connect_link(url, how)),
      core_({.protocol = protocol_of(url), .username = std::move(user), .password = std::move(password)},
            crypto::system_random_key()) {}

int turn_client::allocate(const turn::allocate_wish& wish) {
    core_.allocate(wish, net::clock_now(), out_);
    return finish(stun::method::allocate);
}

int turn_client::refresh(std::chrono::seconds lifetime) {
    core_.refresh(lifetime, std::nullopt, net::clock_now(), out_);
    return finish(stun::method::refresh);
}

int turn_client::permit(const std::vector<endpoint>& peers) {
    core_.create_permission(peers, net::clock_now(), out_);
    return finish(stun::method::create_permission);
}

int turn_client::bind_channel(std::uint16_t number, const endpoint& peer) {
    core_.bind_channel(number, peer, net::clock_now(), out_);
    return finish(stun::method::channel_bind);
}

endpoint turn_client::mapped_address() {
    core_.ask_mapped_address(net::clock_now(), out_);
    if (const auto error = finish(stun::method::binding); error != 0)
        fail("Binding got " + std::to_string(error));
    return core_.mapped().value();
}

void turn_client::send(const endpoint& peer, std::string_view text) {
    core_.send(peer, as_bytes(text), out_);
    carry_out();
}

turn_data turn_client::receive() {
    if (auto next = receive_within(patience)) return *std::move(next);
    fail(link_->closed() ? "the server closed the connection" : "nothing came");
}

std::optional<turn_data> turn_client::receive_within(milliseconds wait) {
    const auto end = steady_clock::now() + wait;
    while (data_.empty()) {
        if (!take(left_until(end)) && (left_until(end) == milliseconds{0} || link_->closed()))
            return std::nullopt;
    }
    auto next = std::move(data_.front());
    data_.pop_front();
    return next;
}

endpoint turn_client::relayed(ip_family family) const {
    return core_.relayed(family).value();
}

int turn_client::finish(stun::method method) {
    carry_out();
    const auto end = steady_clock::now() + patience;
    for (;;) {
        const auto answer = std::ranges::find(done_, method, &turn::client_event::method);
        if (answer != done_.end()) {
            const auto was = *answer;
            done_.erase(answer);
            if (was.what == turn::client_event::kind::done) return 0;
            if (was.error == 0) fail("no answer came");
            alternate_ = was.address;
            return was.error;
        }
        if (steady_clock::now() >= end) fail("no answer came in time");
        if (!take(milliseconds{100}) && link_->closed()) fail("the server closed the connection");
    }
}

/// Handles one message, and what the core wants to repeat; false when nothing came.
bool turn_client::take(milliseconds wait) {
    const auto message = link_->receive(wait);
    if (message) core_.handle(*message, net::clock_now(), out_);
    if (const auto due = core_.deadline(); due && *due <= net::clock_now())
        core_.handle_timeout(net::clock_now(), out_);
    for (const auto& event : out_.events) {
        if (event.what == turn::client_event::kind::data) {
            data_.push_back({event.address, std::string(as_text(event.payload)), std::nullopt});
        } else if (event.what == turn::client_event::kind::icmp) {
            data_.push_back({event.address, {}, event.icmp_type});
        } else {
            done_.push_back(event);
            done_.back().payload = {};
        }
    }
    carry_out();
    return message.has_value();
}

void turn_client::carry_out() {
    for (const auto& part : out_.transmits) {
        std::vector<std::byte> message(part.head.begin(), part.head.end());
        message.insert(message.end(), part.body.begin(), part.body.end());
        message.resize(message.size() + part.padding, std::byte{0});
        link_->send(message);
    }
    out_.clear();
}

}  // namespace conf::test

#include "libconf/net/turn_dtls.hpp"

#include "libconf/crypto/digest.hpp"
#include "libconf/dtls/datagram_bio.hpp"
#include "libconf/dtls/record.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/socket_address.hpp"
#include "libconf/net/tls_context.hpp"
#include "libconf/net/turn_client_link.hpp"
#include "libconf/net/turn_shard.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace conf::net {
namespace {

constexpr std::chrono::milliseconds sweep_interval{250};
constexpr std::size_t cookie_bytes = 20;
constexpr std::size_t record_bytes_max = 16384 + 256;

// RFC 5246 §7.4.1.2: where the random number stands in a ClientHello.
constexpr std::size_t client_random_at = 2;
constexpr std::size_t client_random_bytes = 32;

struct ssl_deleter {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

}  // namespace

/// One client. OpenSSL reads the datagram that is being handled and writes datagrams straight to the socket.
class dtls_session final : public client_link, private dtls::datagram_end {
public:
    dtls_session(dtls_listener& listener, std::shared_ptr<ssl_ctx_st> context)
        : listener_(listener), context_(std::move(context)), ssl_(SSL_new(context_.get())) {
        auto* bio = dtls::make_datagram_bio(*this);
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_options(ssl_.get(), SSL_OP_COOKIE_EXCHANGE | SSL_OP_NO_QUERY_MTU);
        SSL_set_mtu(ssl_.get(), dtls::mtu_bytes);
        SSL_set_app_data(ssl_.get(), this);
        SSL_set_accept_state(ssl_.get());
    }

    ~dtls_session() override {
        if (connected) --listener_.shard().mutable_count().dtls_sessions;
    }

    /// True when the datagram is a ClientHello with a right cookie; it is then ready to be read again.
    bool listen(const endpoint& from, bytes datagram) {
        remote = from;
        incoming = datagram;
        ERR_clear_error();
        auto* peer = BIO_ADDR_new();
        const auto heard = DTLSv1_listen(ssl_.get(), peer);
        BIO_ADDR_free(peer);
        incoming = {};
        peek = false;
        return heard == 1;
    }

    /// Handles one datagram; false when the session is over.
    bool receive(bytes datagram) {
        incoming = datagram;
        const bool alive = established_ || shake_hands();
        const bool goes_on = alive && (!established_ || read_messages());
        incoming = {};
        return goes_on;
    }

    /// Whether this is the hello of another handshake: the client has started anew from the port it had
    /// before, or its NAT gave the port to somebody else. A late copy of our own hello is not.
    [[nodiscard]] bool is_hello_of_another(bytes datagram) const {
        const auto record = dtls::record::take(datagram);
        if (!record || record->type != dtls::content_type::handshake || record->epoch != 0) return false;
        const auto hello = dtls::handshake_fragment::parse(record->fragment);
        if (!hello || hello->type != dtls::handshake_fragment::client_hello || hello->offset != 0 ||
            hello->body.size() < client_random_at + client_random_bytes) {
            return false;
        }
        std::array<unsigned char, client_random_bytes> ours{};
        if (SSL_get_client_random(ssl_.get(), ours.data(), ours.size()) != ours.size()) return false;
        return !std::ranges::equal(hello->body.subspan(client_random_at, client_random_bytes),
                                   std::as_bytes(std::span(ours)));
    }

    /// Repeats a flight that was lost; false when the handshake failed for good.
    bool handle_timeout() { return established_ || DTLSv1_handle_timeout(ssl_.get()) >= 0; }

    void send(bytes head, bytes body, std::uint8_t padding) override {
        if (!established_) return;
        message_.assign(head.begin(), head.end());
        message_.insert(message_.end(), body.begin(), body.end());
        message_.resize(message_.size() + padding, std::byte{0});
        ERR_clear_error();
        SSL_write(ssl_.get(), message_.data(), static_cast<int>(message_.size()));
    }

    /// The listener ends its sessions itself.
    void close() override {}

    [[nodiscard]] bool established() const noexcept { return established_; }
    [[nodiscard]] const std::shared_ptr<ssl_ctx_st>& context() const noexcept { return context_; }

    endpoint remote;
    turn::client_socket socket = 0;
    instant since{};
    instant last_message{};
    bool connected = false;  // counted as a session

    [[nodiscard]] std::array<std::byte, cookie_bytes> cookie() const {
        std::array<std::byte, 2> port{};
        store_u16(port, 0, remote.port);
        const auto mac = crypto::hmac_sha256(listener_.cookie_key(), {remote.ip.raw(), port});
        std::array<std::byte, cookie_bytes> out{};
        std::ranges::copy(bytes(mac).first(cookie_bytes), out.begin());
        return out;
    }

private:
    bool shake_hands() {
        ERR_clear_error();
        const auto done = SSL_do_handshake(ssl_.get());
        if (done == 1) {
            established_ = true;
            return true;
        }
        return SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ;
    }

    bool read_messages() {
        for (;;) {
            static thread_local std::array<std::byte, record_bytes_max> plain;
            ERR_clear_error();
            const auto size = SSL_read(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
            if (size <= 0) {
                const auto why = SSL_get_error(ssl_.get(), size);
                return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
            }
            last_message = clock_now();
            listener_.shard().handle_message({.socket = socket,
                                              .protocol = turn::client_protocol::dtls,
                                              .remote = remote,
                                              .payload = bytes(plain).first(static_cast<std::size_t>(size))});
            // `plain` is used again for the next record.
            listener_.shard().finish_turn();
        }
    }

    void write_datagram(bytes datagram) override { listener_.send(remote, datagram); }

    dtls_listener& listener_;
    std::shared_ptr<ssl_ctx_st> context_;
    bool established_ = false;
    std::vector<std::byte> message_;
    std::unique_ptr<SSL, ssl_deleter> ssl_;  // last: its BIO uses the rest
};

namespace {

int make_cookie(SSL* ssl, unsigned char* cookie, unsigned* size) {
    const auto made = static_cast<dtls_session*>(SSL_get_app_data(ssl))->cookie();
    std::memcpy(cookie, made.data(), made.size());
    *size = static_cast<unsigned>(made.size());
    return 1;
}

int judge_cookie(SSL* ssl, const unsigned char* cookie, unsigned size) {
    const auto right = static_cast<dtls_session*>(SSL_get_app_data(ssl))->cookie();
    return crypto::equal_in_constant_time(right, std::as_bytes(std::span(cookie, size))) ? 1 : 0;
}

}  // namespace

dtls_listener::dtls_listener(turn_shard& shard, std::shared_ptr<tls_context> tls)
    : shard_(shard),
      tls_(std::move(tls)),
      cookie_key_(crypto::system_random_key()),
      descriptor_(shard.context()),
      sweep_timer_(shard.context()) {}

dtls_listener::~dtls_listener() = default;

result<endpoint> dtls_listener::open(const endpoint& at, bool shared) {
    if (const auto failed =
            udp_socket::open(at, {.receive_buffer_bytes = 1 << 20, .reuse_port = shared}, socket_)) {
        return listen_failure("dtls://" + at.to_string(), failed);
    }
    descriptor_.assign(::dup(socket_.native_handle()));
    shard_.watch(descriptor_.native_handle());
    wait();
    sweep();
    return socket_.local();
}

void dtls_listener::close() {
    asio::error_code ignored;
    descriptor_.close(ignored);
    sweep_timer_.cancel();
    greeter_.reset();
    sessions_.clear();
}

void dtls_listener::wait() {
    descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                           [self = shared_from_this()](asio::error_code error) {
                               if (error) return;
                               self->read();
                               self->wait();
                           });
}

void dtls_listener::read() {
    bool drained = false;
    for (const auto& run : ring_.receive(socket_.native_handle(), drained)) handle(run);
    ring_.reset();
}

void dtls_listener::handle(const received& run) {
    run.for_each_datagram([&](bytes datagram) {
        if (!dtls::looks_like_dtls(datagram)) return;
        const auto known = sessions_.find(run.remote);
        // RFC 6347 §4.2.8: a new handshake replaces a session once its cookie is right, not before.
        if (known == sessions_.end() || known->second->is_hello_of_another(datagram))
            return greet(run.remote, datagram);
        const auto session = known->second;
        if (!session->receive(datagram)) {
            if (const auto ended = sessions_.find(run.remote); ended != sessions_.end()) forget(ended);
            return;
        }
        if (session->established() && !session->connected) {
            session->connected = true;
            ++shard_.mutable_count().dtls_sessions;
        }
    });
}

void dtls_listener::greet(const endpoint& remote, bytes datagram) {
    const auto current = tls_->current();
    if (!greeter_ || greeter_->context() != current) {
        SSL_CTX_set_cookie_generate_cb(current.get(), make_cookie);
        SSL_CTX_set_cookie_verify_cb(current.get(), judge_cookie);
        greeter_ = std::make_shared<dtls_session>(*this, current);
    }
    if (!greeter_->listen(remote, datagram)) return;
    const auto session = std::exchange(greeter_, nullptr);
    if (const auto before = sessions_.find(remote); before != sessions_.end()) forget(before);
    if (sessions_.size() >= dtls_sessions_max) {
        ++shard_.mutable_count().dtls_refused;
        return;
    }
    push_out_half_open();
    session->since = session->last_message = clock_now();
    session->socket = shard_.add_link(session);
    sessions_.emplace(remote, session);
    if (!session->receive(datagram)) forget(sessions_.find(remote));
}

/// Keeps at most `dtls_half_open_max` handshakes; the oldest has had the most time.
void dtls_listener::push_out_half_open() {
    auto oldest = sessions_.end();
    std::size_t half_open = 0;
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
        if (at->second->established()) continue;
        ++half_open;
        if (oldest == sessions_.end() || at->second->since < oldest->second->since) oldest = at;
    }
    if (half_open >= dtls_half_open_max) forget(oldest);
}

void dtls_listener::forget(std::map<endpoint, std::shared_ptr<dtls_session>>::iterator session) {
    const auto gone = session->second;
    if (!gone->established()) ++shard_.mutable_count().dtls_refused;
    sessions_.erase(session);
    shard_.remove_link(gone->socket, gone->remote);
}

void dtls_listener::sweep() {
    const auto now = clock_now();
    std::vector<endpoint> over;
    for (const auto& [remote, session] : sessions_) {
        if (!session->established()) {
            if (now - session->since > handshake_time_max || !session->handle_timeout())
                over.push_back(remote);
        } else if (now - session->last_message > idle_time_max &&
                   !shard_.has_allocation(session->socket, session->remote)) {
            over.push_back(remote);
        }
    }
    for (const auto& remote : over) forget(sessions_.find(remote));
    sweep_timer_.expires_after(sweep_interval);
    sweep_timer_.async_wait([self = shared_from_this()](asio::error_code error) {
        if (!error) self->sweep();
    });
}

void dtls_listener::send(const endpoint& to, bytes datagram) {
    socket_address name{};
    const auto size = to_kernel(to, name);
    ::sendto(socket_.native_handle(), datagram.data(), datagram.size(), MSG_DONTWAIT, &name.any, size);
}

}  // namespace conf::net

#include "libconf/dtls/session.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/dtls/client_hello.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace conf::dtls {
namespace {

constexpr std::string_view exporter_label = "EXTRACTOR-dtls_srtp";  // RFC 5764 §4.2
constexpr std::size_t exported_bytes_max = 2 * (32 + 14);

/// How long to wait after `before` was in vain; both in microseconds, 0 at first.
unsigned next_timeout(SSL*, unsigned before) {
    constexpr auto first = static_cast<unsigned>(std::chrono::microseconds(session::first_timeout).count());
    constexpr auto last = static_cast<unsigned>(std::chrono::microseconds(session::timeout_max).count());
    return before == 0 ? first : std::min(before * 2, last);
}

std::optional<srtp::profile> profile_of(SSL* ssl) {
    const auto* chosen = SSL_get_selected_srtp_profile(ssl);
    if (!chosen) return std::nullopt;
    return static_cast<srtp::profile>(chosen->id);
}

}  // namespace

std::string_view to_string(failure why) noexcept {
    switch (why) {
        case failure::none: return "none";
        case failure::timed_out: return "timed_out";
        case failure::wrong_fingerprint: return "wrong_fingerprint";
        case failure::no_srtp_profile: return "no_srtp_profile";
        case failure::refused: return "refused";
    }
    return "unknown";
}

void session::ssl_deleter::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

session::session(const context& with, role as, std::vector<fingerprint> expected, instant now)
    : context_(with), role_(as), expected_(std::move(expected)), give_up_at_(now + handshake_time) {
    check(!expected_.empty());
}

session::~session() = default;

/// Not before the first record: OpenSSL's side is most of what a session costs, and many never get that far.
void session::begin() {
    ssl_.reset(SSL_new(context_.get()));
    check(ssl_ != nullptr);
    auto* bio = make_datagram_bio(*this);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_mtu(ssl_.get(), mtu_bytes);
    DTLS_set_timer_cb(ssl_.get(), next_timeout);
    if (role_ == role::passive) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
    }
    claimed_ = 0;
    messages_ = 0;
    spoiled_ = false;
    answered_ = false;
    repeat_at_.reset();
}

void session::write_datagram(bytes datagram) {
    if (!out_) return;  // OpenSSL says goodbye while it is destroyed
    out_->data.insert(out_->data.end(), datagram.begin(), datagram.end());
    out_->ends.push_back(out_->data.size());
}

void session::start(instant now, outputs& out) {
    if (role_ != role::active || state_ != state::connecting) return;
    if (!ssl_) begin();
    out_ = &out;
    shake_hands(now);
    out_ = nullptr;
}

void session::handle(bytes datagram, instant now, outputs& out) {
    out_ = &out;
    while (state_ == state::connecting || state_ == state::connected) {
        const auto next = record::take(datagram);
        if (!next) break;
        handle_record(*next, now);
    }
    out_ = nullptr;
}

void session::handle_record(const record& one, instant now) {
    // SEC-DTLS-6: nobody has vouched for what is in the clear: no alert counts there, and after the handshake
    // nothing does.
    if (one.epoch == 0 && (state_ == state::connected || one.type == content_type::alert ||
                           one.type == content_type::application_data)) {
        return;
    }
    if (state_ == state::connecting) {
        if (spoiled_) {
            if (!may_restart(now)) {
                ++refused_;
                return;
            }
            begin();
        }
        if (!fits_handshake(one) || !within_limits(one)) {
            ++refused_;
            return;
        }
        if (!ssl_) begin();
    }
    incoming = one.whole;
    if (state_ == state::connecting) {
        shake_hands(now);
    } else {
        read_application_data();
    }
    incoming = {};
}

/// SEC-DTLS-1: the passive side waits for a ClientHello that it could answer, and once it has answered one
/// there is no other. Others would break the handshake or, by their record numbers, make the peer's look like
/// repetitions.
bool session::fits_handshake(const record& one) const noexcept {
    if (role_ != role::passive || one.epoch != 0) return true;
    if (one.type != content_type::handshake) return answered_;
    for (auto rest = one.fragment; !rest.empty();) {
        const auto fragment = handshake_fragment::parse(rest);
        if (!fragment || (fragment->type == handshake_fragment::client_hello) == answered_) return false;
        if (!answered_ && fragment->offset == 0 && !names_our_ciphers(fragment->body)) return false;
        rest = rest.subspan(handshake_fragment::header_bytes + fragment->body.size());
    }
    return true;
}

/// SEC-DTLS-2: OpenSSL makes room for a whole message when its first fragment comes, so what is claimed
/// counts.
bool session::within_limits(const record& one) {
    if (one.epoch != 0 || one.type != content_type::handshake) return true;
    for (auto rest = one.fragment; !rest.empty();) {
        const auto fragment = handshake_fragment::parse(rest);
        constexpr std::uint16_t messages_max = 32;
        if (!fragment || fragment->message_bytes > message_bytes_max || fragment->message_seq >= messages_max)
            return false;
        const auto bit = std::uint32_t{1} << fragment->message_seq;
        if ((messages_ & bit) == 0) {
            if (claimed_ + fragment->message_bytes > handshake_bytes_max) return false;
            messages_ |= bit;
            claimed_ += fragment->message_bytes;
        }
        rest = rest.subspan(handshake_fragment::header_bytes + fragment->body.size());
    }
    return true;
}

void session::shake_hands(instant now) {
    ERR_clear_error();
    const auto bytes_before = out_->data.size();
    const auto datagrams_before = out_->ends.size();
    const auto done = SSL_do_handshake(ssl_.get());
    if (done == 1) return finish();
    if (SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) {
        // An alert: whoever sent the bad datagram, the peer is the one who would get it, and give up.
        out_->data.resize(bytes_before);
        out_->ends.resize(datagrams_before);
        return broken(now);
    }
    if (out_->ends.size() > datagrams_before) answered_ = true;
    schedule(now);
}

void session::finish() {
    repeat_at_.reset();
    if (!has_expected_certificate()) return fail(failure::wrong_fingerprint);
    const auto profile = profile_of(ssl_.get());
    if (!profile) return fail(failure::no_srtp_profile);
    std::array<std::byte, exported_bytes_max> exported{};
    const auto used = mutable_bytes(exported).first(srtp::exported_bytes(*profile));
    check(SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(used.data()), used.size(),
                                     exporter_label.data(), exporter_label.size(), nullptr, 0, 0) == 1);
    keys_ = srtp::split_exported(*profile, used, role_ == role::active);
    crypto::wipe(exported);
    state_ = state::connected;
}

bool session::has_expected_certificate() const {
    const std::unique_ptr<X509, decltype(&X509_free)> theirs(SSL_get1_peer_certificate(ssl_.get()),
                                                             &X509_free);
    return theirs && std::ranges::any_of(expected_, [&](const fingerprint& one) {
               return crypto::equal_in_constant_time(fingerprint_of(theirs.get(), one.hash).digest(),
                                                     one.digest());
           });
}

/// One datagram must not end a call: the passive side waits for the next ClientHello.
void session::broken(instant now) {
    if (role_ == role::active) return fail(failure::refused);
    incoming = {};
    repeat_at_.reset();
    spoiled_ = !may_restart(now);
    if (!spoiled_) begin();
}

bool session::may_restart(instant now) {
    if (now - restart_window_ >= std::chrono::seconds(1)) {
        restart_window_ = now;
        restarts_in_window_ = 0;
    }
    if (restarts_in_window_ >= restarts_per_second) return false;
    ++restarts_in_window_;
    ++restarts_;
    return true;
}

void session::read_application_data() {
    std::array<std::byte, 2048> ignored;  // data channels are not negotiated
    for (;;) {
        ERR_clear_error();
        const auto size = SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size()));
        if (size > 0) continue;
        if (SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN) state_ = state::closed;
        return;
    }
}

void session::fail(dtls::failure why) noexcept {
    state_ = state::failed;
    failure_ = why;
    repeat_at_.reset();
}

void session::schedule(instant now) {
    timeval left{};
    repeat_at_.reset();
    if (DTLSv1_get_timeout(ssl_.get(), &left) == 1) {
        repeat_at_ = now + std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
    }
}

void session::handle_timeout(instant now, outputs& out) {
    if (state_ != state::connecting) return;
    if (now >= give_up_at_) return fail(failure::timed_out);
    if (!repeat_at_ || now < *repeat_at_) return;
    out_ = &out;
    ERR_clear_error();
    if (DTLSv1_handle_timeout(ssl_.get()) < 0) {
        broken(now);
    } else {
        schedule(now);
    }
    out_ = nullptr;
}

std::optional<instant> session::deadline() const noexcept {
    if (state_ != state::connecting) return std::nullopt;
    return repeat_at_ ? std::min(*repeat_at_, give_up_at_) : give_up_at_;
}

void session::close(outputs& out) {
    if (state_ != state::connected) return;
    out_ = &out;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    out_ = nullptr;
    state_ = state::closed;
}

}  // namespace conf::dtls

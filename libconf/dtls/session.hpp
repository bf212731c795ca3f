/// One DTLS handshake over a path that ICE has verified, and the SRTP keys that come out of it.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/dtls/certificate.hpp"
#include "libconf/dtls/datagram_bio.hpp"
#include "libconf/dtls/record.hpp"
#include "libconf/srtp/keys.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace conf::dtls {

/// What all sessions of a shard share: certificate, ciphers, SRTP profiles. DTLS 1.2 only, ECDHE with AEAD
/// only (SEC-DTLS-4). Copies share it. Thread: any, once made.
class context {
public:
    /// `profiles`: the best first; the passive side chooses.
    context(certificate own, const std::vector<srtp::profile>& profiles = default_profiles());

    [[nodiscard]] const certificate& own() const noexcept { return own_; }
    [[nodiscard]] ssl_ctx_st* get() const noexcept { return context_.get(); }
    [[nodiscard]] static std::vector<srtp::profile> default_profiles();

private:
    certificate own_;
    std::shared_ptr<ssl_ctx_st> context_;
};

/// What a call made; the caller sends and clears it. Append only.
struct outputs {
    std::vector<std::byte> data;
    std::vector<std::size_t> ends;  ///< of each datagram in `data`

    template <class Visitor>
    void for_each_datagram(Visitor&& visit) const {
        std::size_t begin = 0;
        for (const auto end : ends) {
            visit(bytes(data).subspan(begin, end - begin));
            begin = end;
        }
    }
    void clear() noexcept {
        data.clear();
        ends.clear();
    }
};

enum class role : std::uint8_t { passive, active };

enum class state : std::uint8_t {
    connecting,  ///< or waiting for the other side to begin
    connected,   ///< the peer has the certificate that it said; `keys` holds
    failed,      ///< `failure` says why; for good
    closed,      ///< the peer ended it
};

enum class failure : std::uint8_t {
    none,
    timed_out,
    wrong_fingerprint,  ///< SEC-DTLS-3
    no_srtp_profile,
    refused,  ///< an active handshake that the other side or OpenSSL gave up
};
[[nodiscard]] std::string_view to_string(failure why) noexcept;

/// OpenSSL does the handshake; the schedule of repetitions is ours, so time enters by `now` alone. Give it
/// only datagrams from an address that ICE has verified (SEC-DTLS-1): it cannot tell. But addresses can be
/// forged: what cannot belong to the handshake does not reach OpenSSL, one that a datagram broke begins anew
/// and waits, and no alert in the clear tells the peer of it. Belongs to its shard.
class session final : private datagram_end {
public:
    /// `expected`: fingerprints from the signalling, any of which will do; at least one.
    session(const context& with, role as, std::vector<fingerprint> expected, instant now);
    ~session() override;

    /// The active side begins.
    void start(instant now, outputs& out);
    /// One datagram whose first byte is 20 to 63.
    void handle(bytes datagram, instant now, outputs& out);
    void handle_timeout(instant now, outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const noexcept;
    /// Tells the peer that this is the end.
    void close(outputs& out);

    [[nodiscard]] dtls::state state() const noexcept { return state_; }
    [[nodiscard]] dtls::failure failure() const noexcept { return failure_; }
    /// Precondition: connected.
    [[nodiscard]] const srtp::key_pair& keys() const noexcept { return *keys_; }
    [[nodiscard]] srtp::profile profile() const noexcept { return keys_->inbound.profile(); }
    /// Handshakes that were broken and begun anew.
    [[nodiscard]] std::uint32_t restarts() const noexcept { return restarts_; }
    /// Whether a message of this handshake was answered. False again while it waits to begin anew.
    [[nodiscard]] bool has_begun() const noexcept { return answered_; }
    /// Records that did not reach OpenSSL (SEC-DTLS-1, SEC-DTLS-2) since the last call.
    [[nodiscard]] std::uint32_t take_refused_records() noexcept { return std::exchange(refused_, 0U); }

    /// Before the first repetition, and at most between two. OpenSSL's own second is too slow for a call.
    static constexpr std::chrono::milliseconds first_timeout{100};
    static constexpr std::chrono::milliseconds timeout_max{3200};
    static constexpr std::chrono::seconds handshake_time{30};
    /// SEC-DTLS-2: what handshake messages may claim in all, each of them, and a chain of certificates.
    static constexpr std::size_t handshake_bytes_max = 65'536;
    static constexpr std::size_t message_bytes_max = 32'768;
    static constexpr long certificate_bytes_max = 16'384;
    /// SEC-DTLS-1: new beginnings of one transport, so that a flood costs no processor time.
    static constexpr std::uint32_t restarts_per_second = 50;

private:
    struct ssl_deleter {
        void operator()(ssl_st* ssl) const noexcept;
    };

    void write_datagram(bytes datagram) override;
    void begin();
    void handle_record(const record& one, instant now);
    [[nodiscard]] bool within_limits(const record& one);
    [[nodiscard]] bool fits_handshake(const record& one) const noexcept;
    [[nodiscard]] bool may_restart(instant now);
    void shake_hands(instant now);
    void finish();
    void broken(instant now);
    void read_application_data();
    void fail(dtls::failure why) noexcept;
    [[nodiscard]] bool has_expected_certificate() const;
    void schedule(instant now);

    context context_;
    role role_;
    std::vector<fingerprint> expected_;
    dtls::state state_ = state::connecting;
    dtls::failure failure_ = failure::none;
    std::optional<srtp::key_pair> keys_;
    instant give_up_at_;
    std::optional<instant> repeat_at_;
    outputs* out_ = nullptr;      // of the call that is being served
    std::size_t claimed_ = 0;     // by the messages of this handshake
    std::uint32_t messages_ = 0;  // bit of each message_seq that has claimed its size
    std::uint32_t restarts_ = 0;
    instant restart_window_{};
    std::uint32_t restarts_in_window_ = 0;
    std::uint32_t refused_ = 0;
    bool spoiled_ = false;                      // broken, and it may not begin anew yet
    bool answered_ = false;                     // a whole ClientHello of this handshake
    std::unique_ptr<ssl_st, ssl_deleter> ssl_;  // last: its BIO uses the rest
};

}  // namespace conf::dtls

/// A STUN and TURN server: RFC 8489, RFC 8656 for UDP relaying, over UDP, TCP, TLS and DTLS.
#pragma once

#include <conf/export.hpp>
#include <conf/ice.hpp>
#include <conf/log.hpp>
#include <conf/result.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// Whom the relay may send to on a client's behalf.
enum class turn_peer_policy : std::uint8_t {
    sfu_only,   ///< the media addresses of `turn_options::sfu_addresses`, and nobody else
    deny_list,  ///< everybody but loopback, private, reserved and the server's own addresses, in every
                ///< spelling
};

/// Bounds on what clients may take. 0 switches a limit off.
struct turn_limits {
    std::uint32_t allocations_per_credential = 12;  ///< live allocations of one time-limited credential
    std::uint32_t allocations_per_user = 0;         ///< live allocations of one static user
    std::uint32_t allocations_per_address = 0;      ///< live allocations of one client address (/32, /64)
    std::uint32_t allocations_total = 0;            ///< live allocations of the server
    std::uint64_t allocation_bps = 10'000'000;      ///< bits a second each allocation may relay, each way
    std::uint64_t total_bps = 0;             ///< bits a second the whole server may relay, both ways together
    std::uint32_t unauthenticated_rps = 10;  ///< answers a second to one unverified source (/32, /64)
};

/// What a TURN server is made from. Every field has the name and the meaning of its `turn.*` key in the
/// configuration.
struct turn_options {
    /// "udp://0.0.0.0:3478", "tcp://…", "tls://…", "dtls://…"; port 0: any free one.
    std::vector<std::string> listen{};
    /// At most 64 bytes, so that an answer to a stranger stays under 160.
    std::string realm = "libconf";
    /// For time-limited credentials. All are valid at once; new credentials are made with the first.
    std::vector<std::string> secrets{};
    /// Static users: name to password.
    std::map<std::string, std::string> users{};
    /// At most one IPv4 and one IPv6 address; empty: the listeners' own, or the host's first.
    std::vector<std::string> relay_address{};
    /// "public" or "public/private": behind 1:1 NAT.
    std::vector<std::string> external_addresses{};
    /// "first-last".
    std::string relay_ports = "49152-65535";
    turn_peer_policy peer_policy = turn_peer_policy::sfu_only;
    /// Prefixes that win over the policy: "192.0.2.0/24".
    std::vector<std::string> allow_peers{};
    /// What `sfu_only` admits: "address" or "address:port".
    std::vector<std::string> sfu_addresses{};
    /// "address:port" of services on this host that no peer policy ever opens.
    std::vector<std::string> own_services{};
    /// "address:port" that a draining server names in its 300 answers.
    std::string alternate_server{};
    /// A draining server leaves after this time even with allocations alive.
    std::chrono::seconds drain_limit{3600};
    /// Relay threads; an allocation lives on one of them.
    std::uint32_t threads = 1;
    turn_limits limits{};

    /// PEM files with the chain and its private key; needed by tls:// and dtls:// listeners.
    std::string tls_certificate{};
    std::string tls_key{};

    bool log_client_addresses = false;
    /// Events below it are not even made.
    log_level log_least = log_level::info;
    log_sink log{};
};

/// A moment's numbers of a running server.
struct turn_status {
    std::uint64_t allocations = 0;
    std::uint64_t packets_relayed = 0;
    std::uint64_t packets_dropped = 0;
    bool draining = false;
    std::vector<std::string> listening;  ///< as in `turn_options::listen`, with the ports that were bound
};

/// Relays for clients that cannot reach each other or the conference directly.
///
/// Owns its threads and sockets. Thread-safe. Destroying it stops it.
class CONF_EXPORT turn_server {
public:
    /// Binds every listener and starts the relay threads.
    ///
    /// @return `turn_errc::…` naming the option that is wrong; a `std::system_error` code naming the address
    /// that
    ///         cannot be bound. Nothing is left running then.
    static result<turn_server> create(turn_options options);

    turn_server(turn_server&&) noexcept;
    turn_server& operator=(turn_server&&) noexcept;
    ~turn_server();

    /// Takes new options without dropping anybody: realm, secrets, users, limits, policy, alternate server,
    /// and the certificate files, which are read anew. On an error the old options stay in force, all of
    /// them.
    ///
    /// @return names of the options that differ but need a restart (`listen`, `relay_address`, `relay_ports`,
    ///         `external_addresses`, `threads`); empty when all is in force.
    result<std::vector<std::string>> apply(turn_options options);

    /// No new allocations from now on: 300 with the alternate server where there is one, else 508. Existing
    /// ones live on.
    void drain();

    /// Waits until a draining server is empty or its `drain_limit` is over. Call from any thread but the log
    /// sink's.
    void wait_drained();

    /// Stops at once; also done by the destructor.
    void stop();

    [[nodiscard]] turn_status status() const;

    /// Appends the server's metrics in Prometheus text format 0.0.4.
    void write_metrics(std::string& text) const;

    struct impl;

private:
    explicit turn_server(std::unique_ptr<impl> state);
    std::unique_ptr<impl> impl_;
};

/// A `turn_credential` for `options.realm`'s server from its first secret, ready for a browser.
/// `urls` are given as the clients reach the server. Empty when `options.secrets` is empty.
[[nodiscard]] CONF_EXPORT std::vector<ice_server> make_ice_servers(const turn_options& options,
                                                                   const std::vector<std::string>& urls,
                                                                   std::string_view user,
                                                                   std::chrono::sys_seconds expires);

/// Why a `turn_options` was refused.
enum class turn_errc {
    bad_listen = 1,        ///< not "udp://", "tcp://", "tls://" or "dtls://" with an address and a port
    bad_realm,             ///< empty, longer than 64 bytes, or not printable
    no_credentials,        ///< neither secrets nor users: that would be a relay nobody can use
    bad_secret,            ///< empty, or one that stands in an example
    bad_user,              ///< empty name or password, or a colon in the name
    bad_relay_address,     ///< not an address, or two of one family
    bad_external_address,  ///< not "public" or "public/private"
    bad_relay_ports,       ///< not "first-last" within 1024-65535 and at least one port for each thread
    bad_prefix,            ///< not an address prefix
    bad_sfu_address,       ///< not "address" or "address:port"
    bad_alternate_server,  ///< not "address:port"
    bad_own_service,       ///< not "address:port"
    bad_threads,           ///< not within 1-64
    certificate_missing,   ///< a tls:// or dtls:// listener without a certificate and key
    bad_certificate,       ///< the files do not hold a certificate chain and the key that fits it
};

[[nodiscard]] CONF_EXPORT const std::error_category& turn_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(turn_errc code) noexcept {
    return {static_cast<int>(code), turn_category()};
}

}  // namespace conf::inline v0

template <>
struct std::is_error_code_enum<conf::turn_errc> : std::true_type {};

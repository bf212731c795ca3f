#include "libconf/config/agreement.hpp"

#include "libconf/config/limits.hpp"
#include "libconf/config/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace conf::config {
namespace {

using reporter = std::function<void(std::string_view, std::string)>;

/// The first listener that has to show a certificate; empty for none.
std::string first_encrypted(const server_options& server) {
    for (const auto* listen : {&server.turn.listen, &server.http.listen}) {
        for (const auto& url : *listen) {
            for (const std::string_view scheme : {"tls://", "dtls://", "https://"}) {
                if (url.starts_with(scheme)) return url;
            }
        }
    }
    return {};
}

void check_certificate(const server_options& server, const reporter& report) {
    const auto& [certificate, key] = server.tls;
    const auto url = first_encrypted(server);
    const auto why = url.empty()
                         ? std::string(certificate.empty() ? "tls.key is set" : "tls.certificate is set")
                         : fmt::format("\"{}\" needs it", url);
    if (url.empty() && certificate.empty() == key.empty()) return;
    if (certificate.empty()) {
        report("tls.certificate",
               fmt::format("empty, but {}: expected a PEM file with the certificate chain", why));
    }
    if (key.empty()) {
        report("tls.key", fmt::format("empty, but {}: expected a PEM file with the private key", why));
    }
}

void check_relay_alone(const turn_options& turn, const reporter& report) {
    if (turn.listen.empty()) {
        report("turn.listen",
               "empty, so that conf-turn has nothing to do: expected at least one address, as in "
               "[\"udp://0.0.0.0:3478\"]");
    } else if (turn.secrets.empty() && turn.users.empty()) {
        report("turn.secrets",
               "there is neither a secret nor a user, so nobody could use the relay: make a secret with "
               "`openssl rand -hex 32` and put it into turn.secrets, or name somebody in turn.users");
    }
}

bool opens_loopback(std::string_view prefix) {
    return prefix.starts_with("127.") || prefix == "::1" || prefix == "::1/128";
}

}  // namespace

void check_agreement(const settings& values, std::string_view program, const reporter& report) {
    const auto& turn = values.server.turn;
    if (program == "conf-turn") check_relay_alone(turn, report);
    check_certificate(values.server, report);
    if (const auto ports = relay_port_count(turn.relay_ports); ports && *ports < turn.threads) {
        report("turn.relay_ports",
               fmt::format("{} ports for {} threads: expected at least one port for each of turn.threads",
                           *ports, turn.threads));
    }
    if (const auto socket = control_socket_path(values, program); socket.size() > limits::socket_path_bytes) {
        report("control.socket",
               fmt::format("{} bytes as \"{}\": expected at most {}, the system's limit for sockets",
                           socket.size(), socket, limits::socket_path_bytes));
    }
}

std::vector<std::string> warnings_about(const settings& values, std::string_view program) {
    std::vector<std::string> made;
    const auto& server = values.server;
    const auto& turn = server.turn;
    if (std::ranges::any_of(turn.secrets,
                            [](const auto& s) { return s.size() < limits::secret_bytes_advised; })) {
        made.push_back(
            fmt::format("a secret in turn.secrets is shorter than {} bytes and may be guessed: make one with "
                        "`openssl rand -hex 32`",
                        limits::secret_bytes_advised));
    }
    for (const auto& [name, password] : turn.users) {
        if (is_example_secret(password)) {
            made.push_back(
                "the password of a user in turn.users stands in examples, so everybody knows it: choose "
                "another");
            break;
        }
    }
    if (!turn.listen.empty() && turn.peer_policy == turn_peer_policy::deny_list) {
        made.emplace_back(
            "turn.peer_policy is \"deny-list\": whoever has a credential can send to the public Internet "
            "through the relay");
    }
    for (const auto& prefix : turn.allow_peers) {
        made.push_back(fmt::format("turn.allow_peers opens {}{} to everybody who has a credential", prefix,
                                   opens_loopback(prefix) ? ", services of this machine itself," : ""));
    }
    if (program == "conf-turn" && turn.peer_policy == turn_peer_policy::sfu_only &&
        turn.sfu_addresses.empty() && turn.allow_peers.empty()) {
        made.emplace_back(
            "turn.peer_policy is \"sfu-only\" and turn.sfu_addresses is empty: the relay will send to "
            "nobody; name the "
            "media addresses of the conference there");
    }
    for (const auto& at : server.metrics.listen) {
        if (!is_loopback_listen(at)) {
            made.push_back(fmt::format("metrics.listen has {}: whoever can reach it reads the metrics", at));
        }
    }
    if (!server.tls.key.empty() && is_readable_by_everybody(server.tls.key)) {
        made.push_back(
            fmt::format("tls.key is readable by every user of this machine: chmod 600 {}", server.tls.key));
    }
    return made;
}

}  // namespace conf::config

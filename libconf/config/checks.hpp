/// What a value must look like. Pure functions; files and other keys are looked at elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::config {

/// Nothing where `text` is right, else what is wrong or what is allowed, to stand behind "key = value: ".
using verdict = std::optional<std::string>;

/// "localhost" as its address, and no slash behind the port: what the other checks and the server expect.
[[nodiscard]] std::string tidy_listen(std::string_view text);

[[nodiscard]] verdict check_turn_listen(std::string_view text);
[[nodiscard]] verdict check_http_listen(std::string_view text);
[[nodiscard]] verdict check_origin(std::string_view text);
[[nodiscard]] verdict check_metrics_listen(std::string_view text);
[[nodiscard]] verdict check_media_listen(std::string_view text);
[[nodiscard]] verdict check_token_secret(std::string_view text);
[[nodiscard]] verdict check_realm(std::string_view text);
[[nodiscard]] verdict check_secret(std::string_view text);
[[nodiscard]] verdict check_user_name(std::string_view text);
[[nodiscard]] verdict check_password(std::string_view text);
[[nodiscard]] verdict check_relay_address(std::string_view text);
[[nodiscard]] verdict check_one_of_each_family(const std::vector<std::string>& addresses);
[[nodiscard]] verdict check_external_address(std::string_view text);
[[nodiscard]] verdict check_relay_ports(std::string_view text);
[[nodiscard]] verdict check_allowed_peer(std::string_view text);
[[nodiscard]] verdict check_sfu_address(std::string_view text);
[[nodiscard]] verdict check_alternate_server(std::string_view text);
[[nodiscard]] verdict check_converter(std::string_view text);

/// One of those that stand in examples, manuals and test installations, in any case and with any punctuation,
/// or one character many times (SEC-CFG-1).
[[nodiscard]] bool is_example_secret(std::string_view text);

/// "90", "90s", "10m", "1h", "2d".
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// The number of ports in "49152-65535"; nothing where it is wrong.
[[nodiscard]] std::optional<std::size_t> relay_port_count(std::string_view text);

/// Whether the address of a listener, with or without a scheme, is only reached from this machine.
[[nodiscard]] bool is_loopback_listen(std::string_view text);

}  // namespace conf::config

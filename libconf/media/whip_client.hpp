/// The client's end of WHIP (RFC 9725) and WHEP over HTTP/1.1: what to write to a connection and what the
/// reply says. The connection is the caller's, a new one for each request; http:// only.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/media/errors.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::media {

/// "http://host[:port]/path", or "http://[::1]:8080/path".
struct http_url {
    std::string host;  ///< a name or a literal address, without brackets
    std::uint16_t port = 80;
    std::string target;  ///< path and query, as the request line has it

    /// @return `media_errc::bad_url` for anything else, https:// too.
    [[nodiscard]] static result<http_url> parse(std::string_view text);
    /// What a Location says: an address of its own, or a path on the same server.
    [[nodiscard]] result<http_url> resolve(std::string_view location) const;
    /// For the Host field.
    [[nodiscard]] std::string authority() const;
};

struct http_response {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case
    std::string body;

    /// The first of that name, in lower case; empty for none.
    [[nodiscard]] std::string_view field(std::string_view name) const noexcept;
};

/// Reads one response, however it is cut. A final response only: 1xx before it are skipped. Belongs to the
/// connection.
class http_response_reader {
public:
    enum class progress : std::uint8_t { more, done, broken };

    progress feed(bytes data);
    /// The server closed the connection: an end, where no Content-Length says another one.
    progress end();
    /// Precondition: done.
    [[nodiscard]] http_response take() noexcept { return std::move(made_); }

    static constexpr std::size_t response_bytes_max = std::size_t{2} << 20;

private:
    progress read_head();
    progress read_body();

    std::string text_;
    http_response made_;
    bool has_head_ = false;
    bool done_ = false;
    std::optional<std::size_t> body_bytes_;
};

/// One session at one endpoint: POST makes it, PATCH restarts ICE, DELETE ends it. Each `…_request` gives the
/// bytes to write to a new connection to `target`'s host and port; the reply goes to `take_…`. Belongs to its
/// caller.
class whip_client {
public:
    /// @param token  for "Authorization: Bearer"; empty: none.
    explicit whip_client(http_url endpoint, std::string token = {})
        : endpoint_(std::move(endpoint)), token_(std::move(token)) {}

    /// Where the next request goes to: the endpoint, and once there is a session, that.
    [[nodiscard]] const http_url& target() const noexcept { return session_ ? *session_ : endpoint_; }

    [[nodiscard]] std::string post_request(std::string_view offer) const;
    /// @return the answer's SDP. `media_errc::refused` with status and the server's sentence, or
    ///         `media_errc::bad_reply` for a 201 without a Location.
    [[nodiscard]] result<std::string> take_post(http_response reply);

    /// Preconditions of the rest: there is a session. `fragment`: of sdp::write.
    [[nodiscard]] std::string restart_request(std::string_view fragment) const;
    /// @return the server's fragment.
    [[nodiscard]] result<std::string> take_restart(http_response reply);
    [[nodiscard]] std::string delete_request() const;

    [[nodiscard]] bool has_session() const noexcept { return session_.has_value(); }
    [[nodiscard]] const std::string& etag() const noexcept { return etag_; }

private:
    [[nodiscard]] std::string request(std::string_view method, std::string_view content_type,
                                      std::string_view body, std::string_view if_match) const;

    http_url endpoint_;
    std::string token_;
    std::optional<http_url> session_;
    std::string etag_;
};

}  // namespace conf::media

/// HTTP requests and responses as plain values.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/net/http_limits.hpp"

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::net {

struct http_field {
    std::string name;  ///< lower case
    std::string value;
};

/// Keys and values, decoded once; keys are unique.
using http_parameters = std::vector<std::pair<std::string, std::string>>;

/// A request that passed every rule of http_request_parser.
struct http_request {
    std::string method;          ///< as sent; methods are case-sensitive
    std::string target;          ///< as sent
    std::string path;            ///< percent-decoded once, begins with "/"; or "*" of OPTIONS
    std::string query;           ///< as sent, without the "?"
    http_parameters parameters;  ///< of the query
    int version_minor = 1;
    std::vector<http_field> fields;
    std::string body;
    bool keep_alive = true;
    bool expects_continue = false;  ///< the client waits for "100 Continue" before it sends the body

    // Filled in by the connection.
    http_parameters path_parameters;  ///< of the route that was found: see http_router
    endpoint remote;                  ///< who connected; a proxy in front is not looked through
    bool secure = false;              ///< came over TLS

    /// The value of the first field of that name (given in lower case), or nothing.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;
    /// The value of the query's key of that name, or nothing.
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view key) const noexcept;
    /// The value of the route's path parameter of that name. Precondition: the route has it.
    [[nodiscard]] std::string_view path_parameter(std::string_view name) const noexcept;
};

/// A file that is sent as it is read, so that nobody holds it in memory. Closes its descriptor.
class http_file {
public:
    http_file(int descriptor, std::uint64_t size) noexcept : descriptor_(descriptor), size_(size) {}
    http_file(const http_file&) = delete;
    http_file& operator=(const http_file&) = delete;
    ~http_file();

    /// Nothing where `path` is no plain file, or cannot be read. A link is not followed.
    [[nodiscard]] static std::shared_ptr<const http_file> open(const std::string& path);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Bytes from `at` on into `to`. @return how many; 0: no more can be read.
    [[nodiscard]] std::size_t read(std::uint64_t at, char* to, std::size_t count) const noexcept;

private:
    int descriptor_;
    std::uint64_t size_;
};

struct http_response {
    int status = 200;
    std::string content_type;  ///< empty: no body, no Content-Type
    std::string body;
    std::vector<std::pair<std::string, std::string>> fields;  ///< beside those that the server adds itself
    bool runs_webassembly = false;                            ///< a page whose scripts may compile it
    std::shared_ptr<const http_file> file{};                  ///< instead of `body`

    /// A short answer for a person who reads raw HTTP: "404 Not Found: there is nothing here.\n".
    [[nodiscard]] static http_response plain(int status, std::string_view sentence);
};

/// Why a message was refused. The connection is then out of step and has to be closed.
struct http_refusal {
    int status = 400;
    std::string_view sentence;        ///< for the client; static text
    std::optional<http_limit> limit;  ///< the one that was hit
};

/// RFC 9110 §15: "Not Found" for 404; "Unknown" for a status that we never send.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// RFC 9110 §5.6.2: the alphabet of methods and field names.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// ASCII only: HTTP never compares anything else without case.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Whether the comma-separated list `value` has the element `wanted`, case aside.
[[nodiscard]] bool has_list_element(std::string_view value, std::string_view wanted) noexcept;

/// RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string format_http_date(std::time_t utc);

/// How `append_response` ends the message.
struct http_framing {
    bool head_only = false;   ///< answers HEAD
    bool close = false;       ///< the connection ends after this response
    bool old_client = false;  ///< HTTP/1.0, which has to be told when the connection stays open
    bool secure = false;      ///< over TLS: adds Strict-Transport-Security
    std::string_view date;
};

/// Appends the response in wire form, with the security headers that every page gets. A field whose name or
/// value cannot be sent safely (a line end in it) turns the whole response into a plain 500.
void append_response(std::string& out, const http_response& response, const http_framing& framing);

}  // namespace conf::net

/// Bytes in, HTTP/1.1 requests out: RFC 9112 read strictly, with llhttp behind a guard. No I/O.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace conf::net {

/// Takes the bytes of one connection and finds its requests, one after the other.
///
/// Where two parsers could read a message differently, it is refused: line ends other than CR LF, folded
/// fields, space before a colon, both Content-Length and Transfer-Encoding, a single-valued field twice
/// (security requirement SEC-HTTP-1). Belongs to its connection; memory is bounded by the limits.
class http_request_parser {
public:
    enum class event : std::uint8_t {
        need_more,  ///< everything was taken, no event yet
        head,       ///< `request()` is complete but for its body; call `feed` again with what was not taken
        complete,   ///< `take()` has the request; the next call of `feed` begins the next one
        failed,     ///< see `refusal()`; nothing will ever come again
    };
    struct step {
        event what;
        std::size_t consumed;  ///< bytes taken from the front of the data
    };

    explicit http_request_parser(const http_limits& limits);
    http_request_parser(const http_request_parser&) = delete;
    http_request_parser& operator=(const http_request_parser&) = delete;
    ~http_request_parser();

    /// Takes bytes until the first event.
    [[nodiscard]] step feed(bytes data);

    /// The request so far; valid from `head` to the call after `complete`.
    [[nodiscard]] http_request& request() noexcept;
    /// Precondition: the last event was `complete`.
    [[nodiscard]] http_request take();
    /// Precondition: the last event was `failed`.
    [[nodiscard]] const http_refusal& refusal() const noexcept;

    /// After `head`: this request's body may have at most so many bytes. Never raises the general limit.
    /// @return false where the client has announced more than that already.
    [[nodiscard]] bool set_body_limit(std::size_t limit_bytes) noexcept;
    /// After `head`: the body is given to `take` as it comes, in decoded form, and the request's stays empty.
    /// Never raises `http_limits::upload_bytes`. False as above.
    [[nodiscard]] bool stream_body(std::size_t limit_bytes, std::function<void(std::string_view)> take);
    /// After `head`: a body follows, that is, `complete` needs more bytes.
    [[nodiscard]] bool awaits_body() const noexcept;
    /// Bytes of the body so far, in decoded form.
    [[nodiscard]] std::size_t body_bytes() const noexcept;
    /// Nothing of a next request has come, apart from empty lines.
    [[nodiscard]] bool idle() const noexcept;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace conf::net

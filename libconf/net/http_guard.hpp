/// What is checked of an HTTP message before, or beside, llhttp: the bytes between the lines. No I/O.
#pragma once

#include "libconf/net/http_limits.hpp"
#include "libconf/net/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::net {

/// Collects a whole head, so that llhttp never sees one that is broken in the middle.
///
/// llhttp 8.1 takes a lone CR for a line end (CVE-2023-30589) and unfolds continued lines; a proxy in front
/// may not. Refused with 400 at the byte where it shows: CR without LF, LF without CR, control characters, a
/// line that begins with space or tab. Refused with 414 or 431: what is over its limit. Belongs to its
/// parser.
class http_head_guard {
public:
    enum class verdict : std::uint8_t { more, whole, refused };
    struct step {
        verdict what;
        std::size_t consumed;
    };

    explicit http_head_guard(const http_limits& limits) : limits_(limits) {}

    /// Takes bytes until the head is whole, empty line included. Up to two empty lines before the request
    /// line are skipped (RFC 9112 §2.2 asks for one).
    [[nodiscard]] step feed(std::string_view data);

    [[nodiscard]] std::string_view head() const noexcept { return head_; }
    [[nodiscard]] std::size_t field_count() const noexcept { return lines_ - 1; }  ///< precondition: whole
    [[nodiscard]] const http_refusal& refusal() const noexcept { return refusal_; }
    [[nodiscard]] bool idle() const noexcept { return head_.empty(); }
    void reset();

private:
    [[nodiscard]] std::optional<http_refusal> take(char c);
    [[nodiscard]] std::optional<http_refusal> end_line();

    http_limits limits_;
    std::string head_;
    std::size_t lines_ = 0;       // whole ones in head_
    std::size_t line_bytes_ = 0;  // of the line being read, without its end
    int empty_lines_ = 0;         // skipped before the request line
    bool after_cr_ = false;
    bool whole_ = false;
    http_refusal refusal_;
};

/// The request line, split: RFC 9112 §3.
struct http_request_line {
    std::string_view method;
    std::string_view target;
    int version_minor = 1;
    std::optional<http_refusal> refusal;
};

/// Splits the first line of a head that passed the guard; 400, 414, 501 or 505 where it is not one we serve.
[[nodiscard]] http_request_line split_request_line(std::string_view head, const http_limits& limits);

/// Watches the framing bytes of a chunked body (all but the data) for what llhttp forgives: spaces in the
/// size line, long extensions, loose line ends, long trailers. Belongs to its parser.
class http_chunk_guard {
public:
    explicit http_chunk_guard(const http_limits& limits) : limits_(limits) {}

    [[nodiscard]] std::optional<http_refusal> feed(std::string_view framing);
    void reset() { *this = http_chunk_guard(limits_); }

private:
    enum class place : std::uint8_t {
        size,       // hexadecimal digits
        extension,  // behind a semicolon
        data_end,   // the CR LF that ends a chunk's data
        trailer,    // fields behind the last chunk
    };

    [[nodiscard]] std::optional<http_refusal> take(char c);
    void end_line();

    http_limits limits_;
    place place_ = place::size;
    std::size_t line_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    bool after_cr_ = false;
    bool zero_ = true;  // the size so far
};

}  // namespace conf::net

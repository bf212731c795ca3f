#include "libconf/net/http_request_parser.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/http_guard.hpp"
#include "libconf/net/http_rules.hpp"

#include <llhttp.h>

#include <algorithm>
#include <utility>

namespace conf::net {
namespace {

enum class phase : std::uint8_t { head, head_done, body, failed };

constexpr http_refusal malformed{400, "the request is malformed.", {}};
constexpr http_refusal malformed_chunk{400, "the chunked body is malformed.", {}};

http_refusal refusal_of(llhttp_errno_t error) {
    switch (error) {
        case HPE_INVALID_METHOD:
        case HPE_INVALID_CONSTANT:  // a method of another protocol that llhttp knows; the guard has seen
                                    // "HTTP/"
            return {501, "this method is not known here.", {}};
        case HPE_INVALID_VERSION:
        case HPE_PAUSED_H2_UPGRADE: return {505, "this server speaks HTTP/1.1.", {}};
        case HPE_UNEXPECTED_CONTENT_LENGTH:
        case HPE_INVALID_CONTENT_LENGTH: return {400, "Content-Length is malformed or given twice.", {}};
        case HPE_INVALID_TRANSFER_ENCODING: return {400, "the last Transfer-Encoding must be chunked.", {}};
        case HPE_INVALID_URL: return {400, "the address is malformed.", {}};
        case HPE_INVALID_CHUNK_SIZE: return malformed_chunk;
        default: return malformed;
    }
}

}  // namespace

struct http_request_parser::impl {
    explicit impl(const http_limits& given) : limits(given), head_guard(given), chunk_guard(given) {}

    static impl& of(llhttp_t* parser) { return *static_cast<impl*>(parser->data); }
    static const llhttp_settings_t& settings();

    void begin();
    step take_head(std::string_view data);
    step take_body(std::string_view data);
    step fail(const http_refusal& why, std::size_t consumed) {
        state = phase::failed;
        refusal = why;
        return {event::failed, consumed};
    }

    int on_field_name(std::string_view piece);
    int on_field_value(std::string_view piece);
    int on_head_complete();
    int on_body(const char* at, std::size_t size);

    http_limits limits;
    http_head_guard head_guard;
    http_chunk_guard chunk_guard;
    llhttp_t parser{};
    phase state = phase::head;
    http_request request;
    http_refusal refusal;
    std::size_t body_limit = 0;
    std::size_t body_bytes = 0;
    std::function<void(std::string_view)> take_piece;  // empty: the body is kept
    std::uint64_t content_length = 0;
    bool chunked = false;
    bool in_value = true;        // the last field has its value, so a name begins a new one
    bool head_complete = false;  // llhttp has seen the empty line; fields that come now are trailers
    bool message_complete = false;
    const char* framing = nullptr;  // the first byte given to llhttp that chunk_guard has not seen
    std::optional<http_refusal> body_refusal;
};

const llhttp_settings_t& http_request_parser::impl::settings() {
    static const llhttp_settings_t table = [] {
        llhttp_settings_t made;
        llhttp_settings_init(&made);
        made.on_header_field = [](llhttp_t* p, const char* at, std::size_t size) {
            return of(p).on_field_name({at, size});
        };
        made.on_header_value = [](llhttp_t* p, const char* at, std::size_t size) {
            return of(p).on_field_value({at, size});
        };
        // Also called for an empty value, for which there may be no piece.
        made.on_header_value_complete = [](llhttp_t* p) {
            of(p).in_value = true;
            return 0;
        };
        made.on_headers_complete = [](llhttp_t* p) { return of(p).on_head_complete(); };
        made.on_body = [](llhttp_t* p, const char* at, std::size_t size) { return of(p).on_body(at, size); };
        made.on_message_complete = [](llhttp_t* p) {
            of(p).message_complete = true;
            return static_cast<int>(HPE_PAUSED);
        };
        return made;
    }();
    return table;
}

void http_request_parser::impl::begin() {
    // A new parser for each message: nothing of the one before can leak into it.
    llhttp_init(&parser, HTTP_REQUEST, &settings());
    parser.data = this;
    request = {};
    chunk_guard.reset();
    body_limit = limits.body_bytes;
    body_bytes = 0;
    take_piece = nullptr;
    content_length = 0;
    chunked = false;
    in_value = true;
    head_complete = false;
    message_complete = false;
    body_refusal.reset();
}

int http_request_parser::impl::on_field_name(std::string_view piece) {
    if (head_complete) return 0;
    if (in_value) request.fields.emplace_back();
    in_value = false;
    std::ranges::transform(piece, std::back_inserter(request.fields.back().name), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return 0;
}

int http_request_parser::impl::on_field_value(std::string_view piece) {
    if (head_complete) return 0;
    in_value = true;
    request.fields.back().value += piece;
    return 0;
}

int http_request_parser::impl::on_head_complete() {
    head_complete = true;
    // RFC 9112 §5.1: white space around a value is not part of it. llhttp leaves what is behind.
    for (auto& [name, value] : request.fields) value.erase(value.find_last_not_of(" \t") + 1);
    request.keep_alive = llhttp_should_keep_alive(&parser) != 0;
    chunked = (parser.flags & F_CHUNKED) != 0;
    content_length = parser.content_length;
    // Whether to change protocols is decided after the request is read, by the server; till then it is HTTP.
    parser.upgrade = 0;
    return 0;
}

int http_request_parser::impl::on_body(const char* at, std::size_t size) {
    if (chunked) {
        body_refusal = chunk_guard.feed({framing, static_cast<std::size_t>(at - framing)});
        if (body_refusal) return HPE_USER;
        framing = at + size;
    }
    if (size > body_limit - body_bytes) {
        body_refusal = http_refusal{413, "the body is too large.", http_limit::body_bytes};
        return HPE_USER;
    }
    body_bytes += size;
    if (take_piece) {
        take_piece({at, size});
    } else {
        request.body.append(at, size);
    }
    return 0;
}

http_request_parser::step http_request_parser::impl::take_head(std::string_view data) {
    const auto [verdict, consumed] = head_guard.feed(data);
    if (verdict == http_head_guard::verdict::more) return {event::need_more, consumed};
    if (verdict == http_head_guard::verdict::refused) return fail(head_guard.refusal(), consumed);

    const auto head = head_guard.head();
    const auto line = split_request_line(head, limits);
    if (line.refusal) return fail(*line.refusal, consumed);

    begin();
    const auto status = llhttp_execute(&parser, head.data(), head.size());
    const auto understood = status == HPE_OK || (status == HPE_PAUSED && message_complete);
    if (!understood) return fail(refusal_of(status), consumed);
    // Two readers of the same lines have to agree on how many there were, and where they ended.
    const auto whole = status == HPE_OK || llhttp_get_error_pos(&parser) == head.data() + head.size();
    if (!head_complete || !whole || request.fields.size() != head_guard.field_count()) {
        return fail(malformed, consumed);
    }

    request.method = line.method;
    request.target = line.target;
    request.version_minor = line.version_minor;
    if (auto why = apply_target(request)) return fail(*why, consumed);
    if (auto why = check_fields(request)) return fail(*why, consumed);
    if (!chunked && content_length > std::max(limits.body_bytes, limits.upload_bytes)) {
        return fail({413, "the body is too large.", http_limit::body_bytes}, consumed);
    }
    head_guard.reset();
    state = phase::head_done;
    return {event::head, consumed};
}

http_request_parser::step http_request_parser::impl::take_body(std::string_view data) {
    if (message_complete) {
        state = phase::head;
        return {event::complete, 0};
    }
    framing = data.data();
    const auto status = data.empty() ? HPE_OK : llhttp_execute(&parser, data.data(), data.size());
    if (body_refusal) return fail(*body_refusal, 0);
    const auto paused = status == HPE_PAUSED && message_complete;
    if (status != HPE_OK && !paused) return fail(refusal_of(status), 0);
    const auto consumed =
        paused ? static_cast<std::size_t>(llhttp_get_error_pos(&parser) - data.data()) : data.size();
    if (chunked) {
        const auto* end = data.data() + consumed;
        if (auto why = chunk_guard.feed({framing, static_cast<std::size_t>(end - framing)}))
            return fail(*why, 0);
    }
    if (!paused) return {event::need_more, consumed};
    state = phase::head;
    return {event::complete, consumed};
}

http_request_parser::http_request_parser(const http_limits& limits) : impl_(std::make_unique<impl>(limits)) {}
http_request_parser::~http_request_parser() = default;

http_request_parser::step http_request_parser::feed(bytes data) {
    const auto text = as_text(data);
    switch (impl_->state) {
        case phase::head: return impl_->take_head(text);
        case phase::head_done: impl_->state = phase::body; [[fallthrough]];
        case phase::body: return impl_->take_body(text);
        case phase::failed: break;
    }
    return {event::failed, 0};
}

http_request& http_request_parser::request() noexcept {
    return impl_->request;
}

http_request http_request_parser::take() {
    check(impl_->message_complete && impl_->state == phase::head);
    return std::exchange(impl_->request, {});
}

const http_refusal& http_request_parser::refusal() const noexcept {
    return impl_->refusal;
}

bool http_request_parser::set_body_limit(std::size_t limit_bytes) noexcept {
    impl_->body_limit = std::min(limit_bytes, impl_->limits.body_bytes);
    return impl_->chunked || impl_->content_length <= impl_->body_limit;
}

bool http_request_parser::stream_body(std::size_t limit_bytes, std::function<void(std::string_view)> take) {
    impl_->body_limit = std::min(limit_bytes, impl_->limits.upload_bytes);
    impl_->take_piece = std::move(take);
    return impl_->chunked || impl_->content_length <= impl_->body_limit;
}

bool http_request_parser::awaits_body() const noexcept {
    return (impl_->state == phase::head_done || impl_->state == phase::body) && !impl_->message_complete;
}

std::size_t http_request_parser::body_bytes() const noexcept {
    return impl_->body_bytes;
}

bool http_request_parser::idle() const noexcept {
    return impl_->state == phase::head && impl_->head_guard.idle();
}

}  // namespace conf::net

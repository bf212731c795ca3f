#include "libconf/host/document_answers.hpp"

#include "libconf/documents/shelf.hpp"
#include "libconf/net/static_files.hpp"

#include <fmt/format.h>

#include <utility>

namespace conf::host {
namespace {

using net::http_request;
using net::http_response;
using signalling::json_writer;

constexpr const char* inert = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// RFC 9110 §15 for what a document can be refused with.
int status_of(documents::problem_code code) noexcept {
    using enum documents::problem_code;
    switch (code) {
        case bad_name:
        case empty: return 400;
        case too_large: return 413;
        case room_full:
        case not_ready: return 409;
        case queue_full: return 503;
        case disk_full: return 503;
        case failed: return 500;
        default: return 422;
    }
}

}  // namespace

http_response json_answer(int status, json_writer& body) {
    return {status, "application/json", std::move(body).take(), {{"Cache-Control", "no-store"}}};
}

http_response refusal(int status, std::string_view code, std::string_view message, std::string_view field) {
    json_writer to;
    to.begin_object().name("error").begin_object().name("code").value(code).name("message").value(message);
    if (!field.empty()) to.name("field").value(field);
    to.end_object().end_object();
    auto made = json_answer(status, to);
    if (status == 401) made.fields.emplace_back("WWW-Authenticate", "Bearer");
    return made;
}

void write_problem(json_writer& to, const documents::problem& why) {
    to.begin_object().name("code").value(documents::to_string(why.code)).name("message").value(why.message);
    if (!why.limit.empty()) to.name("limit").value(why.limit);
    if (why.page > 0) to.name("page").value(why.page);
    to.end_object();
}

http_response answer_problem(const documents::problem& why) {
    json_writer to;
    write_problem(to.begin_object().name("error"), why);
    to.end_object();
    return json_answer(status_of(why.code), to);
}

http_response answer_error(const conf::error& why) {
    using documents::problem_code;
    if (why == documents::make_error_code(documents::shelf_errc::bad_name)) {
        return refusal(400, "bad_name", documents::plain_problem(problem_code::bad_name).message, "name");
    }
    if (why == documents::make_error_code(documents::shelf_errc::too_large)) {
        auto told = documents::plain_problem(problem_code::too_large);
        told.limit = documents::limit_from("bytes");
        return answer_problem(told);
    }
    if (why == documents::make_error_code(documents::shelf_errc::room_full)) {
        auto told = documents::plain_problem(problem_code::room_full);
        told.limit = documents::limit_from("room_bytes");
        return answer_problem(told);
    }
    return answer_problem(documents::plain_problem(problem_code::disk_full));
}

std::optional<std::uint64_t> content_length(const http_request& request) {
    const auto says = request.field("content-length");
    return says ? number_in<std::uint64_t>(*says) : std::nullopt;
}

/// RFC 6266 §5 and RFC 8187: every browser reads `filename*`.
std::string attachment(std::string_view name) {
    std::string made = "attachment; filename*=UTF-8''";
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '-' || c == '_';
        if (plain) {
            made += c;
        } else {
            made += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return made;
}

http_response serve_inert(std::shared_ptr<const net::http_file> file, std::string_view type,
                          const std::string& etag, bool forever, const http_request& request) {
    http_response made;
    made.fields = {{"Cache-Control", forever ? "private, max-age=31536000, immutable" : "private, no-cache"},
                   {"ETag", etag},
                   {"Content-Security-Policy", inert},
                   {"Cross-Origin-Resource-Policy", "same-origin"}};
    if (net::names_etag(request.field("if-none-match").value_or(""), etag)) {
        made.status = 304;
        return made;
    }
    made.content_type = type;
    made.file = std::move(file);
    return made;
}

}  // namespace conf::host

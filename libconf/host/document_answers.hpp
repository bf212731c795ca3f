/// What the addresses of documents answer with, whichever file has the handler.
#pragma once

#include "libconf/documents/problem.hpp"
#include "libconf/net/http_message.hpp"
#include "libconf/signalling/json_writer.hpp"

#include <conf/result.hpp>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace conf::host {

[[nodiscard]] net::http_response json_answer(int status, signalling::json_writer& body);
/// `{"error": {"code", "message", "field"?}}`
[[nodiscard]] net::http_response refusal(int status, std::string_view code, std::string_view message,
                                         std::string_view field = {});
void write_problem(signalling::json_writer& to, const documents::problem& why);
/// `{"error": PROBLEM}` with the status that fits.
[[nodiscard]] net::http_response answer_problem(const documents::problem& why);
/// For what a shelf refuses.
[[nodiscard]] net::http_response answer_error(const conf::error& why);

/// A file of somebody: shown by `<img>` or saved, and run nowhere, whoever opens its address (SEC-DOC-6).
/// `forever`: what is at the address never changes.
[[nodiscard]] net::http_response serve_inert(std::shared_ptr<const net::http_file> file,
                                             std::string_view type, const std::string& etag, bool forever,
                                             const net::http_request& request);
/// The Content-Disposition of a file to keep.
[[nodiscard]] std::string attachment(std::string_view name);

[[nodiscard]] std::optional<std::uint64_t> content_length(const net::http_request& request);

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number made{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), made);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return made;
}

}  // namespace conf::host

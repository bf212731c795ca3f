#include "libconf/net/http_router.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/http_rules.hpp"

#include <algorithm>
#include <utility>

namespace conf::net {
namespace {

// Takes "/segment" from the front.
std::string_view take_segment(std::string_view& path) {
    const auto whole = path.substr(0, path.find('/', 1));
    path.remove_prefix(whole.size());
    return whole.substr(1);
}

}  // namespace

void http_router::add(std::string_view method, std::string_view path, http_handler handler,
                      std::size_t body_bytes) {
    add_async(
        method, path,
        [answer = std::move(handler)](const http_request& request, const http_reply& reply) {
            reply.send(answer(request));
        },
        body_bytes);
}

void http_router::add_async(std::string_view method, std::string_view path, http_async_handler handler,
                            std::size_t body_bytes) {
    place_of(path).methods.insert_or_assign(std::string(method), route{std::move(handler), body_bytes, {}});
}

void http_router::add_upload(std::string_view method, std::string_view path, http_upload_handler handler,
                             std::size_t body_bytes) {
    place_of(path).methods.insert_or_assign(std::string(method), route{{}, body_bytes, std::move(handler)});
}

void http_router::websocket(std::string_view path, websocket_handler handler, websocket_rules rules) {
    place_of(path).socket = websocket_route{std::move(handler), std::move(rules)};
}

void http_router::add_fields(std::string_view path, http_field_maker fields) {
    place_of(path).fields = std::move(fields);
}

http_router::place& http_router::place_of(std::string_view path) {
    check(path.starts_with('/'));
    if (path.find_first_of("{}") == std::string_view::npos) return paths_[std::string(path)];
    if (const auto known = std::ranges::find(patterns_, path, &pattern::path); known != patterns_.end()) {
        return known->at;
    }
    pattern made{std::string(path), {}, {}};
    while (!path.empty()) {
        auto text = take_segment(path);
        const auto is_parameter = text.size() > 2 && text.starts_with('{') && text.ends_with('}');
        if (is_parameter) text = text.substr(1, text.size() - 2);
        check(text.find_first_of("{}") == std::string_view::npos);
        made.segments.push_back({std::string(text), is_parameter});
    }
    const auto earlier_literals = [](const pattern& a, const pattern& b) {
        return std::ranges::lexicographical_compare(a.segments, b.segments, {}, &segment::is_parameter,
                                                    &segment::is_parameter);
    };
    return patterns_.insert(std::ranges::upper_bound(patterns_, made, earlier_literals), std::move(made))->at;
}

std::optional<http_parameters> http_router::fit(const pattern& one, std::string_view path) {
    http_parameters found;
    for (const auto& expected : one.segments) {
        if (path.empty()) return std::nullopt;
        const auto text = take_segment(path);
        if (!expected.is_parameter) {
            if (text != expected.text) return std::nullopt;
        } else if (text.empty()) {
            return std::nullopt;
        } else {
            found.emplace_back(expected.text, text);
        }
    }
    if (!path.empty()) return std::nullopt;
    return found;
}

http_router::match http_router::find(const http_request& request) const {
    if (request.path == "*")
        return {nullptr, 0, {204, {}, {}, {{"Allow", "GET, HEAD, OPTIONS"}}}, {}, nullptr};
    auto found = locate(request.path);
    if (!found.at) return {nullptr, 0, std::move(found.answer), {}, nullptr};
    auto made = choose(*found.at, request);
    if (found.at->fields) made.fields = &found.at->fields;
    made.path_parameters = std::move(found.path_parameters);
    return made;
}

http_router::websocket_match http_router::find_websocket(const http_request& request) const {
    auto found = locate(request.path);
    if (!found.at) return {nullptr, std::move(found.answer), {}};
    if (!found.at->socket) {
        return {nullptr, http_response::plain(404, "there is no WebSocket at this address."), {}};
    }
    return {&*found.at->socket, {}, std::move(found.path_parameters)};
}

http_router::location http_router::locate(std::string_view path) const {
    if (const auto exact = paths_.find(path); exact != paths_.end()) return {&exact->second, {}, {}};
    for (const auto& one : patterns_) {
        auto parameters = fit(one, path);
        if (!parameters) continue;
        for (const auto& [name, value] : *parameters) {
            if (value.size() > path_parameter_bytes_max) {
                return {nullptr, http_response::plain(400, "a part of the address is too long."), {}};
            }
            if (!is_clean_utf8(value)) {
                const auto* why = "a part of the address is not UTF-8, or has a control character in it.";
                return {nullptr, http_response::plain(400, why), {}};
            }
        }
        return {&one.at, {}, std::move(*parameters)};
    }
    return {nullptr, http_response::plain(404, "there is nothing at this address."), {}};
}

http_router::match http_router::choose(const place& among, const http_request& request) {
    const auto& methods = among.methods;
    const auto method = methods.find(request.method == "HEAD" ? std::string_view("GET") : request.method);
    if (method != methods.end()) {
        const auto& found = method->second;
        if (found.upload) return {nullptr, found.body_bytes, {}, {}, nullptr, &found.upload};
        return {&found.handler, found.body_bytes, {}, {}, nullptr};
    }

    if (among.socket && (request.method == "GET" || request.method == "HEAD")) {
        return {nullptr, 0, websocket_required("this address is for WebSockets."), {}, nullptr};
    }
    std::string allow;
    for (const auto& [name, unused] : methods) {
        if (name != "OPTIONS") allow += name == "GET" ? "GET, HEAD, " : name + ", ";
    }
    allow += "OPTIONS";
    if (request.method == "OPTIONS")
        return {nullptr, 0, {204, {}, {}, {{"Allow", std::move(allow)}}}, {}, nullptr};
    auto answer = http_response::plain(405, "this address does not take the method.");
    answer.fields.emplace_back("Allow", std::move(allow));
    return {nullptr, 0, std::move(answer), {}, nullptr};
}

}  // namespace conf::net

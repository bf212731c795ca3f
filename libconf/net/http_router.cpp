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
    methods_of(path).insert_or_assign(std::string(method), route{std::move(handler), body_bytes});
}

http_router::methods& http_router::methods_of(std::string_view path) {
    check(path.starts_with('/'));
    if (path.find_first_of("{}") == std::string_view::npos) return paths_[std::string(path)];
    if (const auto known = std::ranges::find(patterns_, path, &pattern::path); known != patterns_.end()) {
        return known->by_method;
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
    return patterns_.insert(std::ranges::upper_bound(patterns_, made, earlier_literals), std::move(made))
        ->by_method;
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
    if (request.path == "*") return {nullptr, 0, {204, {}, {}, {{"Allow", "GET, HEAD, OPTIONS"}}}, {}};
    if (const auto exact = paths_.find(request.path); exact != paths_.end()) {
        return choose(exact->second, request);
    }
    for (const auto& one : patterns_) {
        auto parameters = fit(one, request.path);
        if (!parameters) continue;
        for (const auto& [name, value] : *parameters) {
            if (value.size() > path_parameter_bytes_max) {
                return {nullptr, 0, http_response::plain(400, "a part of the address is too long."), {}};
            }
            if (!is_clean_utf8(value)) {
                const auto* why = "a part of the address is not UTF-8, or has a control character in it.";
                return {nullptr, 0, http_response::plain(400, why), {}};
            }
        }
        auto made = choose(one.by_method, request);
        made.path_parameters = std::move(*parameters);
        return made;
    }
    return {nullptr, 0, http_response::plain(404, "there is nothing at this address."), {}};
}

http_router::match http_router::choose(const methods& among, const http_request& request) {
    const auto method = among.find(request.method == "HEAD" ? std::string_view("GET") : request.method);
    if (method != among.end()) return {&method->second.handler, method->second.body_bytes, {}, {}};

    std::string allow;
    for (const auto& [name, unused] : among) {
        if (name != "OPTIONS") allow += name == "GET" ? "GET, HEAD, " : name + ", ";
    }
    allow += "OPTIONS";
    if (request.method == "OPTIONS") return {nullptr, 0, {204, {}, {}, {{"Allow", std::move(allow)}}}, {}};
    auto answer = http_response::plain(405, "this address does not take the method.");
    answer.fields.emplace_back("Allow", std::move(allow));
    return {nullptr, 0, std::move(answer), {}};
}

}  // namespace conf::net

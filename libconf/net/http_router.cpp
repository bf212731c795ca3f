#include "libconf/net/http_router.hpp"

#include <utility>

namespace conf::net {

void http_router::add(std::string_view method, std::string_view path, http_handler handler,
                      std::size_t body_bytes) {
    paths_[std::string(path)].insert_or_assign(std::string(method), route{std::move(handler), body_bytes});
}

http_router::match http_router::find(const http_request& request) const {
    if (request.path == "*") return {nullptr, 0, {204, {}, {}, {{"Allow", "GET, HEAD, OPTIONS"}}}};
    const auto path = paths_.find(request.path);
    if (path == paths_.end())
        return {nullptr, 0, http_response::plain(404, "there is nothing at this address.")};

    const auto& methods = path->second;
    const auto method = methods.find(request.method == "HEAD" ? std::string_view("GET") : request.method);
    if (method != methods.end()) return {&method->second.handler, method->second.body_bytes, {}};

    std::string allow;
    for (const auto& [name, unused] : methods) allow += name == "GET" ? "GET, HEAD, " : name + ", ";
    allow += "OPTIONS";
    if (request.method == "OPTIONS") return {nullptr, 0, {204, {}, {}, {{"Allow", std::move(allow)}}}};
    auto answer = http_response::plain(405, "this address does not take the method.");
    answer.fields.emplace_back("Allow", std::move(allow));
    return {nullptr, 0, std::move(answer)};
}

}  // namespace conf::net

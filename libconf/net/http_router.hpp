/// Which handler answers which method and path.
#pragma once

#include "libconf/net/http_message.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace conf::net {

/// Makes the answer; called on the server's loop, so it must not block. An exception becomes a 500.
using http_handler = std::function<http_response(const http_request&)>;

/// A table of exact paths: no patterns, no prefixes, nothing that a path could climb out of. "/a" is neither
/// "/A" nor
/// "/a/".
///
/// Immutable once a server uses it; then any thread.
class http_router {
public:
    /// HEAD is answered by the handler of GET. `body_bytes`: the largest request body that the handler takes.
    void add(std::string_view method, std::string_view path, http_handler handler,
             std::size_t body_bytes = 0);

    struct match {
        const http_handler* handler = nullptr;  ///< null: `answer` is the answer
        std::size_t body_bytes = 0;
        http_response answer;  ///< 404; 405 with Allow; 204 with Allow for OPTIONS
    };
    [[nodiscard]] match find(const http_request& request) const;

private:
    struct route {
        http_handler handler;
        std::size_t body_bytes;
    };
    std::map<std::string, std::map<std::string, route, std::less<>>, std::less<>> paths_;  // path, method
};

}  // namespace conf::net

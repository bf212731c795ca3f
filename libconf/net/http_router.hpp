/// Which handler answers which method and path.
#pragma once

#include "libconf/net/http_message.hpp"
#include "libconf/net/http_reply.hpp"
#include "libconf/net/websocket.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::net {

/// Makes the answer; called on the server's loop, so it must not block. An exception becomes a 500.
using http_handler = std::function<http_response(const http_request&)>;
/// The same for an answer that takes time. The request lives as long as the call.
using http_async_handler = std::function<void(const http_request&, http_reply)>;

/// Takes the body of one request as it comes. Belongs to the request's connection: destroyed with it, or when
/// the answer is sent, whether the body came whole or not.
class http_body_sink {
public:
    http_body_sink() = default;
    http_body_sink(const http_body_sink&) = delete;
    http_body_sink& operator=(const http_body_sink&) = delete;
    virtual ~http_body_sink() = default;

    virtual void take(std::string_view piece) = 0;
    /// The body is there. The answer may have been given before, and ends the request then.
    virtual void finish() = 0;
    /// False: nothing more is read from the client till `wake` was called.
    [[nodiscard]] virtual bool has_room() const { return true; }
    virtual void on_room(std::function<void()> wake) { wake(); }
};
/// Called when the head is there. Null: nothing takes the body, and the reply was used.
using http_upload_handler =
    std::function<std::unique_ptr<http_body_sink>(const http_request& head, http_reply reply)>;

/// Fields for every answer to a request for a path, whoever makes the answer: cross-origin rules.
using http_fields = std::vector<std::pair<std::string, std::string>>;
using http_field_maker = std::function<http_fields(const http_request&)>;

/// Longest value of a path parameter, in bytes after percent-decoding: 400.
inline constexpr std::size_t path_parameter_bytes_max = 256;

/// A table of paths. A path is exact, or some of its segments are parameters: in "/whip/{room}/{name}",
/// `room` and `name` stand for one segment each, never empty and without "/". There are no prefixes and no
/// other patterns. "/a" is neither "/A" nor "/a/".
///
/// Immutable once a server uses it; then any thread.
class http_router {
public:
    /// HEAD is answered by the handler of GET, and OPTIONS by the router where no handler is added for it.
    /// `body_bytes`: the largest request body that the handler takes. Precondition: braces stand around whole
    /// segments only.
    void add(std::string_view method, std::string_view path, http_handler handler,
             std::size_t body_bytes = 0);
    void add_async(std::string_view method, std::string_view path, http_async_handler handler,
                   std::size_t body_bytes = 0);

    /// For bodies of any size, up to `http_limits::upload_bytes`.
    void add_upload(std::string_view method, std::string_view path, http_upload_handler handler,
                    std::size_t body_bytes);

    /// A WebSocket at the path; a request that does not ask for one gets 426 where no handler takes it.
    void websocket(std::string_view path, websocket_handler handler, websocket_rules rules = {});

    /// For a path that was added: fields of all its answers, those that the server makes by itself too (405,
    /// 408, 413, ...).
    void add_fields(std::string_view path, http_field_maker fields);

    struct match {
        const http_async_handler* handler = nullptr;  ///< null: `upload`, or else `answer` is the answer
        std::size_t body_bytes = 0;
        http_response answer;  ///< 404; 400 for a bad parameter; 405 with Allow; 204 with Allow for OPTIONS
        http_parameters path_parameters;
        const http_field_maker* fields = nullptr;  ///< of the path; null: none
        const http_upload_handler* upload = nullptr;
    };
    /// Where an exact path and several patterns fit, the exact one counts, then the pattern with the earlier
    /// literal segments.
    [[nodiscard]] match find(const http_request& request) const;

    struct websocket_match {
        const websocket_route* route = nullptr;  ///< null: `answer` is the answer
        http_response answer;                    ///< 404; 400 for a bad parameter
        http_parameters path_parameters;
    };
    [[nodiscard]] websocket_match find_websocket(const http_request& request) const;

private:
    struct route {
        http_async_handler handler;  // empty: `upload`
        std::size_t body_bytes = 0;
        http_upload_handler upload{};
    };
    struct place {
        std::map<std::string, route, std::less<>> methods;
        std::optional<websocket_route> socket;
        http_field_maker fields;
    };
    struct segment {
        std::string text;  // the parameter's name where it is one
        bool is_parameter = false;
    };
    struct pattern {
        std::string path;
        std::vector<segment> segments;
        place at;
    };

    struct location {
        const place* at = nullptr;  // null: `answer` is the answer
        http_response answer;
        http_parameters path_parameters;
    };

    [[nodiscard]] place& place_of(std::string_view path);
    [[nodiscard]] location locate(std::string_view path) const;
    [[nodiscard]] static std::optional<http_parameters> fit(const pattern& one, std::string_view path);
    [[nodiscard]] static match choose(const place& among, const http_request& request);

    std::map<std::string, place, std::less<>> paths_;
    std::vector<pattern> patterns_;  // literal segments before parameters
};

}  // namespace conf::net

#include "libconf/net/whip.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/sdp/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace conf::net {
namespace {

constexpr std::string_view sdp_type = "application/sdp";
constexpr std::string_view fragment_type = "application/trickle-ice-sdpfrag";
constexpr std::string_view endpoint_methods = "GET, HEAD, POST, OPTIONS";
constexpr std::string_view session_methods = "GET, HEAD, PATCH, DELETE, OPTIONS";
constexpr std::string_view preflight_seconds = "86400";
constexpr std::size_t session_chars_max = 128;

// How soon to try again, in seconds: a publisher may come any moment, a full server takes longer to empty.
constexpr std::string_view retry_conflict = "2";
constexpr std::string_view retry_unavailable = "5";
constexpr std::string_view retry_rate = "1";
constexpr std::string_view retry_lookup = "3";

using verdict = access_verdict::kind;

void add_field(http_response& to, std::string_view name, std::string_view value) {
    to.fields.emplace_back(name, value);
}

// RFC 9110 §5.6.4.
std::string quoted_string(std::string_view text) {
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + '"';
}

// The type without its parameters: RFC 9110 §8.3.1.
bool is_of_type(const http_request& request, std::string_view type) {
    auto given = request.field("content-type").value_or("");
    given = given.substr(0, given.find(';'));
    given = given.substr(0, given.find_last_not_of(" \t") + 1);
    return equals_ignoring_case(given, type);
}

bool is_session_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    return !text.empty() && text.size() <= session_chars_max && std::ranges::all_of(text, fits);
}

// Only this kind of refusal has anything to say; other statuses would be a bug of ours.
http_response refusal_of(const media_reply& from) {
    if (from.status < 400 || from.status > 599) {
        return http_response::plain(500, "the server failed to answer; its log may say why.");
    }
    auto made = http_response::plain(from.status, from.why);
    if (from.status == 409) add_field(made, "Retry-After", retry_conflict);
    if (from.status == 503) add_field(made, "Retry-After", retry_unavailable);
    return made;
}

http_response bad_name(std::string_view of) {
    return http_response::plain(
        400, fmt::format(R"({} has 1 to 64 letters (A to Z), digits, "-", "_" or ".".)", of));
}

/// What the address of a request says.
struct visit {
    std::string room;
    std::string name;                  // empty: none in the address
    bool owns_name = false;            // so the token says
    std::optional<media_right> right;  // nothing: a session
};

class media_face : public std::enable_shared_from_this<media_face> {
public:
    media_face(media_control& control, media_rules rules) : control_(control), rules_(std::move(rules)) {}

    void add_to(http_router& routes) {
        add_endpoint(routes, "/whip/{room}/{name}", media_right::publish, true);
        add_endpoint(routes, "/whep/{room}", media_right::play, false);
        add_endpoint(routes, "/whep/{room}/{name}", media_right::play, true);
        add_session(routes, "/session/{room}/{id}");
    }

private:
    using action = void (media_face::*)(const http_request&, const visit&, const http_reply&);

    void add_endpoint(http_router& routes, std::string_view path, media_right right, bool named) {
        const auto post = right == media_right::publish ? &media_face::publish : &media_face::play;
        routes.add_async("POST", path, route_to(post, right, named, true), sdp::text_bytes_max);
        routes.add_async("GET", path, route_to(&media_face::get_endpoint, right, named, false));
        routes.add("OPTIONS", path, [self = shared_from_this()](const http_request& request) {
            return self->options(request, endpoint_methods, "Accept-Post", sdp_type);
        });
        add_cross_origin(routes, path);
    }

    void add_session(http_router& routes, std::string_view path) {
        routes.add_async("PATCH", path, route_to(&media_face::patch, std::nullopt, false, true),
                         fragment_bytes_max);
        routes.add_async("DELETE", path, route_to(&media_face::close, std::nullopt, false, true));
        routes.add_async("GET", path, route_to(&media_face::get_session, std::nullopt, false, false));
        routes.add("OPTIONS", path, [self = shared_from_this()](const http_request& request) {
            return self->options(request, session_methods, "Accept-Patch", fragment_type);
        });
        add_cross_origin(routes, path);
    }

    // The Fetch standard shows a page of another origin nothing of an answer without these fields, not even
    // that it was a 413: so they are part of every answer.
    void add_cross_origin(http_router& routes, std::string_view path) {
        routes.add_fields(path, [self = shared_from_this()](const http_request& request) {
            http_fields made;
            const auto& allowed = self->rules_.origin_allowed;
            const auto origin = request.field("origin");
            if (allowed) made.emplace_back("Vary", "Origin");
            if (allowed && origin && !allowed(*origin)) return made;
            made.emplace_back("Access-Control-Allow-Origin", allowed && origin ? *origin : "*");
            made.emplace_back(
                "Access-Control-Expose-Headers",
                "Location, ETag, Link, Retry-After, Allow, Accept-Post, Accept-Patch, WWW-Authenticate");
            return made;
        });
    }

    // `changes`: counts against the limit. Before `act` everything is checked that does not need the media.
    http_async_handler route_to(action act, std::optional<media_right> right, bool named, bool changes) {
        return [self = shared_from_this(), act, right, named, changes](const http_request& request,
                                                                       const http_reply& reply) {
            visit here;
            here.right = right;
            here.room = request.path_parameter("room");
            if (named) here.name = request.path_parameter("name");
            if (auto refused = self->refuse(request, here, named, changes)) {
                reply.send(std::move(*refused));
            } else {
                (self.get()->*act)(request, here, reply);
            }
        };
    }

    [[nodiscard]] std::optional<http_response> refuse(const http_request& request, visit& here, bool named,
                                                      bool changes) {
        if (changes && rules_.limiter && !rules_.limiter->admits(request.remote.ip, clock_now())) {
            return too_many(http_limit::session_requests, "too many requests from your address; try again.",
                            retry_rate);
        }
        if (!allows_origin(request)) return http_response::plain(403, "this page may not come here.");
        if (!auth::is_name(here.room)) return bad_name("a room's name");
        if (named && !auth::is_name(here.name)) return bad_name("a participant's name");
        if (rules_.is_open && rules_.is_open()) return std::nullopt;
        return look_up(request, here);
    }

    // SEC-ROOM-1: first the token, then the room, so that a stranger does not learn which rooms there are;
    // and whoever guesses gets few tries. A request without a token is no guess: it gets a 401 for every
    // room.
    [[nodiscard]] std::optional<http_response> look_up(const http_request& request, visit& here) {
        const auto now = clock_now();
        if (rules_.failed_lookups && !rules_.failed_lookups->would_admit(request.remote.ip, now)) {
            return too_many(http_limit::failed_lookups,
                            "too many tokens and rooms from your address that were not good; try again.",
                            retry_lookup);
        }
        auto guessed = true;
        auto refused = check_token(request, here, guessed);
        if (!refused && (!rules_.room_exists || !rules_.room_exists(here.room))) {
            refused = http_response::plain(404, "there is no such room.");
        }
        if (refused && guessed && rules_.failed_lookups) {
            // There was one left, so this only takes it.
            static_cast<void>(rules_.failed_lookups->admits(request.remote.ip, now));
        }
        return refused;
    }

    [[nodiscard]] http_response too_many(http_limit what, std::string_view why,
                                         std::string_view retry) const {
        if (rules_.on_limit) rules_.on_limit(what);
        auto made = http_response::plain(429, std::string(why));
        add_field(made, "Retry-After", retry);
        return made;
    }

    [[nodiscard]] std::optional<http_response> check_token(const http_request& request, visit& here,
                                                           bool& guessed) {
        const auto field = request.field("authorization");
        const auto parameter = request.parameter("token").value_or("");
        constexpr std::string_view scheme = "Bearer ";
        std::string_view token = parameter;
        if (field && equals_ignoring_case(field->substr(0, scheme.size()), scheme)) {
            if (!parameter.empty()) {
                guessed = false;
                return http_response::plain(400, "there are two tokens; send one.");
            }
            token = field->substr(std::min(field->size(), field->find_first_not_of(' ', scheme.size())));
        }
        if (token.empty()) {
            guessed = false;
            auto made = http_response::plain(401, "this room needs an access token.");
            add_field(made, "WWW-Authenticate", R"(Bearer realm="libconf")");
            return made;
        }
        const auto publishes = here.right == media_right::publish;
        const auto said = rules_.check
                              ? rules_.check({token, here.room, here.right, publishes ? here.name : ""})
                              : access_verdict{verdict::invalid, "this server takes no tokens"};
        here.owns_name = said.owns_name;
        if (said.what == verdict::granted) return std::nullopt;
        const auto invalid = said.what == verdict::invalid;
        auto made = http_response::plain(invalid ? 401 : 403, said.why + ".");
        // RFC 6750 §3.1.
        add_field(made, "WWW-Authenticate",
                  fmt::format(R"(Bearer realm="libconf", error="{}")",
                              invalid ? "invalid_token" : "insufficient_scope"));
        return made;
    }

    [[nodiscard]] bool allows_origin(const http_request& request) const {
        const auto origin = request.field("origin");
        return !origin || !rules_.origin_allowed || rules_.origin_allowed(*origin);
    }

    // Names no ICE servers, whose credentials are for those who have a session (RFC 9725 §4.6).
    [[nodiscard]] http_response options(const http_request& request, std::string_view methods,
                                        std::string_view accept, std::string_view type) const {
        if (!allows_origin(request)) return http_response::plain(403, "this page may not come here.");
        http_response made{200, {}, {}, {}};
        add_field(made, "Allow", methods);
        add_field(made, accept, type);
        add_field(made, "Access-Control-Allow-Methods", methods);
        add_field(made, "Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
        add_field(made, "Access-Control-Max-Age", preflight_seconds);
        return made;
    }

    // RFC 9725 §4.2 and WHEP: 2xx without content. WHEP's HEAD tells what a POST would answer with.
    void get_endpoint(const http_request&, const visit& here, const http_reply& reply) {
        if (here.right == media_right::publish) return void(reply.send({204, {}, {}, {}}));
        reply.send({200, std::string(sdp_type), {}, {}});
    }

    void get_session(const http_request&, const visit&, const http_reply& reply) {
        reply.send({204, {}, {}, {}});
    }

    void publish(const http_request& request, const visit& here, const http_reply& reply) {
        if (!takes_offer(request, reply)) return;
        const auto of = here.owns_name ? engine::takeover::at_once : engine::takeover::of_silent;
        control_.publish(here.room, here.name, request.body, of, finish_post(here, reply));
    }

    void play(const http_request& request, const visit& here, const http_reply& reply) {
        const auto except = request.parameter("except");
        if (except && !auth::is_name(*except)) return void(reply.send(bad_name("\"except\"")));
        if (!takes_offer(request, reply)) return;
        control_.play(here.room, here.name.empty() ? std::nullopt : std::optional(here.name),
                      except ? std::optional<std::string>(*except) : std::nullopt, request.body,
                      finish_post(here, reply));
    }

    [[nodiscard]] static bool takes_offer(const http_request& request, const http_reply& reply) {
        if (is_of_type(request, sdp_type)) return true;
        auto refused = http_response::plain(415, "an offer is application/sdp.");
        add_field(refused, "Accept-Post", sdp_type);
        reply.send(std::move(refused));
        return false;
    }

    [[nodiscard]] media_control::callback finish_post(const visit& here, const http_reply& reply) {
        return [self = shared_from_this(), here, reply](media_reply from) {
            if (from.status != 201) return void(reply.send(refusal_of(from)));
            http_response made{201, std::string(sdp_type), std::move(from.body), {}};
            add_field(made, "Location", fmt::format("/session/{}/{}", here.room, from.session));
            add_field(made, "ETag", quoted_string(from.etag));
            add_field(made, "Cache-Control", "no-store");
            self->add_links(made);
            // Nobody is left who knows the session.
            if (!reply.send(std::move(made))) {
                self->control_.close(from.session, [](const media_reply&) {});
            }
        };
    }

    void add_links(http_response& to) const {
        if (!rules_.ice_servers) return;
        for (const auto& one : rules_.ice_servers()) {
            auto link = fmt::format(R"(<{}>; rel="ice-server")", one.url);
            if (!one.username.empty()) {
                link += fmt::format(R"(; username={}; credential={}; credential-type="password")",
                                    quoted_string(one.username), quoted_string(one.credential));
            }
            add_field(to, "Link", link);
        }
    }

    void patch(const http_request& request, const visit&, const http_reply& reply) {
        const auto session = request.path_parameter("id");
        if (!is_session_name(session)) return void(reply.send(unknown_session()));
        if (!is_of_type(request, fragment_type)) {
            auto refused = http_response::plain(415, "a change is application/trickle-ice-sdpfrag.");
            add_field(refused, "Accept-Patch", fragment_type);
            return void(reply.send(std::move(refused)));
        }
        control_.patch(std::string(session), std::string(request.field("if-match").value_or("")),
                       request.body, [reply](media_reply from) {
                           if (from.status == 204) {
                               reply.send({204, {}, {}, {}});
                           } else if (from.status == 200) {
                               http_response made{200, std::string(fragment_type), std::move(from.body), {}};
                               add_field(made, "ETag", quoted_string(from.etag));
                               add_field(made, "Cache-Control", "no-store");
                               reply.send(std::move(made));
                           } else {
                               reply.send(refusal_of(from));
                           }
                       });
    }

    void close(const http_request& request, const visit&, const http_reply& reply) {
        const auto session = request.path_parameter("id");
        if (!is_session_name(session)) return void(reply.send(unknown_session()));
        control_.close(std::string(session), [reply](const media_reply& from) {
            if (from.status == 200) {
                reply.send({200, {}, {}, {}});
            } else {
                reply.send(refusal_of(from));
            }
        });
    }

    [[nodiscard]] static http_response unknown_session() {
        return http_response::plain(404, "there is no such session.");
    }

    media_control& control_;
    media_rules rules_;
};

}  // namespace

void add_media_routes(http_router& routes, media_control& control, media_rules rules) {
    std::make_shared<media_face>(control, std::move(rules))->add_to(routes);
}

}  // namespace conf::net

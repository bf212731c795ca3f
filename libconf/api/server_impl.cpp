#include "libconf/api/server_impl.hpp"

#include "libconf/api/server_error.hpp"
#include "libconf/metrics/process.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/listen_address.hpp"

#include <conf/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace conf::inline v0 {
namespace {

// A drained server waits for requests that have begun, but not for one that comes byte by byte.
constexpr std::chrono::seconds http_drain_time{15};

conf::error with_key(std::string_view key, const conf::error& why) {
    return {why.code(), fmt::format("{}: {}", key, why.context())};
}

turn_options relay_options(const server_options& options, log_sink sink) {
    auto made = options.turn;
    made.log = std::move(sink);
    if (made.tls_certificate.empty()) made.tls_certificate = options.tls.certificate;
    if (made.tls_key.empty()) made.tls_key = options.tls.key;
    return made;
}

bool is_https(const std::string& text) {
    return text.starts_with("https://");
}

}  // namespace

server::impl::impl(server_options options)
    : started_(std::chrono::steady_clock::now()), log_(options.log), options_(std::move(options)) {}

result<std::unique_ptr<server::impl>> server::impl::create(server_options options) {
    std::unique_ptr<impl> made(new impl(std::move(options)));
    if (auto started = made->start(); !started) return started.error();
    return made;
}

result<void> server::impl::start() {
    http_ = std::make_unique<net::http_server>(loop_, net::http_limits{});
    if (auto done = start_http(); !done) return done;
    if (auto done = start_control(); !done) return done;
    if (auto done = start_turn(); !done) return done;
    loop_.start();
    log(log_level::info, "server.started", "The server is running.",
        {{"version", std::string(version())}, {"listening", fmt::format("{}", fmt::join(listening(), " "))}});
    return {};
}

result<void> server::impl::start_http() {
    const auto& listen_on = options_.http.listen;
    if (const auto https = std::ranges::find_if(listen_on, is_https); https != listen_on.end()) {
        const net::tls_files files{options_.tls.certificate, options_.tls.key};
        if (files.certificate.empty() || files.key.empty()) {
            return conf::error(make_error_code(api::server_errc::certificate_missing),
                               "http.listen: " + *https);
        }
        auto loaded = net::tls_context::load({files, net::tls_transport::stream, {"http/1.1"}, {}});
        if (!loaded) return loaded.error();
        tls_ = std::move(*loaded);
    }
    for (const auto& one : listen_on) {
        if (auto done = listen("http.listen", one, false); !done) return done;
    }
    for (const auto& one : options_.metrics.listen) {
        if (auto done = listen("metrics.listen", one, true); !done) return done;
    }
    return {};
}

result<void> server::impl::listen(std::string_view key, const std::string& text, bool for_metrics) {
    const auto where = net::parse_listen_address(text, "http");
    if (!where) return with_key(key, where.error());
    const auto secure = where->scheme == "https";
    if (where->scheme != "http" && (!secure || for_metrics)) {
        return conf::error(make_error_code(net::listen_errc::bad_scheme),
                           fmt::format("{}: \"{}\"", key, text));
    }
    auto found = net::resolve_listen_address(*where);
    if (!found) return with_key(key, found.error());

    auto port = where->port;
    auto bound_any = false;
    for (auto at : *found) {
        at.port = port;
        const auto routes = make_routes(!for_metrics, for_metrics || at.ip.is_loopback());
        const auto bound = http_->listen(at, routes, secure ? tls_ : nullptr);
        if (!bound) {
            // A name such as localhost may have an IPv6 address on a machine without IPv6.
            const auto& code = bound.error().code();
            if (bound_any && (code == std::errc::address_not_available ||
                              code == std::errc::address_family_not_supported)) {
                continue;
            }
            return with_key(key, net::listen_failure(at.to_string(), code));
        }
        if (for_metrics && !at.ip.is_loopback()) {
            log(log_level::warning, "metrics.public", "Other machines can read the metrics.",
                {{"listen", text}});
        }
        bound_any = true;
        port = bound->port;  // where any free one was asked for, all addresses of a name get the same
        listening_.push_back(
            fmt::format("{}://{}{}", where->scheme, bound->to_string(), for_metrics ? "/metrics" : ""));
    }
    return {};
}

std::shared_ptr<const net::http_router> server::impl::make_routes(bool pages, bool metrics) {
    using net::http_request;
    using net::http_response;
    auto routes = std::make_shared<net::http_router>();
    const auto fixed = [](std::string type, std::string body) {
        return
            [answer = http_response{200, std::move(type), std::move(body), {{"Cache-Control", "no-cache"}}}](
                const http_request&) { return answer; };
    };
    if (pages) {
        routes->add("GET", "/", [this, metrics](const http_request& request) {
            const auto in = api::choose_language(request.field("accept-language").value_or(""));
            return http_response{200,
                                 "text/html; charset=utf-8",
                                 api::render_status_page(view(), in, metrics),
                                 {{"Cache-Control", "no-store"},
                                  {"Content-Language", std::string(api::language_tag(in))},
                                  {"Vary", "Accept-Language"}}};
        });
        routes->add("GET", "/style.css", fixed("text/css; charset=utf-8", std::string(api::status_style())));
        routes->add("GET", "/favicon.svg", fixed("image/svg+xml", std::string(api::status_icon())));
        routes->add("GET", "/favicon.ico",
                    [](const http_request&) { return http_response{204, {}, {}, {}}; });
    }
    routes->add("GET", "/healthz", [](const http_request&) {
        return http_response{200, "text/plain; charset=utf-8", "ok\n", {{"Cache-Control", "no-store"}}};
    });
    routes->add("GET", "/readyz", [this](const http_request&) { return ready(); });
    if (metrics) {
        routes->add("GET", "/metrics", [this, pages](const http_request& request) {
            // Behind a proxy on the same machine everybody comes from loopback: metrics.listen is for that
            // case.
            if (pages && (request.field("x-forwarded-for") || request.field("forwarded"))) {
                return http_response::plain(404, "there is nothing at this address.");
            }
            return http_response{200,
                                 std::string(conf::metrics::text_content_type),
                                 metrics_text(),
                                 {{"Cache-Control", "no-store"}}};
        });
    }
    return routes;
}

result<void> server::impl::start_control() {
    if (options_.control.socket.empty()) return {};
    auto opened = net::control_socket::open(loop_, options_.control.socket, [this](std::string_view request) {
        if (request == "status") return status_json();
        return std::string(R"({"error":"unknown request; known: status"})");
    });
    if (!opened) return with_key("control.socket", opened.error());
    control_ = std::move(*opened);
    return {};
}

result<void> server::impl::start_turn() {
    if (options_.turn.listen.empty()) return {};
    auto made = turn_server::create(relay_options(options_, log_.sink()));
    if (!made) return made.error();
    turn_.emplace(std::move(*made));
    return {};
}

server::impl::~impl() {
    stop();
    // The relay first: a drain that is under way waits for it.
    if (turn_) turn_->stop();
    if (drain_thread_.joinable()) drain_thread_.join();
    loop_.stop();
}

result<std::vector<std::string>> server::impl::apply(server_options options) {
    const std::lock_guard lock(apply_mutex_);
    std::vector<std::string> restart;
    if (options.http.listen != options_.http.listen) restart.emplace_back("http.listen");
    if (options.metrics.listen != options_.metrics.listen) restart.emplace_back("metrics.listen");
    if (options.control.socket != options_.control.socket) restart.emplace_back("control.socket");
    options.http.listen = options_.http.listen;
    options.metrics.listen = options_.metrics.listen;
    options.control.socket = options_.control.socket;

    // Whatever may fail comes before whatever changes something.
    std::optional<net::tls_context::material> fresh;
    if (tls_) {
        if (options.tls.certificate.empty() || options.tls.key.empty()) {
            return conf::error(api::server_errc::certificate_missing);
        }
        auto read = tls_->prepare({options.tls.certificate, options.tls.key});
        if (!read) return read.error();
        fresh = std::move(*read);
    }
    if (turn_) {
        const auto wanted = options.turn.listen;
        if (wanted.empty()) options.turn.listen = options_.turn.listen;
        auto applied = turn_->apply(relay_options(options, log_.sink()));
        if (!applied) return applied.error();
        for (const auto& name : *applied)
            restart.push_back(name.starts_with("turn.") ? name : "turn." + name);
        if (wanted.empty()) restart.emplace_back("turn.listen");
    } else if (!options.turn.listen.empty()) {
        restart.emplace_back("turn.listen");
        options.turn.listen.clear();
    }
    if (fresh) tls_->install(std::move(*fresh));
    log_.set_target(options.log);
    options_ = std::move(options);
    log(log_level::info, "server.configured", "The new configuration is in force.",
        {{"needs_restart", fmt::format("{}", fmt::join(restart, " "))}});
    return restart;
}

void server::impl::drain() {
    {
        const std::lock_guard lock(state_mutex_);
        if (stopped_ || draining_.exchange(true)) return;
        drain_thread_ = std::thread([this] { run_drain(); });
    }
    log(log_level::info, "server.draining",
        "The server takes no new relay allocations and stops when it is empty.");
}

void server::impl::run_drain() {
    if (turn_) {
        turn_->drain();
        turn_->wait_drained();
    }
    loop_.post([this] {
        http_->drain([this] {
            const std::lock_guard lock(state_mutex_);
            drained_ = true;
            state_changed_.notify_all();
        });
    });
    std::unique_lock lock(state_mutex_);
    state_changed_.wait_for(lock, http_drain_time, [this] { return drained_ || stopped_; });
    drained_ = true;
    state_changed_.notify_all();
}

void server::impl::stop() {
    const std::lock_guard lock(state_mutex_);
    if (std::exchange(stopped_, true)) return;
    loop_.post([this] { close(); });
    state_changed_.notify_all();
}

void server::impl::close() {
    http_->close();
    if (control_) control_->close();
}

void server::impl::wait() {
    {
        std::unique_lock lock(state_mutex_);
        state_changed_.wait(lock, [this] { return stopped_ || drained_; });
    }
    stop();
    // Not in stop(), which must not wait: the log sink may call it, on our threads or the relay's.
    loop_.call([this] { close(); });
    if (turn_) turn_->stop();
}

std::vector<std::string> server::impl::listening() const {
    auto all = listening_;
    if (turn_) {
        const auto relay = turn_->status().listening;
        all.insert(all.end(), relay.begin(), relay.end());
    }
    return all;
}

std::string server::impl::status_json() const {
    return api::render_status_json(view());
}

api::server_view server::impl::view() const {
    const auto now = std::chrono::steady_clock::now();
    api::server_view made;
    made.version = version();
    made.uptime = std::chrono::duration_cast<std::chrono::seconds>(now - started_);
    made.now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    made.draining = draining_;
    made.listening = listening_;
    if (turn_) made.turn = turn_->status();
    made.http_connections = static_cast<std::uint64_t>(http_->stats().connections.value());
    if (tls_) made.certificate_not_after = tls_->not_after();
    made.log_events_dropped = log_.dropped();
    return made;
}

std::string server::impl::metrics_text() const {
    std::string text;
    conf::metrics::text_writer writer(text);
    using enum conf::metrics::kind;
    writer.family("conf_build_info", gauge, "The version that runs; always 1.");
    writer.sample(1U, {{"version", version()}});
    writer.family("conf_draining", gauge, "1 while the server drains.");
    writer.sample(draining_ ? 1U : 0U);
    writer.family("conf_log_events_dropped_total", counter, "Events that the log could not take.");
    writer.sample(log_.dropped());
    if (tls_) {
        writer.family("conf_tls_certificate_expires_seconds", gauge,
                      "When the certificate expires, seconds of UTC.");
        writer.sample(static_cast<std::int64_t>(tls_->not_after().time_since_epoch().count()));
    }
    conf::metrics::write_process_metrics(writer);
    http_->stats().write(writer);
    if (turn_) turn_->write_metrics(text);
    return text;
}

net::http_response server::impl::ready() const {
    const auto answer = [](int status, std::string text) {
        return net::http_response{
            status, "text/plain; charset=utf-8", std::move(text), {{"Cache-Control", "no-store"}}};
    };
    if (draining_) return answer(503, "not ready: the server is draining\n");
    if (tls_ && tls_->not_after() <= std::chrono::system_clock::now()) {
        return answer(503, "not ready: the TLS certificate has expired\n");
    }
    return answer(200, "ready\n");
}

void server::impl::log(log_level level, std::string name, std::string message,
                       std::vector<log_event::field> fields) {
    log_.push({level, std::move(name), std::move(message), std::move(fields)});
}

}  // namespace conf::inline v0

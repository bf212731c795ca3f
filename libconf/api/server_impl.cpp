#include "libconf/api/server_impl.hpp"

#include "libconf/api/play_page.hpp"
#include "libconf/api/server_error.hpp"
#include "libconf/auth/access_token.hpp"
#include "libconf/auth/base64url.hpp"
#include "libconf/auth/names.hpp"
#include "libconf/auth/pad_token.hpp"
#include "libconf/auth/room_token.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/host/pad_api.hpp"
#include "libconf/metrics/process.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/session_limiter.hpp"
#include "libconf/net/static_files.hpp"
#include "libconf/store/sqlite_store.hpp"

#include <conf/ice.hpp>
#include <conf/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <tuple>
#include <utility>

namespace conf::inline v0 {
namespace {

/// What a page gets is good for one join.
constexpr std::chrono::minutes turn_credential_life{10};

// A drained server waits for requests that have begun, but not for one that comes byte by byte.
constexpr std::chrono::seconds http_drain_time{15};

conf::error with_key(std::string_view key, const conf::error& why) {
    return {why.code(), fmt::format("{}: {}", key, why.context())};
}

/// Whether nobody but this machine can come in.
bool is_on_loopback(const server_options& options) {
    const auto all_loopback = [](const std::string& text) {
        const auto where = net::parse_listen_address(text, "http");
        const auto found = where ? net::resolve_listen_address(*where) : where.error();
        return found && std::ranges::all_of(*found, [](const endpoint& at) { return at.ip.is_loopback(); });
    };
    return std::ranges::all_of(options.http.listen, all_loopback) &&
           std::ranges::all_of(options.media.listen, all_loopback);
}

bool same(const media_options& a, const media_options& b) {
    return std::tie(a.listen, a.public_addresses, a.shards, a.protector) ==
           std::tie(b.listen, b.public_addresses, b.shards, b.protector);
}

documents::limits limits_of(const document_options& options) {
    const auto& given = options.limits;
    return {.bytes_max = given.bytes,
            .pages_max = given.pages,
            .pixels_max = given.pixels,
            .room_bytes_max = given.room_bytes,
            .job_time = given.job_time};
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
    draw_secrets();
    set_rules(options_, options_.rooms.open.value_or(is_on_loopback(options_)));
    if (auto done = start_media(); !done) return done;
    if (auto done = start_calls(); !done) return done;
    if (auto done = start_documents(); !done) return done;
    board_documents_ = std::make_unique<host::board_documents>(*boards_, documents_.get(), *pads_);
    boards_->set_files(board_documents_.get());
    documents_link_->server.emplace(api::documents_link::end{loop_, *boards_, documents_.get()});
    board_documents_->on_news([link = documents_link_] { link->tell_news(); });
    if (auto done = start_http(); !done) return done;
    if (auto done = start_control(); !done) return done;
    if (auto done = start_turn(); !done) return done;
    loop_.start();
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
    if (pages) {
        add_pages(*routes, metrics);
        calls_->add_routes(*routes, options_.http.origins);
        pads_->add_routes(*routes, options_.http.origins);
        host::add_pad_api(*routes, *pads_,
                          {.origins = options_.http.origins,
                           .files = pad_files_.get(),
                           .presents = [this](auto room, auto person) { return presents(room, person); }});
        if (documents_) documents_->add_routes(*routes);
        host::board_documents::add_routes(*routes);
        host::add_board_api(
            *routes, *boards_,
            {.key = crypto::system_random_key(),
             .admit = [this](const auto& request, auto room) { return admit_to_api(request, room); }});
    }
    if (pages && media_) {
        net::add_media_routes(*routes, *media_, media_rules());
        api::add_play_routes(*routes, auth::is_name);
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

/// The program's own pages, and ours.
void server::impl::add_pages(net::http_router& routes, bool metrics) {
    using net::http_request;
    const auto status = [this, metrics](const http_request& request) {
        const auto in = api::choose_language(request.field("accept-language").value_or(""));
        return net::http_response{200,
                                  "text/html; charset=utf-8",
                                  api::render_status_page(view(), in, metrics),
                                  {{"Cache-Control", "no-store"},
                                   {"Content-Language", std::string(api::language_tag(in))},
                                   {"Vary", "Accept-Language"}}};
    };
    routes.add("GET", "/status", status);
    api::add_page_files(routes);
    const auto& pages = options_.http.pages;
    const auto index = std::ranges::find(pages, std::string_view("index.html"), &embedded_file::name);
    if (index == pages.end()) {
        routes.add("GET", "/", status);
        return;
    }
    for (const auto& one : pages) {
        if (&one == &*index) continue;
        net::add_static_file(
            routes, "/" + std::string(one.name), one,
            one.name.starts_with("assets/") ? net::file_life::immutable : net::file_life::checked);
    }
    net::add_static_file(routes, "/", *index);
    // The one page with noise removal and background blur.
    routes.add("GET", "/r/{room}", [&call = *index](const http_request& request) {
        auto made = net::serve_file(call, net::file_life::checked, request);
        made.runs_webassembly = true;
        return made;
    });
    // Notes in a window of their own.
    routes.add("GET", "/r/{room}/notes/{pad}", [&page = *index](const http_request& request) {
        return net::serve_file(page, net::file_life::checked, request);
    });
}

result<void> server::impl::start_control() {
    if (options_.control.socket.empty()) return {};
    auto opened = net::control_socket::open(loop_, options_.control.socket, [this](std::string_view request) {
        if (request == "status") return status_json();
        if (request.starts_with("token ")) return sign_token(request.substr(6));
        if (request.starts_with("invite ")) return sign_invitation(request.substr(7));
        if (request.starts_with("pad ")) return sign_pad_token(request.substr(4));
        return std::string(R"({"error":"unknown request; known: status, token, invite, pad"})");
    });
    if (!opened) return with_key("control.socket", opened.error());
    control_ = std::move(*opened);
    return {};
}

void server::impl::start_pads() {
    pads_ = std::make_unique<host::pad_host>(host::pad_host::environment{
        .loop = loop_,
        .store = *store_,
        .key = crypto::system_random_key(),
        .rooms_open = [this] { return rooms_open_; },
        .verify = [this](std::string_view token) { return verify_for_pads(token); },
        .live_right = [this](std::string_view room,
                             std::string_view person) { return live_right(room, person); },
        .may_try =
            [this](const ip_address& from) { return failed_lookups_->would_admit(from, net::clock_now()); },
        .tried =
            [this](const ip_address& from) {
                static_cast<void>(failed_lookups_->admits(from, net::clock_now()));
            },
        .on_write = [this](const std::string& room, const std::string& pad,
                           const std::string& person) { pads_way_->take(room, pad, person); }});
    pads_way_->server.emplace(room_pads::impl::end{
        loop_, *pads_, [this]() -> const std::vector<std::string>& { return token_secrets_; }});
}

/// What nobody outside needs to know.
void server::impl::draw_secrets() {
    if (options_.rooms.secrets.empty()) token_secrets_.push_back(crypto::system_random_secret());
    const auto make_limiter = [] {
        return std::make_shared<net::session_limiter>(0, crypto::keyed_random(crypto::system_random_key())());
    };
    session_limiter_ = make_limiter();
    failed_lookups_ = make_limiter();
}

/// What changes at once.
void server::impl::set_rules(const server_options& from, bool open) {
    rooms_open_ = open;
    participants_max_ = from.rooms.limits.participants;
    if (!from.rooms.secrets.empty())
        token_secrets_ = from.rooms.secrets;  // else the one that was drawn stays
    turn_secret_ = from.turn.secrets.empty() ? std::string() : from.turn.secrets.front();
    const auto& limits = from.http.limits;
    session_limiter_->limit_to(limits.session_requests_per_minute);
    failed_lookups_->limit_to(limits.failed_lookups_per_minute);
    const auto unlimited = [](std::uint32_t limit) { return limit == 0 ? ~std::uint32_t{0} : limit; };
    http_->limit_connections(unlimited(limits.connections_per_address), unlimited(limits.connections));
}

result<void> server::impl::start_media() {
    if (options_.media.listen.empty()) return {};
    auto made = net::media_host::create(
        options_.media, options_.rooms,
        {.post_back = [this](std::function<void()> task) { loop_.post(std::move(task)); },
         .log = log_.sink(),
         .on_event =
             [this](std::size_t shard, const engine::event& event) {
                 events_.take(shard, event, [this](auto task) { loop_.post(std::move(task)); });
                 const bool of_call = event.publishes_as && !net::participant_of(*event.publishes_as).empty();
                 if (of_call && host::call_host::wants(event))
                     loop_.post([this, event] { calls_->handle_media(event); });
             },
         .on_receivers =
             [this](std::vector<engine::receiver_news> news) {
                 loop_.post([this, news = std::move(news)] { calls_->handle_receivers(news); });
             }});
    if (!made) return made.error();
    media_ = std::move(*made);
    events_.set_link(media_link());
    return {};
}

result<void> server::impl::start_calls() {
    const auto post_back = [this](std::function<void()> task) { loop_.post(std::move(task)); };
    if (options_.data.path.empty()) {
        store_ = std::make_unique<store::memory_store>(post_back);
    } else {
        auto opened = store::sqlite_store::open(
            options_.data.path + "/rooms.db",
            {.post_back = post_back, .on_change = [this](const auto& works) {
                 if (works) {
                     log(log_level::info, "store.works", "What happens in rooms is saved again.");
                 } else {
                     log(log_level::error, "store.failed", "What happens in rooms cannot be saved now.",
                         {{"why", works.error().message()}});
                 }
                 calls_->set_saving(works.has_value());
                 pads_->set_saving(works.has_value());
                 boards_->set_saving(works.has_value());
             }});
        if (!opened) return with_key("data.path", opened.error());
        store_ = std::move(*opened);
    }
    revoked_ = std::make_unique<host::revoked_invitations>(*store_);
    boards_ = std::make_unique<host::board_host>(host::board_host::environment{
        .loop = loop_,
        .store = *store_,
        .socket_of = [this](auto which) { return calls_->socket_of(which); },
        .token = [this](const std::string& room, const auto& who) { return token_for_files(room, who); }});
    board_link_->server.emplace(api::board_link::end{loop_, *boards_});
    calls_ = std::make_unique<host::call_host>(host::call_host::environment{
        .loop = loop_,
        .store = *store_,
        .media = media_.get(),
        .key = crypto::system_random_key(),
        .admit = [this](const host::visitor& who) { return admit(who); },
        .rooms_open = [this] { return rooms_open_; },
        .participants_max = [this] { return participants_max_; },
        .ice = [this](const auto&) { return call_ice(); },
        .pads = [this](const std::string& room, const rooms::person_info& to) { return give_pads(room, to); },
        .on_event =
            [this](const std::string& room, const rooms::event& what) {
                tell_pads(room, what);
                meetings_->take(room, what);
            },
        .boards = boards_.get()});
    start_pads();
    meetings_->server.emplace(meetings::impl::end{
        loop_, *calls_, *revoked_, [this]() -> const std::vector<std::string>& { return token_secrets_; }});
    return {};
}

result<void> server::impl::start_documents() {
    const auto& wanted = options_.documents;
    if (!wanted.enabled || wanted.converter.empty()) return {};
    constexpr std::string_view by_socket = "unix:";
    net::line_target converter;
    if (wanted.converter.starts_with(by_socket)) {
        converter.socket = wanted.converter.substr(by_socket.size());
    } else {
        converter.program = wanted.converter;
    }
    auto made = host::document_host::create(
        {.folder = options_.data.path.empty() ? std::string() : options_.data.path + "/documents",
         .converter = std::move(converter),
         .within = limits_of(wanted),
         .jobs_at_once = wanted.limits.jobs},
        {.loop = loop_,
         .store = *store_,
         .key = crypto::system_random_key(),
         .secrets = [this]() -> const std::vector<std::string>& { return token_secrets_; },
         .invitation = [this](std::string_view text) { return verify_invitation(text); },
         .rooms_open = [this] { return rooms_open_; },
         .log = [this](log_event event) { log_.push(std::move(event)); }});
    if (!made) return with_key("data.path", made.error());
    documents_ = std::move(*made);
    pad_files_ = std::make_unique<host::pad_files>(*documents_);
    return {};
}

/// What he is now: a role that ends ends with the connection or with the token.
std::string server::impl::token_for_files(const std::string& room, const rooms::participant_id& who) const {
    auto acts_as = rooms::role::viewer;
    calls_->look_at(room, [&](const rooms::meeting& in) {
        if (const auto person = in.find_person(who)) acts_as = person->acts_as;
    });
    return documents_ ? documents_->token_for(room, who, acts_as) : std::string();
}

rooms::ice_credentials server::impl::call_ice() const {
    rooms::ice_credentials made;
    for (const auto& one : ice_servers()) made.servers.push_back({{one.url}, one.username, one.credential});
    if (made.servers.empty()) return made;
    const auto ends = net::wall_now() + turn_credential_life;
    made.expires = std::chrono::duration_cast<rooms::wall_time>(ends.time_since_epoch());
    return made;
}

void server::impl::on_event(room_event_handler handler) {
    events_.set_handler(std::move(handler));
    // The old one may be running there. A media thread must not wait for it, since it may wait for that one.
    if (!media_ || !media_->runs_here()) loop_.call([] {});
}

turn_options server::impl::relay_options(const server_options& options) {
    auto made = options.turn;
    made.log = log_.sink();
    if (made.tls_certificate.empty()) made.tls_certificate = options.tls.certificate;
    if (made.tls_key.empty()) made.tls_key = options.tls.key;
    if (media_) {
        for (const auto& at : media_->addresses()) made.sfu_addresses.push_back(at.to_string());
    }
    return made;
}

result<void> server::impl::start_turn() {
    if (options_.turn.listen.empty()) return {};
    auto made = turn_server::create(relay_options(options_));
    if (!made) return made.error();
    turn_.emplace(std::move(*made));
    for (const auto& text : turn_->status().listening) {
        const auto split = text.find("://");
        const auto scheme = text.substr(0, split);
        const auto at = endpoint::parse(text.substr(split + 3));
        if (!at || scheme == "dtls") continue;  // no browser speaks TURN over DTLS
        auto where = *at;
        if (where.ip.is_unspecified() && media_) where.ip = media_->addresses().front().ip;
        relay_urls_.push_back(fmt::format("{}:{}?transport={}", scheme == "tls" ? "turns" : "turn",
                                          where.to_string(), scheme == "udp" ? "udp" : "tcp"));
    }
    return {};
}

result<conf::board> server::impl::board(std::string_view room) const {
    if (!auth::is_name(room)) return board_errc::bad_room;
    return conf::board(
        std::make_shared<conf::board::impl>(conf::board::impl{board_link_, std::string(room)}));
}

result<room_documents> server::impl::documents(std::string_view room) const {
    if (!auth::is_name(room)) return document_errc::bad_room;
    return room_documents(
        std::make_shared<room_documents::impl>(room_documents::impl{documents_link_, std::string(room)}));
}

server::impl::~impl() {
    meetings_->cut();
    pads_way_->cut();
    documents_link_->cut();
    board_link_->cut();
    stop();
    // The relay first: a drain that is under way waits for it.
    if (turn_) turn_->stop();
    if (drain_thread_.joinable()) drain_thread_.join();
    if (media_) media_->stop();
    loop_.stop();
}

result<std::vector<std::string>> server::impl::apply(server_options options) {
    const std::lock_guard lock(apply_mutex_);
    std::vector<std::string> restart;
    if (options.http.listen != options_.http.listen) restart.emplace_back("http.listen");
    if (options.metrics.listen != options_.metrics.listen) restart.emplace_back("metrics.listen");
    if (options.control.socket != options_.control.socket) restart.emplace_back("control.socket");
    if (!same(options.media, options_.media)) restart.emplace_back("media");
    if (options.documents.enabled != options_.documents.enabled) restart.emplace_back("documents.enabled");
    if (options.documents.converter != options_.documents.converter)
        restart.emplace_back("documents.converter");
    options.documents.enabled = options_.documents.enabled;
    options.documents.converter = options_.documents.converter;
    options.http.listen = options_.http.listen;
    options.media = options_.media;
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
        auto applied = turn_->apply(relay_options(options));
        if (!applied) return applied.error();
        for (const auto& name : *applied)
            restart.push_back(name.starts_with("turn.") ? name : "turn." + name);
        if (wanted.empty()) restart.emplace_back("turn.listen");
    } else if (!options.turn.listen.empty()) {
        restart.emplace_back("turn.listen");
        options.turn.listen.clear();
    }
    if (fresh) tls_->install(std::move(*fresh));
    const bool open = options.rooms.open.value_or(is_on_loopback(options));
    loop_.post([this, options, open] { set_rules(options, open); });
    loop_.post([this, wanted = options.documents] {
        calls_->refresh();
        if (documents_) documents_->change_limits(limits_of(wanted), wanted.limits.jobs);
    });
    if (media_) media_->set_limits(options.rooms);
    log_.set_target(options.log);
    options_ = std::move(options);
    return restart;
}

void server::impl::drain() {
    const std::lock_guard lock(state_mutex_);
    if (stopped_ || draining_.exchange(true)) return;
    drain_thread_ = std::thread([this] { run_drain(); });
}

void server::impl::run_drain() {
    loop_.post([this] { calls_->announce_restart(); });
    loop_.post([this] { pads_->announce_restart(); });
    if (media_) media_->drain();
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
    if (media_) media_->stop();
}

std::vector<std::string> server::impl::listening() const {
    auto all = listening_;
    if (media_) {
        const auto media = media_->listening();
        all.insert(all.end(), media.begin(), media.end());
    }
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
    calls_->write_metrics(writer);
    pads_->write_metrics(writer);
    if (documents_) documents_->write_metrics(writer);
    boards_->write_metrics(writer);
    if (media_) media_->write_metrics(text);
    if (turn_) turn_->write_metrics(text);
    return text;
}

std::vector<net::ice_server> server::impl::ice_servers() const {
    if (relay_urls_.empty() || turn_secret_.empty()) return {};
    const auto credential =
        make_turn_credential(turn_secret_, "page", net::wall_now() + turn_credential_life);
    std::vector<net::ice_server> made;
    for (const auto& url : relay_urls_) made.push_back({url, credential.username, credential.password});
    return made;
}

net::media_rules server::impl::media_rules() {
    net::media_rules rules;
    rules.is_open = [this] { return rooms_open_; };
    rules.check = [this](const net::access_request& asked) -> net::access_verdict {
        using enum net::access_verdict::kind;
        // Who made a session may end it, whatever the time.
        const auto token = asked.right ? auth::verify(asked.token, token_secrets_, net::wall_now())
                                       : auth::read_signed(asked.token, token_secrets_);
        if (!token) return {invalid, token.error().message()};
        if (!asked.right) {
            return token->room == asked.room
                       ? net::access_verdict{granted}
                       : net::access_verdict{forbidden, "the token is for another room"};
        }
        const auto right =
            *asked.right == net::media_right::publish ? auth::media_right::publish : auth::media_right::play;
        const auto admitted = auth::admits(*token, asked.room, right, asked.name);
        if (!admitted) return {forbidden, admitted.error().message()};
        return {granted, {}, !token->name.empty() && token->name == asked.name};
    };
    // A room is there when somebody whom we trust has signed a token for it.
    rules.room_exists = [](std::string_view) { return true; };
    rules.ice_servers = [this] { return ice_servers(); };
    rules.limiter = session_limiter_;
    rules.failed_lookups = failed_lookups_;
    rules.on_limit = [this](net::http_limit hit) { http_->count(hit); };
    return rules;
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

#include "libconf/net/http_session.hpp"

#include "libconf/net/http_rules.hpp"
#include "libconf/net/websocket_handshake.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

namespace conf::net {
namespace {

// Answers to pipelined requests are sent together, up to about this much.
constexpr std::size_t out_bytes_high = 64 * 1024;

// An exception ends the handler's reply with it, and that answers 500 unless another copy lives.
void call(const http_async_handler& handler, const http_request& request, http_reply reply) {
    try {
        handler(request, std::move(reply));
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    }
}

}  // namespace

http_session::http_session(const http_limits& limits, const http_router& routes, http_stats& stats,
                           const endpoint& remote, bool secure, instant now)
    : limits_(limits),
      routes_(routes),
      stats_(stats),
      remote_(remote),
      secure_(secure),
      parser_(limits),
      since_(now),
      begun_(now) {}

std::size_t http_session::receive(bytes data, const http_moment& at, std::string& out) {
    using event = http_request_parser::event;
    std::size_t taken = 0;
    if (pending_) {
        if (blocked()) return 0;
        if (pending_->answered()) take_reply(at, out);
    }
    while (!closing_ && !file_) {
        if (out.size() >= out_bytes_high && parser_.idle()) return taken;
        const auto was_idle = parser_.idle();
        const auto step = parser_.feed(data.subspan(taken));
        taken += step.consumed;
        if (was_idle && (step.what != event::need_more || !parser_.idle())) {
            begun_ = at.now;
            if (!first_) since_ = at.now;
        }
        switch (step.what) {
            case event::need_more:
                // A handler may refuse a body half-way.
                if (pending_ && pending_->answered()) take_reply(at, out);
                return closing_ ? data.size() : taken;
            case event::head:
                take_head(at, out);
                if (upgraded_) return taken;
                if (blocked()) return taken;
                break;
            case event::complete:
                take_request(at, out);
                if (pending_) return taken;
                break;
            case event::failed: refuse(parser_.refusal(), at, out); break;
        }
    }
    return closing_ ? data.size() : taken;
}

void http_session::on_unblocked(const std::function<void()>& wake) {
    pending_->on_answer(wake);
    if (sink_ && !body_whole_) sink_->on_room(wake);
}

void http_session::take_head(const http_moment& at, std::string& out) {
    since_ = at.now;
    auto& request = parser_.request();
    request.remote = remote_;
    request.secure = secure_;
    head_only_ = request.method == "HEAD";
    old_client_ = request.version_minor == 0;
    handler_ = nullptr;
    held_.reset();
    fields_.clear();

    if (wants_websocket(request)) return take_upgrade_request(at, out);
    auto match = routes_.find(request);
    if (match.fields) fields_ = (*match.fields)(request);
    if (match.upload) {
        request.path_parameters = std::move(match.path_parameters);
        if (!parser_.stream_body(match.body_bytes, [this](std::string_view piece) {
                if (sink_) sink_->take(piece);
            })) {
            return refuse({413, "the body is too large.", http_limit::body_bytes}, at, out);
        }
        take_upload_head(*match.upload);
        if (pending_->answered()) return take_reply(at, out);
        if (request.expects_continue && parser_.awaits_body()) append_response(out, {100, {}, {}, {}}, {});
        return;
    }
    if (!match.handler) return answer_without_handler(std::move(match.answer), at, out);
    if (!parser_.set_body_limit(match.body_bytes)) {
        return refuse({413, "the body is too large.", http_limit::body_bytes}, at, out);
    }
    handler_ = match.handler;
    request.path_parameters = std::move(match.path_parameters);
    if (request.expects_continue && parser_.awaits_body()) append_response(out, {100, {}, {}, {}}, {});
}

void http_session::take_upgrade_request(const http_moment& at, std::string& out) {
    auto& request = parser_.request();
    if (auto refused = check_websocket(request)) return answer_without_handler(std::move(*refused), at, out);
    if (parser_.awaits_body()) {
        return refuse({400, "a request for a WebSocket has no body.", {}}, at, out);
    }
    auto match = routes_.find_websocket(request);
    if (!match.route) return answer_without_handler(std::move(match.answer), at, out);
    request.path_parameters = std::move(match.path_parameters);
    auto made = answer_websocket(match.route->rules, request);
    if (made.status != 101) return answer_without_handler(std::move(made), at, out);
    answer(made, false, at, out);
    upgraded_ = match.route;
}

void http_session::answer_without_handler(http_response response, const http_moment& at, std::string& out) {
    const auto& request = parser_.request();
    if (!parser_.awaits_body()) return answer(response, !request.keep_alive, at, out);
    // A small body is read past, so that the connection can go on. Else it ends: what nobody reads is not
    // waited for.
    if (request.expects_continue || !parser_.set_body_limit(limits_.unwanted_body_bytes)) {
        return answer(response, true, at, out);
    }
    held_ = std::move(response);
}

void http_session::take_upload_head(const http_upload_handler& handler) {
    keep_alive_ = parser_.request().keep_alive;
    pending_.emplace();
    body_whole_ = false;
    try {
        sink_ = handler(parser_.request(), pending_->reply());
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): as in `call`
    }
}

void http_session::take_request(const http_moment& at, std::string& out) {
    const auto request = parser_.take();
    since_ = at.now;
    if (sink_) {
        body_whole_ = true;
        sink_->finish();
        if (pending_->answered()) take_reply(at, out);
    } else if (handler_) {
        keep_alive_ = request.keep_alive;
        pending_.emplace();
        call(*handler_, request, pending_->reply());
        if (pending_->answered()) take_reply(at, out);
    } else if (held_) {
        answer(*held_, !request.keep_alive, at, out);
    }
}

void http_session::take_reply(const http_moment& at, std::string& out) {
    if (pending_->abandoned()) stats_.handler_exceptions.add();
    const auto response = pending_->take();
    // A body that nobody waits for is not read to its end.
    const auto cut_off = parser_.awaits_body();
    pending_.reset();
    sink_.reset();
    since_ = at.now;
    answer(response, !keep_alive_ || cut_off, at, out);
}

void http_session::refuse(const http_refusal& why, const http_moment& at, std::string& out) {
    pending_.reset();
    sink_.reset();
    if (why.limit) stats_.hit(*why.limit);
    head_only_ = false;
    answer(http_response::plain(why.status, why.sentence), true, at, out);
}

void http_session::answer(const http_response& response, bool close, const http_moment& at,
                          std::string& out) {
    closing_ = close || draining_;
    const http_framing framing{.head_only = head_only_,
                               .close = closing_,
                               .old_client = old_client_,
                               .secure = secure_,
                               .date = at.date};
    if (fields_.empty()) {
        append_response(out, response, framing);
    } else {
        auto whole = response;
        std::ranges::move(std::exchange(fields_, {}), std::back_inserter(whole.fields));
        append_response(out, whole, framing);
    }
    if (!head_only_) file_ = response.file;
    stats_.answered(response.status);
    stats_.request_seconds.observe(std::chrono::duration<double>(at.now - begun_).count());
    first_ = false;
}

void http_session::handle_timeout(const http_moment& at, std::string& out) {
    if (closing_ || at.now < deadline()) return;
    if (pending_ && (!sink_ || body_whole_ || blocked())) {
        if (pending_->answered()) return;  // `receive` takes it
        const auto cut_off = parser_.awaits_body();
        pending_.reset();
        sink_.reset();
        since_ = at.now;
        stats_.hit(http_limit::reply_time);
        auto late = http_response::plain(503, "the server is too busy to answer; try again.");
        late.fields.emplace_back("Retry-After", "5");
        answer(late, !keep_alive_ || cut_off, at, out);
    } else if (parser_.idle()) {
        stats_.hit(first_ ? http_limit::head_time : http_limit::idle_time);
        closing_ = true;
    } else if (parser_.awaits_body()) {
        refuse({408, "the body came too slowly.", http_limit::body_rate}, at, out);
    } else {
        refuse({408, "the request head took too long.", http_limit::head_time}, at, out);
    }
}

instant http_session::deadline() const noexcept {
    if (pending_ && (!sink_ || body_whole_)) return since_ + std::max(limits_.reply_time, pending_->time());
    if (parser_.awaits_body()) {
        const auto earned =
            std::chrono::milliseconds(1000) * parser_.body_bytes() / limits_.body_bytes_per_second;
        return since_ + limits_.body_grace + earned;
    }
    if (parser_.idle() && !first_) return since_ + limits_.idle_time;
    return since_ + limits_.head_time;
}

void http_session::drain() noexcept {
    draining_ = true;
    if (parser_.idle() && !pending_) closing_ = true;
}

}  // namespace conf::net

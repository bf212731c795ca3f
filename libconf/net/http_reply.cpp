#include "libconf/net/http_reply.hpp"

#include "libconf/base/check.hpp"

#include <utility>

namespace conf::net {

struct http_reply::state {
    bool accept(http_response response) {
        if (closed || answer) return false;
        answer = std::move(response);
        if (const auto call = std::exchange(wake, {})) call();
        return true;
    }

    std::optional<http_response> answer;
    std::function<void()> wake;
    std::chrono::milliseconds time{};
    bool closed = false;     // nobody waits
    bool abandoned = false;  // the answer is ours, not the handler's
};

// Shared by all copies of a reply; its end is the end of the last one.
struct http_reply::ticket {
    explicit ticket(std::shared_ptr<state> waits) : of(std::move(waits)) {}
    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;
    ~ticket() {
        if (of->closed || of->answer) return;
        of->abandoned = true;
        of->accept(http_response::plain(500, "the server failed to answer; its log may say why."));
    }

    std::shared_ptr<state> of;
};

bool http_reply::send(http_response response) const {
    return ticket_->of->accept(std::move(response));
}

void http_reply::may_take(std::chrono::milliseconds time) const noexcept {
    ticket_->of->time = time;
}

http_pending::http_pending() : state_(std::make_shared<http_reply::state>()) {}

http_pending::~http_pending() {
    state_->closed = true;
    state_->wake = nullptr;
}

http_reply http_pending::reply() {
    return http_reply(std::make_shared<http_reply::ticket>(state_));
}

bool http_pending::answered() const noexcept {
    return state_->answer.has_value();
}

std::chrono::milliseconds http_pending::time() const noexcept {
    return state_->time;
}

bool http_pending::abandoned() const noexcept {
    return state_->abandoned;
}

http_response http_pending::take() {
    check(answered());
    return *std::exchange(state_->answer, std::nullopt);
}

void http_pending::on_answer(std::function<void()> wake) {
    state_->wake = std::move(wake);
}

}  // namespace conf::net

/// Answers that come later than the call of their handler.
#pragma once

#include "libconf/net/http_message.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace conf::net {

/// The right to answer one request: now, or later from any code on the server's loop. Copies answer the same
/// request, and the first answer counts. When the last copy goes unused, the client gets a 500; when it takes
/// longer than `http_limits::reply_time`, a 503.
///
/// Belongs to the server's loop, but may outlive the connection and the server.
class http_reply {
public:
    /// @return false where nobody waits for it any more, because the connection or the time is over, or it
    ///         was answered already.
    bool send(http_response response) const;
    /// For what is known to take long, such as a converter's work: the 503 comes that late, if that is later.
    void may_take(std::chrono::milliseconds time) const noexcept;

private:
    friend class http_pending;
    struct state;
    struct ticket;
    explicit http_reply(std::shared_ptr<ticket> made) : ticket_(std::move(made)) {}

    std::shared_ptr<ticket> ticket_;
};

/// The other end: a request that was given to its handler. What answers after its end is dropped.
class http_pending {
public:
    http_pending();
    http_pending(const http_pending&) = delete;
    http_pending& operator=(const http_pending&) = delete;
    ~http_pending();

    /// For the handler. Call once; nothing here keeps it.
    [[nodiscard]] http_reply reply();

    [[nodiscard]] bool answered() const noexcept;
    /// What the handler asked for by `may_take`; else 0.
    [[nodiscard]] std::chrono::milliseconds time() const noexcept;
    /// Whether the handler gave up its reply unused; then `answer` is a 500.
    [[nodiscard]] bool abandoned() const noexcept;
    /// Precondition: `answered()`.
    [[nodiscard]] http_response take();

    /// `wake` is called once, when the answer is there; not if it is there already.
    void on_answer(std::function<void()> wake);

private:
    std::shared_ptr<http_reply::state> state_;
};

}  // namespace conf::net

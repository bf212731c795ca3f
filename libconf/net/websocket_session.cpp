#include "libconf/net/websocket_session.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/http_rules.hpp"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace conf::net {
namespace {

// RFC 6455 §5.5: a control frame has at most 125 bytes, two of a Close frame are the code.
constexpr std::size_t reason_bytes_max = 123;
constexpr unsigned char close_head = 0x88;  // FIN and opcode 8

}  // namespace

/// wslay calls back while it reads and writes; all that does is move bytes and count.
struct websocket_session::wire {
    explicit wire(websocket_session& session) : owner(session) {
        constexpr wslay_event_callbacks callbacks{on_read, on_write, nullptr,   on_frame,
                                                  nullptr, nullptr,  on_message};
        if (wslay_event_context_server_init(&context, &callbacks, this) != 0) throw std::bad_alloc();
        wslay_event_config_set_max_recv_msg_length(context, owner.limits_.message_bytes);
    }
    wire(const wire&) = delete;
    wire& operator=(const wire&) = delete;
    ~wire() { wslay_event_context_free(context); }

    static wire& of(void* self) { return *static_cast<wire*>(self); }

    static ssize_t on_read(wslay_event_context_ptr from, std::uint8_t* to, std::size_t size, int,
                           void* self) {
        auto& left = of(self).input;
        if (left.empty()) {
            wslay_event_set_error(from, WSLAY_ERR_WOULDBLOCK);
            return -1;
        }
        const auto count = std::min(size, left.size());
        std::memcpy(to, left.data(), count);
        left = left.subspan(count);
        return static_cast<ssize_t>(count);
    }

    static ssize_t on_write(wslay_event_context_ptr, const std::uint8_t* data, std::size_t size, int,
                            void* self) {
        of(self).output.append(reinterpret_cast<const char*>(data), size);
        return static_cast<ssize_t>(size);
    }

    static void on_frame(wslay_event_context_ptr, const wslay_event_on_frame_recv_start_arg* frame,
                         void* self) {
        auto& one = of(self);
        ++one.frames;
        if (wslay_is_ctrl_frame(frame->opcode)) return;
        one.fragments = frame->opcode == WSLAY_CONTINUATION_FRAME ? one.fragments + 1 : 1;
        // Reading on would keep each fragment, be it empty; nothing more is given to wslay.
        if (one.fragments <= one.owner.limits_.fragments) return;
        one.too_many_fragments = true;
        one.input = {};
    }

    static void on_message(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message, void* self) {
        auto& one = of(self);
        const std::string_view data(reinterpret_cast<const char*>(message->msg), message->msg_length);
        switch (message->opcode) {
            case WSLAY_TEXT_FRAME:
            case WSLAY_BINARY_FRAME:
                if (one.too_many_fragments || !one.owner.open()) return;
                one.owner.stats_.messages_received.add();
                one.messages->push_back(
                    {message->opcode == WSLAY_TEXT_FRAME ? websocket_kind::text : websocket_kind::binary,
                     std::string(data)});
                break;
            case WSLAY_CONNECTION_CLOSE:
                one.reason = data.substr(std::min<std::size_t>(2, data.size()));
                if (data.size() == 1) one.bad_close = close_code::protocol_error;
                if (!is_utf8(one.reason)) one.bad_close = close_code::invalid_data;
                break;
            default: break;
        }
    }

    /// What one `receive` makes wslay say is Pong frames and a Close frame, all of them short.
    void replace_close(std::uint16_t code) {
        std::size_t at = 0;
        while (at < output.size() && static_cast<unsigned char>(output[at]) != close_head) {
            at += 2 + static_cast<std::size_t>(output[at + 1]);
        }
        output.resize(std::min(at, output.size()));
        for (const unsigned byte : {unsigned{close_head}, 2U, unsigned{code} >> 8U, code & 0xFFU}) {
            output += static_cast<char>(byte);
        }
    }

    websocket_session& owner;
    wslay_event_context_ptr context = nullptr;
    bytes input;
    std::string output;
    std::vector<websocket_message>* messages = nullptr;
    std::size_t frames = 0;     // since the last receive
    std::size_t fragments = 0;  // of the present message
    bool too_many_fragments = false;
    std::string reason;                      // of the peer's Close frame
    std::optional<std::uint16_t> bad_close;  // why that frame is an error
};

websocket_session::websocket_session(const websocket_limits& limits, websocket_stats& stats, instant now)
    : limits_(limits),
      stats_(stats),
      wire_(std::make_unique<wire>(*this)),
      heard_(now),
      next_ping_(now + limits.ping_interval),
      rate_(now) {}

websocket_session::~websocket_session() = default;

void websocket_session::receive(bytes data, instant now, std::vector<websocket_message>& messages) {
    if (finished() || data.empty()) return;
    wire_->input = data;
    wire_->messages = &messages;
    wire_->frames = 0;
    const auto failed = wslay_event_recv(wire_->context) != 0;
    wire_->messages = nullptr;
    wire_->input = {};

    if (limits_.frames_per_second > 0) {
        const auto frames = static_cast<std::int64_t>(wire_->frames);
        rate_ = std::max(rate_, now) + duration(frames * 1'000'000 / limits_.frames_per_second);
        const auto slow = reads_at() > now;
        if (slow && !slow_) stats_.hit(websocket_limit::frame_rate);
        slow_ = slow;
    }
    // While we do not read, silence is ours.
    heard_ = std::max(now, reads_at());

    if (wire_->too_many_fragments) {
        stats_.hit(websocket_limit::fragments);
        fail(close_code::policy, now);
    } else if (failed) {
        fail(close_code::protocol_error, now);
    } else if (wire_->bad_close) {
        fail(*wire_->bad_close, now);
    }
    collect_output(now);
    if (!finished() && !wslay_event_get_read_enabled(wire_->context)) take_end(now);
}

// wslay ends what it refuses by a frame's head alone with an empty Close frame, and does not look at a reason
// that comes in pieces: RFC 6455 §7.4.1 has a code for each.
void websocket_session::fail(std::uint16_t code, instant now) {
    static_cast<void>(wslay_event_send(wire_->context));
    if (open()) wire_->replace_close(code);
    end_.code = code;
    state_ = state::finished;
    close_by_ = now + limits_.close_time;
}

// wslay has read a Close frame, or refused what it read and queued one of its own.
void websocket_session::take_end(instant now) {
    const auto by_peer = wslay_event_get_close_received(wire_->context) != 0;
    end_.code = by_peer ? wslay_event_get_status_code_received(wire_->context)
                        : wslay_event_get_status_code_sent(wire_->context);
    if (by_peer) end_.reason = wire_->reason;
    if (!by_peer && end_.code == close_code::too_big) stats_.hit(websocket_limit::message_bytes);
    state_ = state::finished;
    close_by_ = now + limits_.close_time;
}

bool websocket_session::wants_read(instant now) const noexcept {
    return !finished() && now >= reads_at() && queued_bytes_ <= limits_.send_queue_bytes / 2;
}

instant websocket_session::reads_at() const noexcept {
    if (limits_.frames_per_second == 0) return instant::min();
    return rate_ - duration(std::int64_t{1'000'000} * limits_.frames_burst / limits_.frames_per_second);
}

// wslay's own frames, of control alone, are in the queue as soon as it has made them: so is the order.
bool websocket_session::send(const websocket_frame& message, std::size_t done, instant now) {
    if (!open()) return false;
    const auto rest = message.wire().size() - done;
    if (rest > limits_.send_queue_bytes - std::min(queued_bytes_, limits_.send_queue_bytes)) {
        give_up_on_reader(websocket_limit::send_queue_bytes, now);
        return false;
    }
    stats_.messages_sent.add();
    queued_bytes_ += rest;
    queue_.push_back({.own = {}, .shared = message, .done = done, .since = now});
    return true;
}

void websocket_session::close(std::uint16_t code, std::string_view reason, instant now) {
    if (!open()) return;
    if (reason.size() > reason_bytes_max) {
        auto cut = reason_bytes_max;
        while (cut > 0 && (static_cast<unsigned char>(reason[cut]) & 0xC0U) == 0x80U) --cut;
        reason = reason.substr(0, cut);  // between two characters
    }
    static_cast<void>(wslay_event_queue_close(
        wire_->context, code, reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size()));
    state_ = state::closing;
    end_.code = close_code::abnormal;
    close_by_ = now + limits_.close_time;
    collect_output(now);
}

/// What was not begun to be sent is dropped: the Close frame is all that is still worth saying.
void websocket_session::give_up_on_reader(websocket_limit limit, instant now) {
    stats_.hit(limit);
    const bool begun = !queue_.empty() && queue_.front().done > 0;
    queue_.erase(queue_.begin() + (begun ? 1 : 0), queue_.end());
    queued_bytes_ = in_flight_bytes_ + (begun ? queue_.front().data().size() : 0);
    close(close_code::try_later, "reading too slowly", now);
    end_.code = close_code::try_later;
}

void websocket_session::set_message_limit(std::size_t size) noexcept {
    limits_.message_bytes = size;
    wslay_event_config_set_max_recv_msg_length(wire_->context, size);
}

void websocket_session::handle_timeout(instant now) {
    switch (state_) {
        case state::open: {
            const auto oldest = in_flight_bytes_ > 0 ? in_flight_since_
                                : queue_.empty()     ? now
                                                     : queue_.front().since;
            if (now - oldest >= limits_.send_queue_time) {
                give_up_on_reader(websocket_limit::send_queue_time, now);
            } else if (now - heard_ >= limits_.silence) {
                stats_.hit(websocket_limit::silence);
                state_ = state::dead;
            } else if (now >= next_ping_) {
                next_ping_ = now + limits_.ping_interval;
                const wslay_event_msg ping{WSLAY_PING, nullptr, 0};
                static_cast<void>(wslay_event_queue_msg(wire_->context, &ping));
                collect_output(now);
            }
            break;
        }
        case state::closing:
        case state::finished:
            if (now < close_by_) break;
            stats_.hit(websocket_limit::close_time);
            state_ = state::dead;
            break;
        case state::dead: break;
    }
}

instant websocket_session::deadline() const noexcept {
    if (dead()) return instant::max();
    if (!open()) return close_by_;
    auto next = std::min(next_ping_, heard_ + limits_.silence);
    if (in_flight_bytes_ > 0) return std::min(next, in_flight_since_ + limits_.send_queue_time);
    if (!queue_.empty()) next = std::min(next, queue_.front().since + limits_.send_queue_time);
    return next;
}

void websocket_session::collect_output(instant now) {
    static_cast<void>(wslay_event_send(wire_->context));
    if (wire_->output.empty()) return;
    queued_bytes_ += wire_->output.size();
    queue_.push_back({.own = std::exchange(wire_->output, {}), .shared = {}, .since = now});
}

std::string websocket_session::take_output(std::size_t size) {
    check(in_flight_bytes_ == 0);
    std::string taken;
    if (queue_.empty()) return taken;
    in_flight_since_ = queue_.front().since;
    while (!queue_.empty() && taken.size() < size) {
        if (taken.empty() && !queue_.front().shared) {
            taken = std::move(queue_.front().own);
        } else {
            taken += queue_.front().data();
        }
        queue_.pop_front();
    }
    in_flight_bytes_ = taken.size();
    return taken;
}

void websocket_session::sent() noexcept {
    queued_bytes_ -= in_flight_bytes_;
    in_flight_bytes_ = 0;
}

}  // namespace conf::net

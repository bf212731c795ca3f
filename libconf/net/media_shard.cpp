#include "libconf/net/media_shard.hpp"

#include "libconf/base/check.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/media_stream.hpp"
#include "libconf/net/stream_acceptor.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace conf::net {
namespace {

/// Half a second of a large room's media, should the thread be away for so long.
constexpr int media_buffer_bytes = 8 * 1024 * 1024;
/// Rounds of reading before anything is sent.
constexpr int media_rounds_max = 4;
/// Packets that wait to be protected are protected when they are so many: what they are made in stays in the
/// cache.
constexpr std::size_t pending_max = 1024;
/// Pairs of a UDP and a TCP socket that are tried where any port will do.
constexpr int port_tries = 16;

}  // namespace

media_shard::media_shard(event_sink on_event, receiver_sink on_receivers)
    : on_event_(std::move(on_event)), on_receivers_(std::move(on_receivers)) {}

media_shard::~media_shard() {
    stop();
    links_.clear();
}

result<endpoint> media_shard::listen(const media_address& where) {
    const auto& at = where.at;
    for (int tries = 0;; ++tries) {
        udp_socket socket;
        if (const auto failed = udp_socket::open(at,
                                                 {.receive_buffer_bytes = media_buffer_bytes,
                                                  .send_buffer_bytes = media_buffer_bytes,
                                                  .report_local = at.ip.is_unspecified(),
                                                  .this_machine_only = where.this_machine_only,
                                                  .fragments_late = true},
                                                 socket)) {
            return listen_failure("udp://" + at.to_string(), failed);
        }
        const auto bound = socket.local();
        auto acceptor = std::make_shared<stream_acceptor>(
            *this, [this](asio::ip::tcp::socket connection, const endpoint& remote) {
                accept_media_connection(*this, std::move(connection), remote);
            });
        if (const auto opened = acceptor->open("tcp", bound, {.this_machine_only = where.this_machine_only});
            !opened) {
            acceptor->close();
            if (at.port == 0 && tries < port_tries)
                continue;  // somebody else has the TCP port of that number
            return opened.error();
        }
        check(readiness().add(socket.native_handle(), listeners_.size()));
        const auto number = locals_.add(socket.native_handle());
        listeners_.push_back({std::move(socket), number, false});
        acceptors_.push_back(std::move(acceptor));
        return bound;
    }
}

void media_shard::serve(std::uint64_t which, std::uint32_t) {
    read(listeners_[which]);
}

void media_shard::serve_rest() {
    for (auto& listener : listeners_) {
        if (listener.has_more) read(listener);
    }
}

bool media_shard::has_rest() const {
    return std::ranges::any_of(listeners_, &udp_listener::has_more);
}

void media_shard::read(udp_listener& listener) {
    listener.has_more = true;
    for (int round = 0; round < media_rounds_max && listener.has_more; ++round) {
        if (ring_.full()) ring_.reset();  // the engine has copied what it keeps
        bool drained = false;
        ++count_.receive_calls;
        for (const auto& run : ring_.receive(listener.socket.native_handle(), drained)) {
            const ice::path from{locals_.number_for(listener.number, run.local), run.remote};
            for (std::size_t at = 0; at < run.data.size(); at += run.segment_bytes) {
                ++count_.datagrams_received;
                if (run.segment_bytes < run.data.size()) ++count_.received_in_runs;
                engine_->handle(from, run.data.subspan(at, std::min(run.segment_bytes, run.data.size() - at)),
                                now(), out_);
                if (engine_->pending() >= pending_max) send();
            }
        }
        listener.has_more = !drained;
    }
}

void media_shard::handle_frame(const ice::path& from, mutable_bytes frame) {
    ++count_.datagrams_received;
    engine_->handle(from, frame, now(), out_);
}

void media_shard::handle_deadline() {
    engine_->handle_timeout(now(), out_);
    finish_turn();
}

void media_shard::send() {
    engine_->flush(out_);
    for (const auto& one : out_.transmits) {
        if (one.to.socket >= first_link) {
            if (const auto link = links_.find(one.to.socket); link != links_.end()) {
                link->second->send({}, one.data, 0);
            }
            continue;
        }
        const auto& local = locals_[one.to.socket];
        batch_.add({.fd = local.fd,
                    .destination = one.to.remote,
                    .source = local.ip ? &*local.ip : nullptr,
                    .head = {},
                    .body = one.data,
                    .fragments_late = true});
    }
    batch_.flush();
    std::ranges::move(out_.events, std::back_inserter(news_));
    std::ranges::move(out_.tapped, std::back_inserter(tapped_));
    std::ranges::move(out_.receivers, std::back_inserter(receiver_news_));
    out_.clear();
}

void media_shard::finish_turn() {
    send();
    ring_.reset();
    tell();
}

void media_shard::tell() {
    if (telling_) return;
    telling_ = true;
    while (!news_.empty() || !tapped_.empty() || !receiver_news_.empty()) {
        if (on_receivers_ && !receiver_news_.empty()) on_receivers_(std::exchange(receiver_news_, {}));
        receiver_news_.clear();
        news_now_.swap(news_);
        tapped_now_.swap(tapped_);
        if (on_event_) {
            for (const auto& event : news_now_) on_event_(event);
        }
        taps_.deliver(tapped_now_);
        news_now_.clear();
        tapped_now_.clear();
    }
    telling_ = false;
}

media_shard_counters media_shard::shell_count() const {
    auto copy = count_;
    copy.wake_ups = wake_ups();
    copy.sent = batch_.count();
    return copy;
}

void media_shard::close_everything() {
    for (auto& acceptor : acceptors_) acceptor->close();
    const auto links = links_;
    for (const auto& [number, link] : links) link->close();
}

std::uint32_t media_shard::add_link(std::shared_ptr<client_link> link) {
    // Numbers come round after four billion connections; one that is still alive is passed over.
    while (next_link_ < first_link || links_.contains(next_link_)) ++next_link_;
    const auto number = next_link_++;
    links_.emplace(number, std::move(link));
    return number;
}

void media_shard::remove_link(const ice::path& path) {
    links_.erase(path.socket);
    refresh();
    engine_->handle_path_closed(path);
    finish_turn();
}

}  // namespace conf::net

/// The relay threads of one TURN server and what they share.
#pragma once

#include "libconf/net/tls_context.hpp"
#include "libconf/net/turn_settings.hpp"
#include "libconf/net/turn_shard.hpp"
#include "libconf/turn/port_table.hpp"
#include "libconf/turn/quota_book.hpp"

#include <conf/result.hpp>
#include <conf/turn.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace conf::net {

/// The quota book of several threads. Thread-safe; an Allocate or two for each lock, never a packet.
class locked_quota_book final : public turn::quota_book {
public:
    verdict enter(std::string_view user, user_kind kind, const ip_address& client,
                  const turn_limits& limits) override {
        const std::scoped_lock lock(mutex_);
        return book_.enter(user, kind, client, limits);
    }
    void leave(std::string_view user, const ip_address& client) override {
        const std::scoped_lock lock(mutex_);
        book_.leave(user, client);
    }

private:
    std::mutex mutex_;
    turn::plain_quota_book book_;
};

/// The sums over all relay threads at one moment.
struct turn_totals {
    turn::counters core;
    turn_shard_counters shell;
    std::size_t ports_in_use = 0;
    std::size_t ports = 0;
    bool draining = false;
    std::chrono::sys_seconds certificate_not_after{};  ///< zero without a certificate
};

/// Makes the shards, shares a host's ports and quotas between them, and carries changes to them. Thread-safe.
class turn_host {
public:
    static result<std::unique_ptr<turn_host>> create(const turn_options& options);
    ~turn_host();

    result<std::vector<std::string>> apply(const turn_options& options);
    void drain();
    void wait_drained();
    void stop();

    [[nodiscard]] turn_totals totals() const;
    [[nodiscard]] std::vector<std::string> listening() const { return listening_; }

private:
    turn_host(const turn_options& options, turn_setup setup);

    result<void> load_certificates(const turn_options& options);
    void make_shards();
    result<void> listen();
    [[nodiscard]] result<endpoint> listen_on(turn_shard& shard, const turn_listener& listener, bool shared);
    bool deliver(std::uint8_t shard, const turn::delivery& what);
    void push_settings();
    void report(log_level level, std::string name, std::string message,
                std::vector<log_event::field> fields) const;
    void report_policy() const;

    mutable std::mutex mutex_;  // guards options_ and setup_; held while shards are asked
    /// Guards draining_, drained_shards_ and stopped_. Shards take it, so nobody who holds it may wait for a
    /// shard.
    mutable std::mutex drain_mutex_;
    std::mutex stop_mutex_;  // a thread can be joined by one other only
    std::condition_variable changed_;
    turn_options options_;
    turn_setup setup_;
    turn::port_table ports_;
    locked_quota_book quotas_;
    std::shared_ptr<tls_context> stream_tls_;
    std::shared_ptr<tls_context> datagram_tls_;
    std::vector<std::string> listening_;
    std::vector<endpoint> bound_;
    bool draining_ = false;
    std::size_t drained_shards_ = 0;
    bool stopped_ = false;
    /// Deliveries on their way to each shard; bounded, or a flooded shard would hold memory without end.
    std::vector<std::unique_ptr<std::atomic<std::uint32_t>>> on_the_way_;
    std::shared_ptr<std::mutex> log_mutex_ = std::make_shared<std::mutex>();
    std::vector<std::unique_ptr<turn_shard>> shards_;  // last: they use the rest until they are stopped
};

}  // namespace conf::net

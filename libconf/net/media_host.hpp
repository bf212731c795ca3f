/// The media threads of one server, and their face to HTTP.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/net/media_control.hpp"
#include "libconf/net/media_shard.hpp"

#include <conf/log.hpp>
#include <conf/media.hpp>
#include <conf/result.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conf::net {

/// The sums over all media threads at one moment.
struct media_totals {
    engine::counters engine;
    engine::census now;
    sfu::counters media;
    media_shard_counters shell;
    std::size_t packets_kept = 0;
    std::string protector;
};

/// Makes the shards and gives each room one, by its name; a session's own name tells where it is.
/// Thread-safe.
class media_host final : public media_control {
public:
    struct environment {
        /// Runs a task on the loop that asks: `done` is called there.
        std::function<void(std::function<void()>)> post_back;
        log_sink log;
    };
    static result<std::unique_ptr<media_host>> create(const media_options& options, const room_options& rooms,
                                                      environment around);
    ~media_host() override;

    void publish(std::string room, std::string name, std::string offer, callback done) override;
    void play(std::string room, std::optional<std::string> only, std::optional<std::string> except,
              std::string offer, callback done) override;
    void patch(std::string session, std::string if_match, std::string fragment, callback done) override;
    void close(std::string session, callback done) override;

    /// Takes no new session: 503.
    void drain() noexcept { draining_ = true; }
    void stop();

    [[nodiscard]] media_totals totals() const;
    void write_metrics(std::string& to) const;
    /// "media://127.0.0.1:40000", one for each shard.
    [[nodiscard]] std::vector<std::string> listening() const;
    /// Where media arrives, for a relay that sends nowhere else.
    [[nodiscard]] const std::vector<endpoint>& addresses() const noexcept { return addresses_; }

private:
    struct shard;

    explicit media_host(environment around);
    result<void> start(const media_options& options, const room_options& rooms);
    [[nodiscard]] shard& shard_for(std::string_view room) const;
    /// Null for a name that no shard made.
    [[nodiscard]] shard* shard_of(std::string_view session) const;
    template <class Command>
    void ask(shard& whom, Command command, callback done);
    void report(const engine::event& event) const;

    environment around_;
    std::atomic<bool> draining_{false};
    std::vector<endpoint> addresses_;
    std::vector<std::unique_ptr<shard>> shards_;
};

}  // namespace conf::net

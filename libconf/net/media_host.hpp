/// The media threads of one server, and their face to HTTP.
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/net/call_media.hpp"
#include "libconf/net/media_control.hpp"
#include "libconf/net/media_shard.hpp"

#include <conf/log.hpp>
#include <conf/media.hpp>
#include <conf/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
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
class media_host final : public media_control, public call_media {
public:
    struct environment {
        /// Runs a task on the loop that asks: `done` is called there.
        std::function<void(std::function<void()>)> post_back;
        log_sink log;
        /// Called on media threads.
        std::function<void(std::size_t shard, const engine::event&)> on_event{};
        std::function<void(std::vector<engine::receiver_news>)> on_receivers{};
    };
    static result<std::unique_ptr<media_host>> create(const media_options& options, const room_options& rooms,
                                                      environment around);
    ~media_host() override;

    void publish(std::string room, std::string name, std::string offer, engine::takeover of,
                 media_control::callback done) override;
    void play(std::string room, std::optional<std::string> only, std::optional<std::string> except,
              std::string offer, media_control::callback done) override;
    void patch(std::string session, std::string if_match, std::string fragment,
               media_control::callback done) override;
    void close(std::string session, media_control::callback done) override;

    void send(std::string room, std::string name, std::string offer,
              std::vector<std::pair<std::string, std::string>> labels, std::vector<std::string> open,
              call_media::callback done) override;
    void open_track(std::string room, std::string name, std::string label, bool open) override;
    void stop_sending(std::string room, std::string name) override;
    void add_receiver(std::string room, std::string name) override;
    void remove_receiver(std::string room, std::string name) override;
    void set_wishes(std::string room, std::string name, std::vector<engine::wish> wishes) override;
    void take_answer(std::string room, std::string name, std::uint64_t number, std::string answer,
                     call_media::callback done) override;
    void restart_receiver(std::string room, std::string name) override;
    void reset_receiver(std::string room, std::string name) override;
    void look(std::string room, std::string name,
              std::function<void(bool sends, bool receives)> done) override;

    /// How a question to a shard's thread ended.
    enum class asked : std::uint8_t {
        done,
        stopped,      ///< the threads have ended, or there is no such shard
        wrong_thread  ///< from a callback on another media thread: two that wait for each other wait for ever
    };
    /// Runs `what` on the thread that has the room, and waits. From any thread.
    asked ask_room(std::string_view room,
                   const std::function<void(std::size_t shard, media_shard&)>& what) const;
    asked ask_shard(std::size_t number, const std::function<void(media_shard&)>& what) const;
    /// As ask_shard, but without waiting, and from any thread.
    void tell_shard(std::size_t number, std::function<void(media_shard&)> what) const;
    /// Whether this is one of the media threads.
    [[nodiscard]] bool runs_here() const;
    [[nodiscard]] std::size_t shards() const noexcept { return shards_.size(); }
    [[nodiscard]] bool draining() const noexcept { return draining_; }

    /// `rooms.limits` from now on.
    void set_limits(const room_options& of);
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
    template <class Command, class Callback>
    void ask(shard& whom, Command command, Callback done);
    // media_host_calls.cpp
    template <class Command>
    void tell(const std::string& room, Command command);
    template <class Command>
    void ask_call(const std::string& room, Command command, call_media::callback done);
    void report(std::size_t number, const engine::event& event) const;

    environment around_;
    std::atomic<bool> draining_{false};
    mutable std::shared_mutex asking_;  // shared by those who ask
    bool stopped_ = false;              // guarded by asking_
    std::vector<endpoint> addresses_;
    std::vector<std::unique_ptr<shard>> shards_;
};

}  // namespace conf::net

/// A room with a board: a server that is killed now and then, its store, the people, their connections, and a
/// judge.
#pragma once

#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/whiteboard.hpp"
#include "tests/sim/board/profile.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/event_queue.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/trace.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace conf::sim::board {

class client;

/// What a run ends with.
struct outcome {
    std::uint64_t hash = 0;
    std::uint64_t events = 0;
    fault_tally faults;
    duration recovery{};  ///< until everybody was there again and had all verdicts, after the faults
    std::uint64_t changes = 0;
    std::uint64_t shapes = 0;
    std::uint64_t kills = 0;
};

/// From a client: a request or a binary message. To it: a message, or the bytes of one.
using upward = std::variant<boards::request, std::string>;
using downward = std::variant<boards::message, boards::shared_frame>;

class world {
public:
    world(const profile& how, std::uint64_t seed);
    ~world();

    /// Throws `failure`.
    outcome run();

    // For the clients.
    event_queue queue;
    trace log;
    fault_tally faults;
    const profile how;

    /// A new connection of that person; nothing while the server is down.
    [[nodiscard]] boards::connection_id connect(client& whose);
    void send(boards::connection_id on, upward what);
    void reset(boards::connection_id which);
    /// A verdict has come: so much is promised.
    void acknowledged(boards::sequence at) { promised_ = std::max(promised_, at); }
    [[nodiscard]] bool over() const noexcept { return queue.now() >= instant{how.faults_last}; }

private:
    struct stream {
        client* whose = nullptr;
        boards::person who{};
        instant up_free{};  ///< when the message before has arrived: a stream keeps the order
        instant down_free{};
    };
    /// A turn that waits for the store.
    struct held {
        std::vector<rooms::record> records;
        std::vector<boards::happening> log;
        std::vector<boards::outgoing> messages;
    };

    void start_server();
    void kill_server();
    void finish_turn();
    void commit();
    void keep(std::vector<rooms::record>& records);
    void deliver(const boards::outgoing& what);
    void arm();
    void weather();
    void hostile_act();
    [[nodiscard]] duration latency();
    [[nodiscard]] boards::moment moment_now();
    void judge();
    void judge_replay() const;
    [[nodiscard]] bool settled() const;

    dice chance_;
    dice weather_;
    std::vector<std::unique_ptr<client>> clients_;
    std::unique_ptr<boards::whiteboard> server_;  ///< null: it is down
    std::uint64_t life_ = 0;                      ///< of the server; events of an earlier one are void
    boards::outputs out_;
    std::map<boards::connection_id, stream> links_;
    boards::connection_id next_link_ = 1;
    std::map<std::pair<rooms::record_kind, std::string>, std::string> disk_;
    std::vector<boards::happening> event_log_;
    std::deque<held> waiting_;
    bool committing_ = false;
    std::optional<instant> armed_;
    boards::wall_time clock_step_{};
    boards::sequence promised_ = 0;
    std::uint64_t kills_ = 0;
    std::uint64_t changes_ = 0;
    std::vector<std::string> seen_frames_;  ///< for whoever is hostile
};

}  // namespace conf::sim::board

/// Somebody at the board: shows at once what he does, and believes the server.
#pragma once

#include "tests/sim/board/world.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace conf::sim::board {

class client {
public:
    client(world& around, boards::person who, std::uint64_t seed);

    void start();
    void take(const downward& what);
    /// The connection is gone; he comes back.
    void lost();
    [[nodiscard]] const boards::person& who() const noexcept { return who_; }
    [[nodiscard]] bool moderates() const noexcept { return who_.acts_as == rooms::role::moderator; }

    /// There, nothing undecided, nothing half drawn.
    [[nodiscard]] bool settled() const noexcept;
    [[nodiscard]] boards::place looks() const noexcept { return looks_; }
    /// Empty: what he knows is what is on that page.
    [[nodiscard]] std::string difference(const boards::page& from) const;
    [[nodiscard]] std::size_t live_strokes() const noexcept { return live_.size(); }

private:
    struct undecided {
        std::uint64_t number = 0;
        std::uint64_t gesture = 0;
        boards::place where{};
        std::vector<boards::op> ops{};
    };

    void come_back();
    void act();
    void ask(boards::request_body what);
    void on(const boards::opened& what);
    void on(const boards::looked& what);
    void on(const boards::author_known& what);
    void on(const boards::document_changed& what);
    template <class Message>
    void on(const Message&) {}
    void on(const boards::failure& what);
    void on(const boards::change_made& what);
    void on(const boards::live_begun& what);
    void on(const boards::live_went_on&) {}
    void on(const boards::live_dropped& what);
    void on(const boards::pointers_moved&) {}
    void on(const boards::view_moved&) {}
    void on(const boards::page_state& what);
    void on(const boards::change_verdict& what);

    void look(boards::place where);
    void draw();
    void change(std::vector<boards::op> ops, std::uint64_t gesture = 0);
    void send(const undecided& what);
    void stroke_on();
    void moderate();
    /// The reducer once more, in the simplest words.
    void reduce(boards::sequence at, boards::author_number by, const std::vector<boards::op>& ops);
    [[nodiscard]] boards::shape_id some_shape();
    [[nodiscard]] std::string points(std::size_t from, std::size_t count) const;

    world& world_;
    boards::person who_;
    dice chance_;
    boards::connection_id link_ = 0;
    bool open_ = false;
    bool looking_ = false;
    std::uint64_t next_request_ = 1;
    std::uint64_t next_number_ = 1;
    boards::author_number me_ = 0;
    std::vector<boards::place> places_;
    boards::place looks_{};
    boards::sequence complete_to_ = 0;
    std::map<boards::shape_id, boards::shape> shapes_;
    std::map<boards::shape_id, boards::author_number> live_;
    std::deque<undecided> undecided_;
    boards::shape_id drawing_ = 0;  ///< a live stroke of his own
    std::size_t drawn_points_ = 0;
};

}  // namespace conf::sim::board

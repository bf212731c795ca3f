/// A whiteboard with some people at it, and what each of them got.
#pragma once

#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/page.hpp"
#include "libconf/whiteboard/whiteboard.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace board_test {

namespace boards = conf::boards;
using conf::rooms::role;

template <class T, class Variant>
inline constexpr bool is_one_of = false;
template <class T, class... All>
inline constexpr bool is_one_of<T, std::variant<All...>> = (std::is_same_v<T, All> || ...);

struct client {
    boards::connection_id link = 0;
    boards::person who{};
    std::uint64_t next_request = 1;
    std::uint64_t next_change = 1;
};

/// Two moderators' worth of defaults: one document of two blank pages, staged; Mo moderates, Pia presents,
/// Vic and Wim watch.
class world {
public:
    explicit world(boards::settings with = {});

    client& add(std::string id, role acts_as);
    void open(client& who);
    void look(client& who, boards::place where = {1, 1});
    /// Opens and looks.
    client& enter(std::string id, role acts_as);

    /// The answer: a message, or what `wishes` got.
    bool ask(client& who, boards::request_body what);
    bool send(client& who, const boards::client_frame& what);
    bool send_raw(client& who, std::string_view bytes);
    /// One change; its verdict.
    boards::change_verdict change(client& who, std::vector<boards::op> ops, std::uint64_t gesture = 0,
                                  boards::place where = {1, 1});
    void leave(client& who);
    void wait(std::chrono::milliseconds time);
    /// A new whiteboard out of what was kept; everybody has to open again.
    void restart();
    std::size_t unreadable = 0;  ///< of the last restart

    /// Everything of that kind since the last `forget`.
    template <class T>
    [[nodiscard]] std::vector<T> heard(const client& who) const {
        std::vector<T> all;
        const auto found = got_.find(who.link);
        if (found == got_.end()) return all;
        for (const auto& one : found->second) {
            if constexpr (is_one_of<T, boards::any_message>) {
                const auto* const message = std::get_if<boards::message>(&one);
                if (message != nullptr && std::holds_alternative<T>(message->what))
                    all.push_back(std::get<T>(message->what));
            } else {
                static_assert(is_one_of<T, boards::server_frame>);
                const auto* const frame = std::get_if<boards::server_frame>(&one);
                if (frame != nullptr && std::holds_alternative<T>(*frame)) all.push_back(std::get<T>(*frame));
            }
        }
        return all;
    }
    void forget() {
        got_.clear();
        frames = 0;
    }
    /// The code of the last failure that he was answered; empty: none.
    [[nodiscard]] std::string failure(const client& who) const;
    [[nodiscard]] const boards::page& page(boards::place where = {1, 1}) const {
        return *board.find_page(where);
    }
    [[nodiscard]] const boards::shape* shape(boards::shape_id id, boards::place where = {1, 1}) const {
        return page(where).find(id);
    }

    boards::whiteboard board;
    boards::outputs out;
    std::map<std::pair<conf::rooms::record_kind, std::string>, std::string> store;
    boards::moment at{conf::instant{std::chrono::hours(1)}, boards::wall_time{1'700'000'000'000}};
    std::size_t frames = 0;  ///< binary messages that were made, each for any number of people
    boards::settings options;
    std::vector<boards::wish> wishes;

private:
    void take_outputs();

    std::map<boards::connection_id, std::vector<std::variant<boards::message, boards::server_frame>>> got_;
    boards::connection_id next_link_ = 1;
    std::map<std::string, client> clients_;
};

// Ops by hand.
boards::op put(boards::shape_id id, boards::shape_type type, std::vector<boards::property_value> values = {});
boards::op patch(boards::shape_id id, std::vector<boards::property_value> values);
boards::op remove(boards::shape_id id);
/// A stroke along the diagonal.
boards::op stroke(boards::shape_id id, std::size_t points = 3);
boards::op box(boards::shape_id id, std::int64_t x = 0);
boards::property_value x_is(std::int64_t units);
boards::property_value colour_is(std::uint64_t colour);
boards::property_value locked_is(bool on);
std::string diagonal(std::size_t points, std::int64_t step = 16);
std::string id_bytes(boards::shape_id id);

std::string from_hex(std::string_view hex);
std::string to_hex(std::string_view bytes);
/// A file of tests/vectors/board or beside.
std::string read_file(std::string_view path);

}  // namespace board_test

/// The boards and documents of all rooms: what the people on their connections draw, what is kept of it, and
/// who is told.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/host/room_deadlines.hpp"
#include "libconf/host/turn_line.hpp"
#include "libconf/net/websocket.hpp"
#include "libconf/room/settings.hpp"
#include "libconf/store/room_store.hpp"
#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/whiteboard.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::net {
class event_loop;
}

namespace conf::metrics {
class text_writer;
}

namespace conf::host {

inline constexpr std::size_t discard_reason_count = 9;  // of `boards::discard_reason`

struct board_counters {
    std::uint64_t rooms = 0;        ///< whose boards are in memory, now
    std::uint64_t connections = 0;  ///< that have asked for boards, now
    std::uint64_t requests = 0;
    std::uint64_t frames = 0;
    std::uint64_t undecodable = 0;  ///< of them
    std::uint64_t frames_sent = 0;
    std::uint64_t bytes_sent = 0;  ///< of frames, without their heads
    std::uint64_t left_out = 0;    ///< pointers and views for who reads slowly
    std::uint64_t turns_kept = 0;  ///< that waited for the store
    std::uint64_t committed = 0;
    std::uint64_t rebased = 0;
    std::array<std::uint64_t, discard_reason_count> discarded{};  ///< by reason
};

/// A thin shell around `boards::whiteboard`: it loads a room's boards when somebody asks for them, lets the
/// store keep a turn's records before anybody sees the turn, sends what is drawn live at once, and puts
/// boards away when nobody looks. Everything runs on one loop.
///
/// In the store a room's boards are under "ROOM//boards": names have no "/".
class board_host {
public:
    /// Where the files of documents are. Answers come by `board_host::answer`, news by `with_board`.
    class files {
    public:
        /// `data:` addresses of what a page shows and does not draw, for a file of it.
        struct pictures {
            std::string background{};  ///< the page of a document; empty: none, or it is not there
            std::map<std::string, std::string> assets{};
        };
        /// `then` at once or later.
        virtual void fetch_pictures(const std::string& room, const boards::place& of,
                                    std::function<void(const pictures&)> then) = 0;
        /// PDF of a document, or PNG of one of its pages: `done` with its path, at once or later.
        using drawn = std::function<void(const std::variant<std::string, rooms::failure>&)>;
        virtual void export_drawn(const std::string& room, const boards::document_export& what,
                                  const boards::participant_id& by, drawn done) = 0;
        virtual void upload(const std::string& room, const boards::upload_wish& what) = 0;
        virtual void make_export(const std::string& room, const boards::export_wish& what) = 0;
        virtual void end(const std::string& room, boards::document_number which) = 0;
        /// Into boards that nobody has used yet: a page that welcomes.
        virtual void welcome(boards::whiteboard& in, const rooms::moment& at, boards::outputs& out) = 0;
        /// After boards were loaded.
        virtual void loaded(const std::string& room) = 0;
        /// The meeting is over, and its boards are empty.
        virtual void forgotten(const std::string& room) = 0;
        /// Whether a picture may be put onto the room's boards.
        [[nodiscard]] virtual bool has_asset(const std::string& room, const std::string& asset) const = 0;

    protected:
        ~files() = default;
    };

    struct environment {
        net::event_loop& loop;
        store::room_store& store;
        /// Null: the connection is gone. Looked at at once.
        std::function<const net::websocket*(boards::connection_id)> socket_of;
        /// A token for paths of that room.
        std::function<std::string(const std::string& room, const boards::participant_id&)> token{};
    };
    explicit board_host(environment around);
    ~board_host();
    board_host(const board_host&) = delete;
    board_host& operator=(const board_host&) = delete;

    /// Before anybody comes. None: no files, only pages that are drawn on.
    void set_files(files* of) noexcept { files_ = of; }
    /// `then` at once or later, with nothing where there are no files.
    void fetch_pictures(const std::string& room, const boards::place& of,
                        std::function<void(const files::pictures&)> then);
    /// As `files::export_drawn`, when the boards are loaded.
    void export_drawn(const std::string& room, const boards::document_export& what, files::drawn done);

    // From people's connections, in the order in which things happened there.
    void take(const std::string& room, boards::connection_id from, const boards::person& who,
              const boards::request& asked);
    /// False: not to be read, or not his to send; count it with the bad requests.
    bool take_frame(const std::string& room, boards::connection_id from, const boards::person& who,
                    bytes message);
    /// The connection is gone, or its person is not in any more.
    void closed(const std::string& room, boards::connection_id which);
    /// His role or name has changed.
    void changed(const std::string& room, const boards::person& who);
    /// The meeting is over: nothing is left on the boards.
    void forget(const std::string& room);

    // From programs and the documents' side.
    using work = std::function<void(boards::whiteboard&, const rooms::moment&, boards::outputs&)>;
    using kept = std::function<void(bool saved)>;
    /// Runs `what` with that room's boards, loaded where they were not; then the turn is finished, and `then`
    /// called when what it changed is kept.
    void with_board(const std::string& room, work what, kept then = {});
    /// Nothing where they are not in memory.
    void look_at(const std::string& room, const std::function<void(const boards::whiteboard&)>& look);
    /// What a wish was waiting for. Nothing happens for a connection that is gone.
    void answer(const std::string& room, boards::connection_id to, std::uint64_t request,
                boards::message_body what);

    void set_saving(bool works);

    [[nodiscard]] board_counters count() const;
    void write_metrics(metrics::text_writer& to) const;

    /// What waits for a connection before pointers and views are left out for it.
    static constexpr std::size_t loose_bytes_max = 64 * 1024;
    [[nodiscard]] static std::string stored_as(const std::string& room) { return room + "//boards"; }

private:
    struct place;

    [[nodiscard]] place* find(const std::string& room) noexcept;
    [[nodiscard]] place& enter(const std::string& room);
    void loaded(const std::string& room, const result<std::vector<rooms::record>>& records);
    void when_loaded(place& in, std::function<void(place&)> what);
    void finish_turn(place& in, kept then = {});
    void release(const std::string& room);
    void put_away(const std::string& room);
    void ring(const std::string& room);
    void tell(place& in, const boards::outgoing& what);
    void tell_failed(boards::outgoing& what);
    void count_verdict(std::string_view frame);
    void act(const std::string& room, const boards::wish& what);

    environment around_;
    files* files_ = nullptr;
    room_deadlines deadlines_;
    std::map<std::string, std::unique_ptr<place>, std::less<>> places_;
    bool saving_ = true;
    boards::outputs out_;
    board_counters count_;
    /// What posted callbacks look at: this object may be gone when they run.
    std::shared_ptr<board_host*> self_ = std::make_shared<board_host*>(this);
};

}  // namespace conf::host

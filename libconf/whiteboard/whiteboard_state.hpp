/// What a whiteboard is made of; its functions stand in the sources by theme: requests, documents, changes,
/// live strokes, sending, records.
#pragma once

#include "libconf/base/token_bucket.hpp"
#include "libconf/whiteboard/frames.hpp"
#include "libconf/whiteboard/page.hpp"
#include "libconf/whiteboard/permissions.hpp"
#include "libconf/whiteboard/undo_book.hpp"
#include "libconf/whiteboard/whiteboard.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::boards {

struct whiteboard::state {
    explicit state(settings with);

    /// Somebody's connection, from `board.open` to its end.
    struct seat {
        connection_id id = 0;
        person who{};
        std::optional<place> looks{};
        pointer_frame pointer{};
        token_bucket requests{};
        token_bucket changes{};
        token_bucket strokes{};
        token_bucket pointers{};
    };

    /// Who has drawn, or only pointed: the latter are not kept.
    struct author_entry {
        author_info info{};
        std::uint64_t last_number = 0;  ///< of his changes
        bool kept = false;
    };

    /// A stroke in progress.
    struct live_stroke {
        author_number by = 0;
        person who{};
        live_begin_frame begun{};  ///< without its points
        bool pressed = false;
        std::string coded{};  ///< all points so far, without their count
        point_coder coder{};

        [[nodiscard]] std::string points() const;
    };
    using live_key = std::pair<connection_id, std::uint64_t>;

    /// Who looks at a page, and what waits to be sent to them.
    struct channel {
        audience receivers{};  ///< null: to be made anew
        batch_writer batch{};
        std::optional<instant> batch_due{};
        std::set<connection_id> moved{};  ///< whose pointers
        std::optional<instant> pointers_due{};
    };

    /// One call from outside.
    struct turn {
        moment at;
        outputs& out;
    };
    /// One request: whose, and what it is answered with.
    struct caller {
        turn in;
        seat& from;
        std::uint64_t request = 0;
    };
    /// Nothing: answered.
    using outcome = std::optional<failure>;

    // whiteboard.cpp: requests in, answers out.
    [[nodiscard]] outcome check(const seat* from, const person& who, const request_body& what, instant now);
    outcome open(connection_id from, const person& who, std::uint64_t request, turn in);
    outcome on(const caller& as, const board_open& what);
    outcome on(const caller& as, const board_close& what);
    outcome on(const caller& as, const board_look& what);
    outcome on(const caller& as, const board_stage& what);
    outcome on(const caller& as, const board_rules& what);
    outcome on(const caller& as, const board_writer& what);
    outcome on(const caller& as, const board_lock& what);
    void close(seat& which, turn in);
    void stage_page(place where, std::optional<participant_id> leader, turn in);
    /// At the end of each call: what has changed is kept.
    void flush(outputs& out);
    [[nodiscard]] circumstances circumstances_of(const person& who, const page* on, const shape* about) const;

    // whiteboard_documents.cpp
    outcome on(const caller& as, const page_add& what);
    outcome on(const caller& as, const page_remove& what);
    outcome on(const caller& as, const page_move& what);
    outcome on(const caller& as, const document_add& what);
    outcome on(const caller& as, const document_upload& what);
    outcome on(const caller& as, const document_cancel& what);
    outcome on(const caller& as, const document_title& what);
    outcome on(const caller& as, const document_downloadable& what);
    outcome on(const caller& as, const document_move& what);
    outcome on(const caller& as, const document_remove& what);
    outcome on(const caller& as, const document_export& what);
    [[nodiscard]] document_info* find_document(document_number which) noexcept;
    [[nodiscard]] page_info* find_page_info(place where) noexcept;
    [[nodiscard]] outcome check_place(place where);
    document_info* make_document(document_kind kind, std::string title, std::optional<participant_id> owner,
                                 turn in);
    page_info make_page(document_info& in_which, std::uint32_t width, std::uint32_t height);
    void remove_document(document_number which, turn in);
    void forget_page(place where, turn in);
    /// What was staged is gone: its neighbour is, or another document's first page, or nothing.
    void restage(std::optional<place> instead, turn in);

    // whiteboard_changes.cpp
    outcome on(const caller& as, const board_clear& what);
    outcome on(const caller& as, const board_undo& what);
    outcome on(const caller& as, const board_redo& what);
    outcome on(const caller& as, const board_import& what);
    void handle_change(seat& from, change_frame& what, turn in);
    void refuse_change(const seat& from, const change_frame& what, discard_reason why, turn in);
    void drop_strokes(const seat& from, const std::vector<op>& ops, turn in);
    void answer_change(const seat& to, change_verdict what, turn in);
    /// Nothing: it can not be done on this page at all.
    [[nodiscard]] discard_reason find_fault(const page& on, const change_frame& what) const;
    /// Decides on one op and does it: on what it became. Nothing: left out, for `why`.
    [[nodiscard]] std::optional<op> resolve(const person* who, author_number by, const page& on, op what,
                                            discard_reason& why) const;
    [[nodiscard]] std::optional<op> resolve_put(const person* who, const page& on, op what,
                                                discard_reason& why) const;
    [[nodiscard]] std::optional<op> resolve_patch(const person* who, author_number by, const page& on,
                                                  op what, discard_reason& why) const;
    [[nodiscard]] discard_reason refusal(const person* who, act what, const page& on, const shape* about,
                                         author_number by) const;
    /// A change in the making: ops are done as they are decided, and told and kept together.
    struct draft {
        committed change{};
        std::vector<undo_item> items{};
    };
    [[nodiscard]] draft begin(author_number by, place where, cause why, wall_time at) const;
    static void apply(page& on, draft& to, op what);
    void commit(draft made, connection_id but, turn in);
    void end_strokes(const committed& change, turn in);
    void rebalance(page& on, turn in);
    std::size_t take_back(seat& from, undo_side side, place where, turn in);
    std::size_t remove_all(draft& to, page& on, const person& who, std::optional<author_number> whose);

    // whiteboard_live.cpp
    bool on_frame(seat& from, change_frame& what, turn in);
    bool on_frame(seat& from, live_begin_frame& what, turn in);
    bool on_frame(seat& from, live_points_frame& what, turn in);
    bool on_frame(seat& from, live_end_frame& what, turn in);
    bool on_frame(seat& from, pointer_frame& what, turn in);
    bool on_frame(seat& from, view_frame& what, turn in);
    bool on_frame(seat& from, bad_change_frame& what, turn in);
    using live_place = std::map<live_key, live_stroke>::iterator;
    /// It becomes a shape as far as it came.
    void finish(live_place which, turn in);
    void drop(live_place which, turn in);
    void finish_where(connection_id whose, turn in);
    /// Those whose right has ended.
    void finish_forbidden(turn in);
    [[nodiscard]] std::size_t pens_on(place where) const;
    void send_live(place where, connection_id but, std::string frame, turn in);
    void show_live(const seat& to, place where, turn in);

    // whiteboard_sending.cpp
    void tell(connection_id to, message_body what, std::optional<std::uint64_t> request, turn in);
    static outcome answer(const caller& to, message_body what);
    void tell_open(message_body what, turn in, lane by = lane::kept);
    void send(place where, connection_id but, lane by, shared_frame what, turn in);
    void send_to(connection_id to, lane by, std::string frame, turn in) const;
    void record(std::variant<message, shared_frame> what, turn in) const;
    [[nodiscard]] channel& channel_of(place where) { return channels[where]; }
    [[nodiscard]] audience receivers_of(place where);
    void look_away(seat& who, turn in);
    void flush_batch(place where, channel& which, turn in);
    void flush_pointers(place where, channel& which, turn in);
    void touch_pointer(seat& whose, turn in);
    [[nodiscard]] author_entry& author_of(const person& who, turn in);
    void forget_author();
    [[nodiscard]] author_entry* find_author(const participant_id& who);

    // whiteboard_records.cpp
    [[nodiscard]] std::string encode_meta() const;
    bool read_meta(std::string_view value);
    [[nodiscard]] std::string encode_document(const document_info& what) const;
    bool read_document(document_number number, std::string_view value);
    [[nodiscard]] static std::string encode_author(const author_entry& what);
    bool read_author(author_number number, std::string_view value);
    bool read_bucket(std::string_view key, std::string_view value);
    bool read_undo(std::string_view key, std::string_view value);
    bool read_log(std::string_view value);
    /// What was changed is kept whole, and the log ends.
    void compact(outputs& out);
    void take_out_of_store(const page& which, outputs& out);
    [[nodiscard]] bool compaction_due() const noexcept {
        return log_bytes > options.log_bytes || log_keys.size() > options.log_records;
    }

    [[nodiscard]] page* find_page(place where) noexcept {
        const auto found = pages.find(where);
        return found == pages.end() ? nullptr : &found->second;
    }

    settings options;
    bool saves = true;

    std::vector<document_info> documents;
    std::map<document_number, page_number> next_pages;
    document_number next_document = 1;
    std::map<place, page> pages;
    undo_book undo;
    sequence last = 0;
    stage_info stage;
    rules_info rules;
    std::map<author_number, author_entry> authors;
    std::map<participant_id, author_number> author_numbers;
    author_number next_author = 1;

    std::map<connection_id, seat> links;
    audience open_links;  // null: to be made anew
    std::map<place, channel> channels;
    std::map<live_key, live_stroke> strokes;

    // What the next flush keeps.
    std::string log_now;  // changes of this turn
    sequence log_first = 0;
    std::set<document_number> touched_documents;
    std::set<author_number> touched_authors;
    bool touched_meta = false;

    // What is in the store.
    std::vector<std::string> log_keys;
    std::size_t log_bytes = 0;
    sequence kept_whole = 0;  // changes up to it are in buckets
    /// The undo book's next serial as of then: the log goes on from it when it is read.
    std::uint64_t kept_serial = 1;
};

}  // namespace conf::boards

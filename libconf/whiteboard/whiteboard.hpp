/// All boards and documents of one room: what is on them, who may draw, and what everybody is told.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/whiteboard/outputs.hpp"
#include "libconf/whiteboard/requests.hpp"
#include "libconf/whiteboard/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace conf::boards {

class page;

/// The rules of libconf/whiteboard/PROTOCOL.md without sockets, JSON, clock or store. Every request gets
/// exactly one answer (those in `outputs::wishes` get theirs from the host), every change one verdict.
/// Deterministic: the same calls give the same bytes. Belongs to its owner.
class whiteboard {
public:
    explicit whiteboard(settings with);
    ~whiteboard();
    whiteboard(whiteboard&&) noexcept;
    whiteboard& operator=(whiteboard&&) noexcept;

    /// What was kept, in any order, into a new one; other records than those of boards are left alone. The
    /// number of records that can not be read is the answer.
    std::size_t restore(std::span<const rooms::record> kept);
    void change(settings with);
    /// While the store does not work, what would have to be kept gets `not_saved`.
    void set_saving(bool works) noexcept;

    // From the connection of somebody who is in the room. False: count it with the bad requests.
    bool handle(connection_id from, const person& who, const request& asked, moment at, outputs& out);
    /// A binary message.
    bool handle_frame(connection_id from, const person& who, bytes message, moment at, outputs& out);
    /// The connection is gone, or its person is not in any more.
    void handle_closed(connection_id from, moment at, outputs& out);
    /// His role or name has changed, or what he may do by a list.
    void handle_person(const person& who, moment at, outputs& out);
    void handle_timeout(moment at, outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const;

    // From the documents' side. Unknown numbers do nothing: the document was removed meanwhile.
    /// Nothing: there are too many. `pages` of a file come later.
    std::optional<document_number> add_document(document_kind kind, std::string title,
                                                std::optional<participant_id> owner, moment at, outputs& out);
    void set_state(document_number which, document_state becomes, std::optional<progress> done, moment at,
                   outputs& out);
    void set_failed(document_number which, document_error why, moment at, outputs& out);
    /// All pages of a file, once, when their number and sizes are known; the page at place n is number n + 1.
    /// `shows`: where nothing is staged yet, the first of them is.
    void set_pages(document_number which, const std::vector<page_info>& pages, moment at, outputs& out,
                   bool shows = true);
    /// One page of a file, by its place from 0; its number and lock stay.
    void set_page(document_number which, std::size_t index, page_info page, moment at, outputs& out);
    void set_downloadable(document_number which, bool on, moment at, outputs& out);
    void remove_document(document_number which, moment at, outputs& out);
    /// Of the program: stages a page without a leader.
    void stage(place where, moment at, outputs& out);

    /// Everything goes: the meeting is over. Documents of `kind` file are named in `wishes`.
    void forget(moment at, outputs& out);
    /// Ops of a program, by author 0 and without rights; false: no such page, or against the tables.
    bool draw(place where, bytes ops, moment at, outputs& out);

    // To read. References are good until the next call that changes something.
    [[nodiscard]] const std::vector<document_info>& documents() const noexcept;
    [[nodiscard]] const document_info* find_document(document_number which) const noexcept;
    /// Null: there is no such page.
    [[nodiscard]] const page* find_page(place where) const noexcept;
    [[nodiscard]] const stage_info& staged() const noexcept;
    [[nodiscard]] const rules_info& rules() const noexcept;
    [[nodiscard]] std::vector<author_info> authors() const;
    [[nodiscard]] sequence last_sequence() const noexcept;
    /// Whether an image may show it.
    [[nodiscard]] bool has_asset(const std::string& name) const;
    /// Nothing was ever drawn or added: there is nothing to keep.
    [[nodiscard]] bool untouched() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace conf::boards

/// The inside of a document: store, lists, the running transaction, what waits. Everything of this module
/// that changes a document goes through here; users of the module see document.hpp.
#pragma once

#include "libconf/crdt/document_options.hpp"
#include "libconf/crdt/item.hpp"
#include "libconf/crdt/list_index.hpp"
#include "libconf/crdt/state.hpp"
#include "libconf/crdt/struct_list.hpp"
#include "libconf/crdt/update.hpp"

#include "libconf/base/flat_map.hpp"
#include "libconf/base/hash.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace conf::crdt {

class undo_manager;

/// A struct whose neighbours or predecessors have not arrived, with the bytes that it points into. It lives
/// in a node of a map, so that the views hold.
struct pending_struct {
    parsed_struct of;
    std::string bytes;
};

/// By first clock.
using pending_structs = std::map<std::uint32_t, pending_struct>;

/// All that the document knows of one client.
struct client_record {
    client_id id = 0;
    std::uint32_t state = 0;  ///< its next clock
    struct_list structs;

    // The running transaction.
    std::uint32_t state_before = 0;
    bool is_touched = false;

    // What waits: structs by their first clock, and the one unit that the first of them lacks.
    pending_structs pending;
    unit_ref lacks;
    /// Clocks of this client and the other clients whose first pending struct lacks them; a heap with the
    /// lowest on top, in which some are out of date.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> waiting_here;
    std::map<std::uint32_t, std::uint32_t> pending_deletes;  ///< first clock and end; none touches another
    std::uint32_t block_in_update = 0;  ///< of the update that is applied, plus one; 0: none
};

/// For the table of clients.
[[nodiscard]] constexpr std::uint64_t hash_of(client_id client) noexcept {
    return mix(client, 0x9E37'79B9'7F4A'7C15);
}

/// Units that a transaction deleted.
struct deleted_run {
    unit_ref first;
    std::uint32_t length = 0;
};

/// Memory that one applied update leaves to the next one.
struct integration_room {
    struct block_cursor {
        std::size_t next = 0;
        bool is_on_stack = false;
        bool is_done = false;
    };

    std::vector<block_cursor> cursors;
    std::vector<std::size_t> stack;
    std::vector<std::pair<std::size_t, std::size_t>>
        blocked;                          ///< block and its first struct that is not ready
    std::vector<std::uint32_t> advanced;  ///< clients that got structs others may wait for
    std::vector<pending_structs::node_type> spare;
};

/// One change of the document, from its first edit to its end.
struct transaction {
    bool is_open = false;
    bool is_local = true;
    std::uint64_t origin = 0;
    std::vector<std::uint32_t> touched;  ///< clients with new structs
    std::vector<deleted_run> deleted;
    std::vector<unit_ref> to_join;  ///< first units of what was split off
    std::vector<branch*> changed;   ///< types that were there before

    // What it made beside structs, to be taken back with them.
    std::size_t clients_before = 0;
    std::size_t roots_before = 0;
    std::vector<const std::string*> keys;
};

class engine {
public:
    explicit engine(document_options chosen);
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    // Clients.
    [[nodiscard]] std::uint32_t client_at(client_id client);                   ///< made when it is new
    [[nodiscard]] std::uint32_t find_client(client_id client) const noexcept;  ///< or `unit_ref::none`
    [[nodiscard]] client_record& record(std::uint32_t at) noexcept { return *clients[at]; }
    [[nodiscard]] const client_record& record(std::uint32_t at) const noexcept { return *clients[at]; }
    [[nodiscard]] bool is_known(unit_ref unit) const noexcept {
        return unit.clock < clients[unit.client]->state;
    }
    [[nodiscard]] id wire_id(unit_ref unit) const noexcept { return {clients[unit.client]->id, unit.clock}; }
    /// The unit, or none where the client or the clock is unknown.
    [[nodiscard]] unit_ref known(const id& unit) const noexcept;

    // Structs.
    [[nodiscard]] item* find(unit_ref unit) const noexcept;  ///< precondition: known
    [[nodiscard]] item* clean_start(
        unit_ref unit);  ///< the item that begins there, split off where it must be
    [[nodiscard]] item* clean_end(unit_ref unit);
    /// @return the right part; `where`, at first the place of the item, is the right part's.
    item* split(item* of, std::uint32_t offset, struct_list::place& where);
    [[nodiscard]] const std::string* intern(std::string_view key);

    // Types.
    [[nodiscard]] branch* root(std::string_view name);
    [[nodiscard]] branch* find_root(std::string_view name) const noexcept;
    [[nodiscard]] branch* make_branch(type_kind kind, std::string_view name);

    // Transactions.
    void begin(std::uint64_t origin, bool is_local);
    /// Ends it: collects, joins. @return the update of what changed, if wanted; empty when nothing did.
    std::vector<std::byte> commit(bool wants_update);
    void touch(client_record& of);
    void mark_changed(branch* type);
    void mark_deleted(const item* gone);
    void delete_item(item* first);

    // Local edits.
    /// Makes an item of ours between its neighbours and integrates it.
    item* insert(item* left, item* right, branch* parent, const std::string* key, content_kind kind,
                 std::uint32_t length, std::string_view body, branch* type = nullptr);

    /// Applies a parsed update whole, in a transaction of its own, or not at all.
    [[nodiscard]] result<std::vector<std::byte>> apply(const update& from, std::uint64_t origin,
                                                       bool wants_update);

    /// Links an item whose neighbours and parent are set where YATA puts it, and adds it to the store.
    /// @return nothing, or the limit that it is over; then it is not linked.
    [[nodiscard]] std::optional<crdt_errc> link(item* added);
    /// What is known of a client ends behind `added` now.
    void append(item* added);
    void delete_range(client_record& of, std::uint32_t from, std::uint32_t to);
    /// Undoes what the open transaction did so far, but for what it deleted by `delete_range`.
    void roll_back();

    // Undo: which id took an item's place.
    std::unordered_map<std::uint64_t, unit_ref> redone;
    [[nodiscard]] unit_ref redone_as(const item* of) const noexcept;
    void set_redone(item* of, unit_ref as);

    // Encoding.
    [[nodiscard]] state_vector states() const;
    [[nodiscard]] delete_set all_deleted() const;
    [[nodiscard]] std::vector<std::byte> encode(const state_vector& known) const;
    [[nodiscard]] std::vector<std::byte> encode_integrated(const state_vector& known) const;
    [[nodiscard]] std::vector<std::byte> encode_pending(const state_vector& known) const;
    void write_item(wire_writer& to, const item* from, std::uint32_t offset) const;
    /// One client's structs from a clock on that it has.
    void write_block(wire_writer& to, const client_record& of, std::uint32_t from) const;

    document_options options;
    std::uint32_t self = 0;      ///< the place of our own client id
    bool self_is_taken = false;  ///< structs under it came from outside
    std::vector<std::unique_ptr<client_record>> clients;
    mutable flat_map<client_id, std::uint32_t> client_places;
    item_pool items;
    list_index index;
    std::unordered_set<std::string> keys;
    std::vector<std::pair<const std::string*, branch*>> roots;  ///< in the order in which they were named
    std::unordered_map<std::string_view, branch*> root_places;
    std::unordered_set<branch*> branches;
    transaction now;
    std::vector<undo_manager*> undo_managers;
    std::size_t pending_count = 0;
    std::size_t content_bytes = 0;
    std::size_t pending_bytes = 0;
    std::uint64_t version = 0;         ///< transactions that changed something
    std::uint64_t conflict_steps = 0;  ///< of the update that is applied
    update scratch;                    ///< its memory is used for one update after the other
    integration_room room;

private:
    [[nodiscard]] std::optional<crdt_errc> find_place(item* added);
    void unlink(item* gone);
    bool join_with_left(client_record& of, struct_list::place& where);
    std::uint32_t join_with_lefts(client_record& of, struct_list::place& where);
    void join_around_deleted();
    void join_new();
    void join_split();
    void collect_deleted();
    void collect(item* of, bool parent_too);
    void forget(branch* type);
    [[nodiscard]] std::vector<std::byte> encode_change() const;
    void end();

    void forget_new_names();

    std::vector<const item*> scanned_;  // of the conflict scan that runs

    // What was asked for last.
    mutable std::uint32_t last_client_ = 0;
    const std::string* last_key_ = nullptr;
    branch* last_root_ = nullptr;
};

/// Sorts by client and clock, joins what touches.
void normalise(std::vector<deleted_run>& runs);

}  // namespace conf::crdt

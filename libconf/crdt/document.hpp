/// A shared document: applies updates of others, makes local edits, and says what others lack.
#pragma once

#include "libconf/crdt/document_options.hpp"
#include "libconf/crdt/state.hpp"
#include "libconf/crdt/types.hpp"
#include "libconf/crdt/update.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::crdt {

class engine;

/// Which transaction it was, for undo: zero for none in particular. A number that the caller gives.
using edit_origin = std::uint64_t;

/// A document that exchanges bytes with yjs 13 (update format 1). Any order of delivery gives the same
/// document; what arrives before what it refers to waits.
///
///     crdt::document pad({.client = random_id});
///     if (auto done = pad.apply(received); !done) return refuse(done.error());   // unchanged then
///     auto update = pad.transact([&] { pad.get_text("t").insert(0, "hello").value(); });
///     send(update);
///
/// Belongs to its owner; no thread safety. Moving it leaves handles valid.
class document {
public:
    explicit document(document_options options = {});
    document(document&&) noexcept;
    document& operator=(document&&) noexcept;
    ~document();

    [[nodiscard]] client_id client() const noexcept;
    /// Structs under our own id came from outside: somebody else uses it, and `set_client` is due.
    [[nodiscard]] bool client_is_taken() const noexcept;
    /// Local edits go under another id from here on.
    void set_client(client_id client);

    // What others send. Every error of `crdt_errc` that an update can have; the document is unchanged then.

    result<void> apply(bytes update, edit_origin from = 0);
    result<void> apply(const update& parsed, edit_origin from = 0);
    /// Format 2.
    result<void> apply_v2(bytes update, edit_origin from = 0);
    /// The same, and what changed as one update: with what waited until now, without what was known; empty
    /// where nothing changed.
    result<std::vector<std::byte>> apply_and_encode(const update& parsed, edit_origin from = 0);

    // What others get.

    /// All that somebody with that state vector lacks: the answer to a sync step 1, and with none what is
    /// stored. What waits is in it.
    [[nodiscard]] std::vector<std::byte> encode_state(const state_vector& known = {}) const;
    /// The same without what waits: for a server that vouches for what it passes on.
    [[nodiscard]] std::vector<std::byte> encode_integrated(const state_vector& known = {}) const;
    [[nodiscard]] state_vector states() const;
    [[nodiscard]] delete_set deleted() const;
    [[nodiscard]] snapshot take_snapshot() const;

    /// Something waits for what has not arrived: the document is not in sync, and a sync step 1 is due.
    [[nodiscard]] bool has_pending() const noexcept;
    [[nodiscard]] std::size_t pending_bytes() const noexcept;
    /// What the waiting structs lack: clients and their lowest missing clocks.
    [[nodiscard]] state_vector missing() const;

    // Local edits.

    /// Runs `edit()` as one transaction. @return its update for the others, empty where nothing changed.
    template <class Edit>
    std::vector<std::byte> transact(Edit&& edit, edit_origin from = 0) {
        begin(from);
        std::forward<Edit>(edit)();
        return commit();
    }
    /// The same in two calls. Transactions do not nest.
    void begin(edit_origin from = 0);
    std::vector<std::byte> commit();

    // Types at the root; made when they are not there, and the kind is remembered.

    text get_text(std::string_view name);
    array get_array(std::string_view name);
    map get_map(std::string_view name);
    xml get_xml(std::string_view name);
    /// Roots that an update or a call has named.
    [[nodiscard]] std::vector<shared_type> roots() const;
    [[nodiscard]] std::optional<shared_type> find_root(std::string_view name) const;

    // What it costs.

    /// Grows with each transaction that changes something.
    [[nodiscard]] std::uint64_t version() const noexcept;
    [[nodiscard]] std::size_t structs() const noexcept;
    [[nodiscard]] std::size_t clients() const noexcept;
    /// Of text and values that are there; what is deleted counts until it is collected.
    [[nodiscard]] std::size_t content_bytes() const noexcept;
    /// All memory of the document but what malloc adds, by walking over it.
    [[nodiscard]] std::size_t memory_bytes() const;

    [[nodiscard]] engine& inside() const noexcept { return *engine_; }

private:
    std::unique_ptr<engine> engine_;
};

/// Format 2 as format 1. Errors: `bad_encoding` and those of reading numbers and texts; what the update says
/// is checked when the result is parsed.
[[nodiscard]] result<std::vector<std::byte>> to_v1(bytes update_v2, const limits& within = {});

}  // namespace conf::crdt

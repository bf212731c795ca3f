/// One shared text: its document, who has it open, who wrote what, and what is kept of it.
#pragma once

#include "libconf/crdt/document.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/pad/authors.hpp"
#include "libconf/pad/awareness.hpp"
#include "libconf/pad/history.hpp"
#include "libconf/pad/limits.hpp"
#include "libconf/pad/outputs.hpp"
#include "libconf/pad/rich_text.hpp"

#include <conf/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace conf::pads {

enum class right : std::uint8_t { read = 1, write = 2, manage = 3 };

/// Who comes to a pad, as his token says.
struct visitor {
    std::string person;  ///< only compared; empty: a guest, and all guests are one
    std::string name;    ///< empty: he says it himself
    right may = right::read;
};

/// Who of those with the right to write may do so now.
struct rules {
    bool locked = false;           ///< only who manages
    std::set<std::string> barred;  ///< persons; not who manages

    friend bool operator==(const rules&, const rules&) = default;
};

/// The server's side of y-websocket for one document (crdt-pad: sync, awareness), without sockets or store.
/// Updates gather for `gather_time`, become one record and one message, and go to everybody, their senders
/// too, who so learn that they are kept. Belongs to its owner.
class pad {
public:
    /// `key` makes the client ids of the server's own edits; a new one each time.
    pad(limits within, const crypto::random_key& key);
    ~pad();
    pad(const pad&) = delete;
    pad& operator=(const pad&) = delete;

    /// What was kept, in any order, into a new pad. @return how many records could not be read; they are left
    /// out, and stay in the store.
    std::size_t restore(std::span<const record> kept);

    void handle_opened(connection_id who, const visitor& is, const moment& at, outputs& out);
    /// One binary WebSocket message. Of unknown connections it is ignored.
    void handle(connection_id from, bytes frame, const moment& at, outputs& out);
    void handle_closed(connection_id who, const moment& at, outputs& out);
    void handle_timeout(const moment& at, outputs& out);
    [[nodiscard]] std::optional<instant> deadline() const;
    /// What gathered does not wait any longer; what is being written becomes a version.
    void flush_now(const moment& at, outputs& out);
    /// Who loses or gets the right to write by it is told.
    void change_rules(rules now, outputs& out);
    /// Of somebody whose role has changed: for his connections that there are.
    void change_right(std::string_view person, right may, outputs& out);
    /// His token is good no more, or he was sent away.
    void dismiss(std::string_view person, outputs& out);
    void dismiss_all(std::uint16_t code, std::string_view reason, outputs& out);

    // Edits of somebody who is not connected: by HTTP, or by the program. `pad_errc::locked`, `read_only`,
    // `full`, `too_large`, or what is wrong with the update.
    result<void> replace(const visitor& by, const node& text, const moment& at, outputs& out);
    result<void> append(const visitor& by, const node& text, const moment& at, outputs& out);
    result<void> apply(const visitor& by, bytes update, const moment& at, outputs& out);
    /// The version's text in the place of the present one, as an edit like any other. `unknown_version`.
    result<void> restore_version(const visitor& by, std::uint64_t number, const moment& at, outputs& out);

    [[nodiscard]] node read() const;
    /// The whole document as one update, format v1.
    [[nodiscard]] std::vector<std::byte> update() const;
    /// One that makes the document of that time out of an empty one. `unknown_version`.
    [[nodiscard]] result<std::vector<std::byte>> version_update(std::uint64_t number) const;
    [[nodiscard]] result<node> read_version(std::uint64_t number) const;
    [[nodiscard]] const pads::history& history() const noexcept { return history_; }
    [[nodiscard]] const author_book& authors() const noexcept { return authors_; }

    [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }
    [[nodiscard]] bool is_full() const noexcept { return connections_.size() >= limits_.connections_max; }
    [[nodiscard]] bool may_write(const visitor& who) const noexcept;
    /// Nothing waits to be kept or passed on.
    [[nodiscard]] bool is_quiet() const noexcept { return gathered_.empty(); }

private:
    struct connection {
        visitor is;
        bool told_denied = false;
        std::uint32_t refusals = 0;
    };
    struct edit {
        std::vector<std::byte> update;
        std::string person;
    };

    void take(connection_id from, const client_message& what, const moment& at, outputs& out);
    void take_update(connection_id from, bytes update, const moment& at, outputs& out);
    std::optional<refusal> try_update(const visitor& by, bytes update, const moment& at, outputs& out);
    result<void> edit_as(const visitor& by, const moment& at, outputs& out,
                         const std::function<bool(crdt::document&)>& what);
    void refuse(connection_id who, refusal why, outputs& out);
    void flush(const moment& at, outputs& out);
    void pass_carets(const moment& at, outputs& out);
    void end_version(outputs& out);
    void compact(outputs& out);
    void send(connection_id to, message what, outputs& out) const;
    void send_all(message what, outputs& out) const;
    void tell_rights(connection_id who, connection& one, outputs& out) const;
    [[nodiscard]] bool fits(const crdt::update& update);
    [[nodiscard]] crdt::document_options options_with(crdt::client_id client, bool collect) const;
    [[nodiscard]] crdt::client_id draw_client();
    [[nodiscard]] crdt::document archive() const;

    limits limits_;
    crypto::keyed_random random_;
    crdt::document document_;
    rules rules_;
    author_book authors_{limits_};
    pads::history history_{limits_};
    awareness awareness_{limits_};
    std::map<connection_id, connection> connections_;

    // What was written and is not kept yet.
    std::vector<edit> gathered_;
    std::optional<instant> flush_at_;
    std::optional<instant> last_flush_;
    std::optional<instant> carets_at_;
    std::optional<instant> last_carets_;

    // What is kept, deleted text too: a whole state, and the updates behind it.
    std::vector<std::byte> archived_;
    std::vector<std::pair<std::uint64_t, std::vector<std::byte>>> log_;
    std::size_t log_bytes_ = 0;
    std::uint64_t next_update_ = 1;
    std::size_t text_bytes_ = 0;  ///< of visible text, at most
    crdt::update parsed_;         ///< its memory is used again
};

}  // namespace conf::pads

/// What the server says about boards and documents by JSON: one struct for each answer and event.
#pragma once

#include "libconf/base/big_variant.hpp"
#include "libconf/room/messages.hpp"
#include "libconf/whiteboard/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace conf::boards {

using rooms::done;
using rooms::failure;

// Answers.
struct opened {
    stage_info stage{};
    rules_info rules{};
    std::vector<document_info> documents{};
    std::vector<author_info> authors{};
    author_number you = 0;
    std::uint64_t last = 0;  ///< the number of one's last change that was decided
    std::string token{};     ///< for paths; the host's

    friend bool operator==(const opened&, const opened&) = default;
};
struct looked {
    sequence at = 0;

    friend bool operator==(const looked&, const looked&) = default;
};
struct cleared {
    std::size_t removed = 0;

    friend bool operator==(const cleared&, const cleared&) = default;
};
struct undone {
    std::size_t changed = 0;

    friend bool operator==(const undone&, const undone&) = default;
};
struct imported {
    std::size_t made = 0;
    std::size_t left_out = 0;

    friend bool operator==(const imported&, const imported&) = default;
};
struct page_made {
    page_number page = 0;

    friend bool operator==(const page_made&, const page_made&) = default;
};
struct document_made {
    document_number document = 0;
    std::optional<std::string> url{};  ///< where an upload goes

    friend bool operator==(const document_made&, const document_made&) = default;
};
struct exported {
    std::string url{};

    friend bool operator==(const exported&, const exported&) = default;
};

// Events.
struct stage_set {
    stage_info stage{};

    friend bool operator==(const stage_set&, const stage_set&) = default;
};
struct rules_set {
    rules_info rules{};

    friend bool operator==(const rules_set&, const rules_set&) = default;
};
struct author_known {
    author_info author{};

    friend bool operator==(const author_known&, const author_known&) = default;
};
struct document_added {
    document_info document{};
    std::optional<document_number> before{};

    friend bool operator==(const document_added&, const document_added&) = default;
};
/// Those fields that changed.
struct document_changed {
    document_number number = 0;
    std::optional<std::string> title{};
    std::optional<bool> downloadable{};
    std::optional<document_state> state{};
    std::optional<progress> done{};
    std::optional<document_error> error{};
    std::optional<std::vector<page_info>> pages{};

    friend bool operator==(const document_changed&, const document_changed&) = default;
};
struct page_changed {
    document_number number = 0;
    page_info page{};

    friend bool operator==(const page_changed&, const page_changed&) = default;
};
struct document_moved {
    document_number number = 0;
    std::optional<document_number> before{};

    friend bool operator==(const document_moved&, const document_moved&) = default;
};
struct document_removed {
    document_number number = 0;

    friend bool operator==(const document_removed&, const document_removed&) = default;
};

using any_message = std::variant<done, failure, opened, looked, cleared, undone, imported, page_made,
                                 document_made, exported, stage_set, rules_set, author_known, document_added,
                                 document_changed, page_changed, document_moved, document_removed>;
using message_body = big_variant<any_message>;

struct message {
    std::optional<std::uint64_t> id{};  ///< the request's that is answered; events have none
    message_body what{};

    friend bool operator==(const message&, const message&) = default;
};

}  // namespace conf::boards

extern template class conf::big_variant<conf::boards::any_message>;

#include "libconf/signalling/codec.hpp"
#include "libconf/signalling/json_writer.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/permissions.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::signalling {
namespace {

// Plain values and lists of them by one name, so that a field is a line.
void put(json_writer& to, std::string_view what) {
    to.value(what);
}
void put(json_writer& to, const std::string& what) {
    to.value(what);
}
void put(json_writer& to, std::same_as<bool> auto what) {
    to.value(what);
}
void put(json_writer& to, std::unsigned_integral auto what)
    requires(!std::same_as<decltype(what), bool>)
{
    to.value(what);
}
void put(json_writer& to, const boards::progress& what);
void put(json_writer& to, const boards::document_error& what);
void put(json_writer& to, const boards::rectangle_seen& what);
void put(json_writer& to, const boards::author_info& what);
void put(json_writer& to, const boards::page_info& what);
void put(json_writer& to, const boards::document_info& what);

template <class T>
void put(json_writer& to, const std::vector<T>& all) {
    to.begin_array();
    for (const auto& one : all) put(to, one);
    to.end_array();
}

template <class T>
void member(json_writer& to, std::string_view name, const T& what) {
    to.name(name);
    put(to, what);
}
template <class T>
void member(json_writer& to, std::string_view name, const std::optional<T>& what) {
    if (what) member(to, name, *what);
}
void member_unless_empty(json_writer& to, std::string_view name, const std::string& what) {
    if (!what.empty()) member(to, name, what);
}

/// Sixteenths as units: exact, four digits at most.
void put_units(json_writer& to, std::int64_t sixteenths) {
    to.value(static_cast<double>(sixteenths) / static_cast<double>(boards::per_unit));
}

void put(json_writer& to, const boards::progress& what) {
    to.begin_object();
    member(to, "done", what.done);
    member(to, "of", what.of);
    to.end_object();
}
void put(json_writer& to, const boards::document_error& what) {
    to.begin_object();
    member(to, "code", what.code);
    member(to, "message", what.text);
    member(to, "page", what.page);
    to.end_object();
}
void put(json_writer& to, const boards::rectangle_seen& what) {
    to.begin_object();
    put_units(to.name("x"), what.x);
    put_units(to.name("y"), what.y);
    put_units(to.name("width"), what.width);
    put_units(to.name("height"), what.height);
    to.end_object();
}
void put(json_writer& to, const boards::author_info& what) {
    to.begin_object();
    member(to, "number", what.number);
    member(to, "id", what.id);
    member(to, "name", what.name);
    to.end_object();
}
void put(json_writer& to, const boards::page_info& what) {
    to.begin_object();
    member(to, "number", what.number);
    member(to, "width", what.width);
    member(to, "height", what.height);
    member(to, "locked", what.locked);
    member_unless_empty(to, "background", what.background);
    member_unless_empty(to, "thumbnail", what.thumbnail);
    member_unless_empty(to, "text", what.text);
    member(to, "ready", what.ready);
    to.end_object();
}
void put(json_writer& to, const boards::document_info& what) {
    to.begin_object();
    member(to, "number", what.number);
    member(to, "kind", name_of(what.kind));
    member(to, "title", what.title);
    member(to, "owner", what.owner);
    member(to, "downloadable", what.downloadable);
    member(to, "state", name_of(what.state));
    member(to, "progress", what.done);
    member(to, "error", what.error);
    member(to, "pages", what.pages);
    to.end_object();
}

void stage_members(json_writer& to, const boards::stage_info& what) {
    if (what.where.page == 0) return;
    member(to, "document", what.where.document);
    member(to, "page", what.where.page);
    member(to, "leader", what.leader);
    member(to, "view", what.view);
}
void rules_members(json_writer& to, const boards::rules_info& what) {
    member(to, "mode", name_of(what.mode));
    member(to, "writers", what.writers);
    member(to, "cursors", what.cursors);
}

// The fields of each message behind its type and id.
void members_of(json_writer&, const boards::done&) {}
void members_of(json_writer& to, const boards::failure& what) {
    member(to, "code", name_of(what.code));
    member(to, "message", what.text);
    member_unless_empty(to, "field", what.field);
    member(to, "retry_after", what.retry_after_seconds);
}
void members_of(json_writer& to, const boards::opened& what) {
    to.name("stage").begin_object();
    stage_members(to, what.stage);
    to.end_object();
    to.name("rules").begin_object();
    rules_members(to, what.rules);
    to.end_object();
    member(to, "documents", what.documents);
    member(to, "authors", what.authors);
    member(to, "you", what.you);
    member(to, "last", what.last);
    member_unless_empty(to, "token", what.token);
    to.name("limits").begin_object();
    member(to, "shapes_per_page", boards::shapes_per_page_max);
    member(to, "pages_per_document", boards::pages_per_document_max);
    member(to, "documents", boards::documents_max);
    member(to, "points_per_stroke", boards::points_per_stroke_max);
    member(to, "change_bytes", boards::change_bytes_max);
    member(to, "ops_per_change", boards::ops_per_change_max);
    member(to, "changes_per_second", boards::changes_per_second);
    member(to, "authors", boards::authors_max);
    member(to, "undo_entries", boards::undo_entries_max);
    to.end_object();
}
void members_of(json_writer& to, const boards::looked& what) {
    member(to, "sequence", what.at);
}
void members_of(json_writer& to, const boards::cleared& what) {
    member(to, "removed", what.removed);
}
void members_of(json_writer& to, const boards::undone& what) {
    member(to, "changed", what.changed);
}
void members_of(json_writer& to, const boards::imported& what) {
    member(to, "made", what.made);
    member(to, "left_out", what.left_out);
}
void members_of(json_writer& to, const boards::page_made& what) {
    member(to, "page", what.page);
}
void members_of(json_writer& to, const boards::document_made& what) {
    member(to, "document", what.document);
    member(to, "url", what.url);
}
void members_of(json_writer& to, const boards::exported& what) {
    member(to, "url", what.url);
}
void members_of(json_writer& to, const boards::stage_set& what) {
    stage_members(to, what.stage);
}
void members_of(json_writer& to, const boards::rules_set& what) {
    rules_members(to, what.rules);
}
void members_of(json_writer& to, const boards::author_known& what) {
    member(to, "number", what.author.number);
    // `id` is the request's in answers; events have none.
    to.name("id").value(what.author.id);
    member(to, "name", what.author.name);
}
void members_of(json_writer& to, const boards::document_added& what) {
    member(to, "document", what.document);
    member(to, "before", what.before);
}
void members_of(json_writer& to, const boards::document_changed& what) {
    member(to, "number", what.number);
    member(to, "title", what.title);
    member(to, "downloadable", what.downloadable);
    if (what.state) member(to, "state", name_of(*what.state));
    member(to, "progress", what.done);
    member(to, "error", what.error);
    member(to, "pages", what.pages);
}
void members_of(json_writer& to, const boards::page_changed& what) {
    member(to, "number", what.number);
    member(to, "page", what.page);
}
void members_of(json_writer& to, const boards::document_moved& what) {
    member(to, "number", what.number);
    member(to, "before", what.before);
}
void members_of(json_writer& to, const boards::document_removed& what) {
    member(to, "number", what.number);
}

/// In the order of `message_body`.
constexpr std::string_view board_types[] = {
    "ok",
    "error",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "board.stage",
    "board.rules",
    "board.author",
    "document.added",
    "document.changed",
    "document.page",
    "document.moved",
    "document.removed",
};
static_assert(std::size(board_types) == std::variant_size_v<boards::any_message>);

// Requests, for native clients and tests.
template <class Request>
void members_of_request(json_writer& to, const Request& what) {
    if constexpr (requires { what.document; }) member(to, "document", what.document);
    if constexpr (requires { what.where; }) {
        member(to, "document", what.where.document);
        if (what.where.page != 0) member(to, "page", what.where.page);
    }
    if constexpr (requires { what.page; }) member(to, "page", what.page);
    if constexpr (requires { what.since; }) member(to, "since", what.since);
    if constexpr (requires { what.before; }) member(to, "before", what.before);
    if constexpr (requires { what.participant; }) member(to, "participant", what.participant);
    if constexpr (requires { what.on; }) member(to, "on", what.on);
    if constexpr (requires { what.cursors; }) member(to, "cursors", what.cursors);
    if constexpr (requires { what.title; }) member(to, "title", what.title);
    if constexpr (requires { what.name; }) member(to, "name", what.name);
    if constexpr (requires { what.bytes; }) member(to, "bytes", what.bytes);
    if constexpr (requires { what.excalidraw; }) member(to, "excalidraw", what.excalidraw);
    if constexpr (requires { what.annotations; }) member(to, "annotations", what.annotations);
    if constexpr (requires { what.own; }) member(to, "own", what.own);
    if constexpr (requires { what.kind; }) member(to, "kind", name_of(what.kind));
    if constexpr (requires { what.format; }) member(to, "format", name_of(what.format));
    if constexpr (requires { what.what; }) member(to, "what", name_of(what.what));
    if constexpr (requires { what.mode; }) {
        if (what.mode) member(to, "mode", name_of(*what.mode));
    }
}

}  // namespace

std::string encode(const boards::message& what) {
    json_writer to;
    to.begin_object();
    to.name("type").value(board_types[what.what.index()]);
    if (what.id) to.name("id").value(*what.id);
    std::visit([&](const auto& body) { members_of(to, body); }, what.what);
    to.end_object();
    return std::move(to).take();
}

std::string encode(const boards::request& what) {
    json_writer to;
    to.begin_object();
    to.name("type").value(rule_of(what.what).type);
    to.name("id").value(what.id);
    std::visit([&](const auto& body) { members_of_request(to, body); }, what.what);
    to.end_object();
    return std::move(to).take();
}

}  // namespace conf::signalling

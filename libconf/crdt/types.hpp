/// Handles on the shared types in a document: text, lists, maps and XML trees. Reading and local edits.
///
/// A handle is a pair of pointers. It is valid as long as its document lives and its type is not deleted, by
/// whomever: a handle on a nested type is taken anew after updates were applied. Handles on roots stay valid.
/// Edits need an open transaction (`document::transact`), else they fail a `check`.
#pragma once

#include "libconf/crdt/content.hpp"
#include "libconf/crdt/delta.hpp"
#include "libconf/crdt/state.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace conf::crdt {

class engine;
struct branch;
class text;
class array;
class map;
class xml;

/// A document inside a document: only its name and options travel; who wants it opens it apart.
struct subdocument {
    std::string guid;
    any options = any::object();
    friend bool operator==(const subdocument&, const subdocument&) = default;
};

/// Any shared type.
class shared_type {
public:
    shared_type(engine& in, branch& of) : engine_(&in), branch_(&of) {}

    [[nodiscard]] type_kind kind() const noexcept;
    /// Of a root its name, of an element its tag, else empty.
    [[nodiscard]] std::string_view name() const noexcept;
    /// The type that it lies in; none for a root.
    [[nodiscard]] std::optional<shared_type> parent() const;
    /// The unit that holds it: who made it, and its name in relative positions. None for a root.
    [[nodiscard]] std::optional<id> holder() const;
    /// Visible units of its list.
    [[nodiscard]] std::uint32_t length() const noexcept;

    // The same type seen as what it is used as; nothing is checked, since a root's kind is what its users
    // make it.
    [[nodiscard]] text as_text() const;
    [[nodiscard]] array as_array() const;
    [[nodiscard]] map as_map() const;
    [[nodiscard]] xml as_xml() const;

    [[nodiscard]] branch& inside() const noexcept { return *branch_; }
    [[nodiscard]] engine& owner() const noexcept { return *engine_; }
    friend bool operator==(const shared_type&, const shared_type&) = default;

protected:
    engine* engine_;
    branch* branch_;
};

/// What a list or a map holds at one place.
using held_value = std::variant<any, shared_type, subdocument>;

/// A run of text of one client with one format, as two moments of the document differ in it.
struct text_run {
    enum class change : std::uint8_t { none, added, removed };

    delta_step step;
    id first;  ///< its first unit: the client is its author
    change what = change::none;
};

/// Text with formats and embedded objects. Positions are UTF-16 units.
class text : public shared_type {
public:
    using shared_type::shared_type;

    /// The text without formats and embedded objects.
    [[nodiscard]] std::string to_string(const snapshot* at = nullptr) const;
    /// Runs of equal format. Neighbours may have equal formats, as with the peers; see `joined`.
    [[nodiscard]] delta to_delta(const snapshot* at = nullptr) const;
    /// What `now` shows and what `before` showed, with who wrote it.
    [[nodiscard]] std::vector<text_run> changes(const snapshot& before, const snapshot& now) const;

    /// The text takes the format of what is left of it. Errors: `out_of_range`, `divides_character`,
    /// `bad_text`.
    result<void> insert(std::uint32_t index, std::string_view added);
    /// With exactly these attributes.
    result<void> insert(std::uint32_t index, std::string_view added, const attributes& format);
    /// Errors: `out_of_range`, `divides_character`.
    result<void> insert_embed(std::uint32_t index, const any& object, const attributes& format = {});
    result<void> erase(std::uint32_t index, std::uint32_t length);
    /// A range that reaches behind the end makes newlines there, as Quill expects it.
    result<void> format(std::uint32_t index, std::uint32_t length, const attributes& change);
    /// All steps or, on an error, those before the bad one.
    result<void> apply(const delta& change);

    // Attributes of the text as a whole.
    [[nodiscard]] std::optional<any> attribute(std::string_view name) const;
    void set_attribute(std::string_view name, const any& value);
    void erase_attribute(std::string_view name);
};

/// Steps that say the same as few as can be: neighbours with equal formats are one.
[[nodiscard]] delta joined(const delta& from);

/// A list of values.
class array : public shared_type {
public:
    using shared_type::shared_type;

    [[nodiscard]] std::vector<held_value> values(const snapshot* at = nullptr) const;
    /// Precondition: `index < length()`.
    [[nodiscard]] held_value get(std::uint32_t index) const;
    /// Errors: `out_of_range`.
    result<void> insert(std::uint32_t index, std::span<const any> added);
    result<void> insert(std::uint32_t index, const subdocument& added);
    result<shared_type> insert_type(std::uint32_t index, type_kind kind, std::string_view name = {});
    result<void> erase(std::uint32_t index, std::uint32_t length);
    /// Behind everything, deleted or not.
    void push(std::span<const any> added);
};

/// Values by key.
class map : public shared_type {
public:
    using shared_type::shared_type;

    [[nodiscard]] std::optional<held_value> get(std::string_view key, const snapshot* at = nullptr) const;
    /// In the order in which the keys came to this document.
    [[nodiscard]] std::vector<std::pair<std::string, held_value>> entries(const snapshot* at = nullptr) const;
    void set(std::string_view key, const any& value);
    void set(std::string_view key, const subdocument& value);
    shared_type set_type(std::string_view key, type_kind kind, std::string_view name = {});
    void erase(std::string_view key);
};

/// A fragment or an element: children in a list, attributes in a map. Children are elements, fragments and
/// texts
/// (`xml_text`); what a node of ProseMirror is, is an element, and its inline text one `xml_text` with marks
/// as formats.
class xml : public shared_type {
public:
    using shared_type::shared_type;

    [[nodiscard]] std::vector<shared_type> children(const snapshot* at = nullptr) const;
    [[nodiscard]] std::optional<any> attribute(std::string_view name, const snapshot* at = nullptr) const;
    [[nodiscard]] any::object attributes(const snapshot* at = nullptr) const;

    /// Errors: `out_of_range`.
    result<xml> insert_element(std::uint32_t index, std::string_view tag);
    result<text> insert_text(std::uint32_t index);
    result<void> erase(std::uint32_t index, std::uint32_t length);
    void set_attribute(std::string_view name, const any& value);
    void erase_attribute(std::string_view name);

    /// As the peers' toString: tags in lower case, attributes sorted, formats of text as elements; nothing is
    /// escaped, so it is for tests and logs, never for a page.
    [[nodiscard]] std::string to_string() const;
};

/// A value as JSON would show it: types as what they hold.
[[nodiscard]] any to_any(const held_value& from);
[[nodiscard]] any to_any(const shared_type& from);

}  // namespace conf::crdt

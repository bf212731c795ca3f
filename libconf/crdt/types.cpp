// Lists, maps and XML trees: reading them, now or at a snapshot, and editing them.
#include "libconf/crdt/types.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/visible.hpp"

#include <algorithm>
#include <type_traits>

namespace conf::crdt {
namespace {

subdocument read_document(std::string_view body) {
    wire_reader from(as_bytes(body));
    subdocument made;
    made.guid = from.var_string();
    made.options = read_any(from);
    return made;
}

/// Values of an item between two units of it.
template <class Visit>
void each_value(engine& in, const item& of, std::uint32_t from, std::uint32_t to, Visit&& visit) {
    const auto body = of.body.view();
    switch (of.kind) {
        case content_kind::any: {
            wire_reader values(as_bytes(body));
            for (std::uint32_t i = 0; i < from; ++i) skip_any(values);
            for (auto i = from; i < to; ++i) visit(held_value(read_any(values)));
            return;
        }
        case content_kind::json: {
            wire_reader values(as_bytes(body));
            for (std::uint32_t i = 0; i < to; ++i) {
                const auto json = values.var_string();
                if (i >= from) visit(held_value(parse_json(json).value_or(any())));
            }
            return;
        }
        case content_kind::binary: {
            const auto data = as_bytes(body);
            return visit(held_value(any(any::byte_array(data.begin(), data.end()))));
        }
        case content_kind::embed: return visit(held_value(parse_json(body).value_or(any())));
        case content_kind::type: return visit(held_value(shared_type(in, *of.type())));
        case content_kind::document: return visit(held_value(read_document(body)));
        case content_kind::text: return visit(held_value(any(text_between(of, from, to))));
        default: return;
    }
}

/// The content of a local value: bytes are a kind of their own.
struct local_content {
    content_kind kind = content_kind::any;
    std::string body;
};

local_content content_of(const any& from) {
    wire_writer body;
    if (const auto* data = std::get_if<any::byte_array>(&from.value()))
        return {content_kind::binary, std::string(as_text(*data))};
    write_any(body, from);
    return {content_kind::any, std::string(as_text(body.written()))};
}

local_content content_of(const subdocument& from) {
    wire_writer body;
    body.var_string(from.guid);
    write_any(body, from.options);
    return {content_kind::document, std::string(as_text(body.written()))};
}

/// The item that ends at the index; none for 0.
item* left_of(engine& in, branch& of, std::uint32_t index) {
    const auto at = in.index.find(of, index);
    if (!at.left || at.within == at.left->length) return at.left;
    return in.clean_end({at.left->id.client, at.left->id.clock + at.within - 1});
}

item* right_of(const branch& of, const item* left) {
    return left ? left->right : of.start;
}

/// Neighbouring values but bytes are one item, as the peers make it.
void insert_values(engine& in, branch& of, item* left, std::span<const any> added) {
    auto* right = right_of(of, left);
    for (std::size_t i = 0; i < added.size();) {
        auto content = content_of(added[i++]);
        std::uint32_t count = 1;
        while (content.kind == content_kind::any && i < added.size()) {
            const auto next = content_of(added[i]);
            if (next.kind != content_kind::any) break;
            content.body += next.body;
            ++count;
            ++i;
        }
        left = in.insert(left, right, &of, nullptr, content.kind, count, content.body);
    }
}

result<void> erase_units(engine& in, branch& of, std::uint32_t index, std::uint32_t length) {
    check(in.now.is_open);
    if (std::uint64_t{index} + length > of.length) return crdt_errc::out_of_range;
    if (length == 0) return {};
    auto* each = right_of(of, left_of(in, of, index));
    for (; length > 0; each = each->right) {
        if (each->deleted() || !each->countable()) continue;
        if (length < each->length)
            static_cast<void>(in.clean_start({each->id.client, each->id.clock + length}));
        length -= each->length;
        in.delete_item(each);
    }
    return {};
}

branch* insert_branch(engine& in, branch& of, std::uint32_t index, type_kind kind, std::string_view name) {
    check(in.now.is_open);
    auto* left = left_of(in, of, index);
    auto* made = in.make_branch(kind, name);
    in.insert(left, right_of(of, left), &of, nullptr, content_kind::type, 1, {}, made);
    return made;
}

item* set_entry(engine& in, branch& of, std::string_view key, content_kind kind, std::string_view body,
                branch* type = nullptr) {
    check(in.now.is_open);
    const auto* name = in.intern(key);
    return in.insert(of.entries.find(name), nullptr, &of, name, kind, 1, body, type);
}

void erase_entry(engine& in, branch& of, std::string_view key) {
    check(in.now.is_open);
    if (auto* current = of.entries.find(in.intern(key))) in.delete_item(current);
}

/// The value of an entry at a snapshot, or now.
const item* entry_at(const engine& in, const item* current, const snapshot* at) {
    if (at) {
        while (current &&
               in.wire_id(current->id).clock >= at->known.clock_of(in.record(current->id.client).id))
            current = current->left;
        return current && at->shows(in.wire_id(current->last())) ? current : nullptr;
    }
    return current && !current->deleted() ? current : nullptr;
}

std::optional<held_value> last_value(engine& in, const item* of) {
    if (!of) return std::nullopt;
    held_value last = any();
    each_value(in, *of, of->length - 1, of->length, [&](held_value&& each) { last = std::move(each); });
    return last;
}

std::optional<held_value> get_entry(engine& in, const branch& of, std::string_view key, const snapshot* at) {
    return last_value(in, entry_at(in, of.entries.find(in.intern(key)), at));
}

std::vector<std::pair<std::string, held_value>> all_entries(engine& in, const branch& of,
                                                            const snapshot* at) {
    std::vector<std::pair<std::string, held_value>> found;
    for (const auto& [key, current] : of.entries.entries()) {
        if (auto held = last_value(in, entry_at(in, current, at))) found.emplace_back(*key, std::move(*held));
    }
    return found;
}

any plain(const held_value& from) {
    const auto* held = std::get_if<any>(&from);
    return held ? *held : any();
}

std::string as_attribute(const any& from) {
    return from.text() ? *from.text() : to_json(from);
}

std::string lower_case(std::string_view from) {
    std::string made(from);
    std::ranges::transform(made, made.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return made;
}

std::string text_as_xml(const text& from) {
    std::string made;
    for (const auto& step : from.to_delta()) {
        auto format = step.format;
        std::ranges::sort(format, {}, &any::member::first);
        for (const auto& [name, value] : format) {
            made.append("<").append(name);
            if (const auto* members = value.members()) {
                auto sorted = *members;
                std::ranges::sort(sorted, {}, &any::member::first);
                for (const auto& [key, each] : sorted)
                    made.append(" ").append(key).append("=\"").append(as_attribute(each)).append("\"");
            }
            made += '>';
        }
        made += step.what == delta_step::kind::insert ? step.text : "[object Object]";
        for (auto each = format.rbegin(); each != format.rend(); ++each)
            made.append("</").append(each->first).append(">");
    }
    return made;
}

}  // namespace

type_kind shared_type::kind() const noexcept {
    return branch_->kind;
}

std::string_view shared_type::name() const noexcept {
    return branch_->name ? std::string_view(*branch_->name) : std::string_view();
}

std::optional<shared_type> shared_type::parent() const {
    if (!branch_->holder) return std::nullopt;
    return shared_type(*engine_, *branch_->holder->parent);
}

std::optional<id> shared_type::holder() const {
    if (!branch_->holder) return std::nullopt;
    return engine_->wire_id(branch_->holder->id);
}

std::uint32_t shared_type::length() const noexcept {
    return branch_->length;
}

text shared_type::as_text() const {
    return {*engine_, *branch_};
}
array shared_type::as_array() const {
    return {*engine_, *branch_};
}
map shared_type::as_map() const {
    return {*engine_, *branch_};
}
xml shared_type::as_xml() const {
    return {*engine_, *branch_};
}

std::vector<held_value> array::values(const snapshot* at) const {
    std::vector<held_value> found;
    for (const auto* each = branch_->start; each; each = each->right) {
        each_visible(*engine_, *each, at, [&](std::uint32_t from, std::uint32_t to) {
            each_value(*engine_, *each, from, to,
                       [&](held_value&& held) { found.push_back(std::move(held)); });
        });
    }
    return found;
}

held_value array::get(std::uint32_t index) const {
    check(index < length());
    const auto at = engine_->index.find(*branch_, index + 1);
    held_value found = any();
    each_value(*engine_, *at.left, at.within - 1, at.within,
               [&](held_value&& held) { found = std::move(held); });
    return found;
}

result<void> array::insert(std::uint32_t index, std::span<const any> added) {
    check(engine_->now.is_open);
    if (index > length()) return crdt_errc::out_of_range;
    insert_values(*engine_, *branch_, left_of(*engine_, *branch_, index), added);
    return {};
}

result<void> array::insert(std::uint32_t index, const subdocument& added) {
    check(engine_->now.is_open);
    if (index > length()) return crdt_errc::out_of_range;
    auto* left = left_of(*engine_, *branch_, index);
    const auto content = content_of(added);
    engine_->insert(left, right_of(*branch_, left), branch_, nullptr, content.kind, 1, content.body);
    return {};
}

result<shared_type> array::insert_type(std::uint32_t index, type_kind kind, std::string_view name) {
    if (index > length()) return crdt_errc::out_of_range;
    return shared_type(*engine_, *insert_branch(*engine_, *branch_, index, kind, name));
}

result<void> array::erase(std::uint32_t index, std::uint32_t length) {
    return erase_units(*engine_, *branch_, index, length);
}

void array::push(std::span<const any> added) {
    check(engine_->now.is_open);
    auto* last = engine_->index.find(*branch_, length()).left;
    if (!last) last = branch_->start;
    while (last && last->right) last = last->right;
    insert_values(*engine_, *branch_, last, added);
}

std::optional<held_value> map::get(std::string_view key, const snapshot* at) const {
    return get_entry(*engine_, *branch_, key, at);
}

std::vector<std::pair<std::string, held_value>> map::entries(const snapshot* at) const {
    return all_entries(*engine_, *branch_, at);
}

void map::set(std::string_view key, const any& value) {
    const auto content = content_of(value);
    set_entry(*engine_, *branch_, key, content.kind, content.body);
}

void map::set(std::string_view key, const subdocument& value) {
    const auto content = content_of(value);
    set_entry(*engine_, *branch_, key, content.kind, content.body);
}

shared_type map::set_type(std::string_view key, type_kind kind, std::string_view name) {
    auto* made = engine_->make_branch(kind, name);
    set_entry(*engine_, *branch_, key, content_kind::type, {}, made);
    return {*engine_, *made};
}

void map::erase(std::string_view key) {
    erase_entry(*engine_, *branch_, key);
}

std::vector<shared_type> xml::children(const snapshot* at) const {
    std::vector<shared_type> found;
    for (const auto* each = branch_->start; each; each = each->right) {
        if (each->kind == content_kind::type && is_visible(*engine_, *each, at))
            found.emplace_back(*engine_, *each->type());
    }
    return found;
}

std::optional<any> xml::attribute(std::string_view name, const snapshot* at) const {
    const auto found = get_entry(*engine_, *branch_, name, at);
    if (!found) return std::nullopt;
    return plain(*found);
}

any::object xml::attributes(const snapshot* at) const {
    any::object found;
    for (const auto& [key, held] : all_entries(*engine_, *branch_, at)) found.emplace_back(key, plain(held));
    return found;
}

result<xml> xml::insert_element(std::uint32_t index, std::string_view tag) {
    if (index > length()) return crdt_errc::out_of_range;
    return xml(*engine_, *insert_branch(*engine_, *branch_, index, type_kind::xml_element, tag));
}

result<text> xml::insert_text(std::uint32_t index) {
    if (index > length()) return crdt_errc::out_of_range;
    return text(*engine_, *insert_branch(*engine_, *branch_, index, type_kind::xml_text, {}));
}

result<void> xml::erase(std::uint32_t index, std::uint32_t length) {
    return erase_units(*engine_, *branch_, index, length);
}

void xml::set_attribute(std::string_view name, const any& value) {
    as_map().set(name, value);
}

void xml::erase_attribute(std::string_view name) {
    as_map().erase(name);
}

std::string xml::to_string() const {
    if (kind() == type_kind::xml_text || kind() == type_kind::text) return text_as_xml(as_text());
    std::string inside;
    for (const auto& child : children()) inside += child.as_xml().to_string();
    if (kind() != type_kind::xml_element) return inside;
    const auto tag = lower_case(name());
    auto sorted = attributes();
    std::ranges::sort(sorted, {}, &any::member::first);
    std::string made = "<" + tag;
    for (const auto& [key, each] : sorted)
        made.append(" ").append(key).append("=\"").append(as_attribute(each)).append("\"");
    return made.append(">").append(inside).append("</").append(tag).append(">");
}

any to_any(const held_value& from) {
    if (const auto* held = std::get_if<any>(&from)) return *held;
    if (const auto* type = std::get_if<shared_type>(&from)) return to_any(*type);
    return any::object{{"guid", std::get<subdocument>(from).guid}};
}

any to_any(const shared_type& from) {
    switch (from.kind()) {
        case type_kind::array: {
            any::array made;
            for (const auto& each : from.as_array().values()) made.push_back(to_any(each));
            return made;
        }
        case type_kind::map: {
            any::object made;
            for (const auto& [key, each] : from.as_map().entries()) made.emplace_back(key, to_any(each));
            return made;
        }
        case type_kind::text: return from.as_text().to_string();
        default: return from.as_xml().to_string();
    }
}

}  // namespace conf::crdt

#include "tests/crdt/yjs_vectors.hpp"

#include "libconf/crdt/json.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace crdt_test {
namespace {

const any& file() {
    static const any whole = [] {
        std::ifstream in(std::string(CONF_TESTS_DIR) + "/vectors/yjs/vectors.json", std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        return parse_json(text).value();
    }();
    return whole;
}

/// Fills a new type with what a tagged value says.
void fill(shared_type type, const any& from);

void put_value(shared_type in, const std::string& key, const any& from) {
    const auto* tag = from.find("$");
    const auto kind = tag ? *tag->text() : "";
    if (kind == "map") {
        fill(in.as_map().set_type(key, type_kind::map), from);
    } else if (kind == "array") {
        fill(in.as_map().set_type(key, type_kind::array), from);
    } else if (kind == "text") {
        fill(in.as_map().set_type(key, type_kind::text), from);
    } else if (kind == "doc") {
        in.as_map().set(key, subdocument{text_at(from, "guid"), at(from, "opts")});
    } else {
        in.as_map().set(key, untag(from));
    }
}

void insert_values(shared_type in, std::uint32_t index, const any& values) {
    std::vector<any> plain;
    const auto flush = [&] {
        in.as_array().insert(index, plain).value();
        index += static_cast<std::uint32_t>(plain.size());
        plain.clear();
    };
    static const std::map<std::string, type_kind> kinds = {{"map", type_kind::map},
                                                           {"text", type_kind::text},
                                                           {"array", type_kind::array},
                                                           {"xmltext", type_kind::xml_text},
                                                           {"xmlelement", type_kind::xml_element}};
    for (const auto& each : *values.elements()) {
        const auto* tag = each.find("$");
        const auto kind = tag ? kinds.find(*tag->text()) : kinds.end();
        if (kind == kinds.end()) {
            plain.push_back(untag(each));
            continue;
        }
        flush();
        const auto* name = each.find("name");
        fill(in.as_array().insert_type(index++, kind->second, name ? *name->text() : "").value(), each);
    }
    flush();
}

void fill(shared_type type, const any& from) {
    if (const auto* children = from.find("children")) insert_values(type, 0, *children);
    if (const auto* attributes = from.find("attrs")) {
        for (const auto& [key, value] : *attributes->members()) type.as_xml().set_attribute(key, value);
    }
    const auto* content = from.find("v");
    if (!content) return;
    if (type.kind() == type_kind::map) {
        for (const auto& [key, value] : *content->members()) put_value(type, key, value);
    } else if (type.kind() == type_kind::array) {
        insert_values(type, 0, *content);
    } else {
        type.as_text().insert(0, *content->text()).value();
    }
}

delta to_delta(const any& from) {
    delta made;
    for (const auto& each : *from.elements()) {
        const auto* format = each.find("attributes");
        auto attributes = format ? *format->members() : any::object();
        if (const auto* added = each.find("insert")) {
            made.push_back(added->text() ? delta_step::insert(*added->text(), attributes)
                                         : delta_step::embed(*added, attributes));
        } else if (each.find("retain")) {
            made.push_back(
                delta_step::retain(static_cast<std::uint32_t>(number_at(each, "retain")), attributes));
        } else {
            made.push_back(delta_step::erase(static_cast<std::uint32_t>(number_at(each, "delete"))));
        }
    }
    return made;
}

}  // namespace

buffer from_hex(std::string_view hex) {
    buffer made;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        made.push_back(static_cast<std::byte>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
    return made;
}

std::string to_hex(conf::bytes data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made;
    for (const auto each : data) {
        made += digits[std::to_integer<unsigned>(each) >> 4];
        made += digits[std::to_integer<unsigned>(each) & 15];
    }
    return made;
}

std::vector<any> group(std::string_view name) {
    std::vector<any> found;
    for (const auto& each : *at(file(), "vectors").elements()) {
        if (text_at(each, "group") == name) found.push_back(each);
    }
    REQUIRE_FALSE(found.empty());
    return found;
}

const any& at(const any& in, std::string_view key) {
    const auto* found = in.find(key);
    INFO("member " << key);
    REQUIRE(found);
    return *found;
}

const std::string& text_at(const any& in, std::string_view key) {
    return *at(in, key).text();
}
buffer bytes_at(const any& in, std::string_view key) {
    return from_hex(text_at(in, key));
}
std::uint64_t number_at(const any& in, std::string_view key) {
    return static_cast<std::uint64_t>(*at(in, key).number());
}

any untag(const any& from) {
    if (const auto* elements = from.elements()) {
        any::array made;
        for (const auto& each : *elements) made.push_back(untag(each));
        return made;
    }
    const auto* members = from.members();
    if (!members) return from;
    if (const auto* tag = from.find("$")) {
        if (*tag->text() == "undefined") return {};
        if (*tag->text() == "bytes") return bytes_at(from, "hex");
        if (*tag->text() == "doc") return any::object{{"guid", at(from, "guid")}};
        const auto& digits = text_at(from, "v");
        if (*tag->text() == "bigint") return any::big_integer(std::stoll(digits));
        return std::stod(digits);
    }
    any::object made;
    for (const auto& [key, value] : *members) made.emplace_back(key, untag(value));
    return made;
}

any sorted(const any& from) {
    if (const auto* elements = from.elements()) {
        any::array made;
        for (const auto& each : *elements) made.push_back(sorted(each));
        return made;
    }
    const auto* members = from.members();
    if (!members) return from;
    any::object made;
    for (const auto& [key, value] : *members) made.emplace_back(key, sorted(value));
    std::ranges::sort(made, {}, &any::member::first);
    return made;
}

any as_any(const delta& from) {
    any::array made;
    for (const auto& each : from) {
        any::object step;
        step.emplace_back("insert", each.what == delta_step::kind::insert ? any(each.text) : each.object);
        if (!each.format.empty()) step.emplace_back("attributes", each.format);
        made.push_back(std::move(step));
    }
    return made;
}

any view_of(document& in, const std::string& root) {
    const auto colon = root.find(':');
    const auto kind = root.substr(0, colon);
    const auto name = root.substr(colon + 1);
    any::object made;
    if (kind == "text") {
        const auto text = in.get_text(name);
        made.emplace_back("json", text.to_string());
        made.emplace_back("delta", as_any(text.to_delta()));
        made.emplace_back("length", static_cast<double>(text.length()));
    } else if (kind == "map") {
        made.emplace_back("json", to_any(in.get_map(name)));
    } else if (kind == "array") {
        made.emplace_back("json", to_any(in.get_array(name)));
    } else {
        made.emplace_back("json", in.get_xml(name).to_string());
    }
    return made;
}

document_options as_yjs(client_id client, bool collect) {
    return {
        .client = client, .collect = collect, .clean_formats = true, .divide_characters = true, .within = {}};
}

shared_type replay::address(document& in, const std::string& path) {
    const auto colon = path.find(':');
    const auto kind = path.substr(0, colon);
    auto rest = path.substr(colon + 1);
    const auto take = [&] {
        const auto slash = rest.find('/');
        auto part = rest.substr(0, slash);
        rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
        return part;
    };
    const auto root = take();
    shared_type found = kind == "text"    ? shared_type(in.get_text(root))
                        : kind == "map"   ? shared_type(in.get_map(root))
                        : kind == "array" ? shared_type(in.get_array(root))
                                          : shared_type(in.get_xml(root));
    while (!rest.empty()) {
        const auto part = take();
        const auto value = found.kind() == type_kind::map
                               ? found.as_map().get(part).value()
                               : found.as_array().get(static_cast<std::uint32_t>(std::stoul(part)));
        found = std::get<shared_type>(value);
    }
    return found;
}

void replay::edit(document& in, const any& op) {
    const auto what = text_at(op, "op");
    const auto type = address(in, text_at(op, "at"));
    const auto* attributes = op.find("attrs");
    const auto index = [&] { return static_cast<std::uint32_t>(number_at(op, "index")); };
    const auto length = [&] { return static_cast<std::uint32_t>(number_at(op, "length")); };
    if (what == "insert" && op.find("values")) {
        insert_values(type, index(), at(op, "values"));
    } else if (what == "insert" && attributes) {
        type.as_text().insert(index(), text_at(op, "text"), *attributes->members()).value();
    } else if (what == "insert") {
        type.as_text().insert(index(), text_at(op, "text")).value();
    } else if (what == "delete" && (type.kind() == type_kind::text || type.kind() == type_kind::xml_text)) {
        type.as_text().erase(index(), length()).value();
    } else if (what == "delete") {
        type.as_array().erase(index(), length()).value();
    } else if (what == "format") {
        type.as_text().format(index(), length(), *attributes->members()).value();
    } else if (what == "applyDelta") {
        type.as_text().apply(to_delta(at(op, "delta"))).value();
    } else if (what == "embed") {
        type.as_text().insert_embed(index(), at(op, "value"), *attributes->members()).value();
    } else if (what == "set" || what == "setAttribute") {
        put_value(type, text_at(op, "key"), at(op, "value"));
    } else if (what == "unset") {
        type.as_map().erase(text_at(op, "key"));
    } else {
        FAIL("unknown op " << what);
    }
}

void replay::step(const any& taken) {
    const auto number = static_cast<std::size_t>(number_at(taken, "i"));
    INFO("step " << number);
    if (const auto* name = taken.find("doc")) {
        const auto* gc = taken.find("gc");
        const bool collect = !gc || *gc->boolean();
        auto made = std::make_unique<document>(as_yjs(number_at(taken, "client"), collect));
        for (const auto& root : *at(scenario_, "roots").elements())
            static_cast<void>(view_of(*made, *root.text()));
        documents_[*name->text()] = std::move(made);
    } else if (const auto* in = taken.find("tx")) {
        auto& document = named(*in->text());
        const auto update = document.transact([&] {
            for (const auto& op : *at(taken, "ops").elements()) edit(document, op);
        });
        CHECK(to_hex(update) == text_at(taken, "update"));
        updates_[number] = update;
    } else if (const auto* from = taken.find("sync")) {
        auto& to = named(text_at(taken, "to"));
        CHECK(to_hex(to.states().encode()) == text_at(taken, "stateVector"));
        const auto known = state_vector::decode(bytes_at(taken, "stateVector")).value();
        const auto diff = named(*from->text()).encode_state(known);
        CHECK(to_hex(diff) == text_at(taken, "diff"));
        to.apply(diff).value();
    } else if (const auto* to = taken.find("apply")) {
        auto& document = named(*to->text());
        buffer emitted;
        for (const auto& each : *at(taken, "steps").elements()) {
            const auto& sent = updates_.at(static_cast<std::size_t>(*each.number()));
            auto more = document.apply_and_encode(update::parse(sent).value()).value();
            if (update::parse(more.empty() ? from_hex("0000") : more).value().empty()) continue;
            emitted = std::move(more);
        }
        if (const auto* expected = taken.find("update")) CHECK(to_hex(emitted) == *expected->text());
        any::array missing;
        const auto lacks = document.missing();
        for (const auto& each : lacks.entries())
            missing.push_back(any::array{static_cast<double>(each.client), static_cast<double>(each.clock)});
        const auto& pending = at(taken, "pendingStructs");
        if (pending.is_null()) {
            CHECK(missing.empty());
        } else {
            CHECK(to_json(missing) == to_json(at(pending, "missing")));
        }
        CHECK(document.has_pending() == (!pending.is_null() || *at(taken, "pendingDeletes").boolean()));
        for (const auto& [root, view] : *at(taken, "viewAfter").members())
            CHECK(to_json(sorted(view_of(document, root))) == to_json(sorted(untag(view))));
    } else if (const auto* by = taken.find("undo")) {
        auto& document = named(*by->text());
        undo_options options;
        options.capture_time = std::chrono::milliseconds(number_at(taken, "captureTimeout"));
        undo_[*by->text()] = std::make_unique<undo_manager>(
            document, std::vector<shared_type>{address(document, text_at(taken, "scope"))}, options);
    } else if (const auto* stopped = taken.find("stopCapturing")) {
        undo_.at(*stopped->text())->stop_capturing();
    } else if (const auto* undone = taken.find("undoOnce")) {
        CHECK(to_hex(undo_.at(*undone->text())->undo()) == text_at(taken, "update"));
    } else {
        CHECK(to_hex(undo_.at(text_at(taken, "redoOnce"))->redo()) == text_at(taken, "update"));
    }
}

void replay::run() {
    for (const auto& each : *at(scenario_, "steps").elements()) step(each);
}

}  // namespace crdt_test

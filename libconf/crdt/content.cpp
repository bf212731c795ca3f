#include "libconf/crdt/content.hpp"

#include "libconf/crdt/any.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/utf8.hpp"

namespace conf::crdt {
namespace {

void check_json(wire_reader& from, std::string_view text) {
    bool too_deep = false;
    if (!from.ok()) return;
    if (!utf16_length(text)) return from.fail(crdt_errc::bad_text);
    if (!parse_json(text, &too_deep)) from.fail(too_deep ? crdt_errc::too_deep : crdt_errc::bad_json);
}

void skip_elements(wire_reader& from, content_kind kind, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
        if (kind == content_kind::any) {
            skip_any(from);
            continue;
        }
        const auto text = from.var_string();
        // What JSON cannot say is the word alone.
        if (text != "undefined") check_json(from, text);
    }
}

std::string_view read_text(wire_reader& from, std::uint64_t& length) {
    const auto text = from.var_string();
    const auto units = utf16_length(text);
    if (!units) from.fail(crdt_errc::bad_text);
    length = units.value_or(0);
    return text;
}

std::string_view read_type(wire_reader& from, type_kind& type) {
    const auto kind = from.var_uint();
    if (kind >= static_cast<std::uint64_t>(type_kind::unknown)) {
        from.fail(crdt_errc::bad_type);
        return {};
    }
    type = static_cast<type_kind>(kind);
    return has_name(type) ? from.var_text() : std::string_view();
}

}  // namespace

std::string_view read_content(wire_reader& from, content_kind kind, std::uint64_t& length, type_kind& type) {
    length = 1;
    switch (kind) {
        case content_kind::deleted: length = from.var_uint(); return {};
        case content_kind::text: return read_text(from, length);
        case content_kind::type: return read_type(from, type);
        case content_kind::binary: return as_text(from.var_bytes());
        case content_kind::embed: {
            const auto json = from.var_string();
            check_json(from, json);
            return json;
        }
        default: break;
    }
    if (kind == content_kind::json || kind == content_kind::any) length = from.var_uint();
    const auto begin = from.position();
    switch (kind) {
        case content_kind::json:
        case content_kind::any: skip_elements(from, kind, length); break;
        case content_kind::format:
            static_cast<void>(from.var_text());
            check_json(from, from.var_string());
            break;
        case content_kind::document:
            static_cast<void>(from.var_text());
            skip_any(from);
            break;
        default: from.fail(crdt_errc::bad_content);
    }
    return from.ok() ? as_text(from.since(begin)) : std::string_view();
}

void write_content(wire_writer& to, content_kind kind, std::uint64_t length, std::string_view body,
                   type_kind type, std::uint64_t offset) {
    switch (kind) {
        case content_kind::collected:
        case content_kind::deleted:
        case content_kind::skip: return to.var_uint(length - offset);
        case content_kind::text: {
            const auto cut = cut_content(kind, body, length, offset);
            const auto tail = body.substr(cut.right_begin);
            to.var_uint(tail.size() + (cut.divides ? replacement.size() : 0));
            if (cut.divides) to.raw(replacement);
            return to.raw(tail);
        }
        case content_kind::json:
        case content_kind::any:
            to.var_uint(length - offset);
            return to.raw(body.substr(cut_content(kind, body, length, offset).right_begin));
        case content_kind::binary:
        case content_kind::embed: return to.var_string(body);
        case content_kind::format:
        case content_kind::document: return to.raw(body);
        case content_kind::type:
            to.var_uint(static_cast<std::uint64_t>(type));
            if (has_name(type)) to.var_string(body);
            return;
    }
}

content_cut cut_content(content_kind kind, std::string_view body, std::uint64_t length,
                        std::uint64_t offset) {
    if (offset == 0) return {};
    if (kind == content_kind::text) {
        if (body.size() == length) return {offset, offset, false};  // as many bytes as units: ASCII
        const auto cut = cut_utf16(body, offset);
        return {cut.bytes, cut.bytes + (cut.divides ? 4 : 0), cut.divides};
    }
    if (kind == content_kind::deleted) return {};
    wire_reader from(as_bytes(body));
    for (std::uint64_t i = 0; i < offset; ++i) {
        if (kind == content_kind::any) {
            skip_any(from);
        } else {
            static_cast<void>(from.var_bytes());
        }
    }
    return {from.position(), from.position(), false};
}

format_content read_format(std::string_view body) {
    wire_reader from(as_bytes(body));
    const auto key = from.var_string();
    return {key, from.var_string()};
}

}  // namespace conf::crdt

#include "libconf/pad/entities.hpp"

#include "libconf/crdt/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace conf::pads {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> entity_names{{
    {"amp", "&"},
    {"lt", "<"},
    {"gt", ">"},
    {"quot", "\""},
    {"apos", "'"},
    {"nbsp", "\u00A0"},
    {"ndash", "\u2013"},
    {"mdash", "\u2014"},
    {"hellip", "\u2026"},
    {"lsquo", "\u2018"},
    {"rsquo", "\u2019"},
    {"ldquo", "\u201C"},
    {"rdquo", "\u201D"},
    {"laquo", "\u00AB"},
    {"raquo", "\u00BB"},
    {"euro", "\u20AC"},
}};

/// The longest reference that counts, "&thetasym;" and its like.
constexpr std::size_t entity_bytes_max = 12;

void append_utf8(std::string& to, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

}  // namespace

std::string decode_entity(std::string_view entity) {
    std::string whole(entity);
    if (entity.size() < 3 || entity.front() != '&' || entity.back() != ';') return whole;
    auto inner = entity.substr(1, entity.size() - 2);
    if (inner.front() != '#') {
        const auto known = std::ranges::find(entity_names, inner, &decltype(entity_names)::value_type::first);
        return known == entity_names.end() ? whole : std::string(known->second);
    }
    inner.remove_prefix(1);
    const bool is_hex = inner.starts_with('x') || inner.starts_with('X');
    if (is_hex) inner.remove_prefix(1);
    std::uint32_t code = 0;
    const auto read = std::from_chars(inner.data(), inner.data() + inner.size(), code, is_hex ? 16 : 10);
    if (read.ec != std::errc() || read.ptr != inner.data() + inner.size()) return whole;
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    const bool is_control = code < 0x20 && code != '\n' && code != '\t';
    if (code > 0x10FFFF || is_surrogate || is_control) return std::string(crdt::replacement);
    std::string made;
    append_utf8(made, code);
    return made;
}

std::string decode_entities(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    while (!text.empty()) {
        const auto begin = std::min(text.find('&'), text.size());
        made += text.substr(0, begin);
        text.remove_prefix(begin);
        if (text.empty()) break;
        const auto end = text.substr(0, entity_bytes_max).find_first_of(" \n\t&;<", 1);
        if (end == std::string_view::npos || text[end] != ';') {
            made += '&';
            text.remove_prefix(1);
        } else {
            made += decode_entity(text.substr(0, end + 1));
            text.remove_prefix(end + 1);
        }
    }
    return made;
}

}  // namespace conf::pads

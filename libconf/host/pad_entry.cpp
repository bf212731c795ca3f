#include "libconf/host/pad_entry.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/crdt/utf8.hpp"
#include "libconf/crdt/wire.hpp"

#include <algorithm>

namespace conf::host {

std::string encode_entry(const pad_entry& from) {
    crdt::wire_writer made;
    made.var_uint(1);  // of this format
    made.var_string(from.title);
    made.var_uint(static_cast<std::uint64_t>(from.created.count()));
    made.var_uint(static_cast<std::uint64_t>(from.changed.count()));
    made.u8(from.rules.locked ? 1 : 0);
    made.var_uint(from.rules.barred.size());
    for (const auto& one : from.rules.barred) made.var_string(one);
    return std::string(as_text(made.written()));
}

std::optional<pad_entry> decode_entry(std::string_view kept) {
    crdt::wire_reader from(as_bytes(kept));
    if (from.var_uint() != 1) return std::nullopt;
    pad_entry made;
    made.title = from.var_text();
    made.created = pads::wall_time(static_cast<std::int64_t>(from.var_uint()));
    made.changed = pads::wall_time(static_cast<std::int64_t>(from.var_uint()));
    made.rules.locked = from.u8() != 0;
    const auto barred = from.var_uint();
    for (std::uint64_t at = 0; at < barred && from.ok(); ++at) made.rules.barred.emplace(from.var_text());
    if (!from.ok() || from.left() != 0) return std::nullopt;
    return made;
}

bool is_pad_title(std::string_view text) {
    return !text.empty() && text.size() <= pads::title_bytes_max && crdt::utf16_length(text).has_value() &&
           std::ranges::none_of(
               text, [](char one) { return static_cast<unsigned char>(one) < 0x20 || one == 0x7F; });
}

}  // namespace conf::host

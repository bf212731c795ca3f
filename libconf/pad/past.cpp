#include "libconf/pad/past.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace conf::pads {
namespace {

/// The struct's part before `end`. `body` keeps what the new one points at.
crdt::parsed_struct cut(const crdt::parsed_struct& from, std::uint32_t end, std::string& body) {
    auto made = from;
    made.length = end - from.clock;
    const auto where = crdt::cut_content(from.kind, from.body, from.length, made.length);
    body = from.body.substr(0, where.left_bytes);
    if (where.divides) body += "\xEF\xBF\xBD";
    made.body = body;
    return made;
}

}  // namespace

std::vector<std::byte> update_at(const crdt::update& whole, const crdt::snapshot& at) {
    crdt::wire_writer to;
    std::vector<std::pair<crdt::struct_block, std::size_t>> blocks;  // with the number of structs to write
    for (const auto& one : whole.blocks()) {
        const auto known = at.known.clock_of(one.client);
        std::size_t count = 0;
        for (auto each = one.begin; each < one.end && whole.structs()[each].clock < known; ++each) ++count;
        if (count > 0) blocks.emplace_back(one, count);
    }
    to.var_uint(blocks.size());
    for (const auto& [one, count] : blocks) {
        const auto known = at.known.clock_of(one.client);
        to.var_uint(count);
        to.var_uint(one.client);
        to.var_uint(whole.structs()[one.begin].clock);
        for (std::size_t each = 0; each < count; ++each) {
            const auto& what = whole.structs()[one.begin + each];
            if (what.end() <= known) {
                crdt::write_struct(to, what, 0);
            } else {
                std::string body;
                crdt::write_struct(to, cut(what, static_cast<std::uint32_t>(known), body), 0);
            }
        }
    }
    at.deleted.write(to);
    return std::move(to).take();
}

}  // namespace conf::pads

#include "libconf/crdt/algebra.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

/// A struct without its first units, and which of the merged updates it is from.
struct piece {
    parsed_struct of;
    std::uint32_t offset = 0;
    std::size_t source = 0;
};

void write_client(wire_writer& to, std::span<const piece> pieces) {
    to.var_uint(pieces.size());
    to.var_uint(pieces.front().of.client);
    to.var_uint(pieces.front().of.clock + pieces.front().offset);
    for (const auto& each : pieces) write_struct(to, each.of, each.offset);
}

piece hole(client_id client, std::uint32_t from, std::uint32_t to, std::size_t source) {
    piece made;
    made.of.client = client;
    made.of.clock = from;
    made.of.length = to - from;
    made.of.kind = content_kind::skip;
    made.source = source;
    return made;
}

/// Pieces in any order as blocks.
void write_pieces(wire_writer& to, std::vector<piece>& pieces, const state_vector& known) {
    std::ranges::sort(pieces, [](const piece& a, const piece& b) {
        if (a.of.client != b.of.client) return a.of.client > b.of.client;
        return a.of.clock != b.of.clock ? a.of.clock < b.of.clock : a.source < b.source;
    });
    std::vector<std::vector<piece>> blocks;
    std::uint64_t end = 0;  // of what is written of the client
    for (auto& each : pieces) {
        const bool starts = blocks.empty() || blocks.back().front().of.client != each.of.client;
        if (starts) end = std::max<std::uint64_t>(known.clock_of(each.of.client), each.of.clock);
        if (each.of.end() <= end) continue;
        if (starts) {
            blocks.emplace_back();
        } else if (each.of.clock > end) {
            blocks.back().push_back(
                hole(each.of.client, static_cast<std::uint32_t>(end), each.of.clock, each.source));
            end = each.of.clock;
        }
        each.offset = static_cast<std::uint32_t>(end - each.of.clock);
        end = each.of.end();
        auto& block = blocks.back();
        // Collected runs of two updates become one, as the peers join them.
        if (!block.empty() && block.back().of.kind == content_kind::collected &&
            each.of.kind == content_kind::collected && block.back().source != each.source) {
            block.back().of.length += each.of.length - each.offset;
            block.back().source = each.source;
        } else {
            block.push_back(each);
        }
    }
    to.var_uint(blocks.size());
    for (const auto& each : blocks) write_client(to, each);
}

}  // namespace

void write_merged(wire_writer& to, std::span<const parsed_struct> structs, const state_vector& known) {
    std::vector<piece> pieces;
    pieces.reserve(structs.size());
    for (const auto& each : structs) pieces.push_back({each, 0, 0});
    write_pieces(to, pieces, known);
}

result<std::vector<std::byte>> merge_updates(std::span<const bytes> updates, const limits& within) {
    std::vector<piece> pieces;
    std::vector<clock_range> deleted;
    for (std::size_t source = 0; source < updates.size(); ++source) {
        const auto parsed = update::parse(updates[source], within);
        if (!parsed) return parsed.error();
        for (const auto& each : parsed->structs()) {
            if (each.kind != content_kind::skip) pieces.push_back({each, 0, source});
        }
        deleted.insert(deleted.end(), parsed->deleted().begin(), parsed->deleted().end());
        if (pieces.size() + deleted.size() > within.update_structs_max) return crdt_errc::too_many_structs;
    }
    wire_writer to;
    write_pieces(to, pieces, {});
    delete_set(std::move(deleted)).write(to);
    return std::move(to).take();
}

result<std::vector<std::byte>> diff_update(bytes data, const state_vector& known, const limits& within) {
    const auto parsed = update::parse(data, within);
    if (!parsed) return parsed.error();
    std::vector<std::vector<piece>> blocks;
    for (const auto& block : parsed->blocks()) {
        const auto from = known.clock_of(block.client);
        std::vector<piece> kept;
        for (auto i = block.begin; i < block.end; ++i) {
            const auto& each = parsed->structs()[i];
            // A block never begins with a hole.
            if (kept.empty() && (each.end() <= from || each.kind == content_kind::skip)) continue;
            const auto offset = kept.empty() && from > each.clock ? from - each.clock : 0;
            kept.push_back({each, static_cast<std::uint32_t>(offset), 0});
        }
        if (!kept.empty()) blocks.push_back(std::move(kept));
    }
    wire_writer to;
    to.var_uint(blocks.size());
    for (const auto& each : blocks) write_client(to, each);
    delete_set({parsed->deleted().begin(), parsed->deleted().end()}).write(to);
    return std::move(to).take();
}

state_vector states_of(const update& from) {
    state_vector made;
    for (const auto& block : from.blocks()) {
        std::uint32_t end = 0;
        for (auto i = block.begin; i < block.end; ++i) {
            const auto& each = from.structs()[i];
            if (each.clock != end || each.kind == content_kind::skip) break;
            end = each.end();
        }
        if (end > 0) made.set(block.client, end);
    }
    return made;
}

}  // namespace conf::crdt

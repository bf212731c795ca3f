// Documents and changes as updates in format 1.
#include "libconf/crdt/algebra.hpp"
#include "libconf/crdt/engine.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

/// What is written of one client.
struct block {
    const client_record* of = nullptr;
    std::uint32_t from = 0;
};

void write_blocks(wire_writer& to, std::vector<block>& blocks, const engine& in) {
    std::ranges::sort(blocks, [](const block& a, const block& b) { return a.of->id > b.of->id; });
    to.var_uint(blocks.size());
    for (const auto& each : blocks) in.write_block(to, *each.of, each.from);
}

}  // namespace

void engine::write_block(wire_writer& to, const client_record& of, std::uint32_t from) const {
    const auto begin = of.structs.find(from);
    std::uint64_t count = 1;
    for (auto where = begin; of.structs.next(where);) ++count;
    to.var_uint(count);
    to.var_uint(of.id);
    to.var_uint(from);
    auto where = begin;
    auto offset = from - of.structs.at(where)->id.clock;
    do {
        write_item(to, of.structs.at(where), offset);
        offset = 0;
    } while (of.structs.next(where));
}

void engine::write_item(wire_writer& to, const item* from, std::uint32_t offset) const {
    parsed_struct as;
    as.client = record(from->id.client).id;
    as.clock = from->id.clock;
    as.length = from->length;
    as.kind = from->kind;
    if (from->collected()) return write_struct(to, as, offset);
    as.has_key = from->has(item::is_entry);
    as.body = from->body.view();
    if (from->kind == content_kind::type) {
        as.type = from->type()->kind;
        as.body = from->type()->name ? std::string_view(*from->type()->name) : std::string_view();
    }
    if (from->origin) {
        as.has_origin = true;
        as.origin_client = record(from->origin.client).id;
        as.origin_clock = from->origin.clock;
    }
    if (from->right_origin) {
        as.has_right_origin = true;
        as.right_client = record(from->right_origin.client).id;
        as.right_clock = from->right_origin.clock;
    } else if (!from->origin) {
        if (const auto* holder = from->parent->holder) {
            as.parent = parent_kind::item;
            as.right_client = record(holder->id.client).id;
            as.right_clock = holder->id.clock;
        } else {
            as.parent = parent_kind::root;
            as.root = *from->parent->name;
        }
        if (as.has_key) as.key = *from->key;
    }
    write_struct(to, as, offset);
}

state_vector engine::states() const {
    std::vector<state_vector::entry> entries;
    entries.reserve(clients.size());
    for (const auto& each : clients) {
        if (each->state > 0) entries.push_back({each->id, each->state});
    }
    return state_vector::from(std::move(entries));
}

delete_set engine::all_deleted() const {
    std::vector<clock_range> ranges;
    for (const auto& each : clients) {
        if (each->structs.empty()) continue;
        auto where = struct_list::first_place();
        bool touches = false;
        do {
            const auto* of = each->structs.at(where);
            if (!of->deleted()) {
                touches = false;
            } else if (std::exchange(touches, true)) {
                ranges.back().length += of->length;
            } else {
                ranges.push_back({each->id, of->id.clock, of->length});
            }
        } while (each->structs.next(where));
    }
    return delete_set(std::move(ranges));
}

std::vector<std::byte> engine::encode_change() const {
    wire_writer to;
    std::vector<block> blocks;
    for (const auto at : now.touched) {
        const auto& of = record(at);
        if (of.state != of.state_before) blocks.push_back({&of, of.state_before});
    }
    write_blocks(to, blocks, *this);
    std::vector<clock_range> ranges;
    for (const auto& run : now.deleted)
        ranges.push_back({record(run.first.client).id, run.first.clock, run.length});
    delete_set(std::move(ranges)).write(to);
    return std::move(to).take();
}

std::vector<std::byte> engine::encode_integrated(const state_vector& known_there) const {
    wire_writer to;
    std::vector<block> blocks;
    for (const auto& each : clients) {
        const auto from = known_there.clock_of(each->id);
        if (from < each->state) blocks.push_back({each.get(), static_cast<std::uint32_t>(from)});
    }
    write_blocks(to, blocks, *this);
    all_deleted().write(to);
    return std::move(to).take();
}

std::vector<std::byte> engine::encode(const state_vector& known_there) const {
    auto integrated = encode_integrated(known_there);
    const auto waiting = encode_pending(known_there);
    if (waiting.empty()) return integrated;
    const bytes parts[] = {integrated, waiting};
    auto merged = merge_updates(parts, options.within);
    return std::move(*merged);  // both are ours
}

std::vector<std::byte> engine::encode_pending(const state_vector& known_there) const {
    std::vector<parsed_struct> waiting;
    std::vector<clock_range> deleted;
    for (const auto& each : clients) {
        for (const auto& [clock, kept] : each->pending) waiting.push_back(kept.of);
        for (const auto& [clock, end] : each->pending_deletes)
            deleted.push_back({each->id, clock, end - clock});
    }
    if (waiting.empty() && deleted.empty()) return {};
    wire_writer to;
    write_merged(to, waiting, known_there);
    delete_set(std::move(deleted)).write(to);
    return std::move(to).take();
}

}  // namespace conf::crdt

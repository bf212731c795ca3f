#include "libconf/crdt/relative_position.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"

#include <cmath>

namespace conf::crdt {
namespace {

enum class form : std::uint8_t { item = 0, root = 1, type = 2 };

void write_id(wire_writer& to, form as, const id& unit) {
    to.u8(static_cast<std::uint8_t>(as));
    to.var_uint(unit.client);
    to.var_uint(unit.clock);
}

any id_to_any(const id& unit) {
    return any::object{{"client", static_cast<double>(unit.client)},
                       {"clock", static_cast<double>(unit.clock)}};
}

std::optional<std::uint64_t> integer(const any* from) {
    const auto* number = from ? from->number() : nullptr;
    if (!number || *number < 0 || *number > static_cast<double>(wire_integer_max) ||
        std::trunc(*number) != *number)
        return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

std::optional<id> id_from_any(const any* from) {
    if (!from) return std::nullopt;
    const auto client = integer(from->find("client"));
    const auto clock = integer(from->find("clock"));
    if (!client || !clock) return std::nullopt;
    return id{*client, *clock};
}

relative_position end_of(const shared_type& in, std::int64_t assoc) {
    relative_position made;
    made.assoc = assoc;
    made.type = in.holder();
    if (!made.type) made.root = std::string(in.name());
    return made;
}

}  // namespace

result<relative_position> relative_position::decode(bytes data) {
    wire_reader from(data);
    relative_position made;
    switch (static_cast<form>(from.var_uint())) {
        case form::item: made.item = id{from.var_uint(), 0}, made.item->clock = from.var_uint(); break;
        case form::root: made.root = std::string(from.var_text()); break;
        case form::type: made.type = id{from.var_uint(), 0}, made.type->clock = from.var_uint(); break;
        default: from.fail(crdt_errc::bad_encoding);
    }
    if (from.ok() && from.left() > 0) {  // old ones have none
        const auto assoc = from.var_int();
        made.assoc = static_cast<std::int64_t>(assoc.magnitude) * (assoc.negative ? -1 : 1);
    }
    if (!from.ok()) return from.error();
    return made;
}

std::vector<std::byte> relative_position::encode() const {
    wire_writer to;
    if (item) {
        write_id(to, form::item, *item);
    } else if (root) {
        to.u8(static_cast<std::uint8_t>(form::root));
        to.var_string(*root);
    } else if (type) {
        write_id(to, form::type, *type);
    }
    to.var_int({static_cast<std::uint64_t>(std::abs(assoc)), assoc < 0});
    return std::move(to).take();
}

any relative_position::to_any() const {
    any::object made;
    if (type) made.emplace_back("type", id_to_any(*type));
    if (root) made.emplace_back("tname", *root);
    if (item) made.emplace_back("item", id_to_any(*item));
    made.emplace_back("assoc", static_cast<double>(assoc));
    return made;
}

std::optional<relative_position> relative_position::from_any(const any& from) {
    relative_position made;
    made.item = id_from_any(from.find("item"));
    made.type = id_from_any(from.find("type"));
    if (const auto* name = from.find("tname"); name && name->text()) made.root = *name->text();
    if (const auto* assoc = from.find("assoc"); assoc && assoc->number())
        made.assoc = *assoc->number() < 0 ? -1 : 0;
    if (!made.item && !made.type && !made.root) return std::nullopt;
    return made;
}

relative_position position_at(const shared_type& in, std::uint32_t index, std::int64_t assoc) {
    const auto& engine = in.owner();
    const auto& of = in.inside();
    check(index <= of.length);
    if (assoc < 0 ? index == 0 : index == of.length) return end_of(in, assoc);
    // The unit before the index, or the one behind it.
    const auto at = engine.index.find(of, assoc < 0 ? index : index + 1);
    relative_position made;
    made.assoc = assoc;
    made.item = engine.wire_id({at.left->id.client, at.left->id.clock + at.within - 1});
    // Whoever has this unit must know the type, too: the peers name a root beside it.
    if (!of.holder) {
        made.root = std::string(in.name());
    } else {
        made.type = in.holder();
    }
    return made;
}

std::optional<absolute_position> resolve(document& in, const relative_position& position) {
    auto& engine = in.inside();
    if (position.item) {
        const auto unit = engine.known(*position.item);
        if (!unit) return std::nullopt;
        const auto* found = engine.find(unit);
        if (found->collected()) return std::nullopt;
        auto* parent = found->parent;
        if (parent->holder && parent->holder->deleted())
            return absolute_position{shared_type(engine, *parent), 0};
        std::uint32_t index = 0;
        if (found->visible() > 0) index = unit.clock - found->id.clock + (position.assoc < 0 ? 1 : 0);
        if (!found->has(item::is_entry)) index += engine.index.index_of(*parent, found);
        return absolute_position{shared_type(engine, *parent), index};
    }
    branch* of = nullptr;
    if (position.root) {
        of = engine.find_root(*position.root);
        if (!of) return std::nullopt;
    } else if (position.type) {
        const auto unit = engine.known(*position.type);
        if (!unit) return std::nullopt;
        const auto* found = engine.find(unit);
        if (found->kind != content_kind::type) return std::nullopt;
        of = found->type();
    } else {
        return std::nullopt;
    }
    return absolute_position{shared_type(engine, *of), position.assoc >= 0 ? of->length : 0};
}

}  // namespace conf::crdt

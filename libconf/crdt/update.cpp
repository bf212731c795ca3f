#include "libconf/crdt/update.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

constexpr std::uint8_t kind_mask = 0x1F;
constexpr std::uint8_t key_bit = 0x20;
constexpr std::uint8_t right_origin_bit = 0x40;
constexpr std::uint8_t origin_bit = 0x80;

std::uint32_t read_clock(wire_reader& from) {
    const auto clock = from.var_uint();
    if (clock >= clock_end) from.fail(crdt_errc::bad_number);
    return static_cast<std::uint32_t>(clock);
}

/// What the own client makes later cannot be a neighbour or a parent.
void check_reference(wire_reader& from, const parsed_struct& by, client_id client, std::uint32_t clock) {
    if (client == by.client && clock >= by.clock) from.fail(crdt_errc::bad_reference);
}

void read_item(wire_reader& from, parsed_struct& made, std::uint8_t info, std::uint64_t& length) {
    made.has_origin = (info & origin_bit) != 0;
    made.has_right_origin = (info & right_origin_bit) != 0;
    made.has_key = (info & key_bit) != 0;
    if (made.has_origin) {
        made.origin_client = from.var_uint();
        made.origin_clock = read_clock(from);
        check_reference(from, made, made.origin_client, made.origin_clock);
    }
    if (made.has_right_origin) {
        made.right_client = from.var_uint();
        made.right_clock = read_clock(from);
        check_reference(from, made, made.right_client, made.right_clock);
    }
    if (!made.has_origin && !made.has_right_origin) {
        if (from.var_uint() == 1) {
            made.parent = parent_kind::root;
            made.root = from.var_text();
        } else {
            made.parent = parent_kind::item;
            made.right_client = from.var_uint();
            made.right_clock = read_clock(from);
            check_reference(from, made, made.right_client, made.right_clock);
        }
        if (made.has_key) made.key = from.var_text();
    }
    made.body = read_content(from, made.kind, length, made.type);
}

}  // namespace

/// Reads into an update; apart, so that `update` itself has nothing but what was read.
class update_parser {
public:
    update_parser(update& to, bytes data, const limits& within) : to_(to), from_(data), within_(within) {}

    result<void> run() {
        if (from_.left() > within_.update_bytes_max) return crdt_errc::too_large;
        const auto blocks = from_.var_uint();
        for (std::uint64_t i = 0; i < blocks && from_.ok(); ++i) block();
        to_.deleted_ = delete_set::read(from_, within_.update_structs_max - to_.structs_.size());
        if (!from_.ok()) return from_.error();
        return {};
    }

private:
    void block() {
        const auto count = from_.var_uint();
        const auto client = from_.var_uint();
        std::uint64_t clock = read_clock(from_);
        const auto begin = to_.structs_.size();
        // Never by the claim alone: a struct takes two bytes at least, mostly more than four.
        to_.structs_.reserve(begin +
                             static_cast<std::size_t>(std::min<std::uint64_t>(count, from_.left() / 4 + 1)));
        for (std::uint64_t i = 0; i < count && from_.ok(); ++i) {
            auto& made = to_.structs_.emplace_back();
            made.client = client;
            made.clock = static_cast<std::uint32_t>(clock);
            const auto length = one(made);
            if (!from_.ok()) return;
            if (length == 0) return from_.fail(crdt_errc::bad_content);
            if (length > run_length_max) return from_.fail(crdt_errc::too_large);
            made.length = static_cast<std::uint32_t>(length);
            clock += length;
            if (clock > clock_end) return from_.fail(crdt_errc::bad_number);
            if (to_.structs_.size() > within_.update_structs_max)
                return from_.fail(crdt_errc::too_many_structs);
        }
        if (from_.ok() && count > 0) to_.blocks_.push_back({client, begin, to_.structs_.size()});
    }

    /// @return its length.
    std::uint64_t one(parsed_struct& made) {
        const auto info = from_.u8();
        made.kind = static_cast<content_kind>(info & kind_mask);
        if (made.kind == content_kind::collected || made.kind == content_kind::skip) return from_.var_uint();
        if (made.kind > content_kind::skip) {
            from_.fail(crdt_errc::bad_content);
            return 0;
        }
        std::uint64_t length = 0;
        read_item(from_, made, info, length);
        return length;
    }

    update& to_;
    wire_reader from_;
    const limits& within_;
};

result<update> update::parse(bytes data, const limits& within) {
    update made;
    auto outcome = made.assign(data, within);
    if (!outcome) return outcome.error();
    return made;
}

result<void> update::assign(bytes data, const limits& within) {
    clear();
    data_ = data;
    auto outcome = update_parser(*this, data, within).run();
    if (!outcome) clear();
    return outcome;
}

void update::clear() noexcept {
    data_ = {};
    structs_.clear();
    blocks_.clear();
    deleted_.clear();
}

std::vector<clock_range> update::brought() const {
    std::vector<clock_range> ranges;
    for (const auto& each : structs_) {
        if (each.kind == content_kind::skip) continue;
        if (!ranges.empty() && ranges.back().client == each.client &&
            ranges.back().clock + ranges.back().length == each.clock) {
            ranges.back().length += each.length;
        } else {
            ranges.push_back({each.client, each.clock, each.length});
        }
    }
    return ranges;
}

void write_struct(wire_writer& to, const parsed_struct& from, std::uint32_t offset) {
    auto info = static_cast<std::uint8_t>(from.kind);
    if (!from.is_item()) {
        to.u8(info);
        return to.var_uint(from.length - offset);
    }
    // What begins inside an item has the unit before as its origin.
    const bool origin = from.has_origin || offset > 0;
    if (origin) info |= origin_bit;
    if (from.has_right_origin) info |= right_origin_bit;
    if (from.has_key) info |= key_bit;
    to.u8(info);
    if (offset > 0) {
        to.var_uint(from.client);
        to.var_uint(from.clock + offset - 1);
    } else if (from.has_origin) {
        to.var_uint(from.origin_client);
        to.var_uint(from.origin_clock);
    }
    if (from.has_right_origin) {
        to.var_uint(from.right_client);
        to.var_uint(from.right_clock);
    }
    if (!origin && !from.has_right_origin) {
        to.var_uint(from.parent == parent_kind::root ? 1 : 0);
        if (from.parent == parent_kind::root) {
            to.var_string(from.root);
        } else {
            to.var_uint(from.right_client);
            to.var_uint(from.right_clock);
        }
        if (from.has_key) to.var_string(from.key);
    }
    write_content(to, from.kind, from.length, from.body, from.type, offset);
}

}  // namespace conf::crdt

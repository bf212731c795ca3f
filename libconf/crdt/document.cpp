#include "libconf/crdt/document.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crdt/engine.hpp"

#include <algorithm>

namespace conf::crdt {
namespace {

/// What is kept for the next update: most have one struct or a few.
constexpr std::size_t scratch_structs_max = 64;

/// The root under that name; what it is used as first stays its kind.
branch& named(engine& in, std::string_view name, type_kind kind) {
    auto* found = in.root(name);
    if (found->kind == type_kind::unknown) found->kind = kind;
    return *found;
}

}  // namespace

document::document(document_options options) : engine_(std::make_unique<engine>(std::move(options))) {}
document::document(document&&) noexcept = default;
document& document::operator=(document&&) noexcept = default;
document::~document() = default;

client_id document::client() const noexcept {
    return engine_->record(engine_->self).id;
}

bool document::client_is_taken() const noexcept {
    return engine_->self_is_taken;
}

void document::set_client(client_id client) {
    check(!engine_->now.is_open);
    static_cast<void>(engine_->apply(update(), 0, false));  // what waits for the old id's edits
    engine_->options.client = client;
    engine_->self = engine_->client_at(client);
    engine_->self_is_taken = false;
}

result<void> document::apply(bytes data, edit_origin from) {
    // The memory of one parsed update serves the next one, too.
    auto& scratch = engine_->scratch;
    if (auto parsed = scratch.assign(data, engine_->options.within); !parsed) return parsed;
    auto done = apply(scratch, from);
    if (scratch.structs().size() > scratch_structs_max) scratch = {};
    scratch.clear();
    return done;
}

result<void> document::apply(const update& parsed, edit_origin from) {
    auto done = engine_->apply(parsed, from, false);
    if (!done) return done.error();
    return {};
}

result<void> document::apply_v2(bytes data, edit_origin from) {
    const auto converted = to_v1(data, engine_->options.within);
    if (!converted) return converted.error();
    return apply(*converted, from);
}

result<std::vector<std::byte>> document::apply_and_encode(const update& parsed, edit_origin from) {
    return engine_->apply(parsed, from, true);
}

std::vector<std::byte> document::encode_state(const state_vector& known) const {
    return engine_->encode(known);
}
std::vector<std::byte> document::encode_integrated(const state_vector& known) const {
    return engine_->encode_integrated(known);
}
state_vector document::states() const {
    return engine_->states();
}
delete_set document::deleted() const {
    return engine_->all_deleted();
}
snapshot document::take_snapshot() const {
    return {engine_->all_deleted(), engine_->states()};
}

bool document::has_pending() const noexcept {
    return engine_->pending_bytes > 0;
}
std::size_t document::pending_bytes() const noexcept {
    return engine_->pending_bytes;
}

state_vector document::missing() const {
    state_vector lowest;
    for (const auto& each : engine_->clients) {
        if (!each->lacks) continue;
        const auto& of = engine_->record(each->lacks.client);
        // Of another client everything from its state on may be needed; of its own the unit before.
        const std::uint64_t clock = &of == each.get() ? each->lacks.clock : of.state;
        const auto found = std::ranges::find(lowest.entries(), of.id, &state_vector::entry::client);
        if (found == lowest.entries().end() || clock < found->clock) lowest.set(of.id, clock);
    }
    return lowest;
}

void document::begin(edit_origin from) {
    engine_->begin(from, true);
}
std::vector<std::byte> document::commit() {
    return engine_->commit(true);
}

text document::get_text(std::string_view name) {
    return {*engine_, named(*engine_, name, type_kind::text)};
}
array document::get_array(std::string_view name) {
    return {*engine_, named(*engine_, name, type_kind::array)};
}
map document::get_map(std::string_view name) {
    return {*engine_, named(*engine_, name, type_kind::map)};
}
xml document::get_xml(std::string_view name) {
    return {*engine_, named(*engine_, name, type_kind::xml_fragment)};
}

std::vector<shared_type> document::roots() const {
    std::vector<shared_type> found;
    for (const auto& [name, root] : engine_->roots) found.emplace_back(*engine_, *root);
    return found;
}

std::optional<shared_type> document::find_root(std::string_view name) const {
    auto* found = engine_->find_root(name);
    if (!found) return std::nullopt;
    return shared_type(*engine_, *found);
}

std::uint64_t document::version() const noexcept {
    return engine_->version;
}
std::size_t document::structs() const noexcept {
    return engine_->items.size();
}
std::size_t document::clients() const noexcept {
    return engine_->clients.size();
}
std::size_t document::content_bytes() const noexcept {
    return engine_->content_bytes;
}

std::size_t document::memory_bytes() const {
    const auto& in = *engine_;
    std::size_t total = sizeof in + in.items.memory_bytes() + in.index.memory_bytes() + in.pending_bytes;
    for (const auto& each : in.clients) {
        total += sizeof *each + each->structs.memory_bytes() + each->waiting_here.capacity() * 8;
        if (each->structs.empty()) continue;
        auto where = struct_list::first_place();
        do total += each->structs.at(where)->body.heap_bytes();
        while (each->structs.next(where));
    }
    for (const auto* each : in.branches)
        total += sizeof *each + each->entries.entries().capacity() * sizeof(entry_table::entry);
    for (const auto& key : in.keys) total += sizeof key + key.size();
    return total;
}

}  // namespace conf::crdt

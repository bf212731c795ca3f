// Updates in format 1, one behind the other, each with its length before it: refused whole or applied whole,
// in any order, and what the document says then is taken by another one.
#include "libconf/crdt/algebra.hpp"
#include "libconf/crdt/json.hpp"
#include "tests/fuzz/crdt.hpp"

namespace fuzz {
namespace {

using namespace conf::crdt;

/// Bound to be small: the algebra has to agree with the parser on what is an update.
void run_algebra(const std::vector<bytes>& updates) {
    for (const auto each : updates) {
        const auto parsed = update::parse(each, crdt_limits);
        const auto cut = diff_update(each, {}, crdt_limits);
        require(parsed.has_value() == cut.has_value());
        if (!parsed) continue;
        const auto known = states_of(*parsed);
        const auto rest = diff_update(each, known, crdt_limits);
        require(rest && update::parse(*rest).has_value());
        for (const auto& range : parsed->brought()) require(range.length > 0);
    }
    const auto merged = merge_updates(updates, crdt_limits);
    if (merged) require(update::parse(*merged).has_value());
}

/// Reading whatever came: nothing but that it ends.
void read_all(document& in) {
    const auto moment = in.take_snapshot();
    for (const auto& root : in.roots()) {
        require(root.as_text().to_string().size() <= in.content_bytes() + 3);
        static_cast<void>(to_json(to_any(root)));
        static_cast<void>(root.as_text().to_delta());
        static_cast<void>(root.as_text().to_delta(&moment));
        static_cast<void>(root.as_array().values());
        static_cast<void>(root.as_map().entries(&moment));
        static_cast<void>(root.as_xml().to_string());
    }
}

}  // namespace

void target::crdt_update_v1(bytes input) {
    source from(input);
    std::vector<bytes> updates;
    const auto choice = from.u8();
    while (!from.empty() && updates.size() < 12) updates.push_back(from.take(from.u16()));
    run_algebra(updates);

    document_options options{.client = 1, .collect = (choice & 1) == 0, .clean_formats = (choice & 2) != 0};
    options.within = crdt_limits;
    document forwards(options);
    document backwards(options);
    for (const auto each : updates) apply_once(forwards, [&] { return forwards.apply(each); });
    for (auto each = updates.rbegin(); each != updates.rend(); ++each)
        apply_once(backwards, [&] { return backwards.apply(*each); });
    require_copy(forwards);
    read_all(forwards);

    // Edits of our own in whatever the others made.
    auto text = forwards.get_text("t");
    const auto update = forwards.transact([&] {
        static_cast<void>(text.insert(text.length() / 2, "ab"));
        static_cast<void>(text.format(0, text.length(), {{"b", true}}));
        static_cast<void>(text.erase(0, text.length() / 2));
    });
    require_whole(forwards);
    require(update::parse(update).has_value());
}

}  // namespace fuzz

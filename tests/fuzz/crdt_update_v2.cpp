// One update in format 2: what its columns say is an update in format 1 or refused, and applied whole or not
// at all.
#include "tests/fuzz/crdt.hpp"

namespace fuzz {

void target::crdt_update_v2(bytes input) {
    using namespace conf::crdt;
    const auto converted = to_v1(input, crdt_limits);
    if (converted) require(converted->size() <= 2 * crdt_limits.update_bytes_max + input.size());
    document_options options{.client = 1};
    options.within = crdt_limits;
    document made(options);
    made.transact([&] { made.get_text("t").insert(0, "before").value(); });
    apply_once(made, [&] { return made.apply_v2(input); });
    require_copy(made);
}

}  // namespace fuzz

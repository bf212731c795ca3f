// A pad that two people have open, one of whom sends anything: what is refused changes nothing, what is taken
// is kept, and who comes later knows the same.
#include "libconf/pad/pad.hpp"
#include "tests/fuzz/target.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {
namespace {

using namespace conf::pads;

struct keeper {
    void take(outputs& out) {
        for (auto& one : out.records) {
            if (one.value.empty()) {
                kept.erase({one.kind, one.key});
            } else {
                kept[{one.kind, one.key}] = one.value;
            }
        }
        refused = !out.refusals.empty();
        out.clear();
    }
    [[nodiscard]] std::vector<record> all() const {
        std::vector<record> made;
        for (const auto& [where, value] : kept) made.push_back({where.first, where.second, value});
        return made;
    }

    std::map<std::pair<record_kind, std::string>, std::string> kept;
    bool refused = false;
};

}  // namespace

void target::pad(bytes input) {
    limits within;
    within.text_bytes_max = 4096;
    within.archive_bytes_max = 65536;
    within.refusals_max = 8;
    conf::pads::pad one(within, conf::crypto::random_key{});
    outputs out;
    keeper store;
    auto now = std::chrono::milliseconds(1000);
    const auto at = [&] { return moment{conf::instant(now), now}; };
    one.handle_opened(1, {"ada", "Ada", right::write}, at(), out);
    one.handle_opened(2, {"eve", "", right::write}, at(), out);
    store.take(out);

    // The input: frames, each behind who sends it and two bytes of its length.
    source from(input);
    for (int frames = 0; frames < 64 && !from.empty(); ++frames) {
        const auto what = from.u8();
        const auto frame = from.take(from.u16());
        now += std::chrono::milliseconds(what % 32);
        const auto before = one.update();
        one.handle(1 + what / 128, frame, at(), out);
        const bool whole = out.refusals.size() == 1 && out.records.empty();
        store.take(out);
        // A frame with one message alone, which was refused, left everything as it was.
        if (store.refused && whole && frame.size() < 16) require(one.update() == before);
        if (what % 16 == 0) {
            one.handle_timeout(at(), out);
            store.take(out);
        }
    }
    one.flush_now(at(), out);
    store.take(out);
    conf::pads::pad again(within, conf::crypto::random_key{});
    require(again.restore(store.all()) == 0);
    require(again.read() == one.read());
    require(again.authors().all() == one.authors().all());
}

}  // namespace fuzz

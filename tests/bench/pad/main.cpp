// Runs one task of the document engine on one prepared trace and prints what it cost as a line of JSON.
//
// usage: pad_load TASK FOLDER NAME RUNS
//
//   apply     every update, one at a time, in the order in which they were made
//   agents    all of one agent's updates, then all of the next one's
//   blocks    blocks of 1000 updates, each backwards
//   type      every edit locally, each a transaction with its update
//   load      the final state into an empty document; the median of many
//   memory    what the document of the final state holds on the heap
//
// Times are seconds of the process's CPU, medians of RUNS.
#include "libconf/crdt/document.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace conf::crdt;
using buffer = std::vector<std::byte>;

struct sent_update {
    std::uint8_t agent = 0;
    buffer data;
};

struct edit {
    std::uint32_t position = 0;
    std::uint32_t deleted = 0;
    std::string inserted;
};

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "pad_load: %s\n", why.c_str());
    std::exit(1);
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Numbers of four bytes, little endian, and what lies between them.
class little_endian {
public:
    explicit little_endian(std::string data) : data_(std::move(data)) {}
    [[nodiscard]] bool at_end() const { return at_ >= data_.size(); }
    std::uint8_t u8() { return static_cast<std::uint8_t>(data_.at(at_++)); }
    std::uint32_t u32() {
        std::uint32_t value = 0;
        for (int shift = 0; shift < 32; shift += 8) value |= std::uint32_t{u8()} << shift;
        return value;
    }
    std::string_view take(std::size_t size) {
        at_ += size;
        return std::string_view(data_).substr(at_ - size, size);
    }

private:
    std::string data_;
    std::size_t at_ = 0;
};

buffer as_buffer(std::string_view from) {
    const auto raw = conf::as_bytes(from);
    return {raw.begin(), raw.end()};
}

std::vector<sent_update> read_updates(const std::string& path) {
    little_endian from(read_file(path));
    std::vector<sent_update> made;
    while (!from.at_end()) {
        const auto agent = from.u8();
        const auto size = from.u32();
        made.push_back({agent, as_buffer(from.take(size))});
    }
    return made;
}

std::vector<edit> read_edits(const std::string& path) {
    little_endian from(read_file(path));
    std::vector<edit> made;
    while (!from.at_end()) {
        const auto position = from.u32();
        const auto deleted = from.u32();
        const auto size = from.u32();
        made.push_back({position, deleted, std::string(from.take(size))});
    }
    return made;
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> of) {
    std::ranges::sort(of);
    return of[of.size() / 2];
}

/// Makes a document by `fill` again and again; it must end as yjs ended.
double measure(int runs, const buffer& state, const std::string& text,
               const std::function<void(document&)>& fill) {
    std::vector<double> seconds;
    for (int i = 0; i < runs; ++i) {
        document made({.client = 1});
        const auto began = cpu_seconds();
        fill(made);
        seconds.push_back(cpu_seconds() - began);
        if (made.get_text("t").to_string() != text) fail("the text is another one");
        if (made.encode_state() != state) fail("the state's bytes are not those of yjs");
    }
    return median(std::move(seconds));
}

void apply_all(document& to, const std::vector<sent_update>& updates) {
    for (const auto& each : updates) to.apply(each.data).value();
}

std::vector<sent_update> by_agent(const std::vector<sent_update>& updates) {
    std::vector<sent_update> sorted;
    for (int agent = 0; sorted.size() < updates.size(); ++agent) {
        std::ranges::copy_if(updates, std::back_inserter(sorted),
                             [&](const sent_update& each) { return each.agent == agent; });
    }
    return sorted;
}

std::vector<sent_update> backwards_in_blocks(std::vector<sent_update> updates) {
    constexpr std::ptrdiff_t block = 1000;
    for (auto at = updates.begin(); at != updates.end();) {
        const auto end = updates.end() - at < block ? updates.end() : at + block;
        std::reverse(at, end);
        at = end;
    }
    return updates;
}

std::size_t heap_bytes() {
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

}  // namespace

int main(int count, char** words) {
    if (count != 5) fail("TASK FOLDER NAME RUNS");
    const std::string task = words[1];
    const auto base = std::string(words[2]) + "/" + words[3];
    const int runs = std::atoi(words[4]);
    const auto state = as_buffer(read_file(base + ".state"));
    const auto text = read_file(base + ".text");
    double value = 0;
    if (task == "load") {
        value = measure(runs * 10, state, text, [&](document& to) { to.apply(state).value(); });
    } else if (task == "memory") {
        const auto before = heap_bytes();
        document made({.client = 1});
        made.apply(state).value();
        malloc_trim(0);
        value = static_cast<double>(heap_bytes() - before);
        std::fprintf(stderr, "%zu structs, %zu bytes counted\n", made.structs(), made.memory_bytes());
    } else if (task == "type") {
        const auto edits = read_edits(base + ".edits");
        value = measure(runs, state, text, [&](document& to) {
            const auto at = to.get_text("t");
            auto target = at;
            for (const auto& each : edits) {
                to.begin();
                if (each.deleted > 0) target.erase(each.position, each.deleted).value();
                if (!each.inserted.empty()) target.insert(each.position, each.inserted).value();
                to.commit();
            }
        });
    } else {
        auto updates = read_updates(base + ".updates");
        const auto in_order = updates;
        if (task == "agents") updates = by_agent(updates);
        if (task == "blocks") updates = backwards_in_blocks(std::move(updates));
        if (task == "apply") {
            value = measure(runs, state, text, [&](document& to) { apply_all(to, updates); });
        } else {
            // By turns: how fast the machine is changes from one second to the next.
            std::vector<double> right, wrong;
            for (int i = 0; i < runs; ++i) {
                right.push_back(measure(1, state, text, [&](document& to) { apply_all(to, in_order); }));
                wrong.push_back(measure(1, state, text, [&](document& to) { apply_all(to, updates); }));
            }
            value = median(std::move(wrong));
            std::printf("{\"task\":\"%s\",\"trace\":\"%s\",\"value\":%.6f,\"in_order\":%.6f}\n", task.c_str(),
                        words[3], value, median(std::move(right)));
            return 0;
        }
    }
    std::printf("{\"task\":\"%s\",\"trace\":\"%s\",\"value\":%.6f}\n", task.c_str(), words[3], value);
}

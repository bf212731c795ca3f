// Runs each file of the corpora through a target once, with any compiler: fuzz_replay TARGET
// FILE-OR-FOLDER... Prints each name before it is tried, so that the last one before a crash is the culprit.
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::pair<std::string_view, void (*)(fuzz::bytes)> targets[] = {
    {"address", fuzz::target::address},
    {"board_file", fuzz::target::board_file},
    {"board_frame", fuzz::target::board_frame},
    {"codecs", fuzz::target::codecs},
    {"config", fuzz::target::config},
    {"crdt_update_v1", fuzz::target::crdt_update_v1},
    {"crdt_update_v2", fuzz::target::crdt_update_v2},
    {"demux", fuzz::target::demux},
    {"documents", fuzz::target::documents},
    {"engine", fuzz::target::engine},
    {"http1", fuzz::target::http1},
    {"pad", fuzz::target::pad},
    {"pad_formats", fuzz::target::pad_formats},
    {"rtcp", fuzz::target::rtcp},
    {"rtp", fuzz::target::rtp},
    {"sdp", fuzz::target::sdp},
    {"sfu_router", fuzz::target::sfu_router},
    {"stun", fuzz::target::stun},
    {"turn_message", fuzz::target::turn_message},
    {"turn_tcp_stream", fuzz::target::turn_tcp_stream},
    {"websocket", fuzz::target::websocket},
};
/// No input may take longer (the rule of the corpora); a sanitizer may make it ten times slower.
constexpr std::chrono::milliseconds time_max{1000};

std::vector<std::filesystem::path> files_below(const char* name) {
    if (!std::filesystem::is_directory(name)) return {name};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(name)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

int main(int count, char** words) {
    const std::string_view wanted = count > 1 ? words[1] : "";
    const auto* const target = std::ranges::find(targets, wanted, [](const auto& t) { return t.first; });
    if (target == std::end(targets)) {
        std::fprintf(stderr, "fuzz_replay: TARGET FILE-OR-FOLDER...; the targets are");
        for (const auto& [name, run] : targets) std::fprintf(stderr, " %s", std::string(name).c_str());
        std::fprintf(stderr, "\n");
        return 2;
    }
    int files = 0;
    for (int i = 2; i < count; ++i) {
        for (const auto& path : files_below(words[i])) {
            std::fprintf(stderr, "%s\n", path.c_str());
            std::ifstream file(path, std::ios::binary);
            const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
            fuzz::require(file.good() || file.eof());
            fuzz::is_history = path.filename().string().ends_with("-history");
            const auto began = std::chrono::steady_clock::now();
            target->second(std::as_bytes(std::span(content)));
            fuzz::require(std::chrono::steady_clock::now() - began < time_max);
            ++files;
        }
    }
    std::printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}

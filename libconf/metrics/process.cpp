#include "libconf/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::metrics {
namespace {

std::string read_file(const char* path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::optional<double> parse(std::string_view text) {
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc()) return std::nullopt;
    return value;
}

// The fields of proc(5) "stat" from the third one on; the second is a name in brackets and may contain
// anything.
struct process_stat {
    std::vector<std::string> fields;

    [[nodiscard]] std::optional<double> field(std::size_t number) const {  // counted from 1, as proc(5) does
        return number - 3 < fields.size() ? parse(fields[number - 3]) : std::nullopt;
    }
};

process_stat read_stat() {
    const auto text = read_file("/proc/self/stat");
    process_stat made;
    std::size_t at = text.rfind(')');
    while (at != std::string::npos && at + 1 < text.size()) {
        const auto next = text.find(' ', at + 1);
        made.fields.push_back(text.substr(at + 1, next - at - 1));
        at = next;
    }
    // What stands between the bracket and the first space is empty.
    if (!made.fields.empty()) made.fields.erase(made.fields.begin());
    return made;
}

std::optional<double> boot_time() {
    const auto text = read_file("/proc/stat");
    const auto at = text.find("\nbtime ");
    return at == std::string::npos ? std::nullopt : parse(std::string_view(text).substr(at + 7));
}

std::optional<std::uint64_t> open_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator each("/proc/self/fd", error);
    std::uint64_t count = 0;
    for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) ++count;
    // The one that listing the folder opened is gone again.
    return error || count == 0 ? std::nullopt : std::optional(count - 1);
}

}  // namespace

void write_process_metrics(text_writer& writer) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const auto stat = read_stat();

    if (const auto user = stat.field(14), system = stat.field(15); user && system) {
        writer.family("process_cpu_seconds_total", kind::counter,
                      "User and system CPU time spent, in seconds.");
        writer.sample((*user + *system) / ticks);
    }
    if (const auto pages = stat.field(24)) {
        writer.family("process_resident_memory_bytes", kind::gauge, "Resident memory, in bytes.");
        writer.sample(*pages * page);
    }
    if (const auto size = stat.field(23)) {
        writer.family("process_virtual_memory_bytes", kind::gauge, "Virtual memory, in bytes.");
        writer.sample(*size);
    }
    if (const auto count = open_descriptors()) {
        writer.family("process_open_fds", kind::gauge, "Open file descriptors.");
        writer.sample(*count);
    }
    if (rlimit limit{}; ::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        writer.family("process_max_fds", kind::gauge, "How many file descriptors may be open.");
        writer.sample(std::uint64_t{limit.rlim_cur});
    }
    if (const auto started = stat.field(22), booted = boot_time(); started && booted) {
        writer.family("process_start_time_seconds", kind::gauge,
                      "When the process started, in seconds of UTC.");
        writer.sample(*booted + *started / ticks);
    }
}

}  // namespace conf::metrics

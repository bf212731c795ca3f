#include "probe.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace turn_load {
namespace {

namespace fs = std::filesystem;

std::int64_t read_clock(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

fs::path proc(pid_t process) {
    return fs::path("/proc") / std::to_string(process);
}

std::vector<int> thread_ids(pid_t process) {
    std::vector<int> ids;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(proc(process) / "task", ignored)) {
        ids.push_back(std::stoi(entry.path().filename().string()));
    }
    return ids;
}

std::set<std::string> socket_inodes(pid_t process) {
    std::set<std::string> inodes;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(proc(process) / "fd", ignored)) {
        const auto target = fs::read_symlink(entry.path(), ignored).string();
        constexpr std::string_view prefix = "socket:[";
        if (target.starts_with(prefix))
            inodes.insert(target.substr(prefix.size(), target.size() - prefix.size() - 1));
    }
    return inodes;
}

void add_drops(const fs::path& table, const std::set<std::string>& inodes, std::uint16_t port,
               socket_drops& result) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // column names
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::array<std::string, 13> field;
        for (auto& text : field) fields >> text;
        if (!inodes.contains(field[9]))
            continue;  // sl local remote st queues tr retr uid timeout inode ref ptr drops
        const auto local_port = std::stoul(field[1].substr(field[1].rfind(':') + 1), nullptr, 16);
        result.sockets[field[9]] = {local_port == port, std::stoull(field[12])};
    }
}

}  // namespace

std::int64_t monotonic_ns() {
    return read_clock(CLOCK_MONOTONIC);
}
std::int64_t wall_ns() {
    return read_clock(CLOCK_REALTIME);
}

server_probe::server_probe(pid_t process, std::uint16_t listening_port)
    : process_(process), listening_port_(listening_port) {
    if (clock_getcpuclockid(process, &clock_) != 0) clock_ = CLOCK_MONOTONIC;
}

std::int64_t server_probe::cpu_ns() const {
    return read_clock(clock_);
}

std::vector<thread_time> server_probe::threads() const {
    std::vector<thread_time> result;
    for (const int id : thread_ids(process_)) {
        thread_time thread;
        thread.id = id;
        const auto folder = proc(process_) / "task" / std::to_string(id);
        std::ifstream(folder / "comm") >> thread.name;
        std::ifstream(folder / "schedstat") >> thread.cpu_ns;
        result.push_back(thread);
    }
    return result;
}

std::pair<std::int64_t, std::int64_t> server_probe::user_system_ticks() const {
    std::ifstream file(proc(process_) / "stat");
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    std::pair<std::int64_t, std::int64_t> ticks;
    fields >> ticks.first >> ticks.second;
    return ticks;
}

socket_drops server_probe::drops() const {
    socket_drops result;
    const auto inodes = socket_inodes(process_);
    add_drops(proc(process_) / "net" / "udp", inodes, listening_port_, result);
    add_drops(proc(process_) / "net" / "udp6", inodes, listening_port_, result);
    return result;
}

socket_drops::sums socket_drops::since(const socket_drops& before) const {
    sums result;
    for (const auto& [inode, now] : sockets) {
        const auto old = before.sockets.find(inode);
        const auto grown = now.drops - (old == before.sockets.end() ? 0 : old->second.drops);
        (now.listening ? result.listening : result.relay) += grown;
    }
    return result;
}

std::int64_t server_probe::resident_bytes() const {
    std::ifstream file(proc(process_) / "smaps_rollup");
    std::string word;
    while (file >> word) {
        if (word != "Rss:") continue;
        std::int64_t kibibytes = 0;
        file >> kibibytes;
        return kibibytes * 1024;
    }
    return 0;
}

syscall_counter::syscall_counter(pid_t process) {
    const fs::path tracing = "/sys/kernel/tracing/events";
    std::map<std::string, fs::path> wanted{{"all", tracing / "raw_syscalls" / "sys_enter" / "id"}};
    for (const char* name :
         {"recvfrom",        "recvmsg",        "recvmmsg",     "sendto",     "sendmsg",    "sendmmsg",
          "epoll_wait",      "epoll_pwait",    "epoll_pwait2", "epoll_ctl",  "read",       "write",
          "readv",           "writev",         "futex",        "getsockopt", "setsockopt", "ioctl",
          "timerfd_settime", "io_uring_enter", "poll"}) {
        wanted[name] = tracing / "syscalls" / (std::string("sys_enter_") + name) / "id";
    }
    for (const auto& [name, path] : wanted) {
        std::uint64_t id = 0;
        if (!(std::ifstream(path) >> id)) {
            if (name == "all") why_not_ = "no tracepoints: " + path.string() + " cannot be read";
            continue;
        }
        for (const int thread : thread_ids(process)) {
            perf_event_attr attributes{};
            attributes.type = PERF_TYPE_TRACEPOINT;
            attributes.size = sizeof attributes;
            attributes.config = id;
            const auto fd = syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
            if (fd >= 0) {
                events_.push_back({name, static_cast<int>(fd)});
            } else if (name == "all") {
                why_not_ = std::string("perf_event_open: ") + std::strerror(errno);
            }
        }
    }
}

syscall_counter::~syscall_counter() {
    for (const auto& each : events_) close(each.fd);
}

std::map<std::string, std::uint64_t> syscall_counter::read() const {
    std::map<std::string, std::uint64_t> sums;
    for (const auto& each : events_) {
        std::uint64_t count = 0;
        if (::read(each.fd, &count, sizeof count) == sizeof count) sums[each.name] += count;
    }
    return sums;
}

}  // namespace turn_load

/// What the kernel knows of another process: CPU time, memory, drops at its UDP sockets, system calls.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace turn_load {

std::int64_t monotonic_ns();
std::int64_t wall_ns();

struct thread_time {
    int id = 0;
    std::string name;
    std::int64_t cpu_ns = 0;
};

/// Datagrams that did not fit into the queue of a UDP socket, since it was opened.
struct socket_drops {
    struct entry {
        bool listening = false;  // bound to the port that clients send to
        std::uint64_t drops = 0;
    };
    std::map<std::string, entry> sockets;  // by inode

    struct sums {
        std::uint64_t listening = 0;
        std::uint64_t relay = 0;  // at every other UDP socket of the process
    };
    [[nodiscard]] sums since(const socket_drops& before) const;
};

class server_probe {
public:
    server_probe(pid_t process, std::uint16_t listening_port);

    /// User and system time of all threads, the soft interrupts they were charged with included. Nanoseconds.
    [[nodiscard]] std::int64_t cpu_ns() const;
    /// The same by thread, as the scheduler last noted it: up to a tick old.
    [[nodiscard]] std::vector<thread_time> threads() const;
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> user_system_ticks() const;
    [[nodiscard]] socket_drops drops() const;
    [[nodiscard]] std::int64_t resident_bytes() const;
    [[nodiscard]] pid_t process() const { return process_; }

private:
    pid_t process_;
    std::uint16_t listening_port_;
    clockid_t clock_{};
};

/// Counts a process's system calls by name with tracepoints, if the kernel lets us.
class syscall_counter {
public:
    explicit syscall_counter(pid_t process);
    ~syscall_counter();
    syscall_counter(const syscall_counter&) = delete;
    syscall_counter& operator=(const syscall_counter&) = delete;

    [[nodiscard]] const std::string& why_not() const { return why_not_; }  // empty: it counts
    [[nodiscard]] std::map<std::string, std::uint64_t> read() const;       // "all" and each name seen

private:
    struct event {
        std::string name;
        int fd;
    };
    std::vector<event> events_;
    std::string why_not_;
};

}  // namespace turn_load

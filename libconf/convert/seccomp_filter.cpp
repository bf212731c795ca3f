#include "libconf/convert/seccomp_filter.hpp"

#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace conf::convert {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0;
#endif

constexpr std::array refused{
    SYS_acct,
    SYS_add_key,
    SYS_adjtimex,
    SYS_bpf,
    SYS_chroot,
    SYS_clock_adjtime,
    SYS_clock_settime,
    SYS_delete_module,
    SYS_fanotify_init,
    SYS_finit_module,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fsopen,
    SYS_fspick,
    SYS_init_module,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_uring_setup,
    SYS_kcmp,
    SYS_kexec_load,
    SYS_keyctl,
    SYS_mount,
    SYS_mount_setattr,
    SYS_move_mount,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_open_tree,
    SYS_perf_event_open,
    SYS_personality,
    SYS_pidfd_getfd,
    SYS_pivot_root,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_ptrace,
    SYS_quotactl,
    SYS_reboot,
    SYS_request_key,
    SYS_setdomainname,
    SYS_sethostname,
    SYS_setns,
    SYS_settimeofday,
    SYS_swapoff,
    SYS_swapon,
    SYS_syslog,
    SYS_umount2,
    SYS_unshare,
    SYS_userfaultfd,
    SYS_vhangup,
};

constexpr std::uint32_t new_namespaces = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS |
                                         CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWTIME;

constexpr std::uint32_t allow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t deny = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;

constexpr std::uint32_t number_at = offsetof(seccomp_data, nr);
constexpr std::uint32_t architecture_at = offsetof(seccomp_data, arch);
/// The lower half of an argument; all that are looked at have 32 bits.
constexpr std::uint32_t argument_at(std::uint32_t i) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * i;
}

sock_filter load(std::uint32_t at) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
}
sock_filter answer(std::uint32_t what) {
    return BPF_STMT(BPF_RET | BPF_K, what);
}
/// Goes on with the next instruction where it is equal, else behind `otherwise` more.
sock_filter if_equal(std::uint32_t value, std::uint8_t otherwise) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, otherwise);
}
sock_filter if_any_bit(std::uint32_t bits, std::uint8_t otherwise) {
    return BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, otherwise);
}

void add(std::vector<sock_filter>& to, std::initializer_list<sock_filter> more) {
    to.insert(to.end(), more);
}

}  // namespace

std::vector<sock_filter> seccomp_filter() {
    if (architecture == 0) return {};
    std::vector<sock_filter> made;
    add(made, {load(architecture_at), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
               answer(SECCOMP_RET_KILL_PROCESS), load(number_at)});
#if defined(__x86_64__)
    // The x32 ABI has numbers of its own for the same calls.
    add(made, {BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1), answer(SECCOMP_RET_KILL_PROCESS)});
#endif
    for (const long call : {long{SYS_socket}, long{SYS_socketpair}}) {
        add(made, {if_equal(static_cast<std::uint32_t>(call), 4), load(argument_at(0)),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0), answer(deny), answer(allow)});
    }
    add(made, {if_equal(SYS_clone, 4), load(argument_at(0)), if_any_bit(new_namespaces, 1), answer(deny),
               answer(allow)});
    add(made, {if_equal(SYS_clone3, 1), answer(unknown)});
    add(made, {if_equal(SYS_ioctl, 4), load(argument_at(1)),
               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 0, 1), answer(deny), answer(allow)});
    for (const auto call : refused) {
        add(made, {if_equal(static_cast<std::uint32_t>(call), 1), answer(deny)});
    }
    add(made, {answer(allow)});
    return made;
}

}  // namespace conf::convert

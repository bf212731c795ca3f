#include "libconf/convert/sandbox.hpp"

#include "libconf/convert/files.hpp"
#include "libconf/convert/seccomp_filter.hpp"
#include "libconf/documents/limits.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <initializer_list>
#include <string_view>

namespace conf::convert {
namespace {

constexpr int seccomp_descriptor = 10;  // any number that is free in the child

void add(std::vector<std::string>& to, std::initializer_list<std::string_view> words) {
    to.insert(to.end(), words.begin(), words.end());
}

descriptor filter_file() {
    const auto filter = seccomp_filter();
    descriptor made(memfd_create("filter", MFD_CLOEXEC));
    if (filter.empty() || !made) return {};
    const std::string_view text(reinterpret_cast<const char*>(filter.data()),
                                filter.size() * sizeof(sock_filter));
    if (!write_all(made.get(), text) || lseek(made.get(), 0, SEEK_SET) != 0) return {};
    return made;
}

}  // namespace

std::vector<std::string> sandbox_command(const sandbox_rules& rules, const std::vector<std::string>& tool,
                                         int seccomp) {
    std::vector<std::string> made{bubblewrap};
    // Spelled out: --unshare-all goes on without a namespace that it does not get.
    add(made,
        {"--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
         "--unshare-cgroup-try", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv"});
    add(made, {"--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8"});
    add(made, {"--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "converter"});
    add(made, {"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"});
    add(made, {"--symlink", "usr/lib64", "/lib64"});
    for (const auto* const path :
         {"/etc/fonts", "/etc/ld.so.cache", "/etc/libreoffice", "/var/cache/fontconfig"}) {
        add(made, {"--ro-bind-try", path, path});
    }
    add(made, {"--proc", "/proc", "--dev", "/dev", "--size", fmt::to_string(documents::tool_scratch_bytes),
               "--tmpfs", "/tmp"});
    for (const auto& [ours, theirs] : rules.inputs) add(made, {"--ro-bind", ours, "/in/" + theirs});
    if (!rules.out.empty()) add(made, {"--bind", rules.out, "/out"});
    add(made, {"--remount-ro", "/", "--chdir", "/tmp"});
    if (seccomp >= 0) add(made, {"--seccomp", fmt::to_string(seccomp)});
    // The limits are the tool's, not bubblewrap's. Processor time at most as long as all of it may take.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(rules.time).count();
    add(made, {"--", "/usr/bin/prlimit", fmt::format("--as={}", rules.memory_bytes),
               fmt::format("--cpu={}", seconds), fmt::format("--fsize={}", documents::tool_file_bytes_max),
               fmt::format("--nproc={}", documents::tool_processes_max),
               fmt::format("--nofile={}", documents::tool_descriptors_max), "--core=0", "--"});
    made.insert(made.end(), tool.begin(), tool.end());
    return made;
}

child_end run_in_sandbox(const sandbox_rules& rules, const std::vector<std::string>& tool) {
    const auto filter = filter_file();
    std::vector<passed_descriptor> passed;
    if (filter) passed.push_back({filter.get(), seccomp_descriptor});
    const auto command = sandbox_command(rules, tool, filter ? seccomp_descriptor : -1);
    return run_child(command, {.time = rules.time, .cancel = rules.cancel}, passed);
}

std::string sandbox_problem() {
    if (access(bubblewrap, X_OK) != 0) {
        return "documents are converted in a sandbox only, and bubblewrap is not installed: install Debian's "
               "package "
               "bubblewrap";
    }
    const auto tried = run_in_sandbox({.time = std::chrono::seconds(10)}, {"/usr/bin/true"});
    if (tried.how == child_end::kind::ended && tried.status == 0) return {};
    auto said = tried.error.substr(0, tried.error.find('\n'));
    return fmt::format(
        "documents are converted in a sandbox only, and the system does not allow one ({}): user namespaces "
        "have "
        "to be allowed, which a chroot, a container, a sysctl or a unit with RestrictNamespaces= may "
        "forbid; run conf-convert where they are, and point documents.converter to its socket",
        said.empty() ? fmt::format("bubblewrap ended with status {}", tried.status) : said);
}

}  // namespace conf::convert

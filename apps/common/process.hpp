/// What a program does to its own process before it serves anybody.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::apps {

/// The arguments as they were, while the secrets of `--set` are overwritten in `argv`, where other users
/// could read them.
[[nodiscard]] std::vector<std::string> take_arguments(int argc, char** argv);

/// No core files and no debugger of other users: both hold keys.
void forbid_dumps();

/// As many files and sockets as the administrator allows; a relay needs one for each allocation.
void raise_file_limit();

[[nodiscard]] bool is_root();

/// The path of another program in the folder of this one; empty where it is not there.
[[nodiscard]] std::string path_beside(std::string_view program);

/// Makes a folder for this user only, with those above it, and tries whether files can be made in it.
/// @return why not; nothing where it is ready.
[[nodiscard]] std::optional<std::string> prepare_folder(const std::string& path);

/// Says "READY=1" or "STOPPING=1" to the service manager, if one wants to know (sd_notify(3), Type=notify).
void tell_service_manager(std::string_view state);

/// 64 hexadecimal digits from the system's random generator.
[[nodiscard]] std::string random_secret();

/// A file descriptor that is closed with its owner.
class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor();
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

/// SIGTERM, SIGINT and SIGHUP as something to poll. To be made before any thread, so that none of them is
/// interrupted.
class signals {
public:
    signals();
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// The next waiting signal, or 0.
    [[nodiscard]] int next() const;

private:
    descriptor fd_;
};

}  // namespace conf::apps

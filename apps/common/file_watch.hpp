/// Notices that files changed, by looking at them about once a second.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace conf::apps {

/// Looking instead of inotify: it sees through symbolic links (as certbot and container volumes replace
/// them), works on every file system, and three stat calls a second cost nothing. Belongs to its owner.
class file_watch {
public:
    explicit file_watch(std::vector<std::string> files);

    /// True once after a change, as soon as two looks in a row saw the same, so that nothing half-written is
    /// read.
    [[nodiscard]] bool changed();

    [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

    struct fingerprint {
        bool exists = false;
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size_bytes = 0;
        std::int64_t modified_ns = 0;
        friend bool operator==(const fingerprint&, const fingerprint&) = default;
    };

private:
    [[nodiscard]] std::vector<fingerprint> look() const;

    std::vector<std::string> files_;
    std::vector<fingerprint> known_;
    std::vector<fingerprint> last_seen_;
};

}  // namespace conf::apps

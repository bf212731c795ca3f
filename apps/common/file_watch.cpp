#include "common/file_watch.hpp"

#include <sys/stat.h>

#include <utility>

namespace conf::apps {

file_watch::file_watch(std::vector<std::string> files)
    : files_(std::move(files)), known_(look()), last_seen_(known_) {}

bool file_watch::changed() {
    auto now = look();
    if (now != last_seen_) {
        last_seen_ = std::move(now);
        return false;
    }
    if (last_seen_ == known_) return false;
    known_ = last_seen_;
    return true;
}

std::vector<file_watch::fingerprint> file_watch::look() const {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    std::vector<fingerprint> made;
    for (const auto& file : files_) {
        struct stat of{};
        fingerprint print;
        if (stat(file.c_str(), &of) == 0) {
            print = {true, of.st_dev, of.st_ino, of.st_size,
                     of.st_mtim.tv_sec * ns_per_s + of.st_mtim.tv_nsec};
        }
        made.push_back(print);
    }
    return made;
}

}  // namespace conf::apps

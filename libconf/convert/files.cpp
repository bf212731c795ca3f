#include "libconf/convert/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace conf::convert {

void descriptor::reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

std::optional<std::string> read_file(const std::string& path, std::uint64_t bytes_max) {
    // A pipe would make open() wait.
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat about{};
    if (!file || fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    if (static_cast<std::uint64_t>(about.st_size) > bytes_max) return std::nullopt;
    std::string made(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t at = 0;
    while (at < made.size()) {
        const auto count = ::read(file.get(), made.data() + at, made.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        at += static_cast<std::size_t>(count);
    }
    made.resize(at);
    return made;
}

std::optional<std::uint64_t> file_bytes(const std::string& path) noexcept {
    struct stat about{};
    if (lstat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(about.st_size);
}

bool write_all(int to, std::string_view text) noexcept {
    while (!text.empty()) {
        const auto count = ::write(to, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool write_file(const std::string& path, std::string_view content) {
    const descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    return file && write_all(file.get(), content);
}

scratch_folder::scratch_folder(const std::string& parent) : path_(parent + "/work-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
}

scratch_folder::~scratch_folder() {
    if (path_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void scratch_folder::clear() const {
    std::error_code ignored;
    for (const auto& one : std::filesystem::directory_iterator(path_, ignored)) {
        std::filesystem::remove_all(one.path(), ignored);
    }
}

}  // namespace conf::convert

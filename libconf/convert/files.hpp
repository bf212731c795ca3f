/// Files of jobs: read with a limit, written whole, and taken from a sandbox only where they are files.
#pragma once

#include <conf/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace conf::convert {

/// A file descriptor that is closed with its owner.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }
    void reset() noexcept;

private:
    int fd_ = -1;
};

/// Nothing where it is no plain file, cannot be read, or has more bytes. A link is not followed: who wrote
/// the file may have been a tool that a document took over.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path, std::uint64_t bytes_max);

/// Its size, where it is a plain file.
[[nodiscard]] std::optional<std::uint64_t> file_bytes(const std::string& path) noexcept;

[[nodiscard]] bool write_file(const std::string& path, std::string_view content);

/// All of it, or nothing is known: the other end may be gone.
bool write_all(int to, std::string_view text) noexcept;

/// A folder that is emptied and removed with its owner.
class scratch_folder {
public:
    /// Made below `parent`, for this user alone. False where it cannot be made.
    explicit scratch_folder(const std::string& parent);
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder();

    explicit operator bool() const noexcept { return !path_.empty(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Takes out what is in it.
    void clear() const;

private:
    std::string path_;
};

}  // namespace conf::convert

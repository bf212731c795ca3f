/// Pictures that people bring onto boards and into notes, on the disk.
#pragma once

#include "libconf/documents/limits.hpp"
#include "libconf/documents/problem.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace conf::host {

/// One folder a room, one file a picture, named by its type and its hash: a picture that comes twice is there
/// once. Everything waits for the disk but `path` and `has`. Belongs to any thread; it holds nothing.
class asset_store {
public:
    /// @param path  made with the first picture.
    explicit asset_store(std::string path) : path_(std::move(path)) {}

    /// An upload that is complete becomes a picture of that room. PNG, JPEG without what tells of its maker,
    /// GIF, WebP. The upload is gone in any case.
    /// @return its id, or why not: `unknown_kind`, `too_many_pixels`, `room_full`, `disk_full`.
    [[nodiscard]] std::variant<std::string, documents::problem> adopt(const std::string& upload,
                                                                      const std::string& room,
                                                                      const documents::limits& within) const;
    /// Precondition: `is_asset(id)` and a room's name.
    [[nodiscard]] std::string path(std::string_view room, std::string_view id) const;
    /// One look at the file system's cache. False for what is no id, too.
    [[nodiscard]] bool has(std::string_view room, std::string_view id) const;
    /// `data:` addresses of those that are there, for what can not fetch them, until their files are
    /// `bytes_max` together.
    [[nodiscard]] std::map<std::string, std::string> addresses(const std::string& room,
                                                               const std::set<std::string>& ids,
                                                               std::uint64_t bytes_max) const;
    void forget(const std::string& room) const;

private:
    std::string path_;
};

/// Whether a text has the form of a picture's id.
[[nodiscard]] bool is_asset(std::string_view text) noexcept;
/// Precondition: `is_asset`.
[[nodiscard]] std::string_view media_type_of_asset(std::string_view id) noexcept;

}  // namespace conf::host

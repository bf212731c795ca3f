/// Records of rooms in one SQLite file.
#pragma once

#include "libconf/store/room_store.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

namespace conf::store {

/// One thread of its own does everything; what was asked for while it was busy becomes one transaction.
class sqlite_store final : public room_store {
public:
    struct environment {
        std::function<void(std::function<void()>)> post_back;  ///< runs a task on the loop
        /// On the loop: saving has begun to fail, with the reason, or works again.
        std::function<void(const result<void>& works)> on_change{};
    };

    /// Makes the file, in a folder that is there, where it is missing; its mode is 0600.
    /// @return `store_errc` with the path and what SQLite says.
    static result<std::unique_ptr<sqlite_store>> open(const std::string& path, environment around);
    /// Saves what was asked for first.
    ~sqlite_store() override;

    void load(std::string room, loaded done) override;
    void save(std::string room, std::vector<rooms::record> records, saved done) override;
    void list(listed done) override;

    /// What failed to be saved, in bytes, before the oldest of it is given up.
    static constexpr std::size_t unsaved_bytes_max = 64 * 1024 * 1024;

private:
    struct impl;
    explicit sqlite_store(std::unique_ptr<impl> made);
    std::unique_ptr<impl> impl_;
};

enum class store_errc {
    cannot_open = 1,  ///< no such folder, no right, or not a database
    newer_version,    ///< made by a later libconf
    cannot_read,
    cannot_write,  ///< the disk is full, or worse
};
[[nodiscard]] const std::error_category& store_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(store_errc code) noexcept {
    return {static_cast<int>(code), store_category()};
}

}  // namespace conf::store

template <>
struct std::is_error_code_enum<conf::store::store_errc> : std::true_type {};

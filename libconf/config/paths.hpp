/// Files and folders that a configuration names.
#pragma once

#include "libconf/config/keys.hpp"

#include <string>
#include <string_view>

namespace conf::config {

/// `path` as it is where it is absolute, else below `folder`; an empty folder is the working directory. "~/"
/// is the home.
[[nodiscard]] std::string absolute_path(const std::string& path, const std::string& folder);

/// Looks at the file that `path` names. An empty path is always right.
[[nodiscard]] verdict check_path(path_use use, const std::string& path);

/// Where a program keeps its data when nobody says.
[[nodiscard]] std::string default_data_path(std::string_view program);

[[nodiscard]] std::string data_path(const settings& values, std::string_view program);

/// Absolute; empty where there is no socket.
[[nodiscard]] std::string control_socket_path(const settings& values, std::string_view program);

/// False for a file that cannot be looked at.
[[nodiscard]] bool is_readable_by_everybody(const std::string& path);

/// A whole file, or why not.
struct file_text {
    std::string text;
    std::string failure;  // "No such file or directory"; empty: the text is there
};
[[nodiscard]] file_text read_whole_file(const std::string& path, std::size_t bytes_max);

}  // namespace conf::config

/// Reads the tables and files of tests/vectors.
#pragma once

#include "libconf/base/bytes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace vectors {

using buffer = std::vector<std::byte>;

[[nodiscard]] inline buffer from_hex(std::string_view hex) {
    buffer out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        out.push_back(static_cast<std::byte>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
    }
    return out;
}

[[nodiscard]] inline std::string to_hex(conf::bytes data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const auto b : data) {
        out += digits[std::to_integer<unsigned>(b) >> 4];
        out += digits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
}

[[nodiscard]] inline buffer from_text(std::string_view text) {
    const auto raw = conf::as_bytes(text);
    return {raw.begin(), raw.end()};
}

/// A path below tests/vectors.
[[nodiscard]] inline std::filesystem::path path_of(std::string_view name) {
    return std::filesystem::path(CONF_TESTS_DIR) / "vectors" / name;
}

[[nodiscard]] inline buffer read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return from_text(text);
}

/// The rows of a table of tab-separated columns; lines that begin with # are comments.
[[nodiscard]] inline std::vector<std::vector<std::string>> read_table(std::string_view name) {
    std::ifstream file(path_of(name));
    REQUIRE(file.good());
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::vector<std::string> columns;
        for (std::size_t at = 0; at <= line.size();) {
            const auto tab = std::min(line.find('\t', at), line.size());
            columns.push_back(line.substr(at, tab - at));
            at = tab + 1;
        }
        rows.push_back(std::move(columns));
    }
    return rows;
}

/// Every file of a folder below tests/vectors, sorted by name.
[[nodiscard]] inline std::vector<std::filesystem::path> files_of(std::string_view folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path_of(folder))) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    REQUIRE_FALSE(files.empty());
    return files;
}

}  // namespace vectors

/// Loads configurations from text for the tests of this folder.
#pragma once

#include <conf/config.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config_test {

/// A folder that goes away with the test.
class scratch_folder {
public:
    scratch_folder() {
        auto name = (std::filesystem::temp_directory_path() / "conf-config-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string write(const std::string& name, std::string_view text) const {
        const auto path = path_ / name;
        std::ofstream(path, std::ios::binary) << text;
        std::filesystem::permissions(
            path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        return path.string();
    }
    [[nodiscard]] std::string path(const std::string& name = {}) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

struct loaded {
    std::optional<conf::configuration> config;
    std::vector<std::string> problems;  // as text, with "conf.toml" as the file's name
};

struct source {
    std::string toml;
    std::vector<std::string> set = {};
    std::string program = "conf-server";
};

inline loaded load(const source& from) {
    const scratch_folder folder;
    const auto file = from.toml.empty() ? std::string() : folder.write("conf.toml", from.toml);
    std::vector<conf::config_problem> problems;
    auto made = conf::configuration::load(file, from.set, from.program, problems);
    loaded answer;
    for (auto& problem : problems) {
        if (!file.empty() && problem.file == file) problem.file = "conf.toml";
        answer.problems.push_back(problem.to_string());
    }
    if (made) answer.config = *std::move(made);
    CHECK(answer.config.has_value() == problems.empty());
    return answer;
}

inline conf::configuration load_good(const source& from) {
    auto made = load(from);
    INFO(from.toml);
    for (const auto& problem : made.problems) UNSCOPED_INFO(problem);
    REQUIRE(made.config.has_value());
    return *made.config;
}

}  // namespace config_test

// Configuration texts and overrides: every one ends in settings or in problems that name themselves.
#include "libconf/config/reader.hpp"
#include "tests/fuzz/target.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fuzz {
namespace {

/// A problem is a line or two for a person, however long the value is that it is about.
constexpr std::size_t problem_bytes_max = 4096;

struct reading {
    std::vector<std::string> problems;
    bool secret_on_command_line = false;

    friend bool operator==(const reading&, const reading&) = default;
};

reading read(std::string_view program, std::string_view text, const std::vector<std::string_view>& overrides) {
    conf::config::reader reader(program);
    reader.read_file("conf.toml", "/nowhere", text);
    for (const auto setting : overrides) reader.read_override(setting);
    reader.finish();
    reading answer;
    for (const auto& problem : reader.problems()) {
        auto line = problem.to_string();
        require(!problem.message.empty() && !problem.file.empty() && problem.line >= 0 && problem.column >= 0);
        require(line.size() <= problem_bytes_max);
        answer.problems.push_back(std::move(line));
    }
    answer.secret_on_command_line = reader.secret_on_command_line();
    return answer;
}

}  // namespace

/// The file's text, then overrides, each behind a zero byte.
void target::config(bytes input) {
    auto rest = conf::as_text(input);
    const std::string_view program = rest.size() % 2 == 0 ? "conf-server" : "conf-turn";
    const auto text = rest.substr(0, rest.find('\0'));
    std::vector<std::string_view> overrides;
    for (rest.remove_prefix(text.size()); !rest.empty() && overrides.size() < 8;) {
        rest.remove_prefix(1);
        overrides.push_back(rest.substr(0, rest.find('\0')));
        rest.remove_prefix(overrides.back().size());
    }
    require(read(program, text, overrides) == read(program, text, overrides));
}

}  // namespace fuzz

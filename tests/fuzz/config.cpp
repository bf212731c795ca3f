// Configuration texts and overrides: every one ends in settings or in problems that name themselves.
#include "libconf/config/reader.hpp"
#include "tests/fuzz/target.hpp"

#include <string_view>

namespace fuzz {
namespace {

/// A problem is a line or two for a person, however long the value is that it is about.
constexpr std::size_t problem_bytes_max = 4096;

/// A reader that has its defaults already: reading those takes longer than all the rest.
const conf::config::reader& fresh(bool relay_alone) {
    static const conf::config::reader relay("conf-turn");
    static const conf::config::reader whole("conf-server");
    return relay_alone ? relay : whole;
}

}  // namespace

/// The file's text, then overrides, each behind a zero byte.
void target::config(bytes input) {
    auto rest = conf::as_text(input);
    auto reader = fresh(rest.size() % 2 == 0);
    const auto text = rest.substr(0, rest.find('\0'));
    reader.read_file("conf.toml", "/nowhere", text);
    rest.remove_prefix(text.size());
    for (int overrides = 0; !rest.empty() && overrides < 8; ++overrides) {
        rest.remove_prefix(1);
        const auto setting = rest.substr(0, rest.find('\0'));
        reader.read_override(setting);
        rest.remove_prefix(setting.size());
    }
    reader.finish();
    for (const auto& problem : reader.problems()) {
        require(!problem.message.empty() && !problem.file.empty() && problem.line >= 0 &&
                problem.column >= 0);
        require(problem.to_string().size() <= problem_bytes_max);
    }
}

}  // namespace fuzz

#include "libconf/config/explain.hpp"

#include <conf/version.hpp>

#include "libconf/config/document.hpp"
#include "libconf/config/keys.hpp"
#include "libconf/config/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::config {
namespace {

constexpr std::size_t line_columns = 100;

/// `text` in lines of at most `line_columns`, each behind `indent`.
std::string wrapped(std::string_view text, std::string_view indent) {
    std::string made;
    std::string line(indent);
    while (!text.empty()) {
        const auto space = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, space);
        if (line.size() + 1 + word.size() > line_columns && line.size() > indent.size()) {
            made += line + "\n";
            line = indent;
        }
        if (line.size() > indent.size()) line += ' ';
        line += word;
        text.remove_prefix(std::min(space + 1, text.size()));
    }
    return made + line + "\n";
}

std::string_view when_it_changes(const key& k) {
    return k.when == takes_effect::at_once ? "Changes while the program runs." : "Changes at the next start.";
}

std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    }
    return text;
}

std::string explain_section(std::string_view name) {
    std::string made = fmt::format("[{}] has these keys:\n", name);
    for (const auto& k : all_keys()) {
        if (!k.name.starts_with(std::string(name) + ".")) continue;
        const auto first_sentence =
            k.sentence.substr(0, std::min(k.sentence.find(". "), k.sentence.size() - 1));
        made += fmt::format("  {:<40} {}.\n", k.name, first_sentence);
    }
    return made;
}

std::string explain_key(const key& k) {
    std::string defaults = fmt::format("Default: {}", k.default_toml);
    if (!k.default_toml_turn.empty()) defaults += fmt::format(" (conf-turn: {})", k.default_toml_turn);
    return fmt::format("{}\n{}{}{}{}", k.name, wrapped(k.sentence, "  "),
                       wrapped("Value: " + allowed_values(k) + ".", "  "), wrapped(defaults, "  "),
                       wrapped(when_it_changes(k), "  "));
}

}  // namespace

std::string reference_text(std::string_view program, std::string_view fresh_secret) {
    std::string made;
    made += wrapped(
        fmt::format("{} {}: every key with its default. Keep what you change, delete the rest if you like.",
                    program, version()),
        "# ");
    made += wrapped(fmt::format("Check it with: {} --config FILE --check-config", program), "# ");
    made += wrapped("Change it while the program runs: the file is watched, SIGHUP reads it at once.", "# ");
    std::string_view section;
    for (const auto& k : all_keys()) {
        if (section_of(k.name) != section) {
            section = section_of(k.name);
            made += fmt::format("\n[{}]\n", section);
        } else {
            made += "\n";
        }
        made += wrapped(k.sentence, "# ");
        made += wrapped(fmt::format("{}. {}", capitalised(allowed_values(k)), when_it_changes(k)), "# ");
        std::string value(k.default_for(program));
        if (k.name == "turn.secrets" && !fresh_secret.empty()) {
            made += wrapped("Default: none. This one was drawn at random for you, just now.", "# ");
            value = fmt::format("[{}]", in_quotes(fresh_secret));
        }
        made += fmt::format("{} = {}\n", last_part(k.name), value);
    }
    return made;
}

result<std::string> explanation_of(std::string_view name) {
    // "turn.users.ada" is explained as what it is an entry of.
    for (auto shorter = name; !shorter.empty();) {
        const auto* k = find_key(shorter);
        if (k != nullptr && (shorter.size() == name.size() || std::holds_alternative<table_kind>(k->kind))) {
            return explain_key(*k);
        }
        const auto dot = shorter.rfind('.');
        shorter = dot == shorter.npos ? std::string_view() : shorter.substr(0, dot);
    }
    if (is_section(name)) return explain_section(name);
    auto known = key_names();
    return error(make_error_code(config_errc::unknown_key),
                 fmt::format("{} (the nearest known key is {})", name, nearest(name, known)));
}

}  // namespace conf::config

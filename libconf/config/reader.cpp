#include "libconf/config/reader.hpp"

#include "libconf/base/check.hpp"
#include "libconf/config/agreement.hpp"
#include "libconf/config/limits.hpp"
#include "libconf/config/nearest.hpp"
#include "libconf/config/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace conf::config {
namespace {

template <class T>
const T* value_of(const node& from) {
    return std::get_if<T>(&from.value);
}

bool is_empty(const node& value) {
    const auto* list = value_of<node_list>(value);
    const auto* table = value_of<node_table>(value);
    return (list != nullptr && list->items.empty()) || (table != nullptr && table->items.empty());
}

/// A name from a file on its way to a terminal or a log.
std::string printable(std::string_view name) {
    constexpr std::size_t name_bytes = 128;
    std::string made(name.substr(0, name_bytes));
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    std::ranges::replace_if(made, is_control, '?');
    return made;
}

}  // namespace

reader::reader(std::string_view program) : program_(program) {
    for (const auto& k : all_keys()) {
        const auto parsed = parse_value(k.default_for(program));
        check(std::holds_alternative<node>(parsed));
        assign(k, std::get<node>(parsed));
    }
    check(problems_.empty());
    origins_.clear();
    secret_on_command_line_ = false;
}

void reader::read_file(const std::string& name, const std::string& folder, std::string_view text) {
    file_ = config_file_ = name;
    folder_ = folder;
    in_file_ = true;
    const auto parsed = parse_document(text);
    if (const auto* failed = std::get_if<syntax_error>(&parsed)) {
        problems_.push_back({name, failed->at.line, failed->at.column, {}, {}, failed->message});
        file_is_read_ = false;
        return;
    }
    walk("", std::get<node_table>(parsed));
}

void reader::walk(const std::string& prefix, const node_table& table) {
    for (const auto& item : table.items) walk_one(prefix.empty() ? item.key : prefix + "." + item.key, item);
}

void reader::walk_one(const std::string& name, const node& item) {
    if (const auto* to = find_key(name)) {
        assign(*to, item);
        return;
    }
    const auto* below = value_of<node_table>(item);
    if (is_section(name)) {
        if (below == nullptr) {
            problems_.push_back({file_,
                                 item.value_at.line,
                                 item.value_at.column,
                                 name,
                                 {},
                                 fmt::format("this is a section: expected [{}] and its keys", name)});
            return;
        }
        walk(name, *below);
    } else if (below != nullptr && !below->items.empty()) {
        walk(name, *below);  // every key of an unknown section gets its own nearest
    } else {
        unknown(name, item);
    }
}

void reader::assign(const key& to, const node& from) {
    const auto before = problems_.size();
    std::visit([&](const auto& kind) { take(to, kind, from); }, to.kind);
    origins_[std::string(to.name)] = {file_, from.value_at};
    if (!to.secret || is_empty(from) || problems_.size() > before) return;
    (in_file_ ? secret_in_file_ : secret_on_command_line_) = true;
}

void reader::take(const key& to, const boolean_kind& kind, const node& from) {
    const auto* value = value_of<bool>(from);
    if (value == nullptr) return expected(to, from);
    kind.at.write(values_) = *value;
}

void reader::take(const key& to, const tristate_kind& kind, const node& from) {
    if (const auto* text = value_of<std::string>(from); text != nullptr && *text == "auto") {
        kind.at.write(values_).reset();
        return;
    }
    const auto* value = value_of<bool>(from);
    if (value == nullptr) return expected(to, from);
    kind.at.write(values_) = *value;
}

void reader::take(const key& to, const integer_kind& kind, const node& from) {
    const auto* value = value_of<std::int64_t>(from);
    if (value == nullptr || *value < 0) return expected(to, from);
    const auto number = static_cast<std::uint64_t>(*value);
    if (number < kind.min || number > kind.max) return expected(to, from);
    kind.write(values_, number);
}

void reader::take(const key& to, const choice_kind& kind, const node& from) {
    const auto* value = value_of<std::string>(from);
    if (value == nullptr) return expected(to, from);
    const auto found = std::ranges::find(kind.names, *value);
    if (found == kind.names.end()) return expected(to, from);
    kind.write(values_, static_cast<std::size_t>(found - kind.names.begin()));
}

void reader::take(const key& to, const duration_kind& kind, const node& from) {
    std::optional<std::chrono::seconds> value;
    if (const auto* text = value_of<std::string>(from)) value = parse_duration(*text);
    if (const auto* number = value_of<std::int64_t>(from)) value = std::chrono::seconds(*number);
    if (!value || value->count() < 0 || *value > kind.max) return expected(to, from);
    kind.at.write(values_) = *value;
}

void reader::take(const key& to, const text_kind& kind, const node& from) {
    const auto* value = value_of<std::string>(from);
    if (value == nullptr) return expected(to, from);
    if (auto why = kind.check(*value)) return wrong(to, from, std::move(*why));
    kind.at.write(values_) = *value;
}

void reader::take(const key& to, const list_kind& kind, const node& from) {
    std::vector<node> items;
    if (const auto* list = value_of<node_list>(from)) {
        items = list->items;
    } else if (value_of<std::string>(from) != nullptr) {
        items = {from};
    } else {
        return expected(to, from);
    }
    if (items.size() > kind.entries_max) {
        return wrong(to, from,
                     fmt::format("{} entries: expected at most {}", items.size(), kind.entries_max));
    }
    std::vector<std::string> taken;
    std::set<std::string, std::less<>> seen;
    bool good = true;
    for (const auto& item : items) {
        const auto* text = value_of<std::string>(item);
        if (text == nullptr) {
            good = false;
            wrong(to, item, fmt::format("expected a text in quotation marks: {}", to.allowed));
            continue;
        }
        auto tidied = kind.tidy != nullptr ? kind.tidy(*text) : *text;
        auto why = kind.check(tidied);
        if (!why && !seen.insert(tidied).second) why = "this stands in the list twice: expected it once";
        if (why) {
            good = false;
            wrong(to, item, std::move(*why));
            continue;
        }
        taken.push_back(std::move(tidied));
    }
    if (good && kind.check_all != nullptr) {
        if (auto why = kind.check_all(taken)) return wrong(to, from, std::move(*why));
    }
    if (good) kind.at.write(values_) = std::move(taken);
}

void reader::take(const key& to, const table_kind& kind, const node& from) {
    const auto* table = value_of<node_table>(from);
    if (table == nullptr) return expected(to, from);
    auto taken = merge_tables_ ? kind.at.read(values_) : std::map<std::string, std::string>{};
    bool good = true;
    for (const auto& item : table->items) {
        const auto* text = value_of<std::string>(item);
        auto why = kind.check_name(item.key);
        if (!why && text == nullptr) why = "expected a text in quotation marks";
        if (!why) why = kind.check(*text);
        if (why) {
            good = false;
            auto name = fmt::format("{}.{}", to.name, printable(item.key));
            problems_.push_back(
                {file_, item.value_at.line, item.value_at.column, std::move(name), {}, std::move(*why)});
            continue;
        }
        taken[item.key] = *text;
    }
    if (taken.size() > kind.entries_max) {
        return wrong(to, from,
                     fmt::format("{} entries: expected at most {}", taken.size(), kind.entries_max));
    }
    if (good) kind.at.write(values_) = std::move(taken);
}

void reader::take(const key& to, const path_kind& kind, const node& from) {
    const auto* value = value_of<std::string>(from);
    if (value == nullptr) return expected(to, from);
    auto path = *value;
    if (!path.empty() && kind.use != path_use::socket) path = absolute_path(path, folder_);
    if (auto why = check_path(kind.use, path)) return wrong(to, from, std::move(*why));
    kind.at.write(values_) = std::move(path);
}

void reader::expected(const key& to, const node& from) {
    wrong(to, from, "expected " + allowed_values(to));
}

void reader::wrong(const key& to, const node& from, std::string message) {
    problems_.push_back({file_, from.value_at.line, from.value_at.column, std::string(to.name),
                         to.secret ? std::string() : shown(from), std::move(message)});
}

void reader::disagree(std::string_view name, std::string message) {
    // A key that is wrong by itself has been reported ("turn.users.ada" for turn.users); what follows from
    // the default that stands in for it would only confuse.
    const auto entries = std::string(name) + ".";
    const auto about_it = [&](const config_problem& p) {
        return p.key == name || p.key.starts_with(entries);
    };
    if (std::ranges::any_of(problems_, about_it)) return;
    const auto found = origins_.find(name);
    const auto from = found == origins_.end() ? origin{config_file_, {}} : found->second;
    problems_.push_back({from.file, from.at.line, from.at.column, std::string(name), {}, std::move(message)});
}

/// The message comes with `finish`: looking for the nearest key takes long, and there may be thousands.
void reader::unknown(const std::string& name, const node& item) {
    problems_.push_back({file_, item.key_at.line, item.key_at.column, printable(name), {}, {}});
}

void reader::finish() {
    if (file_is_read_) {
        check_agreement(values_, program_, [&](std::string_view name, std::string message) {
            disagree(name, std::move(message));
        });
    }
    const auto order = [](const config_problem& p) {
        return std::tuple(p.file == "--set", p.line == 0, p.line, p.column);
    };
    std::ranges::stable_sort(problems_, {}, order);
    if (problems_.size() > limits::problems) {
        const auto more = problems_.size() - limits::problems;
        problems_.resize(limits::problems);
        problems_.push_back({problems_.back().file, 0, 0, {}, {}, fmt::format("and {} more problems", more)});
    }
    for (auto& problem : problems_) {
        if (!problem.message.empty()) continue;
        problem.message =
            fmt::format("unknown key; the nearest known key is {}", nearest(problem.key, key_names()));
    }
}

}  // namespace conf::config

#include "libconf/documents/stored_file.hpp"

#include "libconf/documents/limits.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace conf::documents {
namespace {

// Tags of a file's record, and of a page within it.
enum tag : std::uint8_t {
    name = 1,
    state,
    content,
    ending,
    bytes,
    owner,
    added,
    attempts,
    problem_kind,
    problem_message,
    problem_page,
    problem_limit,
    one_page,
};
enum page_tag : std::uint8_t { width = 1, height, picture, missing };

// A unit is divided so often: sizes are kept as whole numbers.
constexpr double fractions = 1000;

std::string write_page(const page& of) {
    rooms::record_writer made;
    made.number(width, static_cast<std::uint64_t>(std::lround(of.width * fractions)));
    made.number(height, static_cast<std::uint64_t>(std::lround(of.height * fractions)));
    made.number(picture, of.picture ? 1 : 0);
    made.number(missing, of.missing ? 1 : 0);
    return std::move(made).take();
}

template <class Enum>
bool read_enum(std::uint64_t from, Enum& to, Enum last) {
    if (from < 1 || from > static_cast<std::uint64_t>(last)) return false;
    to = static_cast<Enum>(from);
    return true;
}

std::optional<page> read_page(std::string_view value) {
    rooms::record_reader fields(value);
    page made;
    made.made = true;
    while (fields.next()) {
        const auto number = fields.number();
        switch (fields.tag()) {
            case width: made.width = static_cast<double>(number) / fractions; break;
            case height: made.height = static_cast<double>(number) / fractions; break;
            case picture: made.picture = number != 0; break;
            case missing: made.missing = number != 0; break;
            default: break;
        }
    }
    if (!fields.complete()) return std::nullopt;
    return made;
}

}  // namespace

std::string_view to_string(file_state state) noexcept {
    constexpr std::array<std::string_view, 4> names{"waiting", "converting", "ready", "failed"};
    return names[static_cast<std::size_t>(state) - 1];
}

std::string write_record(const stored_file& of) {
    rooms::record_writer made;
    made.text(name, of.name);
    made.number(state, static_cast<std::uint64_t>(of.state));
    made.text(content, of.content);
    made.text(ending, of.ending);
    made.number(bytes, of.bytes);
    made.text(owner, of.owner);
    made.number(added, rooms::count_of(of.added));
    made.number(attempts, of.attempts);
    if (of.why) {
        made.number(problem_kind, static_cast<std::uint64_t>(of.why->code));
        made.text(problem_message, of.why->message);
        made.number(problem_page, of.why->page);
        made.text(problem_limit, of.why->limit);
    }
    if (of.state == file_state::ready) {
        for (const auto& one : of.pages) made.item(one_page, write_page(one));
    }
    return std::move(made).take();
}

std::optional<stored_file> read_record(std::string_view key, std::string_view value) {
    rooms::record_reader fields(value);
    stored_file made;
    const auto read_key = rooms::number_in(key);
    if (!read_key) return std::nullopt;
    made.number = *read_key;
    bool good = true;
    problem why;
    while (fields.next()) {
        const auto number = fields.number();
        switch (fields.tag()) {
            case name: made.name = fields.text(); break;
            case state: good = good && read_enum(number, made.state, file_state::failed); break;
            case content: made.content = fields.text(); break;
            case ending: made.ending = fields.text(); break;
            case bytes: made.bytes = number; break;
            case owner: made.owner = fields.text(); break;
            case added: made.added = rooms::time_in(number); break;
            case attempts: made.attempts = static_cast<std::uint32_t>(number); break;
            case problem_kind: good = good && read_enum(number, why.code, problem_code::failed); break;
            case problem_message: why.message = fields.text(); break;
            case problem_page: why.page = static_cast<std::uint32_t>(number); break;
            case problem_limit: why.limit = limit_from(fields.text()); break;
            case one_page:
                if (auto read = read_page(fields.text())) {
                    made.pages.push_back(*read);
                } else {
                    good = false;
                }
                break;
            default: break;
        }
    }
    if (!good || !fields.complete()) return std::nullopt;
    if (made.state == file_state::failed) made.why = std::move(why);
    if (made.state == file_state::ready && (made.pages.empty() || made.content.empty())) return std::nullopt;
    return made;
}

page_size fit_page(double paper_width, double paper_height) noexcept {
    const auto sane =
        std::isfinite(paper_width) && std::isfinite(paper_height) && paper_width > 0 && paper_height > 0;
    if (!sane) return {};
    const auto ratio = std::clamp(paper_height / paper_width, 1 / page_aspect_max, page_aspect_max);
    return {page_units_wide, std::round(page_units_wide * ratio * fractions) / fractions};
}

}  // namespace conf::documents

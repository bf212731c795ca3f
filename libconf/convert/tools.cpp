#include "libconf/convert/tools.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace conf::convert {
namespace {

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::string_view after_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// Takes a number off the front.
template <class Number>
bool take(std::string_view& text, Number& into) {
    text = after_spaces(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool take(std::string_view& text, std::string_view word) {
    text = after_spaces(text);
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

}  // namespace

bool tool::installed() const noexcept {
    return access(path.data(), X_OK) == 0;
}

std::optional<pdf_info> read_pdfinfo(std::string_view printed) {
    pdf_info made;
    while (!printed.empty()) {
        auto line = take_line(printed);
        if (take(line, std::string_view("Pages:"))) {
            if (!take(line, made.pages)) return std::nullopt;
            continue;
        }
        std::uint32_t number = 0;
        if (!take(line, std::string_view("Page ")) || !take(line, number)) continue;
        if (take(line, std::string_view("size:"))) {
            paper one;
            if (!take(line, one.width) || !take(line, std::string_view("x")) || !take(line, one.height))
                continue;
            if (number == made.papers.size() + 1) made.papers.push_back(one);
        } else if (take(line, std::string_view("rot:"))) {
            int degrees = 0;
            if (!take(line, degrees) || number == 0 || number != made.papers.size()) continue;
            if (degrees % 180 != 0) std::swap(made.papers.back().width, made.papers.back().height);
        }
    }
    if (made.pages == 0) return std::nullopt;
    return made;
}

bool has_type3_font(std::string_view printed) {
    while (!printed.empty()) {
        if (take_line(printed).find(" Type 3 ") != std::string_view::npos) return true;
    }
    return false;
}

std::chrono::milliseconds job_clock::time_for(std::chrono::milliseconds wanted) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::clamp(left, std::chrono::milliseconds(0), wanted);
}

std::optional<documents::problem> problem_of(const child_end& end) {
    using documents::problem_code;
    switch (end.how) {
        case child_end::kind::ended: return std::nullopt;
        case child_end::kind::too_slow: {
            auto made = plain_problem(problem_code::too_slow);
            made.limit = documents::limit_from("seconds");
            return made;
        }
        case child_end::kind::cancelled: return plain_problem(problem_code::cancelled);
        case child_end::kind::not_started: break;
    }
    return plain_problem(problem_code::failed);
}

}  // namespace conf::convert

#include "libconf/pad/html_tokens.hpp"

#include "libconf/pad/characters.hpp"
#include "libconf/pad/entities.hpp"

#include <algorithm>
#include <array>

namespace conf::pads {
namespace {

constexpr std::array<std::string_view, 13> hidden{
    "script", "style",  "template", "title",    "textarea", "select", "svg",
    "math",   "iframe", "object",   "noscript", "canvas",   "audio",
};
/// More of one tag are left out: nobody writes them, and each costs memory.
constexpr std::size_t attributes_max = 64;

bool is_letter(char one) noexcept {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
}

std::string lower(std::string_view text) {
    std::string made(text);
    for (auto& one : made) {
        if (one >= 'A' && one <= 'Z') one = static_cast<char>(one - 'A' + 'a');
    }
    return made;
}

std::string_view take_while(std::string_view& from, bool (*wanted)(char)) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(from, wanted) - from.begin());
    const auto taken = from.substr(0, end);
    from.remove_prefix(end);
    return taken;
}

}  // namespace

std::optional<std::string_view> html_token::attribute(std::string_view name) const noexcept {
    for (const auto& [key, value] : attributes) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::optional<html_token> html_tokens::next() {
    while (!left_.empty()) {
        if (left_.front() != '<') {
            const auto end = std::min(left_.find('<'), left_.size());
            html_token made;
            made.text = decode_entities(left_.substr(0, end));
            left_.remove_prefix(end);
            return made;
        }
        if (left_.starts_with("<!--")) {
            const auto end = left_.find("-->", 4);
            left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 3);
            continue;
        }
        if (left_.starts_with("<!") || left_.starts_with("<?")) {
            const auto end = left_.find('>');
            left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 1);
            continue;
        }
        auto tag = read_tag();
        if (!tag) {
            // A "<" that begins no tag.
            html_token made;
            made.text = "<";
            left_.remove_prefix(1);
            return made;
        }
        if (tag->what == html_token::kind::open && std::ranges::find(hidden, tag->text) != hidden.end()) {
            skip_until_closed(tag->text);
            continue;
        }
        return tag;
    }
    return std::nullopt;
}

std::optional<html_token> html_tokens::read_tag() {
    auto rest = left_.substr(1);
    html_token made;
    made.what = html_token::kind::open;
    if (rest.starts_with('/')) {
        made.what = html_token::kind::close;
        rest.remove_prefix(1);
    }
    if (rest.empty() || !is_letter(rest.front())) return std::nullopt;
    made.text = lower(take_while(rest, [](char one) { return !is_space(one) && one != '>' && one != '/'; }));
    left_ = rest;
    read_attributes(made);
    return made;
}

void html_tokens::read_attributes(html_token& of) {
    for (;;) {
        (void)take_while(left_, [](char one) { return is_space(one) || one == '/'; });
        if (left_.empty()) return;
        if (left_.front() == '>') {
            left_.remove_prefix(1);
            return;
        }
        auto name = lower(take_while(
            left_, [](char one) { return !is_space(one) && one != '>' && one != '=' && one != '/'; }));
        if (name.empty()) {  // a lone "="
            left_.remove_prefix(1);
            continue;
        }
        (void)take_while(left_, is_space);
        std::string_view value;
        if (left_.starts_with('=')) {
            left_.remove_prefix(1);
            (void)take_while(left_, is_space);
            if (left_.starts_with('"') || left_.starts_with('\'')) {
                const auto end = std::min(left_.find(left_.front(), 1), left_.size());
                value = left_.substr(1, end - 1);
                left_.remove_prefix(std::min(end + 1, left_.size()));
            } else {
                value = take_while(left_, [](char one) { return !is_space(one) && one != '>'; });
            }
        }
        // The first of a name counts.
        if (of.attributes.size() < attributes_max && !of.attribute(name))
            of.attributes.emplace_back(std::move(name), decode_entities(value));
    }
}

void html_tokens::skip_until_closed(std::string_view name) {
    while (!left_.empty()) {
        const auto at = left_.find("</");
        if (at == std::string_view::npos) {
            left_ = {};
            return;
        }
        left_.remove_prefix(at + 2);
        if (left_.size() < name.size() || lower(left_.substr(0, name.size())) != name) continue;
        const auto behind = left_.substr(name.size());
        if (!behind.empty() && !is_space(behind.front()) && behind.front() != '>' && behind.front() != '/')
            continue;
        const auto end = left_.find('>');
        left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 1);
        return;
    }
}

}  // namespace conf::pads

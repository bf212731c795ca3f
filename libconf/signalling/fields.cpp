#include "libconf/signalling/fields.hpp"

#include <limits>
#include <utility>

namespace conf::signalling {

using nlohmann::json;

void fields::refuse(std::string_view name, std::string why) {
    if (fault_) return;
    fault_ = rooms::failure{rooms::error_code::bad_message, std::move(why), path_ + std::string(name)};
}

const json* fields::find(std::string_view name) const {
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
}

const json* fields::need(std::string_view name) {
    const auto* const found = find(name);
    if (found == nullptr) refuse(name, "is missing");
    return found;
}

bool fields::flag(std::string_view name) {
    const auto* const value = need(name);
    return value != nullptr && flag_or(name, false);
}

std::optional<bool> fields::flag_if(std::string_view name) {
    const auto* const value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_boolean()) {
        refuse(name, "true or false is wanted");
        return std::nullopt;
    }
    return value->get<bool>();
}

bool fields::flag_or(std::string_view name, bool otherwise) {
    return flag_if(name).value_or(otherwise);
}

std::string fields::read_text(std::string_view name, const json& value, const text_rule& rule) {
    const auto* const text = value.get_ptr<const std::string*>();
    if (text == nullptr) {
        refuse(name, "a text is wanted");
        return {};
    }
    const auto size = rule.counted == text_rule::unit::bytes ? text->size() : rooms::count_characters(*text);
    if (size < rule.least || size > rule.most) {
        refuse(name, std::to_string(rule.least) + " to " + std::to_string(rule.most) +
                         (rule.counted == text_rule::unit::bytes ? " bytes" : " characters") + " are wanted");
        return {};
    }
    const auto lines =
        rule.holds == text_rule::content::line ? rooms::line_feeds::refused : rooms::line_feeds::allowed;
    if (rule.holds != text_rule::content::anything && !rooms::is_clean_text(*text, lines)) {
        refuse(name, "control characters are not allowed");
        return {};
    }
    return *text;
}

std::string fields::text(std::string_view name, const text_rule& rule) {
    const auto* const value = need(name);
    return value == nullptr ? std::string() : read_text(name, *value, rule);
}

std::optional<std::string> fields::text_if(std::string_view name, const text_rule& rule) {
    const auto* const value = find(name);
    return value == nullptr ? std::nullopt : std::optional(read_text(name, *value, rule));
}

std::uint64_t fields::read_number(std::string_view name, const json& value, std::uint64_t least,
                                  std::uint64_t most) {
    const bool whole = value.is_number_unsigned();
    const auto number = whole ? value.get<std::uint64_t>() : 0;
    if (whole && number >= least && number <= most) return number;
    refuse(name,
           "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is wanted");
    return least;
}

std::uint64_t fields::number(std::string_view name, std::uint64_t least, std::uint64_t most) {
    const auto* const value = need(name);
    return value == nullptr ? least : read_number(name, *value, least, most);
}

std::optional<std::uint64_t> fields::number_if(std::string_view name, std::uint64_t least,
                                               std::uint64_t most) {
    const auto* const value = find(name);
    return value == nullptr ? std::nullopt : std::optional(read_number(name, *value, least, most));
}

rooms::source fields::read_source(std::string_view name, const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    const auto found = text == nullptr ? std::nullopt : rooms::source_named(*text);
    if (!found) refuse(name, "microphone, camera, screen or screen_audio is wanted");
    return found.value_or(rooms::source::microphone);
}

rooms::source fields::source(std::string_view name) {
    const auto* const value = need(name);
    return value == nullptr ? rooms::source::microphone : read_source(name, *value);
}

rooms::source fields::source_or(std::string_view name, rooms::source otherwise) {
    const auto* const value = find(name);
    return value == nullptr ? otherwise : read_source(name, *value);
}

rooms::role fields::role(std::string_view name) {
    const auto* const value = need(name);
    if (value == nullptr) return {};
    const auto* const text = value->get_ptr<const std::string*>();
    const auto found = text == nullptr ? std::nullopt : rooms::role_named(*text);
    if (!found) refuse(name, "moderator, presenter or viewer is wanted");
    return found.value_or(rooms::role::viewer);
}

void fields::object(std::string_view name, const reader& read) {
    const auto* const value = need(name);
    if (value == nullptr) return;
    if (!value->is_object()) return refuse(name, "an object is wanted");
    fields inner(*value, fault_, path_ + std::string(name) + ".");
    read(inner);
}

void fields::objects(std::string_view name, std::size_t most, const reader& read) {
    const auto* const value = need(name);
    if (value == nullptr) return;
    if (!value->is_array() || value->size() > most) {
        return refuse(name, "a list of at most " + std::to_string(most) + " is wanted");
    }
    std::size_t at = 0;
    for (const auto& entry : *value) {
        const auto place = std::string(name) + "." + std::to_string(at++);
        if (!entry.is_object()) return refuse(place, "an object is wanted");
        fields inner(entry, fault_, path_ + place + ".");
        read(inner);
    }
}

std::vector<std::uint32_t> fields::numbers(std::string_view name, std::size_t most) {
    std::vector<std::uint32_t> made;
    const auto* const value = need(name);
    if (value == nullptr) return made;
    if (!value->is_array() || value->empty() || value->size() > most) {
        refuse(name, "a list of 1 to " + std::to_string(most) + " numbers is wanted");
        return made;
    }
    for (const auto& entry : *value) {
        made.push_back(static_cast<std::uint32_t>(
            read_number(name, entry, 0, std::numeric_limits<std::uint32_t>::max())));
    }
    return made;
}

void fields::texts(std::string_view name, std::size_t most,
                   const std::function<void(const std::string&, std::string_view)>& read) {
    const auto* const value = need(name);
    if (value == nullptr) return;
    if (!value->is_object() || value->empty() || value->size() > most) {
        return refuse(name, "an object of 1 to " + std::to_string(most) + " texts is wanted");
    }
    for (const auto& [key, entry] : value->items()) {
        const auto* const text = entry.get_ptr<const std::string*>();
        if (text == nullptr) return refuse(name, "a text is wanted");
        read(key, *text);
    }
}

}  // namespace conf::signalling

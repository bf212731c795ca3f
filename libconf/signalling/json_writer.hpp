/// Writes JSON text straight away: what goes to five hundred people is not built as a tree first.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace conf::signalling {

/// The caller keeps the order: a name, then its value. Bytes that are no UTF-8 become U+FFFD.
class json_writer {
public:
    json_writer& begin_object() { return open('{'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array() { return open('['); }
    json_writer& end_array() { return close(']'); }

    json_writer& name(std::string_view name) {
        value(name);
        text_ += ':';
        return *this;
    }

    json_writer& value(std::string_view text);
    json_writer& value(const std::string& text) { return value(std::string_view(text)); }
    json_writer& value(const char* text) { return value(std::string_view(text)); }
    json_writer& value(std::integral auto number) {
        separate();
        text_ += std::to_string(number);
        return *this;
    }
    /// Finite; so few digits that they say the same number.
    json_writer& value(double number);
    json_writer& value(bool on) {
        separate();
        text_ += on ? "true" : "false";
        return *this;
    }
    json_writer& null() {
        separate();
        text_ += "null";
        return *this;
    }

    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    /// Every value ends with a quote, a digit, a letter or a closing bracket.
    void separate() {
        if (!text_.empty() && text_.back() != '{' && text_.back() != '[' && text_.back() != ':') text_ += ',';
    }
    json_writer& open(char bracket) {
        separate();
        text_ += bracket;
        return *this;
    }
    json_writer& close(char bracket) {
        text_ += bracket;
        return *this;
    }

    std::string text_;
};

}  // namespace conf::signalling

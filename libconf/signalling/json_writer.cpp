#include "libconf/signalling/json_writer.hpp"

#include "libconf/room/text.hpp"

#include <array>
#include <charconv>

namespace conf::signalling {

json_writer& json_writer::value(double number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    separate();
    text_.append(digits.data(), end);
    return *this;
}

json_writer& json_writer::value(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    separate();
    text_ += '"';
    while (!text.empty()) {
        const auto next = rooms::first_code_point(text);
        const auto bytes = next ? next->bytes : 1;
        const auto c = text.front();
        if (!next) {
            text_ += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (c == '\n') {
            text_ += "\\n";
        } else if (c == '\r') {
            text_ += "\\r";
        } else if (next->value < 0x20) {
            text_ += "\\u00";
            text_ += digits[next->value >> 4];
            text_ += digits[next->value & 0xF];
        } else {
            text_ += text.substr(0, bytes);
        }
        text.remove_prefix(bytes);
    }
    text_ += '"';
    return *this;
}

}  // namespace conf::signalling

#include "libconf/base/markup.hpp"

namespace conf {

void append_escaped(std::string& to, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': to += "&amp;"; break;
            case '<': to += "&lt;"; break;
            case '>': to += "&gt;"; break;
            case '"': to += "&quot;"; break;
            case '\'': to += "&#39;"; break;
            case '\t':
            case '\n':
            case '\r': to += c; break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20) to += c;
        }
    }
}

std::string escaped(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    append_escaped(made, text);
    return made;
}

}  // namespace conf

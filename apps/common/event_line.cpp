#include "common/event_line.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace conf::apps {
namespace {

struct character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

/// The first UTF-8 character of `text`, RFC 3629 §4: no overlong form, no surrogate, nothing above U+10FFFF.
character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    const auto lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {lead, 1, false};
    std::uint32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {lead, 1, false};
        code = code << 6U | (byte(i) & 0x3FU);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    const bool nobody = (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF;
    return overlong || nobody ? character{lead, 1, false} : character{code, size, true};
}

/// Characters that end a line, drive a terminal, or make a reader see another order than the writer wrote.
bool is_dangerous(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0xFEFF ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x2069) || (code >= 0xFFF9 && code <= 0xFFFB) || code >= 0xE0000;
}

/// Calls `plain(text)` and `special(character)` for the pieces of `text`, and adds an ellipsis where it was
/// cut.
template <class Plain, class Special>
void for_each_piece(std::string_view text, std::string& to, Plain&& plain, Special&& special) {
    std::size_t done = 0;
    while (done < text.size()) {
        const auto next = first_character(text.substr(done));
        if (done + next.bytes > logged_text_bytes) {
            to += "…";
            return;
        }
        if (next.valid && !is_dangerous(next.code)) {
            plain(text.substr(done, next.bytes));
        } else {
            special(next);
        }
        done += next.bytes;
    }
}

void append_text(std::string& to, std::string_view text, bool in_quotes) {
    for_each_piece(
        text, to,
        [&](std::string_view piece) {
            if (piece == "\\" || (in_quotes && piece == "\"")) to += '\\';
            to += piece;
        },
        [&](const character& c) {
            switch (c.valid ? c.code : 0) {
                case '\n': to += "\\n"; break;
                case '\r': to += "\\r"; break;
                case '\t': to += "\\t"; break;
                default:
                    to += c.valid && c.code > 0xFF ? fmt::format("\\u{{{:x}}}", c.code)
                                                   : fmt::format("\\x{:02x}", c.code);
            }
        });
}

void append_value(std::string& to, std::string_view text) {
    const auto is_plain = [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\'; };
    const bool quoted = text.empty() || !std::ranges::all_of(text, is_plain);
    if (quoted) to += '"';
    append_text(to, text, quoted);
    if (quoted) to += '"';
}

void append_json(std::string& to, std::string_view text) {
    to += '"';
    for_each_piece(
        text, to,
        [&](std::string_view piece) {
            if (piece == "\\" || piece == "\"") to += '\\';
            to += piece;
        },
        [&](const character& c) {
            const auto code =
                c.valid ? c.code : 0xFFFDU;  // the replacement character: JSON is UTF-8, RFC 8259 §8.1
            if (code >= 0x10000) {
                to += fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (code >> 10U), 0xDC00 + (code & 0x3FFU));
            } else {
                to += fmt::format("\\u{:04x}", code);
            }
        });
    to += '"';
}

std::string time_text(std::chrono::system_clock::time_point now) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), (milliseconds - seconds).count());
}

}  // namespace

std::string_view name_of(log_level level) {
    switch (level) {
        case log_level::debug: return "debug";
        case log_level::info: return "info";
        case log_level::warning: return "warning";
        case log_level::error: return "error";
    }
    return "error";
}

std::string event_line(const log_event& event, std::chrono::system_clock::time_point now, log_format format) {
    std::string line;
    if (format == log_format::json) {
        line = fmt::format(R"({{"time":"{}","level":"{}","event":)", time_text(now), name_of(event.level));
        append_json(line, event.name);
        line += ",\"message\":";
        append_json(line, event.message);
        line += ",\"fields\":{";
        for (std::size_t i = 0; i < event.fields.size(); ++i) {
            if (i > 0) line += ',';
            append_json(line, event.fields[i].key);
            line += ':';
            append_json(line, event.fields[i].value);
        }
        return line + "}}";
    }
    line = fmt::format("{} {} ", time_text(now), name_of(event.level));
    append_text(line, event.name, false);
    line += ' ';
    append_text(line, event.message, false);
    for (const auto& [key, value] : event.fields) {
        line += ' ';
        append_text(line, key, false);
        line += '=';
        append_value(line, value);
    }
    return line;
}

}  // namespace conf::apps

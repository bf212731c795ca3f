#include "libconf/crdt/json.hpp"

#include "libconf/crdt/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace conf::crdt {
namespace {

class json_parser {
public:
    explicit json_parser(std::string_view text) : text_(text) {}

    std::optional<any> whole() {
        auto value = element(1);
        spaces();
        if (!ok_ || at_ != text_.size()) return std::nullopt;
        return value;
    }

    [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

private:
    any fail() {
        ok_ = false;
        at_ = text_.size();
        return {};
    }
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char wanted) {
        if (peek() != wanted || at_ == text_.size()) return false;
        ++at_;
        return true;
    }
    void spaces() {
        while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos)
            ++at_;
    }
    any word(std::string_view wanted, any value) {
        if (!text_.substr(at_).starts_with(wanted)) return fail();
        at_ += wanted.size();
        return value;
    }

    any element(std::size_t depth) {
        spaces();
        switch (peek()) {
            case 'n': return word("null", nullptr);
            case 't': return word("true", true);
            case 'f': return word("false", false);
            case '"': return string();
            case '[':
            case '{':
                if (depth > value_depth_max) {
                    too_deep_ = true;
                    return fail();
                }
                return peek() == '[' ? array(depth) : object(depth);
            default: return number();
        }
    }

    any array(std::size_t depth) {
        any::array made;
        ++at_;
        spaces();
        if (take(']')) return made;
        do made.push_back(element(depth + 1));
        while (ok_ && (spaces(), take(',')));
        return take(']') ? any(std::move(made)) : fail();
    }

    any object(std::size_t depth) {
        any::object made;
        ++at_;
        spaces();
        if (take('}')) return made;
        do {
            spaces();
            if (peek() != '"') return fail();
            auto key = string();
            spaces();
            if (!ok_ || !take(':')) return fail();
            auto value = element(depth + 1);
            // The last one counts, in the place of the first.
            const auto same = std::ranges::find(made, key, &any::member::first);
            if (same == made.end()) {
                made.emplace_back(std::move(key), std::move(value));
            } else {
                same->second = std::move(value);
            }
        } while (ok_ && (spaces(), take(',')));
        return take('}') ? any(std::move(made)) : fail();
    }

    any number() {
        // RFC 8259 §6; from_chars takes more than that, so the form is looked at first.
        const auto from = at_;
        take('-');
        if (!take('0') && !digits()) return fail();
        if (take('.') && !digits()) return fail();
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return fail();
        }
        const auto form = text_.substr(from, at_ - from);
        double value = 0;
        const auto [end, why] = std::from_chars(form.data(), form.data() + form.size(), value);
        if (why == std::errc::result_out_of_range) {
            const auto exponent = form.find_first_of("eE");
            const bool tiny =
                exponent != std::string_view::npos && form.substr(exponent + 1).starts_with('-');
            value = tiny ? 0.0 : HUGE_VAL;
            if (form.starts_with('-')) value = -value;
        }
        return value;
    }

    bool digits() {
        const auto from = at_;
        while (peek() >= '0' && peek() <= '9') ++at_;
        return at_ != from;
    }

    std::string string() {
        std::string made;
        ++at_;
        while (ok_) {
            if (at_ == text_.size()) {
                fail();
                break;
            }
            const char c = text_[at_++];
            if (c == '"') return made;
            if (static_cast<unsigned char>(c) < 0x20) {
                fail();
            } else if (c == '\\') {
                escape(made);
            } else {
                made += c;
            }
        }
        return {};
    }

    void escape(std::string& to) {
        static constexpr std::string_view names = "\"\\/bfnrt";
        static constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
        if (take('u')) return append(to, code_point());
        const auto which = at_ < text_.size() ? names.find(text_[at_]) : std::string_view::npos;
        if (which == std::string_view::npos) {
            fail();
            return;
        }
        ++at_;
        to += meant[which];
    }

    std::uint32_t hex4() {
        std::uint32_t unit = 0;
        if (text_.size() - at_ < 4) {
            fail();
            return 0;
        }
        const auto* begin = text_.data() + at_;
        if (std::from_chars(begin, begin + 4, unit, 16).ptr != begin + 4) fail();
        at_ = std::min(at_ + 4, text_.size());
        return unit;
    }

    std::uint32_t code_point() {
        const auto unit = hex4();
        if (unit < 0xD800 || unit > 0xDFFF) return unit;
        if (unit > 0xDBFF || !text_.substr(at_).starts_with("\\u")) return 0xFFFD;
        const auto back = at_;
        at_ += 2;
        const auto low = hex4();
        if (low >= 0xDC00 && low <= 0xDFFF) return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        if (ok_) at_ = back;
        return 0xFFFD;
    }

    static void append(std::string& to, std::uint32_t code) {
        if (code < 0x80) {
            to += static_cast<char>(code);
        } else if (code < 0x800) {
            to += static_cast<char>(0xC0 | code >> 6);
            to += static_cast<char>(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            to += static_cast<char>(0xE0 | code >> 12);
            to += static_cast<char>(0x80 | (code >> 6 & 0x3F));
            to += static_cast<char>(0x80 | (code & 0x3F));
        } else {
            to += static_cast<char>(0xF0 | code >> 18);
            to += static_cast<char>(0x80 | (code >> 12 & 0x3F));
            to += static_cast<char>(0x80 | (code >> 6 & 0x3F));
            to += static_cast<char>(0x80 | (code & 0x3F));
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool ok_ = true;
    bool too_deep_ = false;
};

void write_string(std::string& to, std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    static constexpr std::string_view special = "\"\\\b\f\n\r\t";
    static constexpr std::string_view names = "\"\\bfnrt";
    to += '"';
    for (const char c : text) {
        const auto which = special.find(c);
        if (which != std::string_view::npos) {
            to += '\\';
            to += names[which];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            to += "\\u00";
            to += hex[static_cast<unsigned char>(c) >> 4];
            to += hex[c & 0xF];
        } else {
            to += c;
        }
    }
    to += '"';
}

/// The shortest digits that read back the same, laid out as ECMA-262 Number::toString lays them out.
void write_number(std::string& to, double value) {
    if (!std::isfinite(value)) {
        to += "null";
        return;
    }
    if (value == 0) {
        to += '0';
        return;
    }
    std::array<char, 32> room{};
    const auto end =
        std::to_chars(room.data(), room.data() + room.size(), std::abs(value), std::chars_format::scientific)
            .ptr;
    const std::string_view form(room.data(), static_cast<std::size_t>(end - room.data()));
    const auto mark = form.find('e');
    int exponent = 0;
    const auto* digits_of_exponent = form.data() + mark + (form[mark + 1] == '+' ? 2 : 1);
    std::from_chars(digits_of_exponent, form.data() + form.size(), exponent);
    std::string digits(form.substr(0, 1));
    if (mark > 2) digits += form.substr(2, mark - 2);
    const int count = static_cast<int>(digits.size());
    const int point = exponent + 1;  // where the point stands among the digits
    if (value < 0) to += '-';
    if (count <= point && point <= 21) {
        to += digits;
        to.append(static_cast<std::size_t>(point - count), '0');
    } else if (0 < point && point <= 21) {
        to.append(digits, 0, static_cast<std::size_t>(point)).append(1, '.');
        to.append(digits, static_cast<std::size_t>(point));
    } else if (-6 < point && point <= 0) {
        to += "0.";
        to.append(static_cast<std::size_t>(-point), '0').append(digits);
    } else {
        to += digits[0];
        if (count > 1) to.append(1, '.').append(digits, 1);
        to += exponent < 0 ? "e-" : "e+";
        to += std::to_string(std::abs(exponent));
    }
}

void write_value(std::string& to, const any& value) {
    std::visit(
        [&](const auto& held) {
            using kind = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<kind, bool>) {
                to += held ? "true" : "false";
            } else if constexpr (std::is_same_v<kind, double>) {
                write_number(to, held);
            } else if constexpr (std::is_same_v<kind, std::int64_t>) {
                to += std::to_string(held);
            } else if constexpr (std::is_same_v<kind, std::string>) {
                write_string(to, held);
            } else if constexpr (std::is_same_v<kind, any::array>) {
                to += '[';
                for (bool first = true; const auto& element : held) {
                    if (!std::exchange(first, false)) to += ',';
                    write_value(to, element);
                }
                to += ']';
            } else if constexpr (std::is_same_v<kind, any::object>) {
                to += '{';
                for (bool first = true; const auto& [key, member] : held) {
                    if (member.is_undefined()) continue;
                    if (!std::exchange(first, false)) to += ',';
                    write_string(to, key);
                    to += ':';
                    write_value(to, member);
                }
                to += '}';
            } else {
                to += "null";
            }
        },
        value.value());
}

}  // namespace

std::optional<any> parse_json(std::string_view text, bool* too_deep) {
    json_parser parser(text);
    auto value = parser.whole();
    if (too_deep) *too_deep = parser.too_deep();
    return value;
}

std::string to_json(const any& value) {
    std::string text;
    write_value(text, value);
    return text;
}

}  // namespace conf::crdt

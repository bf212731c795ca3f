/// Writes one flat or nested JSON object, in the order of the calls.
#pragma once

#include <concepts>
#include <cstdio>
#include <string>
#include <string_view>

namespace turn_load {

class json_object {
public:
    void field(std::string_view name, const std::string& value) { raw(name, quote(value)); }
    void field(std::string_view name, const char* value) { raw(name, quote(value)); }
    void field(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void field(std::string_view name, std::integral auto value) { raw(name, std::to_string(value)); }
    void field(std::string_view name, double value) {
        char text[64];
        std::snprintf(text, sizeof text, "%.6g", value);
        raw(name, text);
    }
    void field(std::string_view name, const json_object& value) { raw(name, value.text()); }
    void raw(std::string_view name, const std::string& value) {
        body_ += (body_.empty() ? "" : ", ") + quote(name) + ": " + value;
    }
    [[nodiscard]] std::string text() const { return "{" + body_ + "}"; }

private:
    static std::string quote(std::string_view value) {
        std::string result = "\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') result += '\\';
            result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
        return result + '"';
    }
    std::string body_;
};

}  // namespace turn_load

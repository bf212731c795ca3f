/// HTML as a row of tags and texts: just enough to read what people paste and export.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conf::pads {

struct html_token {
    enum class kind : unsigned char { text, open, close };
    kind what = kind::text;
    std::string text;  ///< decoded; of a tag its name in lower case
    std::vector<std::pair<std::string, std::string>> attributes;  ///< of `open`; names in lower case

    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const noexcept;
};

/// Reads from the front; any bytes are some tokens. Comments, declarations and what stands in elements that
/// no reader shows (scripts, styles, templates) are passed over.
class html_tokens {
public:
    explicit html_tokens(std::string_view text) noexcept : left_(text) {}

    [[nodiscard]] std::optional<html_token> next();

private:
    [[nodiscard]] std::optional<html_token> read_tag();
    void read_attributes(html_token& of);
    void skip_until_closed(std::string_view name);

    std::string_view left_;
};

}  // namespace conf::pads

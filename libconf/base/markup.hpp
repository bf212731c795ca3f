/// Text inside HTML, SVG and XML.
#pragma once

#include <string>
#include <string_view>

namespace conf {

/// Appends `text`, UTF-8, for element content and for attributes in either kind of quotes. Control characters
/// that XML 1.0 does not allow (section 2.2: all but tab, line feed and carriage return) are left out.
void append_escaped(std::string& to, std::string_view text);
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace conf

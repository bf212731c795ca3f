/// Kinds of ASCII characters, as HTML and Markdown tell them apart.
#pragma once

namespace conf::pads {

[[nodiscard]] constexpr bool is_space(char one) noexcept {
    return one == ' ' || one == '\t' || one == '\n' || one == '\r' || one == '\f';
}

}  // namespace conf::pads

#include "libconf/auth/names.hpp"

#include <algorithm>

namespace conf::auth {

bool is_name(std::string_view text) noexcept {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= name_chars_max && text != "." && text != ".." &&
           std::ranges::all_of(text, fits);
}

}  // namespace conf::auth

/// Bytes written as hexadecimal digits, with spaces between the fields.
#pragma once

#include "tests/stun/vectors.hpp"

#include <string>
#include <string_view>

namespace vectors {

/// Spaces do not count.
[[nodiscard]] inline buffer octets(std::string_view spaced) {
    std::string digits(spaced);
    std::erase(digits, ' ');
    return from_hex(digits);
}

}  // namespace vectors

/// Base64 with padding, RFC 4648 §4.
#pragma once

#include "libconf/base/bytes.hpp"

#include <string>

namespace conf::crypto {

[[nodiscard]] std::string base64(bytes data);

}  // namespace conf::crypto

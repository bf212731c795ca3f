/// Our bytes as the libraries for ciphers want them.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>

namespace conf::srtp {

inline unsigned char* raw(std::byte* data) noexcept {
    return reinterpret_cast<unsigned char*>(data);
}
inline const unsigned char* raw(bytes data) noexcept {
    return reinterpret_cast<const unsigned char*>(data.data());
}

}  // namespace conf::srtp

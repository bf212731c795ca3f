#include "libconf/crypto/base64.hpp"

#include <openssl/evp.h>

namespace conf::crypto {

std::string base64(bytes data) {
    std::string text((data.size() + 2) / 3 * 4, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                    reinterpret_cast<const unsigned char*>(data.data()), static_cast<int>(data.size()));
    return text;
}

}  // namespace conf::crypto

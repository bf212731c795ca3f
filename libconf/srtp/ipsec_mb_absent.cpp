// Stands in for ipsec_mb_protector.cpp where the library is not installed.

#include "libconf/srtp/protector.hpp"

namespace conf::srtp {

std::unique_ptr<protector> make_ipsec_mb_protector(cpu_level /*level*/) {
    return nullptr;
}

std::unique_ptr<protector> make_ipsec_mb_protector() {
    return nullptr;
}

}  // namespace conf::srtp

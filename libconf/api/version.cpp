#include <conf/version.hpp>

namespace conf::inline v0 {

std::string_view version() noexcept {
    return CONF_VERSION_STRING;
}

}  // namespace conf::inline v0
